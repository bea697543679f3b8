//! What a table of terminals and devices would change. A device may stand in a room or ward of the same file.

use super::device::Device;
use super::fields::{self, Fault};
use super::ground::Ground;
use super::plan::{CellChange, Line, Outcome, Plan, differs};
use super::profile::PlaceKind;
use super::sheet::{Table, same};
use crate::codes::{DEVICES, word};
use crate::{Lang, Op};
use kernel::Id;
use std::collections::HashMap;

/// Plans a table of devices.
pub fn plan(op: &Op, table: &Table, ground: &mut Ground, plan: &mut Plan) {
    let mut seen: HashMap<Id, usize> = HashMap::new();
    for (number, cells) in &table.lines {
        let mut line = Line::bad("devices", *number, table.cell(cells, "id"), table.cell(cells, "name"));
        let mut faults = vec![];
        let read = read(op, ground, &|code| table.cell(cells, code), &mut faults);
        if let Some((device, _)) = &read
            && let Some(other) = seen.get(&device.id)
        {
            faults.push(Fault::new("name", "twice", &device.name).at(*other));
        }
        let Some((device, before)) = read.filter(|_| faults.is_empty()) else {
            line.faults = faults;
            plan.lines.push(line);
            continue;
        };
        seen.insert(device.id.clone(), *number);
        line.outcome = match &before {
            None => Outcome::New,
            Some(before) => {
                line.key = before.id.to_string();
                line.changes = told(ground, before, &device, op.lang());
                if line.changes.is_empty() { Outcome::Same } else { Outcome::Changed }
            }
        };
        if line.outcome != Outcome::Same {
            plan.devices.push((plan.lines.len(), device.clone(), before.is_none()));
        }
        plan.lines.push(line);
        ground.put_device(device);
    }
}

fn told(ground: &Ground, before: &Device, after: &Device, lang: Lang) -> Vec<CellChange> {
    let mut changes = vec![];
    differs("kind", word(DEVICES, &before.kind, lang), word(DEVICES, &after.kind, lang), &mut changes);
    differs("name", &before.name, &after.name, &mut changes);
    let place = |device: &Device| {
        let place = device.place.as_ref().and_then(|id| ground.place(id));
        place.map(|place| place.name.clone()).unwrap_or_default()
    };
    differs("place", &place(before), &place(after), &mut changes);
    for (field, before, after) in [
        ("manufacturer", &before.manufacturer, &after.manufacturer),
        ("model", &before.model, &after.model),
        ("serial", &before.serial, &after.serial),
    ] {
        differs(field, before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default(), &mut changes);
    }
    changes
}

/// The device of a line as it is to be, and as it is.
fn read<'a>(
    op: &Op,
    ground: &Ground,
    cell: &impl Fn(&str) -> &'a str,
    faults: &mut Vec<Fault>,
) -> Option<(Device, Option<Device>)> {
    let kind = DEVICES.iter().find(|(code, zh, en)| [code, zh, en].iter().any(|word| same(cell("kind"), word)));
    if kind.is_none() {
        faults.push(Fault::new("kind", if cell("kind").is_empty() { "missing" } else { "unknown" }, cell("kind")));
    }
    let hospital = ground.hospital(cell("hospital"), faults).map(|site| site.hospital.id.clone());
    let ((kind, ..), hospital) = (kind?, hospital?);
    let place = match cell("place") {
        "" => None,
        text => {
            let Some(place) = ground.place_of(&hospital, text, PlaceKind::holds_devices) else {
                faults.push(Fault::new("place", "unknown", text));
                return None;
            };
            Some(place.id.clone())
        }
    };
    let name = cell("name");
    let before = match cell("id") {
        "" => ground.device_of(&hospital, name),
        text => Id::new(text).ok().and_then(|id| ground.device(&id)),
    };
    let id = match (before, cell("id")) {
        (Some(before), _) if before.hospital != hospital || !before.active => {
            // Of another hospital, or out of use: nothing that this line may lay hands on.
            faults.push(Fault::new("id", "taken", cell("id")));
            return None;
        }
        (Some(before), _) => before.id.clone(),
        (None, "") => op.new_id(),
        (None, text) => {
            let Ok(id) = Id::new(text) else {
                faults.push(Fault::new("id", "not-allowed", text));
                return None;
            };
            id
        }
    };
    let given = |code: &str| Some(cell(code)).filter(|text| !text.is_empty()).map(str::to_owned);
    let device = Device {
        id,
        kind: (*kind).to_owned(),
        active: true,
        name: name.to_owned(),
        hospital,
        place,
        manufacturer: given("manufacturer"),
        model: given("model"),
        serial: given("serial"),
    };
    faults.extend(fields::of_device(&device));
    if ground.device_of(&device.hospital, name).is_some_and(|other| other.id != device.id) {
        faults.push(Fault::new("name", "taken", name));
    }
    Some((device, before.cloned()))
}
