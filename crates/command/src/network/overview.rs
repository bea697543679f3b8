//! `GET /api/network/overview`: every number of the network with its rule, and every hospital with its state.

use super::board::{Now, Row};
use super::count::{self, Eyes, Hour, Urgencies};
use super::rule::Figure;
use crate::Views;
use crate::figures::{Part, Rule};
use axum::{Extension, Json};
use kernel::decide::Facts;
use kernel::{Id, Level, Time};
use platform::{Op, Problem};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use utoipa::ToSchema;

/// Drills named in one answer.
const DRILLS_SHOWN: usize = 20;

/// The network at an instant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkOverview)]
pub struct Output {
    /// When it was counted.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// When something changes without an act: ask again then.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_change: Option<Time>,
    /// Whose cases: `network`, `centre`, `hospital` or `own`.
    part: &'static str,
    /// Drills under way, at most 20: in none of the numbers.
    drills: Vec<Drill>,
    /// The numbers.
    figures: Vec<Number>,
    /// The hospitals of the network, highest first.
    hospitals: Vec<HospitalNow>,
    /// Who talks with whom: one for each case in session and hospital that advises in it.
    links: Vec<Link>,
    /// The last 24 hours.
    hours: Vec<Hour>,
}

/// A drill under way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkDrill)]
pub struct Drill {
    /// Its case.
    #[schema(value_type = String)]
    case: Id,
    /// The case's number.
    number: String,
    /// The code of its state.
    state: String,
}

/// Two hospitals in session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkLink)]
pub struct Link {
    /// Who asks.
    #[schema(value_type = String)]
    asking: Id,
    /// Who advises.
    #[schema(value_type = String)]
    advising: Id,
}

/// One number.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkNumber)]
pub struct Number {
    /// Which.
    code: &'static str,
    /// How many.
    value: usize,
    /// Of how many, where there is a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<usize>,
    /// Different patients among them, where that is another number.
    #[serde(skip_serializing_if = "Option::is_none")]
    distinct_patients: Option<usize>,
    /// By urgency, where cases are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Urgencies>,
    /// What was counted.
    rule: Rule,
    /// What lists what was counted.
    query: String,
}

/// A hospital now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NetworkHospital)]
pub struct HospitalNow {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// The code of its level.
    level: &'static str,
    /// The city's hospital it belongs to, its own id for a city's.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<Id>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    longitude: Option<f64>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    latitude: Option<f64>,
    /// What matters most about it: `emergency`, `session`, `connected`, `quiet`, `not-joined`.
    state: &'static str,
    /// Somebody is there now.
    connected: bool,
    /// When it was last heard of.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    heard: Option<Time>,
    /// Its cases that wait.
    waiting: Urgencies,
    /// Since when the one that waits longest does.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_since: Option<Time>,
    /// When the first clock of those that wait runs out.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Time>,
    /// Cases in session in which it takes part.
    in_session: usize,
    /// Cases it handed in today.
    today: usize,
}

/// Every number with its rule, every hospital with its state.
#[utoipa::path(get, path = "/api/network/overview", operation_id = "network.overview", tag = "network",
    responses((status = 200, body = Output)))]
pub async fn overview(op: Op, Extension(views): Extension<Arc<Views>>) -> Result<Json<Output>, Problem> {
    op.may("network.overview", &Facts::default(), None).await?;
    let now = views.network.now(op.platform()).await?;
    let zone = op.platform().settings.time_zone();
    let eyes = Eyes { actor: op.actor(), part: Part::of(op.actor().role), now: op.now(), zone };
    let rows: Vec<&Row> = now.rows.values().filter(|row| eyes.counts(row)).collect();
    let (hospitals, silences) = hospitals(&op, &eyes, &now, &rows);
    let figures = Figure::ALL.into_iter().map(|figure| number(&op, &eyes, figure, &rows, &hospitals)).collect();
    let drills = now.rows.values().filter(|row| eyes.sees_drill(row)).take(DRILLS_SHOWN);
    let drills = drills.map(|row| Drill { case: row.id.clone(), number: row.number.clone(), state: row.state.clone() });
    let drills = drills.collect();
    let dues = rows.iter().filter(|r| r.facts.in_hand).filter_map(|r| r.due);
    Ok(Json(Output {
        at: op.now(),
        next_change: count::next_change(&eyes, dues, silences.into_iter()),
        part: eyes.part.code(),
        drills,
        figures,
        hospitals,
        links: links(&op, &eyes, &rows),
        hours: count::hours(rows.iter().copied(), op.now()),
    }))
}

