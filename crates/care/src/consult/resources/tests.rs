//! What is written is read back: every state, every field; and the worked example of docs/FHIR.md.

use super::*;
use crate::consult::model::{Booking, Expert};
use crate::consult::state::{Absent, FormKind, Kind, Urgency, Verdict};
use jiff::SignedDuration;
use serde_json::json;
use std::cell::Cell;

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn at(minutes: i64) -> Time {
    "2026-11-21T02:00:00Z".parse::<Time>().unwrap() + SignedDuration::from_mins(minutes)
}

fn zhou() -> Who {
    Who { role: id("zhou-ming-asking"), person: id("zhou-ming"), hospital: id("guangshan") }
}

fn li() -> Who {
    Who { role: id("li-wei-specialist"), person: id("li-wei"), hospital: id("provincial") }
}

pub(crate) fn full_form() -> RequestForm {
    serde_json::from_value(json!({
        "form": "full", "patient": "wang", "urgency": "urgent", "kind": "live",
        "purpose": "是否需要气管插管?抗菌方案如何调整?", "specialty": "respiratory", "callback_phone": "0376-8881234",
        "complaint": "发热、咳嗽5天,气促1天", "history": "5天前受凉后发热,最高39.2℃。\n咳黄痰。",
        "past_history": "高血压10年", "examination": "双肺湿啰音", "auxiliary": "CT示双肺多发磨玻璃影",
        "allergies": "青霉素", "drugs": "氨氯地平 5mg qd", "weight_kg": "62.50", "pregnancy": "no",
        "vitals": [
            {"time": "2026-11-20T22:00:00Z", "temperature": "38.60", "pulse": "112", "respiration": "28",
             "systolic": "98", "diastolic": "60", "spo2": "91", "oxygen": true, "consciousness": "A"},
            {"time": "2026-11-21T01:30:00Z", "systolic": "90", "consciousness": "C"},
            {"time": "2026-11-21T01:40:00Z", "oxygen": false},
        ],
        "labs": [
            {"name": "C反应蛋白", "value": "126.0", "unit": "mg/L", "low": "0", "high": "10", "time": "2026-11-20T23:00:00Z"},
            {"name": "降钙素原", "value": "<0.05", "unit": "ng/mL", "high": "0.5", "time": "2026-11-20T23:00:00Z"},
            {"name": "新冠病毒核酸", "value": "阴性", "unit": "", "time": "2026-11-20T23:00:00Z"},
            {"name": "抗体滴度", "value": "1:80", "unit": "titre", "time": "2026-11-20T23:00:00Z"},
        ],
        "diagnosis": "重症肺炎", "treatment": "高流量吸氧,莫西沙星",
        "wanted": {"expert": "li-wei-specialist", "hospital": "provincial", "time": "2026-11-21T03:00:00Z"},
        "consent": {"document": "consent-scan"},
    }))
    .unwrap()
}

fn ids(prefix: &'static str) -> impl FnMut() -> Id {
    let next = Cell::new(0);
    move || {
        next.set(next.get() + 1);
        id(&format!("{prefix}-{}", next.get()))
    }
}

fn submitted(form: &RequestForm) -> Consult {
    let ask = Ask { form: form.form, urgency: form.urgency, kind: form.kind, clock_from: at(0), returned: false };
    Consult { ask, stage: Stage::Draft, since: at(0) }.submit(at(0)).unwrap()
}

fn written(form: &RequestForm) -> Vec<Write> {
    let submission = Submission {
        id: &id("case"),
        number: "20261121-0007",
        form,
        consult: &submitted(form),
        asking: &zhou(),
        centre: &id("provincial"),
        patient: &Reference::new(ResourceType::PATIENT, id("wang")),
        now: at(0),
    };
    submission.write(ids("observation"), &Timers::default())
}

fn body(writes: &[Write], at: &Reference) -> Option<Value> {
    writes.iter().find(|w| w.at == *at).and_then(|w| w.body.clone())
}

/// Reads a case back from what was written last of each resource.
fn load(stored: &[Write]) -> Loaded {
    let refs = References::of(&id("case"));
    let part = |at: &Reference| {
        let versions: Vec<_> = stored.iter().filter(|w| w.at == *at).collect();
        let version = u64::try_from(versions.len()).unwrap();
        versions.last().map(|w| Part { body: w.body.clone().unwrap(), version })
    };
    let (request, task) = (part(&refs.case).unwrap(), part(&refs.task).unwrap());
    Loaded::new(&id("case"), &id("guangshan"), request, task, part(&refs.appointment), part(&refs.encounter)).unwrap()
}

