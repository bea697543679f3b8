//! `GET /api/service/cases`: the cases behind a number of a report, without clinical content; each look is ledgered.

use super::cell::Cell;
use super::report::How;
use super::sight::{Paged, Sight, Window};
use crate::Views;
use crate::figures::{Row, Urgency};
use axum::extract::Query;
use axum::{Extension, Json};
use kernel::{Id, Time};
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Which number.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The cell.
    #[param(value_type = String)]
    cell: Cell,
    /// The row's key; the total when absent.
    #[serde(default)]
    key: Option<String>,
}

/// What was counted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceCases)]
pub struct Output {
    /// How many.
    count: usize,
    /// Those asked for, in the order of their coming.
    cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServiceCase)]
pub struct Case {
    /// The case.
    #[schema(value_type = String)]
    id: Id,
    /// Its number.
    number: String,
    /// The code of its state.
    state: String,
    /// How soon.
    urgency: Urgency,
    /// Who asked.
    asking: HospitalRef,
    /// Who advised.
    advising: Vec<HospitalRef>,
    /// When it was handed in.
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Time,
    /// When its opinion was signed.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_at: Option<Time>,
}

/// Lists the cases behind a number.
#[utoipa::path(get, path = "/api/service/cases", operation_id = "service.cases", tag = "service",
    params(Window, How, Which, Paged), responses((status = 200, body = Output), (status = 400, description = "service.span")))]
pub async fn cases(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(window): Query<Window>,
    Query(how): Query<How>,
    Query(which): Query<Which>,
    Query(paged): Query<Paged>,
) -> Result<Json<Output>, Problem> {
    let sight = Sight::of(&op, "service.cases", window).await?;
    sight.must_see(how.by, Some(which.cell))?;
    let in_row = |row: &Row| {
        let keys = || how.by.keys(row, &sight.zone);
        which.key.as_ref().is_none_or(|key| keys().iter().any(|own| own.code() == *key))
    };
    let mut found: Vec<(Id, Row)> = {
        let pages = views.book.now(op.platform()).await?;
        let all = sight.rows(&pages).filter(|(_, row)| which.cell.holds(row, sight.now) && in_row(row));
        all.map(|(id, row)| (id.clone(), row.clone())).collect()
    };
    found.sort_by(|(a, x), (b, y)| (x.submitted_at, a).cmp(&(y.submitted_at, b)));
    let count = found.len();
    let cases = paged.of(found).map(|(id, row)| shown(&op, id, &row)).collect::<Result<_, Problem>>()?;
    op.note_read("service.cases", None, None, None).await?;
    Ok(Json(Output { count, cases }))
}

fn shown(op: &Op, id: Id, row: &Row) -> Result<Case, Problem> {
    let hospital = |id: &Arc<Id>| {
        let known = op.platform().directory.hospital_ref(id);
        known.ok_or_else(|| Problem::internal(format!("hospital {id} is not in the directory")))
    };
    Ok(Case {
        id,
        number: row.number.to_string(),
        state: row.state.to_string(),
        urgency: row.urgency,
        asking: hospital(&row.asking)?,
        advising: row.advising.iter().map(hospital).collect::<Result<_, Problem>>()?,
        submitted_at: row.submitted_at,
        signed_at: row.signed.map(|(at, _)| at),
    })
}
