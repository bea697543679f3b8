//! What an expression works on: pieces of the resource, borrowed, and what was computed from them.

use super::moment::Moment;
use super::number;
use super::quantity::Quantity;
use super::read::Name;
use super::types::{Of, held};
use crate::validate::definitions::Type;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value};
use smallvec::SmallVec;
use std::borrow::Cow;

/// A collection.
pub(super) type Items<'v> = SmallVec<[Item<'v>; 2]>;

/// One of it.
#[derive(Debug, Clone)]
pub(crate) enum Item<'v> {
    /// A piece of the resource. `value` is null where a primitive has only `beside`, its id and extensions; `ty` is known
    /// from the definitions, or where these are not asked, from the member's name (`valueQuantity`).
    Piece {
        value: &'v Value,
        beside: Option<&'v Value>,
        ty: Option<&'v str>,
    },
    Bool(bool),
    Int(i64),
    Decimal(Decimal),
    Text(Cow<'v, str>),
    Moment(Box<Moment>),
    Quantity(Box<Quantity>),
    /// What `type()` gives.
    Type(Of<'v>),
}

static NULL: Value = Value::Null;

impl<'v> Item<'v> {
    pub(super) fn of(value: &'v Value) -> Self {
        Self::Piece { value, beside: None, ty: None }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Piece { value: Value::String(text), .. } => Some(text),
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Self::Piece { value: Value::Bool(b), .. } | Self::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// A number as it is written.
    pub(super) fn number(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Piece { value: Value::Number(n), .. } => Some(Cow::Borrowed(n.as_str())),
            Self::Int(n) => Some(Cow::Owned(n.to_string())),
            Self::Decimal(n) => Some(Cow::Owned(n.to_string())),
            _ => None,
        }
    }

    /// A number to compute with: none for others, and for those that are too large for it.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Piece { value: Value::Number(n), .. } => number::decimal(n.as_str()),
            Self::Int(n) => Some(Decimal::from(*n)),
            Self::Decimal(n) => Some(*n),
            _ => None,
        }
    }

    /// A whole number, which is not written as a decimal.
    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Piece { value: Value::Number(n), .. } => n.as_str().parse().ok(),
            Self::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// A date or time: of a literal, or of a piece whose type says that it is one.
    pub(super) fn moment(&self) -> Option<Cow<'_, Moment>> {
        match self {
            Self::Moment(moment) => Some(Cow::Borrowed(moment)),
            Self::Piece { value: Value::String(text), ty: Some(ty), .. } => Moment::of(ty, text).map(Cow::Owned),
            _ => None,
        }
    }

    pub(super) fn quantity(&self) -> Option<Cow<'_, Quantity>> {
        match self {
            Self::Quantity(quantity) => Some(Cow::Borrowed(quantity)),
            Self::Piece { value: Value::Object(members), .. } => Quantity::of(members).map(Cow::Owned),
            _ => None,
        }
    }

    pub(super) fn object(&self) -> Option<&'v Map<String, Value>> {
        match self {
            Self::Piece { value: Value::Object(members), .. } => Some(members),
            _ => None,
        }
    }

    pub(super) fn has_value(&self) -> bool {
        !matches!(self, Self::Piece { value: Value::Null | Value::Object(_) | Value::Array(_), .. })
    }

    /// As `toString()` gives it.
    pub(super) fn written(&self) -> Option<String> {
        if let Some(text) = self.text() {
            return Some(text.to_owned());
        }
        match self {
            Self::Moment(moment) => Some(moment.to_string()),
            Self::Quantity(quantity) => Some(quantity.to_string()),
            _ => self.truth().map(|b| b.to_string()).or_else(|| self.number().map(Cow::into_owned)),
        }
    }

    /// A whole number if a decimal is one.
    pub(super) fn whole(n: Decimal) -> Option<Self> {
        n.trunc().to_i64().map(Self::Int)
    }
}

/// Adds the members of this name, each with what stands beside it. Types are looked up when they are wanted; what an item's
/// type does not define is then no member of it.
pub(super) fn members<'v>(of: &Item<'v>, name: &Name, typed: bool, add: &mut impl FnMut(Item<'v>) -> bool) {
    if let Item::Type(of) = of {
        let text = match name.plain.as_str() {
            "name" => of.name,
            "namespace" => of.space.name(),
            _ => return,
        };
        add(Item::Text(text.into()));
    } else if typed && let Some(defined) = of.defined() {
        defined_members(of, name, defined, add);
    } else {
        told_members(of, name, add);
    }
}

