//! How an outage is written as a Task and read back: the only place that knows.

use super::model::{By, Cause, Ended, Note, Outage, Spell};
use crate::join::resources::gateway_at;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::case::{read_who, write_who};
use platform::codes;
use serde_json::{Value, json};

/// The code of its Task.
pub const CODE: &str = "outage";
const CAUSE: &str = "urn:consilium:outage-cause";
/// Who said something, and when.
const SAID: &str = "urn:consilium:ext:said-by";

/// The Task of an outage.
pub fn outage_at(id: &Id) -> Reference {
    Reference::new(ResourceType::TASK, id.clone())
}

fn by(by: &By) -> Value {
    json!([{"url": "who", "valueReference": write_who(&by.who)}, {"url": "at", "valueInstant": by.at.to_string()}])
}

fn read_by(extension: &Value) -> Option<By> {
    let parts = extension["extension"].as_array()?;
    let part = |url: &str| parts.iter().find(|part| part["url"] == url);
    Some(By { who: read_who(&part("who")?["valueReference"])?, at: time(&part("at")?["valueInstant"])? })
}

fn time(value: &Value) -> Option<Time> {
    value.as_str()?.parse().ok()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

impl Outage {
    /// The Task.
    pub fn write(&self) -> Value {
        let status = match (&self.ended, &self.taken) {
            (Some(_), _) => "completed",
            (None, Some(_)) => "in-progress",
            (None, None) => "requested",
        };
        let last = self.spells.last().and_then(|spell| spell.to);
        let mut period = json!({"start": self.since().to_string()});
        if let Some(end) = last {
            period["end"] = end.to_string().into();
        }
        let spell = |spell: &Spell| {
            let mut period = json!({"start": spell.from.to_string()});
            if let Some(to) = spell.to {
                period["end"] = to.to_string().into();
            }
            json!({"type": {"text": "silence"}, "valuePeriod": period})
        };
        let mut body = json!({
            "resourceType": "Task",
            "id": self.id,
            "status": status,
            "intent": "order",
            "code": {"coding": [{"system": codes::TASK, "code": CODE}]},
            "focus": {"reference": gateway_at(&self.gateway).to_string()},
            "for": {"reference": format!("Organization/{}", self.hospital)},
            "authoredOn": self.since().to_string(),
            "executionPeriod": period,
            "input": self.spells.iter().map(spell).collect::<Vec<_>>(),
        });
        if let Some(taken) = &self.taken {
            body["extension"] = json!([{"url": SAID, "extension": by(taken)}]);
            body["owner"] = write_who(&taken.who);
        }
        if !self.notes.is_empty() {
            let note = |note: &Note| {
                let author = format!("Practitioner/{}", note.by.who.person);
                json!({"extension": [{"url": SAID, "extension": by(&note.by)}], "authorReference": {"reference": author},
                    "time": note.by.at.to_string(), "text": note.text})
            };
            body["note"] = self.notes.iter().map(note).collect();
        }
        body["statusReason"] = match &self.ended {
            None => return body,
            Some(Ended::ByItself(_)) => cause("by-itself"),
            Some(Ended::Withdrawn(_)) => cause("withdrawn"),
            Some(Ended::Said(said, of, text)) => {
                let mut reason = cause(of.code());
                reason["extension"] = json!([{"url": SAID, "extension": by(said)}]);
                if !text.is_empty() {
                    reason["text"] = text.as_str().into();
                }
                reason
            }
        };
        body["lastModified"] = match &self.ended {
            Some(Ended::ByItself(at) | Ended::Withdrawn(at)) => at.to_string().into(),
            Some(Ended::Said(said, ..)) => said.at.to_string().into(),
            None => return body,
        };
        body
    }

    /// Reads [`Outage::write`]; none when it is no outage.
    pub fn read(body: &Value) -> Option<Self> {
        items(&body["code"]["coding"]).iter().find(|c| c["system"] == codes::TASK && c["code"] == CODE)?;
        let refers = |value: &Value| value["reference"].as_str()?.parse::<Reference>().ok().map(|at| at.id);
        let spell = |input: &Value| {
            let period = &input["valuePeriod"];
            Some(Spell { from: time(&period["start"])?, to: time(&period["end"]) })
        };
        let said_by = |of: &Value| items(&of["extension"]).iter().find(|e| e["url"] == SAID).and_then(read_by);
        let note = |note: &Value| Some(Note { by: said_by(note)?, text: note["text"].as_str()?.to_owned() });
        let taken = said_by(body);
        let ended_at = time(&body["lastModified"]);
        let reason = &body["statusReason"];
        let coded = items(&reason["coding"]).iter().find(|c| c["system"] == CAUSE);
        let ended = match coded.and_then(|coding| coding["code"].as_str()) {
            None => None,
            Some("by-itself") => Some(Ended::ByItself(ended_at?)),
            Some("withdrawn") => Some(Ended::Withdrawn(ended_at?)),
            Some(code) => {
                let cause = Cause::ALL.into_iter().find(|cause| cause.code() == code)?;
                Some(Ended::Said(said_by(reason)?, cause, reason["text"].as_str().unwrap_or_default().to_owned()))
            }
        };
        let spells: Vec<Spell> = items(&body["input"]).iter().filter_map(spell).collect();
        (!spells.is_empty()).then_some(Self {
            id: Id::new(body["id"].as_str()?).ok()?,
            gateway: refers(&body["focus"])?,
            hospital: refers(&body["for"])?,
            spells,
            taken,
            notes: items(&body["note"]).iter().filter_map(note).collect(),
            ended,
        })
    }
}

fn cause(code: &str) -> Value {
    json!({"coding": [{"system": CAUSE, "code": code}]})
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::{at, by, silent};
    use super::*;
    use fhir::validate::{Options, validate};

    #[test]
    fn every_state_reads_back_as_it_was_and_is_r4() {
        let taken = silent(None, 0).take(by("h", 1)).unwrap();
        let noted = taken.clone().note(Note { by: by("p", 2), text: "已联系".into() }).unwrap();
        let all = [
            silent(None, 0),
            silent(None, 0).back(at(2)),
            silent(Some(silent(None, 0).back(at(2))), 4),
            noted.clone(),
            noted.back(at(3)).close(by("h", 4), Cause::Power, "停电".into()).unwrap(),
            taken.withdrawn(at(9)),
        ];
        for outage in all {
            let body = outage.write();
            assert_eq!(Outage::read(&body).as_ref(), Some(&outage), "{body:#}");
            let issues = validate(&body, Options { warnings: false, ..Options::default() });
            assert!(issues.is_empty(), "{issues:?}");
        }
        assert_eq!(Outage::read(&json!({"resourceType": "Task", "code": {}})), None);
    }
}
