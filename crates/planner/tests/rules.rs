//! Each hard rule alone: a plan that breaks it is named, and the planner does not break it.

use planner::*;

/// One expert of hospital 9 from slot 2 to 30, two rooms at two sites, an MDT room; hospital 0 asks for 4 slots from slot 3 on.
fn day() -> Day {
    let expert = Expert {
        specialties: vec![Specialty(0)],
        title: 2,
        licensed: true,
        available: Slots::span(2, 30),
        limit: 3,
        hospital: HospitalId(9),
        load: 0,
    };
    let room = |site, kind| Room { site: SiteId(site), kind, available: Slots::span(0, 25) };
    Day {
        end: 40,
        requests: vec![asked()],
        experts: vec![expert],
        rooms: vec![room(0, Kind::Ordinary), room(1, Kind::Ordinary), room(0, Kind::Mdt)],
        travel: Travel::new(vec![vec![0, 5], vec![5, 0]]),
        terminals: vec![],
        virtual_lane: true,
    }
}

fn asked() -> Request {
    Request::routine(HospitalId(0), Specialty(0), 3, 4)
}

fn from(hospital: u16) -> Request {
    Request::routine(HospitalId(hospital), Specialty(0), 3, 4)
}

fn at(start: Slot, experts: &[u16], room: u16) -> Option<Placement> {
    let team: Vec<ExpertId> = experts.iter().map(|&e| ExpertId(e)).collect();
    Some(Placement { start, team: Team::new(&team), place: Place::Room(RoomId(room)) })
}

fn on_screens(start: Slot) -> Option<Placement> {
    Some(Placement { place: Place::Virtual, ..at(start, &[0], 0)? })
}

/// The day made of these requests and this change, and the plan that shall break `rule` and no other; the planner shall find `placed` of them a place.
fn breaks_one(
    what: &str,
    requests: &[Request],
    change: impl Fn(&mut Day),
    plan: &[Option<Placement>],
    rule: Rule,
    placed: usize,
) {
    let mut day = Day { requests: requests.to_vec(), ..day() };
    change(&mut day);
    let wrong = Plan { placements: plan.to_vec() };
    let found: Vec<Rule> = breaks(&day, &wrong).into_iter().map(|broken| broken.rule).collect();
    assert_eq!(found, [rule], "{what}");
    let plan = planner::plan(&day, &Weights::default(), 1, Budget::Iterations(200));
    assert_eq!(check(&day, &plan), Ok(()), "{what}");
    assert_eq!(plan.placed().count(), placed, "{what}: {plan:?}");
}

#[test]
fn a_plan_that_breaks_nothing() {
    let plan = planner::plan(&day(), &Weights::default(), 1, Budget::Iterations(10));
    assert_eq!(plan.placements, [at(3, &[0], 0)]);
    assert_eq!(check(&day(), &plan), Ok(()));
    assert_eq!(cost_of(&day(), &plan, &Weights::default()), 0);
}

#[test]
fn rules_of_one_placement() {
    let one = [asked()];
    let same = |_: &mut Day| {};
    let zero = ExpertId(0);
    breaks_one("before it is ready", &one, same, &[at(2, &[0], 0)], Rule::Readiness, 1);
    breaks_one("past the end", &one, |d| d.end = 7, &[at(4, &[0], 0)], Rule::Readiness, 1);
    breaks_one("nobody", &one, same, &[at(3, &[], 0)], Rule::Team, 1);
    breaks_one("an expert who is not there at all", &one, same, &[at(3, &[7], 0)], Rule::Team, 1);
    breaks_one("no licence", &one, |d| d.experts[0].licensed = false, &[at(3, &[0], 0)], Rule::Licence(zero), 0);
    let other = [Request { specialties: vec![Specialty(4)], ..asked() }];
    breaks_one("another specialty", &other, same, &[at(3, &[0], 0)], Rule::Specialty(zero), 0);
    let chief = [Request { title: 3, ..asked() }];
    breaks_one("too low a rank", &chief, same, &[at(3, &[0], 0)], Rule::Title(zero), 0);
    breaks_one("their own hospital", &[from(9)], same, &[at(3, &[0], 0)], Rule::Conflict(zero), 0);
    breaks_one(
        "gone at the end",
        &one,
        |d| d.rooms[0].available = Slots::span(0, 40),
        &[at(27, &[0], 0)],
        Rule::Absent(zero),
        1,
    );
    breaks_one("the room is closed", &one, same, &[at(22, &[0], 0)], Rule::RoomClosed(RoomId(0)), 1);
    breaks_one("a room for an MDT", &one, same, &[at(3, &[0], 2)], Rule::RoomKind, 1);
    breaks_one("no such room", &one, same, &[at(3, &[0], 8)], Rule::RoomKind, 1);
    breaks_one("screens nobody asked for", &one, same, &[on_screens(3)], Rule::RoomKind, 1);
    let two = |d: &mut Day| d.experts.push(d.experts[0].clone());
    let named = [Request { named: Some(ExpertId(1)), title: 3, ..asked() }];
    let wrong = [Request { title: 0, ..named[0].clone() }];
    breaks_one("not the one asked for", &wrong, two, &[at(3, &[0], 0)], Rule::Named(ExpertId(1)), 1);
    let mdt = [Request { specialties: vec![Specialty(0); 2], kind: Kind::Mdt, ..asked() }];
    breaks_one("the same expert twice", &mdt, two, &[at(3, &[0, 0], 2)], Rule::Team, 1);
    breaks_one("an MDT in an ordinary room", &mdt, two, &[at(3, &[0, 1], 0)], Rule::RoomKind, 1);
}

