//! What a submission lacks, and what no field may be. Pure.

use super::form::{RequestForm, Vitals};
use super::state::{FormKind, Urgency};
use platform::codes::{SPECIALTIES, knows};
use serde::Serialize;
use utoipa::ToSchema;

/// Characters of one line (a name of 300 Chinese characters fits).
pub const LINE_MAX: usize = 400;
/// Characters of a clinical text.
pub const TEXT_MAX: usize = 20_000;
/// Laboratory values of one case.
pub const LABS_MAX: usize = 200;
/// Sets of vital signs of one case.
pub const VITALS_MAX: usize = 200;

/// A field that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Which, for example `labs.3.value`.
    pub path: String,
    /// `too_long`, `too_many`, `not_a_number`, `unknown`, `empty`.
    pub code: &'static str,
    /// The limit, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

/// The fields that a submission still needs, by code. The emergency form asks for little; the rest follows while the
/// expert is called. Somebody unknown needs no patient chosen in an emergency.
pub fn missing(form: &RequestForm) -> Vec<&'static str> {
    let has = |text: &Option<String>| text.as_ref().is_some_and(|t| !t.trim().is_empty());
    let full = form.form == FormKind::Full;
    let consented =
        form.consent.document.is_some() || (form.urgency == Urgency::Emergency && has(&form.consent.emergency_reason));
    [
        ("patient", full && form.patient.is_none()),
        ("purpose", form.purpose.trim().is_empty()),
        ("specialty", form.specialty.trim().is_empty()),
        ("callback_phone", !full && !has(&form.callback_phone)),
        ("complaint", full && !has(&form.complaint)),
        ("history", full && !has(&form.history)),
        ("diagnosis", full && !has(&form.diagnosis)),
        ("consent", !consented),
    ]
    .into_iter()
    .filter_map(|(code, lacks)| lacks.then_some(code))
    .collect()
}

/// The fields that are too long, too many, or no numbers where numbers are needed.
pub fn unfit(form: &RequestForm) -> Vec<FieldError> {
    let mut found = Found(vec![]);
    found.text("purpose", &form.purpose, TEXT_MAX);
    if !form.specialty.is_empty() && !knows(SPECIALTIES, &form.specialty) {
        found.push("specialty", "unknown", None);
    }
    for (name, text) in form.texts() {
        let max = if matches!(name, "callback_phone" | "weight_kg" | "pregnancy_weeks") { LINE_MAX } else { TEXT_MAX };
        found.text(name, text.as_deref().unwrap_or_default(), max);
    }
    found.number("weight_kg", form.weight_kg.as_deref());
    found.text("consent.emergency_reason", form.consent.emergency_reason.as_deref().unwrap_or_default(), TEXT_MAX);
    found.many("vitals", form.vitals.len(), VITALS_MAX);
    for (row, vitals) in form.vitals.iter().take(VITALS_MAX).enumerate() {
        found.vitals(row, vitals);
    }
    found.many("labs", form.labs.len(), LABS_MAX);
    for (row, lab) in form.labs.iter().take(LABS_MAX).enumerate() {
        let path = |field: &str| format!("labs.{row}.{field}");
        for (field, text) in [("name", &lab.name), ("value", &lab.value)] {
            if text.trim().is_empty() {
                found.push(path(field), "empty", None);
            }
            found.text(path(field), text, LINE_MAX);
        }
        found.text(path("unit"), &lab.unit, LINE_MAX);
        found.number(path("low"), lab.low.as_deref());
        found.number(path("high"), lab.high.as_deref());
    }
    found.0
}

struct Found(Vec<FieldError>);

impl Found {
    fn push(&mut self, path: impl Into<String>, code: &'static str, max: Option<usize>) {
        self.0.push(FieldError { path: path.into(), code, max });
    }

    fn text(&mut self, path: impl Into<String>, text: &str, max: usize) {
        if text.chars().count() > max {
            self.push(path, "too_long", Some(max));
        }
    }

    fn many(&mut self, path: &str, count: usize, max: usize) {
        if count > max {
            self.push(path, "too_many", Some(max));
        }
    }

    fn number(&mut self, path: impl Into<String>, text: Option<&str>) {
        if text.is_some_and(|t| !is_decimal(t)) {
            self.push(path, "not_a_number", None);
        }
    }

    fn vitals(&mut self, row: usize, vitals: &Vitals) {
        for (field, value) in vitals.numbers() {
            self.number(format!("vitals.{row}.{field}"), value.as_deref());
        }
    }
}

