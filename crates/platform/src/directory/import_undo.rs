//! `directory.import_undo`: a file that was applied is taken back. What it made and nobody has used is deleted, what it changed
//! stands as before; what was changed or used since stays, and says so.
//!
//! The ledger says what an import wrote. That it can be undone is a claim with an end, put by its first commit and given back by
//! the undo: an import is undone once. It must never take back what somebody else did.

use super::area;
use super::import_progress::{Progress, Running, Step};
use super::profile::{Post, Profile};
use super::{licence, link};
use crate::{Op, Problem};
use axum::Json;
use axum::extract::{Path, Query};
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Id, Time};
use records::{AccountChange, Change, Claim, ClaimHeld, Entry, Expect, Resource, Viewer, Write};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// So long an import can be undone.
const UNDO_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// After more entries of the ledger than these it is undone by hand: what has happened since cannot be looked at in a minute.
const ENTRIES_MAX: usize = 200_000;
/// Entries read at a time.
const BATCH: usize = 1_000;
/// So many resources are undone in one commit.
const COMMIT_WRITES: usize = 1_000;
/// The parameter of an act that names the import it is part of.
pub const IMPORT: &str = "import";

/// That an import can be undone for a while. Its key says where in the ledger the import begins.
pub fn claim(op: &Op, import: &Id) -> Claim {
    let sealed = *op.store().sealed().borrow();
    let key = format!("{}{sealed}/{import}", prefix(op));
    let by = Reference::new(ResourceType::PRACTITIONER, op.actor().person.clone());
    Claim { key, by, until: Some(op.now() + UNDO_FOR) }
}

/// The imports of the actor's hospital.
fn prefix(op: &Op) -> String {
    format!("directory-import/{}/", op.actor().hospital)
}

/// An import that can be undone.
pub struct Undoable {
    /// Its id.
    pub id: Id,
    /// The newest entry sealed before it began.
    pub after: u64,
    /// When it was done.
    pub at: Time,
    /// Who did it, and until when it can be undone.
    pub held: ClaimHeld,
}

/// The imports of the actor's hospital that can be undone, newest first.
pub async fn undoable(op: &Op) -> Result<Vec<Undoable>, Problem> {
    let prefix = prefix(op);
    let held = op.store().claims(&prefix, op.now()).await?;
    let read = |held: ClaimHeld| {
        let (after, id) = held.key.strip_prefix(&prefix)?.split_once('/')?;
        let (after, id) = (after.parse().ok()?, Id::new(id).ok()?);
        Some(Undoable { id, after, at: held.until? - UNDO_FOR, held })
    };
    let mut found: Vec<Undoable> = held.into_iter().filter_map(read).collect();
    found.sort_by_key(|import| std::cmp::Reverse((import.at, import.after)));
    Ok(found)
}

/// What is done.
#[derive(Debug, Deserialize, IntoParams)]
pub struct How {
    /// To undo: the digest of what was looked at. Absent: only look.
    #[serde(default)]
    seen: Option<String>,
}

/// What becomes of something that an import wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = DirectoryUndoFate)]
pub enum Fate {
    /// It was new and nobody has used it: it is deleted.
    Removed,
    /// It was changed: it stands as before.
    Restored,
    /// Somebody has changed it since: it stays.
    Changed,
    /// It was new and is used by now, or by what stays: it stays.
    Used,
    /// It was deleted since.
    Gone,
    /// It is somebody else's to manage.
    Outside,
}

impl Fate {
    fn is_undone(self) -> bool {
        matches!(self, Self::Removed | Self::Restored)
    }
}

/// Something that an import wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DirectoryUndoLine)]
pub struct Line {
    /// `hospitals`, `places`, `devices`, `people` or `posts`.
    table: &'static str,
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Its name; of a post the person's.
    name: String,
    /// What becomes of it.
    fate: Fate,
}

/// What is undone, or was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryUndo)]
pub struct Output {
    /// Handed back to undo what was looked at.
    digest: String,
    /// Whether it was done.
    undone: bool,
    /// Each thing that the import wrote.
    lines: Vec<Line>,
}

/// See what undoing an import would do, or do it, a thousand resources a commit. It can be undone for seven days, once, at the
/// hospital that sent the file.
#[utoipa::path(post, path = "/api/admin/imports/{id}/undo", operation_id = "directory.import_undo", tag = "directory",
    params(("id" = String, Path), How), responses((status = 200, body = Output),
        (status = 404, description = "undone already, too old, or none of this hospital"),
        (status = 409, description = "directory.import-moved, directory.import-busy, directory.import-too-late")))]
