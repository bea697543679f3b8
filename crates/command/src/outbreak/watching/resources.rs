//! How an alert is written as FHIR and read back: a DetectedIssue, preliminary until somebody has taken note of it.

use super::rules::Raised;
use crate::outbreak::resources::{at, code, concept, items, refer, refers, time};
use fhir::ResourceType;
use jiff::civil::Date;
use kernel::{Id, Time};
use platform::case::{Who, read_who, write_who};
use serde_json::{Number, Value, json};

/// Marks an alert; its value is rule, place, disease and day.
pub const ALERT: &str = "urn:consilium:alert";
const RULE: &str = "urn:consilium:alert-rule";
const DISEASE: &str = "urn:consilium:disease";
const PLACE: &str = "urn:consilium:ext:place-of-alert";
const DAY: &str = "urn:consilium:ext:day";
const VALUE: &str = "urn:consilium:ext:value";
const LIMIT: &str = "urn:consilium:ext:limit";
const NOTED: &str = "urn:consilium:alert-noted";

/// An alert as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// Rule, version, value, limit, source, cases.
    pub rule: String,
    /// The rule's version.
    pub version: String,
    /// What it came to.
    pub value: f64,
    /// Against what.
    pub limit: f64,
    /// Where the rule comes from.
    pub source: String,
    /// The cases that raised it.
    pub cases: Vec<Id>,
    /// Where: a county's hospital, or one above the counties.
    pub place: Id,
    /// Of what.
    pub disease: String,
    /// The day judged.
    pub day: Date,
    /// When it was raised.
    pub raised_at: Time,
    /// Who took note of it, when, and what they said.
    pub noted: Option<(Who, Time, String)>,
}

impl Alert {
    /// The alert of a rule that is met.
    pub fn of(raised: Raised, place: Id, disease: &str, day: Date, now: Time) -> Self {
        Self {
            rule: raised.rule.to_owned(),
            version: raised.version.to_string(),
            value: raised.value,
            limit: raised.limit,
            source: raised.source,
            cases: raised.cases,
            place,
            disease: disease.to_owned(),
            day,
            raised_at: now,
            noted: None,
        }
    }

    /// One alert of a rule for a place, a disease and a day.
    pub fn key(&self) -> String {
        format!("{}/{}/{}/{}", self.rule, self.place, self.disease, self.day)
    }

    /// The DetectedIssue.
    pub fn write(&self) -> Value {
        let number = |value: f64| Number::from_f64(value).map_or(Value::Null, Value::Number);
        let mut body = json!({
            "resourceType": "DetectedIssue",
            "extension": [
                {"url": PLACE, "valueReference": {"reference": format!("Organization/{}", self.place)}},
                {"url": DAY, "valueDate": self.day.to_string()},
                {"url": VALUE, "valueDecimal": number(self.value)},
                {"url": LIMIT, "valueDecimal": number(self.limit)},
            ],
            "identifier": [{"system": ALERT, "value": self.key()}],
            "status": if self.noted.is_some() { "final" } else { "preliminary" },
            "code": {"coding": [
                {"system": RULE, "version": self.version, "code": self.rule},
                {"system": DISEASE, "code": self.disease},
            ]},
            "identifiedDateTime": self.raised_at.to_string(),
            "implicated": self.cases.iter().map(|id| refer(&at(id))).collect::<Vec<_>>(),
            "detail": self.source,
        });
        if let Some((who, at, said)) = &self.noted {
            let mut action = concept(NOTED, "noted");
            action["text"] = said.as_str().into();
            body["mitigation"] = json!([{"action": action, "date": at.to_string(), "author": write_who(who)}]);
        }
        body
    }

    /// Reads [`Alert::write`]; none when it is no alert of ours.
    pub fn read(body: &Value) -> Option<Self> {
        items(&body["identifier"]).iter().find(|i| i["system"] == ALERT)?;
        let extended = |url: &str| items(&body["extension"]).iter().find(|e| e["url"] == url);
        let rule = items(&body["code"]["coding"]).iter().find(|c| c["system"] == RULE)?;
        let mitigation = &body["mitigation"][0];
        let noted = || {
            let said = mitigation["action"]["text"].as_str()?.to_owned();
            Some((read_who(&mitigation["author"])?, time(&mitigation["date"])?, said))
        };
        let case = |at: &Value| refers(at).filter(|r| r.ty == ResourceType::CONDITION).map(|r| r.id);
        Some(Self {
            rule: rule["code"].as_str()?.to_owned(),
            version: rule["version"].as_str()?.to_owned(),
            value: extended(VALUE)?["valueDecimal"].as_f64()?,
            limit: extended(LIMIT)?["valueDecimal"].as_f64()?,
            source: body["detail"].as_str()?.to_owned(),
            cases: items(&body["implicated"]).iter().filter_map(case).collect(),
            place: refers(&extended(PLACE)?["valueReference"])?.id,
            disease: code(&body["code"], DISEASE)?.to_owned(),
            day: extended(DAY)?["valueDate"].as_str()?.parse().ok()?,
            raised_at: time(&body["identifiedDateTime"])?,
            noted: noted(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbreak::model::tests::{at as instant, report};
    use fhir::validate::{Options, validate};

    #[test]
    fn an_alert_stands_and_comes_back() {
        let id = |text: &str| Id::new(text).unwrap();
        let raised = Raised {
            rule: "ears-c2",
            version: 1,
            value: 5.291_503,
            limit: 3.0,
            source: "Hutwagner".into(),
            cases: vec![id("a"), id("b")],
        };
        let now = instant("2026-11-21T02:00:00Z");
        let fresh = Alert::of(raised, id("guangshan"), "covid-19", "2026-11-21".parse().unwrap(), now);
        let noted = Alert { noted: Some((report().reporter, now, "已电话核实".into())), ..fresh.clone() };
        for (alert, status) in [(fresh, "preliminary"), (noted, "final")] {
            let body = alert.write();
            let found = validate(&body, Options { warnings: false, ..Options::default() });
            assert!(found.is_empty(), "{found:#?}");
            assert_eq!(body["status"], status);
            assert_eq!(Alert::read(&body), Some(alert));
        }
        assert_eq!(Alert::read(&json!({"resourceType": "DetectedIssue"})), None);
    }
}
