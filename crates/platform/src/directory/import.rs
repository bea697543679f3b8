//! `directory.import`: hospitals, places, devices and people from a file: first what it would change, then the doing of it.

use super::fields::Fault;
use super::ground::Ground;
use super::import_progress::{Progress, Running, Step};
use super::plan::{Line, Outcome, Plan, PlannedPerson};
use super::sheet::{self, Table, Unreadable};
use super::{
    area, import_undo, licence, link, person_create, plan_devices, plan_people, plan_places, plan_sites, write,
};
use crate::{Op, Problem};
use axum::Json;
use axum::body::Bytes;
use axum::extract::Query;
use fhir::{Reference, ResourceType};
use kernel::Id;
use records::{AccountChange, Change, Claim};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// So many lines are kept in one commit. A province in one would stop every other writer for a quarter of a minute.
const COMMIT_LINES: usize = 1_000;

/// What is done with the file.
#[derive(Debug, Deserialize, IntoParams)]
pub struct How {
    /// `hospitals`, `places`, `devices` or `people`; `network`: a workbook with a sheet for each.
    what: String,
    /// Absent: only look. `all`: nothing while a line is wrong. `good`: the good lines.
    #[serde(default)]
    apply: Option<String>,
    /// To apply: the digest of what was looked at.
    #[serde(default)]
    seen: Option<String>,
}

/// What a file changes, or has changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryImport)]
pub struct Output {
    /// Handed back to apply what was looked at.
    digest: String,
    /// Whether it was done.
    applied: bool,
    /// `utf-8`, `gb18030`, `utf-16` or `xlsx`.
    encoding: &'static str,
    /// Columns whose heads mean nothing to us; they are left out.
    unknown_columns: Vec<String>,
    /// Sheets whose names mean nothing to us; they are left out.
    unknown_sheets: Vec<String>,
    /// How many lines are new.
    new: usize,
    /// How many change something.
    changed: usize,
    /// How many say what is there.
    same: usize,
    /// How many cannot be used.
    bad: usize,
    /// Every line.
    lines: Vec<Line>,
}

/// Look at a file of hospitals, places, devices, people or all of them (CSV in UTF-8, UTF-16 or GB18030, or XLSX; the body, 32 MiB at most),
/// or apply it, a thousand lines a commit. New people get a one-time link each. A line that somebody changed meanwhile is `bad`
/// with the fault `stale`, and so are those of its commit. `directory.import_progress` says how far it is.
#[utoipa::path(post, path = "/api/admin/import", operation_id = "directory.import", tag = "directory", params(How),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Output), (status = 409, description = "directory.import-moved, directory.import-busy"),
        (status = 422, description = "directory.import-unreadable, directory.import-faults")))]
pub async fn import(op: Op, Query(how): Query<How>, body: Bytes) -> Result<Json<Output>, Problem> {
    op.may("directory.import", &area::facts(&op, &op.actor().hospital), None).await?;
    let running = Running::begin(&op)?;
    // To its end, also when the browser goes away: half of a file would be worse.
    tokio::spawn(async move { work(op, how, body, &running.progress).await.map(Json) })
        .await
        .map_err(Problem::internal)?
}

/// A file as it was read: its tables, each with its place in [`sheet::KINDS`], and the sheets that are none.
fn read(what: &str, body: &[u8], lines_max: usize) -> Result<sheet::Sheets, Unreadable> {
    if what == "network" {
        return sheet::read_book(body, sheet::KINDS, lines_max);
    }
    let at = sheet::KINDS.iter().position(|kind| kind.code == what).ok_or(Unreadable::Empty)?;
    Ok((vec![(at, sheet::read(body, sheet::KINDS[at].columns, lines_max)?)], vec![]))
}

async fn work(op: Op, how: How, body: Bytes, progress: &Arc<Progress>) -> Result<Output, Problem> {
    let How { what, apply, seen } = how;
    if what != "network" && sheet::KINDS.iter().all(|kind| kind.code != what) {
        return Err(Problem::not_found());
    }
    progress.begin(Step::Reading, 0);
    let most = op.platform().chosen.import_rows();
    let read = tokio::task::spawn_blocking(move || read(&what, &body, most)).await;
    let (tables, unknown_sheets) = read.map_err(Problem::internal)?.map_err(unreadable)?;
    let encoding = tables.first().map_or("", |(_, table)| table.encoding);
    let unknown_columns = tables.iter().flat_map(|(_, table)| table.unknown.clone()).collect();
    let plan = compare(&op, tables, progress).await?;
    let digest = plan.digest();
    let output = |plan: Plan, applied| Output {
        digest: digest.clone(),
        applied,
        encoding,
        unknown_columns,
        unknown_sheets,
        new: plan.count(Outcome::New),
        changed: plan.count(Outcome::Changed),
        same: plan.count(Outcome::Same),
        bad: plan.count(Outcome::Bad),
        lines: plan.lines,
    };
    let Some(apply) = apply else { return Ok(output(plan, false)) };
    if seen.as_deref() != Some(digest.as_str()) {
        let why = "What this file would change is not what was shown: look at it again.";
        return Err(Problem::conflict("directory.import-moved", why));
    }
    let bad = plan.count(Outcome::Bad);
    if apply != "good" && bad > 0 {
        let why = format!("{bad} lines cannot be used; nothing was changed. Mend them, or apply the good lines alone.");
        return Err(Problem::unfit("directory.import-faults", why).with("bad", bad));
    }
    let plan = keep(&op, plan, progress).await?;
    Ok(output(plan, true))
}

