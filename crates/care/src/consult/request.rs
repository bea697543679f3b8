//! `consult.request`: a draft becomes a case. The draft's id is the case's, so that files attached to it are there already.

use super::centres::centre_for;
use super::change::desk_opens;
use super::escalation;
use super::form::RequestForm;
use super::handing_in::{consent_stands, patient_of, whole};
use super::model::{Ask, Consult, Stage};
use super::resources::{References, Submission};
use crate::number;
use axum::http::StatusCode;
use axum::{Extension, Json};
use fhir::{Reference, ResourceType};
use kernel::Id;
use kernel::decide::Facts;
use platform::case::Who;
use platform::identity::{self, Files, SamePerson};
use platform::{Op, Problem, draft, drill, notify};
use records::{Change, Claim, CommitError, DraftKey, Subject, Viewer, Write};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Which draft.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultRequest)]
pub struct Input {
    /// The draft's id.
    #[schema(value_type = String)]
    draft: Id,
    /// The revision on the screen: what was saved later by another window is not handed in unseen.
    revision: u64,
    /// That people whom the files name are the patient, after a stop said that they differ.
    #[serde(default)]
    same_person: Option<SamePerson>,
}

/// The new case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsultRequested)]
pub struct Output {
    /// The case's id.
    #[schema(value_type = String)]
    id: Id,
    /// Its number.
    number: String,
}

/// Hands a draft in.
#[utoipa::path(post, path = "/api/consults", operation_id = "consult.request", tag = "consult",
    request_body = Input, responses((status = 201, body = Output), (status = 409, description = "consult.patient_mismatch")))]
pub async fn request(
    op: Op,
    Extension(files): Extension<Files>,
    Json(input): Json<Input>,
) -> Result<(StatusCode, Json<Output>), Problem> {
    let hospital = op.actor().hospital.clone();
    let facts = Facts { custodian: Some(hospital.clone()), ..Facts::default() };
    op.may("consult.request", &facts, None).await?;
    let draft = draft::of(&op, "consult", input.draft);
    let form = drafted(&op, &draft, input.revision).await?;
    whole(&op, &form)?;
    let at = References::of(&draft.id);
    consent_stands(&op, &form, &at.case).await?;
    let (patient, unknown) = match &form.patient {
        Some(id) => (patient_of(&op, id).await?, None),
        None => {
            let id = op.new_id();
            let body = crate::patient::somebody_unknown(&id, &hospital, form.drill);
            let at = Reference::new(ResourceType::PATIENT, id);
            (at.clone(), Some(Write::new(at, body, hospital.clone())))
        }
    };
    // Files that came before the patient was chosen, or before it was changed, have not been compared with this one.
    let (differing, drill) = match &unknown {
        None => {
            let stored = stored(&op, &patient).await?;
            (files.differing(&op, &draft.id, &stored).await?, drill::is_drill(&stored))
        }
        Some(write) => (vec![], write.body.as_ref().is_some_and(drill::is_drill)),
    };
    let settled = identity::settle(&differing, input.same_person.as_ref(), "consult.patient_mismatch")?;
    let centre = centre_for(&op.platform().directory, &hospital)
        .ok_or_else(|| Problem::conflict("consult.no_centre", "No centre serves this hospital yet."))?;
    let ask = Ask { form: form.form, urgency: form.urgency, kind: form.kind, clock_from: op.now(), returned: false };
    let consult = Consult { ask, stage: Stage::Draft, since: op.now() }.submit(op.now()).map_err(Problem::internal)?;
    let day = number::day(&op);
    let numbers = format!("case-number/{centre}/{day}/");
    let mut number = number::next(&op, &numbers).await?;
    for _ in 0..number::ATTEMPTS {
        let text = format!("{day}-{number:04}");
        let submission = Submission {
            id: &draft.id,
            number: &text,
            form: &form,
            consult: &consult,
            asking: &Who::from(op.actor()),
            centre: &centre,
            patient: &patient,
            now: op.now(),
        };
        let mut change = Change::of(op.act("consult.request"));
        change.act.about = vec![at.case.clone()];
        change.act.case = Some(at.case.clone());
        change.act.patient = Some(patient.clone());
        change.act.audience = vec![Subject::Hospital(hospital.clone()), Subject::Desk(centre.clone())];
        change.act.params.insert("number".into(), text.clone().into());
        change.act.params.insert("to".into(), consult.state().code().into());
        change.act.params.insert("urgency".into(), form.urgency.code().into());
        if let Some(said) = &settled {
            change.act.why = Some(said.reason.clone());
            change.act.params.insert("same_person".into(), said.rows.len().into());
            change.bulk.extend(said.rows.iter().cloned());
        }
        change.writes.extend(unknown.clone());
        change.writes.extend(submission.write(|| op.new_id(), &op.platform().timers()));
        if drill {
            change.act.params.insert("drill".into(), true.into());
            change.writes.iter_mut().filter_map(|write| write.body.as_mut()).for_each(drill::label);
        }
        change.claims.push(Claim { key: number::key(&numbers, number), by: at.case.clone(), until: None });
        change.grants.push(desk_opens(&centre, &at.case));
        change.drafts_done.push(draft.clone());
        change.jobs.extend(escalation::job(&draft.id, &consult, &op.platform().timers(), op.now()));
        notify::tell(op.platform(), &mut change, &[Subject::Desk(centre.clone())]);
        match op.try_commit(change).await {
            Ok(_) => return Ok((StatusCode::CREATED, Json(Output { id: draft.id, number: text }))),
            // Somebody else had the number: the next one.
            Err(CommitError::Taken(held)) if held.key == number::key(&numbers, number) => number += 1,
            Err(CommitError::Exists(_)) => {
                return Err(Problem::conflict("consult.handed_in", "This draft has been handed in already."));
            }
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::conflict("consult.no_number", "Too many cases are handed in at once. Try again."))
}

async fn drafted(op: &Op, key: &DraftKey, revision: u64) -> Result<RequestForm, Problem> {
    let Some(draft) = op.store().draft(key).await? else {
        let case = References::of(&key.id).case;
        return Err(match op.store().read(&Viewer::System, &case).await? {
            Some(found) if found.custodian == op.actor().hospital => {
                Problem::conflict("consult.handed_in", "This draft has been handed in already.")
                    .with("id", key.id.as_str())
            }
            _ => Problem::not_found(),
        });
    };
    if draft.revision != revision {
        let detail = "The draft was changed in another window. Look at it again, then hand it in.";
        return Err(Problem::conflict("draft.conflict", detail)
            .with("revision", draft.revision)
            .with("saved_at", draft.saved_at.to_string()));
    }
    RequestForm::from_draft(&draft.body).map_err(|why| {
        // What serde says names the field and its place, and may quote what was typed: it stays in the log's cause.
        let place = format!("line {} column {}", why.line(), why.column());
        Problem::unfit("consult.unreadable", format!("The draft is not a request form ({place})."))
    })
}

async fn stored(op: &Op, patient: &Reference) -> Result<Value, Problem> {
    let found = op.store().read(&Viewer::System, patient).await?.ok_or_else(Problem::not_found)?;
    Ok(found.value()?)
}
