//! `GET /api/figures/daily/report`: the daily series as a FHIR MeasureReport, to be handed on. What leaves the house hides cells
//! of one to four: who reads it must not find a person in it.

use super::daily::Days;
use super::series::{Counted, Day, Series, World};
use crate::Views;
use axum::Extension;
use axum::extract::Query;
use axum::http::header;
use axum::response::IntoResponse;
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::Change;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Smaller numbers are hidden, but for none at all (DESIGN 4: cells under 5 are suppressed in exports).
const LEAST: usize = 5;
/// What was measured, and the version of how it is laid out.
const MEASURE: &str = "urn:consilium:measure:outbreak-daily|1";
const SERIES: &str = "urn:consilium:figure";
const POPULATION: &str = "http://terminology.hl7.org/CodeSystem/measure-population";
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// The daily series as a MeasureReport.
#[utoipa::path(get, path = "/api/figures/daily/report", operation_id = "figures.report", tag = "figures", params(Days),
    responses((status = 200, description = "A FHIR MeasureReport", body = Object, content_type = "application/fhir+json"),
        (status = 400, description = "figures.span")))]
pub async fn report(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(days): Query<Days>,
) -> Result<impl IntoResponse, Problem> {
    op.may("figures.report", &Facts::default(), None).await?;
    let asked = days.asked(&op)?;
    let body = {
        let pages = views.book.now(op.platform()).await?;
        write(&pages.world, &asked.days, &op.actor().hospital, op.now())
    };
    let mut act = op.act("figures.report");
    act.params.insert("from".into(), asked.days[0].date.to_string().into());
    act.params.insert("days".into(), asked.days.len().into());
    op.commit(Change::of(act)).await?;
    Ok(([(header::CONTENT_TYPE, "application/fhir+json; charset=utf-8")], body.to_string()))
}

/// The MeasureReport: a group a series, a stratum a day.
fn write(world: &World, days: &[Day], reporter: &Id, now: Time) -> Value {
    json!({
        "resourceType": "MeasureReport",
        "status": "complete",
        "type": "summary",
        "measure": MEASURE,
        "date": now.to_string(),
        "reporter": {"reference": format!("Organization/{reporter}")},
        "period": {"start": days[0].starts.to_string(), "end": days[days.len() - 1].ends.to_string()},
        "group": Series::ALL.map(|series| group(series, world, days, now)),
    })
}

fn group(series: Series, world: &World, days: &[Day], now: Time) -> Value {
    let counts: Vec<usize> =
        Counted::by_day(series, world, days, now).iter().map(|counted| counted.known.len()).collect();
    let rule = series.rule();
    let strata: Vec<Value> = days
        .iter()
        .zip(&counts)
        .map(|(day, count)| json!({"value": {"text": day.date.to_string()}, "population": [population(cell(*count))]}))
        .collect();
    json!({
        "code": {"coding": [{"system": SERIES, "version": rule.version.to_string(), "code": rule.code}], "text": rule.text.en},
        "population": [population(total(series, &counts))],
        "stratifier": [{"code": [{"text": "day"}], "stratum": strata}],
    })
}

/// A number that may be told.
fn cell(count: usize) -> Option<usize> {
    (count == 0 || count >= LEAST).then_some(count)
}

/// The sum, unless it would give away the one day that is hidden; of a state at the end of each day, the last day's.
fn total(series: Series, counts: &[usize]) -> Option<usize> {
    if series == Series::Connected {
        return counts.last().copied().and_then(cell);
    }
    let hidden = counts.iter().filter(|c| cell(**c).is_none()).count();
    cell(counts.iter().sum()).filter(|_| hidden != 1)
}

fn population(count: Option<usize>) -> Value {
    let mut body = Map::new();
    body.insert("code".to_owned(), json!({"coding": [{"system": POPULATION, "code": "measure-population"}]}));
    match count {
        Some(count) => body.insert("count".to_owned(), count.into()),
        None => body.insert("_count".to_owned(), json!({"extension": [{"url": ABSENT, "valueCode": "masked"}]})),
    };
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::series::generated;
    use fhir::validate::{Options, validate};

    #[test]
    fn cells_of_one_to_four_are_hidden_and_cannot_be_reckoned() {
        assert_eq!([0, 1, 4, 5].map(cell), [Some(0), None, None, Some(5)]);
        for (counts, sum) in [
            (vec![5, 6], Some(11)),
            (vec![5, 0, 3], None),
            (vec![5, 2, 3], Some(10)),
            (vec![1, 1], None),
            (vec![0, 0], Some(0)),
        ] {
            assert_eq!(total(Series::Consulted, &counts), sum, "{counts:?}");
        }
        assert_eq!(total(Series::Connected, &[3, 126]), Some(126), "a state is not added up");
        assert_eq!(total(Series::Connected, &[126, 3]), None);
    }

    #[test]
    fn the_report_stands_and_has_the_papers_sums() {
        let (world, books) = generated::world(7);
        let days = generated::days();
        let body = write(&world, &days, &Id::new("province").unwrap(), days[20].ends);
        let found = validate(&body, Options { warnings: false, ..Options::default() });
        assert!(found.is_empty(), "{found:#?}");
        let group = |code: &str| {
            let groups = body["group"].as_array().unwrap();
            groups.iter().find(|g| g["code"]["coding"][0]["code"] == code).unwrap().clone()
        };
        assert_eq!(group("consulted")["population"][0]["count"], 654);
        assert_eq!(group("connected-by-day")["population"][0]["count"], 126);
        let severe = group("severe");
        let strata = severe["stratifier"][0]["stratum"].as_array().unwrap();
        for (stratum, day) in strata.iter().zip(&days) {
            let told = books.get(&(Series::Severe, day.date)).map_or(0, std::collections::BTreeSet::len);
            let shown = stratum["population"][0]["count"].as_u64();
            let masked = stratum["population"][0]["_count"]["extension"][0]["valueCode"] == "masked";
            assert_eq!((shown.is_none(), masked), ((1..5).contains(&told), (1..5).contains(&told)), "{}", day.date);
        }
        assert!(strata.iter().any(|s| s["population"][0]["count"].is_null()), "there is something to hide");
    }
}
