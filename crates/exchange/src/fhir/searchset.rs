//! Bundles of what was found, written without parsing what they hold.

use super::refusal::{Issue, outcome_of};
use ::fhir::Reference;
use bytes::Bytes;
use serde_json::Value;

/// An entry's place in the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It matches.
    Match,
    /// Something that matches brought it.
    Include,
}

/// A Bundle on its way.
pub struct Bundle {
    base: String,
    head: String,
    links: Vec<String>,
    entries: Vec<u8>,
}

fn text(text: &str) -> String {
    Value::from(text).to_string()
}

impl Bundle {
    /// Of a kind: `searchset` or `history`.
    pub fn new(kind: &str, base: &str, id: &str, total: Option<u64>) -> Self {
        let total = total.map_or(String::new(), |n| format!(r#","total":{n}"#));
        let head = format!(r#"{{"resourceType":"Bundle","id":{},"type":"{kind}"{total}"#, text(id));
        Self { base: base.to_owned(), head, links: vec![], entries: vec![] }
    }

    /// Adds a link: a path below the base with its parameters.
    pub fn link(&mut self, relation: &str, path: &str, params: &[(String, String)]) {
        let mut url = if path.is_empty() { self.base.clone() } else { format!("{}/{path}", self.base) };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(params);
        let query = query.finish();
        if !query.is_empty() {
            url = format!("{url}?{query}");
        }
        self.links.push(format!(r#"{{"relation":"{relation}","url":{}}}"#, text(&url)));
    }

    /// Adds what was found.
    pub fn found(&mut self, at: &Reference, json: &[u8], mode: Mode) {
        let mode = match mode {
            Mode::Match => "match",
            Mode::Include => "include",
        };
        let full = text(&format!("{}/{at}", self.base));
        self.entry(&[
            format!(r#"{{"fullUrl":{full},"resource":"#).as_bytes(),
            json,
            format!(r#","search":{{"mode":"{mode}"}}}}"#).as_bytes(),
        ]);
    }

    /// Adds what is to be said of the search.
    pub fn said(&mut self, issues: &[Issue]) {
        let outcome = outcome_of(issues).to_string();
        self.entry(&[br#"{"resource":"#, outcome.as_bytes(), br#","search":{"mode":"outcome"}}"#]);
    }

    /// Adds an entry that is whole already.
    pub fn whole(&mut self, entry: &[u8]) {
        self.entry(&[entry]);
    }

    fn entry(&mut self, parts: &[&[u8]]) {
        if !self.entries.is_empty() {
            self.entries.push(b',');
        }
        parts.iter().for_each(|part| self.entries.extend_from_slice(part));
    }

    /// The Bundle.
    pub fn done(self) -> Bytes {
        let mut out = self.head.into_bytes();
        if !self.links.is_empty() {
            out.extend_from_slice(format!(r#","link":[{}]"#, self.links.join(",")).as_bytes());
        }
        // An empty array is no FHIR.
        if !self.entries.is_empty() {
            out.extend_from_slice(br#","entry":["#);
            out.extend_from_slice(&self.entries);
            out.push(b']');
        }
        out.push(b'}');
        out.into()
    }
}
