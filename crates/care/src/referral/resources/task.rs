//! Task: where a referral stands; and one Task for each hospital asked, part of it: what that hospital says.

use super::References;
use super::codes::{ANSWER, BY, OUTCOME, PART, SERVICE, STATE, VEHICLE};
use crate::json::{code, concept, extension, list, read_who, refer, refer_who, referred, referred_id, set, text, time};
use crate::moved::{Moved, SINCE, read_moved, write_moved};
use crate::referral::model::{Answer, Asked, Bed, Journey, Place, Referral, Stage, Transport};
use crate::referral::state::{AnswerCode, Outcome, State, Vehicle};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::case::Who;
use serde_json::{Value, json};

fn status(referral: &Referral) -> &'static str {
    match referral.state() {
        State::Asked => "requested",
        State::Accepted => "accepted",
        State::Arrived if referral.is_end() => "completed",
        State::OnTheWay | State::Arrived => "in-progress",
        State::Closed => "completed",
        State::Declined => "rejected",
        State::Cancelled => "cancelled",
        State::TurnedBack => "failed",
    }
}

fn answer_status(answer: AnswerCode) -> &'static str {
    match answer {
        AnswerCode::Waiting => "requested",
        AnswerCode::Offered => "accepted",
        AnswerCode::Chosen => "completed",
        AnswerCode::Declined => "rejected",
        AnswerCode::Withdrawn | AnswerCode::NotChosen => "cancelled",
        AnswerCode::Lapsed | AnswerCode::Lost => "failed",
    }
}

fn location(bed: &Id) -> Value {
    json!({"reference": format!("Location/{bed}")})
}

/// A first version of the referral's Task, without a state.
pub fn write(at: &References, asking: &Who, patient: &Reference, priority: &str, now: Time) -> Value {
    json!({
        "resourceType": "Task",
        "id": at.task.id,
        "basedOn": [refer(&at.case)],
        "status": "draft",
        "intent": "order",
        "priority": priority,
        "code": concept(SERVICE, "referral"),
        "focus": refer(&at.case),
        "for": refer(patient),
        "authoredOn": now.to_string(),
        "requester": refer_who(asking),
        "owner": {"reference": format!("Organization/{}", asking.hospital)},
        "executionPeriod": {"start": now.to_string()},
    })
}

/// What a step changes.
pub fn put_state(body: &mut Value, referral: &Referral, moved: &Moved, why: Option<&str>, sender: &Id) {
    let since = json!({"url": SINCE, "valueInstant": referral.since.to_string()});
    set(body, "extension", Some(json!([write_moved(moved), since])));
    set(body, "status", Some(status(referral).into()));
    set(body, "statusReason", why.map(|text| json!({"text": text})));
    set(body, "businessStatus", Some(concept(STATE, referral.state().code())));
    set(body, "lastModified", Some(moved.at.to_string().into()));
    if referral.is_end() {
        body["executionPeriod"]["end"] = moved.at.to_string().into();
    }
    let place = referral.stage.place();
    let owner = place.map_or(sender, |p| &p.hospital);
    set(body, "owner", Some(json!({"reference": format!("Organization/{owner}")})));
    let bed = place.and_then(|p| p.bed.as_ref());
    set(body, "location", bed.map(|b| location(&b.id)));
    set(body, "restriction", bed.map(|b| json!({"period": {"end": b.until.to_string()}})));
    let asked: Vec<Value> = referral
        .asked
        .iter()
        .map(|a| json!({"type": concept(PART, "asked"), "valueReference": {"reference": format!("Task/{}", a.task)}}))
        .collect();
    set(body, "input", Some(asked.into()));
    let outputs = outputs(referral);
    set(body, "output", (!outputs.is_empty()).then(|| outputs.into()));
}

fn outputs(referral: &Referral) -> Vec<Value> {
    let mut all = vec![];
    let mut put = |part: &str, name: &str, value: Value| all.push(json!({"type": concept(PART, part), name: value}));
    if let Some(place) = referral.stage.place() {
        put("accepted", "valueInstant", place.at.to_string().into());
        put("accepted-by", "valueReference", refer_who(&place.by));
    }
    if let Some(transport) = &referral.transport {
        let vehicle = json!({"coding": [{"system": VEHICLE, "code": transport.vehicle.code()}]});
        put("vehicle", "valueCodeableConcept", vehicle);
        put("carrier", "valueString", transport.by.clone().into());
        if let Some(phone) = &transport.phone {
            put("crew", "valueContactPoint", json!({"system": "phone", "value": phone}));
        }
        put("ordered", "valueInstant", transport.at.to_string().into());
    }
    if let Some(journey) = referral.stage.journey() {
        put("departed", "valueInstant", journey.departed.to_string().into());
        put("eta", "valueInstant", journey.eta.to_string().into());
    }
    if let Some(arrived) = referral.stage.arrived() {
        put("arrived", "valueInstant", arrived.to_string().into());
    }
    if let Stage::Closed(.., outcome) = &referral.stage {
        put("outcome", "valueCodeableConcept", concept(OUTCOME, outcome.code()));
    }
    all
}

/// What the Task of a referral says.
pub struct Read {
    /// The state's code.
    pub state: State,
    /// Since when.
    pub since: Time,
    /// The last step.
    pub moved: Moved,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Why it stands where it stands.
    pub why: Option<String>,
    /// The Tasks of the hospitals asked.
    pub asked: Vec<Reference>,
    transport: Option<Transport>,
    place: Option<Place>,
    journey: Option<Journey>,
    arrived: Option<Time>,
    outcome: Option<Outcome>,
}