fn links(op: &Op, eyes: &Eyes<'_>, rows: &[&Row]) -> Vec<Link> {
    let level = |id: &Id| op.platform().directory.hospital(id).map(|h| h.level);
    let talking = rows.iter().filter(|row| eyes.counted(Figure::InSession, row, level));
    let of = |row: &&Row| {
        let asking = row.facts.asking_hospital.clone();
        row.facts.advising_hospitals.clone().into_iter().map(move |advising| Link { asking: asking.clone(), advising })
    };
    talking.flat_map(of).collect()
}

fn number(op: &Op, eyes: &Eyes<'_>, figure: Figure, rows: &[&Row], hospitals: &[HospitalNow]) -> Number {
    let level = |id: &Id| op.platform().directory.hospital(id).map(|h| h.level);
    let rule = figure.rule();
    if figure == Figure::Connected {
        let query = "/api/network/overview hospitals[connected]".to_owned();
        let value = hospitals.iter().filter(|h| h.connected).count();
        let of = Some(hospitals.iter().filter(|h| h.state != "not-joined").count());
        return Number { code: rule.code, value, of, distinct_patients: None, by: None, rule, query };
    }
    let counted: Vec<&Row> = rows.iter().copied().filter(|row| eyes.counted(figure, row, level)).collect();
    let mut by = Urgencies::default();
    counted.iter().for_each(|row| by.add(row.urgency));
    let people = || count::patients(counted.iter().copied());
    Number {
        code: rule.code,
        value: counted.len(),
        of: None,
        distinct_patients: (figure == Figure::Consulted).then(people),
        by: Some(by),
        query: format!("/api/network/cases?figure={}", rule.code),
        rule,
    }
}

/// The hospitals, and when those that are there only by a past act fall silent.
fn hospitals(op: &Op, eyes: &Eyes<'_>, now: &Now, rows: &[&Row]) -> (Vec<HospitalNow>, Vec<Time>) {
    let directory = &op.platform().directory;
    let listening = op.platform().events.listening();
    let joined = directory.staffed();
    let level = |id: &Id| directory.hospital(id).map(|h| h.level);
    let mut asking: HashMap<&Id, Vec<&Row>> = HashMap::new();
    let mut in_session: HashMap<&Id, usize> = HashMap::new();
    for &row in rows {
        asking.entry(&row.facts.asking_hospital).or_default().push(row);
        if eyes.counted(Figure::InSession, row, level) {
            let parties: HashSet<&Id> =
                row.facts.advising_hospitals.iter().chain([&row.facts.asking_hospital]).collect();
            parties.into_iter().for_each(|party| *in_session.entry(party).or_default() += 1);
        }
    }
    let mut silences = vec![];
    let mut all = vec![];
    for h in directory.hospitals() {
        if !matches!(h.level, Level::Province | Level::City | Level::County) {
            continue;
        }
        let heard = now.heard.get(&h.id).copied();
        let (there, until) = count::present(listening.contains(&h.id), heard, eyes.now);
        let is_joined = joined.contains(&h.id);
        let connected = there && is_joined;
        silences.extend(until.filter(|_| is_joined));
        let own = asking.get(&h.id).map(Vec::as_slice).unwrap_or_default();
        let mut waiting = Urgencies::default();
        let waits: Vec<&Row> = own.iter().copied().filter(|r| eyes.counted(Figure::Waiting, r, level)).collect();
        waits.iter().for_each(|row| waiting.add(row.urgency));
        let sessions = in_session.get(&h.id).copied().unwrap_or_default();
        let site = now.sites.get(&h.id);
        all.push(HospitalNow {
            name: h.name.clone(),
            name_en: h.name_en.clone(),
            level: h.level.code(),
            city: city_of(op, &h.id),
            longitude: site.map(|s| s.0),
            latitude: site.map(|s| s.1),
            state: match () {
                () if waiting.emergency > 0 => "emergency",
                () if sessions > 0 => "session",
                () if connected => "connected",
                () if is_joined => "quiet",
                () => "not-joined",
            },
            connected,
            heard,
            waiting,
            waiting_since: waits.iter().map(|r| r.submitted_at).min(),
            due: waits.iter().filter_map(|r| r.due).min(),
            in_session: sessions,
            today: own.iter().filter(|r| eyes.counted(Figure::Today, r, level)).count(),
            id: h.id.clone(),
        });
    }
    (all, silences)
}

/// The city's hospital that a hospital is, or lies below.
fn city_of(op: &Op, hospital: &Id) -> Option<Id> {
    let tree = op.platform().directory.tree();
    let mut at = tree.get(hospital);
    // There are seven levels: a cycle in bad data ends.
    for _ in Level::ALL {
        match at {
            Some(h) if h.level == Level::City => return Some(h.id.clone()),
            Some(h) => at = h.parent.as_ref().and_then(|parent| tree.get(parent)),
            None => return None,
        }
    }
    None
}
