//! The rules of a referral: each state times each step; without a bed no acceptance; what lapses, is lost, is chosen anew.

use super::model::{Answer, Ask, BedNow, Held, Referral, Refused, Stage, Transport};
use super::state::{AnswerCode, Care, Direction, Outcome, Severity, State, Step, Vehicle};
use jiff::SignedDuration;
use kernel::{Id, Time};
use platform::case::Who;

pub fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

pub fn at(minutes: i64) -> Time {
    "2026-11-21T02:00:00Z".parse::<Time>().unwrap() + SignedDuration::from_mins(minutes)
}

pub fn who(person: &str, hospital: &str) -> Who {
    Who { role: id(&format!("{person}-role")), person: id(person), hospital: id(hospital) }
}

pub fn free(bed: &str, hospital: &str) -> BedNow {
    BedNow { id: id(bed), hospital: id(hospital), open: true, taken: false, held: None }
}

pub fn held(bed: &str, hospital: &str) -> BedNow {
    BedNow { held: Some(Held::Here), ..free(bed, hospital) }
}

pub fn asked(direction: Direction) -> Referral {
    let ask = Ask { direction, severity: Severity::Severe, care: Care::Icu, needs: vec![] };
    let hospitals = match direction {
        Direction::Up => vec![(id("province"), id("t1")), (id("city"), id("t2"))],
        Direction::Down => vec![(id("province"), id("t1"))],
    };
    Referral::request(ask, &id("county"), hospitals, at(0)).unwrap()
}

/// With an offer of each: the province's bed for an hour, the city's for two.
pub fn offered() -> Referral {
    let referral = asked(Direction::Up);
    let referral = referral.offer(&id("province"), &free("p1", "province"), at(60), who("chen", "province"), at(1));
    referral.unwrap().offer(&id("city"), &free("c1", "city"), at(120), who("wu", "city"), at(2)).unwrap()
}

pub fn accepted() -> Referral {
    offered().accept(&id("province"), &held("p1", "province"), who("zhou", "county"), at(3)).unwrap()
}

fn transport() -> Transport {
    Transport { vehicle: Vehicle::Ambulance, by: "120".into(), phone: None, at: at(4) }
}

pub fn on_the_way() -> Referral {
    accepted().order(transport()).unwrap().depart(at(90), at(5)).unwrap()
}

/// One in each state, up or down.
pub fn in_state(state: State, direction: Direction) -> Option<Referral> {
    let zhou = who("zhou", "county");
    let start = || match direction {
        Direction::Up => offered(),
        Direction::Down => asked(Direction::Down),
    };
    let accepted = || match direction {
        Direction::Up => accepted(),
        Direction::Down => start().take_back(&id("province"), who("he", "province"), at(3)).unwrap(),
    };
    let way = || accepted().order(transport()).unwrap().depart(at(90), at(5)).unwrap();
    match (state, direction) {
        (State::Asked, _) => Some(start()),
        (State::Accepted, _) => Some(accepted()),
        (State::OnTheWay, _) => Some(way()),
        (State::Arrived, _) => way().arrive(at(80)).ok(),
        (State::Closed, Direction::Up) => way().arrive(at(80)).unwrap().close(Outcome::Died, at(900)).ok(),
        (State::Declined, Direction::Down) => start().decline(&id("province"), "无床", zhou, at(3)).ok(),
        (State::Closed, Direction::Down) | (State::Declined, Direction::Up) => None,
        (State::Cancelled, _) => start().cancel(at(3)).ok(),
        (State::TurnedBack, _) => way().turn_back(at(30)).ok(),
    }
}

