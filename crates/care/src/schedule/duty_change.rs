//! `schedule.duty_change`: another time, specialty or place in the ring of a duty.

use super::calendars::{Changed, open};
use super::duty_add::{Input, duty, put};
use axum::Json;
use axum::extract::Path;
use kernel::Id;
use platform::{Op, Problem};

/// Change a duty.
#[utoipa::path(put, path = "/api/rota/{role}/duties/{id}", operation_id = "schedule.duty_change", tag = "schedule",
    params(("role" = String, Path), ("id" = String, Path)), request_body = Input, responses((status = 200, body = Changed),
        (status = 409, description = "stale, schedule.duty_overlaps, schedule.duty_in_leave"),
        (status = 422, description = "schedule.not_a_spell, schedule.not_ahead, schedule.not_a_rank, schedule.not_theirs")))]
pub async fn duty_change(
    op: Op,
    Path((role, id)): Path<(Id, Id)>,
    Json(input): Json<Input>,
) -> Result<Json<Changed>, Problem> {
    let open = open(&op, "schedule.duty_change", &role, input.version).await?;
    if !open.calendar.duties.iter().any(|d| d.id == id) {
        return Err(Problem::not_found());
    }
    let duty = duty(&open, id, input, op.now())?;
    let mut change = open.change(&op, "schedule.duty_change");
    put(&open, &mut change, &duty);
    open.keep(&op, change, Some(duty.id)).await.map(Json)
}
