//! What a plan is made from: who asks, who can answer, which rooms stand open, how far it is between them.

use crate::place::Placement;
use crate::slots::{DAY_SLOTS, Slot, Slots};

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);

        impl $name {
            /// Its place in a list.
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    )*};
}

index! {
    /// A request: its place in [`Day::requests`].
    RequestId
    /// An expert: their place in [`Day::experts`].
    ExpertId
    /// A room: its place in [`Day::rooms`].
    RoomId
    /// A hospital; the caller numbers them from 0.
    HospitalId
    /// A site of rooms: its place in [`Travel`].
    SiteId
    /// A specialty; the caller numbers them.
    Specialty
}

/// How soon. What waits longer costs more: [`crate::Weights`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// Minutes count; may always be held in a virtual room ([`Day::virtual_lane`]).
    Emergency,
    /// Today, soon.
    Urgent,
    /// Today.
    Routine,
}

/// An expert's rank, the higher the more: 1 attending, 2 associate chief, 3 chief, or as the caller counts.
pub type Title = u8;

/// A kind of room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// For one expert.
    Ordinary,
    /// For the experts of an MDT.
    Mdt,
    /// On the screens of those who meet: there is always one more.
    Virtual,
}

/// Somebody asks for a consultation or an MDT.
#[derive(Clone, Debug)]
pub struct Request {
    /// The first slot in which patient and papers are ready.
    pub released: Slot,
    /// How many slots it takes, at least 1.
    pub duration: Slot,
    /// How soon.
    pub urgency: Urgency,
    /// Who asks. A terminal of theirs holds one consultation at a time ([`Day::terminals`]).
    pub hospital: HospitalId,
    /// A seat for each: one for a consultation, three to five for an MDT. More than [`crate::SEATS_MAX`] find no place.
    pub specialties: Vec<Specialty>,
    /// The least rank of whoever takes a seat.
    pub title: Title,
    /// The expert asked for by name: nobody else takes the first seat, and rank is not asked of them.
    pub named: Option<ExpertId>,
    /// Where it is held.
    pub kind: Kind,
    /// The slot by which it should have begun.
    pub deadline: Option<Slot>,
    /// Who saw this patient before, and should again.
    pub earlier: Option<ExpertId>,
    /// What people were told already.
    pub told: Option<Placement>,
    /// It stays as it was told, whatever comes.
    pub frozen: bool,
}

impl Request {
    /// A routine consultation without wishes.
    pub fn routine(hospital: HospitalId, specialty: Specialty, released: Slot, duration: Slot) -> Self {
        Self {
            released,
            duration,
            urgency: Urgency::Routine,
            hospital,
            specialties: vec![specialty],
            title: 0,
            named: None,
            kind: Kind::Ordinary,
            deadline: None,
            earlier: None,
            told: None,
            frozen: false,
        }
    }
}

/// Somebody who advises.
#[derive(Clone, Debug)]
pub struct Expert {
    /// The seats they can take.
    pub specialties: Vec<Specialty>,
    /// Their rank.
    pub title: Title,
    /// Whether their licence is valid today.
    pub licensed: bool,
    /// When they are there.
    pub available: Slots,
    /// Most consultations today.
    pub limit: u16,
    /// Whose they are: they do not advise their own hospital.
    pub hospital: HospitalId,
    /// Consultations they had lately (this week, say), for a fair load.
    pub load: u16,
}

/// A room that stands somewhere.
#[derive(Clone, Debug)]
pub struct Room {
    /// Where it stands.
    pub site: SiteId,
    /// Ordinary or MDT. A virtual one has no place in the list: nobody has to free it.
    pub kind: Kind,
    /// When it is open.
    pub available: Slots,
}

/// Slots from site to site. None within a site.
#[derive(Clone, Debug, Default)]
pub struct Travel {
    slots: Vec<Vec<Slot>>,
}

impl Travel {
    /// From a square table, `table[from][to]` in slots. A detour that is shorter than the direct way is taken: so whoever makes it to a third site in
    /// between makes it without that stop as well, and taking a consultation out of a plan never breaks the rest.
    pub fn new(mut table: Vec<Vec<Slot>>) -> Self {
        let sites = table.len();
        for (site, row) in table.iter_mut().enumerate() {
            row.resize(sites, 0);
            row[site] = 0;
        }
        for via in 0..sites {
            for from in 0..sites {
                for to in 0..sites {
                    table[from][to] = table[from][to].min(table[from][via].saturating_add(table[via][to]));
                }
            }
        }
        Self { slots: table }
    }

