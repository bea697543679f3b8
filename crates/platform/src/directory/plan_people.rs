//! What a table of people would change. One line is one post; lines of one sign-in name are one person.

use super::fields::{self, Fault};
use super::plan::{CellChange, Line, Outcome, Plan, differs};
use super::posts::{self, PostFields};
use super::profile::{PlaceKind, Post, Profile, Site};
use super::sheet::{self, Table};
use super::{Directory, area};
use crate::{Lang, Op, Problem};
use kernel::Id;
use std::collections::HashMap;
use std::sync::Arc;

/// Somebody of whom lines have been read.
struct Draft {
    before: Option<Arc<Profile>>,
    profile: Profile,
    posts: Vec<Arc<Post>>,
    wholly: bool,
    custodian: Id,
    /// The first good line.
    line: usize,
    /// The posts that lines of this file named.
    named: Vec<(Id, &'static str)>,
}

/// A line by the codes of its columns.
struct Cells<'a>(&'a [&'static str], &'a [String]);

impl<'a> Cells<'a> {
    /// What stands in a column; nothing when the column is missing or the cell is empty: then what is there stays.
    fn get(&self, code: &str) -> Option<&'a str> {
        let at = self.0.iter().position(|c| *c == code)?;
        self.1.get(at).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn text(&self, code: &str) -> &'a str {
        self.get(code).unwrap_or_default()
    }
}

/// Plans a table of people.
pub async fn plan(op: &Op, table: &Table) -> Result<Plan, Problem> {
    let mut plan = Plan::default();
    let mut drafts: HashMap<String, Draft> = HashMap::new();
    let mut order: Vec<String> = vec![];
    for (number, cells) in &table.lines {
        let cells = Cells(&table.columns, cells);
        let account = cells.text("account").to_lowercase();
        let mut faults = fields::of_account(&account);
        let draft = match drafts.remove(&account) {
            Some(draft) => draft,
            None => begin(op, &account, &cells, *number).await?,
        };
        let (post, changes, outcome) = line(op, &draft, &cells, &mut faults);
        let mut line = Line {
            line: *number,
            outcome: Outcome::Bad,
            key: account.clone(),
            name: cells.text("name").to_owned(),
            changes: vec![],
            faults: vec![],
            link: None,
        };
        match post {
            Some((profile, post)) if faults.is_empty() => {
                let is_first = !order.contains(&account);
                (line.outcome, line.changes) = (outcome, changes);
                let mut draft = Draft { profile, ..draft };
                draft.named.push((post.hospital.clone(), post.role.code()));
                if is_first {
                    (draft.custodian, draft.line) = (post.hospital.clone(), *number);
                    order.push(account.clone());
                }
                if !draft.posts.iter().any(|old| **old == post) {
                    plan.posts.push(post);
                }
                drafts.insert(account, draft);
            }
            _ => {
                line.faults = faults;
                // What a bad line says of a person counts for nothing; what good ones before it said stays.
                if order.contains(&account) || draft.before.is_some() {
                    drafts.insert(account, draft);
                }
            }
        }
        plan.lines.push(line);
    }
    for account in order {
        let Some(draft) = drafts.remove(&account) else { continue };
        if draft.before.as_deref() != Some(&draft.profile) {
            let new = draft.before.is_none().then_some(account);
            plan.people.push((draft.profile, new, draft.custodian));
        }
    }
    Ok(plan)
}

/// Who the sign-in name is, or somebody new.
async fn begin(op: &Op, account: &str, cells: &Cells<'_>, line: usize) -> Result<Draft, Problem> {
    let directory = &op.platform().directory;
    let kept = if account.is_empty() { None } else { op.store().account(account).await? };
    let before = kept.and_then(|account| directory.profile(&account.person));
    let posts = before.as_ref().map_or_else(Vec::new, |p| directory.posts_of(&p.id));
    let profile = before.as_deref().cloned().unwrap_or_else(|| Profile {
        id: op.new_id(),
        active: true,
        name: cells.text("name").to_owned(),
        name_en: None,
        title: None,
        title_en: None,
        licence: None,
        phone: None,
        languages: vec![],
    });
    let wholly = before.as_ref().is_none_or(|p| area::is_wholly(op, directory, &p.id));
    let custodian = posts.first().map_or_else(|| op.actor().hospital.clone(), |p| p.hospital.clone());
    Ok(Draft { before, profile, posts, wholly, custodian, line, named: vec![] })
}

