//! `POST /api/outbreak/alerts/{id}/acknowledge`: the outbreak officer has taken note of an alert, and says what is done.

use super::model;
use super::watching::resources::Alert;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::Id;
use kernel::decide::Facts;
use platform::{Op, Problem};
use records::{Change, CommitError, Expect, Viewer, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is done.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OutbreakAcknowledge)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// In words.
    said: String,
}

/// Takes note of an alert.
#[utoipa::path(post, path = "/api/outbreak/alerts/{id}/acknowledge", operation_id = "outbreak.acknowledge", tag = "outbreak",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 204), (status = 409, description = "outbreak.noted"), (status = 422, description = "outbreak.text")))]
pub async fn acknowledge(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let at = Reference::new(ResourceType::DETECTED_ISSUE, id);
    op.may("outbreak.acknowledge", &Facts::default(), Some(&at)).await?;
    let found = op.store().read(&Viewer::System, &at).await?.ok_or_else(Problem::not_found)?;
    let mut alert = Alert::read(&found.value()?).ok_or_else(Problem::not_found)?;
    if alert.noted.is_some() {
        return Err(noted());
    }
    let said = model::text("said", &input.said)?;
    let mut act = op.act("outbreak.acknowledge");
    act.about = vec![at.clone()];
    act.why = Some(said.clone());
    alert.noted = Some((op.actor().into(), op.now(), said));
    let mut change = Change::of(act).write(Write::next(at.clone(), alert.write(), found.custodian));
    change.expect.push(Expect { at, version: found.version });
    match op.try_commit(change).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(CommitError::Stale { .. }) => Err(noted()),
        Err(error) => Err(error.into()),
    }
}

fn noted() -> Problem {
    Problem::conflict("outbreak.noted", "Somebody has taken note of this alert already. Look again.")
}
