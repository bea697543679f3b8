//! What a report is about, and whose cases it counts: command staff see the network's, an administrator those that the own
//! hospital or one below asked or advised in, and nothing that tells of a patient.

use super::cell::Cell;
use super::count::{By, Key};
use crate::figures::{Pages, Row};
use axum::http::StatusCode;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::decide::Facts;
use kernel::{Id, Role, Time};
use platform::{Op, Problem};
use serde::Deserialize;
use std::collections::HashSet;
use std::ops::Range;
use utoipa::IntoParams;

/// Longest window, in years.
const YEARS_MAX: i16 = 3;
/// Window when none is asked for, in days.
const SPAN_DAYS: i32 = 30;
/// Rows of an answer.
const ROWS_MAX: usize = 200;
/// Rows when it is not said how many.
const ROWS: usize = 50;

/// The window: whole days of the site, both counted.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Window {
    /// First day; 30 days before `to` when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    pub from: Option<Date>,
    /// Last day; today when absent.
    #[param(value_type = Option<String>)]
    #[serde(default)]
    pub to: Option<Date>,
}

/// Which of the rows.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paged {
    /// Rows passed over; none when absent.
    #[serde(default)]
    offset: Option<usize>,
    /// Rows at most, 200 and less; 50 when absent.
    #[serde(default)]
    limit: Option<usize>,
}

impl Paged {
    /// The rows meant.
    pub fn of<T>(self, all: Vec<T>) -> impl Iterator<Item = T> {
        all.into_iter().skip(self.offset.unwrap_or(0)).take(self.limit.unwrap_or(ROWS).min(ROWS_MAX))
    }
}

/// Days, within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First.
    pub from: Date,
    /// Last.
    pub to: Date,
}

impl Window {
    /// The days meant.
    pub fn span(self, today: Date) -> Result<Span, Problem> {
        let to = self.to.unwrap_or(today);
        let from = self.from.unwrap_or_else(|| to.saturating_sub((SPAN_DAYS - 1).days()));
        if to < from || from.saturating_add(YEARS_MAX.years()) <= to {
            let text = format!("From {from} to {to} is not a window of one day to {YEARS_MAX} years.");
            return Err(Problem::new(StatusCode::BAD_REQUEST, "service.span", text).with("years_max", YEARS_MAX));
        }
        Ok(Span { from, to })
    }
}

/// Who looks, at what, when.
pub struct Sight {
    /// The days.
    pub span: Span,
    /// The site's zone.
    pub zone: TimeZone,
    /// The instant.
    pub now: Time,
    instants: Range<Time>,
    /// The hospitals whose cases are seen; none: all.
    area: Option<HashSet<Id>>,
}

impl Sight {
    /// Asks whether the actor may.
    pub async fn of(op: &Op, operation: &'static str, window: Window) -> Result<Self, Problem> {
        op.may(operation, &Facts::default(), None).await?;
        let zone = op.platform().settings.time_zone();
        let span = window.span(op.now().to_zoned(zone.clone()).date())?;
        let midnight = |day: Date| day.to_zoned(zone.clone()).map(|z| z.timestamp()).map_err(Problem::internal);
        let instants = midnight(span.from)?..midnight(span.to.saturating_add(1.day()))?;
        let area = (op.actor().role == Role::HospitalAdministrator).then(|| {
            let tree = op.platform().directory.tree();
            let all = op.platform().directory.hospitals();
            let below = all.iter().filter(|h| tree.is_within(&h.id, &op.actor().hospital));
            below.map(|h| h.id.clone()).collect()
        });
        Ok(Self { span, zone, now: op.now(), instants, area })
    }

    /// Whether a hospital's own numbers are seen.
    pub fn holds(&self, hospital: &Id) -> bool {
        self.area.as_ref().is_none_or(|area| area.contains(hospital))
    }

    /// Whether all of the network is seen.
    pub fn sees_all(&self) -> bool {
        self.area.is_none()
    }

    /// What tells of patients is not there for who sees no clinical content.
    pub fn must_see(&self, by: By, cell: Option<Cell>) -> Result<(), Problem> {
        let clinical = by.is_clinical() || cell.is_some_and(Cell::is_clinical);
        if clinical && self.area.is_some() { Err(Problem::not_found()) } else { Ok(()) }
    }

    /// The cells of this reader's reports.
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
        let all = self.area.is_none();
        Cell::ALL.into_iter().filter(move |cell| all || !cell.is_clinical())
    }

    /// The consultations of the window that are seen.
    pub fn rows<'a>(&'a self, pages: &'a Pages) -> impl Iterator<Item = (&'a Id, &'a Row)> {
        pages.rows.iter().filter(move |(_, row)| self.sees(row))
    }

    fn sees(&self, row: &Row) -> bool {
        let own = |area: &HashSet<Id>| area.contains(&*row.asking) || row.advising.iter().any(|h| area.contains(&**h));
        self.instants.contains(&row.submitted_at) && self.area.as_ref().is_none_or(own)
    }
}

/// What a row is called, in Chinese and in English.
pub fn name(op: &Op, by: By, key: &Key) -> Option<[String; 2]> {
    let directory = &op.platform().directory;
    match (key, by) {
        (Key::Chapter(at), _) => {
            let name = &super::diseases::CHAPTERS[*at].name;
            Some([name.zh.to_owned(), name.en.to_owned()])
        }
        (Key::Name(id), By::Asking | By::Advising) => {
            directory.hospital(id).map(|h| [h.name.clone(), h.name_en.clone()])
        }
        (Key::Name(id), By::Expert) => {
            directory.person(id).map(|p| [p.name.clone(), p.name_en.clone().unwrap_or_else(|| p.name.clone())])
        }
        (Key::Name(id), _) => {
            let found = platform::codes::SPECIALTIES.iter().find(|(code, ..)| *code == id.as_str());
            found.map(|(_, zh, en)| [(*zh).to_owned(), (*en).to_owned()])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_bounded() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        let today = date("2026-11-21");
        let of = |from: Option<&str>, to: Option<&str>| Window { from: from.map(date), to: to.map(date) }.span(today);
        assert_eq!(of(None, None).unwrap(), Span { from: date("2026-10-23"), to: today });
        assert!(of(Some("2023-11-22"), None).is_ok(), "three years to the day");
        assert_eq!(of(Some("2023-11-21"), None).unwrap_err().code, "service.span");
        assert_eq!(of(Some("2026-11-22"), None).unwrap_err().code, "service.span");
        let page = |offset, limit| Paged { offset, limit }.of((0..500).collect::<Vec<_>>()).collect::<Vec<_>>();
        assert_eq!((page(None, None).len(), page(Some(490), None)), (50, (490..500).collect()));
        assert_eq!(page(None, Some(100_000)).len(), 200, "past the bound");
    }
}
