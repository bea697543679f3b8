//! Reads out of a test runner's words how many tests passed and failed.

/// How many tests a step ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u32,
    pub failed: u32,
}

/// Adds up the closing lines of nextest, `cargo test`, Node's runner, vitest, and the plain `N passed, N failed`.
pub fn count(text: &str) -> Count {
    let mut sum = Count::default();
    for line in text.lines() {
        let line = line.trim();
        let closing = line.contains("tests run:")
            || line.contains("test run:")
            || line.starts_with("test result:")
            || line.starts_with("Tests ")
            || plain(line);
        if closing {
            let words = line.split_once("run:").map_or(line, |(_, rest)| rest);
            sum.passed += before(words, "passed");
            sum.failed += before(words, "failed") + before(words, "timed");
        } else if let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
            sum.passed += after(rest, "pass");
            sum.failed += after(rest, "fail") + after(rest, "cancelled");
        }
    }
    sum
}

/// `3 passed, 0 failed` and nothing else on the line.
fn plain(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    matches!(words[..], [n, "passed,", m, "failed"] if n.parse::<u32>().is_ok() && m.parse::<u32>().is_ok())
}

/// The number that stands before `word`.
fn before(line: &str, word: &str) -> u32 {
    let words: Vec<&str> = line.split([' ', ',', ';', '|']).filter(|w| !w.is_empty()).collect();
    words.windows(2).find(|w| w[1] == word).and_then(|w| w[0].parse().ok()).unwrap_or(0)
}

/// The number that follows `word` when the line is just these two.
fn after(line: &str, word: &str) -> u32 {
    line.strip_prefix(word).and_then(|n| n.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines() {
        for (text, passed, failed) in [
            ("     Summary [   3.1s] 12 tests run: 11 passed, 1 failed, 2 skipped", 11, 1),
            ("     Summary [   0.1s] 1 test run: 1 passed, 0 skipped", 1, 0),
            ("     Summary [   9s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 0 skipped", 3, 2),
            ("test result: ok. 5 passed; 0 failed; 1 ignored\ntest result: FAILED. 1 passed; 2 failed;", 6, 2),
            ("ℹ tests 4\nℹ pass 3\nℹ fail 1\nℹ cancelled 0", 3, 1),
            ("# tests 2\n# pass 2\n# fail 0", 2, 0),
            ("      Tests  1 failed | 11 passed (12)", 11, 1),
            ("7 passed, 1 failed", 7, 1),
            ("the patient passed, nobody failed", 0, 0),
        ] {
            assert_eq!(count(text), Count { passed, failed }, "{text}");
        }
    }
}
