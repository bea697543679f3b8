//! `join.outages`: the outages of the hospitals I manage, and how much of the last 30 days, or since it joined, each was heard of.

use super::loading;
use super::model::State;
use super::outage::model::{By, Cause, Ended, Outage};
use super::outage::resources::CODE;
use super::resources::gateway_at;
use axum::Json;
use axum::extract::Query as UrlQuery;
use fhir::ResourceType;
use jiff::SignedDuration;
use kernel::{Id, Time};
use platform::directory::{HospitalRef, PersonRef, area};
use platform::{Op, Problem, codes};
use records::{Query, Viewer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Rows of an answer.
const ROWS_MAX: usize = 200;
/// Outages read for one answer: who manages few of very many hospitals sees the newest.
const READ_MAX: usize = 5_000;
/// Read at a time.
const PAGE: usize = 500;
/// Over so long availability is told, and so long an outage that has ended is listed.
const SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// Of this hospital alone.
    #[param(value_type = Option<String>)]
    hospital: Option<Id>,
}

/// The outages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinOutages)]
pub struct Output {
    /// Those that go on, then those of the last 30 days, the newest first; at most 200.
    outages: Vec<OutageRow>,
    /// Of every hospital with an outage in the last 30 days.
    hospitals: Vec<Availability>,
}

/// An outage.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinOutage)]
pub struct OutageRow {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Where.
    hospital: HospitalRef,
    /// `silent`, `back` (and somebody is to say what it was), `ended`.
    state: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Time,
    /// When it was heard of again, the last time.
    #[schema(value_type = Option<String>, format = DateTime)]
    back: Option<Time>,
    /// How often it was silent.
    silences: usize,
    /// Since when it is silent now.
    #[schema(value_type = Option<String>, format = DateTime)]
    silent_since: Option<Time>,
    /// Seconds it was silent, until now.
    seconds: i64,
    /// Who looks after it.
    taken: Option<SaidBy>,
    /// What it was: a cause, `by-itself` or `withdrawn`.
    cause: Option<&'static str>,
    /// What was said at the end.
    text: String,
    /// Who said so.
    closed: Option<SaidBy>,
    /// What was said of it, the oldest first.
    notes: Vec<NoteRow>,
}

/// Somebody, and when.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinOutageBy)]
pub struct SaidBy {
    /// Who.
    by: Option<PersonRef>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
}

/// Something said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinOutageNote)]
pub struct NoteRow {
    /// By whom.
    by: Option<PersonRef>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// What.
    text: String,
}

/// How much of the last 30 days, or since it joined, a hospital's gateway was heard of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinAvailability)]
pub struct Availability {
    /// Which.
    hospital: HospitalRef,
    /// Outages.
    outages: usize,
    /// Seconds of silence.
    seconds: i64,
    /// In hundredths of a percent, cut: 9,999 is 99.99 %.
    available: i64,
}

/// Outages of the hospitals that I manage.
#[utoipa::path(get, path = "/api/admin/outages", operation_id = "join.outages", tag = "join", params(Asked),
    responses((status = 200, body = Output)))]
pub async fn outages(op: Op, UrlQuery(asked): UrlQuery<Asked>) -> Result<Json<Output>, Problem> {
    let of = asked.hospital.as_ref().unwrap_or(&op.actor().hospital);
    let facts = if area::runs_all(&op) { Default::default() } else { area::facts(&op, of) };
    op.may("join.outages", &facts, None).await?;
    let (now, from) = (op.now(), op.now() - SPAN);
    let mut all = read(&op, asked.hospital.as_ref()).await?;
    all.retain(|one| one.ended.is_none() || one.spells.last().and_then(|s| s.to).is_none_or(|to| to >= from));
    let hospitals = availability(&op, &all, from, now).await?;
    all.sort_by_key(|one| (one.ended.is_some(), !one.is_silent(), std::cmp::Reverse(one.since())));
    all.truncate(ROWS_MAX);
    Ok(Json(Output { outages: all.into_iter().filter_map(|one| row(&op, one, now)).collect(), hospitals }))
}

