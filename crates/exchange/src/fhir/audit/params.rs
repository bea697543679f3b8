//! Parameters of a search in the ledger, and whether an AuditEvent fits them.
//!
//! `patient` and `entity=ServiceRequest/…` are looked up by the ledger's own indexes; the rest is held against each event as
//! it is made.

use crate::fhir::page;
use crate::fhir::params::COUNT_MAX;
use crate::fhir::refusal::{Issue, Refusal, shown};
use crate::fhir::summary::Part;
use ::fhir::search::instant_range;
use ::fhir::{Reference, ResourceType};
use axum::http::StatusCode;
use kernel::{Id, Time};
use serde_json::Value;

/// Parameters that are answered, with their types; a test holds them to what is parsed.
pub const SPOKEN: &[(&str, &str)] = &[
    ("_id", "token"),
    ("_lastUpdated", "date"),
    ("action", "token"),
    ("agent", "reference"),
    ("date", "date"),
    ("entity", "reference"),
    ("outcome", "token"),
    ("patient", "reference"),
    ("subtype", "token"),
    ("type", "token"),
];
/// Entries of a page, unless told otherwise.
const USUAL: usize = 50;
/// Values that one parameter may have.
const VALUES_MAX: usize = 100;

/// A search as it will be done.
#[derive(Debug, Default)]
pub struct Params {
    /// The patient whose entries are wanted.
    pub patient: Option<Reference>,
    /// The case whose entries are wanted.
    pub case: Option<Reference>,
    /// Entries of these numbers alone, the last first.
    pub ids: Option<Vec<u64>>,
    /// None before this is wanted, in milliseconds.
    pub from_ms: Option<i64>,
    /// None from this on is wanted.
    pub until_ms: Option<i64>,
    /// Entries of a page.
    pub count: usize,
    /// The part of each event.
    pub part: Part,
    /// A later page.
    pub page: Option<String>,
    /// What is used of the parameters, as the links show it.
    pub used: Vec<(String, String)>,
    /// What was ignored, and is named.
    pub ignored: Vec<Issue>,
    dates: Vec<Vec<Span>>,
    tests: Vec<Test>,
}

/// Instants from, to before.
type Span = (i64, i64);

/// Any of the values will do.
#[derive(Debug)]
enum Test {
    /// In this element, codes of this system when it says none itself.
    Token(&'static str, Option<&'static str>, Vec<Code>),
    Agent(Vec<Target>),
    Entity(Vec<Target>),
}

/// `code`, `system|code`, `|code` or `system|`.
#[derive(Debug)]
struct Code {
    system: Option<String>,
    code: Option<String>,
}

/// What a reference must point at.
#[derive(Debug)]
struct Target {
    ty: Option<ResourceType>,
    id: Id,
    version: Option<String>,
}

impl Params {
    /// Reads the parameters; those that are not answered here are refused when strict, else named. `base` is the address
    /// under which the face is reached, `now` what `ap` is near to.
    pub fn of(base: &str, params: &[(String, String)], strict: bool, now: Time) -> Result<Self, Refusal> {
        let mut rest = params.to_vec();
        rest.retain(|(_, value)| !value.is_empty());
        let mut this = Self { count: USUAL, part: Part::take(&mut rest.clone())?, ..Self::default() };
        for (name, value) in rest {
            match this.take(base, &name, &value, now)? {
                Taken::Used => this.used.push((name, value)),
                Taken::Page => this.page = Some(value),
                Taken::Ignored(why) => this.ignored.push(why),
            }
        }
        if this.part == Part::Count || this.count == 0 {
            return Err(Refusal::bad("fhir.not-counted", "Entries of the ledger are not counted: ask for a page."));
        }
        if strict && !this.ignored.is_empty() {
            return Err(Refusal::of(StatusCode::BAD_REQUEST, this.ignored));
        }
        for issue in &mut this.ignored {
            issue.severity = "warning";
        }
        Ok(this)
    }

