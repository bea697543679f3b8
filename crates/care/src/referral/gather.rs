//! Finds in the record what a summary and a referral cite, with the doctor's own eyes.

use super::ips::{Found, SECTION_MAX, holds, is_taken};
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::{Op, Problem};
use records::Query;
use serde_json::Value;

/// Images and documents that one referral can cite.
pub const CITED_MAX: usize = 50;
/// Resources looked through for one section.
const LOOKED_AT_MAX: usize = 1_000;

/// Problems, allergies and drugs of a patient as they stand, under every record that is linked as the same person's.
pub async fn found(op: &Op, patient: &Reference) -> Result<Found, Problem> {
    let (problems, more_problems) = section(op, patient, &["Condition"], holds).await?;
    let (allergies, more_allergies) = section(op, patient, &["AllergyIntolerance"], holds).await?;
    let (mut drugs, more_drugs) = section(op, patient, &["MedicationStatement", "MedicationRequest"], is_taken).await?;
    for drug in &mut drugs {
        name_drug(op, drug).await?;
    }
    Ok(Found { problems, allergies, drugs, more: [more_problems, more_allergies, more_drugs] })
}

async fn section(
    op: &Op,
    patient: &Reference,
    types: &[&str],
    counts: fn(&Value) -> bool,
) -> Result<(Vec<Value>, bool), Problem> {
    let mut all = vec![];
    let mut more = false;
    for ty in types.iter().filter_map(|name| ResourceType::from_name(name)) {
        let query =
            Query::of(ty).with("patient", patient.to_string()).with("_sort", "-_lastUpdated").count(LOOKED_AT_MAX);
        let page = op.store().search(op.viewer(), &query).await?;
        more |= page.next.is_some();
        for one in &page.matches {
            let body = one.value()?;
            if counts(&body) {
                all.push(body);
            }
        }
    }
    more |= all.len() > SECTION_MAX;
    all.truncate(SECTION_MAX);
    Ok((all, more))
}

/// A drug that points to a Medication gets its code: a document refers to nothing outside.
async fn name_drug(op: &Op, drug: &mut Value) -> Result<(), Problem> {
    let Some(at) = crate::json::referred(&drug["medicationReference"]) else { return Ok(()) };
    let code = match op.store().read(op.viewer(), &at).await? {
        Some(medication) => medication.value()?["code"].clone(),
        None => Value::Null,
    };
    let name = || drug["medicationReference"]["display"].as_str().unwrap_or("?").to_owned();
    drug["medicationCodeableConcept"] = if code.is_object() { code } else { serde_json::json!({ "text": name() }) };
    Ok(())
}

/// The images and documents named, if the doctor sees them and they are this patient's.
pub async fn cited(op: &Op, patient: &Reference, named: &[String]) -> Result<Vec<Reference>, Problem> {
    if named.len() > CITED_MAX {
        let detail = format!("At most {CITED_MAX} images and documents.");
        return Err(Problem::unfit("referral.how_many", detail).with("field", "cited").with("max", CITED_MAX));
    }
    let ours = crate::patient::with_linked(op.store(), [patient.id.clone()]).await?;
    let mut all: Vec<Reference> = vec![];
    for text in named {
        let unknown = || {
            let detail = "One of the images or documents is not there, or not this patient's.";
            Problem::unfit("referral.not_cited", detail).with("reference", text.chars().take(100).collect::<String>())
        };
        let at: Reference = text.parse().map_err(|_| unknown())?;
        if !["ImagingStudy", "DocumentReference", "DiagnosticReport", "Composition"].contains(&at.ty.name()) {
            return Err(unknown());
        }
        let found = op.store().read(op.viewer(), &at).await?.ok_or_else(unknown)?;
        let whose: Option<&Id> = found.patient.as_ref().map(|p| &p.id);
        if !whose.is_some_and(|id| ours.contains(id)) {
            return Err(unknown());
        }
        if !all.contains(&at) {
            all.push(at);
        }
    }
    Ok(all)
}
