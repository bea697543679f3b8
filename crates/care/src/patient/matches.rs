//! `GET /api/patients/{id}/matches`: other records of the own hospital that may be the same person's. Proposed, never linked.

use super::identifier::{PASSPORT, RESIDENT};
use super::links::own;
use super::{PatientCard, card, hospital_ref, today};
use axum::Json;
use axum::extract::Path;
use fhir::ResourceType;
use kernel::Id;
use platform::{Op, Problem};
use records::{Query, Resource};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// So many are proposed.
const SHOWN: usize = 10;

/// Who may be the same.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PatientMatches)]
pub struct Output {
    /// Those with the same number first, then those of the same name born on the same day.
    patients: Vec<PatientCard>,
}

/// Proposes other records of the same person.
#[utoipa::path(get, path = "/api/patients/{id}/matches", operation_id = "patient.matches", tag = "patient",
    params(("id" = String, Path)), responses((status = 200, body = Output)))]
pub async fn matches(op: Op, Path(id): Path<Id>) -> Result<Json<Output>, Problem> {
    let (patient, body) = own(&op, "patient.matches", &id).await?;
    let known = super::resources::links(&body);
    let hospital = format!("Organization/{}", patient.custodian);
    let mut found: Vec<Resource> = vec![];
    for criteria in criteria(&body) {
        let mut query = Query::of(ResourceType::PATIENT).with("organization", hospital.clone()).count(SHOWN);
        for (name, value) in criteria {
            query = query.with(name, value);
        }
        for other in op.store().search(op.viewer(), &query).await?.matches {
            let is_new = other.at != patient.at && !known.contains(&other.at);
            if is_new && !found.iter().any(|f| f.at == other.at) {
                found.push(other);
            }
        }
    }
    found.truncate(SHOWN);
    op.note_read("patient.matches", Some(patient.at), None, None).await?;
    let patients = found
        .iter()
        .map(|p| Ok(card(&p.value()?, hospital_ref(&op, &p.custodian)?, today(&op))))
        .collect::<Result<_, Problem>>()?;
    Ok(Json(Output { patients }))
}

/// What is looked for, most telling first: a number, then name and day of birth together.
fn criteria(patient: &Value) -> Vec<Vec<(&'static str, String)>> {
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let escaped = |text: &str| text.replace('\\', "\\\\").replace([',', '$', '|'], " ");
    let mut all = vec![];
    for identifier in items(&patient["identifier"]) {
        if let (Some(system @ (RESIDENT | PASSPORT)), Some(value)) =
            (identifier["system"].as_str(), identifier["value"].as_str())
        {
            all.push(vec![("identifier", format!("{system}|{value}"))]);
        }
    }
    let name = items(&patient["name"]).iter().find_map(|n| n["text"].as_str().map(escaped));
    if let (Some(name), Some(born)) = (name.filter(|n| !n.is_empty()), patient["birthDate"].as_str()) {
        all.push(vec![("name", name), ("birthdate", born.to_owned())]);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_alone_proposes_nobody() {
        let names = |body: Value| criteria(&body).into_iter().map(|c| c.len()).collect::<Vec<_>>();
        assert_eq!(names(json!({"name": [{"text": "王敏"}]})), Vec::<usize>::new());
        assert_eq!(names(json!({"name": [{"text": "王敏"}], "birthDate": "1960-05-01"})), [2]);
        let number = json!({"identifier": [{"system": PASSPORT, "value": "E1"}, {"system": "other", "value": "7"}]});
        assert_eq!(criteria(&number), [[("identifier", format!("{PASSPORT}|E1"))]]);
    }
}