    fn take(&mut self, base: &str, name: &str, value: &str, now: Time) -> Result<Taken, Refusal> {
        let values: Vec<&str> = value.split(',').filter(|v| !v.is_empty()).collect();
        if values.len() > VALUES_MAX {
            return Err(Refusal::bad("fhir.too-many-values", format!("{name}: at most {VALUES_MAX} values.")));
        }
        let token = |system: Option<&'static str>| (system, values.iter().map(|v| Code::of(v)).collect::<Vec<_>>());
        let targets = || values.iter().map(|v| Target::of(base, name, v)).collect::<Result<Vec<_>, _>>();
        match name {
            page::PARAM => return Ok(Taken::Page),
            "_count" => self.count = count(value)?,
            "_summary" | "_elements" => {}
            "_sort" if matches!(value, "-date" | "-_lastUpdated") => {}
            "_total" if value == "none" => {}
            "_sort" | "_total" => {
                let text = format!("{name}={}: entries come newest first and are not counted.", shown(value));
                return Ok(Taken::Ignored(Issue::error("not-supported", "fhir.unknown-parameter", text)));
            }
            "_id" => {
                let mut numbers: Vec<u64> = values.iter().filter_map(|v| super::number_of(v)).collect();
                numbers.sort_unstable_by(|a, b| b.cmp(a));
                numbers.dedup();
                if let Some(before) = &self.ids {
                    numbers.retain(|n| before.contains(n));
                }
                self.ids = Some(numbers);
            }
            "date" | "_lastUpdated" => self.dates(name, &values, now)?,
            "action" => {
                let (system, codes) = token(Some("http://hl7.org/fhir/audit-event-action"));
                self.tests.push(Test::Token("action", system, codes));
            }
            "outcome" => {
                let (system, codes) = token(Some("http://terminology.hl7.org/CodeSystem/audit-event-outcome"));
                self.tests.push(Test::Token("outcome", system, codes));
            }
            "type" => self.tests.push(Test::Token("type", None, token(None).1)),
            "subtype" => self.tests.push(Test::Token("subtype", None, token(None).1)),
            "agent" => self.tests.push(Test::Agent(targets()?)),
            "entity" => {
                let targets = targets()?;
                if let [Target { ty: Some(ResourceType::SERVICE_REQUEST), id, .. }] = targets.as_slice() {
                    self.case.get_or_insert(Reference::new(ResourceType::SERVICE_REQUEST, id.clone()));
                }
                self.tests.push(Test::Entity(targets));
            }
            "patient" => {
                let targets = targets()?;
                let [Target { ty: None | Some(ResourceType::PATIENT), id, version: None }] = targets.as_slice() else {
                    return Err(Refusal::bad("fhir.patient", "patient=… names one Patient."));
                };
                let patient = Reference::new(ResourceType::PATIENT, id.clone());
                if self.patient.as_ref().is_some_and(|before| *before != patient) {
                    return Err(Refusal::bad("fhir.patient", "patient=… names one Patient."));
                }
                *self = std::mem::take(self).within(patient);
            }
            other => return unknown(other),
        }
        Ok(Taken::Used)
    }

    /// Of this patient alone.
    #[must_use]
    pub fn within(mut self, patient: Reference) -> Self {
        let target = Target { ty: Some(ResourceType::PATIENT), id: patient.id.clone(), version: None };
        self.tests.push(Test::Entity(vec![target]));
        self.patient.get_or_insert(patient);
        self
    }

    fn dates(&mut self, name: &str, values: &[&str], now: Time) -> Result<(), Refusal> {
        let refused =
            |value: &str| Refusal::bad("fhir.no-date", format!("{name}={}: not a date or an instant.", shown(value)));
        let mut spans = vec![];
        for value in values {
            spans.extend(spans_of(value, now).ok_or_else(|| refused(value))?);
        }
        let from = spans.iter().map(|s| s.0).min().unwrap_or(i64::MIN);
        let until = spans.iter().map(|s| s.1).max().unwrap_or(i64::MAX);
        self.from_ms = Some(self.from_ms.map_or(from, |before| before.max(from)));
        self.until_ms = Some(self.until_ms.map_or(until, |before| before.min(until)));
        self.dates.push(spans);
        Ok(())
    }

    /// Whether an instant is in all the times asked for.
    pub fn is_in_time(&self, at: Time) -> bool {
        let at = at.as_millisecond();
        self.dates.iter().all(|spans| spans.iter().any(|(from, to)| *from <= at && at < *to))
    }

    /// Whether an event is all that was asked for, times apart.
    pub fn fits(&self, event: &Value) -> bool {
        self.tests.iter().all(|test| match test {
            Test::Token(element, system, codes) => codes.iter().any(|code| code.is_in(&event[*element], *system)),
            Test::Agent(targets) => any(&event["agent"], |agent| targets.iter().any(|t| t.is(&agent["who"]))),
            Test::Entity(targets) => any(&event["entity"], |entity| targets.iter().any(|t| t.is(&entity["what"]))),
        })
    }
}

/// What became of a parameter.
enum Taken {
    Used,
    Page,
    Ignored(Issue),
}

