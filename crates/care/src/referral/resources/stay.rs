//! Encounter: the stay at the hospital that took the patient; QuestionnaireResponse: the handover's list.

use super::References;
use super::codes::{CLASS, HANDOVER, OUTCOME};
use crate::json::{concept, list, refer, refer_who, text, time};
use crate::referral::state::{HandoverItem, Outcome, YesNo};
use fhir::Reference;
use kernel::{Id, Time};
use platform::case::Who;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// An answer of the handover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HandoverRow {
    /// What was asked.
    pub item: HandoverItem,
    /// The answer.
    pub answer: YesNo,
    /// What is to be said beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A handover as it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The answers.
    pub rows: Vec<HandoverRow>,
    /// Who took over.
    pub by: Who,
    /// When.
    pub at: Time,
}

/// The handover's QuestionnaireResponse.
pub fn write_handover(at: &References, handover: &Handover, patient: &Reference) -> Value {
    let item = |row: &HandoverRow| {
        let mut answer = json!({"valueBoolean": row.answer == YesNo::Yes});
        if let Some(note) = &row.note {
            let link = format!("{}/note", row.item.code());
            answer["item"] = json!([{"linkId": link, "answer": [{"valueString": note}]}]);
        }
        json!({"linkId": row.item.code(), "answer": [answer]})
    };
    json!({
        "resourceType": "QuestionnaireResponse",
        "id": at.handover.id,
        "basedOn": [refer(&at.case)],
        "questionnaire": HANDOVER,
        "status": "completed",
        "subject": refer(patient),
        "authored": handover.at.to_string(),
        "author": refer_who(&handover.by),
        "item": handover.rows.iter().map(item).collect::<Vec<_>>(),
    })
}

/// Reads [`write_handover`].
pub fn read_handover(body: &Value) -> Option<Handover> {
    let row = |item: &Value| {
        let answer = &item["answer"][0];
        let yes = answer["valueBoolean"].as_bool()?;
        Some(HandoverRow {
            item: HandoverItem::from_code(item["linkId"].as_str()?)?,
            answer: if yes { YesNo::Yes } else { YesNo::No },
            note: text(&answer["item"][0]["answer"][0]["valueString"]),
        })
    };
    Some(Handover {
        rows: list(&body["item"]).iter().filter_map(row).collect(),
        by: crate::json::read_who(&body["author"])?,
        at: time(&body["authored"])?,
    })
}

/// The stay as it begins.
pub fn begin(at: &References, patient: &Reference, hospital: &Id, bed: &Id, now: Time) -> Value {
    json!({
        "resourceType": "Encounter",
        "id": at.stay.id,
        "status": "in-progress",
        "class": {"system": CLASS, "code": "IMP", "display": "inpatient encounter"},
        "subject": refer(patient),
        "basedOn": [refer(&at.case)],
        "period": {"start": now.to_string()},
        "location": [{"location": {"reference": format!("Location/{bed}")}, "status": "active",
            "period": {"start": now.to_string()}}],
        "serviceProvider": {"reference": format!("Organization/{hospital}")},
    })
}

/// The stay over.
pub fn end(before: &Value, outcome: Outcome, now: Time) -> Value {
    let mut body = before.clone();
    body["status"] = "finished".into();
    body["period"]["end"] = now.to_string().into();
    for location in body["location"].as_array_mut().into_iter().flatten() {
        location["status"] = "completed".into();
        location["period"]["end"] = now.to_string().into();
    }
    body["hospitalization"] = json!({"dischargeDisposition": concept(OUTCOME, outcome.code())});
    body
}
