//! `POST /api/patients/{id}/identify`: somebody unknown is known now. The record stays, and everything that refers to it; it
//! says who it is from its next version on.

use super::create::{claim, known, token};
use super::identifier::IdentifierKind;
use super::links::{changed, made_up, own, reason};
use super::model::{NewPatient, PatientInput, check};
use super::resources::{identified, same_as, with_link, write};
use super::{PatientCard, card, hospital_ref, today};
use axum::extract::Path;
use axum::{Extension, Json};
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::drill::is_drill;
use platform::identity::{self, Differing, Files, SamePerson};
use platform::{Op, Problem};
use records::{Change, CommitError, Expect, Query, Resource, Subject, Viewer, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// Cases of one patient that are compared.
const CASES_MAX: usize = 200;

/// Who it is, and why that is sure.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PatientIdentify)]
pub struct Input {
    /// The record's version on the screen.
    version: u64,
    /// Who it is, as typed from the papers.
    #[serde(default)]
    identity: Option<PatientInput>,
    /// Or: a patient whom this hospital knows already; the two records are linked.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    known: Option<Id>,
    /// How that is known.
    reason: String,
    /// That people whom files of the cases name are this patient, after a stop said that they differ.
    #[serde(default)]
    same_person: Option<SamePerson>,
}

/// Identifies somebody unknown.
#[utoipa::path(post, path = "/api/patients/{id}/identify", operation_id = "patient.identify", tag = "patient",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = PatientCard),
        (status = 409, description = "patient.identified, patient.exists, patient.changed, patient.patient_mismatch"),
        (status = 422, description = "patient.invalid, patient.drill, patient.reason, patient.which")))]
pub async fn identify(
    op: Op,
    Extension(files): Extension<Files>,
    Path(id): Path<Id>,
    Json(input): Json<Input>,
) -> Result<Json<PatientCard>, Problem> {
    let (patient, before) = own(&op, "patient.identify", &id).await?;
    let hospital = patient.custodian.clone();
    if !card(&before, hospital_ref(&op, &hospital)?, today(&op)).unknown {
        return Err(Problem::conflict("patient.identified", "This patient is known already."));
    }
    let why = reason(&input.reason)?;
    if patient.version != input.version {
        return Err(changed());
    }
    let mut change = Change::of(op.act("patient.identify"));
    change.expect.push(Expect { at: patient.at.clone(), version: patient.version });
    let body = match (input.identity, &input.known) {
        (Some(typed), None) => {
            let who = named(&op, typed)?;
            if who.identifier.0 == IdentifierKind::Drill {
                return Err(made_up());
            }
            if let Some(token) = token(&who) {
                if let Some(other) = known(&op, &hospital, &token).await? {
                    return Err(super::create::Refusal::Exists(other).into());
                }
                change.claims.push(claim(&hospital, &token, &patient.at));
            }
            identified(&before, write(&id, &who, &hospital))
        }
        (None, Some(other)) => {
            let (other, other_body) = own(&op, "patient.identify", other).await?;
            if card(&other_body, hospital_ref(&op, &hospital)?, today(&op)).unknown {
                return Err(Problem::unfit("patient.which", "The other record is of somebody unknown too."));
            }
            if is_drill(&other_body) {
                return Err(made_up());
            }
            change.expect.push(Expect { at: other.at.clone(), version: other.version });
            let linked = with_link(&other_body, &patient.at, true);
            change.writes.push(Write::next(other.at.clone(), linked, hospital.clone()));
            change.act.about.push(other.at.clone());
            with_link(&identified(&before, same_as(&other_body)), &other.at, true)
        }
        _ => {
            let detail = "Say who it is: either as the papers say, or which patient of this hospital.";
            return Err(Problem::unfit("patient.which", detail));
        }
    };
    let mut shown = body.clone();
    shown["id"] = id.as_str().into();
    let cases = cases_of(&op, &patient.at).await?;
    let mut differing: Vec<Differing> = vec![];
    for case in &cases {
        differing.extend(files.differing(&op, &case.at.id, &shown).await?);
    }
    if let Some(said) = identity::settle(&differing, input.same_person.as_ref(), "patient.patient_mismatch")? {
        change.act.params.insert("same_person".into(), said.rows.len().into());
        change.act.params.insert("same_person_why".into(), said.reason.into());
        change.bulk = said.rows;
    }
    change.act.about.insert(0, patient.at.clone());
    change.act.about.extend(cases.iter().map(|c| c.at.clone()));
    change.act.patient = Some(patient.at.clone());
    // One case can be named: its page shows the act and is read anew.
    change.act.case = cases.last().map(|c| c.at.clone());
    change.act.why = Some(why);
    change.act.params.insert("cases".into(), cases.len().into());
    change.act.audience = audience(&op, &hospital, &cases).await?;
    change.writes.push(Write::next(patient.at.clone(), body, hospital.clone()));
    match op.try_commit(change).await {
        Ok(_) => {}
        Err(CommitError::Stale { .. }) => return Err(changed()),
        Err(CommitError::Taken(held)) => return Err(super::create::Refusal::Exists(held.by.id).into()),
        Err(other) => return Err(other.into()),
    }
    let mut card = card(&shown, hospital_ref(&op, &hospital)?, today(&op));
    card.version = Some(patient.version + 1);
    Ok(Json(card))
}

/// Somebody with a name at least.
fn named(op: &Op, typed: PatientInput) -> Result<NewPatient, Problem> {
    let who = check(typed, today(op)).map_err(|fields| Problem::from(super::create::Refusal::Invalid(fields)))?;
    if who.name.is_none() {
        let fields = serde_json::json!([{"path": "name", "code": "name.missing"}]);
        return Err(Problem::unfit("patient.invalid", "Who is identified has a name.").with("fields", fields));
    }
    Ok(who)
}

/// The patient's cases.
pub(super) async fn cases_of(op: &Op, patient: &Reference) -> Result<Vec<Resource>, Problem> {
    let query = Query::of(ResourceType::SERVICE_REQUEST).with("subject", patient.to_string()).count(CASES_MAX);
    Ok(op.store().search(&Viewer::System, &query).await?.matches)
}

/// The hospital, and everybody who has one of the cases in hand: they saw somebody unknown.
pub(super) async fn audience(op: &Op, hospital: &Id, cases: &[Resource]) -> Result<Vec<Subject>, Problem> {
    let mut hear = vec![Subject::Hospital(hospital.clone())];
    for case in cases {
        let found = platform::case::find(op.store(), &op.platform().directory, &case.at.id).await?;
        let Some(facts) = found.map(|c| c.facts).filter(|f| f.in_hand) else { continue };
        let parties = facts.experts.into_iter().map(Subject::Person).chain([Subject::Desk(facts.centre)]);
        for subject in parties {
            if !hear.contains(&subject) {
                hear.push(subject);
            }
        }
    }
    Ok(hear)
}