#[test]
fn a_submitted_case_is_read_back() {
    let form = full_form();
    let case = load(&written(&form));
    assert_eq!(case.consult, submitted(&form));
    assert_eq!((case.number.as_str(), &case.asking, &case.centre), ("20261121-0007", &zhou(), &id("provincial")));
    let timer = case.timer.unwrap();
    assert_eq!((timer.kind, timer.started, timer.due), (timer::TimerKind::FirstLook, at(0), at(15)));
    assert_eq!(case.moved.what, "consult.request");
}

#[test]
fn a_form_is_read_back_as_it_was_typed() {
    for form in [full_form(), {
        let mut form = RequestForm::new(FormKind::Emergency, Urgency::Emergency, Kind::Live);
        form.patient = Some(id("wang"));
        form.purpose = "昏迷".into();
        form.specialty = "neurology".into();
        form.callback_phone = Some("13900000000".into());
        form.consent.emergency_reason = Some("意识不清,家属未到".into());
        form
    }] {
        let stored = written(&form);
        let case = load(&stored);
        let observations: Vec<Value> = stored
            .iter()
            .filter(|w| w.at.ty == ResourceType::OBSERVATION)
            .map(|w| serde_json::from_str(&w.body.as_ref().unwrap().to_string()).unwrap())
            .collect();
        let (answers, consent) = (body(&stored, &case.at.answers), body(&stored, &case.at.consent).unwrap());
        assert_eq!(read_form(&case, answers.as_ref(), Some(&consent), &observations), form);
        let due = (form.form == FormKind::Emergency).then(|| at(24 * 60));
        assert_eq!(consent_due(&consent), due, "an emergency's consent is due within a day");
    }
}

#[test]
fn decimals_stand_in_the_record_as_typed() {
    let stored = written(&full_form());
    let all: String = stored.iter().map(|w| w.body.as_ref().unwrap().to_string()).collect();
    for typed in ["\"value\":38.60", "\"value\":62.50", "\"value\":126.0", "\"comparator\":\"<\"", "\"value\":0.05"] {
        assert!(all.contains(typed), "{typed}");
    }
}

#[test]
fn a_changed_form_keeps_rows_that_stay_and_marks_rows_that_go() {
    let mut form = full_form();
    let stored = written(&form);
    let before: Vec<Value> =
        stored.iter().filter(|w| w.at.ty == ResourceType::OBSERVATION).map(|w| w.body.clone().unwrap()).collect();
    form.labs.truncate(1);
    form.labs[0].value = "130".into();
    let case = load(&stored);
    let patient = case.patient.clone();
    let again = write_form(&case.at, &form, &zhou(), &patient, &id("guangshan"), at(0), at(9), &before, ids("new"));
    assert!(again.cited.iter().all(|r| !r.id.as_str().starts_with("new")), "every row that stays keeps its resource");
    let gone = again.writes.iter().filter(|w| w.body.as_ref().unwrap()["status"] == "entered-in-error").count();
    assert_eq!(gone, 3);
    let now: Vec<Value> = again.writes.iter().filter_map(|w| w.body.clone()).collect();
    let numbers = now.iter().filter(|b| b["resourceType"] == "Observation");
    let answers = body(&again.writes, &case.at.answers);
    let consent = body(&again.writes, &case.at.consent);
    assert_eq!(read_form(&case, answers.as_ref(), consent.as_ref(), numbers), form);
}

/// Takes a step, stores what it writes, reads it back, and compares.
fn step(stored: &mut Vec<Write>, minute: i64, take: impl FnOnce(Consult) -> Next) -> Loaded {
    let case = load(stored);
    let next = take(case.consult.clone());
    let moved = Moved { what: "consult.test".into(), by: Some(li()), at: at(minute) };
    let (writes, expect) = case.write(&next, &moved, &Timers::default());
    assert_eq!(expect[0], Expect { at: case.at.task.clone(), version: case.version });
    assert_eq!(writes.len(), expect.len(), "every resource written is one the step depended on");
    stored.extend(writes);
    let read = load(stored);
    assert_eq!(read.consult, next.consult);
    assert_eq!((&read.moved, &read.why), (&moved, &next.why));
    assert_eq!(read.timer, timer::in_force(&next.consult, &Timers::default()));
    read
}

