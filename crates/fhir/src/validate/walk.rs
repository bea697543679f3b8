//! The walk over a resource: each member is held against the definition of the element it is.

use super::definitions::{Definitions, Element, Kind, Member, Type, TypeId};
use super::issue::{Code, Issue, Severity, quoted};
use super::nearest::nearest;
use super::place::Place;
use super::primitive::{Fault, Primitive};
use super::{DEPTH_MAX, Options, binding};
use crate::fhirpath::{Around, WORK_MAX};
use serde_json::{Map, Value};
use std::collections::HashMap;

pub(super) struct Walk<'v> {
    pub(super) all: &'static Definitions,
    pub(super) options: Options,
    issues: Vec<Issue>,
    untold: usize,
    worst: Severity,
    pub(super) inside: Inside<'v>,
    /// Work that is left for rules.
    pub(super) budget: usize,
}

/// What is known of the resource that is walked, or of the one that contains it.
#[derive(Default)]
pub(super) struct Inside<'v> {
    /// Each `#id` met so far.
    pub(super) fragments: Vec<Fragment<'v>>,
    /// Ids of contained resources, with their types.
    pub(super) ids: HashMap<&'v str, Option<&'v str>>,
    /// Which contained resource is walked.
    pub(super) contained: Option<usize>,
}

/// A `#id` met in the resource, and in which contained one.
#[derive(Clone, Copy)]
pub(super) struct Fragment<'v> {
    pub(super) id: &'v str,
    pub(super) within: Option<usize>,
}

/// What a resource is to what is around it.
#[derive(Clone, Copy)]
enum Role<'v> {
    /// Stands for itself: the whole, or a bundle's entry.
    Own,
    /// The i-th contained one of another.
    Contained(usize, &'v Value),
}

pub(super) fn resource(value: &Value, options: Options) -> Vec<Issue> {
    let all = Definitions::r4();
    let name = value.get("resourceType").and_then(Value::as_str).and_then(|name| all.resource(name));
    let place = Place::root(name.map_or("Resource", |ty| &all.types[ty].name));
    let mut walk = Walk {
        all,
        options,
        issues: Vec::new(),
        untold: 0,
        worst: Severity::Information,
        inside: Inside::default(),
        budget: WORK_MAX,
    };
    if too_deep(value) {
        walk.say(Severity::Error, Code::TooCostly, &place, None, || {
            format!("objects and arrays are nested deeper than {DEPTH_MAX}: nothing was judged")
        });
    } else {
        walk.resource(&place, value, Role::Own);
    }
    if walk.untold > 0 {
        let text = format!("{} more findings are not told", walk.untold);
        let location = place.path();
        walk.issues.push(Issue { severity: walk.worst, code: Code::TooCostly, location, text, rule: None });
    }
    walk.issues
}

/// Without recursion, since it protects what recurses.
fn too_deep(value: &Value) -> bool {
    let mut open = vec![(value, 1)];
    while let Some((value, depth)) = open.pop() {
        if depth > DEPTH_MAX {
            return true;
        }
        let nested = |v: &&Value| v.is_object() || v.is_array();
        match value {
            Value::Array(items) => open.extend(items.iter().filter(nested).map(|v| (v, depth + 1))),
            Value::Object(members) => open.extend(members.values().filter(nested).map(|v| (v, depth + 1))),
            _ => {}
        }
    }
    false
}

impl<'v> Walk<'v> {
    /// Adds a finding, or counts it when there are enough.
    pub(super) fn say(
        &mut self,
        severity: Severity,
        code: Code,
        place: &Place,
        rule: Option<&'static str>,
        text: impl FnOnce() -> String,
    ) {
        if self.issues.len() < self.options.issues_max {
            self.issues.push(Issue { severity, code, location: place.path(), text: text(), rule });
        } else {
            self.untold += 1;
            self.worst = self.worst.max(severity);
        }
    }

    pub(super) fn error(&mut self, code: Code, place: &Place, text: impl FnOnce() -> String) {
        self.say(Severity::Error, code, place, None, text);
    }

