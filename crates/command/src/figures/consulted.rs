//! `GET /api/figures/consulted`: how many cases were consulted, by day, with the rule that says what that means.

use super::facts::{self, Days, Part};
use super::rule::{CONSULTED, Rule};
use crate::Views;
use axum::extract::Query;
use axum::{Extension, Json};
use jiff::ToSpan;
use jiff::civil::Date;
use platform::{Op, Problem};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use utoipa::ToSchema;

/// The figure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Figure)]
pub struct Output {
    /// Consultations.
    value: usize,
    /// Patients among them.
    distinct_patients: usize,
    /// What was counted.
    rule: Rule,
    /// Whose cases: `network`, `centre`, `hospital` or `own`.
    part: &'static str,
    /// First day.
    #[schema(value_type = String)]
    from: Date,
    /// Last day.
    #[schema(value_type = String)]
    to: Date,
    /// Every day of the span, those without a case too.
    series: Vec<Day>,
}

/// One day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Day {
    /// In the site's zone.
    #[schema(value_type = String)]
    date: Date,
    /// Consultations signed on it.
    value: usize,
}

/// Counts the cases consulted.
#[utoipa::path(get, path = "/api/figures/consulted", operation_id = "figures.consulted", tag = "figures", params(Days),
    responses((status = 200, body = Output)))]
pub async fn consulted(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(days): Query<Days>,
) -> Result<Json<Output>, Problem> {
    let zone = op.platform().settings.time_zone();
    let span = days.span(op.now().to_zoned(zone.clone()).date())?;
    let cases = facts::consulted(&op, &views.book, "figures.consulted", span).await?;
    let mut by_day: BTreeMap<Date, usize> =
        span.from.series(1.day()).take_while(|d| *d <= span.to).map(|d| (d, 0)).collect();
    for case in &cases {
        *by_day.entry(case.signed_at.to_zoned(zone.clone()).date()).or_default() += 1;
    }
    let patients: HashSet<_> = cases.iter().filter_map(|c| c.patient.as_ref()).collect();
    Ok(Json(Output {
        value: cases.len(),
        distinct_patients: patients.len(),
        rule: CONSULTED,
        part: Part::of(op.actor().role).code(),
        from: span.from,
        to: span.to,
        series: by_day.into_iter().map(|(date, value)| Day { date, value }).collect(),
    }))
}
