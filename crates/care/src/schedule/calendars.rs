//! The calendars of experts, read from the record; and how an entry of one is kept.

use super::calendar::{AHEAD_MAX, Calendar, LEAVE_MAX, Reason, SpecialDays, Spell};
use super::resources::{self, CALENDAR, Entry, schedule_at};
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::decide::Facts;
use kernel::{Actor, Id, Role as Kind, Time};
use platform::directory::{Directory, Role};
use platform::{Op, Platform, Problem};
use records::{Change, CommitError, Expect, Query, Resource, Store, Subject, Viewer, Write};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;

/// Values that a search takes of one parameter.
const TOGETHER: usize = 200;

/// A calendar that was changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RotaChanged)]
pub struct Changed {
    /// The calendar's version now.
    pub version: u64,
    /// The entry, where one was added or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub id: Option<Id>,
}

/// The calendars of these specialists, by post, as far as they concern a window.
pub async fn of(platform: &Platform, roles: &[Arc<Role>], window: Spell) -> Result<BTreeMap<Id, Calendar>, Problem> {
    let (store, directory) = (&*platform.store, &platform.directory);
    // Who is away at one hospital is away at the other.
    let mut all: BTreeMap<Id, Arc<Role>> = roles.iter().map(|r| (r.id.clone(), r.clone())).collect();
    for role in roles {
        let posts = directory.roles_of(&role.person).into_iter().filter(|r| r.role == Kind::Specialist);
        all.extend(posts.map(|r| (r.id.clone(), r)));
    }
    let ids: Vec<&Id> = all.keys().collect();
    let hospitals: BTreeSet<&Id> = all.values().map(|role| &role.hospital).collect();
    let special: BTreeMap<&Id, Arc<SpecialDays>> =
        hospitals.into_iter().map(|hospital| (hospital, Arc::new(special_days(platform, hospital)))).collect();
    let begun = |role: &Role| Calendar {
        zone: directory.zone_of(&role.person),
        special: special.get(&role.hospital).cloned().unwrap_or_default(),
        ..Calendar::default()
    };
    let mut calendars: BTreeMap<Id, Calendar> = all.iter().map(|(id, role)| (id.clone(), begun(role))).collect();
    for some in ids.chunks(TOGETHER) {
        let list = some.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(",");
        for schedule in found(store, Query::of(ResourceType::SCHEDULE).with("_id", list.clone())).await? {
            if let Some(calendar) = calendars.get_mut(&schedule.at.id) {
                calendar.version = schedule.version;
            }
        }
        for role in found(store, Query::of(ResourceType::PRACTITIONER_ROLE).with("_id", list)).await? {
            if let Some(calendar) = calendars.get_mut(&role.at.id) {
                (calendar.hours, calendar.limit) = resources::read_hours(&role.value()?);
            }
        }
    }
    for slot in slots(store, &ids, window).await? {
        let Some((schedule, entry)) = resources::read_slot(&slot.value()?) else { continue };
        let Some(calendar) = calendars.get_mut(&schedule) else { continue };
        match entry {
            Entry::Leave(leave) if leave.spell.to > window.from => calendar.leaves.push(leave),
            Entry::Duty(duty) if duty.spell.to > window.from => calendar.duties.push(duty),
            _ => {}
        }
    }
    for calendar in calendars.values_mut() {
        calendar.leaves.sort_by_key(|l| l.spell);
        calendar.duties.sort_by_key(|d| (d.spell, d.rank));
    }
    let mut leaves: BTreeMap<&Id, Vec<(&Id, Spell)>> = BTreeMap::new();
    for (id, role) in &all {
        leaves.entry(&role.person).or_default().extend(calendars[id].leaves.iter().map(|l| (id, l.spell)));
    }
    let elsewhere: Vec<(Id, Vec<Spell>)> = all
        .iter()
        .map(|(id, role)| {
            let others = leaves[&role.person].iter().filter(|(other, _)| *other != id).map(|(_, spell)| *spell);
            (id.clone(), others.collect())
        })
        .collect();
    for (id, elsewhere) in elsewhere {
        if let Some(calendar) = calendars.get_mut(&id) {
            calendar.elsewhere = elsewhere;
        }
    }
    Ok(calendars)
}

/// The holidays of a hospital, and the days made up for them: its own, else those of the nearest above.
pub fn special_days(platform: &Platform, hospital: &Id) -> SpecialDays {
    let tree = platform.directory.tree();
    let days = |key| platform.chosen.days(key, hospital, &tree);
    SpecialDays { holidays: days("schedule.holidays"), workdays: days("schedule.workdays") }
}

/// The Slots that may reach into a window: no leave is longer than [`LEAVE_MAX`].
async fn slots(store: &dyn Store, roles: &[&Id], window: Spell) -> Result<Vec<Resource>, Problem> {
    let mut query = Query::of(ResourceType::SLOT)
        .with("service-category", format!("{CALENDAR}|"))
        .with("status", "free,busy-unavailable")
        .with("start", format!("ge{}", window.from - LEAVE_MAX))
        .with("start", format!("lt{}", window.to));
    if roles.len() <= TOGETHER {
        let list = roles.iter().map(|id| schedule_at(id).to_string()).collect::<Vec<_>>().join(",");
        query = query.with("schedule", list);
    }
    if roles.is_empty() { Ok(vec![]) } else { found(store, query).await }
}

