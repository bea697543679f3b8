//! `GET /api/network/cases`: the cases behind a number of the network, by the same rule at this instant.

use super::board::Row;
use super::count::Eyes;
use super::rule::Figure;
use crate::Views;
use crate::figures::Part;
use axum::extract::Query;
use axum::{Extension, Json};
use kernel::decide::Facts;
use kernel::{Action, Id, Time};
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Cases of an answer; how many there are is said beside.
const MOST: usize = 500;

/// Which cases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Input {
    /// The number that is opened.
    #[param(value_type = String)]
    figure: Figure,
    /// `emergency`, `urgent` or `routine`; all when absent.
    urgency: Option<String>,
    /// Those that this hospital asked; all when absent.
    #[param(value_type = Option<String>)]
    hospital: Option<Id>,
}

/// The cases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkCases)]
pub struct Output {
    /// How many there are.
    count: usize,
    /// Those that have waited longest first, at most 500.
    cases: Vec<Case>,
}

/// One case, without clinical content: who may read that, opens it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkCase)]
pub struct Case {
    /// The case.
    #[schema(value_type = String)]
    id: Id,
    /// Its number.
    number: String,
    /// The code of its state.
    state: String,
    /// `emergency`, `urgent` or `routine`.
    urgency: &'static str,
    /// When it was handed in.
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Time,
    /// When the clock in force runs out.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Time>,
    /// When its opinion was signed.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_at: Option<Time>,
    /// Who asked.
    asking: HospitalRef,
    /// Who advises.
    advising: Vec<HospitalRef>,
    /// Whether the reader may open its page.
    opens: bool,
}

/// Lists the cases behind a number.
#[utoipa::path(get, path = "/api/network/cases", operation_id = "network.cases", tag = "network", params(Input),
    responses((status = 200, body = Output)))]
pub async fn cases(
    op: Op,
    Extension(views): Extension<Arc<Views>>,
    Query(input): Query<Input>,
) -> Result<Json<Output>, Problem> {
    op.may("network.cases", &Facts::default(), None).await?;
    let mut rows = {
        let now = views.network.now(op.platform()).await?;
        let zone = op.platform().settings.time_zone();
        let eyes = Eyes { actor: op.actor(), part: Part::of(op.actor().role), now: op.now(), zone };
        let level = |id: &Id| op.platform().directory.hospital(id).map(|h| h.level);
        let fits = |row: &&Row| {
            let urgency = input.urgency.as_deref().is_none_or(|u| u == row.urgency);
            let hospital = input.hospital.as_ref().is_none_or(|h| *h == row.facts.asking_hospital);
            urgency && hospital && eyes.counts(row) && eyes.counted(input.figure, row, level)
        };
        now.rows.values().filter(fits).cloned().collect::<Vec<_>>()
    };
    rows.sort_by(|a, b| (a.submitted_at, &a.id).cmp(&(b.submitted_at, &b.id)));
    let count = rows.len();
    rows.truncate(MOST);
    let cases = rows.into_iter().map(|row| shown(&op, row)).collect::<Result<_, Problem>>()?;
    op.note_read("network.cases", None, None, None).await?;
    Ok(Json(Output { count, cases }))
}

fn shown(op: &Op, row: Row) -> Result<Case, Problem> {
    let hospital = |id: &Id| {
        let known = op.platform().directory.hospital_ref(id);
        known.ok_or_else(|| Problem::internal(format!("hospital {id} is not in the directory")))
    };
    let facts =
        Facts { custodian: Some(row.facts.asking_hospital.clone()), case: Some(row.facts.clone()), ..Facts::default() };
    Ok(Case {
        opens: kernel::decide(op.actor(), Action::ReadCaseSummary, &facts, op.now()).allow,
        asking: hospital(&row.facts.asking_hospital)?,
        advising: row.facts.advising_hospitals.iter().map(hospital).collect::<Result<_, Problem>>()?,
        id: row.id,
        number: row.number,
        state: row.state,
        urgency: row.urgency,
        submitted_at: row.submitted_at,
        due: row.due,
        signed_at: row.signed_at,
    })
}
