//! Codes that must come from a value set.

use super::definitions::{Membership, ValueSet};
use super::issue::{Severity, quoted};
use super::nearest::nearest;
use serde_json::Value;

/// What is wrong with a code, and how bad that is.
pub(super) type Wrong = (Severity, String);

/// Judges a code, Coding, CodeableConcept or string against a set. Shapes that are wrong were said already.
pub(super) fn judge(set: &ValueSet, value: &Value) -> Option<Wrong> {
    match value {
        Value::String(code) => one(set, code, None),
        Value::Object(concept) => {
            let Some(codings) = concept.get("coding") else {
                return if concept.contains_key("code") || concept.contains_key("system") {
                    coding(set, value)
                } else if set.how == Membership::Unheld {
                    None
                } else {
                    Some((Severity::Error, format!("has no code, and one of {} is required", set.told())))
                };
            };
            let codings = codings.as_array()?;
            let mut first = None;
            for each in codings {
                // One that is in the set is enough.
                let wrong = coding(set, each)?;
                first.get_or_insert(wrong);
            }
            first
        }
        _ => None,
    }
}

fn coding(set: &ValueSet, coding: &Value) -> Option<Wrong> {
    let code = coding.get("code").and_then(Value::as_str).unwrap_or_default();
    let system = coding.get("system").and_then(Value::as_str).unwrap_or_default();
    one(set, code, Some(system))
}

/// `system` is none where the element holds a code alone.
fn one(set: &ValueSet, code: &str, system: Option<&str>) -> Option<Wrong> {
    let grammar =
        |good: bool, what: &str| (!good).then(|| (Severity::Error, format!("code {} is not {what}", quoted(code))));
    match set.how {
        Membership::Closed => {
            listed(set, code, system).then_some(()).map_or_else(|| Some(unlisted(set, code, system)), |()| None)
        }
        Membership::Open => {
            if listed(set, code, system) {
                return None;
            }
            let (_, text) = unlisted(set, code, system);
            let formed = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
            let severity = if formed { Severity::Warning } else { Severity::Error };
            Some((severity, text))
        }
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

fn unlisted(set: &ValueSet, code: &str, system: Option<&str>) -> Wrong {
    let of = system.map_or_else(String::new, |system| format!(" of system {}", quoted(system)));
    let meant = nearest(code, set.codes.keys().map(|k| &**k)).filter(|meant| *meant != code);
    let meant = meant.map_or_else(String::new, |meant| format!("; did you mean '{meant}'?"));
    (Severity::Error, format!("code {}{of} is not in the required value set {}{meant}", quoted(code), set.told()))
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
