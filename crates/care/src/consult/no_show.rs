//! `consult.no_show`: somebody did not come; the dispatcher finds another, or another time.

use super::resources::Next;
use super::state::{Absent, Step};
use super::step::{Now, Plan, Rests, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// Who did not come.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultNoShow)]
pub struct Input {
    /// The version of the case on the screen.
    version: u64,
    /// Which side.
    who: Absent,
    /// Why, if it is known.
    #[serde(default)]
    reason: Option<String>,
}

/// States that somebody did not come.
#[utoipa::path(post, path = "/api/consults/{id}/no-show", operation_id = "consult.no_show", tag = "consult",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn no_show(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.no_show", &id, Step::NoShow, Rests::On(input.version), |case| {
        let mut next = Next::to(case.consult.clone().no_show(input.who, op.now())?);
        if let Some(why) = input.reason.as_deref().filter(|r| !r.trim().is_empty()) {
            next = next.because(reason(why)?);
        }
        let mut plan = Plan::from(next);
        plan.params.insert("who".into(), input.who.code().into());
        Ok(plan)
    })
    .await
}
