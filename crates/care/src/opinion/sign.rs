//! `opinion.sign`: the expert signs, with the password. One commit: the words, the sheet, both signatures, the case's step.

use super::key_image;
use super::signing::{Signing, sign_into, written};
use crate::consult::state::Step;
use crate::consult::{Loaded, enter, person};
use axum::Json;
use axum::extract::Path;
use kernel::{Id, Phi, Time};
use platform::case::Who;
use platform::{Op, Problem, draft};
use records::{CommitError, DraftKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The opinion and the password.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OpinionSign)]
pub struct Input {
    /// The version of the case on the screen.
    version: u64,
    /// The password of the person who signs.
    #[schema(value_type = String)]
    password: Phi<String>,
    /// What was seen.
    #[schema(value_type = String)]
    findings: Phi<String>,
    /// What it means.
    #[schema(value_type = String)]
    opinion: Phi<String>,
    /// What to do.
    #[schema(value_type = String)]
    advice: Phi<String>,
    /// Drafts of the kind `key-image`, in the order in which they shall be printed.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    images: Vec<Id>,
}

/// Signed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpinionSigned)]
pub struct Output {
    /// The case's state.
    pub(super) state: String,
    /// The case's version.
    pub(super) version: u64,
    /// When it was signed.
    #[schema(value_type = String, format = DateTime)]
    pub(super) signed_at: Time,
}

/// Signs the opinion of a case.
#[utoipa::path(post, path = "/api/consults/{id}/opinion", operation_id = "opinion.sign", tag = "opinion",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = Output), (status = 403, description = "opinion.wrong_password"),
        (status = 409, description = "opinion.signed, opinion.licence, consult.wrong_state, consult.taken"),
        (status = 422, description = "opinion.empty, opinion.too_long, opinion.image, opinion.images"), (status = 429, description = "session.too-many")))]
pub async fn sign(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Output>, Problem> {
    let (case, _) = enter(&op, "opinion.sign", &id).await?;
    unsigned(&op, &case)?;
    let text = written(&input.findings, &input.opinion, &input.advice)?;
    let opinion = op.new_id();
    // The rule first: whoever cannot sign now is not asked whether the password is right.
    let mut change = case.sign(&op, &opinion)?;
    case.expect_version(&op, input.version, Step::Sign)?;
    let (images, image_drafts) = key_image::read(&op, &case, &input.images).await?;
    change.drafts_done.push(draft_of(&op, &id));
    change.drafts_done.extend(image_drafts);
    let signing = Signing { case: &case, opinion, text: &text, images: &images, version: 1, replaces: None };
    sign_into(&op, &mut change, &signing, input.password).await?;
    match op.try_commit(change).await {
        Ok(receipt) => {
            let task = receipt.stored.iter().find(|s| s.at == case.at.task);
            let version = task.map(|s| s.version).ok_or_else(|| Problem::internal("signing did not write its Task"))?;
            Ok(Json(Output { state: "signed".to_owned(), version, signed_at: op.now() }))
        }
        Err(CommitError::Stale { .. }) => Err(overtaken(&op, &id, input.version).await),
        Err(other) => Err(other.into()),
    }
}

/// The draft of who signs, which becomes the opinion.
pub(super) fn draft_of(op: &Op, case: &Id) -> DraftKey {
    draft::of(op, "opinion", case.clone())
}

/// A signed opinion is never signed or edited again: an amendment is a version of its own.
fn unsigned(op: &Op, case: &Loaded) -> Result<(), Problem> {
    let Some(advice) = case.consult.stage.advice() else { return Ok(()) };
    let expert = advice.booking.experts.iter().find(|e| e.person == advice.by);
    let by = expert.and_then(|e| {
        person(op, &Who { role: e.role.clone(), person: e.person.clone(), hospital: e.hospital.clone() })
    });
    let by = by.and_then(|p| serde_json::to_value(p).ok()).unwrap_or_default();
    Err(Problem::conflict("opinion.signed", "The opinion is signed and cannot be changed; its signer can amend it.")
        .with("by", by)
        .with("at", advice.at.to_string())
        .with("state", case.consult.state().code()))
}

async fn overtaken(op: &Op, id: &Id, version: u64) -> Problem {
    match enter(op, "opinion.sign", id).await {
        Ok((case, _)) => match unsigned(op, &case).and_then(|()| case.expect_version(op, version, Step::Sign)) {
            Err(problem) => problem,
            Ok(()) => Problem::conflict("stale", "The case was changed in the meantime. Look again."),
        },
        Err(problem) => problem,
    }
}
