//! What a table of people would change. One line is one post; lines of one sign-in name are one person.

use super::area;
use super::fields::{self, Fault};
use super::ground::Ground;
use super::plan::{CellChange, Line, Outcome, Plan, PlannedPerson, differs};
use super::profile::{PlaceKind, Post, Profile};
use super::sheet::{self, Table};
use crate::{Lang, Op, Problem};
use kernel::Id;
use std::collections::HashMap;
use std::sync::Arc;

/// So many sign-in names are looked up at once.
const NAMES: usize = 1_000;

/// Somebody of whom lines have been read.
struct Draft {
    before: Option<Arc<Profile>>,
    profile: Profile,
    posts: Vec<Arc<Post>>,
    wholly: bool,
    custodian: Id,
    /// The good lines, as places in the plan, and the number of the first.
    lines: Vec<usize>,
    first: usize,
    /// The posts that lines of this file named.
    named: Vec<(Id, &'static str)>,
    /// Those of them that it makes (true) or changes.
    written: Vec<(Post, bool)>,
}

/// A line by the codes of its columns.
struct Cells<'a>(&'a Table, &'a [String]);

impl<'a> Cells<'a> {
    /// What stands in a column; nothing when the column is missing or the cell is empty: then what is there stays.
    fn get(&self, code: &str) -> Option<&'a str> {
        Some(self.0.cell(self.1, code)).filter(|text| !text.is_empty())
    }

    fn text(&self, code: &str) -> &'a str {
        self.0.cell(self.1, code)
    }
}

/// Whose the sign-in names of a table are, of those that are somebody's. `done` hears how many lines have been looked at.
pub async fn accounts(op: &Op, table: &Table, done: impl Fn(usize)) -> Result<HashMap<String, Id>, Problem> {
    let mut held = HashMap::new();
    for (at, lines) in table.lines.chunks(NAMES).enumerate() {
        let names = lines.iter().map(|(_, cells)| table.cell(cells, "account").to_lowercase());
        let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
        let found = op.store().accounts(&names).await?;
        held.extend(found.into_iter().map(|account| (account.name, account.person)));
        done(at * NAMES + lines.len());
    }
    Ok(held)
}

/// Plans a table of people. `accounts` says whose a sign-in name is.
pub fn plan(
    op: &Op,
    table: &Table,
    accounts: &HashMap<String, Id>,
    ground: &Ground,
    plan: &mut Plan,
    done: impl Fn(usize),
) {
    let mut drafts: HashMap<String, Draft> = HashMap::new();
    let mut order: Vec<String> = vec![];
    for (at, (number, cells)) in table.lines.iter().enumerate() {
        if at.is_multiple_of(NAMES) {
            done(at);
        }
        let cells = Cells(table, cells);
        let account = cells.text("account").to_lowercase();
        let mut faults = fields::of_account(&account);
        let mut draft = match drafts.remove(&account) {
            Some(draft) => draft,
            None => begin(op, accounts.get(&account), &cells),
        };
        let (post, changes, outcome) = line(op, ground, &draft, &cells, &mut faults);
        let mut line = Line::bad("people", *number, &account, cells.text("name"));
        match post {
            Some((profile, post)) if faults.is_empty() => {
                (line.outcome, line.changes) = (outcome, changes);
                draft.profile = profile;
                draft.named.push((post.hospital.clone(), post.role.code()));
                if draft.lines.is_empty() {
                    (draft.custodian, draft.first) = (post.hospital.clone(), *number);
                    order.push(account.clone());
                }
                draft.lines.push(plan.lines.len());
                if !draft.posts.iter().any(|old| **old == post) {
                    let is_new = !draft.posts.iter().any(|old| old.id == post.id);
                    draft.written.push((post, is_new));
                }
                drafts.insert(account, draft);
            }
            _ => {
                line.faults = faults;
                // What a bad line says of a person counts for nothing; what good ones before it said stays.
                if !draft.lines.is_empty() || draft.before.is_some() {
                    drafts.insert(account, draft);
                }
            }
        }
        plan.lines.push(line);
    }
    for account in order {
        let Some(draft) = drafts.remove(&account) else { continue };
        let is_changed = draft.before.as_deref() != Some(&draft.profile);
        if is_changed || !draft.written.is_empty() {
            plan.people.push(PlannedPerson {
                lines: draft.lines,
                profile: is_changed.then_some(draft.profile),
                is_new: draft.before.is_none(),
                account,
                custodian: draft.custodian,
                posts: draft.written,
            });
        }
    }
}

