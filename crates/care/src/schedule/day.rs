//! A day of the centre as the planner sees it: requests, experts and rooms by number, time in slots of five minutes; and the way back. Pure.
//!
//! What is not in the plan (a session that goes on, a consultation of another centre) is time that its expert and room do not have. It must never do IO,
//! read a clock, or tell the planner who anybody is.

use super::calendar::Spell;
use crate::consult::SLOT;
use kernel::{Id, Time};
use planner::{
    DAY_SLOTS, Day, Expert, ExpertId, HospitalId, Kind, Place, Placement, Plan, Request, Room, RoomId, SEATS_MAX,
    SiteId, Slot, Slots, Specialty, Team, Travel, Urgency,
};
use std::collections::BTreeMap;

/// A case to be arranged, or that may be arranged anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub case: Id,
    /// How soon.
    pub urgency: Urgency,
    /// Who asks.
    pub hospital: Id,
    /// The specialty of each seat.
    pub specialties: Vec<String>,
    /// The specialist wished for.
    pub wish: Option<Id>,
    /// The specialist who knows the patient.
    pub knows: Option<Id>,
    /// From when on patient and papers are ready.
    pub ready: Time,
    /// How long; a case on the record takes nobody's room, and five minutes of a plan.
    pub minutes: i64,
    /// On the record, without a meeting.
    pub on_record: bool,
    /// By when it should have begun.
    pub due: Option<Time>,
    /// What people were told.
    pub told: Option<Told>,
}

/// A booking that people know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When it begins.
    pub start: Time,
    /// The specialists, one for each seat.
    pub experts: Vec<Id>,
    /// The room; none for a virtual one.
    pub room: Option<Id>,
}

/// A specialist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adviser {
    /// The PractitionerRole.
    pub role: Id,
    /// Where.
    pub hospital: Id,
    /// Whether their licence holds that day.
    pub licensed: bool,
    /// What they know.
    pub specialties: Vec<String>,
    /// When they are there.
    pub there: Vec<Spell>,
    /// When they are taken by what is not in the plan.
    pub busy: Vec<Spell>,
    /// Consultations that their limit leaves them for the plan; none without a limit.
    pub left: Option<u16>,
    /// Consultations of the day that are not in the plan.
    pub load: u16,
}

/// A room that stands somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The Location; none for one that there is not.
    pub room: Option<Id>,
    /// When it is taken by what is not in the plan.
    pub busy: Vec<Spell>,
}

/// A terminal of a hospital that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// Whose it is.
    pub hospital: Id,
    /// When it is taken by what is not in the plan.
    pub busy: Vec<Spell>,
}

/// A day of the planner, and what its numbers stand for.
#[derive(Debug, Clone)]
pub struct Mapped {
    /// The day.
    pub day: Day,
    /// What people were told of it.
    pub told: Plan,
    from: Time,
}

impl Mapped {
    /// The instant at which a slot begins.
    pub fn time(&self, slot: Slot) -> Time {
        self.from + SLOT * i32::from(slot)
    }
}

/// The first slot that begins at `now` or later.
pub fn first_slot(now: Time) -> Time {
    let length = SLOT.as_secs();
    let seconds = now.as_second() + i64::from(now.subsec_nanosecond() > 0);
    Time::from_second(seconds.div_euclid(length) * length + if seconds.rem_euclid(length) > 0 { length } else { 0 })
        .unwrap_or(now)
}

