//! EARS C1, C2 and C3: a day's count against the week before it. Pure.
//!
//! Hutwagner L, Thompson W, Seeman GM, Treadwell T. The bioterrorism preparedness and response Early Aberration Reporting System
//! (EARS). J Urban Health 2003;80(2 Suppl 1):i89-i96. With Y the daily counts, m and s the mean and the sample standard deviation
//! (divisor 6) of seven days:
//!
//!     C1(t) = (Y(t) - m) / s    over t-7 … t-1            signal above 3
//!     C2(t) = (Y(t) - m) / s    over t-9 … t-3            signal above 3
//!     C3(t) = sum of max(0, C2(i) - 1) for i = t-2 … t    signal above 2
//!
//! The paper says nothing of s = 0. It is taken as √(1/7), the smallest that seven whole numbers can have which are not all the
//! same: after a week without a case one case is no signal of C1 or C2 (2.65), and two are (5.29).

/// Days of a baseline.
const BASELINE: usize = 7;
/// Days between C2's baseline and the day.
const LAG: usize = 2;
/// Above this C1 and C2 signal.
pub const SIGNAL: f64 = 3.0;
/// Above this C3 signals.
pub const SIGNAL_C3: f64 = 2.0;
/// What a day must be above the baseline, in standard deviations, to add to C3.
const C3_FROM: f64 = 1.0;

/// The three statistics of the last day of a series; none where the days before are too few.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ears {
    /// Against the seven days before.
    pub c1: Option<f64>,
    /// Against seven days that ended two days before.
    pub c2: Option<f64>,
    /// C2 of three days.
    pub c3: Option<f64>,
}

/// Judges the last of `counts`, one a day without gaps.
pub fn ears(counts: &[u32]) -> Ears {
    let c2 = |back: usize| deviation(counts.get(..counts.len().checked_sub(back)?)?, LAG);
    let c3 = [c2(0), c2(1), c2(2)].into_iter().map(|c| c.map(|c| (c - C3_FROM).max(0.0))).sum();
    Ears { c1: deviation(counts, 0), c2: c2(0), c3 }
}

/// The last count against the baseline that ends `lag` days before it.
fn deviation(counts: &[u32], lag: usize) -> Option<f64> {
    let (last, before) = counts.split_last()?;
    let end = before.len().checked_sub(lag)?;
    let baseline = &before[end.checked_sub(BASELINE)?..end];
    let days = f64::from(7_u8);
    let mean = baseline.iter().map(|n| f64::from(*n)).sum::<f64>() / days;
    let squares: f64 = baseline.iter().map(|n| (f64::from(*n) - mean).powi(2)).sum();
    let sd = (squares / (days - 1.0)).sqrt();
    let least = (1.0 / days).sqrt();
    // A mean of whole numbers is not exact: what is nearly nothing is nothing.
    let sd = if sd < least / 2.0 { least } else { sd };
    Some((f64::from(*last) - mean) / sd)
}

/// One-sided Fisher's exact test: how likely `a` or more of the first row fall into the first column, were rows and columns
/// independent (Fisher 1935; hypergeometric distribution). Rows: `a b`, `c d`.
pub fn fisher(a: u32, b: u32, c: u32, d: u32) -> f64 {
    let (row, column, all) = (a + b, a + c, a + b + c + d);
    let at = |x: u32| (choose(column, x) + choose(all - column, row - x) - choose(all, row)).exp();
    (a..=row.min(column)).filter(|x| row - x <= all - column).map(at).sum::<f64>().min(1.0)
}

/// The logarithm of a binomial coefficient.
fn choose(n: u32, k: u32) -> f64 {
    (1..=k.min(n)).map(|i| f64::from(n - i + 1).ln() - f64::from(i).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (u32, Option<f64>, Option<f64>, Option<f64>);

    /// A day's count, then C1, C2 and C3, by Python's `statistics.mean` and `statistics.stdev` after the formulas above.
    const TABLE: [Row; 26] = [
        (3, None, None, None),
        (5, None, None, None),
        (2, None, None, None),
        (4, None, None, None),
        (6, None, None, None),
        (3, None, None, None),
        (4, None, None, None),
        (5, Some(0.849_591), None, None),
        (4, Some(-0.106_199), None, None),
        (12, Some(6.196_773), Some(6.053_334), None),
        (15, Some(3.141_008), Some(8.071_113), None),
        (9, Some(0.433_013), Some(3.872_983), Some(14.997_430)),
        (3, Some(-0.952_457), Some(-0.796_972), Some(9.944_096)),
        (0, Some(-1.597_670), Some(-1.515_544), Some(2.872_983)),
        (0, Some(-1.284_997), Some(-1.597_670), Some(0.000_000)),
        (0, Some(-1.036_220), Some(-1.597_670), Some(0.000_000)),
        (0, Some(-0.877_791), Some(-1.284_997), Some(0.000_000)),
        (0, Some(-0.650_650), Some(-1.036_220), Some(0.000_000)),
        (0, Some(-0.503_953), Some(-0.877_791), Some(0.000_000)),
        (0, Some(-0.377_964), Some(-0.650_650), Some(0.000_000)),
        (0, Some(0.000_000), Some(-0.503_953), Some(0.000_000)),
        (0, Some(0.000_000), Some(-0.377_964), Some(0.000_000)),
        (0, Some(0.000_000), Some(0.000_000), Some(0.000_000)),
        (1, Some(2.645_751), Some(2.645_751), Some(1.645_751)),
        (2, Some(4.913_538), Some(5.291_503), Some(5.937_254)),
        (0, Some(-0.544_705), Some(0.000_000), Some(5.937_254)),
    ];

    #[test]
    fn as_another_implementation_has_it() {
        let counts: Vec<u32> = TABLE.iter().map(|row| row.0).collect();
        for (n, (_, c1, c2, c3)) in TABLE.iter().enumerate() {
            let found = ears(&counts[..=n]);
            for (name, found, told) in [("C1", found.c1, c1), ("C2", found.c2, c2), ("C3", found.c3, c3)] {
                match (found, told) {
                    (Some(found), Some(told)) => {
                        assert!((found - told).abs() < 1e-6, "{name} of day {n}: {found}, not {told}")
                    }
                    (found, told) => assert_eq!(found, *told, "{name} of day {n}"),
                }
            }
        }
        assert_eq!(ears(&[]), Ears { c1: None, c2: None, c3: None });
    }

    #[test]
    fn an_exact_test_as_published() {
        // Fisher's lady tasting tea; the others by the hypergeometric sum in whole numbers (Python's math.comb).
        for (a, b, c, d, p) in [
            (3, 1, 1, 3, 0.242_857),
            (8, 2, 1, 5, 0.024_476),
            (5, 15, 1, 19, 0.090_882),
            (6, 14, 1, 19, 0.045_738),
            (7, 3, 2, 8, 0.034_889),
            (0, 5, 0, 5, 1.0),
        ] {
            assert!((fisher(a, b, c, d) - p).abs() < 1e-6, "{a} {b} {c} {d}: {}", fisher(a, b, c, d));
        }
    }
}
