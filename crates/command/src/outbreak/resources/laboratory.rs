//! A laboratory result that speaks for or against a case: an Observation.

use super::{INTERPRETATION, concept, refer};
use crate::outbreak::model::{self, Refusal};
use fhir::Reference;
use kernel::Time;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Marks an Observation as belonging to a case report.
pub const OF_REPORT: &str = "urn:consilium:case-report-part";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";

/// A result as told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = OutbreakLaboratory)]
#[serde(deny_unknown_fields)]
pub struct Laboratory {
    /// What was looked for, for example 新冠病毒核酸.
    pub name: String,
    /// Whether it was found.
    pub positive: bool,
    /// The result as the laboratory writes it, with its unit.
    pub value: String,
    /// When the specimen was taken.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

impl Laboratory {
    /// The same, within bounds.
    pub fn checked(self, now: Time) -> Result<Self, Refusal> {
        Ok(Self {
            name: model::text("laboratory.name", &self.name)?,
            value: model::text("laboratory.value", &self.value)?,
            at: model::past("laboratory.at", self.at, now)?,
            positive: self.positive,
        })
    }
}

/// The Observation.
pub fn write_laboratory(result: &Laboratory, report: &Reference, patient: &Reference) -> Value {
    let (code, word) = if result.positive { ("POS", "阳性") } else { ("NEG", "阴性") };
    json!({
        "resourceType": "Observation",
        "identifier": [{"system": OF_REPORT, "value": format!("{}/laboratory", report.id)}],
        "status": "final",
        "category": [concept(CATEGORY, "laboratory")],
        "code": {"text": result.name},
        "subject": refer(patient),
        "focus": [refer(report)],
        "effectiveDateTime": result.at.to_string(),
        "valueString": result.value,
        "interpretation": [{"coding": [{"system": INTERPRETATION, "code": code}], "text": word}],
    })
}
