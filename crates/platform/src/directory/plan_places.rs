//! What a table of departments, rooms, wards and beds would change. A bed may stand in a ward of the same file.

use super::fields::{self, Fault};
use super::ground::Ground;
use super::plan::{CellChange, Line, Outcome, Plan, differs};
use super::profile::{Place, PlaceKind};
use super::sheet::{Table, same};
use crate::{Lang, Op};
use kernel::Id;
use std::collections::HashMap;

/// The words for kinds, as in a file.
const KINDS: &[(PlaceKind, &str, &str)] = &[
    (PlaceKind::Department, "科室", "Department"),
    (PlaceKind::Room, "会诊室", "Room"),
    (PlaceKind::Virtual, "虚拟会诊室", "Virtual room"),
    (PlaceKind::Ward, "病区", "Ward"),
    (PlaceKind::Icu, "重症监护室", "Intensive care unit"),
    (PlaceKind::Bed, "床位", "Bed"),
];

/// The word for a kind.
pub fn kind_word(kind: PlaceKind, lang: Lang) -> &'static str {
    let found = KINDS.iter().find(|(k, ..)| *k == kind);
    found.map_or(kind.code(), |(_, zh, en)| if lang == Lang::Zh { zh } else { en })
}

fn kind_of(text: &str) -> Option<PlaceKind> {
    let found = KINDS.iter().find(|(kind, zh, en)| [kind.code(), zh, en].iter().any(|word| same(text, word)));
    found.map(|(kind, ..)| *kind)
}

/// Plans a table of places.
pub fn plan(op: &Op, table: &Table, ground: &mut Ground, plan: &mut Plan) {
    let mut seen: HashMap<Id, usize> = HashMap::new();
    let first = plan.lines.len();
    let mut beds = vec![];
    for (at, (number, cells)) in table.lines.iter().enumerate() {
        plan.lines.push(Line::bad("places", *number, table.cell(cells, "id"), table.cell(cells, "name")));
        if kind_of(table.cell(cells, "kind")) == Some(PlaceKind::Bed) {
            beds.push(at);
            continue;
        }
        one(op, table, at, &mut seen, ground, (plan, first));
    }
    for at in beds {
        one(op, table, at, &mut seen, ground, (plan, first));
    }
}

fn one(
    op: &Op,
    table: &Table,
    at: usize,
    seen: &mut HashMap<Id, usize>,
    ground: &mut Ground,
    (plan, first): (&mut Plan, usize),
) {
    let (number, cells) = &table.lines[at];
    let mut faults = vec![];
    let read = read(op, ground, &|code| table.cell(cells, code), &mut faults);
    if let Some((place, _)) = &read
        && let Some(other) = seen.get(&place.id)
    {
        faults.push(Fault::new("name", "twice", &place.name).at(*other));
    }
    let line = &mut plan.lines[first + at];
    let Some((place, before)) = read.filter(|_| faults.is_empty()) else {
        line.faults = faults;
        return;
    };
    seen.insert(place.id.clone(), *number);
    line.outcome = match &before {
        None => Outcome::New,
        Some(before) => {
            line.key = before.id.to_string();
            line.changes = told(ground, before, &place, op.lang());
            if line.changes.is_empty() { Outcome::Same } else { Outcome::Changed }
        }
    };
    if line.outcome != Outcome::Same {
        plan.places.push((first + at, place.clone(), before.is_none()));
    }
    ground.put_place(place);
}

fn told(ground: &Ground, before: &Place, after: &Place, lang: Lang) -> Vec<CellChange> {
    let mut changes = vec![];
    differs("kind", kind_word(before.kind, lang), kind_word(after.kind, lang), &mut changes);
    differs("name", &before.name, &after.name, &mut changes);
    differs("name_en", &before.name_en, &after.name_en, &mut changes);
    let ward = |place: &Place| {
        let ward = place.ward.as_ref().and_then(|id| ground.place(id));
        ward.map(|ward| ward.name.clone()).unwrap_or_default()
    };
    differs("ward", &ward(before), &ward(after), &mut changes);
    changes
}

/// The place of a line as it is to be, and as it is.
fn read<'a>(
    op: &Op,
    ground: &Ground,
    cell: &impl Fn(&str) -> &'a str,
    faults: &mut Vec<Fault>,
) -> Option<(Place, Option<Place>)> {
    let kind = kind_of(cell("kind"));
    if kind.is_none() {
        faults.push(Fault::new("kind", if cell("kind").is_empty() { "missing" } else { "unknown" }, cell("kind")));
    }
    let hospital = ground.hospital(cell("hospital"), faults).map(|site| site.hospital.id.clone());
    let (kind, hospital) = (kind?, hospital?);
    let ward = match (kind, cell("ward")) {
        (PlaceKind::Bed, "") => {
            faults.push(Fault::new("ward", "missing", ""));
            return None;
        }
        (PlaceKind::Bed, text) => {
            let Some(ward) = ground.place_of(&hospital, text, PlaceKind::has_beds) else {
                faults.push(Fault::new("ward", "unknown", text));
                return None;
            };
            Some(ward.id.clone())
        }
        _ => None,
    };
    let name = cell("name");
    let of_name = |place: &&Place| place.kind.sort() == kind.sort() && place.ward == ward && place.name == name;
    let before = match cell("id") {
        "" => ground.places_of(&hospital, name).find(of_name),
        text => Id::new(text).ok().and_then(|id| ground.place(&id)),
    };
    let id = match (before, cell("id")) {
        (Some(before), _) if before.hospital != hospital || before.kind.sort() != kind.sort() || !before.active => {
            // Of another hospital, closed, or of another kind: nothing that this line may lay hands on.
            faults.push(Fault::new("id", "taken", cell("id")));
            return None;
        }
        (Some(before), _) => before.id.clone(),
        (None, "") => op.new_id(),
        (None, text) => {
            let id = Id::new(text).ok().filter(|id| ground.site(id.as_str()).is_none());
            let Some(id) = id else {
                faults.push(Fault::new("id", "not-allowed", text));
                return None;
            };
            id
        }
    };
    // Most beds have a number and no English name.
    let name_en = match (cell("name_en"), before) {
        ("", Some(before)) if before.name == name => before.name_en.clone(),
        ("", _) => name.to_owned(),
        (text, _) => text.to_owned(),
    };
    faults.extend(fields::of_names(name, &name_en));
    if ground.places_of(&hospital, name).any(|other| of_name(&other) && other.id != id) {
        faults.push(Fault::new("name", "taken", name));
    }
    let place = Place {
        id,
        kind,
        active: true,
        name: name.to_owned(),
        name_en,
        hospital,
        ward,
        taken: before.is_some_and(|b| b.taken),
    };
    Some((place, before.cloned()))
}
