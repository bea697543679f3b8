//! What a table of hospitals would change. A hospital may stand below one of the same file, before or after it.

use super::Hospital;
use super::fields::{self, Fault};
use super::ground::Ground;
use super::plan::{Line, Outcome, Plan, differs};
use super::profile::Site;
use super::sheet::Table;
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
pub fn plan(op: &Op, table: &Table, ground: &mut Ground, plan: &mut Plan) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let first = plan.lines.len();
    plan.lines.extend(
        table
            .lines
            .iter()
            .map(|(number, cells)| Line::bad("hospitals", *number, table.cell(cells, "id"), table.cell(cells, "name"))),
    );
    for at in above_first(table) {
        let (number, cells) = &table.lines[at];
        let cell = |code: &str| table.cell(cells, code);
        let (key, mut faults) = (cell("id").to_owned(), vec![]);
        let site = read(ground, &cell, table.columns.contains(&"parent"), &mut faults);
        if let Some(first) = seen.insert(key.clone(), *number) {
            faults.push(Fault::new("id", "twice", &key).at(first));
        }
        let line = &mut plan.lines[first + at];
        match site {
            Some(site) if faults.is_empty() => {
                line.outcome = match ground.site(&key) {
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
                    plan.sites.push((first + at, site.clone()));
                }
                ground.put_site(site);
            }
            _ => line.faults = faults,
        }
    }
}

/// The lines in such an order that what stands above comes first, else as in the file. Lines that go round in a circle come
/// last: the first of them finds nobody above, or somebody who is below.
fn above_first(table: &Table) -> Vec<usize> {
    let cell = |at: usize, code: &str| table.cell(&table.lines[at].1, code);
    let mut named: HashMap<&str, usize> = HashMap::new();
    for at in (0..table.lines.len()).rev() {
        for code in ["name_en", "name", "id"] {
            named.insert(cell(at, code), at);
        }
    }
    named.remove("");
    let (mut order, mut taken) = (Vec::with_capacity(table.lines.len()), vec![false; table.lines.len()]);
    for start in 0..table.lines.len() {
        let mut chain = vec![];
        let mut at = Some(start);
        while let Some(line) = at.filter(|line| !taken[*line]) {
            taken[line] = true;
            chain.push(line);
            at = named.get(cell(line, "parent")).copied();
        }
        order.extend(chain.into_iter().rev());
    }
    order
}

fn read<'a>(
    ground: &Ground,
    cell: &impl Fn(&str) -> &'a str,
    has_parent: bool,
    faults: &mut Vec<Fault>,
) -> Option<Site> {
    let before = ground.site(cell("id"));
    let id = Id::new(cell("id"));
    match &id {
        Err(_) if cell("id").is_empty() => faults.push(Fault::new("id", "missing", "")),
        Err(_) => faults.push(Fault::new("id", "not-allowed", cell("id"))),
        // Whether it is a place or somebody else's hospital is nobody's business here.
        Ok(id) if before.is_none() && ground.place(id).is_some() => {
            faults.push(Fault::new("id", "taken", id.as_str()));
        }
        Ok(id) if before.is_some() && !ground.holds(id) => faults.push(Fault::new("id", "outside", id.as_str())),
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
        text => Some(above(ground, text, &id, level, faults)?),
    };
    if before.map(|b| &b.hospital.parent) != Some(&parent) && !ground.holds_below(parent.as_ref()) {
        faults.push(Fault::new("parent", "outside", ""));
    }
    let (name, name_en) = (cell("name").to_owned(), cell("name_en").to_owned());
    let active = before.is_none_or(|b| b.active);
    Some(Site { hospital: Hospital { id, name, name_en, level, parent }, active })
}

/// The hospital above: by id or name, higher or of the same level, not below the hospital itself. One that is not the actor's
/// is `outside` whether it is there or not.
fn above(ground: &Ground, text: &str, id: &Id, level: Level, faults: &mut Vec<Fault>) -> Option<Id> {
    let Some(found) = ground.site(text).or_else(|| ground.sites_of(text).next()) else {
        faults.push(Fault::new("parent", ground.absent(), text));
        return None;
    };
    if !ground.holds(&found.hospital.id)
        && ground.site(id.as_str()).is_none_or(|s| s.hospital.parent.as_ref() != Some(&found.hospital.id))
    {
        faults.push(Fault::new("parent", "outside", text));
        return None;
    }
    if found.level() > level {
        faults.push(Fault::new("level", "level", text));
    }
    if ground.chain(&found.hospital.id).contains(id) {
        faults.push(Fault::new("parent", "not-allowed", text));
    }
    Some(found.hospital.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_levels_in_three_ways() {
        assert_eq!(LEVELS.len(), Level::ALL.len());
        for level in Level::ALL {
            for word in [level.code(), level_word(level, crate::Lang::Zh), level_word(level, crate::Lang::En)] {
                assert_eq!(level_of(word), Some(level), "{word}");
            }
        }
        assert_eq!(level_of("大区"), None);
    }
}
