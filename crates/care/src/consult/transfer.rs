//! `consult.transfer`: to another centre, whose clocks start now.

use super::centres::centres;
use super::resources::Next;
use super::state::Step;
use super::step::{Now, Plan, Rests, Stop, reason, take};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

/// Where to, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultTransfer)]
pub struct Input {
    /// The version of the case on the screen.
    version: u64,
    /// The hospital that runs the other centre.
    #[schema(value_type = String)]
    centre: Id,
    /// Why.
    reason: String,
}

/// Hands the case to another centre.
#[utoipa::path(post, path = "/api/consults/{id}/transfer", operation_id = "consult.transfer", tag = "consult",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn transfer(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    take(&op, "consult.transfer", &id, Step::Transfer, Rests::On(input.version), |case| {
        let why = reason(&input.reason)?;
        if input.centre == case.centre || !centres(&op.platform().directory).contains(&input.centre) {
            let detail = "Name another hospital that runs a centre.";
            return Err(Stop::Problem(Problem::unfit("consult.no_centre", detail)));
        }
        let next = Next::to(case.consult.clone().transfer(op.now())?).because(why);
        let mut plan = Plan::from(Next { centre: Some(input.centre.clone()), ..next });
        plan.params.insert("centre".into(), input.centre.to_string().into());
        Ok(plan)
    })
    .await
}
