//! Each term of the cost alone, in numbers that a person can count.

use planner::*;

fn expert() -> Expert {
    Expert {
        specialties: vec![Specialty(0)],
        title: 1,
        licensed: true,
        available: Slots::span(0, 100),
        limit: 9,
        hospital: HospitalId(9),
        load: 0,
    }
}

fn asked() -> Request {
    Request::routine(HospitalId(0), Specialty(0), 10, 4)
}

fn at(start: Slot, expert: u16, room: u16) -> Placement {
    Placement { start, team: Team::new(&[ExpertId(expert)]), place: Place::Room(RoomId(room)) }
}

fn day(requests: &[Request]) -> Day {
    let room = |site| Room { site: SiteId(site), kind: Kind::Ordinary, available: Slots::span(0, 100) };
    let rooms = vec![room(0), room(0), room(1)];
    Day { requests: requests.to_vec(), experts: vec![expert(), Expert { load: 3, ..expert() }], rooms, ..Day::empty() }
}

/// The terms of the one request when it is placed so.
fn terms(request: Request, placement: Option<Placement>) -> Terms {
    let (day, plan) = (day(&[request]), Plan { placements: vec![placement] });
    let weights = Weights::default();
    let terms = terms_of(&day, &plan, &weights, RequestId(0));
    assert_eq!(cost_of(&day, &plan, &weights), terms.sum(), "one request costs what its terms sum to");
    terms
}

#[test]
fn each_term() {
    let none = Terms::default();
    let told = |told| Request { told: Some(told), ..asked() };
    let urgent = |urgency| Request { urgency, ..asked() };
    for (what, request, placement, expected) in [
        ("at once", asked(), Some(at(10, 0, 0)), none),
        ("six slots later", asked(), Some(at(16, 0, 0)), Terms { waiting: 6, ..none }),
        ("urgent", urgent(Urgency::Urgent), Some(at(16, 0, 0)), Terms { waiting: 24, ..none }),
        ("an emergency", urgent(Urgency::Emergency), Some(at(16, 0, 0)), Terms { waiting: 120, ..none }),
        ("late", Request { deadline: Some(14), ..asked() }, Some(at(16, 0, 0)), Terms { waiting: 6, late: 2, ..none }),
        ("in time", Request { deadline: Some(16), ..asked() }, Some(at(16, 0, 0)), Terms { waiting: 6, ..none }),
        ("nowhere", asked(), None, Terms { unplaced: 1_000, ..none }),
        ("nowhere, urgent", urgent(Urgency::Urgent), None, Terms { unplaced: 3_000, ..none }),
        ("nowhere, an emergency", urgent(Urgency::Emergency), None, Terms { unplaced: 12_000, ..none }),
        ("nowhere after all", told(at(10, 0, 0)), None, Terms { unplaced: 1_000, moved_time: 6, ..none }),
        ("one who had three", asked(), Some(at(10, 1, 0)), Terms { load: 3, ..none }),
        ("known", Request { earlier: Some(ExpertId(0)), ..asked() }, Some(at(10, 0, 0)), none),
        (
            "unknown",
            Request { earlier: Some(ExpertId(5)), ..asked() },
            Some(at(10, 0, 0)),
            Terms { continuity: 6, ..none },
        ),
        ("as told", told(at(10, 0, 0)), Some(at(10, 0, 0)), none),
        ("the next door", told(at(10, 0, 0)), Some(at(10, 0, 1)), none),
        ("another house", told(at(10, 0, 0)), Some(at(10, 0, 2)), Terms { moved_room: 2, ..none }),
        ("another time", told(at(12, 0, 0)), Some(at(10, 0, 0)), Terms { moved_time: 6, ..none }),
        ("another expert", told(at(10, 1, 0)), Some(at(10, 0, 0)), Terms { moved_expert: 4, ..none }),
    ] {
        assert_eq!(terms(request, placement), expected, "{what}");
    }
}

#[test]
fn the_nth_consultation_costs_what_came_before() {
    let later = |hospital| Request::routine(HospitalId(hospital), Specialty(0), 0, 4);
    let plan = |experts: [u16; 3]| Plan {
        placements: (0..3).map(|n| Some(Placement { start: 0, ..at(0, experts[n as usize], n) })).collect(),
    };
    let day = day(&[later(0), later(1), later(2)]);
    let cost = |experts| cost_of(&day, &plan(experts), &Weights::default());
    assert_eq!((cost([0, 0, 0]), cost([0, 0, 1]), cost([1, 1, 1])), (3, 1 + 3, 3 + 4 + 5));
}

/// The last slot of the day, long after the deadline, with a busy expert nobody was told of, in another house: still better than no place.
#[test]
fn a_late_place_is_better_than_none() {
    for urgency in [Urgency::Emergency, Urgency::Urgent, Urgency::Routine] {
        let told = Some(at(0, 0, 2));
        let late = Request { urgency, released: 0, deadline: Some(0), earlier: Some(ExpertId(0)), told, ..asked() };
        let none = Weights::default().unplaced(&late);
        let last = DAY_SLOTS - late.duration;
        let experts = vec![expert(), Expert { load: 50, available: Slots::span(last, DAY_SLOTS), ..expert() }];
        let rooms = vec![Room { site: SiteId(0), kind: Kind::Ordinary, available: Slots::span(last, DAY_SLOTS) }];
        let day = Day { requests: vec![late], experts, rooms, virtual_lane: false, ..Day::empty() };
        let plan = plan(&day, &Weights::default(), 1, Budget::Iterations(10));
        assert_eq!(plan.placements, [Some(at(last, 1, 0))], "{urgency:?}");
        let terms = terms_of(&day, &plan, &Weights::default(), RequestId(0));
        assert!(terms.sum() < none, "{urgency:?}: {terms:?}");
    }
}

#[test]
fn a_fair_load_and_a_known_face_decide_where_time_does_not() {
    let weights = Weights::default();
    let first = |day: &Day| plan(day, &weights, 1, Budget::Iterations(100)).placements[0];
    assert_eq!(first(&day(&[asked()])), Some(at(10, 0, 0)), "who had less");
    assert_eq!(first(&day(&[Request { earlier: Some(ExpertId(1)), ..asked() }])), Some(at(10, 1, 0)), "who knows them");
}
