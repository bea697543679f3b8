//! What leaves the house hides cells of one to four (DESIGN 4), and as many more as it takes that no total, whole or
//! complement gives one of them away. Pure.
//!
//! Every equation between numbers of the table is held: a column and its total, a whole and its parts, a number and what it is
//! counted out of, with the rest between them as a number that is not printed but can be reckoned. While an equation has
//! exactly one hidden member, its smallest shown one is hidden too, and then the next, until none has.

use super::cell::Cell;
use super::count::Count;

/// Smaller numbers are hidden, but for none at all.
pub const LEAST: usize = 5;

/// A number of the table: the row (the total is the last) and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A cell that is printed.
    Cell(usize, usize),
    /// What is left of a whole without a cell.
    Rest(usize, usize),
}

/// What of a table may be printed.
#[derive(Debug)]
pub struct Hidden {
    cells: Vec<[bool; Cell::ALL.len()]>,
    rests: Vec<[bool; Cell::ALL.len()]>,
}

impl Hidden {
    /// Of the rows and their total, which comes last.
    pub fn of(rows: &[&Count]) -> Self {
        let none = vec![[false; Cell::ALL.len()]; rows.len()];
        let mut hidden = Self { cells: none.clone(), rests: none };
        let equations = equations(rows.len());
        for place in equations.iter().flatten() {
            if (1..LEAST).contains(&value(rows, *place)) {
                hidden.hide(*place);
            }
        }
        // Each walk hides something or is the last.
        loop {
            let mut again = false;
            for equation in &equations {
                if equation.iter().filter(|place| hidden.is(**place)).count() != 1 {
                    continue;
                }
                let shown = equation.iter().copied().filter(|place| !hidden.is(*place));
                // Of nothing there is nothing to hide, unless there is nothing else.
                if let Some(next) = shown.min_by_key(|place| (value(rows, *place) == 0, value(rows, *place))) {
                    hidden.hide(next);
                    again = true;
                }
            }
            if !again {
                return hidden;
            }
        }
    }

    /// Whether a number must not be printed.
    pub fn is_hidden(&self, row: usize, cell: Cell) -> bool {
        self.cells[row][cell as usize]
    }

    fn is(&self, place: Place) -> bool {
        match place {
            Place::Cell(row, cell) => self.cells[row][cell],
            Place::Rest(row, cell) => self.rests[row][cell],
        }
    }

    fn hide(&mut self, place: Place) {
        match place {
            Place::Cell(row, cell) => self.cells[row][cell] = true,
            Place::Rest(row, cell) => self.rests[row][cell] = true,
        }
    }
}

fn value(rows: &[&Count], place: Place) -> usize {
    match place {
        Place::Cell(row, cell) => rows[row].of(Cell::ALL[cell]),
        Place::Rest(row, cell) => {
            let cell = Cell::ALL[cell];
            let whole = cell.of().map_or(0, |of| rows[row].of(of));
            whole.saturating_sub(rows[row].of(cell))
        }
    }
}

fn equations(rows: usize) -> Vec<Vec<Place>> {
    let mut all = vec![];
    for row in 0..rows {
        for (whole, parts) in Cell::PARTS {
            let parts = parts.iter().map(|part| Place::Cell(row, *part as usize));
            all.push(parts.chain([Place::Cell(row, whole as usize)]).collect());
        }
        for cell in Cell::ALL {
            if let Some(of) = cell.of() {
                let at = cell as usize;
                all.push(vec![Place::Cell(row, of as usize), Place::Cell(row, at), Place::Rest(row, at)]);
            }
        }
    }
    // A row alone is the total.
    if rows > 1 {
        for cell in 0..Cell::ALL.len() {
            all.push((0..rows).map(|row| Place::Cell(row, cell)).collect());
            all.push((0..rows).map(|row| Place::Rest(row, cell)).collect());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{Row, Urgency, Verdict};
    use crate::service::count::tests::{id, row};
    use crate::service::count::{By, count};
    use proptest::prelude::*;

    fn table(seeds: &[(u8, u8, u8)]) -> (Count, Vec<Count>) {
        let rows: Vec<Row> = seeds
            .iter()
            .map(|(hospital, urgency, verdict)| Row {
                asking: id(&format!("h{}", hospital % 5)),
                urgency: [Urgency::Emergency, Urgency::Urgent, Urgency::Routine][usize::from(urgency % 3)],
                live: urgency % 2 == 0,
                signed: (verdict % 4 > 0).then_some((jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::UNIX_EPOCH)),
                verdict: [None, Some(Verdict::Adopted), Some(Verdict::Partly), Some(Verdict::Not)]
                    [usize::from(verdict % 4)],
                ..row("h", &[], "2026-11-21T00:00:00Z")
            })
            .collect();
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let (total, all) = count(rows.iter(), By::Asking, &jiff::tz::TimeZone::UTC, now);
        (total, all.into_iter().map(|(_, count)| count).collect())
    }

    #[test]
    fn a_total_does_not_give_away_the_one_that_is_hidden() {
        // h0: 12, h1: 9, h2: 3 cases.
        let seeds: Vec<_> = (0..24)
            .map(|n| {
                (
                    if n < 12 {
                        0
                    } else if n < 21 {
                        1
                    } else {
                        2
                    },
                    1,
                    0,
                )
            })
            .collect();
        let (total, rows) = table(&seeds);
        let all: Vec<&Count> = rows.iter().chain([&total]).collect();
        let hidden = Hidden::of(&all);
        let shown: Vec<bool> = (0..4).map(|row| !hidden.is_hidden(row, Cell::All)).collect();
        assert_eq!(shown, [true, false, false, true], "the three, and the nine beside them");
    }

    proptest! {
        #[test]
        fn no_equation_has_one_hidden_member_and_no_small_cell_is_shown(
            seeds in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 0..120)
        ) {
            let (total, rows) = table(&seeds);
            let all: Vec<&Count> = rows.iter().chain([&total]).collect();
            let hidden = Hidden::of(&all);
            for equation in equations(all.len()) {
                let lone = equation.iter().filter(|place| hidden.is(**place)).count();
                prop_assert_ne!(lone, 1, "{:?}", equation);
                for place in equation {
                    prop_assert!(hidden.is(place) || !(1..LEAST).contains(&value(&all, place)), "{place:?}");
                }
            }
        }
    }
}
