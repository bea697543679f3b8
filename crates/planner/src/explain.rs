//! Why a request stands where it stands, and what anything else would cost.

use crate::board::{Board, Spot, Where};
use crate::cost::{Terms, Weights, sort, terms_of};
use crate::day::{Day, RequestId};
use crate::insert::{Besides, Scratch};
use crate::place::{Place, Placement, Plan};
use crate::slots::Slot;

/// Why a request stands where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// What its placement costs, or that it has none.
    pub terms: Terms,
    /// What else could be, everybody else staying where they are.
    pub instead: Instead,
}

/// What else could be. None where nothing is free, or nothing that is better than having no place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    /// Without the expert in the first seat; for a request without a place: with anybody at all.
    pub expert: Option<Alternative>,
    /// At another time.
    pub time: Option<Alternative>,
    /// At another site, or in another kind of room.
    pub room: Option<Alternative>,
    /// What it would cost more, or less, to give it no place today.
    pub not_at_all: i64,
}

/// Another placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// Who, where and when.
    pub placement: Placement,
    /// What it costs, by term.
    pub terms: Terms,
    /// What it costs more, or less, than the present one.
    pub extra: i64,
}

/// Explains one request of a plan. Alternatives begin at `now` or later.
pub fn explain(day: &Day, plan: &Plan, weights: &Weights, id: RequestId, now: Slot) -> Why {
    let others: Vec<_> = plan.placed().filter(|(other, _)| *other != id).map(|(other, p)| (other, *p)).collect();
    let board = Board::new(day, weights, &others, now);
    let terms = terms_of(day, plan, weights, id);
    let present = plan.of(id);
    let besides = |besides: Besides| {
        let (spot, cost) = board.best(id, besides, 0, &mut Scratch::default())?;
        let placement = Placement { start: spot.start, team: spot.team, place: place(&board, id, &spot)? };
        Some(Alternative { placement, terms: board.terms(id, &spot, 0), extra: cost - terms.sum() })
    };
    let expert = present.and_then(|p| p.team.first().copied());
    let instead = Instead {
        expert: besides(Besides { expert, ..Besides::default() }),
        time: present.and_then(|p| besides(Besides { start: Some(p.start), ..Besides::default() })),
        room: present.and_then(|p| besides(Besides { room: Some(sort(day, p.place)), ..Besides::default() })),
        not_at_all: weights.unplaced(day.request(id)) - terms.sum(),
    };
    Why { terms, instead }
}

fn place(board: &Board<'_>, id: RequestId, spot: &Spot) -> Option<Place> {
    match spot.room {
        Where::Virtual => Some(Place::Virtual),
        Where::Fixed(place) => Some(place),
        Where::Pool(pool) => {
            let uses = [(spot.start, board.day.request(id).duration, None)];
            board.pools[pool].doors(&uses).first().copied().flatten().map(Place::Room)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::{Expert, ExpertId, HospitalId, Kind, Request, Room, RoomId, SiteId, Specialty};
    use crate::place::Team;
    use crate::slots::Slots;

    #[test]
    fn what_else_could_be_and_what_it_costs() {
        let expert = |from| Expert {
            specialties: vec![Specialty(0)],
            title: 1,
            licensed: true,
            available: Slots::span(from, 20),
            limit: 9,
            hospital: HospitalId(9),
            load: 0,
        };
        let room = |site| Room { site: SiteId(site), kind: Kind::Ordinary, available: Slots::span(0, 20) };
        let asked = Request { earlier: Some(ExpertId(0)), ..Request::routine(HospitalId(0), Specialty(0), 2, 4) };
        let day = Day {
            requests: vec![asked],
            experts: vec![expert(0), expert(5)],
            rooms: vec![room(0), room(1)],
            ..Day::empty()
        };
        let at = |start, expert, room| Placement {
            start,
            team: Team::new(&[ExpertId(expert)]),
            place: Place::Room(RoomId(room)),
        };
        let told = day.told(&Plan { placements: vec![Some(at(2, 0, 0))] });
        let plan = Plan { placements: vec![Some(at(2, 0, 0))] };
        let Why { terms, instead } = explain(&told, &plan, &Weights::default(), RequestId(0), 0);
        assert_eq!(terms.sum(), 0, "{terms:?}");
        let expert = instead.expert.expect("another expert");
        assert_eq!((expert.placement, expert.extra), (at(5, 1, 0), 3 + 6 + 6 + 4), "{expert:?}");
        let time = instead.time.expect("another time");
        assert_eq!((time.placement, time.extra), (at(3, 0, 0), 1 + 6));
        let room = instead.room.expect("another room");
        assert_eq!((room.placement, room.extra), (at(2, 0, 1), 2));
        assert_eq!(instead.not_at_all, 1_000 + 6);
        let later = explain(&told, &plan, &Weights::default(), RequestId(0), 17);
        assert_eq!(later.instead.time, None, "the day is over");
    }
}