pub async fn import_undo(op: Op, Path(id): Path<String>, Query(how): Query<How>) -> Result<Json<Output>, Problem> {
    op.may("directory.import_undo", &area::facts(&op, &op.actor().hospital), None).await?;
    let import = undoable(&op).await?.into_iter().find(|import| import.id.as_str() == id);
    let import = import.ok_or_else(Problem::not_found)?;
    let running = Running::begin(&op)?;
    // To its end, also when the browser goes away.
    tokio::spawn(async move { work(&op, import, how, &running.progress).await.map(Json) })
        .await
        .map_err(Problem::internal)?
}

async fn work(op: &Op, import: Undoable, how: How, progress: &Arc<Progress>) -> Result<Output, Problem> {
    progress.begin(Step::Undoing, 0);
    let since = since(op, &import).await?;
    let items = items(op, &since).await?;
    let used = used(op, &since, &items).await?;
    let fates = fates(&items, used);
    let lines: Vec<Line> = items.iter().zip(&fates).map(|(item, fate)| line(op, item, *fate)).collect();
    let digest = digest(&lines);
    let Some(seen) = how.seen else { return Ok(Output { digest, undone: false, lines }) };
    if seen != digest {
        let why = "What undoing this import would do is not what was shown: look at it again.";
        return Err(Problem::conflict("directory.import-moved", why));
    }
    let undone: Vec<(&Item, Fate)> =
        items.iter().zip(fates.iter().copied()).filter(|(_, fate)| fate.is_undone()).collect();
    progress.begin(Step::Undoing, undone.len());
    // The last commit gives the claim back: an undo that breaks off is gone on with.
    let chunks: Vec<&[(&Item, Fate)]> = undone.chunks(COMMIT_WRITES).collect();
    for (at, some) in chunks.iter().enumerate() {
        let mut change = undoing(op, &import, some).await?;
        if at + 1 == chunks.len() {
            change.releases.push((import.held.key.clone(), import.held.by.clone()));
        }
        op.commit(change).await?;
        progress.at(at * COMMIT_WRITES + some.len());
    }
    if chunks.is_empty() {
        let mut change = undoing(op, &import, &[]).await?;
        change.releases.push((import.held.key, import.held.by));
        op.commit(change).await?;
    }
    Ok(Output { digest, undone: true, lines })
}

/// What the ledger says has happened since an import began.
#[derive(Debug, Default)]
struct Since {
    /// What the import wrote: the first and the last of its versions.
    wrote: BTreeMap<Reference, (u64, u64)>,
    /// What others wrote.
    others: BTreeSet<Reference>,
}

impl Since {
    fn take(&mut self, entry: &Entry, import: &Id) {
        let is_own = entry.act.params.get(IMPORT).and_then(Value::as_str) == Some(import.as_str())
            && entry.act.what == "directory.import";
        for version in &entry.versions {
            if is_own {
                let wrote = self.wrote.entry(version.at.clone()).or_insert((version.version, version.version));
                *wrote = (wrote.0.min(version.version), wrote.1.max(version.version));
            } else {
                self.others.insert(version.at.clone());
            }
        }
    }
}

async fn since(op: &Op, import: &Undoable) -> Result<Since, Problem> {
    let (mut since, mut after, mut read) = (Since::default(), import.after, 0);
    loop {
        let entries = op.store().entries(after, BATCH).await?;
        entries.iter().for_each(|entry| since.take(entry, &import.id));
        read += entries.len();
        after = entries.last().map_or(after, |entry| entry.number);
        if entries.len() < BATCH {
            break;
        }
        if read >= ENTRIES_MAX {
            let why = format!("More than {ENTRIES_MAX} things were done since: change what is wrong by another file.");
            return Err(Problem::conflict("directory.import-too-late", why));
        }
    }
    let wrote = &since.wrote;
    since.others.retain(|at| !wrote.contains_key(at));
    Ok(since)
}

/// Something that the import wrote, as it stands.
#[derive(Debug)]
struct Item {
    at: Reference,
    first: u64,
    last: u64,
    /// None: deleted since.
    now: Option<Standing>,
    /// Within what the actor manages.
    mine: bool,
}

#[derive(Debug)]
struct Standing {
    version: u64,
    custodian: Id,
    body: Value,
    names: BTreeSet<Reference>,
}

impl Item {
    fn is_new(&self) -> bool {
        self.first == 1
    }

