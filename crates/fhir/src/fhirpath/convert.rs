//! Conversions: `toInteger()`, `convertsToDate()` and their like.

use super::moment::{Kind, Moment};
use super::quantity::Quantity;
use super::value::Item;
use rust_decimal::Decimal;

/// What an item may be converted to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Boolean,
    Date,
    DateTime,
    Decimal,
    Integer,
    Quantity,
    Text,
    Time,
}

impl Target {
    /// As a function's name ends.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Boolean" => Self::Boolean,
            "Date" => Self::Date,
            "DateTime" => Self::DateTime,
            "Decimal" => Self::Decimal,
            "Integer" => Self::Integer,
            "Quantity" => Self::Quantity,
            "String" => Self::Text,
            "Time" => Self::Time,
            _ => return None,
        })
    }

    /// The item as this; none where it is none.
    pub(super) fn of<'v>(self, item: &Item<'v>) -> Option<Item<'v>> {
        match self {
            Self::Boolean => truth(item).map(Item::Bool),
            Self::Date => moment(item, Kind::Date),
            Self::DateTime => moment(item, Kind::DateTime),
            Self::Time => moment(item, Kind::Time),
            Self::Decimal => decimal(item).map(Item::Decimal),
            Self::Integer => integer(item).map(Item::Int),
            Self::Quantity => quantity(item).map(Quantity::item),
            Self::Text => item.written().map(|text| Item::Text(text.into())),
        }
    }
}

fn truth(item: &Item) -> Option<bool> {
    if let Some(b) = item.truth() {
        return Some(b);
    }
    if let Some(text) = item.text() {
        return match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
            _ => None,
        };
    }
    let n = item.decimal()?;
    if n == Decimal::ONE { Some(true) } else { (n == Decimal::ZERO).then_some(false) }
}

fn integer(item: &Item) -> Option<i64> {
    match (item.truth(), item.text()) {
        (Some(b), _) => Some(i64::from(b)),
        (_, Some(text)) => text.parse().ok(),
        _ => item.integer(),
    }
}

fn decimal(item: &Item) -> Option<Decimal> {
    match (item.truth(), item.text()) {
        (Some(b), _) => Some(Decimal::from(u8::from(b))),
        (_, Some(text)) => {
            let written = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
            Decimal::from_str_exact(text).ok().filter(|_| written && text.ends_with(|c: char| c.is_ascii_digit()))
        }
        _ => item.decimal(),
    }
}

fn quantity(item: &Item) -> Option<Quantity> {
    if let Some(quantity) = item.quantity() {
        return Some(quantity.into_owned());
    }
    match item.text() {
        Some(text) => Quantity::read(text),
        None => decimal(item).map(Quantity::bare),
    }
}

fn moment<'v>(item: &Item, kind: Kind) -> Option<Item<'v>> {
    let moment = match (item.moment(), item.text()) {
        (Some(moment), _) => moment.into_owned(),
        (None, Some(text)) if kind == Kind::Time => Moment::time(text)?,
        (None, text) => Moment::read(text?)?,
    };
    moment.to(kind).map(Moment::item)
}