fn booking() -> Booking {
    let expert = |who: Who| Expert { role: who.role, person: who.person, hospital: who.hospital, accepted: None };
    let second = Who { role: id("zhang-jun-specialist"), person: id("zhang-jun"), hospital: id("provincial") };
    Booking::new(vec![expert(li()), expert(second)], at(30), at(60), Some(id("room-1")))
        .unwrap()
        .joined_by(Some(id("terminal-1")))
}

#[test]
fn the_whole_way_is_read_back_at_each_step() {
    let mut stored = written(&full_form());
    let note = Reference::new(ResourceType::COMMUNICATION, id("list"));
    let listed = |next: Next| Next { inputs: vec![("returned", note.clone())], ..next };
    let back = step(&mut stored, 1, |c| listed(Next::to(c.return_items(at(1)).unwrap()).because("缺CT")));
    assert_eq!(back.returns(), std::slice::from_ref(&note));
    step(&mut stored, 2, |c| Next::to(c.resubmit(Urgency::Urgent, at(2)).unwrap()));
    step(&mut stored, 3, |c| Next::to(c.first_look(at(3)).unwrap()));
    step(&mut stored, 4, |c| Next::to(c.assign(booking(), at(4)).unwrap()));
    step(&mut stored, 5, |c| Next::to(c.accept(&id("li-wei"), at(5)).unwrap()));
    step(&mut stored, 20, |c| Next::to(c.accept(&id("zhang-jun"), at(20)).unwrap()));
    step(&mut stored, 31, |c| Next::to(c.start(at(31)).unwrap()));
    step(&mut stored, 35, |c| Next::to(c.suspend(at(35)).unwrap()).because("line lost"));
    step(&mut stored, 36, |c| Next::to(c.resume(at(36)).unwrap()));
    step(&mut stored, 50, |c| Next::to(c.conclude(&id("li-wei"), at(50)).unwrap()));
    step(&mut stored, 55, |c| Next::to(c.sign(&id("li-wei"), id("opinion"), at(55)).unwrap()));
    step(&mut stored, 56, |c| Next::to(c.deliver(at(56)).unwrap()));
    let reason = Some("县里没有该药".to_owned());
    step(&mut stored, 57, |c| Next::to(c.answer(Verdict::Partly, reason, &id("zhou-ming"), at(57)).unwrap()));
    step(&mut stored, 58, |c| Next::to(c.follow_up(at(58)).unwrap()));
    let closed = step(&mut stored, 59, |c| Next::to(c.close(at(59)).unwrap()));
    assert_eq!(closed.ended_at, Some(at(59)));
    assert_eq!(closed.returns(), [note]);
    let encounter = stored.iter().rev().find(|w| w.at == closed.at.encounter).unwrap().body.clone().unwrap();
    let history: Vec<&str> =
        encounter["statusHistory"].as_array().unwrap().iter().map(|h| h["status"].as_str().unwrap()).collect();
    assert_eq!(history, ["in-progress", "onleave", "in-progress", "finished"]);
}

#[test]
fn the_by_ways_are_read_back() {
    let assigned = || {
        let mut stored = written(&full_form());
        step(&mut stored, 4, |c| Next::to(c.assign(booking(), at(4)).unwrap()));
        stored
    };
    let mut stored = assigned();
    step(&mut stored, 5, |c| Next::to(c.escalate(at(5)).unwrap()).because("worse"));
    step(&mut stored, 6, |c| Next::to(c.convert(at(6)).unwrap()).because("no line"));
    step(&mut stored, 7, |c| Next::to(c.accept(&id("li-wei"), at(31)).unwrap()));
    step(&mut stored, 8, |c| Next::to(c.conclude(&id("li-wei"), at(32)).unwrap()));
    let mut stored = assigned();
    let absent = step(&mut stored, 31, |c| Next::to(c.no_show(Absent::Expert, at(31)).unwrap()));
    assert_eq!(absent.consult.state(), State::NoShow);
    step(&mut stored, 32, |c| Next::to(c.hand_back(&id("li-wei"), at(32)).unwrap()).because("operating"));
    step(&mut stored, 33, |c| Next::to(c.hand_back(&id("zhang-jun"), at(33)).unwrap()));
    step(&mut stored, 34, |c| Next::to(c.escalate(at(34)).unwrap()));
    let city = id("second-centre");
    let moved = step(&mut stored, 35, |c| Next { centre: Some(city.clone()), ..Next::to(c.transfer(at(35)).unwrap()) });
    assert_eq!(moved.centre, city);
    for end in [Consult::cancel, |c: Consult, at| c.decline(false, at)] {
        let mut stored = assigned();
        let ended = step(&mut stored, 40, |c| Next::to(end(c, at(40)).unwrap()).because("died"));
        assert_eq!(ended.ended_at, Some(at(40)));
        let appointment = stored.iter().rev().find(|w| w.at == ended.at.appointment).unwrap();
        assert_eq!(appointment.body.as_ref().unwrap()["status"], "cancelled");
    }
}