/// What a line says: the person and the post as they are to be, what that changes, and what it comes to.
fn line(
    op: &Op,
    draft: &Draft,
    cells: &Cells<'_>,
    faults: &mut Vec<Fault>,
) -> (Option<(Profile, Post)>, Vec<CellChange>, Outcome) {
    let profile = person(draft, cells, faults);
    faults.extend(fields::of_person(&profile));
    let mut changes = vec![];
    told(&draft.profile, &profile, op.lang(), &mut changes);
    let is_first = draft.named.is_empty();
    if !is_first {
        // Two lines of one person must not say two things.
        for change in changes.drain(..) {
            faults.push(Fault::new(change.field, "differs", &change.after).at(draft.line));
        }
    } else if draft.before.is_some() && !changes.is_empty() && !draft.wholly {
        faults.extend(changes.iter().map(|change| Fault::new(change.field, "shared", &change.after)));
    }
    if draft.before.as_ref().is_some_and(|p| !p.active) {
        faults.push(Fault::new("account", "disabled", cells.text("account")));
    }
    let Some((post, old)) = post(op, draft, cells, faults) else { return (None, changes, Outcome::Bad) };
    let outcome = match (&draft.before, &old) {
        (None, _) | (_, None) => Outcome::New,
        (Some(_), Some(old)) => {
            told_post(&op.platform().directory, old, &post, op.lang(), &mut changes);
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
    profile.phone = or("phone", &profile.phone);
    if let Some(text) = cells.get("languages") {
        match sheet::languages_of(text) {
            Ok(languages) => profile.languages = languages,
            Err(unknown) => faults.push(Fault::new("languages", "unknown", &unknown)),
        }
    }
    profile
}

/// The post of a line, and the one there is at that hospital in that role.
fn post(op: &Op, draft: &Draft, cells: &Cells<'_>, faults: &mut Vec<Fault>) -> Option<(Post, Option<Arc<Post>>)> {
    let site = hospital(op, cells.text("hospital"), faults);
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
        Some(text) => department(&op.platform().directory, &hospital, text, faults),
        None => old.as_ref().and_then(|p| p.department.clone()),
    };
    let fields = PostFields { id: None, hospital, role: role.code().to_owned(), specialties, department };
    let id = old.as_ref().map_or_else(|| op.new_id(), |p| p.id.clone());
    posts::read(op, id, &draft.profile.id, &fields, faults).map(|post| (post, old))
}

/// The hospital that a cell names, by id or by either name, among those that are the actor's to manage.
fn hospital(op: &Op, text: &str, faults: &mut Vec<Fault>) -> Option<Arc<Site>> {
    if text.is_empty() {
        faults.push(Fault::new("hospital", "missing", ""));
        return None;
    }
    let is = |site: &&Arc<Site>| {
        let h = &site.hospital;
        h.id.as_str() == text || h.name == text || h.name_en.eq_ignore_ascii_case(text)
    };
    let all = op.platform().directory.sites();
    let found: Vec<_> = all.iter().filter(|s| s.active).filter(is).collect();
    match found.iter().find(|site| area::holds(op, &site.hospital.id)) {
        Some(site) => return Some(Arc::clone(site)),
        None if found.is_empty() => faults.push(Fault::new("hospital", "unknown", text)),
        None => faults.push(Fault::new("hospital", "outside", text)),
    }
    None
}

fn department(directory: &Directory, hospital: &Id, text: &str, faults: &mut Vec<Fault>) -> Option<Id> {
    let places = directory.places();
    let found = places.iter().find(|p| {
        let named = p.id.as_str() == text || p.name == text || p.name_en.eq_ignore_ascii_case(text);
        p.active && p.kind == PlaceKind::Department && p.hospital == *hospital && named
    });
    if found.is_none() {
        faults.push(Fault::new("department", "unknown", text));
    }
    found.map(|p| p.id.clone())
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
    differs("phone", text(&before.phone), text(&after.phone), changes);
    let words = |p: &Profile| sheet::languages_word(&p.languages, lang);
    differs("languages", &words(before), &words(after), changes);
}

fn told_post(directory: &Directory, before: &Post, after: &Post, lang: Lang, changes: &mut Vec<CellChange>) {
    let words = |p: &Post| sheet::specialties_word(&p.specialties, lang);
    differs("specialties", &words(before), &words(after), changes);
    let name = |p: &Post| {
        let place = p.department.as_ref().and_then(|id| directory.place(id));
        place.map(|p| if lang == Lang::Zh { p.name.clone() } else { p.name_en.clone() }).unwrap_or_default()
    };
    differs("department", &name(before), &name(after), changes);
}
