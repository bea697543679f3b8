//! How a calendar is written as FHIR and read back: the only place that knows (docs/FHIR.md).
//!
//! Weekly hours and the limit stand in the PractitionerRole. A Schedule of the same id is the calendar itself: its version is the one that clients send back,
//! and each entry of it is a Slot, `busy-unavailable` for leave and `free` for a duty. Why somebody is away is a Basic in the person's own custody, so that
//! no hospital's program reads it.

use super::calendar::{Day, Duty, Leave, Reason, Shift, Spell};
use fhir::{Reference, ResourceType};
use jiff::civil;
use kernel::{Id, Time};
use platform::case::{Who, write_who};
use platform::codes::SPECIALTY;
use platform::directory::Role;
use serde_json::{Value, json};

/// Kinds of Slot: `leave` and `on-call`.
pub const CALENDAR: &str = "urn:consilium:calendar";
/// Codes of [`CALENDAR`].
pub const LEAVE: &str = "leave";
/// Codes of [`CALENDAR`].
pub const ON_CALL: &str = "on-call";
/// Reasons of leave.
const REASON: &str = "urn:consilium:leave-reason";
/// Extension of a duty's Slot: the place in the standby ring.
const RANK: &str = "urn:consilium:ext:standby-rank";
/// Extension of a PractitionerRole: most consultations of a day.
const LIMIT: &str = "urn:consilium:ext:consults-per-day";

/// The Schedule of a post.
pub fn schedule_at(role: &Id) -> Reference {
    Reference::new(ResourceType::SCHEDULE, role.clone())
}

/// The Slot of an entry.
pub fn slot_at(id: &Id) -> Reference {
    Reference::new(ResourceType::SLOT, id.clone())
}

/// The Basic with a leave's reason: of the same id as its Slot.
pub fn reason_at(id: &Id) -> Option<Reference> {
    Some(Reference::new(ResourceType::from_name("Basic")?, id.clone()))
}

/// The Schedule.
pub fn schedule(role: &Role) -> Value {
    let who = Who { role: role.id.clone(), person: role.person.clone(), hospital: role.hospital.clone() };
    let mut body = json!({
        "resourceType": "Schedule",
        "id": role.id,
        "active": true,
        "actor": [write_who(&who), {"reference": format!("Practitioner/{}", role.person)}],
    });
    if !role.specialties.is_empty() {
        body["specialty"] = role.specialties.iter().map(|s| concept(SPECIALTY, s)).collect();
    }
    body
}

fn concept(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

fn slot(id: &Id, role: &Id, kind: &str, status: &str, spell: &Spell) -> Value {
    json!({
        "resourceType": "Slot",
        "id": id,
        "serviceCategory": [concept(CALENDAR, kind)],
        "schedule": {"reference": schedule_at(role).to_string()},
        "status": status,
        "start": spell.from.to_string(),
        "end": spell.to.to_string(),
    })
}

/// The Slot of a leave.
pub fn leave(role: &Id, leave: &Leave) -> Value {
    slot(&leave.id, role, LEAVE, "busy-unavailable", &leave.spell)
}

/// The Basic that says why.
pub fn reason(leave: &Id, person: &Id, reason: Reason) -> Value {
    json!({
        "resourceType": "Basic",
        "id": leave,
        "code": concept(REASON, reason.code()),
        "subject": {"reference": slot_at(leave).to_string()},
        "author": {"reference": format!("Practitioner/{person}")},
    })
}

/// The Slot of a duty.
pub fn duty(role: &Id, duty: &Duty) -> Value {
    let mut body = slot(&duty.id, role, ON_CALL, "free", &duty.spell);
    body["specialty"] = json!([concept(SPECIALTY, &duty.specialty)]);
    body["extension"] = json!([{"url": RANK, "valuePositiveInt": duty.rank}]);
    body
}

/// The status of what was taken out.
pub const REMOVED: &str = "entered-in-error";

/// The Slot of something that was taken out: it stays readable, and says that it does not hold.
pub fn removed(mut slot: Value) -> Value {
    slot["status"] = REMOVED.into();
    slot
}

/// The duty of a Slot, and whether it holds: calendars that have one learn that it was taken out.
pub fn read_duty(mut slot: Value) -> Option<(Duty, bool)> {
    let holds = slot["status"] != REMOVED;
    if !holds {
        slot["status"] = "free".into();
    }
    match read_slot(&slot)? {
        (_, Entry::Duty(duty)) => Some((duty, holds)),
        (_, Entry::Leave(_)) => None,
    }
}

/// An entry as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Away.
    Leave(Leave),
    /// On call.
    Duty(Duty),
}

/// Reads a Slot and to whose Schedule it belongs; none when it is not ours or was taken out.
pub fn read_slot(body: &Value) -> Option<(Id, Entry)> {
    let schedule: Reference = body["schedule"]["reference"].as_str()?.parse().ok()?;
    let id = Id::new(body["id"].as_str()?).ok()?;
    let spell = Spell { from: time(&body["start"])?, to: time(&body["end"])? };
    let entry = match (code_among(&body["serviceCategory"], CALENDAR)?, body["status"].as_str()?) {
        (LEAVE, "busy-unavailable") => Entry::Leave(Leave { id, spell }),
        (ON_CALL, "free") => {
            let specialty = code_among(&body["specialty"], SPECIALTY)?.to_owned();
            let rank = extension(body, RANK).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok())?;
            Entry::Duty(Duty { id, spell, specialty, rank })
        }
        _ => return None,
    };
    Some((schedule.id, entry))
}