/// Reads what [`put_state`] wrote.
pub fn read(body: &Value) -> Option<Read> {
    let output = |part: &str| list(&body["output"]).iter().find(|o| code(&o["type"], PART) == Some(part));
    let instant = |part| output(part).and_then(|o| time(&o["valueInstant"]));
    let bed = || {
        Some(Bed {
            id: referred_id(&body["location"], ResourceType::LOCATION)?,
            until: time(&body["restriction"]["period"]["end"])?,
        })
    };
    let place = || {
        Some(Place {
            hospital: referred_id(&body["owner"], ResourceType::ORGANIZATION)?,
            bed: bed(),
            at: instant("accepted")?,
            by: read_who(&output("accepted-by")?["valueReference"])?,
        })
    };
    let transport = || {
        Some(Transport {
            vehicle: Vehicle::from_code(code(&output("vehicle")?["valueCodeableConcept"], VEHICLE)?)?,
            by: text(&output("carrier")?["valueString"])?,
            phone: output("crew").and_then(|c| text(&c["valueContactPoint"]["value"])),
            at: instant("ordered")?,
        })
    };
    Some(Read {
        state: State::from_code(code(&body["businessStatus"], STATE)?)?,
        since: time(&extension(body, SINCE)["valueInstant"])?,
        moved: read_moved(body)?,
        ended_at: time(&body["executionPeriod"]["end"]),
        why: text(&body["statusReason"]["text"]),
        asked: list(&body["input"]).iter().filter_map(|i| referred(&i["valueReference"])).collect(),
        transport: transport(),
        place: place(),
        journey: instant("departed").zip(instant("eta")).map(|(departed, eta)| Journey { departed, eta }),
        arrived: instant("arrived"),
        outcome: output("outcome").and_then(|o| Outcome::from_code(code(&o["valueCodeableConcept"], OUTCOME)?)),
    })
}

impl Read {
    /// The referral, with what the hospitals say.
    pub fn referral(&self, ask: crate::referral::model::Ask, asked: Vec<Asked>) -> Option<Referral> {
        let (place, journey) = (self.place.clone(), self.journey.clone());
        let stage = match self.state {
            State::Asked => Stage::Asked,
            State::Accepted => Stage::Accepted(place?),
            State::OnTheWay => Stage::OnTheWay(place?, journey?),
            State::Arrived => Stage::Arrived(place?, journey?, self.arrived?),
            State::Closed => Stage::Closed(place?, journey?, self.arrived?, self.outcome?),
            State::Declined => Stage::Declined,
            State::Cancelled => Stage::Cancelled(place),
            State::TurnedBack => Stage::TurnedBack(place?, journey?),
        };
        Some(Referral { ask, asked, transport: self.transport.clone(), stage, since: self.since })
    }
}

/// The Task of an asked hospital, over what stood there.
pub fn write_asked(before: Option<&Value>, asked: &Asked, at: &References, patient: &Reference, asking: &Who) -> Value {
    let mut body = before.cloned().unwrap_or_else(|| {
        json!({
            "resourceType": "Task",
            "id": asked.task,
            "basedOn": [refer(&at.case)],
            "partOf": [refer(&at.task)],
            "status": "draft",
            "intent": "order",
            "code": concept(SERVICE, "bed-offer"),
            "focus": refer(&at.case),
            "for": refer(patient),
            "authoredOn": asked.asked_at.to_string(),
            "requester": refer_who(asking),
            "owner": {"reference": format!("Organization/{}", asked.hospital)},
        })
    });
    let answer = asked.answer.code();
    let by = asked.by.as_ref().map(|by| json!([{"url": BY, "valueReference": refer_who(by)}]));
    set(&mut body, "extension", by);
    set(&mut body, "status", Some(answer_status(answer).into()));
    set(&mut body, "statusReason", asked.why.as_ref().map(|text| json!({"text": text})));
    set(&mut body, "businessStatus", Some(concept(ANSWER, answer.code())));
    set(&mut body, "lastModified", Some(asked.at.to_string().into()));
    let bed = asked.answer.bed();
    set(&mut body, "location", bed.map(|b| location(&b.id)));
    set(&mut body, "restriction", bed.map(|b| json!({"period": {"end": b.until.to_string()}})));
    body
}

/// Reads [`write_asked`].
pub fn read_asked(body: &Value) -> Option<Asked> {
    let bed = || {
        Some(Bed {
            id: referred_id(&body["location"], ResourceType::LOCATION)?,
            until: time(&body["restriction"]["period"]["end"])?,
        })
    };
    Some(Asked {
        task: body["id"].as_str().and_then(|id| Id::new(id).ok())?,
        hospital: referred_id(&body["owner"], ResourceType::ORGANIZATION)?,
        asked_at: time(&body["authoredOn"])?,
        answer: match AnswerCode::from_code(code(&body["businessStatus"], ANSWER)?)? {
            AnswerCode::Waiting => Answer::Waiting,
            AnswerCode::Offered => Answer::Offered(bed()?),
            AnswerCode::Chosen => Answer::Chosen(bed()),
            AnswerCode::Declined => Answer::Declined,
            AnswerCode::Withdrawn => Answer::Withdrawn,
            AnswerCode::Lapsed => Answer::Lapsed,
            AnswerCode::Lost => Answer::Lost,
            AnswerCode::NotChosen => Answer::NotChosen,
        },
        at: time(&body["lastModified"])?,
        by: read_who(&extension(body, BY)["valueReference"]),
        why: text(&body["statusReason"]["text"]),
    })
}
