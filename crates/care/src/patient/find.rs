//! `GET /api/patients?q=`: find a patient of the own hospital by name, pinyin, initials, number or telephone.

use super::identifier::{PASSPORT, RESIDENT, TEMPORARY};
use super::{PatientCard, card, hospital_ref, today, with_linked};
use axum::Json;
use axum::extract::Query as UrlQuery;
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use platform::{Op, Problem};
use records::{Query, Resource};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// So many are shown; who looks for more must type more.
const SHOWN: usize = 20;
/// Longest search text looked at, in characters.
const TEXT_MAX: usize = 100;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Input {
    /// Characters, pinyin or initials of the name, an identifier, or a telephone number. Empty: the latest patients.
    #[serde(default)]
    q: String,
}

/// Who was found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PatientsFound)]
pub struct Output {
    /// At most 20, those whose record changed last first.
    patients: Vec<PatientCard>,
}

/// Finds patients of the own hospital.
#[utoipa::path(get, path = "/api/patients", operation_id = "patient.find", tag = "patient", params(Input),
    responses((status = 200, body = Output)))]
pub async fn find(op: Op, UrlQuery(input): UrlQuery<Input>) -> Result<Json<Output>, Problem> {
    let hospital = op.actor().hospital.clone();
    op.may("patient.find", &Facts { custodian: Some(hospital.clone()), ..Facts::default() }, None).await?;
    let text: String = input.q.trim().chars().take(TEXT_MAX).collect();
    let own = || Query::of(ResourceType::PATIENT).with("organization", format!("Organization/{hospital}")).count(SHOWN);
    let mut found: Vec<Resource> = Vec::new();
    for (name, value) in criteria(&text) {
        let query = if name.is_empty() { own().with("_sort", "-_lastUpdated") } else { own().with(name, value) };
        for patient in op.store().search(op.viewer(), &query).await?.matches {
            if !found.iter().any(|f| f.at == patient.at) {
                found.push(patient);
            }
        }
    }
    // Another record of the same person, under another name or number, is found with it.
    let ids = with_linked(op.store(), found.iter().map(|p| p.at.id.clone())).await?;
    for id in ids.into_iter().filter(|id| !found.iter().any(|f| f.at.id == *id)).collect::<Vec<_>>() {
        let at = Reference::new(ResourceType::PATIENT, id);
        found.extend(op.store().read(op.viewer(), &at).await?.filter(|p| p.custodian == hospital));
    }
    found.truncate(SHOWN);
    op.note_read("patient.find", None, None, None).await?;
    let today = today(&op);
    let patients = found
        .iter()
        .map(|p| Ok(card(&p.value()?, hospital_ref(&op, &p.custodian)?, today)))
        .collect::<Result<_, Problem>>()?;
    Ok(Json(Output { patients }))
}

/// Which searches a text calls for, best first.
fn criteria(text: &str) -> Vec<(&'static str, String)> {
    if text.is_empty() {
        return vec![("", String::new())];
    }
    let escaped = text.replace('\\', "\\\\").replace([',', '$', '|'], " ");
    if !text.is_ascii() {
        return vec![("name", escaped.clone()), ("name:contains", escaped)];
    }
    let compact: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let number = compact.to_ascii_uppercase();
    let mut all = vec![];
    // The number of somebody unknown may have no digit in it.
    if text.bytes().any(|b| b.is_ascii_digit()) || number.starts_with("X-") {
        all.push(("identifier", format!("{RESIDENT}|{number},{PASSPORT}|{number},{TEMPORARY}|{number}")));
        all.push(("phone", escaped));
    } else {
        let key = compact.to_ascii_lowercase().replace('-', "");
        all.push(("name-key", key));
        all.push(("name", escaped));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_text_is_looked_for_where_it_may_be() {
        let names = |text| criteria(text).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names("王小"), ["name", "name:contains"]);
        assert_eq!(names("wxm"), ["name-key", "name"]);
        assert_eq!(names("11010519491231002x"), ["identifier", "phone"]);
        assert_eq!(names("x-abcdef"), ["identifier", "phone"]);
        assert_eq!(names(""), [""]);
        assert_eq!(criteria("Wang Xiao")[0].1, "wangxiao");
        assert_eq!(criteria("王,明")[0].1, "王 明");
    }
}
