//! What is the same, what is alike, and what comes first.

use super::moment::Moment;
use super::number;
use super::value::{Item, Items};
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// `=` of collections: none where a side is empty or the items do not tell.
pub(super) fn equal(left: &Items, right: &Items) -> Option<bool> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    if left.len() != right.len() {
        return Some(false);
    }
    let mut sure = true;
    for (a, b) in left.iter().zip(right) {
        match a.same(b) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => sure = false,
        }
    }
    sure.then_some(true)
}

/// `~` of collections, whose order does not matter.
pub(super) fn equivalent(left: &Items, right: &Items) -> bool {
    left.len() == right.len() && matched(left, right, |a, b| a.alike(b))
}

/// Whether each of the one has its own like in the other.
fn matched<T>(left: &[T], right: &[T], alike: impl Fn(&T, &T) -> bool) -> bool {
    let mut rest: Vec<&T> = right.iter().collect();
    left.iter().all(|a| match rest.iter().position(|b| alike(a, b)) {
        Some(at) => {
            rest.swap_remove(at);
            true
        }
        None => false,
    })
}

impl Item<'_> {
    /// `=` of two items; what does not tell is not the same.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.same(other) == Some(true)
    }

    /// `=` of two items: none where precision, a zone or a unit does not tell.
    fn same(&self, other: &Self) -> Option<bool> {
        if let Some((a, b)) = self.moments(other) {
            return if a.is_time() == b.is_time() { Some(a.compare(&b)? == Ordering::Equal) } else { Some(false) };
        }
        if let (Some(a), Some(b)) = (self.text(), other.text()) {
            return Some(a == b);
        }
        if let (Some(a), Some(b)) = (self.truth(), other.truth()) {
            return Some(a == b);
        }
        if let (Some(a), Some(b)) = (self.number(), other.number()) {
            return Some(number::compare(&a, &b) == Ordering::Equal);
        }
        match (self, other) {
            (Self::Piece { value: a, .. }, Self::Piece { value: b, .. }) => Some(std::ptr::eq(*a, *b) || a == b),
            (Self::Quantity(_), _) | (_, Self::Quantity(_)) => match (self.quantity(), other.quantity()) {
                (Some(a), Some(b)) => a.equals(&b),
                _ => Some(false),
            },
            (Self::Type(a), Self::Type(b)) => Some(a == b),
            _ => Some(false),
        }
    }

    /// Both as dates or times, if one of them is and the other reads as one.
    fn moments(&self, other: &Self) -> Option<(Moment, Moment)> {
        let (a, b) = (self.moment(), other.moment());
        if a.is_none() && b.is_none() {
            return None;
        }
        let read = |item: &Self, told: Option<std::borrow::Cow<Moment>>| match told {
            Some(moment) => Some(moment.into_owned()),
            // A text of the resource, whose type is not known.
            None if matches!(item, Self::Piece { ty: None, .. }) => Moment::read(item.text()?),
            None => None,
        };
        Some((read(self, a)?, read(other, b)?))
    }

    /// `~` of two items.
    fn alike(&self, other: &Self) -> bool {
        if let Some((a, b)) = self.moments(other) {
            return a.compare(&b) == Some(Ordering::Equal);
        }
        if let (Some(a), Some(b)) = (self.text(), other.text()) {
            return alike_texts(a, b);
        }
        if let (Some(a), Some(b)) = (self.decimal(), other.decimal()) {
            return number::alike(a, b);
        }
        if let (Some(a), Some(b)) = (self.quantity(), other.quantity()) {
            return a.alike(&b);
        }
        match (self.object(), other.object()) {
            (Some(a), Some(b)) => alike_objects(a, b),
            _ => self.equals(other),
        }
    }

    /// Which comes first: none where precision or a unit does not tell. The error is that they cannot be compared at all.
    pub(super) fn compare(&self, other: &Self) -> Result<Option<Ordering>, &'static str> {
        if let Some((a, b)) = self.moments(other) {
            return Ok(a.compare(&b));
        }
        if let (Some(a), Some(b)) = (self.text(), other.text()) {
            return Ok(if is_date(a) && is_date(b) { texts_as_dates(a, b) } else { Some(a.cmp(b)) });
        }
        if let (Some(a), Some(b)) = (self.number(), other.number()) {
            return Ok(Some(number::compare(&a, &b)));
        }
        match (self.quantity(), other.quantity()) {
            (Some(a), Some(b)) => Ok(a.compare(&b)),
            _ => Err("the two cannot be compared"),
        }
    }
}

fn is_date(text: &str) -> bool {
    text.len() >= 4 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit)
}

/// Texts of a resource that look like dates, where types are not known.
fn texts_as_dates(a: &str, b: &str) -> Option<Ordering> {
    Moment::read(a)?.compare(&Moment::read(b)?)
}

/// Without regard to case and to which space stands between words.
fn alike_texts(a: &str, b: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(a) == words(b)
}

fn alike_objects(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| alike_values(value, other)))
}

/// Depth is that of JSON, which its parser bounds.
fn alike_values(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && matched(a, b, alike_values),
        (Value::Object(a), Value::Object(b)) => alike_objects(a, b),
        _ => Item::of(a).alike(&Item::of(b)),
    }
}
