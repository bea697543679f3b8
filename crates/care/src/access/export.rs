//! `access.export`: the same looks as a file. That it was taken out stands in the ledger before the first byte leaves.

use super::archives::{self, Archived};
use super::looks::may;
use super::scan::{Filter, Look, Scan};
use axum::extract::Query as UrlQuery;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use platform::{Op, Problem};
use records::Change;
use std::fmt::Write;

/// Rows of a file.
const ROWS_MAX: usize = 10_000;

/// Who looked, as CSV in UTF-8.
#[utoipa::path(get, path = "/api/access/looks.csv", operation_id = "access.export", tag = "access",
    params(Filter), responses((status = 200, description = "text/csv", body = String, content_type = "text/csv")))]
pub async fn export(op: Op, UrlQuery(filter): UrlQuery<Filter>) -> Result<impl IntoResponse, Problem> {
    let (patient, case) = may(&op, "access.export", &filter).await?;
    let mut all: Vec<Look> = vec![];
    let mut scan_from = filter.clone();
    let mut archives = vec![];
    loop {
        let (looks, next) = Scan::new(&op, &scan_from).page(ROWS_MAX - all.len()).await?;
        all.extend(looks);
        match next {
            Some(next) if all.len() < ROWS_MAX => scan_from.before = Some(next),
            Some(_) => break,
            None => {
                archives = archives::since_day(&op, filter.day).await?;
                break;
            }
        }
    }
    let mut act = op.act("access.export");
    act.about = patient.iter().chain(&case).cloned().collect();
    (act.patient, act.case) = (patient, case);
    act.params.insert("rows".into(), all.len().into());
    if let Some(day) = filter.day {
        act.params.insert("day".into(), day.to_string().into());
    }
    op.commit(Change::of(act)).await?;
    let name = HeaderValue::from_static("attachment; filename=\"looks.csv\"");
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    let kept = HeaderValue::from_static("no-store");
    Ok((
        [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, kept)],
        csv(&all, &archives),
    ))
}

/// The file; a mark at its beginning tells spreadsheets that it is UTF-8. At its end a row for each archive that has more, with the instant
/// before which its looks were.
fn csv(looks: &[Look], archives: &[Archived]) -> String {
    let mut text = String::from(
        "\u{feff}number,at,person,person_en,hospital,hospital_en,role,what,allowed,break_glass,case,patient\r\n",
    );
    for look in looks {
        let person = &look.person;
        let cells = [
            look.number.to_string(),
            look.at.to_string(),
            person.name.clone(),
            person.name_en.clone().unwrap_or_default(),
            person.hospital.name.clone(),
            person.hospital.name_en.clone(),
            look.role.clone(),
            look.what.clone(),
            look.allowed.to_string(),
            look.glass.to_string(),
            look.case_number.clone().unwrap_or_default(),
            look.patient.clone().unwrap_or_default(),
        ];
        let _ = write!(text, "{}\r\n", cells.map(|cell| quoted(&cell)).join(","));
    }
    for archive in archives {
        let what = format!("audit.archive {} SHA-256 {}", archive.file, archive.sha256);
        let _ = write!(text, ",{},,,,,,{},,,,\r\n", archive.before, quoted(&what));
    }
    text
}

/// A cell (RFC 4180). One that a spreadsheet would take for a formula gets a mark before it.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula_nor_two_cells() {
        assert_eq!(quoted("王*明"), "王*明");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(quoted("@x,y"), "\"'@x,y\"");
    }
}