#[test]
fn notes_are_read_back() {
    let (case, patient) = (References::of(&id("case")).case, Reference::new(ResourceType::PATIENT, id("wang")));
    let ask = AskNote {
        at: Reference::new(ask_type(), id("ask")),
        by: li(),
        sent: at(1),
        lines: vec!["血气分析".into(), "痰培养".into()],
        open: true,
    };
    assert_eq!(read_ask(&write_ask(&ask, &case, &patient)), Some(ask.clone()));
    let note = Note {
        at: Reference::new(ResourceType::COMMUNICATION, id("note")),
        kind: NoteKind::Supply,
        by: zhou(),
        sent: at(2),
        lines: vec!["pH 7.32".into()],
        answers: Some(ask.at),
    };
    assert_eq!(read_note(&write_note(&note, &case, &patient)), Some(note));
}

/// The page with its table of states and its example made anew.
fn document(page: &str) -> String {
    let states = State::ALL.iter().filter(|s| **s != State::Draft).map(|&state| {
        let clock = |kind| timer::kind_in(state, kind).map(|k| serde_json::to_value(k).unwrap());
        let clock = match (clock(Kind::Live), clock(Kind::Record)) {
            (None, _) => "none".to_owned(),
            (Some(live), Some(record)) if live == record => live.as_str().unwrap().to_owned(),
            (Some(live), record) => format!(
                "{}; record: {}",
                live.as_str().unwrap(),
                record.map_or("none".to_owned(), |r| r.as_str().unwrap().to_owned())
            ),
        };
        format!("| {} | {} | {} | {clock} |\n", state.code(), task::status(state), request::status(state))
    });
    let mut form = full_form();
    form.vitals.truncate(1);
    form.vitals[0] = super::super::form::Vitals { pulse: None, respiration: None, ..form.vitals[0].clone() };
    form.labs.truncate(2);
    let mut stored = written(&form);
    step(&mut stored, 4, |c| Next::to(c.assign(booking(), at(4)).unwrap()));
    step(&mut stored, 5, |c| Next::to(c.accept(&id("li-wei"), at(5)).unwrap()));
    let mut latest: Vec<&Write> = vec![];
    for write in &stored {
        match latest.iter_mut().find(|w| w.at == write.at) {
            Some(before) => *before = write,
            None => latest.push(write),
        }
    }
    let example = latest
        .iter()
        .map(|w| format!("```json\n{}\n```\n", serde_json::to_string_pretty(w.body.as_ref().unwrap()).unwrap()));
    // What is made stands after the head of the table and to the end of the page.
    let (head, rest) = page.split_once("|---|---|---|---|\n").unwrap();
    let rest = rest.split_once("\n\n").unwrap().1;
    let (middle, _) = rest.split_once("which fails when this page is out of date.\n").unwrap();
    format!(
        "{head}|---|---|---|---|\n{}\n{middle}which fails when this page is out of date.\n{}",
        states.collect::<String>(),
        example.collect::<String>()
    )
}

#[test]
fn the_document_shows_what_is_written() {
    let at = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/FHIR.md");
    let page = std::fs::read_to_string(&at).unwrap();
    let made = document(&page);
    if page != made {
        let new = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/FHIR.md");
        std::fs::write(&new, made).unwrap();
        panic!("docs/FHIR.md is out of date: cp target/FHIR.md docs/FHIR.md");
    }
}
