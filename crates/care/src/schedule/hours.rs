//! `schedule.hours`: the weekly hours of an expert, and how many consultations they have on one day at most.

use super::calendar::{LIMIT_MAX, SHIFTS_MAX, Shift};
use super::calendars::{Changed, open};
use super::resources::put_hours;
use axum::Json;
use axum::extract::Path;
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::{Op, Problem};
use records::{Expect, Viewer};
use serde::Deserialize;
use utoipa::ToSchema;

/// All hours of a week.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RotaHours)]
pub struct Input {
    /// The version of the calendar on the screen; 0 where it has none.
    version: u64,
    /// Wall clock in the expert's zone, the site's unless said; none: nothing is said, and nobody is turned away for the hour.
    #[serde(default)]
    hours: Option<Vec<Shift>>,
    /// Most consultations of a day, 1 to 100; none: no limit.
    #[serde(default)]
    limit: Option<u32>,
}

/// Set an expert's weekly hours and limit.
#[utoipa::path(put, path = "/api/rota/{role}/hours", operation_id = "schedule.hours", tag = "schedule",
    params(("role" = String, Path)), request_body = Input, responses((status = 200, body = Changed),
        (status = 409, description = "stale"), (status = 422, description = "schedule.not_hours, schedule.not_a_limit")))]
pub async fn hours(op: Op, Path(role): Path<Id>, Json(input): Json<Input>) -> Result<Json<Changed>, Problem> {
    let open = open(&op, "schedule.hours", &role, input.version).await?;
    fits(&input)?;
    let mut change = open.change(&op, "schedule.hours");
    change.act.params.insert("shifts".into(), input.hours.as_ref().map_or(0, Vec::len).into());
    if let Some(limit) = input.limit {
        change.act.params.insert("limit".into(), limit.into());
    }
    let at = Reference::new(ResourceType::PRACTITIONER_ROLE, role);
    let stands = op.store().read(&Viewer::System, &at).await?.ok_or_else(Problem::not_found)?;
    let mut body = stands.written()?;
    put_hours(&mut body, input.hours.as_deref(), input.limit);
    change.expect.push(Expect { at: at.clone(), version: stands.version });
    change.writes.push(open.write(at, body));
    open.keep(&op, change, None).await.map(Json)
}

fn fits(input: &Input) -> Result<(), Problem> {
    let shifts = input.hours.as_deref();
    let one = |s: &Shift| (1..=7).contains(&s.days.len()) && s.from.nanosecond() == 0 && s.to.nanosecond() == 0;
    if shifts.is_some_and(|all| all.is_empty() || all.len() > SHIFTS_MAX || !all.iter().all(one)) {
        let detail = format!(
            "1 to {SHIFTS_MAX} shifts, each on one to seven days; leave the hours out where none are to be said."
        );
        return Err(Problem::unfit("schedule.not_hours", detail).with("max", SHIFTS_MAX));
    }
    if input.limit.is_some_and(|limit| !(1..=LIMIT_MAX).contains(&limit)) {
        let detail = format!("A limit is 1 to {LIMIT_MAX} consultations of a day.");
        return Err(Problem::unfit("schedule.not_a_limit", detail).with("max", LIMIT_MAX));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::calendar::Day;

    fn code(hours: Option<Vec<Shift>>, limit: Option<u32>) -> &'static str {
        fits(&Input { version: 0, hours, limit }).err().map_or("", |p| p.code)
    }

    #[test]
    fn hours_and_limits_have_bounds() {
        let shift =
            |days: &[Day]| Shift { days: days.to_vec(), from: "08:00".parse().unwrap(), to: "17:00".parse().unwrap() };
        let week = shift(&Day::ALL);
        assert_eq!(code(None, None), "");
        assert_eq!(code(Some(vec![week.clone(); SHIFTS_MAX]), Some(LIMIT_MAX)), "");
        assert_eq!(code(Some(vec![]), None), "schedule.not_hours");
        assert_eq!(code(Some(vec![week.clone(); SHIFTS_MAX + 1]), None), "schedule.not_hours");
        assert_eq!(code(Some(vec![shift(&[])]), None), "schedule.not_hours");
        assert_eq!(code(Some(vec![shift(&[Day::Mon; 8])]), None), "schedule.not_hours");
        assert_eq!(code(None, Some(0)), "schedule.not_a_limit");
        assert_eq!(code(None, Some(LIMIT_MAX + 1)), "schedule.not_a_limit");
    }
}
