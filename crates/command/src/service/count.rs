//! Grouping and counting. Pure: rows in, numbers out.

use super::cell::Cell;
use super::diseases::{category, chapter_of};
use super::measure::timely::{Replies, replies};
use crate::figures::Row;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Id, Time};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// What the rows of a report are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ServiceBy)]
pub enum By {
    /// The hospitals that asked.
    Asking,
    /// The hospitals that advised.
    Advising,
    /// The specialties asked.
    Department,
    /// The experts.
    Expert,
    /// The chapters of ICD-10.
    Chapter,
    /// The categories of ICD-10.
    Disease,
    /// The months of the hand-in.
    Month,
    /// The quarters of the hand-in.
    Quarter,
}

/// A row of a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A quarter: year and number.
    Quarter(i16, i8),
    /// A month: year and number.
    Month(i16, i8),
    /// A chapter, by its place.
    Chapter(usize),
    /// A category of ICD-10.
    Category(String),
    /// A hospital, specialty or person.
    Name(Arc<Id>),
    /// Nobody, or what is not known.
    None,
}

impl Key {
    /// As the API says it.
    pub fn code(&self) -> String {
        match self {
            Self::Quarter(year, quarter) => format!("{year}-Q{quarter}"),
            Self::Month(year, month) => format!("{year}-{month:02}"),
            Self::Chapter(at) => super::diseases::CHAPTERS[*at].number.to_owned(),
            Self::Category(category) => category.clone(),
            Self::Name(id) => id.to_string(),
            Self::None => "none".to_owned(),
        }
    }
}

impl By {
    /// Whether its rows tell something of patients.
    pub fn is_clinical(self) -> bool {
        matches!(self, Self::Chapter | Self::Disease)
    }

    /// Whether its rows come in the order of time.
    pub fn is_of_time(self) -> bool {
        matches!(self, Self::Month | Self::Quarter)
    }

    /// The rows in which a case counts; one with several experts counts with each, and once in the total.
    pub fn keys(self, row: &Row, zone: &TimeZone) -> Vec<Key> {
        let names = |all: &[Arc<Id>]| all.iter().cloned().map(Key::Name).collect::<Vec<_>>();
        let day = || -> Date { row.submitted_at.to_zoned(zone.clone()).date() };
        let category = || row.disease.as_ref().and_then(|code| category(code.as_str()));
        let mut keys = match self {
            Self::Asking => vec![Key::Name(row.asking.clone())],
            Self::Advising => names(&row.advising),
            Self::Department => row.specialty.iter().cloned().map(Key::Name).collect(),
            Self::Expert => names(&row.experts),
            Self::Chapter => category().and_then(chapter_of).map(Key::Chapter).into_iter().collect(),
            Self::Disease => category().map(|c| Key::Category(c.to_owned())).into_iter().collect(),
            Self::Month => vec![Key::Month(day().year(), day().month())],
            Self::Quarter => vec![Key::Quarter(day().year(), (day().month() - 1) / 3 + 1)],
        };
        keys.sort();
        keys.dedup();
        if keys.is_empty() {
            keys.push(Key::None);
        }
        keys
    }
}

/// The numbers of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    cells: [usize; Cell::ALL.len()],
    /// Exchanges between the sides.
    pub exchanges: usize,
    replies_s: Vec<u32>,
}

impl Default for Count {
    fn default() -> Self {
        Self { cells: [0; Cell::ALL.len()], exchanges: 0, replies_s: vec![] }
    }
}

impl Count {
    fn add(&mut self, held: &[bool; Cell::ALL.len()], row: &Row) {
        for (cell, held) in self.cells.iter_mut().zip(held) {
            *cell += usize::from(*held);
        }
        self.exchanges += row.words.exchanges();
        self.replies_s.extend(row.words.replies_s.iter());
    }

    /// A number.
    pub fn of(&self, cell: Cell) -> usize {
        self.cells[cell as usize]
    }

    /// Answer times.
    pub fn replies(&mut self) -> Option<Replies> {
        replies(&mut self.replies_s)
    }
}