fn defined_members<'v>(of: &Item<'v>, name: &Name, defined: &'static Type, add: &mut impl FnMut(Item<'v>) -> bool) {
    let plain = name.plain.as_str();
    let Some(object) = of.object() else {
        if let (Item::Piece { beside: Some(Value::Object(extra)), .. }, Some(member)) = (of, defined.members.get(plain))
        {
            spread(extra.get(plain), None, held(member.ty), add);
        }
        return;
    };
    if let Some(member) = defined.members.get(plain).filter(|m| !defined.elements[usize::from(m.element)].choice) {
        spread(object.get(plain), object.get(&name.beside), held(member.ty), add);
        return;
    }
    if !name.choice {
        return;
    }
    for (json, member) in object.keys().filter_map(|json| Some((json, defined.members.get(json.as_str())?))) {
        let element = &defined.elements[usize::from(member.element)];
        let bare = json.strip_prefix('_').unwrap_or(json);
        if element.choice && *element.name == *plain && (!member.beside || !object.contains_key(bare)) {
            spread(object.get(bare), object.get(&format!("_{bare}")), held(member.ty), add);
        }
    }
}

/// Members by what JSON tells.
fn told_members<'v>(of: &Item<'v>, name: &Name, add: &mut impl FnMut(Item<'v>) -> bool) {
    let plain = name.plain.as_str();
    let Some(object) = of.object() else {
        // A primitive's own members are what stands beside it.
        if let Item::Piece { beside: Some(Value::Object(extra)), .. } = of {
            spread(extra.get(plain), None, None, add);
        }
        return;
    };
    let (value, extra) = (object.get(plain), object.get(&name.beside));
    if value.is_some() || extra.is_some() {
        spread(value, extra, None, add);
        return;
    }
    if !name.choice {
        return;
    }
    for (name, value) in object {
        let bare = name.strip_prefix('_').unwrap_or(name);
        let Some(ty) = bare.strip_prefix(plain).filter(|ty| is_choice(ty)) else { continue };
        match (bare.len() < name.len(), object.get(bare).is_some()) {
            (true, true) => {}
            (true, false) => spread(None, Some(value), Some(ty), add),
            (false, _) if value.is_object() => spread(Some(value), None, Some(ty), add),
            (false, _) => spread(Some(value), object.get(&format!("_{bare}")), Some(ty), add),
        }
    }
}

/// One item for a value, several for an array; a pair of arrays is one of pairs.
pub(super) fn spread<'v>(
    value: Option<&'v Value>,
    beside: Option<&'v Value>,
    ty: Option<&'v str>,
    add: &mut impl FnMut(Item<'v>) -> bool,
) {
    let each = |value: Option<&'v Value>| match value {
        Some(Value::Array(items)) => &items[..],
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let (values, besides) = (each(value), each(beside));
    for i in 0..values.len().max(besides.len()) {
        let beside = besides.get(i).filter(|extra| !extra.is_null());
        let value = values.get(i).unwrap_or(&NULL);
        if (!value.is_null() || beside.is_some()) && !add(Item::Piece { value, beside, ty }) {
            return;
        }
    }
}

/// Types that choices of R4 may have, as they end a member's name. In the order of the alphabet.
const CHOICES: [&str; 50] = [
    "Address",
    "Age",
    "Annotation",
    "Attachment",
    "Base64Binary",
    "Boolean",
    "Canonical",
    "Code",
    "CodeableConcept",
    "Coding",
    "ContactDetail",
    "ContactPoint",
    "Contributor",
    "Count",
    "DataRequirement",
    "Date",
    "DateTime",
    "Decimal",
    "Distance",
    "Dosage",
    "Duration",
    "Expression",
    "HumanName",
    "Id",
    "Identifier",
    "Instant",
    "Integer",
    "Markdown",
    "Meta",
    "Money",
    "Oid",
    "ParameterDefinition",
    "Period",
    "PositiveInt",
    "Quantity",
    "Range",
    "Ratio",
    "Reference",
    "RelatedArtifact",
    "SampledData",
    "Signature",
    "String",
    "Time",
    "Timing",
    "TriggerDefinition",
    "UnsignedInt",
    "Uri",
    "Url",
    "UsageContext",
    "Uuid",
];

pub(crate) fn is_choice(ty: &str) -> bool {
    ty.as_bytes().first().is_some_and(u8::is_ascii_uppercase) && CHOICES.binary_search(&ty).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_choices_is_sorted() {
        assert!(CHOICES.is_sorted());
    }
}
