//! `GET /api/service/report.csv`: a report as a file: CSV, a workbook, or a paper as PDF. It leaves the house: small cells are hidden, and as
//! many more as it takes that they cannot be reckoned. That it was taken out stands in the ledger before the first byte leaves.

use super::cell::Cell;
use super::count::{By, Count};
use super::hide::{Hidden, LEAST};
use super::paper::About;
use super::report::{How, counted};
use super::sight::{Sight, Window, name};
use crate::Views;
use axum::Extension;
use axum::extract::Query;
use axum::http::header;
use axum::response::IntoResponse;
use platform::directory::{TableFormat, write_table};
use platform::{Lang, Op, Problem};
use records::Change;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Rows of a file.
const ROWS_MAX: usize = 2_000;

/// How.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct File {
    /// `csv`, `csv-gb18030`, `xlsx` or `pdf`; `csv` when absent.
    #[serde(default)]
    format: Option<String>,
    /// The language of its words: `zh-CN` or `en`; that of the request when absent.
    #[serde(default)]
    lang: Option<String>,
}

/// A report as a file.
#[utoipa::path(get, path = "/api/service/report.csv", operation_id = "service.export", tag = "service",
    params(Window, How, File), responses((status = 200, description = "text/csv, a workbook or a PDF"),
        (status = 400, description = "service.span"), (status = 422, description = "service.too_many")))]
pub async fn export(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(window): Query<Window>,
    Query(how): Query<How>,
    Query(file): Query<File>,
) -> Result<impl IntoResponse, Problem> {
    let sight = Sight::of(&op, "service.export", window).await?;
    sight.must_see(how.by, None)?;
    let code = file.format.as_deref().unwrap_or("csv");
    let format = if code == "pdf" { None } else { Some(TableFormat::from_code(code).ok_or_else(Problem::not_found)?) };
    let (total, rows) = counted(&op, &views, &sight, how.by).await?;
    if rows.len() > ROWS_MAX {
        let detail = format!("{} rows are more than a file of {ROWS_MAX} holds. Ask for fewer days.", rows.len());
        return Err(Problem::unfit("service.too_many", detail).with("max", ROWS_MAX));
    }
    let mut act = op.act("service.export");
    act.params.insert("by".into(), serde_json::to_value(how.by).map_err(Problem::internal)?);
    act.params.insert("from".into(), sight.span.from.to_string().into());
    act.params.insert("to".into(), sight.span.to.to_string().into());
    op.commit(Change::of(act)).await?;
    let lang = file.lang.as_deref().and_then(Lang::from_tag).unwrap_or_else(|| op.lang());
    let column = usize::from(lang != Lang::Zh);
    let heads: Vec<(String, Option<String>)> =
        rows.iter().map(|(key, _)| (key.code(), name(&op, how.by, key).map(|names| names[column].clone()))).collect();
    let cells: Vec<Cell> = sight.cells().collect();
    let counts: Vec<Count> = rows.into_iter().map(|(_, count)| count).chain([total]).collect();
    let table = table(&heads, counts, &cells, how.by, column);
    let (mime, ending) = format.map_or(("application/pdf", "pdf"), |format| (format.mime(), format.ending()));
    let bytes = match format {
        Some(format) => tokio::task::spawn_blocking(move || write_table(&table, format)).await,
        None => {
            let about = About::of(&op, &sight, how.by, lang);
            tokio::task::spawn_blocking(move || about.paper(&table, &cells)).await
        }
    };
    let bytes = bytes.map_err(Problem::internal)??;
    let name = format!("attachment; filename=\"service-report.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes))
}

/// The table: a row a key, the total last.
fn table(
    heads: &[(String, Option<String>)],
    mut counts: Vec<Count>,
    cells: &[Cell],
    by: By,
    column: usize,
) -> Vec<Vec<String>> {
    let word = |zh: &str, en: &str| if column == 0 { zh.to_owned() } else { en.to_owned() };
    let hidden = Hidden::of(&counts.iter().collect::<Vec<_>>());
    let mut head = vec![word("编号", "key"), word("名称", "name")];
    head.extend(cells.iter().map(|cell| cell.words()[column].to_owned()));
    head.push(word("往来次数", "Exchanges"));
    head.push(word("回应中位数（分钟）", "Median answer, minutes"));
    head.push(word("回应第 90 百分位（分钟）", "90th percentile, minutes"));
    let mut table = vec![head];
    let all = (word("total", "total"), Some(word("合计", "Total")));
    for (row, (key, name)) in heads.iter().chain([&all]).enumerate() {
        let unknown = if by.is_clinical() { word("未编码", "Not coded") } else { word("未知", "Not known") };
        let name = name.clone().unwrap_or_else(|| if key == "none" { unknown } else { key.clone() });
        let mut line = vec![key.clone(), name];
        for cell in cells {
            let number = || counts[row].of(*cell).to_string();
            line.push(if hidden.is_hidden(row, *cell) { "*".to_owned() } else { number() });
        }
        // Of few cases, times are those of persons; a sum of exchanges would tell those of the row that is left out.
        let few = hidden.is_hidden(row, Cell::Exchanged) || counts[row].of(Cell::Exchanged) < LEAST;
        let replies = counts[row].replies().filter(|_| !few);
        let exchanges = counts[row].exchanges;
        line.push(if few && exchanges > 0 { "*".to_owned() } else { exchanges.to_string() });
        line.push(replies.map(|r| r.median_minutes.to_string()).unwrap_or_default());
        line.push(replies.map(|r| r.p90_minutes.to_string()).unwrap_or_default());
        table.push(line);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::count::count;
    use crate::service::count::tests::row;

    #[test]
    fn a_file_hides_what_is_few_and_says_the_rest() {
        let rows: Vec<_> = (0..20)
            .map(|n| {
                row(
                    if n < 12 {
                        "big"
                    } else if n < 18 {
                        "other"
                    } else {
                        "small"
                    },
                    &[],
                    "2026-11-21T00:00:00Z",
                )
            })
            .collect();
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let (total, all) = count(rows.iter(), By::Asking, &jiff::tz::TimeZone::UTC, now);
        let heads: Vec<_> = all.iter().map(|(key, _)| (key.code(), None)).collect();
        let counts: Vec<Count> = all.into_iter().map(|(_, count)| count).chain([total]).collect();
        let table = table(&heads, counts, &Cell::ALL, By::Asking, 1);
        let column: Vec<&str> = table.iter().map(|line| line[2].as_str()).collect();
        assert_eq!(column, ["Consultations", "12", "*", "*", "20"]);
        assert!(table.iter().all(|line| line.len() == Cell::ALL.len() + 5));
        assert_eq!(table[4][1], "Total");
    }
}