fn step(referral: Referral, step: Step) -> Result<Referral, Refused> {
    let (province, zhou) = (id("province"), who("zhou", "county"));
    match step {
        Step::Ask => referral.ask(&id("county"), vec![(id("new"), id("t9"))], at(100)),
        Step::Offer => referral.offer(&province, &free("p2", "province"), at(200), zhou, at(100)),
        Step::Decline => referral.decline(&id("city"), "无床", zhou, at(50)),
        Step::Withdraw => referral.withdraw(&province, "急诊", zhou, at(50)),
        Step::Lapse => referral.clone().lapse(at(100)).ok_or(Refused::WrongState { state: referral.state(), step }),
        Step::LoseBed => referral.lose_bed(&id("p1"), "急诊", zhou, at(50)),
        Step::Accept => referral.accept(&province, &held("p1", "province"), zhou, at(50)),
        Step::TakeBack => referral.take_back(&province, zhou, at(50)),
        Step::Reopen => referral.reopen(at(50)),
        Step::Cancel => referral.cancel(at(50)),
        Step::Transport => referral.order(transport()),
        Step::Depart => referral.order(transport()).and_then(|r| r.depart(at(90), at(50))),
        Step::Eta => referral.delay(at(120), at(50)),
        Step::Arrive => referral.arrive(at(50)),
        Step::TurnBack => referral.turn_back(at(50)),
        Step::SendBack => referral.can_send_back().map(|()| referral),
        Step::Close => referral.close(Outcome::Discharged, at(50)),
    }
}

/// Which steps each state allows, written from the words of the mission before the code was read.
fn allowed(state: State, direction: Direction) -> &'static [Step] {
    use Direction as D;
    match (state, direction) {
        (State::Asked, D::Up) => &[
            Step::Ask,
            Step::Offer,
            Step::Decline,
            Step::Withdraw,
            Step::Lapse,
            Step::LoseBed,
            Step::Accept,
            Step::Cancel,
        ],
        (State::Asked, D::Down) => &[Step::TakeBack, Step::Cancel],
        (State::Accepted, D::Up) => &[Step::LoseBed, Step::Reopen, Step::Cancel, Step::Transport, Step::Depart],
        (State::Accepted, D::Down) => &[Step::Cancel, Step::Transport, Step::Depart],
        (State::OnTheWay, _) => &[Step::Eta, Step::Arrive, Step::TurnBack],
        (State::Arrived, D::Up) => &[Step::SendBack, Step::Close],
        _ => &[],
    }
}

#[test]
fn every_state_times_every_step() {
    for &direction in Direction::ALL {
        for &state in State::ALL {
            let Some(referral) = in_state(state, direction) else { continue };
            assert_eq!(referral.state(), state);
            for &one in Step::ALL {
                let got = step(referral.clone(), one);
                let may = allowed(state, direction).contains(&one);
                assert_eq!(got.is_ok(), may, "{direction:?} {state:?} {one:?}: {got:?}");
            }
        }
    }
}

#[test]
fn without_a_bed_held_here_nothing_is_accepted() {
    let zhou = || who("zhou", "county");
    let accept = |bed: &BedNow, minute| offered().accept(&id("province"), bed, zhou(), at(minute));
    for (what, bed) in [
        ("nobody holds it", free("p1", "province")),
        ("somebody else holds it", BedNow { held: Some(Held::Elsewhere), ..free("p1", "province") }),
        ("somebody lies in it", BedNow { taken: true, ..held("p1", "province") }),
        ("it is closed", BedNow { open: false, ..held("p1", "province") }),
        ("it is another bed", held("p2", "province")),
    ] {
        assert_eq!(accept(&bed, 10), Err(Refused::BedNotFree), "{what}");
    }
    let lapsed = Err(Refused::NoOffer { answer: AnswerCode::Lapsed, why: None });
    assert_eq!(accept(&held("p1", "province"), 60), lapsed, "a hold that has passed holds nothing");
    let none = asked(Direction::Up).accept(&id("province"), &held("p1", "province"), zhou(), at(10));
    assert_eq!(none, Err(Refused::NoOffer { answer: AnswerCode::Waiting, why: None }));
    let accepted = accept(&held("p1", "province"), 10).unwrap();
    assert!(accepted.stage.place().is_some_and(|p| p.bed.is_some()));
}

/// Whatever is done, a referral up that is accepted, on the way or there has one bed held, and it is the one chosen.
#[test]
fn whatever_is_done_an_accepted_patient_has_a_bed() {
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let mut reached = std::collections::BTreeSet::new();
    for _ in 0..2_000 {
        let mut referral = offered();
        for _ in 0..12 {
            let one = Step::ALL[random(Step::ALL.len())];
            if let Ok(next) = step(referral.clone(), one) {
                referral = next;
            }
            reached.insert(referral.state());
            let settled = [State::Accepted, State::OnTheWay, State::Arrived].contains(&referral.state());
            let holds = referral.holds();
            if settled {
                let place = referral.stage.place().unwrap();
                assert_eq!(holds.len(), 1, "{referral:?}");
                assert_eq!(place.bed.as_ref().map(|b| &b.id), Some(&holds[0].0));
                assert_eq!(
                    holds[0].1.is_some(),
                    referral.state() == State::Accepted,
                    "a hold has an end until one leaves"
                );
            } else if referral.state() != State::Asked {
                assert!(holds.is_empty(), "{referral:?}");
            }
        }
    }
    assert!(reached.len() >= 5, "{reached:?}");
}

