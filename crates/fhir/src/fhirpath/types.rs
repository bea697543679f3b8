//! Types: their names, and which of them an item is of.

use super::moment::Kind;
use super::read::Name;
use super::value::Item;
use super::{Meaning, Unread};
use crate::validate::definitions::{Definitions, Type};
use serde_json::Value;

/// A type as an expression names it.
#[derive(Debug)]
pub(crate) struct TypeName {
    pub(super) space: Option<Space>,
    pub(super) name: String,
}

/// Where a type comes from: `boolean` is FHIR's, `Boolean` FHIRPath's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    System,
    Fhir,
}

impl Space {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Fhir => "FHIR",
        }
    }
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Of<'v> {
    pub(super) space: Space,
    pub(super) name: &'v str,
}

const SYSTEM: [&str; 8] = ["Boolean", "Date", "DateTime", "Decimal", "Integer", "Quantity", "String", "Time"];

/// Types of FHIR that stand on another one beside Element, BackboneElement, Resource and DomainResource.
const STANDS_ON: [(&str, &str); 15] = [
    ("Age", "Quantity"),
    ("Count", "Quantity"),
    ("Distance", "Quantity"),
    ("Duration", "Quantity"),
    ("MoneyQuantity", "Quantity"),
    ("SimpleQuantity", "Quantity"),
    ("canonical", "uri"),
    ("code", "string"),
    ("id", "string"),
    ("markdown", "string"),
    ("oid", "uri"),
    ("positiveInt", "integer"),
    ("unsignedInt", "integer"),
    ("url", "uri"),
    ("uuid", "uri"),
];

/// Resources that are not DomainResources.
const BARE: [&str; 3] = ["Binary", "Bundle", "Parameters"];

impl TypeName {
    /// R4's rules name types in any way; else a type must be one.
    pub(super) fn read(within: Option<&str>, name: String, meaning: Meaning) -> Result<Self, Unread> {
        let space = match within {
            Some("System") => Some(Space::System),
            Some("FHIR") => Some(Space::Fhir),
            None => None,
            Some(_) if meaning == Meaning::Rules => None,
            Some(other) => return Err(Unread::wrong(format!("{other} has no types"))),
        };
        let known = SYSTEM.contains(&name.as_str()) || space == Some(Space::System);
        if meaning == Meaning::Standard && !known && Definitions::r4().named(&name).is_none() {
            return Err(Unread::wrong(format!("{name} is not a type")));
        }
        Ok(Self { space, name })
    }
}

impl Of<'_> {
    /// Whether it is the type, or stands on it.
    pub(super) fn is(&self, wanted: &TypeName) -> bool {
        if wanted.space.is_some_and(|space| space != self.space) {
            return false;
        }
        self.name == wanted.name || (self.space == Space::Fhir && stands_on(self.name, &wanted.name))
    }

    /// As `as` and `ofType` pick: a `code` is a `string`, and yet not picked as one.
    pub(super) fn picked(&self, wanted: &TypeName) -> bool {
        let primitive = |name: &str| name.starts_with(|c: char| c.is_ascii_lowercase());
        self.is(wanted) && (self.name == wanted.name || !primitive(self.name))
    }
}

fn stands_on(name: &str, wanted: &str) -> bool {
    if STANDS_ON.contains(&(name, wanted)) {
        return true;
    }
    let all = Definitions::r4();
    let resource = all.resource(name).is_some();
    match wanted {
        "Resource" => resource,
        "DomainResource" => resource && !BARE.contains(&name),
        "Element" => !resource,
        "BackboneElement" => name.contains('.') || ["Dosage", "ElementDefinition", "Timing"].contains(&name),
        _ => false,
    }
}

impl<'v> Item<'v> {
    /// What it is, as far as is known.
    pub(super) fn of_type(&self) -> Option<Of<'v>> {
        let system = |name| Some(Of { space: Space::System, name });
        let fhir = |name| Some(Of { space: Space::Fhir, name });
        match self {
            Self::Bool(_) => system("Boolean"),
            Self::Int(_) => system("Integer"),
            Self::Decimal(_) => system("Decimal"),
            Self::Text(_) => system("String"),
            Self::Quantity(_) => system("Quantity"),
            Self::Type(_) => system("TypeInfo"),
            Self::Moment(moment) => system(match moment.kind {
                Kind::Date => "Date",
                Kind::DateTime => "DateTime",
                Kind::Time => "Time",
            }),
            Self::Piece { ty: Some(ty), .. } => fhir(ty),
            Self::Piece { value: Value::Object(members), .. } => fhir(members.get("resourceType")?.as_str()?),
            Self::Piece { value: Value::Bool(_), .. } => fhir("boolean"),
            Self::Piece { value: Value::String(_), .. } => fhir("string"),
            Self::Piece { value: Value::Number(n), .. } if n.as_str().contains(['.', 'e', 'E']) => fhir("decimal"),
            Self::Piece { value: Value::Number(_), .. } => fhir("integer"),
            Self::Piece { .. } => None,
        }
    }

    /// Whether it is of a type as R4's rules name types: in any case, and as far as JSON tells.
    pub(super) fn is_told(&self, wanted: &TypeName) -> bool {
        self.of_type().is_some_and(|of| of.name.eq_ignore_ascii_case(&wanted.name))
    }

    /// Whether its type has such a member; what is of no known type may have any.
    pub(super) fn may_have(&self, name: &Name) -> bool {
        let Some(ty) = self.defined() else { return true };
        ty.elements.iter().any(|element| *element.name == *name.plain)
    }

    /// Its definition, where it has one.
    pub(super) fn defined(&self) -> Option<&'static Type> {
        let of = self.of_type().filter(|of| of.space == Space::Fhir)?;
        let all = Definitions::r4();
        Some(&all.types[all.named(of.name)?])
    }
}

/// The type of what a member holds: a resource says itself which it is.
pub(super) fn held(ty: usize) -> Option<&'static str> {
    let ty = &Definitions::r4().types[ty];
    (!ty.is_any_resource()).then_some(&*ty.name)
}