    /// As the import left it.
    fn stands(&self) -> bool {
        self.now.as_ref().is_some_and(|now| now.version == self.last)
    }
}

async fn items(op: &Op, since: &Since) -> Result<Vec<Item>, Problem> {
    let mut items = Vec::with_capacity(since.wrote.len());
    for (at, (first, last)) in &since.wrote {
        let now = match op.store().read(&Viewer::System, at).await? {
            Some(found) => Some(standing(&found)?),
            None => None,
        };
        let mine = now.as_ref().is_none_or(|now| area::holds(op, &now.custodian));
        items.push(Item { at: at.clone(), first: *first, last: *last, now, mine });
    }
    Ok(items)
}

fn standing(found: &Resource) -> Result<Standing, Problem> {
    let body = found.written()?;
    let mut names = BTreeSet::new();
    references(&body, &mut names);
    Ok(Standing { version: found.version, custodian: found.custodian.clone(), body, names })
}

/// Every resource that a resource names.
fn references(value: &Value, found: &mut BTreeSet<Reference>) {
    match value {
        Value::Object(members) => {
            if let Some(at) = members.get("reference").and_then(Value::as_str).and_then(|text| text.parse().ok()) {
                found.insert(at);
            }
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// What is new of the import and used by what others wrote since, or by whoever signed in. What is older cannot name it.
async fn used(op: &Op, since: &Since, items: &[Item]) -> Result<BTreeSet<Reference>, Problem> {
    let new: BTreeSet<&Reference> = items.iter().filter(|item| item.is_new()).map(|item| &item.at).collect();
    let mut used = BTreeSet::new();
    if new.is_empty() {
        return Ok(used);
    }
    for at in &since.others {
        let Some(found) = op.store().read(&Viewer::System, at).await? else { continue };
        let standing = standing(&found)?;
        let kept_by = Reference::new(ResourceType::ORGANIZATION, standing.custodian);
        used.extend(standing.names.into_iter().chain([kept_by]).filter(|named| new.contains(named)));
    }
    for at in new.iter().filter(|at| at.ty == ResourceType::PRACTITIONER) {
        let account = op.store().account_of(&at.id).await?;
        if account.is_some_and(|account| !account.password_hash.is_empty()) {
            // Whoever came, came to their posts.
            let names = |item: &Item| item.now.as_ref().is_some_and(|now| now.names.contains(*at));
            let posts = items.iter().filter(|item| item.at.ty == ResourceType::PRACTITIONER_ROLE && names(item));
            used.extend(posts.map(|post| post.at.clone()).chain([(*at).clone()]));
        }
    }
    let own = Reference::new(ResourceType::PRACTITIONER_ROLE, op.actor().practitioner_role.clone());
    if new.contains(&own) {
        used.insert(own);
    }
    Ok(used)
}

/// What becomes of each. What stays keeps what it names, and so on. Pure.
fn fates(items: &[Item], mut used: BTreeSet<Reference>) -> Vec<Fate> {
    let index: HashMap<&Reference, &Item> = items.iter().map(|item| (&item.at, item)).collect();
    let stays = |item: &Item| item.now.is_some() && !(item.mine && item.stands());
    let mut kept: Vec<&Item> = items.iter().filter(|item| stays(item) || used.contains(&item.at)).collect();
    while let Some(item) = kept.pop() {
        let names = item.now.iter().flat_map(|now| &now.names);
        for named in names.filter_map(|at| index.get(at)).filter(|named| named.is_new()) {
            if used.insert(named.at.clone()) {
                kept.push(named);
            }
        }
    }
    let fate = |item: &Item| match &item.now {
        None => Fate::Gone,
        Some(_) if !item.mine => Fate::Outside,
        Some(_) if !item.stands() => Fate::Changed,
        Some(_) if !item.is_new() => Fate::Restored,
        Some(_) if used.contains(&item.at) => Fate::Used,
        Some(_) => Fate::Removed,
    };
    items.iter().map(fate).collect()
}

fn line(op: &Op, item: &Item, fate: Fate) -> Line {
    let directory = &op.platform().directory;
    let body = item.now.as_ref().map_or(&Value::Null, |now| &now.body);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (table, name) = match item.at.ty {
        ResourceType::ORGANIZATION if directory.place(&item.at.id).is_none() => ("hospitals", text(&body["name"])),
        ResourceType::DEVICE => ("devices", text(&body["deviceName"][0]["name"])),
        ResourceType::PRACTITIONER => ("people", text(&body["name"][0]["text"])),
        ResourceType::PRACTITIONER_ROLE => {
            let person = Post::read(body).and_then(|post| directory.profile(&post.person));
            ("posts", person.map(|profile| profile.name.clone()).unwrap_or_default())
        }
        _ => ("places", text(&body["name"])),
    };
    Line { table, id: item.at.id.clone(), name, fate }
}

fn digest(lines: &[Line]) -> String {
    let mut hash = Sha256::new();
    for Line { table, id, fate, .. } in lines {
        hash.update(format!("{table}\t{id}\t{fate:?}\n"));
    }
    hex::encode(hash.finalize())
}

/// One commit of an undo: each still stands as the import left it, or nothing of these is undone.
async fn undoing(op: &Op, import: &Undoable, some: &[(&Item, Fate)]) -> Result<Change, Problem> {
    let mut change = Change::of(op.act("directory.import_undo"));
    change.act.params.insert(IMPORT.into(), import.id.as_str().into());
    for fate in [Fate::Removed, Fate::Restored] {
        let count = some.iter().filter(|(_, own)| *own == fate).count();
        change.act.params.insert(if fate == Fate::Removed { "removed" } else { "restored" }.into(), count.into());
    }
    for (item, fate) in some {
        let Some(now) = &item.now else { continue };
        let body = match fate {
            Fate::Restored => {
                let before = op.store().read_version(&Viewer::System, &item.at, item.first - 1).await?;
                Some(before.ok_or_else(Problem::not_found)?.written()?)
            }
            _ => None,
        };
        // An end of a licence that stands again is told of when it comes.
        let profile = body.as_ref().filter(|_| item.at.ty == ResourceType::PRACTITIONER).and_then(Profile::read);
        let zone = op.platform().settings.time_zone();
        change.jobs.extend(profile.and_then(|profile| licence::job(&profile, &zone, op.now())));
        if body.is_none() && item.at.ty == ResourceType::PRACTITIONER {
            change.accounts.push(AccountChange::Remove(item.at.id.clone()));
            link::end_all(op, &mut change, &item.at.id).await?;
        }
        change.expect.push(Expect { at: item.at.clone(), version: item.last });
        let (at, custodian) = (item.at.clone(), now.custodian.clone());
        change.writes.push(Write { at, body, custodian, case: None, must_be_new: false });
    }
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(text: &str) -> Reference {
        text.parse().unwrap()
    }

    fn item(name: &str, first: u64, now: Option<(u64, &[&str])>) -> Item {
        let standing = now.map(|(version, names)| Standing {
            version,
            custodian: Id::new("h").unwrap(),
            body: json!({}),
            names: names.iter().map(|name| at(name)).collect(),
        });
        Item { at: at(name), first, last: first, now: standing, mine: !name.ends_with("foreign") }
    }

    #[test]
    fn what_was_changed_or_used_stays_with_all_that_it_names() {
        let items = [
            item("Organization/new", 1, Some((1, &["Organization/above"]))),
            item("Organization/above", 1, Some((1, &[]))),
            item("Organization/alone", 1, Some((1, &[]))),
            item("Organization/old", 4, Some((4, &["Organization/above"]))),
            item("Practitioner/p", 1, Some((2, &[]))),
            item("PractitionerRole/r", 1, Some((1, &["Practitioner/p", "Organization/new"]))),
            item("PractitionerRole/gone", 1, None),
            item("Location/other", 7, Some((9, &[]))),
            item("Location/foreign", 1, Some((1, &[]))),
        ];
        use Fate::{Changed, Gone, Outside, Removed, Restored, Used};
        let all = |used: &[&str]| fates(&items, used.iter().map(|name| at(name)).collect());
        assert_eq!(all(&[]), [Removed, Removed, Removed, Restored, Changed, Removed, Gone, Changed, Outside]);
        let used = all(&["PractitionerRole/r"]);
        assert_eq!(used, [Used, Used, Removed, Restored, Changed, Used, Gone, Changed, Outside]);
    }

    #[test]
    fn references_are_found_wherever_they_stand() {
        let mut found = BTreeSet::new();
        let body = json!({"partOf": {"reference": "Organization/a"}, "extension": [{"valueReference": {"reference": "Practitioner/b"}}],
            "contained": [{"reference": "#c"}], "text": {"reference": 5}});
        references(&body, &mut found);
        assert_eq!(found, [at("Organization/a"), at("Practitioner/b")].into());
    }
}