#[test]
fn the_chosen_offer_lets_the_others_go_and_reopening_asks_them_again() {
    let accepted = accepted();
    let answers = |r: &Referral| r.asked.iter().map(|a| a.answer.code()).collect::<Vec<_>>();
    assert_eq!(answers(&accepted), [AnswerCode::Chosen, AnswerCode::NotChosen]);
    assert_eq!(accepted.holds().len(), 1);
    let open = accepted.reopen(at(20)).unwrap();
    assert_eq!((open.state(), open.holds().len()), (State::Asked, 0));
    assert_eq!(answers(&open), [AnswerCode::Waiting, AnswerCode::Waiting]);
}

#[test]
fn a_lost_bed_is_said_and_another_can_be_offered() {
    let lost = offered().lose_bed(&id("p1"), "急诊抢救", who("wu", "province"), at(10)).unwrap();
    assert_eq!(lost.of(&id("province")).unwrap().answer, Answer::Lost);
    let refused = lost.clone().accept(&id("province"), &held("p1", "province"), who("zhou", "county"), at(11));
    assert_eq!(refused, Err(Refused::NoOffer { answer: AnswerCode::Lost, why: Some("急诊抢救".into()) }));
    let again = lost.offer(&id("province"), &free("p2", "province"), at(90), who("chen", "province"), at(12)).unwrap();
    let there = again.accept(&id("province"), &held("p2", "province"), who("zhou", "county"), at(13)).unwrap();
    // And after the acceptance: it is none any more.
    let open = there.lose_bed(&id("p2"), "漏水", who("wu", "province"), at(14)).unwrap();
    assert_eq!((open.stage.clone(), open.transport.clone()), (Stage::Asked, None));
    let to_it = on_the_way().lose_bed(&id("p1"), "急诊", who("wu", "province"), at(14));
    assert_eq!(to_it, Err(Refused::Awaited));
}

#[test]
fn bounds() {
    let ask = |hospitals: usize| {
        let named = (0..hospitals).map(|n| (id(&format!("h{n}")), id(&format!("t{n}")))).collect();
        let ask = Ask { direction: Direction::Up, severity: Severity::Mild, care: Care::Ward, needs: vec![] };
        Referral::request(ask, &id("county"), named, at(0))
    };
    assert!(ask(1).is_ok() && ask(10).is_ok());
    assert_eq!((ask(0), ask(11)), (Err(Refused::HospitalsOutOfBounds), Err(Refused::HospitalsOutOfBounds)));
    let own = asked(Direction::Up).ask(&id("county"), vec![(id("county"), id("t"))], at(0));
    assert_eq!(own, Err(Refused::HospitalsOutOfBounds));
    let twice = asked(Direction::Up).ask(&id("county"), vec![(id("city"), id("t"))], at(0));
    assert_eq!(twice, Err(Refused::AskedBefore));
    let leave = |eta: i64| accepted().order(transport()).unwrap().depart(at(eta), at(5));
    assert!(leave(5).is_ok() && leave(5 + 48 * 60).is_ok());
    assert_eq!((leave(4), leave(6 + 48 * 60)), (Err(Refused::NotATime), Err(Refused::NotATime)));
    assert_eq!(accepted().depart(at(90), at(5)), Err(Refused::NoTransport));
    let late = accepted().order(transport()).unwrap().depart(at(3 + 24 * 60 + 30), at(3 + 24 * 60));
    assert_eq!(late, Err(Refused::BedNotFree), "the bed was kept for a day");
    let foreign = asked(Direction::Up).offer(&id("city"), &free("p1", "province"), at(60), who("wu", "city"), at(1));
    assert_eq!(foreign, Err(Refused::NotTheirBed));
}