/// The planner's day from `from` to `to`, at most 24 hours. Each list keeps its order: the number of a request, an expert or a room is its place in it. A told
/// booking whose experts or room are not among them counts as not told.
pub fn day(asked: &[Asked], advisers: &[Adviser], doors: &[Door], screens: &[Screen], from: Time, to: Time) -> Mapped {
    let mut names = Names::default();
    let roles: BTreeMap<&Id, u16> = advisers.iter().zip(0..).map(|(a, n)| (&a.role, n)).collect();
    let rooms: BTreeMap<&Id, u16> = doors.iter().zip(0..).filter_map(|(d, n)| Some((d.room.as_ref()?, n))).collect();
    let slot = |at: Time| {
        let slots = at.duration_since(from).as_secs().div_euclid(SLOT.as_secs());
        Slot::try_from(slots.clamp(0, i64::from(DAY_SLOTS))).unwrap_or(DAY_SLOTS)
    };
    let end = slot(to);
    let experts: Vec<Expert> = advisers
        .iter()
        .map(|adviser| Expert {
            specialties: adviser.specialties.iter().map(|s| names.specialty(s)).collect(),
            title: 0,
            licensed: adviser.licensed,
            available: covered(&adviser.there, from).without(touched(&adviser.busy, from)),
            limit: adviser.left.unwrap_or(u16::MAX),
            hospital: names.hospital(&adviser.hospital),
            load: adviser.load,
        })
        .collect();
    let physical = !doors.is_empty();
    let told_at = |one: &Asked| {
        let told = one.told.as_ref().filter(|told| told.start >= from && told.start < to)?;
        let team: Vec<ExpertId> = told.experts.iter().filter_map(|e| roles.get(e).copied().map(ExpertId)).collect();
        let place = match &told.room {
            Some(room) => Place::Room(RoomId(*rooms.get(room)?)),
            None => Place::Virtual,
        };
        let whole = team.len() == told.experts.len() && team.len() == one.specialties.len();
        whole.then(|| Placement { start: slot(told.start), team: Team::new(&team), place })
    };
    let requests: Vec<Request> = asked
        .iter()
        .map(|one| {
            let told = told_at(one);
            let in_a_room = !one.on_record && one.urgency != Urgency::Emergency && physical;
            let kind = match told {
                Some(told) if told.place == Place::Virtual => Kind::Virtual,
                Some(_) => Kind::Ordinary,
                None if in_a_room => Kind::Ordinary,
                None => Kind::Virtual,
            };
            let minutes = if one.on_record { SLOT.as_mins() } else { one.minutes };
            let duration = Slot::try_from((minutes + 4) / 5).unwrap_or(DAY_SLOTS).max(1);
            let specialties: Vec<Specialty> = one.specialties.iter().map(|s| names.specialty(s)).collect();
            let mut request = Request {
                released: Slot::try_from((one.ready.duration_since(from).as_secs() + 299).div_euclid(300).max(0))
                    .unwrap_or(DAY_SLOTS),
                duration,
                urgency: one.urgency,
                hospital: names.hospital(&one.hospital),
                specialties,
                title: 0,
                named: None,
                kind,
                deadline: one.due.map(slot),
                earlier: one.knows.as_ref().and_then(|role| roles.get(role)).copied().map(ExpertId),
                told,
                frozen: false,
            };
            request.named = one.wish.as_ref().and_then(|role| roles.get(role)).copied().map(ExpertId).filter(|id| {
                // A wish, not an order: who cannot be had today is not waited for.
                let expert = &experts[id.index()];
                let fits = request.specialties.first().is_some_and(|first| expert.specialties.contains(first));
                fits && expert.hospital != request.hospital && !expert.available.starts(duration).is_empty()
            });
            request
        })
        .collect();
    let rooms = doors.iter().map(|door| Room {
        site: SiteId(0),
        kind: Kind::Ordinary,
        available: Slots::span(0, end).without(touched(&door.busy, from)),
    });
    let terminals = screens.iter().map(|screen| {
        (names.hospital(&screen.hospital), Slots::span(0, DAY_SLOTS).without(touched(&screen.busy, from)))
    });
    let terminals = terminals.collect();
    let told = Plan { placements: requests.iter().map(|r| r.told).collect() };
    let rooms = rooms.collect();
    let day = Day { end, requests, experts, rooms, travel: Travel::default(), terminals, virtual_lane: true };
    Mapped { day, told, from }
}

/// Seats of a case whose experts are known: each takes one of a specialty of theirs, the first that of the case where it can. None when they are too many.
pub fn seats(specialty: &str, experts: &[&Adviser]) -> Option<Vec<String>> {
    let seat = |adviser: &&Adviser| {
        let own = adviser.specialties.iter().find(|s| *s == specialty).or(adviser.specialties.first());
        own.cloned()
    };
    if experts.len() > SEATS_MAX { None } else { experts.iter().map(seat).collect() }
}

