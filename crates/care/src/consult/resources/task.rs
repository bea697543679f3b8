//! Task: where a case stands, who has it, which clock runs, and what came of it.

use super::codes::{ABSENT, PART, SERVICE, VERDICT};
use super::json::{code, concept, extension, list, refer, refer_who, referred, referred_id, set, text, time};
use super::{Loaded, Moved, References, request};
use crate::consult::model::{Advice, Answer, Consult, Stage};
use crate::consult::state::{Absent, State, Verdict};
use crate::consult::timer::Timer;
use crate::moved::{SINCE, read_moved, write_moved};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::case::{STATE, Who};
use serde_json::{Value, json};

/// The author's signature (ASTM E1762).
const AUTHOR: &str = "1.2.840.10065.1.12.1.1";

/// FHIR's nearest status for a state.
pub fn status(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Submitted | State::Transferred => "requested",
        State::Triaged | State::Escalated => "received",
        State::Scheduled | State::ConvertedAsync => "accepted",
        State::Waiting => "ready",
        State::InSession | State::OpinionDrafted => "in-progress",
        State::Returned | State::Suspended | State::NoShow => "on-hold",
        State::Declined => "rejected",
        State::Cancelled => "cancelled",
        State::Signed | State::Delivered | State::Acknowledged | State::FollowedUp | State::Closed => "completed",
    }
}

/// A first version, without a state.
pub fn write(at: &References, centre: &Id, asking: &Who, patient: &Reference, now: Time) -> Value {
    json!({
        "resourceType": "Task",
        "id": at.task.id,
        "basedOn": [refer(&at.case)],
        "status": "draft",
        "intent": "order",
        "code": concept(SERVICE, "teleconsultation"),
        "focus": refer(&at.case),
        "for": refer(patient),
        "authoredOn": now.to_string(),
        "requester": refer_who(asking),
        "owner": {"reference": format!("Organization/{centre}")},
    })
}

/// What a step changes.
pub fn put_state(body: &mut Value, case: &Consult, moved: &Moved, timer: Option<Timer>, why: Option<&str>) {
    let state = case.state();
    let mut coding = vec![json!({"system": STATE, "code": state.code()})];
    if let Stage::NoShow(_, who) = &case.stage {
        coding.push(json!({"system": ABSENT, "code": who.code()}));
    }
    set(body, "extension", Some(json!([write_moved(moved), {"url": SINCE, "valueInstant": case.since.to_string()}])));
    set(body, "status", Some(status(state).into()));
    set(body, "statusReason", why.map(|text| json!({"text": text})));
    set(body, "businessStatus", Some(json!({"coding": coding})));
    set(body, "priority", Some(request::priority(case.ask.urgency).into()));
    set(body, "lastModified", Some(moved.at.to_string().into()));
    let mut period = json!({"start": case.ask.clock_from.to_string()});
    if state.is_end() {
        period["end"] = moved.at.to_string().into();
    }
    set(body, "executionPeriod", Some(period));
    let clock = timer.map(|t| json!({"period": {"start": t.started.to_string(), "end": t.due.to_string()}}));
    set(body, "restriction", clock);
    let ours = ["opinion", "version", "signature", "amended", "answer", "answered", "answer-reason"];
    let others = list(&body["output"]).iter().filter(|o| code(&o["type"], PART).is_none_or(|p| !ours.contains(&p)));
    let mut outputs: Vec<Value> = others.cloned().collect();
    if let Some(advice) = case.stage.advice() {
        outputs.extend(write_advice(advice));
    }
    if let Some(answer) = case.stage.answer() {
        outputs.extend(write_answer(answer));
    }
    set(body, "output", (!outputs.is_empty()).then(|| outputs.into()));
}

/// Hands the case to another centre.
pub fn put_centre(body: &mut Value, centre: &Id) {
    set(body, "owner", Some(json!({"reference": format!("Organization/{centre}")})));
}

/// Adds an input, for example the list with which the case was returned.
pub fn add_input(body: &mut Value, part: &str, at: &Reference) {
    let mut inputs = list(&body["input"]).to_vec();
    inputs.push(json!({"type": concept(PART, part), "valueReference": refer(at)}));
    set(body, "input", Some(inputs.into()));
}

/// Adds an output that is a code.
pub fn add_output(body: &mut Value, part: &str, code: &str) {
    let mut outputs = list(&body["output"]).to_vec();
    outputs.push(json!({"type": concept(PART, part), "valueCode": code}));
    set(body, "output", Some(outputs.into()));
}

/// The inputs of a name.
pub fn inputs(body: &Value, part: &str) -> Vec<Reference> {
    parts(&body["input"], part).filter_map(|i| referred(&i["valueReference"])).collect()
}

fn parts<'a>(all: &'a Value, part: &str) -> impl Iterator<Item = &'a Value> {
    list(all).iter().filter(move |p| code(&p["type"], PART) == Some(part))
}