    fn resource(&mut self, place: &Place, value: &'v Value, role: Role<'v>) {
        let Some(members) = value.as_object() else {
            return self.error(Code::Structure, place, || "a resource must be an object".into());
        };
        let at = place.member("resourceType");
        let ty = match members.get("resourceType") {
            None => return self.error(Code::Required, &at, || "resourceType is missing".into()),
            Some(Value::String(name)) => match self.all.resource(name) {
                Some(ty) => ty,
                None => {
                    let meant = nearest(name, self.all.resources());
                    let meant = meant.map_or_else(String::new, |meant| format!("; did you mean '{meant}'?"));
                    return self
                        .error(Code::Value, &at, || format!("{} is not a resource type of R4{meant}", quoted(name)));
                }
            },
            Some(_) => return self.error(Code::Structure, &at, || "resourceType must be a string".into()),
        };
        match role {
            Role::Own => {
                let own = Inside { ids: ids(members), ..Inside::default() };
                let outer = std::mem::replace(&mut self.inside, own);
                self.object(place, ty, None, value, Around { resource: value, root: value });
                self.contained_are_used(place, members);
                self.inside = outer;
            }
            Role::Contained(at, root) => {
                let outer = self.inside.contained.replace(at);
                self.contained_is_bare(place, members);
                self.object(place, ty, None, value, Around { resource: value, root });
                self.inside.contained = outer;
            }
        }
    }

    /// An object of a type. `element` is what it stands as, none for a resource.
    fn object(
        &mut self,
        place: &Place,
        ty: TypeId,
        element: Option<&'static Element>,
        value: &'v Value,
        around: Around<'v>,
    ) {
        let ty = &self.all.types[ty];
        let Some(members) = value.as_object() else {
            return self.error(Code::Structure, place, || format!("{} must be an object", kind(ty)));
        };
        if members.is_empty() {
            return self.error(Code::Structure, place, || "an object may not be empty".into());
        }
        let mut seen = 0_u128;
        for (name, member) in members {
            if let Some(known) = ty.members.get(name.as_str()) {
                self.member(place, ty, *known, name, member, members, &mut seen, around);
            } else if name != "resourceType" || ty.kind != Kind::Resource {
                self.unknown(place, ty, name);
            }
        }
        for number in &ty.required {
            if seen & (1 << number) == 0 {
                let element = &ty.elements[usize::from(*number)];
                let choice = if element.choice { "[x]" } else { "" };
                self.error(Code::Required, &place.member(&element.name), || {
                    format!("{}{choice} is missing: {} must have it", element.name, kind(ty))
                });
            }
        }
        self.judge_object(place, ty, element, value, members, around);
    }

    fn unknown(&mut self, place: &Place, ty: &Type, name: &'v str) {
        let meant = nearest(name, ty.members.keys().map(|k| &**k));
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean '{meant}'?"));
        self.error(Code::Structure, &place.member(name), || {
            format!("{} is not an element of {}{meant}", quoted(name), kind(ty))
        });
    }

    #[expect(clippy::too_many_arguments, reason = "the loop over members, taken out to be read")]
    fn member(
        &mut self,
        place: &Place,
        ty: &'static Type,
        known: Member,
        name: &'v str,
        value: &'v Value,
        members: &'v Map<String, Value>,
        seen: &mut u128,
        around: Around<'v>,
    ) {
        let element = &ty.elements[usize::from(known.element)];
        let place = place.member(&element.name);
        // `value` and `_value` are one element: what stands beside is told by the value when there is one.
        let follows = known.beside && members.contains_key(&name[1..]);
        if !follows {
            let bit = 1 << known.element;
            if *seen & bit != 0 {
                let choice = &element.name;
                self.error(Code::Structure, &place, || {
                    format!("{choice}[x] may be given in one type alone, and {} is a second", quoted(name))
                });
            }
            *seen |= bit;
            if element.max == Some(0) {
                self.error(Code::Structure, &place, || format!("{} may not be given here", quoted(name)));
            }
        }
        if known.beside {
            let values = if follows { members.get(&name[1..]) } else { None };
            return self.beside(&place, element, known.ty, value, values, around);
        }
        let Kind::Primitive(primitive) = self.all.types[known.ty].kind else {
            return self.complex(&place, element, known.ty, value, around);
        };
        self.each(&place, element, value, |walk, place, at, value| {
            if value.is_null() {
                let beside = at.and_then(|i| members.get(&format!("_{name}"))?.get(i)).filter(|v| !v.is_null());
                if beside.is_none() {
                    walk.error(Code::Structure, place, || "null may not stand here".into());
                }
            } else {
                walk.primitive(place, element, primitive, value, around);
            }
        });
    }

