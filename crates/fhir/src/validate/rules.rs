//! Invariants: those of the definitions' expressions, and those that the walk judges itself because it alone knows what they
//! ask (types of primitives, the resource around) or because they hold for every element.

use super::definitions::{Element, How, Kind, Type};
use super::issue::{Code, Severity, quoted};
use super::narrative;
use super::place::Place;
use super::reference::{self, Target};
use super::walk::{Fragment, Walk};
use crate::fhirpath::{self, Around};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Most targets that a message names.
const NAMED: usize = 8;

impl<'v> Walk<'v> {
    /// All rules of an object once its members were judged.
    pub(super) fn judge_object(
        &mut self,
        place: &Place,
        ty: &'static Type,
        element: Option<&'static Element>,
        value: &'v Value,
        members: &'v Map<String, Value>,
        around: Around<'v>,
    ) {
        if ty.kind != Kind::Resource && members.len() == 1 && members.contains_key("id") {
            self.broken("ele-1", place, "an element must have a value or members beside its id");
        }
        match &*ty.name {
            "Extension" => {
                let valued = members.keys().any(|k| k.trim_start_matches('_').starts_with("value"));
                if valued == members.contains_key("extension") {
                    self.broken("ext-1", place, "must have either extensions or value[x], and not both");
                }
            }
            "Reference" => self.reference(place, element, members, around),
            _ => {}
        }
        self.judge(place, &ty.name, &ty.rules, value, around);
        if let Some(element) = element {
            self.judge(place, &ty.name, &element.rules, value, around);
        }
    }

    /// The given rules on a value of a type.
    pub(super) fn judge(
        &mut self,
        place: &Place,
        of: &'static str,
        rules: &'static [u16],
        value: &'v Value,
        around: Around<'v>,
    ) {
        let all = self.all;
        for number in rules {
            let rule = &all.rules[usize::from(*number)];
            if rule.severity < Severity::Error && !self.options.warnings {
                continue;
            }
            #[cfg(test)]
            super::oracle::met(rule, of, value, around);
            let unsure = match &rule.how {
                How::Walk | How::NarrativeText => continue,
                How::Narrative => {
                    self.narrative(place, value);
                    continue;
                }
                How::Expression(expression) => match fhirpath::holds(expression, value, around, &mut self.budget) {
                    Ok(true) => continue,
                    Ok(false) => {
                        self.say(rule.severity, Code::Invariant, place, Some(&rule.key), || {
                            format!("{}: {}", rule.key, rule.human)
                        });
                        continue;
                    }
                    Err(why) => why,
                },
                How::Unreadable(why) => why,
            };
            self.say(Severity::Information, Code::NotSupported, place, Some(&rule.key), || {
                format!("{} of {of} could not be judged: {unsure} ({})", rule.key, quoted(&rule.expression))
            });
        }
    }

    fn broken(&mut self, key: &'static str, place: &Place, what: &str) {
        self.say(Severity::Error, Code::Invariant, place, Some(key), || format!("{key}: {what}"));
    }

    fn narrative(&mut self, place: &Place, value: &Value) {
        let Some(text) = value.as_str() else { return };
        let read = narrative::read(text);
        if let Some(fault) = read.fault {
            self.broken("txt-1", place, &fault);
        } else if !read.speaks {
            self.broken("txt-2", place, "a narrative must have something to read");
        }
    }

    fn reference(
        &mut self,
        place: &Place,
        element: Option<&'static Element>,
        members: &'v Map<String, Value>,
        around: Around<'v>,
    ) {
        let targets = element.map_or(&[][..], |element| &element.targets);
        let any = targets.is_empty() || targets.iter().any(|t| &**t == "Resource");
        let said = members.get("type").and_then(Value::as_str);
        let text = members.get("reference").and_then(Value::as_str).filter(|text| !text.is_empty());
        let mut of = None;
        if let Some(text) = text {
            let at = place.member("reference");
            match reference::read(self.all, text) {
                None => self.error(Code::Value, &at, || {
                    format!("{} is not a reference: Type/id, a URL, a URN or #id", quoted(text))
                }),
                Some(Target::Inside(id)) => of = self.inside(&at, id, around),
                Some(Target::Of(ty)) => of = Some(ty),
                Some(Target::Unknown) => {}
            }
            if let (Some(of), Some(said)) = (of, said.filter(|s| self.all.resource(s).is_some()))
                && of != said
            {
                self.error(Code::Value, &place.member("type"), || {
                    format!("type says {} and the reference is to {of}", quoted(said))
                });
            }
        }
        let of = of.or_else(|| said.filter(|s| self.all.resource(s).is_some()));
        if let Some(of) = of.filter(|of| !any && !targets.iter().any(|t| **t == **of)) {
            let more = if targets.len() > NAMED { ", …" } else { "" };
            let at = if text.is_some() { place.member("reference") } else { place.member("type") };
            self.error(Code::Value, &at, || {
                let named: Vec<&str> = targets.iter().take(NAMED).map(|t| &**t).collect();
                format!("a reference to {of} may not stand here: {}{more} may", named.join(", "))
            });
        }
    }

    /// `ref-1`: `#id` names a contained resource; its type, when it is there.
    fn inside(&mut self, place: &Place, id: &'v str, around: Around<'v>) -> Option<&'v str> {
        let within = self.inside.contained;
        self.inside.fragments.push(Fragment { id, within });
        if id.is_empty() {
            return around.root.get("resourceType").and_then(Value::as_str);
        }
        let found = self.inside.ids.get(id).copied();
        if found.is_none() {
            self.broken("ref-1", place, &format!("no contained resource has the id {}", quoted(id)));
        }
        found.flatten()
    }

    /// `dom-3`: each contained resource is referred to from somewhere in the resource, or refers to what contains it.
    pub(super) fn contained_are_used(&mut self, place: &Place, members: &'v Map<String, Value>) {
        let Some(contained) = members.get("contained").and_then(Value::as_array) else { return };
        let at = place.member("contained");
        // Looked up by hash: a resource may contain and refer to thousands.
        let named: HashSet<&str> = self.inside.fragments.iter().map(|f| f.id).collect();
        let upward: HashSet<Option<usize>> =
            self.inside.fragments.iter().filter(|f| f.id.is_empty()).map(|f| f.within).collect();
        for (i, resource) in contained.iter().enumerate() {
            let id = resource.get("id").and_then(Value::as_str);
            if !id.is_some_and(|id| named.contains(id)) && !upward.contains(&Some(i)) {
                let id = id.map_or_else(|| "without an id".to_owned(), quoted);
                self.broken("dom-3", &at.item(i), &format!("contained resource {id} is referred to from nowhere"));
            }
        }
    }

    /// `dom-2`, `dom-4`, `dom-5`: what a contained resource may not have.
    pub(super) fn contained_is_bare(&mut self, place: &Place, members: &Map<String, Value>) {
        if members.contains_key("contained") {
            let at = place.member("contained");
            self.broken("dom-2", &at, "a contained resource may not contain others");
        }
        let Some(meta) = members.get("meta").and_then(Value::as_object) else { return };
        let at = place.member("meta");
        for (name, key, what) in [
            ("versionId", "dom-4", "a contained resource has no version"),
            ("lastUpdated", "dom-4", "a contained resource has no time of change"),
            ("security", "dom-5", "a contained resource has no security label"),
        ] {
            if meta.contains_key(name) {
                self.broken(key, &at.member(name), what);
            }
        }
    }
}