fn write_advice(advice: &Advice) -> Vec<Value> {
    let signature = |part, when: Time| {
        json!({"type": concept(PART, part), "valueSignature": {
            "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": AUTHOR}],
            "when": when.to_string(),
            "who": {"reference": format!("Practitioner/{}", advice.by)}}})
    };
    let mut outputs = vec![
        json!({"type": concept(PART, "opinion"),
            "valueReference": {"reference": format!("Composition/{}", advice.opinion)}}),
        signature("signature", advice.first_at),
    ];
    if advice.version > 1 {
        outputs.push(json!({"type": concept(PART, "version"), "valuePositiveInt": advice.version}));
        outputs.push(signature("amended", advice.at));
    }
    outputs
}

fn write_answer(answer: &Answer) -> Vec<Value> {
    let mut outputs = vec![
        json!({"type": concept(PART, "answer"), "valueCodeableConcept": concept(VERDICT, answer.verdict.code())}),
        json!({"type": concept(PART, "answered"), "valueSignature": {
            "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.5"}],
            "when": answer.at.to_string(),
            "who": {"reference": format!("Practitioner/{}", answer.by)}}}),
    ];
    if let Some(reason) = &answer.reason {
        outputs.push(json!({"type": concept(PART, "answer-reason"), "valueString": reason}));
    }
    outputs
}

/// What the Task says of the signed opinion.
pub struct Advised {
    /// The latest version's Composition.
    pub opinion: Id,
    /// Which version.
    pub version: u32,
    /// Who signed.
    pub by: Id,
    /// When it was signed.
    pub at: Time,
    /// When the first version was.
    pub first_at: Time,
}

/// The opinion, who signed it and when; a Task of before there were versions says 1.
pub fn read_advice(body: &Value) -> Option<Advised> {
    let part = |name| parts(&body["output"], name).next();
    let signature = &part("signature")?["valueSignature"];
    let first_at = time(&signature["when"])?;
    let version = part("version").and_then(|v| u32::try_from(v["valuePositiveInt"].as_u64()?).ok());
    Some(Advised {
        opinion: referred_id(&part("opinion")?["valueReference"], ResourceType::COMPOSITION)?,
        version: version.unwrap_or(1),
        by: referred_id(&signature["who"], ResourceType::PRACTITIONER)?,
        at: part("amended").map_or(Some(first_at), |a| time(&a["valueSignature"]["when"]))?,
        first_at,
    })
}

/// The asking doctor's answer.
pub fn read_answer(body: &Value) -> Option<Answer> {
    let verdict = parts(&body["output"], "answer").next()?;
    let answered = &parts(&body["output"], "answered").next()?["valueSignature"];
    Some(Answer {
        verdict: Verdict::from_code(code(&verdict["valueCodeableConcept"], VERDICT)?)?,
        reason: parts(&body["output"], "answer-reason").next().and_then(|r| text(&r["valueString"])),
        by: referred_id(&answered["who"], ResourceType::PRACTITIONER)?,
        at: time(&answered["when"])?,
    })
}

/// What stands in the task.
pub struct Read {
    /// The state's code.
    pub state: State,
    /// Since when.
    pub since: Time,
    /// Which side did not come.
    pub absent: Option<Absent>,
    /// The centre.
    pub centre: Id,
    /// The last step.
    pub moved: Moved,
    /// From when the centre's clocks run.
    pub clock_from: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// The clock in force, if any.
    pub clock: Option<(Time, Time)>,
    /// Whether it was returned before.
    pub returned: bool,
    /// Why it stands where it stands.
    pub why: Option<String>,
}

/// Reads what a step needs.
pub fn read(body: &Value) -> Option<Read> {
    let clock = &body["restriction"]["period"];
    Some(Read {
        state: State::from_code(code(&body["businessStatus"], STATE)?)?,
        since: time(&extension(body, SINCE)["valueInstant"])?,
        absent: code(&body["businessStatus"], ABSENT).and_then(Absent::from_code),
        centre: referred_id(&body["owner"], ResourceType::ORGANIZATION)?,
        moved: read_moved(body)?,
        clock_from: time(&body["executionPeriod"]["start"])?,
        ended_at: time(&body["executionPeriod"]["end"]),
        clock: time(&clock["start"]).zip(time(&clock["end"])),
        returned: parts(&body["input"], "returned").next().is_some(),
        why: text(&body["statusReason"]["text"]),
    })
}

impl Loaded {
    /// The lists with which the case was returned.
    pub fn returns(&self) -> Vec<Reference> {
        inputs(&self.task, "returned")
    }

    /// The centres that declined it.
    pub fn declined_by(&self) -> Vec<Id> {
        inputs(&self.task, "declined-by").into_iter().map(|r| r.id).collect()
    }
}
