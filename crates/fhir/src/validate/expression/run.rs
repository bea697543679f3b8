//! Running a compiled expression.

use super::read::{Expression, Function, Node, Operator};
use super::value::{Item, Items, members};
use serde_json::Value;
use smallvec::smallvec;
use std::cmp::Ordering;

/// Most items that all rules of one judgement may touch, about a second of work. R4's own definitions in one bundle of
/// 10,000 resources stay below.
pub(in crate::validate) const WORK_MAX: usize = 50_000_000;

/// What a rule may ask about beside what it is judged on.
#[derive(Clone, Copy)]
pub(in crate::validate) struct Around<'v> {
    /// The resource that the element is in.
    pub(in crate::validate) resource: &'v Value,
    /// The resource that contains that one, or itself.
    pub(in crate::validate) root: &'v Value,
}

/// Why a rule could not be judged.
pub(super) type Unsure = &'static str;

pub(super) struct Run<'v> {
    pub(super) around: Around<'v>,
    on: &'v Value,
    /// What is left.
    work: usize,
}

/// Whether the rule holds on an element. An empty result keeps it. Takes what it costs from the budget.
pub(in crate::validate) fn holds<'v>(
    rule: &'v Expression,
    on: &'v Value,
    around: Around<'v>,
    budget: &mut usize,
) -> Result<bool, Unsure> {
    let mut run = Run { around, on, work: *budget };
    let truth = run.truth(rule, &[Item::of(on)]);
    *budget = run.work;
    Ok(truth?.unwrap_or(true))
}

/// What an expression gives, for the tests.
#[cfg(test)]
pub(super) fn result<'v>(rule: &'v Expression, on: &'v Value, around: Around<'v>) -> Result<Items<'v>, Unsure> {
    Run { around, on, work: WORK_MAX }.items(rule, &[Item::of(on)], usize::MAX)
}

impl<'v> Run<'v> {
    /// Counts work, and stops when it is too much.
    pub(super) fn worked(&mut self, items: usize) -> Result<(), Unsure> {
        self.work = self.work.saturating_sub(items.saturating_add(1));
        if self.work == 0 { Err("it would take too long") } else { Ok(()) }
    }

