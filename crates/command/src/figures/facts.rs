//! Reads the consultations of a span of days that the reader's figures are made of.

use super::rule::{CONSULTED, Consultation, counts};
use axum::http::StatusCode;
use fhir::ResourceType;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::decide::Facts;
use kernel::{Id, Role, Time};
use platform::{Op, Problem, case};
use records::{Query, Resource, Viewer};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use utoipa::IntoParams;

/// Longest span of one question, in days.
const SPAN_MAX_DAYS: i32 = 366;
/// Span when none is asked for, in days.
const SPAN_DAYS: i32 = 30;
/// Cases read at a time.
const PAGE: usize = 500;
/// The author's signature (ASTM E1762), with which an opinion was signed.
const AUTHOR: &str = "1.2.840.10065.1.12.1.1";

/// From which day to which, both counted, in the site's zone.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Days {
    /// First day; 30 days before `to` when absent.
    #[param(value_type = Option<String>)]
    from: Option<Date>,
    /// Last day; today when absent.
    #[param(value_type = Option<String>)]
    to: Option<Date>,
}

/// Days that can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First.
    pub from: Date,
    /// Last.
    pub to: Date,
}

impl Days {
    /// The span meant, within bounds.
    pub fn span(self, today: Date) -> Result<Span, Problem> {
        let to = self.to.unwrap_or(today);
        let from = self.from.unwrap_or_else(|| to.saturating_sub((SPAN_DAYS - 1).days()));
        let days = from.until((jiff::Unit::Day, to)).map(|s| s.get_days()).unwrap_or(i32::MAX);
        if !(0..SPAN_MAX_DAYS).contains(&days) {
            let text = format!("From {from} to {to} is not a span of 1 to {SPAN_MAX_DAYS} days.");
            return Err(Problem::new(StatusCode::BAD_REQUEST, "figures.span", text).with("days_max", SPAN_MAX_DAYS));
        }
        Ok(Span { from, to })
    }
}

/// Whose cases a figure is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The whole network's.
    Network,
    /// Those dispatched by the actor's centre.
    Centre,
    /// Those asked by the actor's hospital.
    Hospital,
    /// Those the actor advised in.
    Own,
}

impl Part {
    /// The part that a role sees.
    pub fn of(role: Role) -> Self {
        match role {
            Role::Dispatcher => Self::Centre,
            Role::AskingDoctor => Self::Hospital,
            Role::Specialist => Self::Own,
            _ => Self::Network,
        }
    }

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Centre => "centre",
            Self::Hospital => "hospital",
            Self::Own => "own",
        }
    }
}

/// Asks whether the actor may, then reads what counts as consulted, oldest signature first.
pub async fn consulted(op: &Op, operation: &'static str, span: Span) -> Result<Vec<Consultation>, Problem> {
    op.may(operation, &Facts::default(), None).await?;
    let zone = op.platform().settings.time_zone();
    let midnight = span.from.to_zoned(zone.clone()).map_err(Problem::internal)?.timestamp();
    let mut found: Vec<Consultation> = all_consulted(op, midnight).await?.into_iter().map(|(c, _)| c).collect();
    found.retain(|consultation| {
        let day = consultation.signed_at.to_zoned(zone.clone()).date();
        span.from <= day && day <= span.to && counts(consultation)
    });
    found.sort_by(|a, b| (a.signed_at, &a.case).cmp(&(b.signed_at, &b.case)));
    tracing::debug!(rule = CONSULTED.code, cases = found.len(), "a figure was made");
    Ok(found)
}

/// The consultations of the actor's part that were signed at `from` or later, and others, each with its Task. Whether the actor
/// may was asked before.
pub async fn all_consulted(op: &Op, from: Time) -> Result<Vec<(Consultation, Resource)>, Problem> {
    // A case was signed at the latest when it was last changed: the index cuts off all older ones.
    let mut query = Query::of(ResourceType::TASK)
        .with("status", "completed")
        .with("modified", format!("ge{from}"))
        .with("_include", "Task:focus")
        .count(PAGE);
    let mut found = Vec::new();
    loop {
        let page = op.store().search(&Viewer::System, &query).await?;
        let requests: HashMap<&str, &Resource> = page.included.iter().map(|r| (r.at.id.as_str(), r)).collect();
        for task in &page.matches {
            let Some(request) = requests.get(task.at.id.as_str()) else { continue };
            found.extend(read(op, task, request)?.map(|consultation| (consultation, task.clone())));
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(found);
        }
    }
}

/// A case of the actor's part with a signed opinion; none otherwise.
fn read(op: &Op, task: &Resource, request: &Resource) -> Result<Option<Consultation>, Problem> {
    let (task, body) = (task.value()?, request.value()?);
    let Some(signed_at) = signed_at(&task) else { return Ok(None) };
    let Some(facts) = case::facts(&request.custodian, &body, &task) else { return Ok(None) };
    let actor = op.actor();
    let is_mine = match Part::of(actor.role) {
        Part::Network => true,
        Part::Centre => facts.centre == actor.hospital,
        Part::Hospital => facts.asking_hospital == actor.hospital,
        Part::Own => facts.experts.contains(&actor.person),
    };
    if !is_mine {
        return Ok(None);
    }
    let levelled = |id: Id| {
        let level = op.platform().directory.hospital(&id).map(|h| h.level);
        (id, level)
    };
    Ok(Some(Consultation {
        case: request.at.id.clone(),
        number: body["identifier"][0]["value"].as_str().unwrap_or_default().to_owned(),
        patient: body["subject"]["reference"]
            .as_str()
            .and_then(|r| r.strip_prefix("Patient/"))
            .and_then(|id| Id::new(id).ok()),
        signed_at,
        asking: levelled(facts.asking_hospital),
        advising: facts.advising_hospitals.into_iter().map(levelled).collect(),
    }))
}

/// When the opinion was signed.
pub fn signed_at(task: &Value) -> Option<kernel::Time> {
    let outputs = task["output"].as_array()?;
    let signature = outputs.iter().map(|o| &o["valueSignature"]).find(|s| s["type"][0]["code"] == AUTHOR)?;
    signature["when"].as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_bounded() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let today = date("2026-11-21");
        let days = |from: Option<&str>, to: Option<&str>| Days { from: from.map(date), to: to.map(date) }.span(today);
        assert_eq!(days(None, None).unwrap(), Span { from: date("2026-10-23"), to: today });
        assert!(days(Some("2025-11-21"), None).is_ok());
        assert_eq!(days(Some("2025-11-20"), None).unwrap_err().code, "figures.span");
        assert_eq!(days(Some("2026-11-22"), None).unwrap_err().code, "figures.span");
    }

    #[test]
    fn the_authors_signature_gives_the_day() {
        let task = serde_json::json!({ "output": [
            { "valueSignature": { "type": [{ "code": "1.2.840.10065.1.12.1.5" }], "when": "2026-11-22T00:00:00Z" } },
            { "valueSignature": { "type": [{ "code": AUTHOR }], "when": "2026-11-21T00:00:00Z" } },
        ] });
        assert_eq!(signed_at(&task).unwrap().to_string(), "2026-11-21T00:00:00Z");
        assert_eq!(signed_at(&serde_json::json!({})), None);
    }
}
