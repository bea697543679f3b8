//! What is known to fail, with reasons: a line each, `kind Type/id [parameter] # reason`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// So begins what stands in a reason's place until somebody gives one.
const NO_REASON: &str = "? ";

/// Something that fails. Equal to another whatever question showed it.
#[derive(Debug, Clone)]
pub struct Fail {
    key: String,
    /// The question.
    shown: String,
}

impl Fail {
    fn of(key: String) -> Self {
        Self { key, shown: String::new() }
    }

    /// Nobody may write it over FHIR.
    pub fn refused(at: &str) -> Self {
        Self::of(format!("refused {at}"))
    }

    /// The store does not take it either.
    pub fn not_stored(at: &str) -> Self {
        Self::of(format!("not-stored {at}"))
    }

    /// It does not come back as it was sent.
    pub fn changed(at: &str) -> Self {
        Self::of(format!("changed {at}"))
    }

    /// It is not found by a parameter.
    pub fn not_found(at: &str, code: &str) -> Self {
        Self::of(format!("not-found {at} {code}"))
    }

    /// With the question that showed it.
    pub fn because(self, question: &str) -> Self {
        Self { shown: question.to_owned(), ..self }
    }
}

impl PartialEq for Fail {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Fail {}

impl PartialOrd for Fail {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fail {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

/// The list.
pub struct Known {
    head: String,
    /// What fails, and why.
    pub reasons: BTreeMap<String, String>,
}

impl Known {
    /// Reads it; every line has a reason.
    pub fn read(text: &str) -> Self {
        let head =
            text.lines().take_while(|line| line.starts_with('#')).fold(String::new(), |all, line| all + line + "\n");
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let reasons = lines.map(|line| {
            let (key, why) = line.split_once(" # ").unwrap_or_else(|| panic!("no reason in: {line}"));
            assert!(why.len() > 10, "no reason in: {line}");
            (key.to_owned(), why.to_owned())
        });
        Self { head, reasons: reasons.collect() }
    }

    /// Whether it is listed.
    pub fn has(&self, fail: &Fail) -> bool {
        self.reasons.contains_key(&fail.key)
    }

    /// How many are listed of a kind.
    pub fn count(&self, kind: &str) -> usize {
        self.reasons.keys().filter(|key| key.split(' ').next() == Some(kind)).count()
    }

    /// What fails and is not listed, and what is listed and does not fail.
    pub fn differences(&self, failed: &BTreeSet<Fail>) -> Vec<String> {
        let new =
            failed.iter().filter(|fail| !self.has(fail)).map(|fail| format!("not listed: {} {}", fail.key, fail.shown));
        let keys: BTreeSet<&str> = failed.iter().map(|fail| fail.key.as_str()).collect();
        let old = self
            .reasons
            .keys()
            .filter(|key| !keys.contains(key.as_str()))
            .map(|key| format!("listed, and does not fail: {key}"));
        let bare = self.reasons.iter().filter(|(_, why)| why.starts_with(NO_REASON));
        new.chain(old).chain(bare.map(|(key, why)| format!("listed without a reason: {key} {why}"))).collect()
    }

    /// The list as it should be: reasons are kept, and what is new has none but its question.
    pub fn renewed(&self, failed: &BTreeSet<Fail>) -> String {
        let mut text = self.head.clone();
        for fail in failed {
            let why = self.reasons.get(&fail.key).cloned().unwrap_or_else(|| format!("{NO_REASON}{}", fail.shown));
            let _written = writeln!(text, "{} # {why}", fail.key);
        }
        text
    }
}

#[test]
fn the_list_is_held_both_ways() {
    let known = Known::read("# Head.\nnot-found A/1 code # for a good reason\nchanged A/2 # for another one\n");
    let failed = BTreeSet::from([Fail::changed("A/2"), Fail::not_found("A/1", "date").because("date=2020")]);
    assert_eq!(
        known.differences(&failed),
        ["not listed: not-found A/1 date date=2020", "listed, and does not fail: not-found A/1 code"]
    );
    let unexplained = Known::read("changed A/2 # ? because of whatever\n");
    assert_eq!(unexplained.differences(&BTreeSet::from([Fail::changed("A/2")])).len(), 1);
    assert_eq!(known.renewed(&failed), "# Head.\nchanged A/2 # for another one\nnot-found A/1 date # ? date=2020\n");
}