    /// The expression as a condition: true, false or neither.
    pub(super) fn truth(&mut self, node: &'v Node, this: &[Item<'v>]) -> Result<Option<bool>, Unsure> {
        match node {
            Node::Bool(b) => Ok(Some(*b)),
            Node::Binary(operator, left, right) => match operator {
                Operator::And => match self.truth(left, this)? {
                    Some(false) => Ok(Some(false)),
                    left => Ok(match (left, self.truth(right, this)?) {
                        (_, Some(false)) => Some(false),
                        (Some(true), Some(true)) => Some(true),
                        _ => None,
                    }),
                },
                Operator::Or => match self.truth(left, this)? {
                    Some(true) => Ok(Some(true)),
                    left => Ok(match (left, self.truth(right, this)?) {
                        (_, Some(true)) => Some(true),
                        (Some(false), Some(false)) => Some(false),
                        _ => None,
                    }),
                },
                Operator::Implies => match self.truth(left, this)? {
                    Some(false) => Ok(Some(true)),
                    left => Ok(match (left, self.truth(right, this)?) {
                        (_, Some(true)) => Some(true),
                        (Some(true), right) => right,
                        _ => None,
                    }),
                },
                Operator::Xor => {
                    Ok(self.truth(left, this)?.zip(self.truth(right, this)?).map(|(left, right)| left != right))
                }
                _ => {
                    let items = self.items(node, this, usize::MAX)?;
                    condition(&items)
                }
            },
            Node::Call(of, Function::Exists, inputs) if inputs.is_empty() => {
                Ok(Some(!self.items(of, this, 1)?.is_empty()))
            }
            Node::Call(of, Function::Empty, _) => Ok(Some(self.items(of, this, 1)?.is_empty())),
            Node::Call(of, Function::Not, _) => Ok(self.truth(of, this)?.map(|b| !b)),
            _ => {
                let items = self.items(node, this, usize::MAX)?;
                condition(&items)
            }
        }
    }

    /// What the expression selects, `most` items at most.
    pub(super) fn items(&mut self, node: &'v Node, this: &[Item<'v>], most: usize) -> Result<Items<'v>, Unsure> {
        let found: Items<'v> = match node {
            Node::This => this.iter().take(most).cloned().collect(),
            Node::Resource => smallvec![Item::of(self.around.resource)],
            Node::Root => smallvec![Item::of(self.around.root)],
            Node::Context => smallvec![Item::of(self.on)],
            Node::Empty => Items::new(),
            Node::Bool(b) => smallvec![Item::Bool(*b)],
            Node::Text(text) => smallvec![Item::Text(text.into())],
            Node::Number(number) => smallvec![Item::Int(number.parse().map_err(|_| "a number is too large")?)],
            Node::Typed(ty) => this.iter().filter(|item| item.is(ty)).cloned().collect(),
            Node::Member(of, name) => {
                let of = match &**of {
                    Node::This => None,
                    other => Some(self.items(other, this, usize::MAX)?),
                };
                let mut found = Items::new();
                for item in of.as_deref().unwrap_or(this) {
                    members(item, name, &mut |member| {
                        found.push(member);
                        found.len() < most
                    });
                    if found.len() >= most {
                        break;
                    }
                }
                found
            }
            Node::Is(of, ty) => {
                let of = self.items(of, this, usize::MAX)?;
                one(&of)?.map(|item| Item::Bool(item.is(ty))).into_iter().collect()
            }
            Node::As(of, ty) => self.items(of, this, usize::MAX)?.into_iter().filter(|item| item.is(ty)).collect(),
            Node::Binary(operator, left, right) => self.binary(node, *operator, left, right, this)?,
            Node::Call(of, function, inputs) => self.call(node, of, function, inputs, this)?,
        };
        self.worked(found.len())?;
        Ok(found)
    }

    fn binary(
        &mut self,
        node: &'v Node,
        operator: Operator,
        left: &'v Node,
        right: &'v Node,
        this: &[Item<'v>],
    ) -> Result<Items<'v>, Unsure> {
        if matches!(operator, Operator::And | Operator::Or | Operator::Implies | Operator::Xor) {
            return Ok(answer(self.truth(node, this)?));
        }
        let (left, right) = (self.items(left, this, usize::MAX)?, self.items(right, this, usize::MAX)?);
        self.worked(left.len().min(right.len()))?;
        Ok(match operator {
            Operator::Equal => answer(equal(&left, &right)),
            Operator::Unequal => answer(equal(&left, &right).map(|b| !b)),
            Operator::In => self.within(&left, &right)?,
            Operator::Contains => self.within(&right, &left)?,
            Operator::Union => {
                self.worked(left.len().saturating_mul(right.len()))?;
                let mut all = Items::new();
                for item in left.into_iter().chain(right) {
                    if !all.iter().any(|known| known.equals(&item)) {
                        all.push(item);
                    }
                    self.worked(all.len())?;
                }
                all
            }
            Operator::Join => {
                let written = |items: &Items| -> Result<String, Unsure> {
                    Ok(one(items)?.and_then(Item::written).unwrap_or_default())
                };
                smallvec![Item::Text((written(&left)? + &written(&right)?).into())]
            }
            Operator::Plus => match (one(&left)?, one(&right)?) {
                (Some(a), Some(b)) => match (a, b, a.text(), b.text()) {
                    (_, _, Some(a), Some(b)) => smallvec![Item::Text(format!("{a}{b}").into())],
                    (Item::Int(a), Item::Int(b), ..) => smallvec![Item::Int(a.saturating_add(*b))],
                    _ => return Err("only texts and counts are added here"),
                },
                _ => Items::new(),
            },
            _ => {
                let order = one(&left)?.zip(one(&right)?).and_then(|(a, b)| a.compare(b));
                answer(order.map(|order| match operator {
                    Operator::Less => order == Ordering::Less,
                    Operator::LessOrEqual => order != Ordering::Greater,
                    Operator::More => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                }))
            }
        })
    }

    /// `in`: none for an empty left side.
    fn within(&mut self, left: &Items<'v>, right: &Items<'v>) -> Result<Items<'v>, Unsure> {
        self.worked(right.len())?;
        Ok(answer(one(left)?.map(|item| right.iter().any(|other| other.equals(item)))))
    }
}

/// A truth as a collection.
pub(super) fn answer<'v>(truth: Option<bool>) -> Items<'v> {
    truth.map(Item::Bool).into_iter().collect()
}

/// The only item, or none; several where one is wanted are an error.
pub(super) fn one<'i, 'v>(items: &'i Items<'v>) -> Result<Option<&'i Item<'v>>, Unsure> {
    match &items[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => Err("it wants one item and finds several"),
    }
}

/// A collection as a condition: the only item's truth, or that there is one.
fn condition(items: &Items) -> Result<Option<bool>, Unsure> {
    Ok(one(items)?.map(|item| item.truth().unwrap_or(true)))
}

/// `=`: none where a side is empty.
fn equal(left: &Items, right: &Items) -> Option<bool> {
    if left.is_empty() || right.is_empty() {
        return None;
    }
    Some(left.len() == right.len() && left.iter().zip(right).all(|(a, b)| a.equals(b)))
}