/// The total, and each row: most first, those of time in its order, what is not known last.
pub fn count<'a>(
    rows: impl Iterator<Item = &'a Row>,
    by: By,
    zone: &TimeZone,
    now: Time,
) -> (Count, Vec<(Key, Count)>) {
    let (mut total, mut found) = (Count::default(), HashMap::<Key, Count>::new());
    for row in rows {
        let held = Cell::ALL.map(|cell| cell.holds(row, now));
        total.add(&held, row);
        for key in by.keys(row, zone) {
            found.entry(key).or_default().add(&held, row);
        }
    }
    let mut all: Vec<(Key, Count)> = found.into_iter().collect();
    let most = |count: &Count| if by.is_of_time() { 0 } else { usize::MAX - count.of(Cell::All) };
    all.sort_by(|(a, x), (b, y)| ((*a == Key::None), most(x), a).cmp(&((*b == Key::None), most(y), b)));
    (total, all)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::figures::{Urgency, Verdict};

    pub fn id(text: &str) -> Arc<Id> {
        Arc::new(Id::new(text).unwrap())
    }

    /// A consultation asked by this hospital, advised by these experts.
    pub fn row(asking: &str, experts: &[&str], at: &str) -> Row {
        Row {
            number: "20261121-0001".into(),
            patient: None,
            asking: id(asking),
            centre: id("province"),
            advising: [id("province")].into(),
            experts: experts.iter().map(|e| id(e)).collect(),
            specialty: Some(id("respiratory")),
            urgency: Urgency::Urgent,
            live: true,
            state: id("signed"),
            submitted_at: at.parse().unwrap(),
            signed: None,
            verdict: None,
            outcome: None,
            clocks: Default::default(),
            words: Default::default(),
            disease: None,
        }
    }

    #[test]
    fn a_case_counts_in_each_of_its_rows_and_once_in_the_total() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let mut adopted = row("guangshan", &["li", "zhang"], "2026-10-31T16:00:00Z");
        (adopted.verdict, adopted.disease) = (Some(Verdict::Partly), Some(id("J12.9")));
        adopted.words.replies_s = [60, 600].into();
        let rows = [adopted, row("lushi", &["li"], "2026-10-31T15:59:59Z"), row("lushi", &[], "2026-09-30T16:00:00Z")];
        let of = |by: By| {
            let (total, all) = count(rows.iter(), by, &zone, now);
            assert_eq!(total.of(Cell::All), 3, "{by:?}");
            all.into_iter().map(|(key, count)| (key.code(), count.of(Cell::All))).collect::<Vec<_>>()
        };
        let told = |all: &[(&str, usize)]| all.iter().map(|(k, n)| ((*k).to_owned(), *n)).collect::<Vec<_>>();
        assert_eq!(of(By::Asking), told(&[("lushi", 2), ("guangshan", 1)]));
        assert_eq!(of(By::Expert), told(&[("li", 2), ("zhang", 1), ("none", 1)]));
        assert_eq!(of(By::Month), told(&[("2026-10", 2), ("2026-11", 1)]), "cut in the site's zone");
        assert_eq!(of(By::Quarter), told(&[("2026-Q4", 3)]));
        assert_eq!(of(By::Chapter), told(&[("X", 1), ("none", 2)]), "not known is last, however many");
        assert_eq!(of(By::Disease), told(&[("J12", 1), ("none", 2)]));
        let (mut total, _) = count(rows.iter(), By::Month, &zone, now);
        assert_eq!((total.of(Cell::Accurate), total.of(Cell::Answered), total.of(Cell::Adopted)), (1, 1, 0));
        assert_eq!((total.exchanges, total.replies().unwrap().median_minutes), (2, 1));
    }

    #[test]
    fn cells_are_in_their_places_and_parts_make_the_whole() {
        for (at, cell) in Cell::ALL.into_iter().enumerate() {
            assert_eq!(cell as usize, at, "{cell:?}");
            assert!(cell.of().is_none_or(|of| (of as usize) < at), "{cell:?} is counted out of something before it");
        }
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        for urgency in [Urgency::Emergency, Urgency::Urgent, Urgency::Routine] {
            for verdict in [None, Some(Verdict::Adopted), Some(Verdict::Partly), Some(Verdict::Not)] {
                let row = Row { urgency, verdict, ..row("a", &[], "2026-10-31T16:00:00Z") };
                for (whole, parts) in Cell::PARTS {
                    let held = parts.iter().filter(|part| part.holds(&row, now)).count();
                    assert_eq!(held, usize::from(whole.holds(&row, now)), "{whole:?} of {urgency:?} {verdict:?}");
                }
            }
        }
    }
}
