//! The daily series as the public sees them. Pure.
//!
//! Each day stands as it was published at its cut-off and is never told again: who saves the page of each day and compares
//! must not learn of one patient. For the same reason there is no total but that of the numbers that are shown.

use crate::figures::{Counted, Day, Series, World};
use crate::service::LEAST;
use kernel::Time;
use std::collections::BTreeSet;

/// A series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub series: Series,
    /// Each day's number; none where it is hidden.
    pub days: Vec<Option<usize>>,
    /// Whether a number that is hidden is a small one; else it would give one away.
    pub is_few: Vec<bool>,
}

impl Line {
    /// What the days that are shown come to: of the whole it is the least there can be.
    pub fn at_least(&self) -> usize {
        self.days.iter().flatten().sum()
    }

    /// Whether there is anything to say.
    pub fn is_empty(&self) -> bool {
        self.days.iter().all(|day| *day == Some(0))
    }
}

/// The series of some days, all of them over.
pub fn lines(world: &World, days: &[Day], now: Time) -> Vec<Line> {
    let published = |series| {
        let counted = Counted::by_day(series, world, days, now);
        let days = counted.iter().map(|day| day.published.as_ref().map_or(0, BTreeSet::len)).collect();
        (series, days)
    };
    hidden(Series::ALL.map(published).into())
}

/// Hides what is small: a number of people under five, and a part that leaves so few of its whole.
fn hidden(all: Vec<(Series, Vec<usize>)>) -> Vec<Line> {
    let consulted = all.iter().find(|(series, _)| *series == Series::Consulted).map(|(_, days)| days.clone());
    let is_small = |n: usize| (1..LEAST).contains(&n);
    let of_day = |series: Series, at: usize, n: usize| {
        // Severe ones are among the consultations of the same day.
        let whole = consulted.as_ref().filter(|_| series == Series::Severe).map(|days| days[at]);
        let rest = whole.map_or(0, |whole| whole.saturating_sub(n));
        // A hospital is nobody's illness.
        let is_open = series == Series::Connected || !(is_small(n) || is_small(rest));
        is_open.then_some(n)
    };
    let line = |(series, days): (Series, Vec<usize>)| Line {
        series,
        is_few: days.iter().map(|n| series != Series::Connected && is_small(*n)).collect(),
        days: days.into_iter().enumerate().map(|(at, n)| of_day(series, at, n)).collect(),
    };
    all.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_are_hidden_and_so_are_most_of_a_whole() {
        let lines = hidden(vec![
            (Series::Confirmed, vec![0, 1, 4, 5]),
            (Series::Connected, vec![1, 2, 3, 4]),
            (Series::Consulted, vec![9, 9, 9, 3]),
            (Series::Severe, vec![9, 8, 4, 0]),
        ]);
        let days: Vec<_> = lines.iter().map(|line| line.days.clone()).collect();
        assert_eq!(days[0], [Some(0), None, None, Some(5)]);
        assert_eq!(days[1], [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(days[2], [Some(9), Some(9), Some(9), None]);
        assert_eq!(days[3], [Some(9), None, None, None], "all nine; one not; five not and four are; three in all");
        assert_eq!((lines[0].at_least(), lines[3].at_least()), (5, 9));
    }

    proptest! {
        #[test]
        fn nobody_reckons_a_small_number(days in prop::collection::vec((0..20_usize, 0..20_usize, 0..20_usize), 1..30)) {
            let of = |pick: fn(&(usize, usize, usize)) -> usize| days.iter().map(pick).collect::<Vec<_>>();
            let severe = |day: &(usize, usize, usize)| day.1.min(day.2);
            let lines = hidden(vec![
                (Series::Confirmed, of(|day| day.0)),
                (Series::Consulted, of(|day| day.1)),
                (Series::Severe, of(severe)),
            ]);
            for at in 0..days.len() {
                let [confirmed, consulted, severe] = [0, 1, 2].map(|n: usize| lines[n].days[at]);
                for shown in [confirmed, consulted, severe].into_iter().flatten() {
                    prop_assert!(shown == 0 || shown >= LEAST);
                }
                if let (Some(whole), Some(part)) = (consulted, severe) {
                    prop_assert!(whole == part || whole - part >= LEAST);
                }
            }
        }
    }
}
