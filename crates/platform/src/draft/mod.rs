//! Drafts: what somebody is writing, saved every 1.5 s, so that killing browser or server loses nothing typed.
//!
//! The latest state only, one person's own, opaque to us. A slice that turns a draft into something real ends it with
//! `Change::drafts_done` in the same commit. It must never show one person's draft to another.

pub mod begin;
pub mod drop;
pub mod list;
pub mod save;
pub mod show;

use crate::{Op, Problem, Shared};
use kernel::{Id, Time};
use records::{CommitError, Draft, DraftKey, StoreError};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// One person keeps at most so many of a kind.
const KEPT_MAX: usize = 100;

/// What may be drafted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A request for a consultation; its id, ours, becomes the case's.
    Consult,
    /// The opinion on a case; its id is the case's.
    Opinion,
    /// What a specialist marked in an image for an opinion: where it is, how it is shown.
    KeyImage,
    /// The picture of such a mark, under the same id: large, and read only where it is needed.
    KeyPicture,
    /// A returned case while it is completed; its id is the case's, which stays as it is until it is handed in again.
    Resubmit,
    /// A report of a notifiable case; its id is the patient's, or `new` while none is chosen.
    Report,
    /// A referral up; its id is the patient's, or `new` while none is chosen.
    Referral,
    /// What a patient is sent back with; its id is the referral's that is answered.
    SendBack,
}

impl Kind {
    fn read(text: &str) -> Result<Self, Problem> {
        match text {
            "consult" => Ok(Self::Consult),
            "opinion" => Ok(Self::Opinion),
            "key-image" => Ok(Self::KeyImage),
            "key-picture" => Ok(Self::KeyPicture),
            "resubmit" => Ok(Self::Resubmit),
            "report" => Ok(Self::Report),
            "referral" => Ok(Self::Referral),
            "send-back" => Ok(Self::SendBack),
            _ => Err(Problem::not_found()),
        }
    }

    /// Whether its id is given: that of what it is about.
    fn named(self) -> bool {
        !matches!(self, Self::Consult | Self::KeyImage)
    }

    fn key(self, op: &Op, id: Id) -> DraftKey {
        let kind = match self {
            Self::Consult => "consult",
            Self::Opinion => "opinion",
            Self::KeyImage => "key-image",
            Self::KeyPicture => "key-picture",
            Self::Resubmit => "resubmit",
            Self::Report => "report",
            Self::Referral => "referral",
            Self::SendBack => "send-back",
        };
        DraftKey { owner: op.actor().person.clone(), kind: kind.to_owned(), id }
    }
}

/// What is being written by whoever calls, to be ended by the change that makes it real.
pub fn of(op: &Op, kind: &str, id: Id) -> DraftKey {
    DraftKey { owner: op.actor().person.clone(), kind: kind.to_owned(), id }
}

/// A draft as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Draft)]
pub struct Shown {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Grows with each save.
    revision: u64,
    /// When it was saved last.
    #[schema(value_type = String)]
    saved_at: Time,
    /// As it was handed in.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
}

impl Shown {
    fn of(draft: Draft) -> Result<Self, Problem> {
        let body = serde_json::from_slice(&draft.body)
            .map_err(|e| StoreError::Corrupt(format!("draft {}: {e}", draft.key.id)))?;
        Ok(Self { id: draft.key.id, revision: draft.revision, saved_at: draft.saved_at, body })
    }
}

/// What a save answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftSaved)]
pub struct Saved {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// To be named at the next save.
    revision: u64,
    /// When.
    #[schema(value_type = String)]
    saved_at: Time,
}

/// Keeps a body that is a JSON object; another editor's save is named.
async fn keep(op: &Op, key: &DraftKey, expected: u64, body: &RawValue) -> Result<Saved, Problem> {
    if !body.get().trim_start().starts_with('{') {
        return Err(Problem::unfit("draft.unfit", "The body of a draft is a JSON object."));
    }
    let bytes = body.get().to_owned().into_bytes().into();
    match op.store().draft_put(key, expected, bytes, op.now()).await {
        Ok(revision) => Ok(Saved { id: key.id.clone(), revision, saved_at: op.now() }),
        Err(CommitError::Store(error)) => Err(error.into()),
        Err(_) => Err(conflict(op, key).await?),
    }
}

async fn conflict(op: &Op, key: &DraftKey) -> Result<Problem, Problem> {
    let problem = Problem::conflict(
        "draft.conflict",
        "This draft was saved or ended elsewhere in the meantime. Look at that state before going on.",
    );
    Ok(match op.store().draft(key).await? {
        Some(kept) => problem.with("revision", kept.revision).with("saved_at", kept.saved_at.to_string()),
        None => problem.with("revision", 0),
    })
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(begin::begin, list::list)).routes(routes!(save::save, show::show, drop::drop))
}