    /// Slots on the way; 0 for sites that the table does not know.
    pub fn slots(&self, from: SiteId, to: SiteId) -> Slot {
        self.slots.get(from.index()).and_then(|row| row.get(to.index())).copied().unwrap_or(0)
    }

    /// Whether nobody ever travels.
    pub fn is_none(&self) -> bool {
        self.slots.iter().flatten().all(|&way| way == 0)
    }
}

/// Everything a plan is made from.
#[derive(Clone, Debug)]
pub struct Day {
    /// The slot at which it ends, at most [`DAY_SLOTS`].
    pub end: Slot,
    /// Who asks; at most 65,535, as of experts and rooms.
    pub requests: Vec<Request>,
    /// Who can answer.
    pub experts: Vec<Expert>,
    /// Where.
    pub rooms: Vec<Room>,
    /// How far it is.
    pub travel: Travel,
    /// The terminals of hospitals, each with when it is free. A hospital of which none stands here has one, free all day.
    pub terminals: Vec<(HospitalId, Slots)>,
    /// Whether any emergency may be held in a virtual room, so that it never waits for a door. Off only where rooms are counted for comparison.
    pub virtual_lane: bool,
}

impl Day {
    /// A day of 24 hours on which nobody asks, answers or travels.
    pub fn empty() -> Self {
        Self {
            end: DAY_SLOTS,
            requests: vec![],
            experts: vec![],
            rooms: vec![],
            travel: Travel::default(),
            terminals: vec![],
            virtual_lane: true,
        }
    }

    /// A request of this day.
    pub fn request(&self, id: RequestId) -> &Request {
        &self.requests[id.index()]
    }

    /// An expert of this day.
    pub fn expert(&self, id: ExpertId) -> &Expert {
        &self.experts[id.index()]
    }

    /// Every request's number.
    pub fn request_ids(&self) -> impl Iterator<Item = RequestId> + use<> {
        (0..self.requests.len() as u16).map(RequestId)
    }

    /// Whether a request may be held in a room of this kind.
    pub fn suits(&self, request: &Request, kind: Kind) -> bool {
        kind == request.kind || kind == Kind::Virtual && self.virtual_lane && request.urgency == Urgency::Emergency
    }

    /// Whether an expert may take a seat of a request at all, at whatever time: licence, specialty, rank or name, and no advice to their own hospital.
    pub fn may_advise(&self, id: ExpertId, request: &Request, seat: usize) -> bool {
        let expert = self.expert(id);
        let wanted = match request.named {
            Some(named) if seat == 0 => named == id,
            named => named != Some(id) && expert.title >= request.title,
        };
        wanted
            && expert.licensed
            && expert.hospital != request.hospital
            && request.specialties.get(seat).is_some_and(|wanted| expert.specialties.contains(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detour_that_is_shorter_is_taken() {
        let travel = Travel::new(vec![vec![0, 2, 9], vec![2, 0, 3], vec![9, 3, 4]]);
        assert_eq!(travel.slots(SiteId(0), SiteId(2)), 5);
        assert_eq!(travel.slots(SiteId(2), SiteId(2)), 0);
        assert_eq!(travel.slots(SiteId(0), SiteId(7)), 0);
        assert!(!travel.is_none() && Travel::default().is_none() && Travel::new(vec![vec![3]]).is_none());
    }

    #[test]
    fn a_named_expert_needs_no_rank_but_all_else() {
        let expert = Expert {
            specialties: vec![Specialty(1)],
            title: 1,
            licensed: true,
            available: Slots::span(0, 9),
            limit: 9,
            hospital: HospitalId(0),
            load: 0,
        };
        let day = Day { experts: vec![expert.clone(), expert], ..Day::empty() };
        let asked = Request { title: 3, ..Request::routine(HospitalId(1), Specialty(1), 0, 2) };
        assert!(!day.may_advise(ExpertId(0), &asked, 0));
        let named = Request { named: Some(ExpertId(0)), ..asked.clone() };
        assert!(day.may_advise(ExpertId(0), &named, 0) && !day.may_advise(ExpertId(1), &named, 0));
        assert!(!day.may_advise(ExpertId(0), &Request { hospital: HospitalId(0), ..named }, 0));
    }
}
