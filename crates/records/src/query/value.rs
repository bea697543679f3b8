//! Values as in a search URL: lists, escapes, prefixes.

/// Cuts at `separator`, but not where a backslash stands before it. Escapes stay for [`plain`].
pub(crate) fn split(value: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut from, mut escaped) = (vec![], 0, false);
    for (at, c) in value.char_indices() {
        if c == separator && !escaped {
            parts.push(&value[from..at]);
            from = at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(&value[from..]);
    parts
}

/// Without escapes.
pub(crate) fn plain(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut escaped = false;
    for c in value.chars() {
        escaped = c == '\\' && !escaped;
        if !escaped {
            out.push(c);
        }
    }
    out
}

/// How a date, number or quantity is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    Sa,
    Eb,
    Ap,
}

pub(crate) fn prefix(value: &str) -> (Prefix, &str) {
    let known = match value.get(..2) {
        Some("eq") => Prefix::Eq,
        Some("ne") => Prefix::Ne,
        Some("gt") => Prefix::Gt,
        Some("ge") => Prefix::Ge,
        Some("lt") => Prefix::Lt,
        Some("le") => Prefix::Le,
        Some("sa") => Prefix::Sa,
        Some("eb") => Prefix::Eb,
        Some("ap") => Prefix::Ap,
        _ => return (Prefix::Eq, value),
    };
    (known, &value[2..])
}

/// The range `[from, to)` of numbers that a prefix and a number mean: 5.4 is [5.35, 5.45).
pub(crate) fn number_range(prefix: Prefix, text: &str) -> Option<(f64, f64)> {
    let n: f64 = text.parse().ok().filter(|n: &f64| n.is_finite())?;
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, 0), |(m, e)| (m, e.parse().unwrap_or(0)));
    let decimals = mantissa.split_once('.').map_or(0, |(_, d)| d.len()) as i32;
    let half = 0.5 * 10f64.powi(i32::saturating_sub(exponent, decimals));
    Some(match prefix {
        Prefix::Gt | Prefix::Sa => (n.next_up(), f64::INFINITY),
        Prefix::Ge => (n, f64::INFINITY),
        Prefix::Lt | Prefix::Eb => (f64::NEG_INFINITY, n),
        Prefix::Le => (f64::NEG_INFINITY, n.next_up()),
        Prefix::Ap => (n - n.abs() * 0.1, (n + n.abs() * 0.1).next_up()),
        Prefix::Eq | Prefix::Ne => (n - half, n + half),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_escapes() {
        assert_eq!(split(r"a,b\,c,\\,d", ','), ["a", r"b\,c", r"\\", "d"]);
        assert_eq!(plain(r"b\,c\\d\|"), r"b,c\d|");
        assert_eq!(split("", ','), [""]);
    }

    #[test]
    fn precision_is_half_of_the_last_digit() {
        let close = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-9 && (b - d).abs() < 1e-9;
        assert!(close(number_range(Prefix::Eq, "5.4").unwrap(), (5.35, 5.45)));
        assert!(close(number_range(Prefix::Eq, "100").unwrap(), (99.5, 100.5)));
        assert!(close(number_range(Prefix::Eq, "1.2e2").unwrap(), (115.0, 125.0)));
        assert_eq!(number_range(Prefix::Gt, "5"), Some((5f64.next_up(), f64::INFINITY)));
        assert_eq!(number_range(Prefix::Eq, "0.0e-2147483648"), Some((0.0, 0.0)));
        assert_eq!(number_range(Prefix::Eq, "five"), None);
        assert_eq!(number_range(Prefix::Eq, "inf"), None);
    }
}
