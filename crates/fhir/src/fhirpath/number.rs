//! Numbers: compared as they are written, computed with 28 digits.

use super::value::Item;
use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy};
use std::cmp::Ordering;

/// A number as an expression writes it.
pub(super) fn literal(text: &str) -> Option<Item<'static>> {
    if text.contains('.') { text.parse().ok().map(Item::Decimal) } else { text.parse().ok().map(Item::Int) }
}

/// A number as JSON writes it; none when it has more digits than are computed with.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
}

/// The larger number of decimals to which both are known.
pub(super) fn alike(a: Decimal, b: Decimal) -> bool {
    let places = a.normalize().scale().min(b.normalize().scale());
    let cut = |n: Decimal| n.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    cut(a) == cut(b)
}

/// The least or the largest that a number may be when the digits after those written are not known, to so many decimals.
pub(super) fn boundary(n: Decimal, high: bool, places: i64) -> Option<Decimal> {
    let places = u32::try_from(places).ok().filter(|p| *p <= Decimal::MAX_SCALE)?;
    let half = Decimal::try_new(5, n.scale() + 1).ok()?;
    let (far, strategy) = if high {
        (n.checked_add(half)?, RoundingStrategy::ToPositiveInfinity)
    } else {
        (n.checked_sub(half)?, RoundingStrategy::ToNegativeInfinity)
    };
    let mut near = far.round_dp_with_strategy(places, strategy);
    near.rescale(places);
    Some(near)
}

/// The logarithm to a base. What is computed with 28 digits is told with 15: `16.log(2)` is 4.
pub(super) fn log(n: Decimal, base: Decimal) -> Option<Decimal> {
    let of = |n: Decimal| if n > Decimal::ZERO { n.checked_ln() } else { None };
    Some(of(n)?.checked_div(of(base)?)?.round_dp(15).normalize())
}

/// A power. None for a root of a negative number.
pub(super) fn power(n: Decimal, by: Decimal) -> Option<Decimal> {
    if n.is_sign_negative() && !by.is_integer() {
        return None;
    }
    n.checked_powd(by)
}

/// Compares numbers as they are written, without rounding.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (Written::of(a), Written::of(b));
    match (a.digits.is_empty(), b.digits.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return if b.negative { Ordering::Greater } else { Ordering::Less },
        (false, true) => return if a.negative { Ordering::Less } else { Ordering::Greater },
        (false, false) => {}
    }
    if a.negative != b.negative {
        return if a.negative { Ordering::Less } else { Ordering::Greater };
    }
    let larger = a.point.cmp(&b.point).then_with(|| a.digits.cmp(&b.digits));
    if a.negative { larger.reverse() } else { larger }
}

/// `0.digits × 10^point`, no zero at either end of the digits.
struct Written {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

impl Written {
    fn of(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        // An exponent past the range of numbers stays past it.
        let exponent: i64 =
            exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 });
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let negative = whole.starts_with('-');
        let whole = whole.trim_start_matches(['-', '+']);
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let zeros = all.iter().take_while(|b| **b == b'0').count();
        let end = all.iter().rposition(|b| *b != b'0').map_or(zeros, |i| i + 1);
        let length = |n: usize| i64::try_from(n).unwrap_or(i64::MAX / 8);
        let point = exponent.saturating_add(length(whole.len())) - length(zeros);
        Self { negative, digits: all[zeros..end].to_vec(), point }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_written() {
        for (a, b, order) in [
            ("1", "1.0", Ordering::Equal),
            ("1e2", "100", Ordering::Equal),
            ("0", "-0.00", Ordering::Equal),
            ("0.30000000000000000000000000000001", "0.3", Ordering::Greater),
            ("-2", "1", Ordering::Less),
            ("-2", "-1", Ordering::Less),
            ("9", "10", Ordering::Less),
            ("1e-400", "0", Ordering::Greater),
            ("1e99999999999999999999", "1e400", Ordering::Greater),
            ("0.09", "0.1", Ordering::Less),
        ] {
            assert_eq!(compare(a, b), order, "{a} {b}");
            assert_eq!(compare(b, a), order.reverse(), "{b} {a}");
        }
    }
}
