//! `POST /api/public/notices`: the outbreak officer tells the public something, or puts it better.

use super::notice::{Kind, NOTICES_MAX, Notice, Words, published};
use crate::Views;
use axum::{Extension, Json};
use kernel::Id;
use kernel::decide::Facts;
use platform::{Op, Problem};
use records::{Change, CommitError, Expect, Write};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What is told.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PublicPublish)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The notice that this replaces; a new one when absent.
    #[serde(default)]
    replaces: Option<Replaced>,
    /// What it is about.
    kind: Kind,
    /// 1 to 80 characters in each language.
    title: Words,
    /// 1 to 3,000 characters in each language; lines stay apart.
    text: Words,
}

/// The notice on the screen.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PublicReplaced)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Its version.
    version: u64,
}

/// Where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicPublished)]
pub struct Output {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Its version.
    version: u64,
}

/// Publishes a notice.
#[utoipa::path(post, path = "/api/public/notices", operation_id = "public.publish", tag = "public", request_body = Input,
    responses((status = 200, body = Output), (status = 409, description = "public.changed, public.many"),
        (status = 422, description = "public.words")))]
pub async fn publish(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Json(input): Json<Input>,
) -> Result<Json<Output>, Problem> {
    op.may("public.publish", &Facts::default(), None).await?;
    let there = published(op.store()).await?;
    let custodian = op.actor().hospital.clone();
    let (id, version) = match input.replaces {
        Some(before) if there.iter().any(|n| n.id == before.id && n.version == before.version) => {
            (before.id, before.version)
        }
        Some(_) => return Err(changed()),
        None if there.len() >= NOTICES_MAX => {
            let text = format!("The page holds {NOTICES_MAX} notices. Withdraw one, or add to one that is there.");
            return Err(Problem::conflict("public.many", text).with("most", NOTICES_MAX));
        }
        None => (op.new_id(), 0),
    };
    let notice = Notice { id, version, kind: input.kind, title: input.title, text: input.text, at: op.now() };
    let notice = notice.checked()?;
    let at = Notice::at(&notice.id);
    let mut act = op.act("public.publish");
    act.about = vec![at.clone()];
    let mut change = Change::of(act).write(Write::next(at.clone(), notice.write(true), custodian));
    change.expect.push(Expect { at, version });
    match op.try_commit(change).await {
        Ok(_) => {
            views.page.forget();
            Ok(Json(Output { id: notice.id, version: version + 1 }))
        }
        Err(CommitError::Stale { .. }) => Err(changed()),
        Err(error) => Err(error.into()),
    }
}

/// It is not as it was on the screen.
pub(super) fn changed() -> Problem {
    Problem::conflict("public.changed", "Somebody has changed or withdrawn this notice meanwhile. Look again.")
}