async fn read(op: &Op, hospital: Option<&Id>) -> Result<Vec<Outage>, Problem> {
    let mut query = Query::of(ResourceType::TASK)
        .with("code", format!("{}|{CODE}", codes::TASK))
        .with("_sort", "-authored-on")
        .count(PAGE);
    if let Some(hospital) = hospital {
        query = query.with("subject", format!("Organization/{hospital}"));
    }
    let (mut found, mut seen) = (vec![], 0);
    loop {
        let page = op.store().search(&Viewer::System, &query).await?;
        seen += page.matches.len();
        for task in &page.matches {
            found.extend(Outage::read(&task.value()?).filter(|outage| area::holds(op, &outage.hospital)));
        }
        query.after = page.next;
        if query.after.is_none() || seen >= READ_MAX {
            return Ok(found);
        }
    }
}

async fn availability(op: &Op, all: &[Outage], from: Time, now: Time) -> Result<Vec<Availability>, Problem> {
    let mut of: BTreeMap<&Id, (usize, i64)> = BTreeMap::new();
    for outage in all {
        let seconds = outage.silent_within(from, now).as_secs();
        // One that still waits for a word may be of long ago.
        if seconds == 0 && outage.since() < from {
            continue;
        }
        let sum = of.entry(&outage.hospital).or_default();
        *sum = (sum.0 + 1, sum.1 + seconds);
    }
    let mut hospitals = vec![];
    for (id, (outages, seconds)) in of {
        let Some(hospital) = op.platform().directory.hospital_ref(id) else { continue };
        let since = joined(op, id).await?.map_or(from, |joined| joined.max(from));
        let span = now.duration_since(since).as_secs().max(1);
        let seconds = seconds.min(span);
        hospitals.push(Availability { hospital, outages, seconds, available: (span - seconds) * 10_000 / span });
    }
    hospitals.sort_by_key(|one| one.available);
    Ok(hospitals)
}

/// When the gateway that a hospital has now joined.
async fn joined(op: &Op, hospital: &Id) -> Result<Option<Time>, Problem> {
    let join = loading::join(op.platform(), hospital).await?.map(|found| found.is.state);
    let Some(State::Joined(joined)) = join else { return Ok(None) };
    let first = op.store().read_version(&Viewer::System, &gateway_at(&joined.gateway), 1).await?;
    Ok(first.map(|first| first.stored_at))
}

fn row(op: &Op, outage: Outage, now: Time) -> Option<OutageRow> {
    let directory = &op.platform().directory;
    let said = |by: &By| SaidBy { by: directory.person_ref_at(&by.who.person, &by.who.hospital), at: by.at };
    let (cause, text, closed) = match &outage.ended {
        None => (None, String::new(), None),
        Some(Ended::ByItself(_)) => (Some("by-itself"), String::new(), None),
        Some(Ended::Withdrawn(_)) => (Some("withdrawn"), String::new(), None),
        Some(Ended::Said(by, cause, text)) => (Some(Cause::code(*cause)), text.clone(), Some(said(by))),
    };
    let notes = outage.notes.iter().map(|note| {
        let SaidBy { by, at } = said(&note.by);
        NoteRow { by, at, text: note.text.clone() }
    });
    Some(OutageRow {
        hospital: directory.hospital_ref(&outage.hospital)?,
        state: match &outage.ended {
            Some(_) => "ended",
            None if outage.is_silent() => "silent",
            None => "back",
        },
        since: outage.since(),
        back: outage.spells.last().and_then(|spell| spell.to),
        silent_since: outage.spells.last().filter(|spell| spell.to.is_none()).map(|spell| spell.from),
        silences: outage.spells.len(),
        seconds: outage.silent_within(Time::MIN, now).as_secs(),
        taken: outage.taken.as_ref().map(said),
        cause,
        text,
        closed,
        notes: notes.collect(),
        id: outage.id.clone(),
    })
}