/// What the tables would change: hospitals first, then places, then devices, then people.
async fn compare(op: &Op, tables: Vec<(usize, Table)>, progress: &Arc<Progress>) -> Result<Plan, Problem> {
    let total: usize = tables.iter().map(|(_, table)| table.lines.len()).sum();
    // People are gone through twice: their sign-in names, then what is said of them.
    progress.begin(Step::Comparing, total);
    let mut accounts = HashMap::new();
    for (_, table) in tables.iter().filter(|(at, _)| sheet::KINDS[*at].code == "people") {
        accounts = plan_people::accounts(op, table, |done| progress.at(done / 2)).await?;
    }
    let (op, progress) = (op.clone(), progress.clone());
    let planned = move || {
        let (mut ground, mut plan) = (Ground::of(&op), Plan::default());
        for (at, table) in &tables {
            match sheet::KINDS[*at].code {
                "hospitals" => plan_sites::plan(&op, table, &mut ground, &mut plan),
                "places" => plan_places::plan(&op, table, &mut ground, &mut plan),
                "devices" => plan_devices::plan(&op, table, &mut ground, &mut plan),
                _ => {
                    let (before, half) = (plan.lines.len(), table.lines.len() / 2);
                    let done = |done| progress.at(before + half + done / 2);
                    plan_people::plan(&op, table, &accounts, &ground, &mut plan, done);
                }
            }
            progress.at(plan.lines.len());
        }
        plan
    };
    tokio::task::spawn_blocking(planned).await.map_err(Problem::internal)
}

/// What one line, or one person's lines, come to.
enum Piece {
    Site(usize),
    Place(usize),
    Device(usize),
    Person(usize),
}

/// Keeps what a plan changes, so many lines a commit, in the plan's order: who is named stands there before who names them.
async fn keep(op: &Op, mut plan: Plan, progress: &Progress) -> Result<Plan, Problem> {
    let pieces: Vec<Piece> = (0..plan.sites.len())
        .map(Piece::Site)
        .chain((0..plan.places.len()).map(Piece::Place))
        .chain((0..plan.devices.len()).map(Piece::Device))
        .chain((0..plan.people.len()).map(Piece::Person))
        .collect();
    let total = pieces.len();
    progress.begin(Step::Keeping, total);
    let import = op.new_id();
    let undo = import_undo::claim(op, &import);
    for (at, some) in pieces.chunks(COMMIT_LINES).enumerate() {
        let done = at * COMMIT_LINES;
        let first = (done == 0).then(|| undo.clone());
        match keep_some(op, &plan, some, &import, first).await {
            Ok(links) => {
                for (line, link) in links {
                    plan.lines[line].link = Some(link);
                }
                progress.at(done + some.len());
            }
            Err(why) if done == 0 => return Err(why),
            Err(_) => {
                // What was kept stays, and its links must be handed over; the rest is for another look.
                tracing::warn!(done, total, "an import of {total} stopped after {done}");
                stop(&mut plan, &pieces[done..]);
                break;
            }
        }
    }
    Ok(plan)
}

