//! `directory.import`: people or hospitals from a file: first what it would change, then the doing of it.

use super::fields::Fault;
use super::plan::{Line, Outcome, Plan};
use super::sheet::{self, Unreadable};
use super::{area, link, person_create, plan_people, plan_sites, write};
use crate::{Op, Problem};
use axum::Json;
use axum::body::Bytes;
use axum::extract::Query;
use records::{AccountChange, Change};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is done with the file.
#[derive(Debug, Deserialize, IntoParams)]
pub struct How {
    /// `people` or `hospitals`.
    what: String,
    /// Absent: only look. `all`: every line or none. `good`: the good lines.
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

/// Look at a file of people or hospitals (CSV in UTF-8 or GB18030, or XLSX; the body, 1 MiB at most), or apply it: in one
/// commit, everything it changes or nothing. New people get a one-time link each.
#[utoipa::path(post, path = "/api/admin/import", operation_id = "directory.import", tag = "directory", params(How),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Output), (status = 409, description = "directory.import-moved"),
        (status = 422, description = "directory.import-unreadable, directory.import-faults")))]
pub async fn import(op: Op, Query(how): Query<How>, body: Bytes) -> Result<Json<Output>, Problem> {
    op.may("directory.import", &area::facts(&op, &op.actor().hospital), None).await?;
    let people = match how.what.as_str() {
        "people" => true,
        "hospitals" => false,
        _ => return Err(Problem::not_found()),
    };
    let most = op.platform().chosen.import_rows();
    let columns = if people { sheet::PEOPLE } else { sheet::HOSPITALS };
    let read = tokio::task::spawn_blocking(move || sheet::read(&body, columns, most)).await;
    let table = read.map_err(Problem::internal)?.map_err(unreadable)?;
    let plan = if people { plan_people::plan(&op, &table).await? } else { plan_sites::plan(&op, &table) };
    let digest = plan.digest();
    let output = |plan: Plan, applied| Output {
        digest: digest.clone(),
        applied,
        encoding: table.encoding,
        unknown_columns: table.unknown.clone(),
        new: plan.count(Outcome::New),
        changed: plan.count(Outcome::Changed),
        same: plan.count(Outcome::Same),
        bad: plan.count(Outcome::Bad),
        lines: plan.lines,
    };
    let Some(apply) = how.apply else { return Ok(Json(output(plan, false))) };
    if how.seen.as_deref() != Some(digest.as_str()) {
        let why = "What this file would change is not what was shown: look at it again.";
        return Err(Problem::conflict("directory.import-moved", why));
    }
    let bad = plan.count(Outcome::Bad);
    if apply != "good" && bad > 0 {
        let why = format!("{bad} lines cannot be used; nothing was changed. Mend them, or apply the good lines alone.");
        return Err(Problem::unfit("directory.import-faults", why).with("bad", bad));
    }
    let plan = keep(&op, plan).await?;
    Ok(Json(output(plan, true)))
}

/// Keeps what a plan changes: one commit.
async fn keep(op: &Op, mut plan: Plan) -> Result<Plan, Problem> {
    let mut change = Change::of(op.act("directory.import"));
    for (profile, new, custodian) in &plan.people {
        write::person(op, &mut change, profile, custodian).await?;
        let Some(account) = new else { continue };
        change.accounts.push(AccountChange::Put(person_create::nobody_yet(account, profile.id.clone())));
        let link = link::add(op, &mut change, &profile.id, account);
        let line = plan.lines.iter_mut().find(|line| line.outcome != Outcome::Bad && line.key == *account);
        if let Some(line) = line {
            line.link = Some(link);
        }
    }
    for post in &plan.posts {
        write::post(op, &mut change, post).await?;
    }
    for site in &plan.sites {
        write::site(op, &mut change, site).await?;
    }
    if change.writes.is_empty() {
        return Ok(plan);
    }
    // The ledger names the versions; the list of everything would only repeat them.
    change.act.about.clear();
    for (name, outcome) in [("new", Outcome::New), ("changed", Outcome::Changed), ("bad", Outcome::Bad)] {
        change.act.params.insert(name.into(), plan.count(outcome).into());
    }
    op.commit(change).await?;
    Ok(plan)
}

fn unreadable(why: Unreadable) -> Problem {
    let (what, detail) = match &why {
        Unreadable::Encoding => ("encoding", "This is neither text in UTF-8 or GB18030 nor an XLSX workbook."),
        Unreadable::Workbook => ("workbook", "This workbook cannot be opened. Save it again as XLSX or CSV."),
        Unreadable::TooLarge => ("too-large", "Unpacked, this workbook is larger than is taken."),
        Unreadable::TooManyLines(_) => ("too-many", "This file has more lines than are taken at once. Divide it."),
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