/// Whether the text is a decimal as FHIR writes one (no exponent), so that it can stand in a record as it was typed.
/// Eighteen characters hold any value a person measures.
pub fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let all_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    text.len() <= 18
        && all_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(all_digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn form(change: impl FnOnce(&mut Value)) -> RequestForm {
        let mut body = json!({
            "form": "full", "patient": "p", "urgency": "urgent", "kind": "live", "purpose": "是否需要气管插管?",
            "specialty": "respiratory", "complaint": "发热5天", "history": "…", "diagnosis": "重症肺炎",
            "vitals": [], "labs": [], "consent": {"document": "d"},
        });
        change(&mut body);
        RequestForm::from_draft(body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn what_is_missing() {
        type Change = fn(&mut Value);
        let cases: [(Change, &[&str]); 9] = [
            (|_| {}, &[]),
            (|f| f["patient"] = Value::Null, &["patient"]),
            (|f| f["purpose"] = "  ".into(), &["purpose"]),
            (|f| f["history"] = " \n".into(), &["history"]),
            (|f| f["consent"] = json!({}), &["consent"]),
            // A reason does not replace the document unless it is an emergency.
            (|f| f["consent"] = json!({"emergency_reason": "unconscious"}), &["consent"]),
            (
                |f| {
                    f["urgency"] = "emergency".into();
                    f["consent"] = json!({"emergency_reason": "unconscious"});
                },
                &[],
            ),
            (
                |f| *f = json!({"form": "emergency", "urgency": "routine", "kind": "live"}),
                &["purpose", "specialty", "callback_phone", "consent"],
            ),
            (
                |f| {
                    *f = json!({"form": "emergency", "urgency": "emergency", "kind": "live", "purpose": "coma",
                        "specialty": "neurology", "callback_phone": "0376-1234567",
                        "consent": {"emergency_reason": "unconscious"}});
                },
                &[],
            ),
        ];
        for (n, (change, expected)) in cases.into_iter().enumerate() {
            assert_eq!(missing(&form(change)), expected, "case {n}");
        }
    }

    #[test]
    fn the_emergency_form_is_an_emergency() {
        assert_eq!(form(|f| f["form"] = "emergency".into()).urgency, Urgency::Emergency);
    }

    #[test]
    fn what_is_unfit() {
        let lab = json!({"name": "CRP", "value": "<0.5", "unit": "mg/L", "time": "2026-11-21T00:00:00Z"});
        let codes = |change: &dyn Fn(&mut Value)| {
            unfit(&form(change)).into_iter().map(|e| format!("{} {}", e.path, e.code)).collect::<Vec<_>>()
        };
        assert!(codes(&|f| f["complaint"] = "字".repeat(TEXT_MAX).into()).is_empty());
        assert_eq!(codes(&|f| f["complaint"] = "字".repeat(TEXT_MAX + 1).into()), ["complaint too_long"]);
        assert_eq!(codes(&|f| f["callback_phone"] = "1".repeat(LINE_MAX + 1).into()), ["callback_phone too_long"]);
        assert_eq!(codes(&|f| f["specialty"] = "astrology".into()), ["specialty unknown"]);
        assert_eq!(codes(&|f| f["weight_kg"] = "62,5".into()), ["weight_kg not_a_number"]);
        assert!(codes(&|f| f["labs"] = json!(vec![lab.clone(); LABS_MAX])).is_empty());
        assert_eq!(codes(&|f| f["labs"] = json!(vec![lab.clone(); LABS_MAX + 1])), ["labs too_many"]);
        assert_eq!(
            codes(&|f| {
                f["labs"] = json!([lab.clone(), lab.clone()]);
                f["labs"][1]["value"] = "".into();
                f["labs"][1]["low"] = "<5".into();
            }),
            ["labs.1.value empty", "labs.1.low not_a_number"]
        );
        assert_eq!(
            codes(&|f| f["vitals"] = json!([{"time": "2026-11-21T00:00:00Z", "spo2": "98%"}])),
            ["vitals.0.spo2 not_a_number"]
        );
    }

    #[test]
    fn decimals() {
        for good in ["0", "7.20", "-1.5", "37.5", "0.010", "123456789012345.12"] {
            assert!(is_decimal(good), "{good}");
            assert_eq!(serde_json::from_str::<Value>(good).unwrap().to_string(), good, "kept as typed");
        }
        for bad in ["", "-", "007", "1.", ".5", "1e3", "+1", "１２", "98%", "1234567890123456789"] {
            assert!(!is_decimal(bad), "{bad}");
        }
    }

    #[test]
    fn blank_rows_are_none() {
        let form = form(|f| {
            f["vitals"] = json!([{"time": "2026-11-21T00:00:00Z", "pulse": " "}]);
            f["labs"] = json!([{"name": "", "value": " ", "time": "2026-11-21T00:00:00Z"}]);
            f["wanted"] = json!({});
            f["drugs"] = "".into();
        });
        assert!(form.vitals.is_empty() && form.labs.is_empty() && form.wanted.is_none() && form.drugs.is_none());
    }
}
