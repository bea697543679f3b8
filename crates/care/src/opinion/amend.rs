//! `opinion.amend`: who signed the opinion signs another version of it. The one before stays as it is and stays readable; the
//! asking doctor is told, opens the new one and answers anew.

use super::key_image;
use super::print::Replaced;
use super::sign::{Output, draft_of};
use super::signed::of_version;
use super::signing::{Signing, sign_into, written};
use crate::consult::state::Step;
use crate::consult::{enter, reason};
use axum::Json;
use axum::extract::Path;
use kernel::{Id, Phi};
use platform::{Op, Problem};
use records::CommitError;
use serde::Deserialize;
use utoipa::ToSchema;

/// The new words, why, and the password.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OpinionAmend)]
pub struct Input {
    /// The version of the case on the screen.
    version: u64,
    /// The password of the person who signs.
    #[schema(value_type = String)]
    password: Phi<String>,
    /// Why the version before is replaced; the asking doctor reads it, and it is printed.
    #[schema(value_type = String)]
    reason: Phi<String>,
    /// What was seen.
    #[schema(value_type = String)]
    findings: Phi<String>,
    /// What it means.
    #[schema(value_type = String)]
    opinion: Phi<String>,
    /// What to do.
    #[schema(value_type = String)]
    advice: Phi<String>,
    /// Key images in the order in which they shall be printed: those of the version before, by their id, and drafts of the kind
    /// `key-image`. Those of the version before when absent.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    images: Option<Vec<Id>>,
}

/// Amends the opinion of a case.
#[utoipa::path(post, path = "/api/consults/{id}/opinion/amend", operation_id = "opinion.amend", tag = "opinion",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = Output), (status = 403, description = "opinion.wrong_password"),
        (status = 409, description = "consult.not_signer, opinion.licence, consult.wrong_state, consult.taken"),
        (status = 422,
            description = "opinion.empty, opinion.too_long, opinion.unchanged, opinion.image, opinion.images, consult.no_reason"),
        (status = 429, description = "session.too-many")))]
pub async fn amend(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Output>, Problem> {
    let (case, _) = enter(&op, "opinion.amend", &id).await?;
    let text = written(&input.findings, &input.opinion, &input.advice)?;
    let why = reason(input.reason.reveal())?;
    let opinion = op.new_id();
    // The rule first: whoever cannot sign now is not asked whether the password is right.
    let mut change = case.amend(&op, &opinion, &why)?;
    case.expect_version(&op, input.version, Step::Amend)?;
    let advice = case.consult.stage.advice().ok_or_else(|| Problem::internal("amended what is not signed"))?;
    let before = of_version(&op, &case, &advice.opinion).await?;
    let same: Vec<Id> = before.images.iter().map(|image| image.id.clone()).collect();
    let images = input.images.unwrap_or_else(|| same.clone());
    if before.text == text && images == same {
        return Err(Problem::unfit("opinion.unchanged", "Words and images are those of the version before."));
    }
    let (images, image_drafts) = key_image::amended(&op, &case, &before.images, &images).await?;
    change.drafts_done.push(draft_of(&op, &id));
    change.drafts_done.extend(image_drafts);
    let replaces = Replaced {
        at: before.at_composition,
        version: before.version,
        signed_at: before.at,
        manifest_sha256: before.manifest_sha256,
        reason: why,
    };
    let version = advice.version + 1;
    let signing = Signing { case: &case, opinion, text: &text, images: &images, version, replaces: Some(replaces) };
    sign_into(&op, &mut change, &signing, input.password).await?;
    match op.try_commit(change).await {
        Ok(receipt) => {
            let task = receipt.stored.iter().find(|s| s.at == case.at.task);
            let version = task.map(|s| s.version).ok_or_else(|| Problem::internal("signing did not write its Task"))?;
            Ok(Json(Output { state: "signed".to_owned(), version, signed_at: op.now() }))
        }
        Err(CommitError::Stale { .. }) => {
            let (case, _) = enter(&op, "opinion.amend", &id).await?;
            case.expect_version(&op, input.version, Step::Amend)?;
            Err(Problem::conflict("stale", "The case was changed in the meantime. Look again."))
        }
        Err(other) => Err(other.into()),
    }
}