/// Who the sign-in name is, or somebody new.
fn begin(op: &Op, person: Option<&Id>, cells: &Cells<'_>) -> Draft {
    let directory = &op.platform().directory;
    let before = person.and_then(|person| directory.profile(person));
    let posts = before.as_ref().map_or_else(Vec::new, |p| directory.posts_of(&p.id));
    let profile = before.as_deref().cloned().unwrap_or_else(|| Profile {
        id: op.new_id(),
        active: true,
        name: cells.text("name").to_owned(),
        name_en: None,
        title: None,
        title_en: None,
        licence: None,
        licence_until: None,
        phone: None,
        languages: vec![],
        time_zone: None,
    });
    let wholly = before.as_ref().is_none_or(|p| area::is_wholly(op, directory, &p.id));
    let custodian = posts.first().map_or_else(|| op.actor().hospital.clone(), |p| p.hospital.clone());
    Draft { before, profile, posts, wholly, custodian, lines: vec![], first: 0, named: vec![], written: vec![] }
}

/// What a line says: the person and the post as they are to be, what that changes, and what it comes to.
fn line(
    op: &Op,
    ground: &Ground,
    draft: &Draft,
    cells: &Cells<'_>,
    faults: &mut Vec<Fault>,
) -> (Option<(Profile, Post)>, Vec<CellChange>, Outcome) {
    let outside = |fault: &Fault| fault.field == "hospital" && fault.code == "outside";
    let post = post(op, ground, draft, cells, faults);
    if let Some(only) = faults.iter().position(outside) {
        // Nothing else is said of a line that is somebody else's: not even whether this person is known.
        *faults = vec![faults.swap_remove(only)];
        return (None, vec![], Outcome::Bad);
    }
    let of_post = std::mem::take(faults);
    let profile = person(draft, cells, faults);
    faults.extend(fields::of_person(&profile));
    let mut changes = vec![];
    told(&draft.profile, &profile, op.lang(), &mut changes);
    let is_first = draft.named.is_empty();
    if !is_first {
        // Two lines of one person must not say two things.
        for change in changes.drain(..) {
            faults.push(Fault::new(change.field, "differs", &change.after).at(draft.first));
        }
    } else if draft.before.is_some() && !changes.is_empty() && !draft.wholly {
        faults.extend(changes.iter().map(|change| Fault::new(change.field, "shared", &change.after)));
    }
    if draft.before.as_ref().is_some_and(|p| !p.active) {
        faults.push(Fault::new("account", "disabled", cells.text("account")));
    }
    faults.extend(of_post);
    let Some((post, old)) = post else { return (None, changes, Outcome::Bad) };
    let outcome = match (&draft.before, &old) {
        (None, _) | (_, None) => Outcome::New,
        (Some(_), Some(old)) => {
            told_post(ground, old, &post, op.lang(), &mut changes);
            if changes.is_empty() { Outcome::Same } else { Outcome::Changed }
        }
    };
    if draft.before.is_none() {
        changes.clear();
    }
    (Some((profile, post)), changes, outcome)
}

