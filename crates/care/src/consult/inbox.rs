//! `consult.inbox`: the cases I have a part in, what waits for me first, most urgent first.

use super::board::{Board, Row};
use super::state::{State, Urgency};
use super::view::{CaseRow, rows};
use axum::Extension;
use axum::Json;
use axum::extract::Query;
use fhir::ResourceType;
use kernel::decide::Facts;
use kernel::{Id, Role};
use platform::{Op, Problem};
use records::Viewer;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Rows of a page.
const PAGE: usize = 50;
/// Characters of a search.
const Q_MAX: usize = 100;

/// Which cases.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Input {
    /// One or more states, separated by commas.
    state: Option<String>,
    /// One or more urgencies, separated by commas.
    urgency: Option<String>,
    /// `me`: where the next step is mine.
    waiting: Option<String>,
    /// Part of a number, a hospital's name, or (for those who see it) a patient's name.
    q: Option<String>,
    /// Where a former page ended.
    after: Option<String>,
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConsultInbox)]
pub struct Output {
    /// Most urgent first.
    rows: Vec<CaseRow>,
    /// Hand back as `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Of everything I see, whatever the filters.
    counts: Counts,
}

/// How many.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = ConsultCounts)]
pub struct Counts {
    /// All of them.
    all: usize,
    /// Where the next step is mine.
    waiting: usize,
    /// Emergencies not ended.
    emergency: usize,
    /// By state.
    by_state: BTreeMap<String, usize>,
}

/// The cases I have a part in.
#[utoipa::path(get, path = "/api/consults", operation_id = "consult.inbox", tag = "consult", params(Input),
    responses((status = 200, body = Output)))]
pub async fn inbox(
    op: Op,
    Extension(board): Extension<Arc<Board>>,
    Query(input): Query<Input>,
) -> Result<Json<Output>, Problem> {
    let decision = op.may("consult.inbox", &Facts::default(), None).await?;
    let wanted = Wanted::read(&op, &input).await?;
    let (page, next, counts) = {
        let now = board.now(op.platform()).await?;
        let mine: Vec<&Row> = now.seen_by(op.actor(), op.now()).collect();
        let counts = count(&op, &mine);
        let mut fitting: Vec<&Row> = mine.into_iter().filter(|row| wanted.fits(&op, row)).collect();
        fitting.sort_by_cached_key(|row| (row.rank(op.actor()), row.id.clone()));
        // The page after the last row shown. When that row has moved meanwhile the list starts again: nothing is skipped.
        let from = input.after.as_deref().and_then(|after| fitting.iter().position(|r| r.id.as_str() == after));
        let rest = &fitting[from.map_or(0, |at| at + 1)..];
        let page: Vec<Row> = rest.iter().take(PAGE).map(|r| (*r).clone()).collect();
        let next = (rest.len() > PAGE).then(|| page.last().map(|r| r.id.to_string())).flatten();
        (page, next, counts)
    };
    let rows = rows(&op, &decision, &page).await?;
    op.note_read("consult.inbox", None, None, None).await?;
    Ok(Json(Output { rows, next, counts }))
}

fn count(op: &Op, mine: &[&Row]) -> Counts {
    let mut counts = Counts { all: mine.len(), ..Counts::default() };
    for row in mine {
        counts.waiting += usize::from(row.waits_for(op.actor()));
        counts.emergency += usize::from(row.urgency == Urgency::Emergency && row.ended_at.is_none());
        *counts.by_state.entry(row.state.code().to_owned()).or_default() += 1;
    }
    counts
}

struct Wanted {
    states: Vec<State>,
    urgencies: Vec<Urgency>,
    waiting: bool,
    q: Option<String>,
    patients: BTreeSet<Id>,
}

impl Wanted {
    async fn read(op: &Op, input: &Input) -> Result<Self, Problem> {
        let q = input.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
        let q = q.map(|q| q.chars().take(Q_MAX).collect::<String>().to_lowercase());
        // A masked name cannot be searched for: that would be a way round the mask.
        let patients = match &q {
            Some(q) if op.actor().role != Role::Dispatcher => named(op, q).await?,
            _ => BTreeSet::new(),
        };
        Ok(Self {
            states: codes(input.state.as_deref(), State::from_code)?,
            urgencies: codes(input.urgency.as_deref(), Urgency::from_code)?,
            waiting: input.waiting.as_deref() == Some("me"),
            q,
            patients,
        })
    }

    fn fits(&self, op: &Op, row: &Row) -> bool {
        (self.states.is_empty() || self.states.contains(&row.state))
            && (self.urgencies.is_empty() || self.urgencies.contains(&row.urgency))
            && (!self.waiting || row.waits_for(op.actor()))
            && self.q.as_ref().is_none_or(|q| {
                row.number.contains(q.as_str()) || self.patients.contains(&row.patient.id) || from(op, row, q)
            })
    }
}

/// Whether the asking hospital's name has this in it.
fn from(op: &Op, row: &Row, q: &str) -> bool {
    let hospital = op.platform().directory.hospital(&row.asking);
    hospital.is_some_and(|h| h.name.to_lowercase().contains(q) || h.name_en.to_lowercase().contains(q))
}

/// The patients of that name whom this person sees.
async fn named(op: &Op, q: &str) -> Result<BTreeSet<Id>, Problem> {
    let query = records::Query::of(ResourceType::PATIENT).with("name:contains", q).count(1000);
    let viewer: &Viewer = op.viewer();
    let page = op.store().search(viewer, &query).await?;
    // A case stays with the record it was asked for; it is found under every name of the person.
    let found = crate::patient::with_linked(op.store(), page.matches.into_iter().map(|p| p.at.id)).await?;
    Ok(found)
}

fn codes<T>(list: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Problem> {
    let list = list.unwrap_or_default().split(',').map(str::trim).filter(|code| !code.is_empty());
    list.map(|code| {
        read(code).ok_or_else(|| Problem::unfit("consult.no_such_filter", "There is no such state or urgency."))
    })
    .collect()
}
