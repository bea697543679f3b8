//! Somebody who was near a patient: a RelatedPerson of that patient.

use super::laboratory::OF_REPORT;
use super::{code, items, refer};
use crate::outbreak::model::{self, Refusal};
use fhir::Reference;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

const KIND: &str = "urn:consilium:contact";
const FOLLOWED: &str = "urn:consilium:ext:place";
/// Longest telephone number, in characters.
const PHONE_MAX: usize = 30;

/// How near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakContactKind)]
pub enum ContactKind {
    /// 密切接触者.
    Close,
    /// 一般接触者.
    General,
}

impl ContactKind {
    fn code(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::General => "general",
        }
    }
}

/// A contact as told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakContact)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The name.
    pub name: String,
    /// How near.
    pub kind: ContactKind,
    /// What they are to the patient, in words.
    pub relation: String,
    /// The last day on which they met.
    #[schema(value_type = String)]
    pub last_met: Date,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Where they are followed up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Contact {
    /// The same, within bounds.
    pub fn checked(self, today: Date) -> Result<Self, Refusal> {
        let phone = self.phone.map(|p| p.trim().to_owned()).filter(|p| !p.is_empty());
        if phone.as_ref().is_some_and(|p| p.len() > PHONE_MAX || !p.bytes().all(|b| b"+-() 0123456789".contains(&b))) {
            return Err(Refusal::Text("phone"));
        }
        Ok(Self {
            name: model::text("name", &self.name)?,
            kind: self.kind,
            relation: model::text("relation", &self.relation)?,
            last_met: model::past_day("last_met", self.last_met, today)?,
            phone,
            place: self.place.map(|p| model::text("place", &p)).transpose()?,
        })
    }

    /// The RelatedPerson.
    pub fn write(&self, report: &Reference, patient: &Reference) -> Value {
        let mut body = json!({
            "resourceType": "RelatedPerson",
            "identifier": [{"system": OF_REPORT, "value": format!("{}/contact", report.id)}],
            "active": true,
            "patient": refer(patient),
            "relationship": [{"coding": [{"system": KIND, "code": self.kind.code()}], "text": self.relation}],
            "name": [{"text": self.name}],
            "period": {"end": self.last_met.to_string()},
        });
        if let Some(phone) = &self.phone {
            body["telecom"] = json!([{"system": "phone", "value": phone}]);
        }
        if let Some(place) = &self.place {
            body["extension"] = json!([{"url": FOLLOWED, "valueString": place}]);
        }
        body
    }

    /// Reads [`Contact::write`].
    pub fn read(body: &Value) -> Option<Self> {
        let relation = &body["relationship"][0];
        let kind = match code(relation, KIND)? {
            "close" => ContactKind::Close,
            _ => ContactKind::General,
        };
        let place = items(&body["extension"]).iter().find(|e| e["url"] == FOLLOWED);
        Some(Self {
            name: body["name"][0]["text"].as_str()?.to_owned(),
            kind,
            relation: relation["text"].as_str()?.to_owned(),
            last_met: body["period"]["end"].as_str()?.parse().ok()?,
            phone: body["telecom"][0]["value"].as_str().map(str::to_owned),
            place: place.and_then(|p| p["valueString"].as_str()).map(str::to_owned),
        })
    }
}
