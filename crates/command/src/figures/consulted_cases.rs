//! `GET /api/figures/consulted/cases`: the cases behind the number, by the same rule over the same days.

use super::facts::{self, Days};
use super::rule::Consultation;
use crate::Views;
use axum::extract::Query;
use axum::{Extension, Json};
use kernel::{Id, Time};
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The cases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FigureCases)]
pub struct Output {
    /// Oldest signature first.
    cases: Vec<Case>,
}

/// One case, without clinical content: who may read that, opens it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Case {
    /// The case.
    #[schema(value_type = String)]
    id: Id,
    /// Its number.
    number: String,
    /// When the opinion was signed.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Who asked.
    asking: HospitalRef,
    /// Who advised.
    advising: Vec<HospitalRef>,
}

/// Lists the cases consulted.
#[utoipa::path(get, path = "/api/figures/consulted/cases", operation_id = "figures.consulted_cases", tag = "figures",
    params(Days), responses((status = 200, body = Output)))]
pub async fn consulted_cases(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(days): Query<Days>,
) -> Result<Json<Output>, Problem> {
    let zone = op.platform().settings.time_zone();
    let span = days.span(op.now().to_zoned(zone).date())?;
    let cases = facts::consulted(&op, &views.book, "figures.consulted_cases", span).await?;
    let hospital = |id: &Id| {
        let known = op.platform().directory.hospital_ref(id);
        known.ok_or_else(|| Problem::internal(format!("hospital {id} is not in the directory")))
    };
    let shown = |case: &Consultation| {
        Ok(Case {
            id: case.case.clone(),
            number: case.number.clone(),
            at: case.signed_at,
            asking: hospital(&case.asking.0)?,
            advising: case.advising.iter().map(|(id, _)| hospital(id)).collect::<Result<_, Problem>>()?,
        })
    };
    Ok(Json(Output { cases: cases.iter().map(shown).collect::<Result<_, Problem>>()? }))
}
