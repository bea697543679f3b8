//! What holds on every day, whatever happens on it.

use crate::board::{Board, Spot, Where};
use crate::chance::Chance;
use crate::check::{breaks, check};
use crate::cost::{Weights, cost_of, terms_of};
use crate::day::{
    Day, Expert, ExpertId, HospitalId, Kind, Request, RequestId, Room, RoomId, SiteId, Specialty, Urgency,
};
use crate::explain::explain;
use crate::insert::{Besides, Scratch};
use crate::made_up::{day, request};
use crate::place::{Place, Placement, Plan, Team};
use crate::replan::{FREEZE, replan, standing};
use crate::search::{Budget, plan};
use crate::slots::{Slot, Slots};
use crate::start::{first_come, greedy};
use proptest::prelude::*;

const USUAL: u64 = 60;

fn planned(day: &Day, seed: u64) -> Plan {
    plan(day, &Weights::default(), seed, Budget::Iterations(USUAL))
}

/// A day on which something happened at `now`.
fn event(day: &Day, chance: &mut Chance, now: Slot) -> Day {
    match chance.below(3) {
        0 => {
            let asked = request(day, chance);
            day.with_request(Request { released: asked.released.max(now), told: None, frozen: false, ..asked }).0
        }
        1 => day.without_expert(ExpertId(chance.below(day.experts.len()) as u16), now),
        _ => day.without_room(RoomId(chance.below(day.rooms.len()) as u16), now),
    }
}

/// Whether an emergency that has no place could be held on screens at `from` or later: every time, every team.
fn could_be_held(day: &Day, plan: &Plan, id: RequestId, from: Slot) -> Option<Placement> {
    let request = day.request(id);
    let mut teams = vec![vec![]];
    for _ in &request.specialties {
        let more = |team: Vec<ExpertId>| {
            (0..day.experts.len() as u16).map(move |e| [team.clone(), vec![ExpertId(e)]].concat())
        };
        teams = teams.into_iter().flat_map(more).collect();
        let able = |t: &Vec<ExpertId>| (0..t.len()).all(|seat| day.may_advise(t[seat], request, seat));
        teams.retain(able);
    }
    let mut tried = plan.clone();
    for start in from..day.end {
        for team in &teams {
            let placement = Placement { start, team: Team::new(team), place: Place::Virtual };
            tried.placements[id.index()] = Some(placement);
            if !breaks(day, &tried).iter().any(|b| !breaks(day, plan).contains(b)) {
                return Some(placement);
            }
        }
    }
    None
}

