//! The texts of a resource: what people wrote for people, told from codes and keys by the elements' types.

use super::definitions::{Definitions, Kind, Member, TypeId};
use super::primitive::Primitive;
use crate::ResourceType;
use serde_json::Value;

/// What kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Texts {
    /// string, markdown
    Plain,
    /// xhtml
    Markup,
}

/// Strings that are keys, numbers or data: type (none: any) and element.
const NO_TEXT: [(Option<&str>, &str); 9] = [
    (Some("ContactPoint"), "value"),
    (Some("Identifier"), "value"),
    (Some("MolecularSequence"), "observedSeq"),
    (Some("Reference"), "reference"),
    (Some("SampledData"), "data"),
    (None, "id"),
    (None, "linkId"),
    (None, "unit"),
    (None, "version"),
];

/// Finds every text of a resource, those of contained ones and of extensions included. What no definition knows is none.
pub(crate) fn texts_of(ty: ResourceType, body: &Value, found: &mut dyn FnMut(Texts, &Value)) {
    let all = Definitions::r4();
    if let Some(ty) = all.resource(ty.name()) {
        walk(all, ty, body, found);
    }
}

fn walk(all: &Definitions, ty: TypeId, value: &Value, found: &mut dyn FnMut(Texts, &Value)) {
    let (ty, members) = match value {
        Value::Array(items) => return items.iter().for_each(|item| walk(all, ty, item, found)),
        Value::Object(members) => (&all.types[ty], members),
        _ => return,
    };
    if ty.kind == Kind::AnyResource {
        let named = members.get("resourceType").and_then(Value::as_str);
        if let Some(ty) = named.and_then(|name| all.resource(name)) {
            walk(all, ty, value, found);
        }
        return;
    }
    for (name, member) in members {
        let Some(known) = ty.members.get(name.as_str()) else { continue };
        match all.types[known.ty].kind {
            _ if known.beside => {}
            Kind::Primitive(Primitive::String | Primitive::Markdown) => {
                let excepted =
                    |(of, element): &(Option<&str>, &str)| element == name && of.is_none_or(|of| of == &*ty.name);
                if !NO_TEXT.iter().any(excepted) {
                    found(Texts::Plain, member);
                }
            }
            Kind::Primitive(Primitive::Xhtml) => found(Texts::Markup, member),
            Kind::Primitive(_) => {}
            Kind::Complex | Kind::Resource | Kind::AnyResource => walk(all, known.ty, member, found),
        }
    }
}

/// Whether an element at the end of these names is a code without a system. Types of a choice all count.
pub(crate) fn holds_bare_code(ty: ResourceType, path: &[&str]) -> bool {
    holds(ty, path, &[Primitive::Code])
}

/// Whether an element at the end of these names points by a text: a canonical or a uri.
pub(crate) fn holds_canonical(ty: ResourceType, path: &[&str]) -> bool {
    holds(ty, path, &[Primitive::Canonical, Primitive::Uri])
}

fn holds(ty: ResourceType, path: &[&str], any: &[Primitive]) -> bool {
    let all = Definitions::r4();
    let mut types: Vec<TypeId> = all.resource(ty.name()).into_iter().collect();
    for name in path {
        let mut next = vec![];
        for ty in types.iter().map(|ty| &all.types[*ty]) {
            let of = |member: &&Member| !member.beside && *ty.elements[usize::from(member.element)].name == **name;
            next.extend(ty.members.values().filter(of).map(|member| member.ty));
        }
        types = next;
    }
    types.iter().any(|ty| any.iter().any(|one| all.types[*ty].kind == Kind::Primitive(*one)))
}
