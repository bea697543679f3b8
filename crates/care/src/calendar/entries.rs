//! What stands in a person's calendar: a view of Appointments and duties, with only what a calendar may show.

use super::ical::{Event, Status};
use crate::consult::resources::read_appointment;
use crate::consult::state::Kind;
use crate::consult::{Loaded, TOGETHER, find_many};
use crate::schedule::calendar::{DUTY_MAX, Spell};
use crate::schedule::resources::{CALENDAR, ON_CALL, REMOVED, read_duty, schedule_at};
use fhir::ResourceType;
use jiff::SignedDuration;
use kernel::{Id, Role, Time};
use platform::codes::{SPECIALTIES, word};
use platform::{Lang, Platform, Problem};
use records::{Query, Resource, Viewer};
use std::collections::BTreeMap;

/// So far back.
const BACK: SignedDuration = SignedDuration::from_hours(24 * 30);
/// So far ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 180);
/// Most entries of one kind; past it those that begin first are left out.
const ENTRIES_MAX: usize = 2_000;

/// The person's consultations, as expert or as asking doctor, and the times on call, in order of time.
pub async fn of(platform: &Platform, person: &Id, lang: Lang, now: Time) -> Result<Vec<Event>, Problem> {
    let window = Spell { from: now - BACK, to: now + AHEAD };
    let mut events = consultations(platform, person, lang, window).await?;
    events.extend(duties(platform, person, lang, window).await?);
    events.sort_by(|a, b| (a.start, &a.uid).cmp(&(b.start, &b.uid)));
    Ok(events)
}

/// The posts of this role, as a search takes them; none without one.
fn posts(platform: &Platform, person: &Id, role: Role, at: impl Fn(&Id) -> String) -> Option<String> {
    let roles = platform.directory.roles_of(person);
    let posts: Vec<String> = roles.iter().filter(|r| r.role == role).map(|r| at(&r.id)).collect();
    (!posts.is_empty()).then(|| posts.join(","))
}

async fn consultations(platform: &Platform, person: &Id, lang: Lang, window: Spell) -> Result<Vec<Event>, Problem> {
    let appointments = || {
        Query::of(ResourceType::APPOINTMENT)
            .with("date", format!("ge{}", window.from))
            .with("date", format!("lt{}", window.to))
    };
    let post = |id: &Id| format!("PractitionerRole/{id}");
    let mut found = BTreeMap::new();
    let advising = posts(platform, person, Role::Specialist, post).map(|posts| ("actor", posts));
    let asking =
        posts(platform, person, Role::AskingDoctor, post).map(|posts| ("based-on:ServiceRequest.requester", posts));
    for (name, posts) in advising.into_iter().chain(asking) {
        let all = latest(platform, appointments().with(name, posts)).await?;
        found.extend(all.into_iter().map(|a| (a.at.id.clone(), a)));
    }
    let ids: Vec<Id> = found.keys().cloned().collect();
    let mut events = vec![];
    for some in ids.chunks(TOGETHER) {
        for case in find_many(&*platform.store, some).await? {
            let Some(appointment) = found.get(&case.id) else { continue };
            events.extend(consultation(platform, person, &case, appointment, lang)?);
        }
    }
    Ok(events)
}

