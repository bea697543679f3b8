//! Codes that must come from a value set.

use super::definitions::{Definitions, Membership, ValueSet};
use super::issue::{Severity, quoted};
use super::nearest::nearest;
use serde_json::Value;

/// What is wrong with a code.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wrong<'v> {
    /// There is none.
    Missing,
    /// It is not in the set.
    Unlisted(&'v str, Option<&'v str>),
    /// It is not of the set's grammar.
    Form(&'v str, &'static str),
}

/// The codes of a value set that elements of R4 are bound to, with their systems; none when it is not one whose codes are
/// held here.
pub fn value_set(url: &str) -> Option<Vec<(&'static str, &'static str)>> {
    let set = Definitions::r4().sets.iter().find(|set| *set.url == *url)?;
    if !matches!(set.how, Membership::Closed | Membership::Open) {
        return None;
    }
    let mut all = vec![];
    for (code, systems) in &set.codes {
        all.extend(systems.iter().map(|system| (&*set.systems[usize::from(*system)], &**code)));
    }
    all.sort_unstable();
    Some(all)
}

/// Judges a code, Coding, CodeableConcept or string against a set. Shapes that are wrong were said already.
pub(super) fn judge<'v>(set: &ValueSet, value: &'v Value) -> Option<Wrong<'v>> {
    match value {
        Value::String(code) => one(set, code, None),
        Value::Object(concept) => {
            let Some(codings) = concept.get("coding") else {
                let coded = concept.contains_key("code") || concept.contains_key("system");
                let missing = (set.how != Membership::Unheld).then_some(Wrong::Missing);
                return if coded { coding(set, value) } else { missing };
            };
            let mut first = None;
            for each in codings.as_array()? {
                // One that is in the set is enough.
                let wrong = coding(set, each)?;
                first.get_or_insert(wrong);
            }
            first
        }
        _ => None,
    }
}

fn coding<'v>(set: &ValueSet, coding: &'v Value) -> Option<Wrong<'v>> {
    let text = |name: &str| coding.get(name).and_then(Value::as_str).unwrap_or_default();
    one(set, text("code"), Some(text("system")))
}

/// `system` is none where the element holds a code alone.
fn one<'v>(set: &ValueSet, code: &'v str, system: Option<&'v str>) -> Option<Wrong<'v>> {
    let grammar = |good: bool, what: &'static str| (!good).then_some(Wrong::Form(code, what));
    match set.how {
        Membership::Closed | Membership::Open => (!listed(set, code, system)).then_some(Wrong::Unlisted(code, system)),
        Membership::Mime => grammar(is_mime(code), "a MIME type"),
        Membership::Language => grammar(is_language(code), "a language tag (BCP 47)"),
        Membership::Ucum => {
            let ours = system.is_none_or(|system| system == "http://unitsofmeasure.org");
            grammar(ours && is_ucum(code), "a unit of UCUM (http://unitsofmeasure.org)")
        }
        Membership::Unheld => None,
    }
}

fn listed(set: &ValueSet, code: &str, system: Option<&str>) -> bool {
    let Some(systems) = set.codes.get(code) else { return false };
    system.is_none_or(|system| systems.iter().any(|s| *set.systems[usize::from(*s)] == *system))
}

impl Wrong<'_> {
    /// How bad it is: a currency may be younger than R4.
    pub(super) fn severity(self, set: &ValueSet) -> Severity {
        match self {
            Self::Unlisted(code, _) if set.how == Membership::Open => {
                let formed = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
                if formed { Severity::Warning } else { Severity::Error }
            }
            _ => Severity::Error,
        }
    }

    /// In words, which cost more than the judgement.
    pub(super) fn text(self, set: &ValueSet) -> String {
        match self {
            Self::Missing => format!("has no code, and one of {} is required", set.told()),
            Self::Form(code, what) => format!("code {} is not {what}", quoted(code)),
            Self::Unlisted(code, system) => {
                let of = system.map_or_else(String::new, |system| format!(" of system {}", quoted(system)));
                let meant = nearest(code, set.codes.keys().map(|k| &**k)).filter(|meant| *meant != code);
                let meant = meant.map_or_else(String::new, |meant| format!("; did you mean '{meant}'?"));
                format!("code {}{of} is not in the required value set {}{meant}", quoted(code), set.told())
            }
        }
    }
}

/// `type/subtype; parameters`, or one of the three words that R4 allows for its own formats.
fn is_mime(code: &str) -> bool {
    let (bare, _) = code.split_once(';').unwrap_or((code, ""));
    let token =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&b));
    ["json", "ttl", "xml"].contains(&code)
        || bare.trim_end().split_once('/').is_some_and(|(ty, sub)| token(ty) && token(sub))
}

/// Well-formed as BCP 47 has it; whether the parts are registered is not asked.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('-');
    let first = parts.next().unwrap_or_default();
    let letters = first.bytes().all(|b| b.is_ascii_alphabetic());
    let start = (2..=8).contains(&first.len()) || matches!(first, "x" | "i" | "X" | "I") && code.len() > 2;
    letters && start && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Printable, without spaces outside annotations, brackets in pairs. The grammar of units is not followed.
fn is_ucum(code: &str) -> bool {
    let (mut round, mut square, mut curly) = (0_i32, 0_i32, 0_i32);
    for b in code.bytes() {
        match b {
            b'{' if curly == 0 => curly = 1,
            b'}' if curly == 1 => curly = 0,
            _ if curly == 1 => {}
            b'(' => round += 1,
            b')' => round -= 1,
            b'[' if square == 0 => square = 1,
            b']' if square == 1 => square = 0,
            b'!'..=b'~' if !b"[]{}".contains(&b) => {}
            _ => return false,
        }
        if round < 0 {
            return false;
        }
    }
    !code.is_empty() && (round, square, curly) == (0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammars() {
        for (judge, good, bad) in [
            (
                is_mime as fn(&str) -> bool,
                &["image/png", "text/plain; charset=utf-8", "json", "application/fhir+xml"][..],
                &["png", "image/", "/png", "image png/x"][..],
            ),
            (is_language, &["zh-CN", "en", "x-klingon", "nl-NL"], &["zh_CN", "chinesisch-", "z", "中文", ""]),
            (is_ucum, &["mm[Hg]", "/min", "10*3/uL", "{score of 3}", "%"], &["mm Hg", "mm[Hg", "毫米", "", ")("]),
        ] {
            good.iter().for_each(|code| assert!(judge(code), "{code}"));
            bad.iter().for_each(|code| assert!(!judge(code), "{code}"));
        }
    }
}