fn any(list: &Value, is: impl Fn(&Value) -> bool) -> bool {
    list.as_array().is_some_and(|items| items.iter().any(is))
}

fn unknown(name: &str) -> Result<Taken, Refusal> {
    let base = name.split([':', '.']).next().unwrap_or_default();
    if base != name && SPOKEN.iter().any(|(known, _)| *known == base) {
        let text = format!("{}: no modifiers and no chains on AuditEvents.", shown(name));
        return Err(Refusal::bad("fhir.modifier", text));
    }
    let text = format!("AuditEvent has no search parameter {} here: it was ignored.", shown(name));
    Ok(Taken::Ignored(Issue::error("not-supported", "fhir.unknown-parameter", text)))
}

fn count(value: &str) -> Result<usize, Refusal> {
    if value.len() > 20 || !value.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::bad("fhir.count", format!("_count={}: not a number.", shown(value))));
    }
    Ok(value.parse().unwrap_or(COUNT_MAX).min(COUNT_MAX))
}

/// The instants that a value with its prefix means.
fn spans_of(value: &str, now: Time) -> Option<Vec<Span>> {
    let prefix = value.get(..2).filter(|p| p.bytes().all(|b| b.is_ascii_lowercase()));
    let (from, to) = instant_range(&value[prefix.map_or(0, str::len)..])?;
    Some(match prefix.unwrap_or("eq") {
        "eq" => vec![(from, to)],
        "ne" => vec![(i64::MIN, from), (to, i64::MAX)],
        "gt" | "sa" => vec![(to, i64::MAX)],
        "ge" => vec![(from, i64::MAX)],
        "lt" | "eb" => vec![(i64::MIN, from)],
        "le" => vec![(i64::MIN, to)],
        // A tenth of how long ago it was, as FHIR recommends.
        "ap" => {
            let near = now.as_millisecond().abs_diff(from) / 10;
            let near = i64::try_from(near).ok()?;
            vec![(from.saturating_sub(near), to.saturating_add(near))]
        }
        _ => return None,
    })
}

impl Code {
    fn of(value: &str) -> Self {
        match value.split_once('|') {
            None => Self { system: None, code: Some(value.to_owned()) },
            Some((system, code)) => {
                Self { system: Some(system.to_owned()), code: (!code.is_empty()).then(|| code.to_owned()) }
            }
        }
    }

    /// Whether a code, a Coding or one of several is this.
    fn is_in(&self, value: &Value, implied: Option<&str>) -> bool {
        let is = |system: Option<&str>, code: Option<&str>| {
            self.system.as_deref().is_none_or(|wanted| wanted == system.unwrap_or_default())
                && self.code.as_deref().is_none_or(|wanted| Some(wanted) == code)
        };
        match value {
            Value::Array(codings) => codings.iter().any(|coding| self.is_in(coding, implied)),
            Value::Object(coding) => is(coding["system"].as_str(), coding["code"].as_str()),
            plain => is(implied, plain.as_str()),
        }
    }
}

impl Target {
    fn of(base: &str, name: &str, value: &str) -> Result<Self, Refusal> {
        let refused = || Refusal::bad("fhir.reference", format!("{name}={}: not a reference.", shown(value)));
        let own = value.strip_prefix(base).map_or(value, |rest| rest.trim_start_matches('/'));
        let (own, version) = own.split_once("/_history/").map_or((own, None), |(o, v)| (o, Some(v.to_owned())));
        let (ty, id) = own.split_once('/').map_or((None, own), |(ty, id)| (Some(ty), id));
        let ty = ty.map(|ty| ResourceType::from_name(ty).ok_or_else(refused)).transpose()?;
        Ok(Self { ty, id: Id::new(id).map_err(|_| refused())?, version })
    }

    /// Whether a Reference points at this: by its address, or by the identifier of what is no resource.
    fn is(&self, reference: &Value) -> bool {
        let of_type = |ty: &str| self.ty.is_none_or(|wanted| wanted.name() == ty);
        if let Some(literal) = reference["reference"].as_str() {
            let (own, version) = literal.split_once("/_history/").map_or((literal, None), |(o, v)| (o, Some(v)));
            let Some((ty, id)) = own.split_once('/') else { return false };
            return of_type(ty)
                && id == self.id.as_str()
                && self.version.as_deref().is_none_or(|wanted| Some(wanted) == version);
        }
        reference["type"].as_str().is_some_and(of_type) && reference["identifier"]["value"] == self.id.as_str()
    }
}

#[cfg(test)]
#[path = "params_tests.rs"]
mod tests;
