//! Parameters of a search: what the store answers, what steers the answer, and what nobody here knows.

use super::page;
use super::refusal::{Issue, Refusal, shown};
use super::summary::Part;
use ::fhir::ResourceType;
use ::fhir::search::Definitions;
use axum::http::StatusCode;
use records::Query;

/// Entries of a page, unless told otherwise.
const USUAL: usize = 50;
/// Most entries of a page.
pub const COUNT_MAX: usize = 1_000;

/// How the total is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Total {
    /// Not at all.
    #[default]
    None,
    /// Roughly.
    Estimate,
    /// Exactly.
    Accurate,
}

/// A search as it will be done.
#[derive(Debug, Clone, Default)]
pub struct Params {
    /// What the store is asked, `_sort` and includes among it.
    pub asked: Vec<(String, String)>,
    /// What is used of the parameters, as the links show it.
    pub used: Vec<(String, String)>,
    /// Entries of a page.
    pub count: usize,
    /// The total.
    pub total: Total,
    /// The part of each resource.
    pub part: Part,
    /// A later page.
    pub page: Option<String>,
    /// What was ignored, and is named.
    pub ignored: Vec<Issue>,
}

impl Params {
    /// Reads the parameters of a search on a type. Those that nobody knows are refused when strict, else named.
    pub fn of(ty: ResourceType, params: &[(String, String)], strict: bool) -> Result<Self, Refusal> {
        Self::read(&[ty], params, strict, false)
    }

    /// The same of a search over several types: a parameter counts when all of them have it.
    pub fn of_types(types: &[ResourceType], params: &[(String, String)], strict: bool) -> Result<Self, Refusal> {
        Self::read(types, params, strict, true)
    }

    fn read(types: &[ResourceType], params: &[(String, String)], strict: bool, several: bool) -> Result<Self, Refusal> {
        let mut rest = params.to_vec();
        rest.retain(|(_, value)| !value.is_empty());
        let mut this = Self { count: USUAL, part: Part::take(&mut rest.clone())?, ..Self::default() };
        for (name, value) in rest {
            match name.as_str() {
                page::PARAM => {
                    this.page = Some(value);
                    continue;
                }
                "_count" => this.count = count(&value)?,
                "_total" => this.total = total(&value)?,
                "_summary" | "_elements" => {}
                "_type" if several => {}
                _ if types.iter().all(|ty| is_known(*ty, &name)) => this.asked.push((name.clone(), value.clone())),
                _ => {
                    this.ignored.push(unknown(types, &name));
                    continue;
                }
            }
            this.used.push((name, value));
        }
        if this.count == 0 {
            this.part = Part::Count;
        }
        if strict && !this.ignored.is_empty() {
            return Err(Refusal::of(StatusCode::BAD_REQUEST, this.ignored));
        }
        for issue in &mut this.ignored {
            issue.severity = "warning";
        }
        Ok(this)
    }

    /// Adds a condition of the address, not of the parameters.
    #[must_use]
    pub fn within(mut self, name: &str, value: String) -> Self {
        self.asked.push((name.to_owned(), value));
        self
    }

    /// What the store is asked for a page.
    pub fn query(&self, ty: ResourceType) -> Query {
        Query { of: ty, params: self.asked.clone(), count: self.count.max(1), after: None }
    }

    /// What the store is asked for the total: the same without order and includes.
    pub fn counted(&self, ty: ResourceType) -> Query {
        let mut query = self.query(ty);
        query.params.retain(|(name, _)| !steers(name));
        query
    }
}

fn steers(name: &str) -> bool {
    name == "_sort" || ["_include", "_revinclude"].iter().any(|i| name == *i || name.starts_with(&format!("{i}:")))
}

/// A parameter that the store has a meaning for on this type. Its modifiers, chains and values are the store's to judge.
fn is_known(ty: ResourceType, name: &str) -> bool {
    if steers(name) || name == "_id" || name.starts_with("_has:") {
        return true;
    }
    let code = name.split([':', '.']).next().unwrap_or_default();
    Definitions::r4().param(ty, code).is_some()
}

fn unknown(types: &[ResourceType], name: &str) -> Issue {
    let lacks = types.iter().find(|ty| !is_known(**ty, name)).map_or("This search", |ty| ty.name());
    let text = format!("{lacks} has no search parameter {} here: it was ignored.", shown(name));
    Issue::error("not-supported", "fhir.unknown-parameter", text)
}

fn count(value: &str) -> Result<usize, Refusal> {
    if value.is_empty() || value.len() > 20 || !value.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::bad("fhir.count", format!("_count={}: not a number.", shown(value))));
    }
    // More than are given at once are never given: the link `self` says how many.
    Ok(value.parse().unwrap_or(COUNT_MAX).min(COUNT_MAX))
}

fn total(value: &str) -> Result<Total, Refusal> {
    match value {
        "none" => Ok(Total::None),
        "estimate" => Ok(Total::Estimate),
        "accurate" => Ok(Total::Accurate),
        other => Err(Refusal::bad("fhir.total", format!("_total={}: accurate, estimate or none.", shown(other)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(params: &[(&str, &str)], strict: bool) -> Result<Params, Refusal> {
        let params: Vec<_> = params.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Params::of(ResourceType::PATIENT, &params, strict)
    }

    #[test]
    fn known_and_unknown() {
        let told = [
            ("name", "王"),
            ("nonsense", "1"),
            ("_count", "1000000000"),
            ("_compartment", "Patient/x"),
            ("general-practitioner.name", "a"),
            ("_has:Observation:patient:code", "x"),
            ("_sort", "-birthdate"),
            ("_include:iterate", "Patient:link"),
            ("gender:not", "male"),
            ("_filter", "x"),
            ("_type", "Patient"),
        ];
        let params = of(&told, false).unwrap();
        assert_eq!(params.count, COUNT_MAX);
        let asked: Vec<_> = params.asked.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(
            asked,
            [
                "name",
                "general-practitioner.name",
                "_has:Observation:patient:code",
                "_sort",
                "_include:iterate",
                "gender:not"
            ]
        );
        assert_eq!(params.ignored.len(), 4);
        assert_eq!(of(&told, true).unwrap_err().status, 400);
        assert_eq!(params.counted(ResourceType::PATIENT).params.len(), 4);
        assert_eq!(of(&[("_count", "0")], true).unwrap().part, Part::Count);
        let several = [ResourceType::PATIENT, ResourceType::OBSERVATION];
        let asked: Vec<(String, String)> =
            [("_type", "Patient,Observation"), ("identifier", "1"), ("birthdate", "2026"), ("_content", "x")]
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .to_vec();
        let params = Params::of_types(&several, &asked, false).unwrap();
        assert_eq!(params.asked.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), ["identifier", "_content"]);
        assert_eq!((params.used.len(), params.ignored.len()), (3, 1));
        assert!(params.ignored[0].text.starts_with("Observation has no search parameter birthdate"));
        for (name, value) in [("_count", "-1"), ("_count", "1e9"), ("_total", "yes"), ("_summary", "maybe")] {
            assert_eq!(of(&[(name, value)], false).unwrap_err().status, 400, "{name}={value}");
        }
    }
}