/// One commit; the links of its new people, each with the place of their line.
async fn keep_some(
    op: &Op,
    plan: &Plan,
    some: &[Piece],
    import: &Id,
    claim: Option<Claim>,
) -> Result<Vec<(usize, link::Link)>, Problem> {
    let mut change = Change::of(op.act("directory.import"));
    let is_first = claim.is_some();
    change.claims.extend(claim);
    change.act.params.insert(import_undo::IMPORT.into(), import.as_str().into());
    let (mut lines, mut links) = (vec![], vec![]);
    for piece in some {
        match piece {
            Piece::Site(n) => {
                let (line, site) = &plan.sites[*n];
                write::site(op, &mut change, site).await?;
                lines.push(*line);
            }
            Piece::Place(n) => {
                let (line, place, is_new) = &plan.places[*n];
                if *is_new {
                    let at = Reference::new(place.ty(), place.id.clone());
                    write::add_new(&mut change, at, &place.hospital, place.lay(None));
                } else {
                    write::place(op, &mut change, place).await?;
                }
                lines.push(*line);
            }
            Piece::Device(n) => {
                let (line, device, is_new) = &plan.devices[*n];
                if *is_new {
                    write::add_new(&mut change, device.at(), &device.hospital, device.lay(None));
                } else {
                    write::device(op, &mut change, device).await?;
                }
                lines.push(*line);
            }
            Piece::Person(n) => {
                let person = &plan.people[*n];
                write_person(op, &mut change, person).await?;
                if let Some(profile) = person.profile.as_ref().filter(|_| person.is_new) {
                    let account = person_create::nobody_yet(&person.account, profile.id.clone());
                    change.accounts.push(AccountChange::Put(account));
                    let link = link::add(op, &mut change, &profile.id, &person.account);
                    links.extend(person.lines.first().map(|line| (*line, link)));
                }
                lines.extend(&person.lines);
            }
        }
    }
    // The ledger names the versions; the list of everything would only repeat them.
    change.act.about.clear();
    let of = |outcome| lines.iter().filter(|line| plan.lines[**line].outcome == outcome).count();
    let counts = [("new", of(Outcome::New)), ("changed", of(Outcome::Changed)), ("bad", plan.count(Outcome::Bad))];
    for (name, count) in counts {
        change.act.params.insert(name.into(), count.into());
    }
    if is_first {
        // Of the whole file, for who looks which one to undo.
        change.act.params.insert("of_new".into(), plan.count(Outcome::New).into());
        change.act.params.insert("of_changed".into(), plan.count(Outcome::Changed).into());
    }
    op.commit(change).await?;
    Ok(links)
}

/// Says of the lines of these pieces that they were not kept.
fn stop(plan: &mut Plan, pieces: &[Piece]) {
    for piece in pieces {
        let lines = match piece {
            Piece::Site(n) => vec![plan.sites[*n].0],
            Piece::Place(n) => vec![plan.places[*n].0],
            Piece::Device(n) => vec![plan.devices[*n].0],
            Piece::Person(n) => plan.people[*n].lines.clone(),
        };
        for line in lines {
            let line = &mut plan.lines[line];
            line.outcome = Outcome::Bad;
            line.changes.clear();
            line.faults = vec![Fault::new("line", "stale", "")];
        }
    }
}

async fn write_person(op: &Op, change: &mut Change, person: &PlannedPerson) -> Result<(), Problem> {
    if let Some(profile) = &person.profile {
        if person.is_new {
            let at = Reference::new(ResourceType::PRACTITIONER, profile.id.clone());
            write::add_new(change, at, &person.custodian, profile.lay(None));
            change.jobs.extend(licence::job(profile, &op.platform().settings.time_zone(), op.now()));
        } else {
            write::person(op, change, profile, &person.custodian).await?;
        }
    }
    for (post, is_new) in &person.posts {
        if *is_new {
            let at = Reference::new(ResourceType::PRACTITIONER_ROLE, post.id.clone());
            write::add_new(change, at, &post.hospital, post.lay(None, op.now()));
        } else {
            write::post(op, change, post).await?;
        }
    }
    Ok(())
}

fn unreadable(why: Unreadable) -> Problem {
    let (what, detail) = match &why {
        Unreadable::Encoding => ("encoding", "This is neither text in UTF-8 or GB18030 nor an XLSX workbook."),
        Unreadable::Workbook => ("workbook", "This workbook cannot be opened. Save it again as XLSX or CSV."),
        Unreadable::TooLarge => ("too-large", "Unpacked, this workbook is larger than is taken."),
        Unreadable::TooManyLines(_) => (
            "too-many",
            "This file has more lines than are taken at once. Divide it into several, each with the heads: hospitals first, then \
             departments and beds, then devices, then people.",
        ),
        Unreadable::Line(_) => ("line", "A line cannot be read: a quote that is not closed, or far too much in it."),
        Unreadable::Empty => ("empty", "There is no line below the heads of the columns."),
        Unreadable::Columns(_) => ("columns", "Columns are missing. The template has all of them."),
    };
    let problem = Problem::unfit("directory.import-unreadable", detail).with("what", what);
    match why {
        Unreadable::TooManyLines(most) => problem.with("most", most),
        Unreadable::Line(line) => problem.with("line", line),
        Unreadable::Columns(columns) => {
            let faults: Vec<Fault> = columns.iter().map(|code| Fault::new(code, "missing", "")).collect();
            problem.with("columns", columns.join(", ")).with("faults", serde_json::to_value(faults).unwrap_or_default())
        }
        _ => problem,
    }
}