/// The person of a line: its cells over what is there.
fn person(draft: &Draft, cells: &Cells<'_>, faults: &mut Vec<Fault>) -> Profile {
    let mut profile = draft.profile.clone();
    let or = |code: &str, before: &Option<String>| cells.get(code).map(str::to_owned).or_else(|| before.clone());
    profile.name = cells.text("name").to_owned();
    profile.name_en = or("name_en", &profile.name_en);
    profile.title = or("title", &profile.title);
    // Another title does not keep the English of the former one.
    profile.title_en = match cells.get("title_en") {
        Some(text) => Some(text.to_owned()),
        None if profile.title == draft.profile.title => profile.title_en,
        None => profile.title.as_deref().and_then(sheet::title_in_english).map(str::to_owned),
    };
    profile.licence = or("licence", &profile.licence);
    profile.licence_until = or("licence_until", &profile.licence_until);
    profile.phone = or("phone", &profile.phone);
    profile.time_zone = or("time_zone", &profile.time_zone);
    if let Some(text) = cells.get("languages") {
        match sheet::languages_of(text) {
            Ok(languages) => profile.languages = languages,
            Err(unknown) => faults.push(Fault::new("languages", "unknown", &unknown)),
        }
    }
    profile
}

/// The post of a line, and the one there is at that hospital in that role.
fn post(
    op: &Op,
    ground: &Ground,
    draft: &Draft,
    cells: &Cells<'_>,
    faults: &mut Vec<Fault>,
) -> Option<(Post, Option<Arc<Post>>)> {
    let site = ground.hospital(cells.text("hospital"), faults);
    let role = sheet::role_of(cells.text("role"));
    match role {
        None if cells.get("role").is_none() => faults.push(Fault::new("role", "missing", "")),
        None => faults.push(Fault::new("role", "unknown", cells.text("role"))),
        Some(role) if !area::may_give(op, role) => faults.push(Fault::new("role", "outside", cells.text("role"))),
        Some(_) => {}
    }
    let (site, role) = (site?, role?);
    let hospital = site.hospital.id.clone();
    if draft.named.contains(&(hospital.clone(), role.code())) {
        faults.push(Fault::new("role", "twice", cells.text("role")));
    }
    let old = draft.posts.iter().find(|p| p.active && p.hospital == hospital && p.role == role).cloned();
    let specialties = match cells.get("specialties").map(sheet::specialties_of) {
        Some(Ok(specialties)) => specialties,
        Some(Err(unknown)) => {
            faults.push(Fault::new("specialties", "unknown", &unknown));
            vec![]
        }
        None => old.as_ref().map(|p| p.specialties.clone()).unwrap_or_default(),
    };
    let department = match cells.get("department") {
        Some(text) => {
            let found = ground.place_of(&hospital, text, |kind| kind == PlaceKind::Department);
            if found.is_none() {
                faults.push(Fault::new("department", "unknown", text));
            }
            found.map(|place| place.id.clone())
        }
        None => old.as_ref().and_then(|p| p.department.clone()),
    };
    let id = old.as_ref().map_or_else(|| op.new_id(), |p| p.id.clone());
    let person = draft.profile.id.clone();
    Some((Post { id, active: true, person, hospital, role, specialties, department }, old))
}

fn told(before: &Profile, after: &Profile, lang: Lang, changes: &mut Vec<CellChange>) {
    fn text(value: &Option<String>) -> &str {
        value.as_deref().unwrap_or_default()
    }
    differs("name", &before.name, &after.name, changes);
    differs("name_en", text(&before.name_en), text(&after.name_en), changes);
    differs("title", text(&before.title), text(&after.title), changes);
    differs("title_en", text(&before.title_en), text(&after.title_en), changes);
    differs("licence", text(&before.licence), text(&after.licence), changes);
    differs("licence_until", text(&before.licence_until), text(&after.licence_until), changes);
    differs("phone", text(&before.phone), text(&after.phone), changes);
    differs("time_zone", text(&before.time_zone), text(&after.time_zone), changes);
    let words = |p: &Profile| sheet::languages_word(&p.languages, lang);
    differs("languages", &words(before), &words(after), changes);
}

fn told_post(ground: &Ground, before: &Post, after: &Post, lang: Lang, changes: &mut Vec<CellChange>) {
    let words = |p: &Post| sheet::specialties_word(&p.specialties, lang);
    differs("specialties", &words(before), &words(after), changes);
    let name = |p: &Post| {
        let place = p.department.as_ref().and_then(|id| ground.place(id));
        place.map(|p| if lang == Lang::Zh { p.name.clone() } else { p.name_en.clone() }).unwrap_or_default()
    };
    differs("department", &name(before), &name(after), changes);
}
