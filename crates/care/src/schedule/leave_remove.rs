//! `schedule.leave_remove`: an expert is not away after all. Adding it again is the way back.

use super::calendars::{Changed, open};
use super::duty_remove::Input;
use super::resources;
use axum::Json;
use axum::extract::{Path, Query};
use kernel::Id;
use platform::{Op, Problem};
use records::Write;

/// Take a leave out.
#[utoipa::path(delete, path = "/api/rota/{role}/leaves/{id}", operation_id = "schedule.leave_remove", tag = "schedule",
    params(("role" = String, Path), ("id" = String, Path), Input), responses((status = 200, body = Changed),
        (status = 409, description = "stale")))]
pub async fn leave_remove(
    op: Op,
    Path((role, id)): Path<(Id, Id)>,
    Query(input): Query<Input>,
) -> Result<Json<Changed>, Problem> {
    let open = open(&op, "schedule.leave_remove", &role, input.version).await?;
    let leave = open.calendar.leaves.iter().find(|l| l.id == id).ok_or_else(Problem::not_found)?;
    let mut change = open.change(&op, "schedule.leave_remove");
    let slot = resources::removed(resources::leave(&role, leave));
    change.writes.push(open.write(resources::slot_at(&id), slot));
    if let Some(at) = resources::reason_at(&id) {
        let (custodian, case) = (open.role.person.clone(), None);
        change.writes.push(Write { at, body: None, custodian, case, must_be_new: false });
    }
    change.act.params.insert("leave".into(), id.to_string().into());
    open.keep(&op, change, None).await.map(Json)
}
