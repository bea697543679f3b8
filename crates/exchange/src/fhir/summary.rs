//! `_summary` and `_elements`: a part of a resource, marked as such.

use super::refusal::{Refusal, shown};
use ::fhir::{ResourceType, Shape};
use bytes::Bytes;
use records::Resource;
use serde_json::{Map, Value, json};

/// Which part of each resource is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Part {
    /// All of it.
    #[default]
    Whole,
    /// Elements marked as summary.
    Summary,
    /// The narrative and what must be there.
    Text,
    /// All but the narrative.
    Data,
    /// How many, no resources.
    Count,
    /// These elements, `name` or `Type.name`, and what must be there.
    Elements(Vec<String>),
}

impl Part {
    /// Takes `_summary` and `_elements` out of the parameters.
    pub fn take(params: &mut Vec<(String, String)>) -> Result<Self, Refusal> {
        let mut part = Self::Whole;
        let mut wrong = None;
        params.retain(|(name, value)| {
            match (name.as_str(), value.as_str()) {
                ("_summary", "true") => part = Self::Summary,
                ("_summary", "text") => part = Self::Text,
                ("_summary", "data") => part = Self::Data,
                ("_summary", "count") => part = Self::Count,
                ("_summary", "false") => part = Self::Whole,
                ("_summary", other) => wrong = Some(shown(other)),
                ("_elements", names) => {
                    part = Self::Elements(names.split(',').map(|n| n.trim().to_owned()).take(200).collect());
                }
                _ => return true,
            }
            false
        });
        match wrong {
            Some(other) => {
                let text = format!("_summary={other}: true, text, data, count or false.");
                Err(Refusal::bad("fhir.summary", text))
            }
            None => Ok(part),
        }
    }

    /// The part of a stored resource.
    pub fn of(&self, ty: ResourceType, resource: &Resource) -> Result<Bytes, Refusal> {
        if matches!(self, Self::Whole | Self::Count) {
            return Ok(resource.json.clone());
        }
        let Value::Object(members) = resource.value()? else { return Ok(resource.json.clone()) };
        Ok(Value::Object(self.cut(ty, members)).to_string().into())
    }

    fn cut(&self, ty: ResourceType, members: Map<String, Value>) -> Map<String, Value> {
        let shape = Shape::of(ty);
        let mut kept = Map::new();
        for (name, value) in members {
            // `_birthDate` goes where `birthDate` goes.
            let element = name.strip_prefix('_').unwrap_or(&name);
            let always = matches!(element, "resourceType" | "id" | "meta");
            let must = always || Shape::names(&shape.mandatory, element);
            let wanted = match self {
                Self::Whole | Self::Count => true,
                Self::Data => element != "text",
                Self::Text => must || element == "text",
                Self::Summary => always || Shape::names(&shape.summary, element),
                Self::Elements(names) => must || names.iter().any(|n| is_named(n, ty, element)),
            };
            if wanted {
                let inside = if *self == Self::Summary { Shape::within(&shape.summary, element) } else { vec![] };
                kept.insert(name, if inside.is_empty() { value } else { within(value, &inside) });
            }
        }
        mark(&mut kept);
        kept
    }
}

fn is_named(name: &str, ty: ResourceType, element: &str) -> bool {
    let own = match name.split_once('.') {
        Some((of, own)) if of == ty.name() => own,
        _ => name,
    };
    own.split('.').next() == Some(element)
}

/// Of an element that is in the summary in part, that part.
fn within(value: Value, paths: &[&str]) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|v| within(v, paths)).collect(),
        Value::Object(members) => {
            let paths: Vec<String> = paths.iter().map(|p| (*p).to_owned()).collect();
            let is_wanted = |name: &str| Shape::names(&paths, name.strip_prefix('_').unwrap_or(name));
            members.into_iter().filter(|(name, _)| name == "id" || is_wanted(name)).collect()
        }
        other => other,
    }
}

/// Says that something is missing: who sends this back must know.
fn mark(members: &mut Map<String, Value>) {
    let tag = json!({"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"});
    let meta = members.entry("meta").or_insert_with(|| json!({}));
    match meta["tag"].as_array_mut() {
        Some(tags) => tags.push(tag),
        None => meta["tag"] = json!([tag]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(part: &Part, body: Value) -> Vec<String> {
        let ty = ResourceType::from_name(body["resourceType"].as_str().unwrap()).unwrap();
        let Value::Object(members) = body else { panic!("an object") };
        let kept = part.cut(ty, members);
        assert!(kept["meta"]["tag"].as_array().unwrap().iter().any(|t| t["code"] == "SUBSETTED"));
        kept.keys().cloned().collect()
    }

    #[test]
    fn parts_of_a_resource() {
        let body = || {
            json!({"resourceType": "Observation", "id": "o", "meta": {}, "text": {}, "status": "final", "code": {},
                "valueQuantity": {"value": 1}, "note": [{}], "_issued": {}, "method": {}})
        };
        let summary = cut(&Part::Summary, body());
        assert_eq!(summary, ["resourceType", "id", "meta", "status", "code", "valueQuantity", "_issued"]);
        assert_eq!(cut(&Part::Text, body()), ["resourceType", "id", "meta", "text", "status", "code"]);
        assert!(!cut(&Part::Data, body()).contains(&"text".to_owned()));
        let some = Part::Elements(vec!["note".into(), "Observation.method".into(), "Patient.text".into()]);
        assert_eq!(cut(&some, body()), ["resourceType", "id", "meta", "status", "code", "note", "method"]);
    }

    #[test]
    fn a_backbone_is_cut_inside() {
        let body = json!({"resourceType": "Observation", "component": [{"code": {}, "interpretation": [], "valueString": "x"}]});
        let Value::Object(members) = body else { panic!("an object") };
        let ty = ResourceType::from_name("Observation").unwrap();
        let kept = Part::Summary.cut(ty, members);
        assert_eq!(kept["component"], json!([{"code": {}, "valueString": "x"}]));
    }
}
