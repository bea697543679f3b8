//! What is written is read back: every state, both ways; and all of it is R4.

use super::model_tests::{at, id, in_state, who};
use super::resources::discharge::{self, Discharge, FollowUp};
use super::resources::stay::{Handover, begin as begin_stay, end, read_handover, write_handover};
use super::resources::{Loaded, Next, Part, References, Words, begin};
use super::state::{Direction, Outcome, State};
use crate::moved::Moved;
use fhir::validate::{Options, Severity, validate};
use fhir::{Reference, ResourceType};
use records::Write;
use serde_json::Value;

fn words(direction: Direction) -> Words {
    let down = direction == Direction::Down;
    let at_ = References::of(&id("r"));
    Words {
        number: "20261121-R0001".into(),
        reason: "呼吸衰竭，需机械通气".into(),
        specialty: "critical-care".into(),
        patient: Reference::new(ResourceType::PATIENT, id("wang")),
        asking: who("zhou", "county"),
        requested_at: at(0),
        cited: vec![if down { at_.discharge } else { at_.summary }, "ImagingStudy/ct".parse().unwrap()],
        answers: down.then(|| id("up")),
        home: down.then(|| who("he", "province")),
    }
}

fn moved(what: &str, minute: i64) -> Moved {
    Moved { what: what.into(), by: Some(who("chen", "province")), at: at(minute) }
}

fn is_r4(body: &Value) {
    let wrong: Vec<_> =
        validate(body, Options::default()).into_iter().filter(|i| i.severity == Severity::Error).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{body:#}");
}

/// Reads back what was written last of each resource.
fn load(stored: &[Write]) -> Loaded {
    let refs = References::of(&id("r"));
    let last = |at: &Reference| stored.iter().rev().find(|w| w.at == *at).and_then(|w| w.body.clone());
    let task = last(&refs.task).unwrap();
    let asked = task["input"].as_array().unwrap().iter();
    let asked = asked.map(|i| last(&i["valueReference"]["reference"].as_str().unwrap().parse().unwrap()).unwrap());
    let part = Part { body: task.clone(), version: 1 };
    Loaded::new(&id("r"), &id("county"), last(&refs.case).unwrap(), part, asked.collect()).unwrap()
}

#[test]
fn every_state_is_written_as_r4_and_read_back() {
    for &direction in Direction::ALL {
        let start = in_state(State::Asked, direction).unwrap();
        let first = begin(&id("r"), &words(direction), &start, &moved("referral.request", 0));
        first.iter().for_each(|w| is_r4(w.body.as_ref().unwrap()));
        let loaded = load(&first);
        assert_eq!((&loaded.referral, &loaded.words), (&start, &words(direction)));
        for &state in State::ALL {
            let Some(referral) = in_state(state, direction) else { continue };
            let next = Next::to(referral.clone()).because("为什么");
            let (writes, expect) = loaded.write(&next, &moved("referral.test", 200));
            writes.iter().for_each(|w| is_r4(w.body.as_ref().unwrap()));
            assert_eq!(expect.at, loaded.at.task);
            let stored: Vec<Write> = first.iter().cloned().chain(writes).collect();
            let back = load(&stored);
            assert_eq!(back.referral, referral, "{direction:?} {state:?}");
            assert_eq!(back.words, words(direction), "no step changes the words");
            assert_eq!(back.ended_at.is_some(), referral.is_end());
            assert_eq!(back.why.as_deref(), Some("为什么"));
        }
    }
}

#[test]
fn what_does_not_change_is_not_written() {
    let start = in_state(State::Asked, Direction::Up).unwrap();
    let loaded = load(&begin(&id("r"), &words(Direction::Up), &start, &moved("referral.request", 0)));
    let declined = start.decline(&id("city"), "无床", who("wu", "city"), at(9)).unwrap();
    let (writes, _) = loaded.write(&Next::to(declined), &moved("referral.decline", 9));
    let written: Vec<String> = writes.iter().map(|w| w.at.to_string()).collect();
    assert_eq!(written, ["Task/r", "Task/t2"], "the city's Task and the referral's, nothing else");
}

#[test]
fn the_stay_the_handover_and_the_way_home_are_r4_and_read_back() {
    let (refs, patient) = (References::of(&id("r")), "Patient/wang".parse().unwrap());
    let mut rows = super::arrive::all_yes();
    rows[2].note = Some("SpO2 91 %".into());
    let handover = Handover { rows, by: who("lin", "province"), at: at(80) };
    let body = write_handover(&refs, &handover, &patient);
    is_r4(&body);
    assert_eq!(read_handover(&body), Some(handover));
    let stay = begin_stay(&refs, &patient, &id("province"), &id("p1"), at(80));
    is_r4(&stay);
    let over = end(&stay, Outcome::BackHome, at(900));
    is_r4(&over);
    assert_eq!((&over["status"], &over["location"][0]["status"]), (&"finished".into(), &"completed".into()));
    let full = Discharge {
        summary: "重症肺炎 <好转>\n脱机3天".into(),
        drugs: vec!["莫西沙星 0.4 g qd 至11月30日".into(), "氨氯地平 5 mg qd".into()],
        rehabilitation: Some("呼吸训练，每日两次".into()),
        follow_ups: vec![FollowUp { on: "2026-12-05".parse().unwrap(), what: "复查胸部CT".into() }],
        return_criteria: vec!["SpO2 <93 %".into()],
    };
    let bare = Discharge { rehabilitation: None, follow_ups: vec![], drugs: vec![], ..full.clone() };
    for one in [full, bare] {
        let body = discharge::write(&refs, &one, &who("li", "province"), &patient, at(900));
        is_r4(&body);
        assert_eq!(discharge::read(&body), one);
    }
}
