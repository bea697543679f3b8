//! Running a compiled expression.

use super::equal::{equal, equivalent};
use super::function::Function;
use super::read::{Name, Node, Operator};
use super::types::TypeName;
use super::value::{Item, Items, members};
use super::{Meaning, arithmetic};
use jiff::Timestamp;
use serde_json::Value;
use smallvec::smallvec;
use std::cmp::Ordering;

/// Most items that all rules of one judgement may touch, about a second of work. R4's own definitions in one bundle of
/// 10,000 resources stay below.
pub(crate) const WORK_MAX: usize = 50_000_000;

/// What an expression may ask about beside what it is asked of.
#[derive(Clone, Copy)]
pub(crate) struct Around<'v> {
    /// The resource that the element is in.
    pub(crate) resource: &'v Value,
    /// The resource that contains that one, or itself.
    pub(crate) root: &'v Value,
}

/// Why an expression has no answer.
pub(super) type Unsure = &'static str;

pub(super) struct Run<'v> {
    pub(super) around: Around<'v>,
    pub(super) meaning: Meaning,
    /// What `now()` says; none where nobody told.
    pub(super) now: Option<Timestamp>,
    /// Whether a member that the type does not have is an error.
    pub(super) strict: bool,
    on: &'v Value,
    /// `$index`, and `$total` in `aggregate`.
    index: usize,
    total: Option<Items<'v>>,
    /// What is left.
    work: usize,
}

/// Whether the rule holds on an element. An empty result keeps it. Takes what it costs from the budget.
pub(crate) fn holds<'v>(rule: &'v Node, on: &'v Value, around: Around<'v>, budget: &mut usize) -> Result<bool, Unsure> {
    let mut run = Run { work: *budget, ..Run::new(on, around, Meaning::Rules) };
    let truth = run.truth(rule, &[Item::of(on)]);
    *budget = run.work;
    Ok(truth?.unwrap_or(true))
}

impl<'v> Run<'v> {
    pub(super) fn new(on: &'v Value, around: Around<'v>, meaning: Meaning) -> Self {
        Self { around, meaning, now: None, strict: false, on, index: 0, total: None, work: WORK_MAX }
    }

    /// What the whole expression gives.
    pub(super) fn all(&mut self, node: &'v Node) -> Result<Items<'v>, Unsure> {
        self.items(node, &[Item::of(self.on)], usize::MAX)
    }

    /// Counts work, and stops when it is too much.
    pub(super) fn worked(&mut self, items: usize) -> Result<(), Unsure> {
        self.work = self.work.saturating_sub(items.saturating_add(1));
        if self.work == 0 { Err("it would take too long") } else { Ok(()) }
    }

    /// What FHIRPath refuses, and R4's rules mean to be empty: they are asked of resources that are wrong in other ways too.
    pub(super) fn refused(&self, why: Unsure) -> Result<Items<'v>, Unsure> {
        if self.meaning == Meaning::Rules { Ok(Items::new()) } else { Err(why) }
    }

