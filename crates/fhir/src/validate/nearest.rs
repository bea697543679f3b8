//! The known name nearest to one that is not known: what the sender probably meant.

/// Longest name that is compared: no element of R4 comes near it.
const LONGEST: usize = 48;

/// The nearest of `known` if it is near enough to be a slip of the pen.
pub(super) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    if name.len() > LONGEST {
        return None;
    }
    let allowed = 1 + name.len() / 4;
    known.map(|k| (distance(name, k), k)).filter(|(d, _)| *d <= allowed).min().map(|(_, k)| k)
}

/// Letters to change, add or take away, without regard to case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<u8> = b.bytes().map(|c| c.to_ascii_lowercase()).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let change = corner + usize::from(left != *right);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let known = ["gender", "birthDate", "name", "given"];
        for (typed, meant) in [
            ("Gender", Some("gender")),
            ("birthdate", Some("birthDate")),
            ("birth_date", Some("birthDate")),
            ("nam", Some("name")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known.into_iter()), meant, "{typed}");
        }
        assert_eq!(nearest(&"x".repeat(100_000), known.into_iter()), None);
    }
}
