//! References between entries: what an entry is called in the Bundle becomes what it is called in the record.

use super::super::caller::Caller;
use super::super::conditional::{Criteria, Found};
use super::super::refusal::{Refusal, shown};
use super::super::type_of;
use ::fhir::Reference;
use serde_json::Value;
use std::collections::HashMap;

/// Names in the Bundle, and what they mean.
#[derive(Debug, Default)]
pub struct Links {
    names: HashMap<String, Reference>,
    searched: HashMap<String, Reference>,
}

impl Links {
    /// An entry with this `fullUrl` is written as `at`. False when another entry has the name.
    pub fn name(&mut self, full_url: &str, at: &Reference) -> bool {
        self.names.insert(full_url.to_owned(), at.clone()).is_none_or(|before| before == *at)
    }

    /// Looks for what conditional references (`Patient?identifier=…`) mean.
    pub async fn search(&mut self, caller: &Caller, body: &Value) -> Result<(), Refusal> {
        let mut found = vec![];
        conditional(body, &mut found);
        for text in found {
            if self.searched.contains_key(text) {
                continue;
            }
            let (ty, query) = text.split_once('?').unwrap_or((text, ""));
            let ty = type_of(ty)?;
            caller.may_read("fhir.search", Some(ty), None).await?;
            match Criteria::of_text(ty, query)?.find(caller).await? {
                Found::One(one) => self.searched.insert(text.to_owned(), one.at),
                Found::None => {
                    let text = format!("Nothing matches the reference {}.", shown(text));
                    return Err(Refusal::precondition("fhir.reference-matches-nothing", text));
                }
            };
        }
        Ok(())
    }

    /// Writes what is meant. What is called by a name that no entry has is refused.
    pub fn rewrite(&self, body: &mut Value) -> Result<(), Refusal> {
        match body {
            Value::Array(items) => items.iter_mut().try_for_each(|v| self.rewrite(v)),
            Value::Object(members) => {
                members.iter_mut().try_for_each(|(name, value)| match (value.as_str(), may_name(name)) {
                    (Some(text), Some(is_reference)) => {
                        if let Some(meant) = self.meant(text, is_reference)? {
                            *value = meant.into();
                        }
                        Ok(())
                    }
                    _ => self.rewrite(value),
                })
            }
            _ => Ok(()),
        }
    }

    fn meant(&self, text: &str, is_reference: bool) -> Result<Option<String>, Refusal> {
        if let Some(at) = self.names.get(text).or_else(|| self.searched.get(text)) {
            return Ok(Some(at.to_string()));
        }
        if is_reference && (text.starts_with("urn:uuid:") || text.starts_with("urn:oid:")) {
            let text = format!("No entry of the Bundle is called {}.", shown(text));
            return Err(Refusal::unfit("fhir.no-such-entry", text));
        }
        Ok(None)
    }
}

/// Whether a member may name an entry; true for a reference, false for a uri that may be something else as well.
fn may_name(member: &str) -> Option<bool> {
    match member {
        "reference" => Some(true),
        "url" | "uri" | "valueUri" | "valueUrl" | "valueUuid" | "valueOid" => Some(false),
        _ => None,
    }
}

/// References that are searches.
fn conditional<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|v| conditional(v, found)),
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if name == "reference" => {
                        let is_search = text.split_once('?').is_some_and(|(ty, _)| type_of(ty).is_ok());
                        found.extend(is_search.then_some(text));
                    }
                    _ => conditional(value, found),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_become_references_and_nothing_else_changes() {
        let mut links = Links::default();
        assert!(links.name("urn:uuid:1", &"Patient/p".parse().unwrap()));
        assert!(!links.name("urn:uuid:1", &"Patient/q".parse().unwrap()));
        links.name("urn:uuid:1", &"Patient/p".parse().unwrap());
        links.name("http://a/Patient/7", &"Patient/p".parse().unwrap());
        let mut body = json!({"subject": {"reference": "urn:uuid:1"}, "identifier": [{"value": "urn:uuid:1"}],
            "content": {"attachment": {"url": "urn:uuid:1"}}, "other": [{"reference": "http://a/Patient/7"}],
            "x": {"reference": "Group/1"}, "valueUri": "urn:uuid:9"});
        links.rewrite(&mut body).unwrap();
        assert_eq!(
            body,
            json!({"subject": {"reference": "Patient/p"}, "identifier": [{"value": "urn:uuid:1"}],
            "content": {"attachment": {"url": "Patient/p"}}, "other": [{"reference": "Patient/p"}],
            "x": {"reference": "Group/1"}, "valueUri": "urn:uuid:9"})
        );
        assert_eq!(links.rewrite(&mut json!({"reference": "urn:uuid:2"})).unwrap_err().status, 422);
    }
}
