//! `schedule.leave_add`: an expert is away, for leave, a holiday, illness. Said by themselves, by a dispatcher, or by their hospital's administrator.
//! Who is on call in that time is not called: leave goes before duty.

use super::calendar::{LEAVE_MAX, Leave, Reason, Spell};
use super::calendars::{Changed, conflict, fits, open};
use super::resources;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::{Grant, Scope, Subject, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// When, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RotaLeaveInput)]
pub struct Input {
    /// The version of the calendar on the screen; 0 where it has none.
    version: u64,
    /// From.
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    /// To; a year later at most.
    #[schema(value_type = String, format = DateTime)]
    to: Time,
    /// Why; seen by the expert and by those who keep their rota alone.
    reason: Reason,
}

/// Say that an expert is away.
#[utoipa::path(post, path = "/api/rota/{role}/leaves", operation_id = "schedule.leave_add", tag = "schedule",
    params(("role" = String, Path)), request_body = Input, responses((status = 201, body = Changed),
        (status = 409, description = "stale, schedule.leave_overlaps"),
        (status = 422, description = "schedule.not_a_spell, schedule.not_ahead, schedule.full_calendar")))]
pub async fn leave_add(
    op: Op,
    Path(role): Path<Id>,
    Json(input): Json<Input>,
) -> Result<(StatusCode, Json<Changed>), Problem> {
    let open = open(&op, "schedule.leave_add", &role, input.version).await?;
    open.has_place()?;
    let spell = Spell { from: input.from, to: input.to };
    fits(&spell, LEAVE_MAX, op.now())?;
    if let Some(other) = open.calendar.leaves.iter().find(|l| l.spell.meets(&spell)) {
        let detail = "The expert is on leave at that time already.";
        return Err(conflict("schedule.leave_overlaps", detail, &other.id, &other.spell));
    }
    let leave = Leave { id: op.new_id(), spell };
    let mut change = open.change(&op, "schedule.leave_add");
    change.writes.push(open.write(resources::slot_at(&leave.id), resources::leave(&role, &leave)));
    if let Some(at) = resources::reason_at(&leave.id) {
        let person = &open.role.person;
        // In the custody of nobody but the person: a hospital's people and programs see that somebody is away, and no more.
        change.writes.push(Write::new(at.clone(), resources::reason(&leave.id, person, input.reason), person.clone()));
        change.grants.push(Grant { subject: Subject::Person(person.clone()), scope: Scope::Resource(at), until: None });
    }
    change.act.params.insert("leave".into(), leave.id.to_string().into());
    change.act.params.insert("from".into(), spell.from.to_string().into());
    change.act.params.insert("until".into(), spell.to.to_string().into());
    Ok((StatusCode::CREATED, Json(open.keep(&op, change, Some(leave.id)).await?)))
}
