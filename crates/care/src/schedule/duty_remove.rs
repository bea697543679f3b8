//! `schedule.duty_remove`: an expert is not on call after all. Adding it again is the way back.

use super::calendars::{Changed, open};
use super::duty_add::say;
use super::resources;
use axum::Json;
use axum::extract::{Path, Query};
use kernel::Id;
use platform::{Op, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

/// What it rests on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Input {
    /// The version of the calendar on the screen.
    pub(super) version: u64,
}

/// Take a duty out.
#[utoipa::path(delete, path = "/api/rota/{role}/duties/{id}", operation_id = "schedule.duty_remove", tag = "schedule",
    params(("role" = String, Path), ("id" = String, Path), Input), responses((status = 200, body = Changed),
        (status = 409, description = "stale")))]
pub async fn duty_remove(
    op: Op,
    Path((role, id)): Path<(Id, Id)>,
    Query(input): Query<Input>,
) -> Result<Json<Changed>, Problem> {
    let open = open(&op, "schedule.duty_remove", &role, input.version).await?;
    let duty = open.calendar.duties.iter().find(|d| d.id == id).ok_or_else(Problem::not_found)?;
    let mut change = open.change(&op, "schedule.duty_remove");
    let slot = resources::removed(resources::duty(&open.role.id, duty));
    change.writes.push(open.write(resources::slot_at(&id), slot));
    say(&mut change, duty);
    open.keep(&op, change, None).await.map(Json)
}
