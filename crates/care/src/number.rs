//! Numbers that people say: counted anew each day, kept unique by a claim.

use platform::{Op, Problem};

/// Numbers tried when several are given at once.
pub const ATTEMPTS: usize = 50;

/// The claim of a number under `prefix`. The last number is the last key as text, also after the 9999th of a day.
pub fn key(prefix: &str, number: usize) -> String {
    let more = if number > 9_999 { "x".repeat(number.to_string().len() - 4) } else { String::new() };
    format!("{prefix}{more}{number:04}")
}

/// The number in the key of a claim.
fn number_of(key: &str) -> Option<usize> {
    key.rsplit('/').next()?.trim_start_matches('x').parse().ok()
}

/// The first number that nobody has under `prefix`, which ends with a `/`.
pub async fn next(op: &Op, prefix: &str) -> Result<usize, Problem> {
    let last = op.store().last_claim(prefix, op.now()).await?;
    Ok(last.and_then(|held| number_of(&held.key)).unwrap_or(0) + 1)
}

/// The day of a number, where the site is.
pub fn day(op: &Op) -> String {
    op.now().to_zoned(op.platform().settings.time_zone()).strftime("%Y%m%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_text() {
        let key = |n| key("case-number/c/20261121/", n);
        let numbers = [1, 9, 10, 999, 1_000, 9_999, 10_000, 10_001, 99_999, 100_000];
        assert!(numbers.map(key).is_sorted());
        assert_eq!(numbers.map(|n| number_of(&key(n))), numbers.map(Some));
        assert!(key(42).ends_with("/0042"), "as ever");
    }
}
