//! `+ - * / div mod` and the minus in front. What has no result (a division by nothing, a number past 28 digits) is empty.

use super::moment::Moment;
use super::quantity::Quantity;
use super::read::Operator;
use super::run::Unsure;
use super::value::Item;
use rust_decimal::Decimal;

/// With the other sign.
pub(super) fn minus<'v>(of: &Item<'v>) -> Result<Option<Item<'v>>, Unsure> {
    if let Some(n) = of.integer() {
        return Ok(n.checked_neg().map(Item::Int));
    }
    if let Some(n) = of.decimal() {
        return Ok(Some(Item::Decimal(-n)));
    }
    let quantity = of.quantity().ok_or("only a number has a sign")?;
    Ok(Some(quantity.with(-quantity.value).item()))
}

/// What two items give.
pub(super) fn computed<'v>(operator: Operator, a: &Item<'v>, b: &Item<'v>) -> Result<Option<Item<'v>>, Unsure> {
    if let (Some(a), Some(b)) = (a.integer(), b.integer())
        && operator != Operator::Over
    {
        return integers(operator, a, b);
    }
    if let (Some(a), Some(b)) = (a.decimal(), b.decimal()) {
        return decimals(operator, a, b);
    }
    if let (Some(at), Some(span)) = (a.moment(), b.quantity()) {
        let sign = match operator {
            Operator::Plus => 1,
            Operator::Minus => -1,
            _ => return Err("a date is only added to"),
        };
        return Ok(at.plus(&span, sign)?.map(Moment::item));
    }
    let quantity = |item: &Item| match item.quantity() {
        Some(quantity) => Some(quantity.into_owned()),
        None => item.decimal().map(Quantity::bare),
    };
    let (Some(a), Some(b)) = (quantity(a), quantity(b)) else { return Err("the two cannot be computed with") };
    quantities(operator, &a, &b)
}

fn integers<'v>(operator: Operator, a: i64, b: i64) -> Result<Option<Item<'v>>, Unsure> {
    let found = match operator {
        Operator::Plus => a.checked_add(b),
        Operator::Minus => a.checked_sub(b),
        Operator::Times => a.checked_mul(b),
        Operator::Div => a.checked_div(b),
        Operator::Mod => a.checked_rem(b),
        _ => return Err("it is no arithmetic"),
    };
    Ok(found.map(Item::Int))
}

fn decimals<'v>(operator: Operator, a: Decimal, b: Decimal) -> Result<Option<Item<'v>>, Unsure> {
    let found = match operator {
        Operator::Plus => a.checked_add(b),
        Operator::Minus => a.checked_sub(b),
        Operator::Times => a.checked_mul(b),
        Operator::Over => a.checked_div(b),
        Operator::Mod => a.checked_rem(b),
        Operator::Div => return Ok(a.checked_div(b).and_then(Item::whole)),
        _ => return Err("it is no arithmetic"),
    };
    Ok(found.map(Item::Decimal))
}

/// Units are kept, left out or made equal; a new one made of two would need all of UCUM.
fn quantities<'v>(operator: Operator, a: &Quantity, b: &Quantity) -> Result<Option<Item<'v>>, Unsure> {
    let found = match operator {
        Operator::Plus => a.plus(b, false),
        Operator::Minus => a.plus(b, true),
        Operator::Times if b.is_bare() => a.value.checked_mul(b.value).map(|n| a.with(n)),
        Operator::Times if a.is_bare() => a.value.checked_mul(b.value).map(|n| b.with(n)),
        Operator::Over if b.is_bare() => a.value.checked_div(b.value).map(|n| a.with(n)),
        Operator::Over if a.comparable(b) == Some(true) => a.over(b).map(Quantity::bare),
        _ => return Err("units are not multiplied here"),
    };
    Ok(found.map(Quantity::item))
}