/// Reads why.
pub fn read_reason(body: &Value) -> Option<Reason> {
    Reason::from_code(code_among(&json!([body["code"]]), REASON)?)
}

/// Lays hours and limit over a PractitionerRole; all else stays.
pub fn put_hours(body: &mut Value, hours: Option<&[Shift]>, limit: Option<u32>) {
    let mut extensions = items(&body["extension"]).to_vec();
    extensions.retain(|e| e["url"] != LIMIT);
    extensions.extend(limit.map(|limit| json!({"url": LIMIT, "valuePositiveInt": limit})));
    let times: Vec<Value> = hours.unwrap_or_default().iter().map(shift).collect();
    let Some(members) = body.as_object_mut() else { return };
    for (member, list) in [("extension", extensions), ("availableTime", times)] {
        if list.is_empty() {
            members.shift_remove(member);
        } else {
            members.insert(member.to_owned(), list.into());
        }
    }
}

fn shift(shift: &Shift) -> Value {
    if shift.from == civil::Time::midnight() && shift.to == shift.from {
        return json!({"daysOfWeek": shift.days, "allDay": true});
    }
    let time = |at: civil::Time| at.strftime("%H:%M:%S").to_string();
    json!({"daysOfWeek": shift.days, "availableStartTime": time(shift.from), "availableEndTime": time(shift.to)})
}

/// Reads hours and limit of a PractitionerRole.
pub fn read_hours(body: &Value) -> (Option<Vec<Shift>>, Option<u32>) {
    let read = |one: &Value| {
        let days: Vec<Day> =
            items(&one["daysOfWeek"]).iter().filter_map(|d| serde_json::from_value(d.clone()).ok()).collect();
        let days = if days.is_empty() { Day::ALL.to_vec() } else { days };
        let time = |member: &str| one[member].as_str()?.parse::<civil::Time>().ok();
        let (from, to) = match one["allDay"] == true {
            true => (civil::Time::midnight(), civil::Time::midnight()),
            false => (time("availableStartTime")?, time("availableEndTime")?),
        };
        Some(Shift { days, from, to })
    };
    let hours = body["availableTime"].as_array().map(|all| all.iter().filter_map(read).collect());
    let limit = extension(body, LIMIT).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    (hours, limit)
}

fn extension<'a>(body: &'a Value, url: &str) -> Option<&'a Value> {
    items(&body["extension"]).iter().find(|e| e["url"] == url).map(|e| &e["valuePositiveInt"])
}

fn code_among<'a>(concepts: &'a Value, system: &str) -> Option<&'a str> {
    let codings = concepts.as_array()?.iter().flat_map(|c| items(&c["coding"]));
    codings.into_iter().find(|c| c["system"] == system).and_then(|c| c["code"].as_str())
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn time(value: &Value) -> Option<Time> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fhir::validate::{Options, Severity, validate};

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn sound(body: &Value) {
        let found = validate(body, Options::default());
        let wrong: Vec<_> = found.iter().filter(|i| i.severity == Severity::Error).collect();
        assert!(wrong.is_empty(), "{wrong:?}\n{body:#}");
    }

    fn role() -> Role {
        let specialties = vec!["respiratory".to_owned()];
        Role { id: id("r"), person: id("p"), hospital: id("h"), role: kernel::Role::Specialist, specialties }
    }

    #[test]
    fn what_is_written_is_fhir_and_is_read_back() {
        let spell =
            Spell { from: "2026-11-21T14:00:00Z".parse().unwrap(), to: "2026-11-21T22:00:00Z".parse().unwrap() };
        sound(&schedule(&role()));
        let away = Leave { id: id("l"), spell };
        let body = leave(&id("r"), &away);
        sound(&body);
        assert_eq!(read_slot(&body), Some((id("r"), Entry::Leave(away))));
        let removed = removed(body);
        sound(&removed);
        assert_eq!(read_slot(&removed), None);
        let on_call = Duty { id: id("d"), spell, specialty: "respiratory".into(), rank: 2 };
        let body = duty(&id("r"), &on_call);
        sound(&body);
        assert_eq!(read_slot(&body), Some((id("r"), Entry::Duty(on_call))));
        for why in Reason::ALL {
            let body = reason(&id("l"), &id("p"), why);
            sound(&body);
            assert_eq!(read_reason(&body), Some(why));
        }
        assert!(
            !leave(&id("r"), &Leave { id: id("l"), spell }).to_string().contains("sick"),
            "the Slot says no reason"
        );
    }

    #[test]
    fn hours_stand_in_the_role_beside_what_others_wrote() {
        let mut body = platform::directory::resources::write_role(&role());
        body["extension"] =
            json!([{"url": "urn:consilium:ext:department", "valueReference": {"reference": "Organization/d"}}]);
        let before = body.clone();
        assert_eq!(read_hours(&body), (None, None));
        let shift = |days: &[Day], from: &str, to: &str| Shift {
            days: days.to_vec(),
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        };
        let hours = [shift(&[Day::Mon, Day::Fri], "22:00", "06:00"), shift(&[Day::Sun], "00:00", "00:00")];
        put_hours(&mut body, Some(&hours), Some(6));
        sound(&body);
        assert_eq!(read_hours(&body), (Some(hours.to_vec()), Some(6)));
        assert_eq!(body["availableTime"][1], json!({"daysOfWeek": ["sun"], "allDay": true}));
        put_hours(&mut body, None, None);
        assert_eq!(body, before);
    }
}
