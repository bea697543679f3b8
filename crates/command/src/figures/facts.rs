//! The consultations of a span of days that the reader's figures are made of.

use super::book::{Book, Row};
use super::rule::{CONSULTED, Consultation, counts};
use axum::http::StatusCode;
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::decide::Facts;
use kernel::{Actor, HospitalTree, Id, Role, Time};
use platform::{Op, Problem};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::IntoParams;

/// Longest span of one question, in days.
const SPAN_MAX_DAYS: i32 = 366;
/// Span when none is asked for, in days.
const SPAN_DAYS: i32 = 30;
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

    /// Whether a case is in the actor's part.
    fn holds(self, row: &Row, actor: &Actor) -> bool {
        match self {
            Self::Network => true,
            Self::Centre => *row.centre == actor.hospital,
            Self::Hospital => *row.asking == actor.hospital,
            Self::Own => row.experts.iter().any(|person| **person == actor.person),
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

/// Asks whether the actor may, then lists what counts as consulted, oldest signature first.
pub async fn consulted(
    op: &Op,
    book: &Book,
    operation: &'static str,
    span: Span,
) -> Result<Vec<Consultation>, Problem> {
    op.may(operation, &Facts::default(), None).await?;
    let zone = op.platform().settings.time_zone();
    let midnight = |day: Date| day.to_zoned(zone.clone()).map(|z| z.timestamp()).map_err(Problem::internal);
    let days = midnight(span.from)?..midnight(span.to.saturating_add(1.day()))?;
    let pages = book.now(op.platform()).await?;
    let (actor, part) = (op.actor(), Part::of(op.actor().role));
    let counted = |(id, row): (&Id, &Row)| {
        let signed_at = row.signed.map(|(at, _)| at).filter(|at| days.contains(at) && part.holds(row, actor))?;
        Some(consultation(id, row, signed_at, pages.tree())).filter(counts)
    };
    let mut found: Vec<Consultation> = pages.rows.iter().filter_map(counted).collect();
    found.sort_by(|a, b| (a.signed_at, &a.case).cmp(&(b.signed_at, &b.case)));
    tracing::debug!(rule = CONSULTED.code, cases = found.len(), "a figure was made");
    Ok(found)
}

fn consultation(id: &Id, row: &Row, signed_at: Time, tree: &HospitalTree) -> Consultation {
    let levelled = |id: &Arc<Id>| (Id::clone(id), tree.get(id).map(|h| h.level));
    Consultation {
        case: id.clone(),
        number: row.number.to_string(),
        patient: row.patient.clone(),
        signed_at,
        asking: levelled(&row.asking),
        advising: row.advising.iter().map(levelled).collect(),
    }
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
