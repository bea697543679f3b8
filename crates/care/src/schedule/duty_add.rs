//! `schedule.duty_add`: an expert is on call for a specialty, at a place in the standby ring.

use super::calendar::{DUTY_MAX, Duty, RANK_MAX, Spell};
use super::calendars::{Changed, Open, conflict, fits, open};
use super::resources;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::Change;
use serde::Deserialize;
use utoipa::ToSchema;

/// When, for what, in which place.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RotaDutyInput)]
pub struct Input {
    /// The version of the calendar on the screen; 0 where it has none.
    pub(super) version: u64,
    /// From.
    #[schema(value_type = String, format = DateTime)]
    from: Time,
    /// To; 36 hours later at most.
    #[schema(value_type = String, format = DateTime)]
    to: Time,
    /// One of the expert's specialties.
    specialty: String,
    /// 1 is called first, 2 stands by, up to 9.
    rank: u32,
}

/// Put an expert on call.
#[utoipa::path(post, path = "/api/rota/{role}/duties", operation_id = "schedule.duty_add", tag = "schedule",
    params(("role" = String, Path)), request_body = Input, responses((status = 201, body = Changed),
        (status = 409, description = "stale, schedule.duty_overlaps, schedule.duty_in_leave"),
        (status = 422, description = "schedule.not_a_spell, schedule.not_ahead, schedule.not_a_rank, schedule.not_theirs, schedule.full_calendar")))]
pub async fn duty_add(
    op: Op,
    Path(role): Path<Id>,
    Json(input): Json<Input>,
) -> Result<(StatusCode, Json<Changed>), Problem> {
    let open = open(&op, "schedule.duty_add", &role, input.version).await?;
    open.has_place()?;
    let duty = duty(&open, op.new_id(), input, op.now())?;
    let mut change = open.change(&op, "schedule.duty_add");
    put(&open, &mut change, &duty);
    Ok((StatusCode::CREATED, Json(open.keep(&op, change, Some(duty.id)).await?)))
}

/// Adds a duty's Slot, and what it says to the act.
pub(super) fn put(open: &Open, change: &mut Change, duty: &Duty) {
    change.writes.push(open.write(resources::slot_at(&duty.id), resources::duty(&open.role.id, duty)));
    say(change, duty);
}

/// What the act says of a duty.
pub(super) fn say(change: &mut Change, duty: &Duty) {
    let params = &mut change.act.params;
    params.insert("duty".into(), duty.id.to_string().into());
    params.insert("from".into(), duty.spell.from.to_string().into());
    params.insert("until".into(), duty.spell.to.to_string().into());
    params.insert("specialty".into(), duty.specialty.as_str().into());
    params.insert("rank".into(), duty.rank.into());
}

/// A duty that this calendar takes.
pub(super) fn duty(open: &Open, id: Id, input: Input, now: Time) -> Result<Duty, Problem> {
    let spell = Spell { from: input.from, to: input.to };
    fits(&spell, DUTY_MAX, now)?;
    if !(1..=RANK_MAX).contains(&input.rank) {
        let detail = format!("A place in the ring is 1 to {RANK_MAX}.");
        return Err(Problem::unfit("schedule.not_a_rank", detail).with("max", RANK_MAX));
    }
    if !open.role.specialties.contains(&input.specialty) {
        return Err(Problem::unfit("schedule.not_theirs", "This is not a specialty of the expert."));
    }
    let others = open.calendar.duties.iter().filter(|d| d.id != id && d.specialty == input.specialty);
    if let Some(other) = others.into_iter().find(|d| d.spell.meets(&spell)) {
        let detail = "The expert is on call for this specialty at that time already.";
        return Err(conflict("schedule.duty_overlaps", detail, &other.id, &other.spell));
    }
    if let Some(leave) = open.calendar.leaves.iter().find(|l| l.spell.meets(&spell)) {
        let detail = "The expert is on leave at that time.";
        return Err(conflict("schedule.duty_in_leave", detail, &leave.id, &leave.spell));
    }
    if let Some(leave) = open.calendar.elsewhere.iter().find(|leave| leave.meets(&spell)) {
        let problem = Problem::conflict("schedule.duty_in_leave", "The expert is on leave at that time.");
        return Err(problem.with("from", leave.from.to_string()).with("to", leave.to.to_string()));
    }
    Ok(Duty { id, spell, specialty: input.specialty, rank: input.rank })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::calendar::{Calendar, Leave};
    use jiff::SignedDuration;
    use platform::directory::Role;

    const NOW: &str = "2026-11-21T02:00:00Z";

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn hour(n: i64) -> Time {
        NOW.parse::<Time>().unwrap() + SignedDuration::from_hours(n)
    }

    fn tried(from: i64, to: i64, specialty: &str, rank: u32) -> &'static str {
        let span = |from, to| Spell { from: hour(from), to: hour(to) };
        let calendar = Calendar {
            leaves: vec![Leave { id: id("l"), spell: span(100, 200) }],
            duties: vec![Duty { id: id("d"), spell: span(10, 20), specialty: "respiratory".into(), rank: 1 }],
            elsewhere: vec![span(300, 400)],
            ..Calendar::default()
        };
        let specialties = vec!["respiratory".to_owned(), "radiology".to_owned()];
        let role =
            Role { id: id("r"), person: id("p"), hospital: id("h"), role: kernel::Role::Specialist, specialties };
        let open = Open { role: role.into(), calendar };
        let input = Input { version: 0, from: hour(from), to: hour(to), specialty: specialty.into(), rank };
        duty(&open, id("new"), input, hour(0)).err().map_or("", |p| p.code)
    }

    #[test]
    fn each_rule_of_a_duty() {
        assert_eq!(tried(20, 56, "respiratory", 9), "", "36 hours, right after another");
        assert_eq!(tried(20, 57, "respiratory", 1), "schedule.not_a_spell");
        assert_eq!(tried(5, 5, "respiratory", 1), "schedule.not_a_spell");
        assert_eq!(tried(-5, 0, "respiratory", 1), "schedule.not_ahead");
        assert_eq!(tried(24 * 366 * 2 - 1, 24 * 366 * 2 + 1, "respiratory", 1), "schedule.not_ahead");
        assert_eq!(tried(1, 5, "respiratory", 0), "schedule.not_a_rank");
        assert_eq!(tried(1, 5, "respiratory", 10), "schedule.not_a_rank");
        assert_eq!(tried(1, 5, "neurology", 1), "schedule.not_theirs");
        assert_eq!(tried(19, 21, "respiratory", 2), "schedule.duty_overlaps");
        assert_eq!(tried(19, 21, "radiology", 2), "", "for another specialty one may be on call as well");
        assert_eq!(tried(99, 101, "radiology", 2), "schedule.duty_in_leave");
        assert_eq!(tried(399, 401, "radiology", 2), "schedule.duty_in_leave");
    }
}