    /// An input asked of one item of many.
    pub(super) fn each(&mut self, input: &'v Node, item: &Item<'v>, index: usize) -> Result<Items<'v>, Unsure> {
        let before = std::mem::replace(&mut self.index, index);
        let found = self.items(input, std::slice::from_ref(item), usize::MAX);
        self.index = before;
        found
    }

    /// An input asked of one item of many, as a condition.
    pub(super) fn meets(&mut self, input: &'v Node, item: &Item<'v>, index: usize) -> Result<bool, Unsure> {
        let before = std::mem::replace(&mut self.index, index);
        let truth = self.truth(input, std::slice::from_ref(item));
        self.index = before;
        Ok(truth? == Some(true))
    }

    /// The same with `$total`, which the answer becomes.
    pub(super) fn totalled(&mut self, input: &'v Node, of: &Items<'v>, start: Items<'v>) -> Result<Items<'v>, Unsure> {
        let before = self.total.replace(start);
        for (index, item) in of.iter().enumerate() {
            match self.each(input, item, index) {
                Ok(total) => self.total = Some(total),
                Err(why) => {
                    self.total = before;
                    return Err(why);
                }
            }
        }
        Ok(std::mem::replace(&mut self.total, before).unwrap_or_default())
    }

    /// The expression as a condition: true, false or neither.
    pub(super) fn truth(&mut self, node: &'v Node, this: &[Item<'v>]) -> Result<Option<bool>, Unsure> {
        match node {
            Node::Literal(Item::Bool(b)) => Ok(Some(*b)),
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
        let mut found: Items<'v> = match node {
            Node::This => this.iter().take(most).cloned().collect(),
            Node::Index => smallvec![Item::Int(count(self.index))],
            Node::Total => self.total.clone().unwrap_or_default(),
            Node::Resource => smallvec![Item::of(self.around.resource)],
            Node::Root => smallvec![Item::of(self.around.root)],
            Node::Context => smallvec![Item::of(self.on)],
            Node::Empty => Items::new(),
            Node::Literal(item) => smallvec![item.clone()],
            Node::Text(text) => smallvec![Item::Text(text.into())],
            Node::Typed(ty) => {
                let found: Items = this.iter().filter(|item| self.is(item, ty)).cloned().collect();
                if self.strict && found.is_empty() {
                    return Err("it begins with a type that this is not");
                }
                found
            }
            Node::Member(of, name) => self.members(of, name, this, most)?,
            Node::At(of, at) => {
                let of = self.items(of, this, usize::MAX)?;
                let at = self.integer(at, this)?;
                at.and_then(|at| of.into_iter().nth(usize::try_from(at).ok()?)).into_iter().collect()
            }
            Node::Minus(of) => {
                let of = self.items(of, this, usize::MAX)?;
                one(&of)?.map(arithmetic::minus).transpose()?.flatten().into_iter().collect()
            }
            Node::Plus(of) => {
                let of = self.items(of, this, usize::MAX)?;
                one(&of)?.map(arithmetic::minus).transpose()?;
                of
            }
            Node::Is(of, ty) => {
                let of = self.items(of, this, usize::MAX)?;
                one(&of)?.map(|item| Item::Bool(self.is(item, ty))).into_iter().collect()
            }
            Node::As(of, ty) => {
                let of = self.items(of, this, usize::MAX)?;
                self.picked(of, ty, true)?
            }
            Node::Binary(operator, left, right) => self.binary(node, *operator, left, right, this)?,
            Node::Call(of, function, inputs) => self.call(node, of, function, inputs, this)?,
        };
        self.worked(found.len())?;
        found.truncate(most);
        Ok(found)
    }

    /// Whether an item is of a type.
    pub(super) fn is(&self, item: &Item, ty: &TypeName) -> bool {
        match self.meaning {
            Meaning::Rules => item.is_told(ty),
            Meaning::Standard => item.of_type().is_some_and(|of| of.is(ty)),
        }
    }

    /// The items of a type. R4's rules ask `as` of several and mean `ofType`.
    pub(super) fn picked(&self, of: Items<'v>, ty: &TypeName, only: bool) -> Result<Items<'v>, Unsure> {
        if self.meaning == Meaning::Rules {
            return Ok(of.into_iter().filter(|item| item.is_told(ty)).collect());
        }
        if only {
            one(&of)?;
        }
        Ok(of.into_iter().filter(|item| item.of_type().is_some_and(|of| of.picked(ty))).collect())
    }

    fn members(&mut self, of: &'v Node, name: &'v Name, this: &[Item<'v>], most: usize) -> Result<Items<'v>, Unsure> {
        let typed = self.meaning == Meaning::Standard;
        let of = match of {
            Node::This => None,
            other => Some(self.items(other, this, usize::MAX)?),
        };
        let mut found = Items::new();
        for item in of.as_deref().unwrap_or(this) {
            if self.strict && !item.may_have(name) {
                return Err("it names a member that the type does not have");
            }
            members(item, name, typed, &mut |member| {
                found.push(member);
                found.len() < most
            });
            if found.len() >= most {
                break;
            }
        }
        Ok(found)
    }

    /// The only whole number of an input.
    pub(super) fn integer(&mut self, input: &'v Node, this: &[Item<'v>]) -> Result<Option<i64>, Unsure> {
        let found = self.items(input, this, usize::MAX)?;
        match one(&found)? {
            None => Ok(None),
            Some(item) => item.integer().map(Some).ok_or("a whole number is wanted"),
        }
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
            Operator::Equivalent | Operator::Unlike => {
                self.worked(left.len().saturating_mul(right.len()))?;
                answer(Some(equivalent(&left, &right) == (operator == Operator::Equivalent)))
            }
            Operator::In => self.within(&left, &right)?,
            Operator::Contains => self.within(&right, &left)?,
            Operator::Union => self.union(left, right)?,
            Operator::Join => {
                let written = |items: &Items| -> Result<String, Unsure> {
                    Ok(one(items)?.and_then(Item::written).unwrap_or_default())
                };
                smallvec![self.made(written(&left)? + &written(&right)?)?]
            }
            Operator::Less | Operator::LessOrEqual | Operator::More | Operator::MoreOrEqual => {
                let Some((a, b)) = one(&left)?.zip(one(&right)?) else { return Ok(Items::new()) };
                let order = match a.compare(b) {
                    Ok(order) => order,
                    Err(why) => return self.refused(why),
                };
                answer(order.map(|order| match operator {
                    Operator::Less => order == Ordering::Less,
                    Operator::LessOrEqual => order != Ordering::Greater,
                    Operator::More => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                }))
            }
            _ => match one(&left)?.zip(one(&right)?) {
                None => Items::new(),
                Some((a, b)) => match (operator, a.text(), b.text()) {
                    (Operator::Plus, Some(a), Some(b)) => smallvec![self.made(format!("{a}{b}"))?],
                    _ => arithmetic::computed(operator, a, b)?.into_iter().collect(),
                },
            },
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

/// How many there are, as an expression counts.
pub(super) fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
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
