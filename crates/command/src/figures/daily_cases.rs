//! `GET /api/figures/daily/cases`: what a day of a series is made of, as it was published or as it is known now, by the same rule.
//! To the outbreak officer alone; each look is ledgered.

use super::daily::Days;
use super::series::{Counted, Series};
use super::world;
use crate::Views;
use axum::extract::Query;
use axum::{Extension, Json};
use fhir::{Reference, ResourceType};
use jiff::civil::Date;
use kernel::Id;
use kernel::decide::Facts;
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Cases of an answer; how many there are is said beside.
const MOST: usize = 500;

/// Which day of which series.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Input {
    /// The series.
    #[param(value_type = String)]
    series: Series,
    /// The day.
    #[param(value_type = String)]
    day: Date,
}

/// What was counted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureDayCases)]
pub struct Output {
    /// How many as published; none while the day runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<usize>,
    /// How many as known now.
    value: usize,
    /// All that counts in either, at most 500.
    cases: Vec<Item>,
}

/// A case, consultation or hospital that was counted. No clinical word: who may read that, opens it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureDayCase)]
pub struct Item {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// `report`, `consult` or `hospital`.
    kind: &'static str,
    /// Its number; none of a hospital.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    /// Whose it is.
    hospital: HospitalRef,
    /// It stood in what was published.
    published: bool,
    /// It counts as known now.
    known: bool,
}

/// Opens a day of a series.
#[utoipa::path(get, path = "/api/figures/daily/cases", operation_id = "figures.daily_cases", tag = "figures", params(Input),
    responses((status = 200, body = Output), (status = 400, description = "figures.span")))]
pub async fn daily_cases(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(input): Query<Input>,
) -> Result<Json<Output>, Problem> {
    op.may("figures.daily_cases", &Facts::default(), None).await?;
    let asked = Days::single(input.day).asked(&op)?;
    let counted = {
        let pages = views.book.now(op.platform()).await?;
        Counted::of(input.series, &pages.world, asked.days[0], op.now())
    };
    let (kind, ty) = match input.series {
        Series::Confirmed | Series::Discharged => ("report", ResourceType::CONDITION),
        Series::Consulted | Series::Severe => ("consult", ResourceType::SERVICE_REQUEST),
        Series::Connected => ("hospital", ResourceType::ORGANIZATION),
    };
    let published = counted.published.clone().unwrap_or_default();
    let all: BTreeSet<Id> = published.union(&counted.known).cloned().collect();
    let mut cases = vec![];
    for id in all.into_iter().take(MOST) {
        let at = Reference::new(ty, id.clone());
        // Nothing counted is ever deleted but over FHIR by its owner; then its number is gone with it.
        let Some((body, custodian)) = world::shown(&op, &at).await? else { continue };
        let number = body["identifier"][0]["value"].as_str().map(str::to_owned);
        let whose = if kind == "hospital" { &id } else { &custodian };
        let hospital = op.platform().directory.hospital_ref(whose);
        let hospital =
            hospital.ok_or_else(|| Problem::internal(format!("hospital {whose} is not in the directory")))?;
        let number = number.filter(|_| kind != "hospital");
        let (published, known) = (published.contains(&id), counted.known.contains(&id));
        cases.push(Item { id, kind, number, hospital, published, known });
    }
    op.note_read("figures.daily_cases", None, None, None).await?;
    let (published, value) = (counted.published.as_ref().map(BTreeSet::len), counted.known.len());
    Ok(Json(Output { published, value, cases }))
}
