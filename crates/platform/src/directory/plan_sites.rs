//! What a table of hospitals would change. A hospital may stand below one of an earlier line.

use super::fields::{self, Fault};
use super::plan::{Line, Outcome, Plan, differs};
use super::profile::Site;
use super::sheet::Table;
use super::{Hospital, area};
use crate::Op;
use kernel::{Id, Level};
use std::collections::HashMap;

/// The words for levels, as in a file.
const LEVELS: &[(Level, &str, &str)] = &[
    (Level::International, "国际", "International"),
    (Level::National, "国家级", "National"),
    (Level::Province, "省级", "Province"),
    (Level::City, "市级", "City"),
    (Level::County, "县级", "County"),
    (Level::Township, "乡镇级", "Township"),
    (Level::Village, "村级", "Village"),
];

/// The word for a level.
pub fn level_word(level: Level, lang: crate::Lang) -> &'static str {
    let found = LEVELS.iter().find(|(l, ..)| *l == level);
    found.map_or(level.code(), |(_, zh, en)| if lang == crate::Lang::Zh { zh } else { en })
}

fn level_of(text: &str) -> Option<Level> {
    let same = |word: &str| word.eq_ignore_ascii_case(text);
    LEVELS.iter().find(|(level, zh, en)| same(level.code()) || same(zh) || same(en)).map(|(level, ..)| *level)
}

/// Plans a table of hospitals.
pub fn plan(op: &Op, table: &Table) -> Plan {
    let directory = &op.platform().directory;
    let mut plan = Plan::default();
    // Hospitals as they stand after the lines before.
    let mut sites: HashMap<String, Site> =
        directory.sites().iter().map(|s| (s.hospital.id.to_string(), Site::clone(s))).collect();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (number, cells) in &table.lines {
        let cell = |code: &str| {
            let at = table.columns.iter().position(|c| *c == code);
            at.and_then(|at| cells.get(at)).map(String::as_str).unwrap_or_default()
        };
        let (key, mut faults) = (cell("id").to_owned(), vec![]);
        let site = read(op, &sites, &cell, table.columns.contains(&"parent"), &mut faults);
        if let Some(first) = seen.insert(key.clone(), *number) {
            faults.push(Fault::new("id", "twice", &key).at(first));
        }
        let mut line = Line {
            line: *number,
            outcome: Outcome::Bad,
            key: key.clone(),
            name: cell("name").to_owned(),
            changes: vec![],
            faults: vec![],
            link: None,
        };
        match site {
            Some(site) if faults.is_empty() => {
                line.outcome = match sites.get(&key) {
                    None => Outcome::New,
                    Some(before) => {
                        let (b, a) = (&before.hospital, &site.hospital);
                        differs("name", &b.name, &a.name, &mut line.changes);
                        differs("name_en", &b.name_en, &a.name_en, &mut line.changes);
                        let word = |level| level_word(level, op.lang());
                        differs("level", word(b.level), word(a.level), &mut line.changes);
                        let id = |id: &Option<Id>| id.as_ref().map(ToString::to_string).unwrap_or_default();
                        differs("parent", &id(&b.parent), &id(&a.parent), &mut line.changes);
                        if line.changes.is_empty() { Outcome::Same } else { Outcome::Changed }
                    }
                };
                if line.outcome != Outcome::Same {
                    plan.sites.push(site.clone());
                }
                sites.insert(key, site);
            }
            _ => line.faults = faults,
        }
        plan.lines.push(line);
    }
    plan
}

fn read<'a>(
    op: &Op,
    sites: &HashMap<String, Site>,
    cell: &impl Fn(&str) -> &'a str,
    has_parent: bool,
    faults: &mut Vec<Fault>,
) -> Option<Site> {
    let before = sites.get(cell("id"));
    let id = Id::new(cell("id"));
    match &id {
        Err(_) if cell("id").is_empty() => faults.push(Fault::new("id", "missing", "")),
        Err(_) => faults.push(Fault::new("id", "not-allowed", cell("id"))),
        Ok(id) if before.is_none() && op.platform().directory.place(id).is_some() => {
            faults.push(Fault::new("id", "taken", id.as_str()));
        }
        Ok(id) if before.is_some() && !area::holds(op, id) => faults.push(Fault::new("id", "outside", id.as_str())),
        Ok(_) => {}
    }
    faults.extend(fields::of_names(cell("name"), cell("name_en")));
    let level = level_of(cell("level"));
    if level.is_none() {
        faults.push(Fault::new("level", if cell("level").is_empty() { "missing" } else { "unknown" }, cell("level")));
    }
    let (id, level) = (id.ok()?, level?);
    let parent = match cell("parent") {
        "" if has_parent && before.is_none() => None,
        "" => before.and_then(|b| b.hospital.parent.clone()),
        text => Some(above(sites, text, &id, level, faults)?),
    };
    if before.map(|b| &b.hospital.parent) != Some(&parent) && !is_mine(op, sites, parent.as_ref()) {
        faults.push(Fault::new("parent", "outside", cell("parent")));
    }
    let (name, name_en) = (cell("name").to_owned(), cell("name_en").to_owned());
    let active = before.is_none_or(|b| b.active);
    Some(Site { hospital: Hospital { id, name, name_en, level, parent }, active })
}

/// The hospital above: by id or name, higher or of the same level, not below the hospital itself.
fn above(sites: &HashMap<String, Site>, text: &str, id: &Id, level: Level, faults: &mut Vec<Fault>) -> Option<Id> {
    let named = || sites.values().find(|s| s.hospital.name == text || s.hospital.name_en.eq_ignore_ascii_case(text));
    let Some(found) = sites.get(text).or_else(named) else {
        faults.push(Fault::new("parent", "unknown", text));
        return None;
    };
    if found.level() > level {
        faults.push(Fault::new("level", "level", text));
    }
    let chain = chain(sites, &found.hospital.id);
    if chain.contains(id) {
        faults.push(Fault::new("parent", "not-allowed", text));
    }
    Some(found.hospital.id.clone())
}

/// Whether something may be hung below `parent`: it is the actor's to manage, perhaps because of an earlier line.
fn is_mine(op: &Op, sites: &HashMap<String, Site>, parent: Option<&Id>) -> bool {
    let own = &op.actor().hospital;
    area::runs_all(op) || parent.is_some_and(|parent| chain(sites, parent).contains(own))
}

/// A hospital and all above it.
fn chain(sites: &HashMap<String, Site>, id: &Id) -> Vec<Id> {
    let mut chain = vec![id.clone()];
    while chain.len() <= Level::ALL.len() {
        let above = chain.last().and_then(|id| sites.get(id.as_str())).and_then(|s| s.hospital.parent.clone());
        let Some(above) = above else { break };
        chain.push(above);
    }
    chain
}