#[test]
fn rules_of_two_placements() {
    let zero = ExpertId(0);
    let two = |d: &mut Day| d.experts.push(d.experts[0].clone());
    let same = |_: &mut Day| {};
    let both = [from(0), from(1)];
    breaks_one(
        "the expert twice",
        &both,
        |d| d.travel = Travel::default(),
        &[at(3, &[0], 0), at(6, &[0], 1)],
        Rule::ExpertTwice(zero),
        2,
    );
    breaks_one("the room twice", &both, two, &[at(3, &[0], 0), at(6, &[1], 0)], Rule::RoomTwice(RoomId(0)), 2);
    let hospital = Rule::HospitalTwice(HospitalId(0));
    breaks_one("the terminal twice", &[from(0), from(0)], two, &[at(3, &[0], 0), at(6, &[1], 1)], hospital, 2);
    // Two terminals, of which one is free for the whole of it.
    let screens = |second| {
        move |d: &mut Day| {
            d.experts.push(d.experts[0].clone());
            d.terminals = vec![(HospitalId(0), Slots::span(0, 40)), (HospitalId(0), second)];
        }
    };
    let short = Slots::span(0, 6).or(Slots::span(7, 40));
    let apart = [at(3, &[0], 0), at(6, &[1], 1)];
    breaks_one("a terminal in a slot that it is taken", &[from(0), from(0)], screens(short), &apart, hospital, 2);
    let mut enough = Day { requests: vec![from(0), from(0)], ..day() };
    screens(Slots::span(6, 40))(&mut enough);
    assert_eq!(check(&enough, &Plan { placements: apart.to_vec() }), Ok(()));
    breaks_one(
        "over the limit",
        &both,
        |d| d.experts[0].limit = 1,
        &[at(3, &[0], 0), at(7, &[0], 0)],
        Rule::Limit(zero),
        1,
    );
    let way = Rule::Way(zero, RequestId(0));
    breaks_one("no time for the way", &both, same, &[at(3, &[0], 0), at(11, &[0], 1)], way, 2);
    // Six slots lie between, but two of them are spent on screens.
    let call = Request { kind: Kind::Virtual, duration: 2, ..from(2) };
    let three = [from(0), from(1), call.clone()];
    breaks_one("a call on the way", &three, same, &[at(3, &[0], 0), at(13, &[0], 1), on_screens(8)], way, 3);
    let fine = Plan { placements: vec![at(3, &[0], 0), at(14, &[0], 1), on_screens(8)] };
    assert_eq!(check(&Day { requests: three.to_vec(), ..day() }, &fine), Ok(()));
}

#[test]
fn an_emergency_does_not_wait_for_a_door() {
    let emergency = Request { urgency: Urgency::Emergency, ..asked() };
    let full = Day { requests: vec![emergency], rooms: vec![], ..day() };
    let plan = planner::plan(&full, &Weights::default(), 1, Budget::Iterations(10));
    assert_eq!(plan.placements, [on_screens(3)]);
    assert_eq!(check(&full, &plan), Ok(()));
    let off = Day { virtual_lane: false, ..full };
    assert_eq!(check(&off, &plan).map_err(|b| b.rule), Err(Rule::RoomKind));
    assert_eq!(planner::plan(&off, &Weights::default(), 1, Budget::Iterations(10)).placed().count(), 0);
}

#[test]
fn what_is_frozen_stays_unless_it_cannot() {
    let told = at(9, &[0], 1);
    let frozen = Day { requests: vec![Request { told, frozen: true, ..asked() }], ..day() };
    let weights = Weights::default();
    assert_eq!(planner::plan(&frozen, &weights, 1, Budget::Iterations(50)).placements, [told]);
    let ill = frozen.without_room(RoomId(1), 5);
    assert_eq!(planner::plan(&ill, &weights, 1, Budget::Iterations(50)).placements, [at(3, &[0], 0)]);
}

#[test]
fn a_room_that_is_gone_moves_whom_it_must() {
    let day = Day { requests: vec![from(0), from(1)], travel: Travel::default(), ..day() };
    let before = Plan { placements: vec![at(3, &[0], 0), at(15, &[0], 1)] };
    let gone = day.without_room(RoomId(1), 5);
    let after = replan(&gone, &before, 5, &Weights::default(), 1, Budget::Iterations(100));
    assert_eq!(after.placements, [at(3, &[0], 0), at(7, &[0], 0)]);
    assert_eq!(changes(&before, &after).iter().map(|c| c.request).collect::<Vec<_>>(), [RequestId(1)]);
    let (more, room) = gone.with_room(day.rooms[1].clone());
    assert_eq!(room, RoomId(3));
    assert_eq!(more.rooms.len(), gone.rooms.len() + 1);
}
