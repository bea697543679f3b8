//! `GET /api/service/report`: what was asked, answered and in time over a window of days, by hospital, department, expert,
//! disease or month. Each number names its rule, and `service.cases` lists what it counted.

use super::cell::Cell;
use super::count::{By, Count, Key, count};
use super::measure::timely::Replies;
use super::measure::{condition, frequent, timely};
use super::sight::{Paged, Sight, Window, name};
use crate::Views;
use crate::figures::Rule;
use axum::extract::Query;
use axum::{Extension, Json};
use jiff::civil::Date;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What the rows are.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// `asking`, `advising`, `department`, `expert`, `chapter`, `disease`, `month` or `quarter`.
    #[param(value_type = String)]
    pub by: By,
}

/// A report.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceReport)]
pub struct Output {
    /// First day.
    #[schema(value_type = String)]
    from: Date,
    /// Last day.
    #[schema(value_type = String)]
    to: Date,
    /// What the rows are.
    by: By,
    /// What each number counts.
    cells: Vec<CellShown>,
    /// The rules of the rows by disease, of the exchanges and of the answer times, which are no counts of cases.
    rules: Vec<Rule>,
    /// Of all cases of the window, each once.
    total: Numbers,
    /// How many rows there are.
    count: usize,
    /// The rows asked for: most first, those of time in its order, what is not known last.
    rows: Vec<Line>,
}

/// What a number counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceCellRule)]
pub struct CellShown {
    /// Which.
    cell: Cell,
    /// Out of what; none of the cases themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Cell>,
    /// By which rule.
    rule: Rule,
}

/// Numbers of a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceNumbers)]
pub struct Numbers {
    /// Cases, by cell.
    cells: BTreeMap<String, usize>,
    /// Exchanges between the two sides.
    exchanges: usize,
    /// How long the other side's answer took; none when nobody answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    replies: Option<Replies>,
}

/// A row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceLine)]
pub struct Line {
    /// A hospital, specialty, person, chapter, category, month or quarter; `none` when it is not known.
    key: String,
    /// What it is called in Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// And in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_en: Option<String>,
    /// Its numbers.
    numbers: Numbers,
}

/// Reports on the service.
#[utoipa::path(get, path = "/api/service/report", operation_id = "service.report", tag = "service",
    params(Window, How, Paged), responses((status = 200, body = Output), (status = 400, description = "service.span"),
        (status = 503, description = "figures.counting")))]
pub async fn report(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(window): Query<Window>,
    Query(how): Query<How>,
    Query(paged): Query<Paged>,
) -> Result<Json<Output>, Problem> {
    let sight = Sight::of(&op, "service.report", window).await?;
    sight.must_see(how.by, None)?;
    let (total, rows) = counted(&op, &views, &sight, how.by).await?;
    let count = rows.len();
    let line = |(key, numbers): (Key, Count)| {
        let [name, name_en] = name(&op, how.by, &key).map_or([None, None], |names| names.map(Some));
        Line { key: key.code(), name, name_en, numbers: shown(&sight, numbers) }
    };
    Ok(Json(Output {
        from: sight.span.from,
        to: sight.span.to,
        by: how.by,
        cells: sight.cells().map(|cell| CellShown { cell, of: cell.of(), rule: cell.rule() }).collect(),
        rules: vec![condition::RULE, frequent::RULE, timely::RULE],
        total: shown(&sight, total),
        count,
        rows: paged.of(rows).map(line).collect(),
    }))
}

/// The total and the rows, as this reader sees them.
pub async fn counted(op: &Op, views: &Views, sight: &Sight, by: By) -> Result<(Count, Vec<(Key, Count)>), Problem> {
    let pages = views.book.now(op.platform()).await?;
    Ok(count(sight.rows(&pages).map(|(_, row)| row), by, &sight.zone, sight.now))
}

fn shown(sight: &Sight, mut numbers: Count) -> Numbers {
    let code = |cell: Cell| serde_json::to_value(cell).ok().and_then(|v| v.as_str().map(str::to_owned));
    Numbers {
        cells: sight.cells().filter_map(|cell| Some((code(cell)?, numbers.of(cell)))).collect(),
        exchanges: numbers.exchanges,
        replies: numbers.replies(),
    }
}
