//! The functions of one number, and of how exactly something is known.

use super::function::Function;
use super::moment::Moment;
use super::number;
use super::read::Node;
use super::run::{Run, Unsure, one};
use super::value::{Item, Items};
use rust_decimal::{Decimal, MathematicalOps, RoundingStrategy};
use std::borrow::Cow;

/// Decimals to which the boundaries of a number are given unless it says otherwise.
const PLACES: i64 = 8;

impl<'v> Run<'v> {
    pub(super) fn number(
        &mut self,
        function: &'v Function,
        inputs: &'v [Node],
        item: &Item<'v>,
        this: &[Item<'v>],
    ) -> Result<Items<'v>, Unsure> {
        let input = match inputs.first() {
            Some(input) => self.items(input, this, usize::MAX)?,
            None => Items::new(),
        };
        let input = match (inputs.first(), one(&input)?) {
            (Some(_), None) => return Ok(Items::new()),
            (_, input) => input,
        };
        let whole = |input: &Item<'v>| input.integer().ok_or("a whole number is wanted");
        let found = match function {
            Function::HighBoundary | Function::LowBoundary => {
                let high = matches!(function, Function::HighBoundary);
                boundary(item, high, input.map(whole).transpose()?)?
            }
            Function::Precision => Some(Item::Int(precision(item)?)),
            Function::Round => rounded(item, input.map_or(Ok(0), whole)?)?,
            Function::Log | Function::Power => {
                let by = input.and_then(Item::decimal).ok_or("a number is wanted")?;
                let n = item.decimal().ok_or("a number is wanted")?;
                let found = if matches!(function, Function::Log) { number::log(n, by) } else { number::power(n, by) };
                found.map(Item::Decimal)
            }
            _ => plain(function, item)?,
        };
        Ok(found.into_iter().collect())
    }
}

/// Functions of a number without an input.
fn plain<'v>(function: &Function, item: &Item<'v>) -> Result<Option<Item<'v>>, Unsure> {
    if let (Function::Abs, Some(n)) = (function, item.integer()) {
        return Ok(n.checked_abs().map(Item::Int));
    }
    if let (Function::Abs, None, Some(quantity)) = (function, item.decimal(), item.quantity()) {
        return Ok(Some(quantity.with(quantity.value.abs()).item()));
    }
    let n = item.decimal().ok_or("a number is wanted")?;
    Ok(match function {
        Function::Abs => Some(Item::Decimal(n.abs())),
        Function::Ceiling => Item::whole(n.ceil()),
        Function::Floor => Item::whole(n.floor()),
        Function::Truncate => Item::whole(n),
        Function::Exp => n.checked_exp().map(Item::Decimal),
        Function::Ln if n <= Decimal::ZERO => None,
        Function::Ln => n.checked_ln().map(Item::Decimal),
        _ => n.sqrt().map(Item::Decimal),
    })
}

fn rounded<'v>(item: &Item<'v>, places: i64) -> Result<Option<Item<'v>>, Unsure> {
    let places = u32::try_from(places).map_err(|_| "a number is rounded to no fewer than no decimals")?;
    let round = |n: Decimal| n.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    match (item.decimal(), item.quantity()) {
        (Some(n), _) => Ok(Some(Item::Decimal(round(n)))),
        (None, Some(quantity)) => Ok(Some(quantity.with(round(quantity.value)).item())),
        _ => Err("a number is wanted"),
    }
}

fn boundary<'v>(item: &Item<'v>, high: bool, digits: Option<i64>) -> Result<Option<Item<'v>>, Unsure> {
    let near = |n: Decimal| number::boundary(n, high, digits.unwrap_or(PLACES));
    if let Some(moment) = item.moment() {
        return Ok(moment.boundary(high, digits).map(Moment::item));
    }
    match (item.decimal(), item.quantity()) {
        (Some(n), _) => Ok(near(n).map(Item::Decimal)),
        (None, Some(quantity)) => Ok(near(quantity.value).map(|n| quantity.with(n).item())),
        _ => Err("only a number, a quantity or a date has boundaries"),
    }
}

/// Decimals of a number, digits of a date.
fn precision(item: &Item) -> Result<i64, Unsure> {
    match (item.moment().map(Cow::into_owned), item.decimal()) {
        (Some(moment), _) => Ok(moment.precision()),
        (None, Some(n)) => Ok(i64::from(n.scale())),
        _ => Err("only a number or a date has a precision"),
    }
}