fn no_emergency_is_left(day: &Day, plan: &Plan, from: Slot) -> Result<(), TestCaseError> {
    for id in day.request_ids().filter(|&id| plan.of(id).is_none()) {
        if day.virtual_lane && day.request(id).urgency == Urgency::Emergency {
            prop_assert_eq!(could_be_held(day, plan, id, from), None, "{:?} {:?}", id, day.request(id));
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_plan_keeps_every_rule(seed: u64) {
        let day = day(seed);
        let weights = Weights::default();
        for plan in [first_come(&day, &weights, seed), greedy(&day, &weights, seed), planned(&day, seed)] {
            prop_assert_eq!(check(&day, &plan), Ok(()));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_plan(seed: u64) {
        let day = day(seed);
        prop_assert_eq!(planned(&day, 7), planned(&day, 7));
    }

    #[test]
    fn a_search_costs_no_more_than_where_it_began(seed: u64) {
        let mut day = day(seed);
        day.requests.iter_mut().for_each(|r| r.frozen = false);
        let weights = Weights::default();
        let began = plan(&day, &weights, seed, Budget::Iterations(0));
        prop_assert!(cost_of(&day, &planned(&day, seed), &weights) <= cost_of(&day, &began, &weights));
    }

    #[test]
    fn an_emergency_is_placed_while_anybody_is_free(seed: u64) {
        let day = day(seed);
        no_emergency_is_left(&day, &planned(&day, seed), 0)?;
    }

    #[test]
    fn cost_is_kept_up_through_any_history(seed: u64, steps in prop::collection::vec(any::<(u8, u64)>(), 0..80)) {
        let day = day(seed);
        let weights = Weights::default();
        let mut board = Board::new(&day, &weights, &[], 0);
        let mut kept = (board.placed.clone(), board.cost);
        let scratch = &mut Scratch::default();
        for (what, bits) in steps {
            let id = RequestId((bits % day.requests.len() as u64) as u16);
            match what % 8 {
                0 => {
                    board.keep();
                    kept = (board.placed.clone(), board.cost);
                }
                1 => {
                    board.undo();
                    prop_assert_eq!(&kept, &(board.placed.clone(), board.cost));
                }
                2 | 3 => board.remove(id),
                _ if board.placed[id.index()].is_none() => {
                    let start = what.is_multiple_of(2).then_some((bits >> 32) as Slot % 40);
                    if let Some((spot, cost)) = board.best(id, Besides { start, ..Besides::default() }, bits, scratch) {
                        let before = board.cost;
                        board.place(id, spot);
                        prop_assert_eq!(board.cost - before, cost - weights.unplaced(day.request(id)));
                    }
                }
                _ => {}
            }
            let plan = board.plan();
            prop_assert_eq!(plan.placed().count(), board.placed.iter().flatten().count(), "everyone has a door");
            prop_assert_eq!(check(&day, &plan), Ok(()));
            prop_assert_eq!(cost_of(&day, &plan, &weights), board.cost);
            // Rebuilt from its parts it is the same board.
            let parts: Vec<_> = plan.placed().map(|(id, p)| (id, *p)).collect();
            let again = Board::new(&day, &weights, &parts, 0);
            prop_assert_eq!(again.cost, board.cost);
            for (a, b) in again.hours.iter().zip(&board.hours) {
                prop_assert_eq!((a.busy, a.left, a.today), (b.busy, b.left, b.today));
            }
        }
    }

    #[test]
    fn a_new_plan_keeps_every_rule_and_whatever_is_frozen(seed: u64, now in 0..36u16) {
        let day = day(seed);
        let chance = &mut Chance::new(seed ^ 1);
        let before = planned(&day, seed);
        let since = event(&day, chance, now);
        let after = replan(&since, &before, now, &Weights::default(), seed, Budget::Iterations(USUAL));
        prop_assert_eq!(check(&since, &after), Ok(()));
        for (id, placement) in standing(&since, before.placed().map(|(id, p)| (id, *p)), now) {
            if placement.start < now + FREEZE || since.request(id).frozen {
                prop_assert_eq!(after.of(id), Some(&placement), "{:?} stays", id);
            } else if after.of(id).is_some_and(|p| p.start != placement.start) {
                prop_assert!(after.of(id).is_some_and(|p| p.start >= now + FREEZE));
            }
        }
        let over = |p: &Placement| p.start < now;
        for (id, placement) in after.placed() {
            prop_assert!(!over(placement) || before.of(id) == Some(placement), "nothing new begins in the past");
        }
        let again = replan(&since, &before, now, &Weights::default(), seed, Budget::Iterations(USUAL));
        prop_assert_eq!(again, after);
    }

    #[test]
    fn around_what_is_frozen_everyone_finds_a_door(seed: u64, which: u64) {
        // Doors are what is scarce: two rooms alike, and nobody else in the way.
        let mut day = day(seed);
        let room = Room { site: SiteId(0), kind: Kind::Ordinary, available: Slots::span(0, day.end) };
        day.rooms = vec![room; 2];
        for (hospital, request) in (10..).map(HospitalId).zip(&mut day.requests) {
            *request = Request { duration: request.duration, ..Request::routine(hospital, Specialty(0), 0, 1) };
        }
        for expert in &mut day.experts {
            let available = Slots::span(0, day.end);
            *expert = Expert { specialties: vec![Specialty(0)], licensed: true, available, limit: 99, ..expert.clone() };
        }
        let before = planned(&day, seed);
        let mut frozen = day.told(&before);
        for (id, _) in before.placed() {
            frozen.requests[id.index()].frozen = which >> (id.index() % 64) & 1 == 1;
        }
        let after = planned(&frozen, !seed);
        prop_assert_eq!(check(&frozen, &after), Ok(()));
        for (id, placement) in before.placed().filter(|(id, _)| frozen.request(*id).frozen) {
            prop_assert_eq!(after.of(id), Some(placement));
        }
        no_emergency_is_left(&frozen, &after, 0)?;
    }

    #[test]
    fn a_new_emergency_is_placed_while_anybody_is_free(seed: u64, now in 0..36u16) {
        let day = day(seed);
        let before = planned(&day, seed);
        let asked = request(&day, &mut Chance::new(!seed));
        let asked = Request { urgency: Urgency::Emergency, released: now, told: None, frozen: false, ..asked };
        let (since, id) = day.with_request(asked);
        let after = replan(&since, &before, now, &Weights::default(), seed, Budget::Iterations(USUAL));
        if since.virtual_lane && after.of(id).is_none() {
            prop_assert_eq!(could_be_held(&since, &after, id, now), None);
        }
    }

    #[test]
    fn where_nothing_happened_nobody_is_moved_in_vain(seed: u64, now in 0..36u16) {
        let day = day(seed);
        let before = planned(&day, seed);
        let told = day.told(&before);
        let weights = Weights::default();
        let after = replan(&day, &before, now, &weights, seed, Budget::Iterations(USUAL));
        prop_assert!(cost_of(&told, &after, &weights) <= cost_of(&told, &before, &weights));
    }

    #[test]
    fn an_alternative_is_possible_and_costs_what_it_says(seed: u64, now in 0..30u16) {
        let day = day(seed);
        let weights = Weights::default();
        let plan = planned(&day, seed);
        for id in day.request_ids() {
            let why = explain(&day, &plan, &weights, id, now);
            prop_assert_eq!(why.terms, terms_of(&day, &plan, &weights, id));
            for other in [why.instead.expert, why.instead.time, why.instead.room].into_iter().flatten() {
                let mut tried = plan.clone();
                tried.placements[id.index()] = Some(other.placement);
                prop_assert_eq!(check(&day, &tried), Ok(()));
                prop_assert!(other.placement.start >= now && plan.of(id) != Some(&other.placement));
                let extra = cost_of(&day, &tried, &weights) - cost_of(&day, &plan, &weights);
                prop_assert_eq!(other.extra, extra);
            }
            let mut without = plan.clone();
            without.placements[id.index()] = None;
            let extra = cost_of(&day, &without, &weights) - cost_of(&day, &plan, &weights);
            prop_assert_eq!(why.instead.not_at_all, extra);
        }
    }
}

/// A spot is small: the search copies it all the time.
#[test]
fn a_spot_is_small() {
    assert!(size_of::<Spot>() <= 40 && size_of::<Where>() <= 16, "{} {}", size_of::<Spot>(), size_of::<Where>());
}