fn consultation(
    platform: &Platform,
    person: &Id,
    case: &Loaded,
    appointment: &Resource,
    lang: Lang,
) -> Result<Option<Event>, Problem> {
    let body = appointment.value()?;
    let Some(booking) = read_appointment(&body) else { return Ok(None) };
    let live = case.consult.ask.kind == Kind::Live;
    // Who asks for an answer on the record is expected nowhere.
    let concerns = booking.experts.iter().any(|e| e.person == *person) || (live && case.asking.person == *person);
    if !concerns {
        return Ok(None);
    }
    let status = match body["status"].as_str() {
        Some("cancelled" | "noshow") => Status::Cancelled,
        Some("pending") => Status::Tentative,
        _ => Status::Confirmed,
    };
    let of = specialty(&case.specialty(), lang).to_owned();
    let number = &case.number;
    let summary = match (lang, live) {
        (Lang::Zh, true) => format!("远程会诊 {number} {of}"),
        (Lang::Zh, false) => format!("书面会诊 {number} {of}"),
        (Lang::En, true) => format!("Consultation {number}, {of}"),
        (Lang::En, false) => format!("Consultation on the record {number}, {of}"),
    };
    let summary = match lang {
        _ if !case.is_drill() => summary,
        Lang::Zh => format!("【演练】{summary}"),
        Lang::En => format!("DRILL: {summary}"),
    };
    let url = format!("{}/cases/{}", platform.url(), case.id);
    let description = match lang {
        Lang::Zh => format!("登录后查看：{url}"),
        Lang::En => format!("After signing in: {url}"),
    };
    let room = booking.room.as_ref().and_then(|id| platform.directory.room(id)).filter(|room| !room.is_virtual);
    // Where one is to be: who asks sits before the terminal of their hospital.
    let terminal = booking.terminal.as_ref().filter(|_| case.asking.person == *person);
    let terminal = terminal.and_then(|id| platform.directory.device(id)).map(|terminal| terminal.name.clone());
    let location = terminal.unwrap_or_else(|| match (room, lang) {
        (Some(room), Lang::En) if !room.name_en.is_empty() => room.name_en.clone(),
        (Some(room), _) => room.name.clone(),
        (None, Lang::Zh) => "虚拟会诊室".to_owned(),
        (None, Lang::En) => "Virtual room".to_owned(),
    });
    Ok(Some(Event {
        uid: uid(&case.id),
        sequence: appointment.version.saturating_sub(1),
        changed: appointment.stored_at,
        start: booking.start,
        end: booking.end,
        summary,
        description: Some(description),
        location: live.then_some(location),
        url: Some(url),
        status,
        busy: status != Status::Cancelled,
    }))
}

async fn duties(platform: &Platform, person: &Id, lang: Lang, window: Spell) -> Result<Vec<Event>, Problem> {
    let Some(schedules) = posts(platform, person, Role::Specialist, |id| schedule_at(id).to_string()) else {
        return Ok(vec![]);
    };
    let query = Query::of(ResourceType::SLOT)
        .with("schedule", schedules)
        .with("service-category", format!("{CALENDAR}|{ON_CALL}"))
        .with("status", format!("free,{REMOVED}"))
        .with("start", format!("ge{}", window.from - DUTY_MAX))
        .with("start", format!("lt{}", window.to));
    let mut events = vec![];
    for slot in latest(platform, query).await? {
        let Some((duty, holds)) = read_duty(slot.value()?) else { continue };
        if duty.spell.to <= window.from {
            continue;
        }
        let (of, rank) = (specialty(&duty.specialty, lang), duty.rank);
        events.push(Event {
            uid: uid(&duty.id),
            sequence: slot.version.saturating_sub(1),
            changed: slot.stored_at,
            start: duty.spell.from,
            end: duty.spell.to,
            summary: match lang {
                Lang::Zh => format!("值班 {of}（第 {rank} 位）"),
                Lang::En => format!("On call: {of} (no. {rank})"),
            },
            description: None,
            location: None,
            url: None,
            status: if holds { Status::Confirmed } else { Status::Cancelled },
            // On call one may be booked all the same.
            busy: false,
        });
    }
    Ok(events)
}

/// An id of ours is one of a kind; the name behind it stays when the installation's address changes.
fn uid(id: &Id) -> String {
    format!("{id}@consilium")
}

fn specialty(code: &str, lang: Lang) -> &str {
    word(SPECIALTIES, code, lang)
}

/// What a query finds, the last [`ENTRIES_MAX`] of it.
async fn latest(platform: &Platform, query: Query) -> Result<Vec<Resource>, Problem> {
    let by_start = if query.of == ResourceType::SLOT { "-start" } else { "-date" };
    let mut query = query.with("_sort", by_start).count(1000);
    let mut found = vec![];
    loop {
        // The rules' own eyes: what is shown of a case is that it is, when and where, and that to who takes part in it.
        let page = platform.store.search(&Viewer::System, &query).await?;
        found.extend(page.matches);
        match page.next {
            Some(next) if found.len() < ENTRIES_MAX => query.after = Some(next),
            _ => break,
        }
    }
    found.truncate(ENTRIES_MAX);
    Ok(found)
}
