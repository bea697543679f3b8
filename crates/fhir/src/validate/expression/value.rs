//! What an expression works on: pieces of the resource, borrowed, and what was computed from them.

use super::read::Name;
use crate::search::instant_range;
use serde_json::{Map, Value};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::cmp::Ordering;

/// A collection.
pub(super) type Items<'v> = SmallVec<[Item<'v>; 2]>;

/// One of it.
#[derive(Debug, Clone)]
pub(super) enum Item<'v> {
    /// A piece of the resource. `value` is null where a primitive has only `beside`, its id and extensions; `ty` is known
    /// where the member's name told it (`valueQuantity`).
    Piece {
        value: &'v Value,
        beside: Option<&'v Value>,
        ty: Option<&'v str>,
    },
    Bool(bool),
    Int(i64),
    Text(Cow<'v, str>),
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
    fn number(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Piece { value: Value::Number(n), .. } => Some(Cow::Borrowed(n.as_str())),
            Self::Int(n) => Some(Cow::Owned(n.to_string())),
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
        self.truth().map(|b| b.to_string()).or_else(|| self.number().map(Cow::into_owned))
    }

    /// Whether it is of a type, as far as JSON tells.
    pub(super) fn is(&self, wanted: &str) -> bool {
        let told = match self {
            Self::Piece { ty: Some(ty), .. } => *ty,
            Self::Piece { value: Value::Object(members), .. } => {
                members.get("resourceType").and_then(Value::as_str).unwrap_or_default()
            }
            Self::Piece { value: Value::Bool(_), .. } | Self::Bool(_) => "boolean",
            Self::Piece { value: Value::String(_), .. } | Self::Text(_) => "string",
            Self::Piece { value: Value::Number(n), .. } if n.as_str().contains(['.', 'e', 'E']) => "decimal",
            Self::Piece { value: Value::Number(_), .. } | Self::Int(_) => "integer",
            Self::Piece { .. } => "",
        };
        told.eq_ignore_ascii_case(wanted)
    }

    /// Equality of FHIRPath between two items.
    pub(super) fn equals(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (self.text(), other.text()) {
            return a == b;
        }
        if let (Some(a), Some(b)) = (self.truth(), other.truth()) {
            return a == b;
        }
        if let (Some(a), Some(b)) = (self.number(), other.number()) {
            return decimals(&a, &b) == Ordering::Equal;
        }
        match (self, other) {
            (Self::Piece { value: a, .. }, Self::Piece { value: b, .. }) => std::ptr::eq(*a, *b) || a == b,
            _ => false,
        }
    }

    /// Order of FHIRPath; none where the two cannot be compared, or precision does not tell.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        if let (Some(a), Some(b)) = (self.text(), other.text()) {
            return if is_date(a) && is_date(b) { times(a, b) } else { Some(a.cmp(b)) };
        }
        if let (Some(a), Some(b)) = (self.number(), other.number()) {
            return Some(decimals(&a, &b));
        }
        let (a, b) = (self.object()?, other.object()?);
        let same = |name: &str| a.get(name) == b.get(name);
        // Quantities in the same unit: nothing is converted here.
        let unit = same("system") && same("code") && (a.contains_key("code") || same("unit"));
        match (a.get("value")?, b.get("value")?) {
            (Value::Number(a), Value::Number(b)) if unit => Some(decimals(a.as_str(), b.as_str())),
            _ => None,
        }
    }
}

/// Adds the members of this name, each with what stands beside it.
pub(super) fn members<'v>(of: &Item<'v>, name: &Name, add: &mut impl FnMut(Item<'v>) -> bool) {
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

pub(in crate::validate) fn is_choice(ty: &str) -> bool {
    ty.as_bytes().first().is_some_and(u8::is_ascii_uppercase) && CHOICES.binary_search(&ty).is_ok()
}

fn is_date(text: &str) -> bool {
    text.len() >= 4 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit)
}

/// How far a zone can be from UTC.
const ZONES_MS: i64 = 14 * 3_600_000;

/// Compares dates of any precision: less or more only when that is sure. A date without a time may be a day of any zone
/// when it is held against an instant.
fn times(a: &str, b: &str) -> Option<Ordering> {
    let zoned = |text: &str| text.contains('T');
    let range = |text: &str, widen: bool| {
        let by = if widen { ZONES_MS } else { 0 };
        instant_range(text).map(|(from, to)| (from - by, to + by))
    };
    let mixed = zoned(a) != zoned(b);
    let (left, right) = (range(a, mixed && !zoned(a))?, range(b, mixed && !zoned(b))?);
    if left == right {
        return Some(Ordering::Equal);
    }
    if left.1 <= right.0 {
        return Some(Ordering::Less);
    }
    (right.1 <= left.0).then_some(Ordering::Greater)
}

/// Compares numbers as they are written, without rounding.
fn decimals(a: &str, b: &str) -> Ordering {
    let (a, b) = (Decimal::of(a), Decimal::of(b));
    match (a.digits.is_empty(), b.digits.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return if b.negative { Ordering::Greater } else { Ordering::Less },
        (false, true) => return if a.negative { Ordering::Less } else { Ordering::Greater },
        (false, false) => {}
    }
    if a.negative != b.negative {
        return if a.negative { Ordering::Less } else { Ordering::Greater };
    }
    let larger = a.point.cmp(&b.point).then_with(|| a.digits.cmp(&b.digits));
    if a.negative { larger.reverse() } else { larger }
}

/// `0.digits × 10^point`, no zero at either end of the digits.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    fn of(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        // An exponent past the range of numbers stays past it.
        let exponent: i64 =
            exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 });
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let negative = whole.starts_with('-');
        let whole = whole.trim_start_matches(['-', '+']);
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let zeros = all.iter().take_while(|b| **b == b'0').count();
        let end = all.iter().rposition(|b| *b != b'0').map_or(zeros, |i| i + 1);
        let length = |n: usize| i64::try_from(n).unwrap_or(i64::MAX / 8);
        let point = exponent.saturating_add(length(whole.len())) - length(zeros);
        Self { negative, digits: all[zeros..end].to_vec(), point }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_written() {
        for (a, b, order) in [
            ("1", "1.0", Ordering::Equal),
            ("1e2", "100", Ordering::Equal),
            ("0", "-0.00", Ordering::Equal),
            ("0.30000000000000000000000000000001", "0.3", Ordering::Greater),
            ("-2", "1", Ordering::Less),
            ("-2", "-1", Ordering::Less),
            ("9", "10", Ordering::Less),
            ("1e-400", "0", Ordering::Greater),
            ("1e99999999999999999999", "1e400", Ordering::Greater),
            ("0.09", "0.1", Ordering::Less),
        ] {
            assert_eq!(decimals(a, b), order, "{a} {b}");
            assert_eq!(decimals(b, a), order.reverse(), "{b} {a}");
        }
    }

    #[test]
    fn dates_are_compared_as_far_as_they_are_known() {
        for (a, b, order) in [
            ("2026", "2027", Some(Ordering::Less)),
            ("2026", "2026-05", None),
            ("2026-05-01", "2026-05-01", Some(Ordering::Equal)),
            ("2026-05-02", "2026-05-02T07:00:00+08:00", None),
            ("2026-05-03", "2026-05-01T07:00:00+08:00", Some(Ordering::Greater)),
            ("2026-05-02T00:00:00Z", "2026-05-02T07:00:00+08:00", Some(Ordering::Greater)),
        ] {
            assert_eq!(times(a, b), order, "{a} {b}");
        }
    }

    #[test]
    fn the_list_of_choices_is_sorted() {
        assert!(CHOICES.is_sorted());
    }
}
