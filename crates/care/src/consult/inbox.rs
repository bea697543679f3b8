//! `consult.inbox`: the cases I have a part in, what waits for me first, most urgent first.

use super::board::{Board, Rank, Row};
use super::state::{State, Urgency};
use super::view::{CaseRow, rows};
use axum::Extension;
use axum::Json;
use axum::extract::Query;
use fhir::ResourceType;
use kernel::decide::Facts;
use kernel::{Actor, Id, Role};
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
    let after = input.after.as_deref().map(Place::read).transpose()?;
    let (page, next, counts) = {
        let now = board.now(op.platform()).await?;
        let mine: Vec<&Row> = now.seen_by(op.actor(), op.now()).collect();
        let counts = count(&op, &mine);
        let fitting = mine.into_iter().filter(|row| wanted.fits(&op, row)).collect();
        let (page, more) = page(op.actor(), fitting, after.as_ref());
        let page: Vec<Row> = page.into_iter().cloned().collect();
        let next = page.last().filter(|_| more).map(|last| Place::of(op.actor(), last).to_string());
        (page, next, counts)
    };
    let rows = rows(&op, &decision, &page).await?;
    op.note_read("consult.inbox", None, None, None).await?;
    Ok(Json(Output { rows, next, counts }))
}

/// Where a page ended: what its last row was ordered by when it was shown. That row may since stand elsewhere, or be gone;
/// what stayed where it was is neither skipped nor shown twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place(Rank, Id);

impl Place {
    fn of(actor: &Actor, row: &Row) -> Self {
        Self(row.rank(actor), row.id.clone())
    }

    /// The text of [`Display`](std::fmt::Display) back.
    fn read(text: &str) -> Result<Self, Problem> {
        let parts: Vec<&str> = text.splitn(6, '.').collect();
        let read = || {
            let [ended, theirs, urgency, due, order, id] = parts.as_slice() else { return None };
            let rank = (
                ended.parse().ok()?,
                theirs.parse().ok()?,
                Urgency::from_code(urgency)?,
                due.parse().ok()?,
                order.parse().ok()?,
            );
            Some(Self(rank, Id::new(*id).ok()?))
        };
        read().ok_or_else(|| Problem::unfit("consult.no_such_page", "There is no such page: begin with the first."))
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self((ended, theirs, urgency, due, order), id) = self;
        write!(f, "{ended}.{theirs}.{}.{due}.{order}.{id}", urgency.code())
    }
}

/// The page after a place, most urgent first, and whether there is more. Only the page is put in order, not the thousands
/// behind it.
fn page<'a>(actor: &Actor, fitting: Vec<&'a Row>, after: Option<&Place>) -> (Vec<&'a Row>, bool) {
    let mut ranked: Vec<_> = fitting.into_iter().map(|row| (Place::of(actor, row), row)).collect();
    ranked.retain(|(place, _)| after.is_none_or(|after| place > after));
    let before = |a: &(Place, _), b: &(Place, _)| a.0.cmp(&b.0);
    let more = ranked.len() > PAGE;
    if more {
        ranked.select_nth_unstable_by(PAGE, before);
        ranked.truncate(PAGE);
    }
    ranked.sort_unstable_by(before);
    (ranked.into_iter().map(|(_, row)| row).collect(), more)
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

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Time;
    use proptest::prelude::*;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn row(n: usize, state: State, urgency: Urgency, minute: i64) -> Row {
        Row {
            id: id(&format!("case-{n:04}")),
            number: format!("20261121-{n:04}"),
            submitted_at: Time::UNIX_EPOCH + jiff::SignedDuration::from_mins(minute),
            ..Row::example(state, urgency)
        }
    }

    fn dispatcher() -> Actor {
        Actor { person: id("chen"), role: Role::Dispatcher, hospital: id("province"), practitioner_role: id("r") }
    }

    /// Page by page to the end.
    fn walk<'a>(rows: &[&'a Row]) -> Vec<&'a Id> {
        let (mut seen, mut after) = (vec![], None);
        loop {
            let (page, more) = page(&dispatcher(), rows.to_vec(), after.as_ref());
            assert!(page.len() <= PAGE && (!more || page.len() == PAGE));
            seen.extend(page.iter().map(|r| &r.id));
            // As it goes through a client.
            after = page.last().map(|r| Place::read(&Place::of(&dispatcher(), r).to_string()).unwrap());
            if !more {
                return seen;
            }
        }
    }

    proptest! {
        #[test]
        fn pages_put_together_are_the_whole_list_in_order(cases in prop::collection::vec((0..3usize, 0..3usize, 0..5i64), 0..200)) {
            let states = [State::Submitted, State::Scheduled, State::Signed];
            let urgencies = [Urgency::Emergency, Urgency::Urgent, Urgency::Routine];
            let made = cases.iter().enumerate().map(|(n, &(s, u, minute))| row(n, states[s], urgencies[u], minute));
            let rows: Vec<Row> = made.collect();
            let mut whole: Vec<&Row> = rows.iter().collect();
            whole.sort_by_key(|row| (row.rank(&dispatcher()), row.id.clone()));
            prop_assert_eq!(walk(&rows.iter().collect::<Vec<_>>()), whole.iter().map(|r| &r.id).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_last_row_that_moved_or_went_skips_and_doubles_nothing() {
        let mut rows: Vec<Row> = (0..2 * PAGE).map(|n| row(n, State::Submitted, Urgency::Routine, 0)).collect();
        let (first, more) = page(&dispatcher(), rows.iter().collect(), None);
        assert!(more);
        let last = Place::of(&dispatcher(), first.last().unwrap());
        let rest: Vec<Id> = rows[PAGE..].iter().map(|r| r.id.clone()).collect();
        let second = |rows: &[Row]| -> Vec<Id> {
            let (page, _) = page(&dispatcher(), rows.iter().collect(), Some(&last));
            page.into_iter().map(|r| r.id.clone()).filter(|id| rest.contains(id)).collect()
        };
        assert_eq!(second(&rows), rest);
        rows[PAGE - 1].state = State::Closed;
        assert_eq!(second(&rows), rest, "it went down");
        rows[PAGE - 1].urgency = Urgency::Emergency;
        assert_eq!(second(&rows), rest, "it went up");
        rows.remove(PAGE - 1);
        assert_eq!(second(&rows), rest, "it is gone");
    }

    #[test]
    fn a_place_that_is_none_is_refused() {
        for wrong in [
            "",
            "case-1",
            "true.true.emergency.1.2",
            "true.true.soon.1.2.case",
            "true.true.emergency.1.x.case",
            "\u{fffd}",
        ] {
            assert!(Place::read(wrong).is_err(), "{wrong}");
        }
    }
}
