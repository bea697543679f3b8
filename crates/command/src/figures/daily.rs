//! `GET /api/figures/daily`: the series of the outbreak by day, each day as it was published at its cut-off and as it is known
//! now, with the rules that say what is counted.

use super::rule::Rule;
use super::series::{Counted, Day, Series, World, consulted};
use crate::Views;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Longest span of one question, in days: each day reads what was known then.
const SPAN_MAX_DAYS: i32 = 92;
/// Span when none is asked for, in days.
const SPAN_DAYS: i32 = 21;

/// From which day to which, both counted; days end at the cut-off that is set.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Days {
    /// First day; 21 days before `to` when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    from: Option<Date>,
    /// Last day; the running one when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    to: Option<Date>,
}

/// The series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureDaily)]
pub struct Output {
    /// First day.
    #[schema(value_type = String)]
    from: Date,
    /// Last day.
    #[schema(value_type = String)]
    to: Date,
    /// At which hour of the site's zone a day ends; 24 is midnight.
    cut_off: i64,
    /// The series.
    series: Vec<Line>,
    /// Patients among the consultations of all these days.
    distinct_patients: usize,
}

/// One series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureLine)]
pub struct Line {
    /// Which.
    code: Series,
    /// What is counted.
    rule: Rule,
    /// What lists what was counted on a day.
    query: String,
    /// Every day of the span.
    days: Vec<DayShown>,
}

/// A day of a series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureDayRestated)]
pub struct DayShown {
    /// In the site's zone.
    #[schema(value_type = String)]
    date: Date,
    /// As it was published at the cut-off; none while the day runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<usize>,
    /// As it is known now.
    value: usize,
    /// Came to it after it was published.
    added: usize,
    /// Was published, and does not count any more.
    removed: usize,
}

/// The days asked about.
pub struct Asked {
    /// The days.
    pub days: Vec<Day>,
    /// The hour at which a day ends.
    pub cut_off: i64,
}

impl Days {
    /// A single day.
    pub fn single(day: Date) -> Self {
        Self { from: Some(day), to: Some(day) }
    }

    /// What is asked about.
    pub fn asked(self, op: &Op) -> Result<Asked, Problem> {
        let cut_off = op.platform().chosen.figures_cut_off();
        let days = self.days(op.now(), cut_off, &op.platform().settings.time_zone())?;
        Ok(Asked { days, cut_off })
    }

    /// The days meant, within bounds; at least one.
    fn days(self, now: Time, cut_off: i64, zone: &jiff::tz::TimeZone) -> Result<Vec<Day>, Problem> {
        let today = now.to_zoned(zone.clone()).date();
        // After its cut-off a date is over, and the next day runs.
        let running = if Day::of(today, cut_off, zone).ends <= now { today.saturating_add(1.day()) } else { today };
        let to = self.to.unwrap_or(running);
        let from = self.from.unwrap_or_else(|| to.saturating_sub((SPAN_DAYS - 1).days()));
        let length = from.until((jiff::Unit::Day, to)).map(|s| s.get_days()).unwrap_or(i32::MAX);
        if !(0..SPAN_MAX_DAYS).contains(&length) {
            let text = format!("From {from} to {to} is not a span of 1 to {SPAN_MAX_DAYS} days.");
            return Err(Problem::new(StatusCode::BAD_REQUEST, "figures.span", text).with("days_max", SPAN_MAX_DAYS));
        }
        Ok((0..=length).map(|n| Day::of(from.saturating_add(n.days()), cut_off, zone)).collect())
    }
}

/// The daily series of the outbreak.
#[utoipa::path(get, path = "/api/figures/daily", operation_id = "figures.daily", tag = "figures", params(Days),
    responses((status = 200, body = Output), (status = 400, description = "figures.span")))]
pub async fn daily(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(days): Query<Days>,
) -> Result<Json<Output>, Problem> {
    op.may("figures.daily", &Facts::default(), None).await?;
    let Asked { days, cut_off } = days.asked(&op)?;
    let pages = views.book.now(op.platform()).await?;
    let series = Series::ALL.into_iter().map(|series| line(series, &pages.world, &days, op.now())).collect();
    Ok(Json(Output {
        from: days[0].date,
        to: days[days.len() - 1].date,
        cut_off,
        distinct_patients: patients(&pages.world, &days),
        series,
    }))
}

fn line(series: Series, world: &World, days: &[Day], now: Time) -> Line {
    let rule = series.rule();
    let shown = |counted: Counted| DayShown {
        date: counted.day.date,
        published: counted.published.as_ref().map(BTreeSet::len),
        value: counted.known.len(),
        added: counted.added().len(),
        removed: counted.removed().len(),
    };
    let code = serde_json::to_value(series).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    Line {
        code: series,
        rule,
        query: format!("/api/figures/daily/cases?series={code}&day={{date}}"),
        days: Counted::by_day(series, world, days, now).into_iter().map(shown).collect(),
    }
}

/// Different patients among the consultations of the days.
pub fn patients(world: &World, days: &[Day]) -> usize {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return 0 };
    let all = Day { starts: first.starts, ..*last };
    let consulted = world.consults.values().filter_map(|c| c.now()).filter(|c| consulted::counts(c, &all));
    consulted.filter_map(|c| c.patient.as_ref()).collect::<HashSet<&Id>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn spans_are_bounded_and_the_running_day_follows_the_cut_off() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let date = |text: &str| text.parse::<Date>().unwrap();
        let asked = |from: Option<&str>, to: Option<&str>, now: &str, cut_off| {
            let days = Days { from: from.map(date), to: to.map(date) };
            days.days(now.parse().unwrap(), cut_off, &zone).map(|days| (days.len(), days[days.len() - 1].date))
        };
        let evening = "2026-11-21T12:00:00Z";
        assert_eq!(asked(None, None, evening, 24).unwrap(), (21, date("2026-11-21")));
        assert_eq!(
            asked(None, None, evening, 20).unwrap(),
            (21, date("2026-11-22")),
            "20:00 there: the next day began"
        );
        assert_eq!(asked(None, None, evening, 21).unwrap(), (21, date("2026-11-21")));
        assert_eq!(asked(Some("2026-08-22"), Some("2026-11-21"), evening, 24).unwrap().0, 92);
        for (from, to) in [("2026-08-21", "2026-11-21"), ("2026-11-22", "2026-11-21")] {
            assert_eq!(asked(Some(from), Some(to), evening, 24).unwrap_err().code, "figures.span");
        }
    }
}