async fn found(store: &dyn Store, query: Query) -> Result<Vec<Resource>, Problem> {
    let mut query = query.count(1000);
    let mut found = vec![];
    loop {
        let page = store.search(&Viewer::System, &query).await?;
        found.extend(page.matches);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// Why each of these leaves is taken, for those who may know.
pub async fn reasons(store: &dyn Store, leaves: &[Id]) -> Result<BTreeMap<Id, Reason>, Problem> {
    let mut why = BTreeMap::new();
    let Some(ty) = ResourceType::from_name("Basic") else { return Ok(why) };
    for some in leaves.chunks(TOGETHER) {
        let list = some.iter().map(Id::as_str).collect::<Vec<_>>().join(",");
        for basic in found(store, Query::of(ty).with("_id", list)).await? {
            why.extend(resources::read_reason(&basic.value()?).map(|reason| (basic.at.id.clone(), reason)));
        }
    }
    Ok(why)
}

/// What `decide` looks at: whose calendar, of which hospital.
pub fn facts(directory: &Directory, actor: &Actor, role: &Role) -> Facts {
    Facts {
        custodian: Some(role.hospital.clone()),
        custodian_is_within: directory.tree().is_within(&role.hospital, &actor.hospital),
        person: Some(role.person.clone()),
        ..Facts::default()
    }
}

/// A calendar that somebody wants to change, with everything of it that is not over.
pub struct Open {
    /// Whose.
    pub role: Arc<Role>,
    /// What stands in it.
    pub calendar: Calendar,
}

/// Opens a specialist's calendar for an operation, if this person may and saw its latest version.
pub async fn open(op: &Op, operation: &'static str, role: &Id, version: u64) -> Result<Open, Problem> {
    let directory = &op.platform().directory;
    let found = directory.role(role).filter(|r| r.role == Kind::Specialist);
    let facts = found.as_ref().map(|role| facts(directory, op.actor(), role)).unwrap_or_default();
    let about = Reference::new(ResourceType::PRACTITIONER_ROLE, role.clone());
    op.may(operation, &facts, Some(&about)).await?;
    let role = found.ok_or_else(Problem::not_found)?;
    let window = Spell { from: op.now(), to: op.now() + AHEAD_MAX };
    let mut calendars = of(op.platform(), std::slice::from_ref(&role), window).await?;
    let calendar = calendars.remove(&role.id).unwrap_or_default();
    if calendar.version != version {
        let (at, actual) = (schedule_at(&role.id), calendar.version);
        return Err(CommitError::Stale { at, expected: version, actual }.into());
    }
    Ok(Open { role, calendar })
}

impl Open {
    /// A change of this calendar, which nobody else may have changed meanwhile. Who is concerned hears of it; the reason of a leave is not in the act.
    pub fn change(&self, op: &Op, operation: &'static str) -> Change {
        let at = schedule_at(&self.role.id);
        let mut act = op.act(operation);
        act.about = vec![at.clone(), Reference::new(ResourceType::PRACTITIONER, self.role.person.clone())];
        act.audience = vec![Subject::Person(self.role.person.clone()), Subject::Desk(self.role.hospital.clone())];
        act.params.insert("role".into(), self.role.id.to_string().into());
        act.params.insert("person".into(), self.role.person.to_string().into());
        let mut change = Change::of(act);
        change.expect.push(Expect { at: at.clone(), version: self.calendar.version });
        change.writes.push(self.write(at, resources::schedule(&self.role)));
        change
    }

    /// A resource in the custody of the expert's hospital.
    pub fn write(&self, at: Reference, body: Value) -> Write {
        Write::next(at, body, self.role.hospital.clone())
    }

    /// Keeps it; the new version. Told is whose calendar it is; when it was they themselves, the desk that plans with them.
    pub async fn keep(&self, op: &Op, mut change: Change, id: Option<Id>) -> Result<Changed, Problem> {
        let told = if op.actor().person == self.role.person {
            Subject::Desk(self.role.hospital.clone())
        } else {
            Subject::Person(self.role.person.clone())
        };
        platform::notify::tell(op.platform(), &mut change, &[told]);
        let receipt = op.commit(change).await?;
        let at = schedule_at(&self.role.id);
        let version = receipt.stored.iter().find(|s| s.at == at).map(|s| s.version);
        let version = version.ok_or_else(|| Problem::internal("a calendar was changed without its Schedule"))?;
        Ok(Changed { version, id })
    }

    /// Refuses one entry too many.
    pub fn has_place(&self) -> Result<(), Problem> {
        let most = super::calendar::ENTRIES_MAX;
        if self.calendar.leaves.len() + self.calendar.duties.len() < most {
            return Ok(());
        }
        let detail = format!("This calendar holds {most} entries that are not over: take some out first.");
        Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "schedule.full_calendar", detail).with("max", most))
    }
}

/// Refuses an entry that is no spell, too long, over, or too far ahead.
pub fn fits(spell: &Spell, longest: SignedDuration, now: Time) -> Result<(), Problem> {
    let length = spell.to.duration_since(spell.from);
    if length <= SignedDuration::ZERO || length > longest {
        let hours = longest.as_hours();
        let detail = format!("It must end after it begins, and last {hours} hours at most.");
        return Err(Problem::unfit("schedule.not_a_spell", detail).with("hours_max", hours));
    }
    if spell.to <= now || spell.to > now + AHEAD_MAX {
        let detail = "It must end in the future, and within two years.";
        return Err(Problem::unfit("schedule.not_ahead", detail).with("until", (now + AHEAD_MAX).to_string()));
    }
    Ok(())
}

/// A named conflict with something that stands in the calendar.
pub fn conflict(code: &'static str, detail: &str, id: &Id, with: &Spell) -> Problem {
    Problem::conflict(code, detail)
        .with("id", id.to_string())
        .with("from", with.from.to_string())
        .with("to", with.to.to_string())
}
