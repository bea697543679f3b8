//! `consult.add_consent`: the paper of a consent that an emergency went ahead without. Owed within a day; later with a reason.

use super::handing_in::document_stands;
use super::loading::{enter, part};
use super::resources::{add_consent as add, consent_due, read_consent};
use super::state::Step;
use super::step::{ATTEMPTS, Now, overtaken, reason, refused};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};
use records::{Change, CommitError, Expect, Viewer, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// The signed paper.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultConsent)]
pub struct Input {
    /// Its DocumentReference, uploaded to this case.
    #[schema(value_type = String)]
    document: Id,
    /// Why it comes late; needed once its day is over.
    #[serde(default)]
    reason: Option<String>,
}

/// Puts the consent on file.
#[utoipa::path(post, path = "/api/consults/{id}/consent", operation_id = "consult.add_consent", tag = "consult",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = Now), (status = 409, description = "consult.consent_on_file, consult.wrong_state"),
        (status = 422, description = "consult.no_consent, consult.no_reason")))]
pub async fn add_consent(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    let late = input.reason.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(reason).transpose()?;
    for _ in 0..ATTEMPTS {
        let (case, _) = enter(&op, "consult.add_consent", &id).await?;
        case.consult.consent().map_err(|why| refused(&op, &case, Step::Consent, &why))?;
        let found = op.store().read(&Viewer::System, &case.at.consent).await?;
        let before = part(&found.ok_or_else(|| Problem::internal(format!("{} is not there", case.at.consent)))?)?;
        if read_consent(&before.body).document.is_some() {
            return Err(Problem::conflict("consult.consent_on_file", "The consent is on file already."));
        }
        document_stands(&op, &input.document, &case.at.case).await?;
        let due = consent_due(&before.body);
        let is_late = due.is_some_and(|due| op.now() > due);
        if is_late && late.is_none() {
            let mut problem = Problem::unfit("consult.no_reason", "The consent's day is over: say why it comes late.");
            problem = problem.with("due", due.map(|d| d.to_string()).unwrap_or_default());
            return Err(problem);
        }
        let body = add(&before.body, &input.document, &Who::from(op.actor()), late.as_deref(), op.now());
        let mut act = case.act(&op, "consult.add_consent");
        act.about.push(case.at.consent.clone());
        act.why.clone_from(&late);
        act.params.insert("late".into(), is_late.into());
        let mut change = Change::of(act);
        change.expect.push(Expect { at: case.at.consent.clone(), version: before.version });
        let consent = Write::next(case.at.consent.clone(), body, case.custodian.clone());
        change.writes.push(consent.in_case(case.at.case.clone()));
        // The Task stays as it is: whoever decides about the case now is not overtaken by a paper.
        let (request, rests) = case.citing(&input.document);
        change.writes.push(request);
        change.expect.push(rests);
        match op.try_commit(change).await {
            Ok(_) => return Ok(Json(Now { state: case.consult.state(), version: case.version })),
            Err(CommitError::Stale { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(overtaken(&op, &id, Step::Consent).await)
}
