//! `GET /api/outbreak/cases.csv`: the line list as a file, CSV or a workbook. That it was taken out stands in the ledger before
//! the first byte leaves. It names patients: it goes to those alone who may read each of the cases.

use super::list::{Filter, Row, rows};
use super::model::End;
use axum::extract::Query as UrlQuery;
use axum::http::header;
use axum::response::IntoResponse;
use platform::directory::{TableFormat, write_table};
use platform::{Lang, Op, Problem};
use records::Change;
use serde::Deserialize;
use utoipa::IntoParams;

/// Rows of a file.
const ROWS_MAX: usize = 10_000;
/// Heads of the columns.
const HEADS: [[&str; 2]; 15] = [
    ["编号", "number"],
    ["医院", "hospital"],
    ["疾病", "disease"],
    ["ICD-10", "icd10"],
    ["姓名", "name"],
    ["性别", "sex"],
    ["出生日期", "birth_date"],
    ["病例分类", "class"],
    ["分类时间", "class_at"],
    ["临床严重程度", "severity"],
    ["发病日期", "onset"],
    ["报告时间", "reported_at"],
    ["报告时限", "due"],
    ["是否及时", "in_time"],
    ["转归", "outcome"],
];

/// How.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct How {
    /// `csv`, `csv-gb18030` or `xlsx`; `csv` when absent.
    #[serde(default)]
    format: Option<String>,
}

/// The line list as a file.
#[utoipa::path(get, path = "/api/outbreak/cases.csv", operation_id = "outbreak.export", tag = "outbreak", params(Filter, How),
    responses((status = 200, description = "text/csv or a workbook"), (status = 400, description = "outbreak.span"),
        (status = 422, description = "outbreak.too_many")))]
pub async fn export(
    op: Op,
    UrlQuery(filter): UrlQuery<Filter>,
    UrlQuery(how): UrlQuery<How>,
) -> Result<impl IntoResponse, Problem> {
    let found = rows(&op, "outbreak.export", &filter).await?;
    let format = TableFormat::from_code(how.format.as_deref().unwrap_or("csv")).ok_or_else(Problem::not_found)?;
    if found.len() > ROWS_MAX {
        let detail = format!("{} cases are more than a file of {ROWS_MAX} holds. Ask for fewer days.", found.len());
        return Err(Problem::unfit("outbreak.too_many", detail).with("max", ROWS_MAX));
    }
    let mut act = op.act("outbreak.export");
    act.params.insert("rows".into(), found.len().into());
    op.commit(Change::of(act)).await?;
    let column = usize::from(op.lang() != Lang::Zh);
    let heads = HEADS.iter().map(|head| head[column].to_owned()).collect();
    let table: Vec<Vec<String>> = std::iter::once(heads).chain(found.iter().map(|row| cells(row, column))).collect();
    let bytes = tokio::task::spawn_blocking(move || write_table(&table, format)).await.map_err(Problem::internal)??;
    let name = format!("attachment; filename=\"outbreak-cases.{}\"", format.ending());
    let headers = [
        (header::CONTENT_TYPE, format.mime().to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes))
}

fn cells(row: &Row, column: usize) -> Vec<String> {
    let english = column == 1;
    let time = |at: Option<kernel::Time>| at.map(|t| t.to_string()).unwrap_or_default();
    let outcome = row.outcome.map(|o| if o.end == End::Died { "died" } else { "discharged" });
    vec![
        row.number.clone(),
        if english { row.hospital.name_en.clone() } else { row.hospital.name.clone() },
        if english { row.disease.name.en.clone() } else { row.disease.name.zh.clone() },
        row.disease.icd10.clone(),
        row.patient.name.clone(),
        row.patient.sex.clone(),
        row.patient.birth_date.clone().unwrap_or_default(),
        row.class.code().to_owned(),
        row.class_at.to_string(),
        row.grade.map(|g| g.code().to_owned()).unwrap_or_default(),
        row.onset.map(|d| d.to_string()).unwrap_or_default(),
        row.reported_at.to_string(),
        time(row.due),
        row.in_time.map(|t| t.to_string()).unwrap_or_default(),
        outcome.unwrap_or_default().to_owned(),
    ]
}