    /// Calls for the value, or for each of an array's; says where one stands for the other.
    fn each(
        &mut self,
        place: &Place,
        element: &Element,
        value: &'v Value,
        mut one: impl FnMut(&mut Self, &Place, Option<usize>, &'v Value),
    ) {
        match (value, element.array) {
            (Value::Array(_), false) => {
                self.error(Code::Structure, place, || format!("{} may not be an array", element.name));
            }
            (Value::Array(items), true) => {
                if items.is_empty() {
                    self.error(Code::Structure, place, || "an array may not be empty".into());
                }
                if let Some(max) = element.max.filter(|max| items.len() > *max as usize) {
                    self.error(Code::Structure, place, || {
                        format!("{} is given {} times, and may be {max} times", element.name, items.len())
                    });
                }
                for (i, item) in items.iter().enumerate() {
                    one(self, &place.item(i), Some(i), item);
                }
            }
            (_, true) => self.error(Code::Structure, place, || format!("{} must be an array", element.name)),
            (_, false) => one(self, place, None, value),
        }
    }

    fn complex(&mut self, place: &Place, element: &'static Element, ty: TypeId, value: &'v Value, around: Around<'v>) {
        let any = self.all.types[ty].kind == Kind::AnyResource;
        self.each(place, element, value, |walk, place, at, value| {
            if any && &*element.name == "contained" {
                walk.resource(place, value, Role::Contained(at.unwrap_or_default(), around.root));
            } else if any {
                walk.resource(place, value, Role::Own);
            } else {
                walk.object(place, ty, Some(element), value, around);
                walk.bound(place, element, value);
            }
        });
    }

    fn primitive(
        &mut self,
        place: &Place,
        element: &'static Element,
        primitive: Primitive,
        value: &'v Value,
        around: Around<'v>,
    ) {
        match primitive.judge(value) {
            Err(Fault::Kind(wanted)) => {
                return self.error(Code::Structure, place, || format!("{} must be {wanted}", element.name));
            }
            Err(Fault::Long(most)) => {
                return self
                    .error(Code::TooLong, place, || format!("{} is longer than {most} characters", element.name));
            }
            Err(Fault::Form(wanted)) => {
                let shown = match value {
                    Value::String(text) => quoted(text),
                    other => quoted(&other.to_string()),
                };
                return self.error(Code::Value, place, || format!("{shown} is not {wanted}"));
            }
            Ok(()) => {}
        }
        if let (true, Some(id)) = (primitive.is_uri(), value.as_str().and_then(|text| text.strip_prefix('#'))) {
            let within = self.inside.contained;
            self.inside.fragments.push(Fragment { id, within });
        }
        self.bound(place, element, value);
        self.judge(place, primitive.name(), &element.rules, value, around);
    }

    /// Required codes.
    fn bound(&mut self, place: &Place, element: &Element, value: &Value) {
        let Some(set) = element.set else { return };
        let set = &self.all.sets[usize::from(set)];
        let Some(wrong) = binding::judge(set, value) else { return };
        let severity = wrong.severity(set);
        if severity == Severity::Error || self.options.warnings {
            self.say(severity, Code::CodeInvalid, place, None, || wrong.text(set));
        }
    }

    /// `_name`: ids and extensions of a primitive, beside its values.
    fn beside(
        &mut self,
        place: &Place,
        element: &'static Element,
        ty: TypeId,
        value: &'v Value,
        values: Option<&Value>,
        around: Around<'v>,
    ) {
        let lengths = (value.as_array().map(Vec::len), values.and_then(Value::as_array).map(Vec::len));
        if let (Some(beside), Some(own)) = lengths
            && beside != own
        {
            self.error(Code::Structure, place, || {
                format!("{0} has {own} places and _{0} has {beside}: null must fill what is not there", element.name)
            });
        }
        self.each(place, element, value, |walk, place, at, value| {
            if !value.is_null() {
                return walk.object(place, ty, Some(element), value, around);
            }
            let own = at.and_then(|i| values?.get(i)).filter(|v| !v.is_null());
            // Both null was said with the value.
            if own.is_none() && values.is_none() {
                walk.error(Code::Structure, place, || "null may not stand here".into());
            }
        });
    }
}

/// Ids of contained resources; of two with the same id the first.
fn ids(members: &Map<String, Value>) -> HashMap<&str, Option<&str>> {
    let mut ids = HashMap::new();
    for contained in members.get("contained").and_then(Value::as_array).into_iter().flatten() {
        if let Some(id) = contained.get("id").and_then(Value::as_str) {
            ids.entry(id).or_insert_with(|| contained.get("resourceType").and_then(Value::as_str));
        }
    }
    ids
}

/// A type as a message names it.
fn kind(ty: &Type) -> &str {
    &ty.name
}
