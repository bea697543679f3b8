//! `GET /api/service/visits`: the visits behind the share of care kept in the county; each look is ledgered. No clinical word.

use super::kept::lists;
use super::sight::{Paged, Sight, Window};
use crate::Views;
use crate::figures::Visit;
use axum::extract::Query;
use axum::{Extension, Json};
use kernel::{Id, Time};
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which visits.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The county's hospital; all that are seen when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    county: Option<Id>,
    /// True: those within the county alone; false: those elsewhere alone; all when absent.
    #[serde(default)]
    within: Option<bool>,
}

/// What was counted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceVisits)]
pub struct Output {
    /// How many.
    count: usize,
    /// Those asked for, oldest first.
    visits: Vec<Item>,
}

/// One visit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceVisit)]
pub struct Item {
    /// The Encounter.
    #[schema(value_type = String)]
    id: Id,
    /// The patient's county.
    county: HospitalRef,
    /// Who saw the patient.
    seen_by: HospitalRef,
    /// Whether that is within the county.
    within: bool,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    began: Time,
}

/// Lists the visits behind a share.
#[utoipa::path(get, path = "/api/service/visits", operation_id = "service.visits", tag = "service",
    params(Window, Which, Paged), responses((status = 200, body = Output), (status = 400, description = "service.span")))]
pub async fn visits(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(window): Query<Window>,
    Query(which): Query<Which>,
    Query(paged): Query<Paged>,
) -> Result<Json<Output>, Problem> {
    let sight = Sight::of(&op, "service.visits", window).await?;
    let pages = views.book.now(op.platform()).await?;
    let found = lists(&pages, &sight);
    let kept: HashSet<&Id> = found.numerator.iter().map(|visit| visit.encounter).collect();
    let is_meant = |visit: &&Visit<'_>| {
        let county = which.county.as_ref().is_none_or(|county| county == visit.county);
        county && which.within.is_none_or(|within| within == kept.contains(visit.encounter))
    };
    let meant: Vec<&Visit<'_>> = found.denominator.iter().filter(is_meant).collect();
    let hospital = |id: &Id| {
        let known = op.platform().directory.hospital_ref(id);
        known.ok_or_else(|| Problem::internal(format!("hospital {id} is not in the directory")))
    };
    let count = meant.len();
    let shown = |visit: &Visit<'_>| {
        Ok(Item {
            id: visit.encounter.clone(),
            county: hospital(visit.county)?,
            seen_by: hospital(visit.seen_by)?,
            within: kept.contains(visit.encounter),
            began: visit.began,
        })
    };
    let visits = paged.of(meant).map(shown).collect::<Result<_, Problem>>()?;
    drop(pages);
    op.note_read("service.visits", None, None, None).await?;
    Ok(Json(Output { count, visits }))
}
