//! `GET /api/patients/{id}/pair/{other}`: two records of the own hospital side by side, before a human says that they are one
//! person's.

use super::links::own;
use super::{PatientCard, card, hospital_ref, today};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// Both sides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PatientPair)]
pub struct Output {
    /// This record.
    left: PatientCard,
    /// The other.
    right: PatientCard,
    /// In what the two say different things: `name`, `sex`, `birth_date`, `identifier`.
    differs: Vec<&'static str>,
    /// They are linked.
    linked: bool,
}

/// Shows two records side by side.
#[utoipa::path(get, path = "/api/patients/{id}/pair/{other}", operation_id = "patient.pair", tag = "patient",
    params(("id" = String, Path), ("other" = String, Path)), responses((status = 200, body = Output)))]
pub async fn pair(op: Op, Path((id, other)): Path<(Id, Id)>) -> Result<Json<Output>, Problem> {
    let (left, left_body) = own(&op, "patient.pair", &id).await?;
    let (right, right_body) = own(&op, "patient.pair", &other).await?;
    let show = |custodian, body| Ok::<_, Problem>(card(body, hospital_ref(&op, custodian)?, today(&op)));
    let (left_card, right_card) = (show(&left.custodian, &left_body)?, show(&right.custodian, &right_body)?);
    op.note_read("patient.pair", Some(left.at), None, None).await?;
    op.note_read("patient.pair", Some(right.at), None, None).await?;
    Ok(Json(Output {
        differs: differences(&left_card, &right_card),
        linked: left_card.linked.contains(&right_card.id),
        left: left_card,
        right: right_card,
    }))
}

/// In what two records differ. What one does not say cannot differ; numbers of two kinds say nothing of each other.
pub fn differences(left: &PatientCard, right: &PatientCard) -> Vec<&'static str> {
    let mut found = vec![];
    let folded = |name: &str| name.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    if !left.name.is_empty() && !right.name.is_empty() && folded(&left.name) != folded(&right.name) {
        found.push("name");
    }
    let told = |sex: &str| matches!(sex, "male" | "female");
    if told(&left.sex) && told(&right.sex) && left.sex != right.sex {
        found.push("sex");
    }
    if let (Some(a), Some(b)) = (&left.birth_date, &right.birth_date) {
        let shared = a.len().min(b.len());
        if a.as_bytes()[..shared] != b.as_bytes()[..shared] {
            found.push("birth_date");
        }
    }
    let (a, b) = (&left.identifier, &right.identifier);
    if a.kind == b.kind && a.kind != super::identifier::IdentifierKind::Unknown && a.value != b.value {
        found.push("identifier");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::directory::HospitalRef;
    use serde_json::json;

    fn person(body: serde_json::Value) -> PatientCard {
        let hospital =
            HospitalRef { id: Id::new("h").unwrap(), name: "h".into(), name_en: "h".into(), level: "county".into() };
        card(&body, hospital, "2026-11-21".parse().unwrap())
    }

    #[test]
    fn what_one_side_does_not_say_cannot_differ() {
        let known = |name: &str, sex: &str, born: &str, number: &str| {
            person(json!({"name": [{"text": name}], "gender": sex, "birthDate": born,
                "identifier": [{"system": super::super::identifier::PASSPORT, "value": number}]}))
        };
        let one = known("Wang Min", "female", "1960-05-01", "E1234567");
        assert_eq!(differences(&one, &known("wangmin", "female", "1960", "E1234567")), Vec::<&str>::new());
        assert_eq!(
            differences(&one, &known("Wang Ming", "male", "1961", "E7654321")),
            ["name", "sex", "birth_date", "identifier"]
        );
        let nobody = person(json!({"gender": "unknown",
            "identifier": [{"system": super::super::identifier::TEMPORARY, "value": "X-1"}]}));
        assert_eq!(differences(&one, &nobody), Vec::<&str>::new());
    }
}