/// The slots that lie within the spells.
fn covered(spells: &[Spell], from: Time) -> Slots {
    slots(spells, from, |spell, slot| spell.from <= slot.from && slot.to <= spell.to)
}

/// The slots that the spells touch.
fn touched(spells: &[Spell], from: Time) -> Slots {
    slots(spells, from, |spell, slot| spell.meets(slot))
}

fn slots(spells: &[Spell], from: Time, fits: impl Fn(&Spell, &Spell) -> bool) -> Slots {
    let slot = |n: Slot| Spell { from: from + SLOT * i32::from(n), to: from + SLOT * (i32::from(n) + 1) };
    (0..DAY_SLOTS).filter(|&n| spells.iter().any(|spell| fits(spell, &slot(n)))).collect()
}

/// Numbers for names.
#[derive(Default)]
struct Names {
    specialties: BTreeMap<String, u16>,
    hospitals: BTreeMap<Id, u16>,
}

impl Names {
    fn specialty(&mut self, code: &str) -> Specialty {
        let next = u16::try_from(self.specialties.len()).unwrap_or(u16::MAX);
        Specialty(*self.specialties.entry(code.to_owned()).or_insert(next))
    }

    fn hospital(&mut self, id: &Id) -> HospitalId {
        let next = u16::try_from(self.hospitals.len()).unwrap_or(u16::MAX);
        HospitalId(*self.hospitals.entry(id.clone()).or_insert(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use planner::{Budget, Weights, check, plan, replan};

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn minute(n: i64) -> Time {
        "2026-11-21T02:00:00Z".parse::<Time>().unwrap() + SignedDuration::from_mins(n)
    }

    fn spell(from: i64, to: i64) -> Spell {
        Spell { from: minute(from), to: minute(to) }
    }

    fn adviser(role: &str, hospital: &str) -> Adviser {
        Adviser {
            role: id(role),
            hospital: id(hospital),
            licensed: true,
            specialties: vec!["respiratory".into()],
            there: vec![spell(0, 480)],
            busy: vec![],
            left: None,
            load: 0,
        }
    }

    fn asked(case: &str, hospital: &str) -> Asked {
        Asked {
            case: id(case),
            urgency: Urgency::Routine,
            hospital: id(hospital),
            specialties: vec!["respiratory".into()],
            wish: None,
            knows: None,
            ready: minute(0),
            minutes: 30,
            on_record: false,
            due: None,
            told: None,
        }
    }

    fn door(room: &str) -> Door {
        Door { room: Some(id(room)), busy: vec![] }
    }

    fn of(asked: &[Asked], advisers: &[Adviser], doors: &[Door]) -> Mapped {
        day(asked, advisers, doors, &[], minute(0), minute(600))
    }

    #[test]
    fn slots_begin_no_earlier_than_now() {
        assert_eq!(first_slot(minute(0)), minute(0));
        assert_eq!(first_slot(minute(1)), minute(5));
        assert_eq!(first_slot(minute(0) + SignedDuration::from_nanos(1)), minute(5));
    }

    #[test]
    fn what_is_not_whole_is_not_free() {
        let one = Adviser { there: vec![spell(3, 62)], busy: vec![spell(16, 21)], ..adviser("a", "h") };
        let free = of(&[], &[one], &[]).day.experts[0].available;
        let free: Vec<Slot> = (0..20).filter(|&n| free.has(n)).collect();
        assert_eq!(free, [1, 2, 5, 6, 7, 8, 9, 10, 11], "5 to 15 and 25 to 60 minutes");
    }

    #[test]
    fn a_hospital_meets_as_often_as_it_has_terminals_free() {
        let screen = |hospital: &str, busy| Screen { hospital: id(hospital), busy };
        let screens = [screen("county", vec![spell(0, 30)]), screen("county", vec![]), screen("lushi", vec![])];
        let asks = [asked("a", "popihe"), asked("b", "county")];
        let mapped = day(&asks, &[], &[], &screens, minute(0), minute(600));
        let county = mapped.day.requests[1].hospital;
        let free = |slot| mapped.day.terminals.iter().filter(|(of, free)| *of == county && free.has(slot)).count();
        assert_eq!((free(5), free(6)), (1, 2));
        assert!(mapped.day.terminals.iter().all(|(of, _)| *of != mapped.day.requests[0].hospital));
    }

    #[test]
    fn each_request_finds_an_expert_a_room_and_a_time_that_keep_every_rule() {
        let all = [
            asked("a", "county"),
            Asked { urgency: Urgency::Emergency, ..asked("b", "lushi") },
            Asked { on_record: true, ..asked("c", "county") },
            Asked { wish: Some(id("x2")), ..asked("d", "popihe") },
            Asked { wish: Some(id("x3")), ..asked("e", "guangshan") },
        ];
        let gone = Adviser { there: vec![], ..adviser("x3", "p") };
        let advisers =
            [adviser("x1", "county"), adviser("x2", "p"), gone, Adviser { left: Some(1), ..adviser("x4", "p") }];
        let mapped = of(&all, &advisers, &[door("r")]);
        assert_eq!(mapped.day.requests[3].named, Some(ExpertId(1)));
        assert_eq!(mapped.day.requests[4].named, None, "who is away is not waited for");
        let made = plan(&mapped.day, &Weights::default(), 1, Budget::Iterations(200));
        assert_eq!(check(&mapped.day, &made), Ok(()));
        let at = |n: usize| made.placements[n].unwrap_or_else(|| panic!("{n}: {made:?}"));
        assert_eq!((at(1).place, at(1).start, at(2).place), (Place::Virtual, 0, Place::Virtual));
        assert_eq!((at(0).place, at(3).place), (Place::Room(RoomId(0)), Place::Room(RoomId(0))));
        assert!(at(0).team[0] != ExpertId(0), "nobody advises their own hospital");
        assert!(made.placed().filter(|(_, p)| p.team[0] == ExpertId(3)).count() <= 1, "one place is left of the day");
    }

    #[test]
    fn what_was_told_stays_until_it_cannot() {
        let told = Told { start: minute(60), experts: vec![id("x1")], room: Some(id("r")) };
        let all = [Asked { told: Some(told.clone()), ..asked("a", "county") }];
        let both = [adviser("x1", "p"), adviser("x2", "p")];
        let mapped = of(&all, &both, &[door("r")]);
        let again = replan(&mapped.day, &mapped.told, 0, &Weights::default(), 1, Budget::Iterations(200));
        assert_eq!(again.placements[0].unwrap().team[0], ExpertId(0));
        let ill = [Adviser { there: vec![], ..adviser("x1", "p") }, adviser("x2", "p")];
        let mapped = of(&all, &ill, &[door("r")]);
        let again = replan(&mapped.day, &mapped.told, 0, &Weights::default(), 1, Budget::Iterations(200));
        let now = again.placements[0].unwrap();
        assert_eq!(now.team[0], ExpertId(1), "somebody else");
        assert_eq!(mapped.time(12), minute(60));
        let elsewhere = Asked { told: Some(Told { room: Some(id("other")), ..told }), ..asked("a", "county") };
        assert_eq!(of(&[elsewhere], &both, &[door("r")]).told.placements, [None], "a room that is not theirs to give");
    }

    #[test]
    fn seats_of_those_invited() {
        let radiology = Adviser { specialties: vec!["radiology".into()], ..adviser("y", "p") };
        let (x, none) = (adviser("x", "p"), Adviser { specialties: vec![], ..adviser("z", "p") });
        assert_eq!(seats("respiratory", &[&radiology, &x]), Some(vec!["radiology".into(), "respiratory".into()]));
        assert_eq!(seats("respiratory", &[&none]), None);
        assert_eq!(seats("respiratory", &[&x; 6]), None, "too many for one plan");
    }
}
