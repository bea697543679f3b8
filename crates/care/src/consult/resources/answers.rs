//! QuestionnaireResponse: the form's texts, as they were typed.

use super::References;
use super::codes::{PREGNANCY, QUESTIONNAIRE};
use super::json::{list, refer, refer_who, referred_id, time};
use crate::consult::form::{Pregnancy, RequestForm, Wanted};
use fhir::{Reference, ResourceType};
use kernel::Time;
use platform::case::Who;
use serde_json::{Value, json};

/// The answers.
pub fn write(at: &References, form: &RequestForm, author: &Who, patient: &Reference, now: Time) -> Value {
    let mut items = vec![];
    let mut answer = |link: &str, value: Value| items.push(json!({"linkId": link, "answer": [value]}));
    for (name, text) in form.texts() {
        if let Some(text) = text {
            answer(name, json!({"valueString": text}));
        }
    }
    if let Some(pregnancy) = form.pregnancy {
        answer("pregnancy", json!({"valueCoding": {"system": PREGNANCY, "code": pregnancy.code()}}));
    }
    if let Some(wanted) = &form.wanted {
        if let Some(expert) = &wanted.expert {
            answer("wanted.expert", json!({"valueReference": {"reference": format!("PractitionerRole/{expert}")}}));
        }
        if let Some(hospital) = &wanted.hospital {
            answer("wanted.hospital", json!({"valueReference": {"reference": format!("Organization/{hospital}")}}));
        }
        if let Some(time) = wanted.time {
            answer("wanted.time", json!({"valueDateTime": time.to_string()}));
        }
    }
    let mut body = json!({
        "resourceType": "QuestionnaireResponse",
        "id": at.answers.id,
        "questionnaire": QUESTIONNAIRE,
        "basedOn": [refer(&at.case)],
        "status": "completed",
        "subject": refer(patient),
        "authored": now.to_string(),
        "author": refer_who(author),
    });
    if !items.is_empty() {
        body["item"] = items.into();
    }
    body
}

/// Fills the texts into a form.
pub fn read(body: &Value, form: &mut RequestForm) {
    let answer = |link: &str| {
        let item = list(&body["item"]).iter().find(|i| i["linkId"] == link);
        item.map_or(&Value::Null, |i| &i["answer"][0])
    };
    for (name, text) in form.texts_mut() {
        *text = answer(name)["valueString"].as_str().map(str::to_owned);
    }
    form.pregnancy = answer("pregnancy")["valueCoding"]["code"].as_str().and_then(Pregnancy::from_code);
    let wanted = Wanted {
        expert: referred_id(&answer("wanted.expert")["valueReference"], ResourceType::PRACTITIONER_ROLE),
        hospital: referred_id(&answer("wanted.hospital")["valueReference"], ResourceType::ORGANIZATION),
        time: time(&answer("wanted.time")["valueDateTime"]),
    };
    form.wanted = (wanted != Wanted::default()).then_some(wanted);
}
