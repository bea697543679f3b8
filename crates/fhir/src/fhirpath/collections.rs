//! The functions of collections, and where those of single items are found.

use super::Meaning;
use super::function::Function;
use super::moment::{Kind, Moment};
use super::read::Node;
use super::run::{Run, Unsure, answer, count, one};
use super::types::held;
use super::value::{Item, Items, spread};
use serde_json::Value;
use smallvec::smallvec;
use std::cmp::Ordering;
use std::collections::HashSet;

impl<'v> Run<'v> {
    pub(super) fn call(
        &mut self,
        node: &'v Node,
        of: &'v Node,
        function: &'v Function,
        inputs: &'v [Node],
        this: &[Item<'v>],
    ) -> Result<Items<'v>, Unsure> {
        match function {
            Function::Empty | Function::Not => return Ok(answer(self.truth(node, this)?)),
            Function::Exists if inputs.is_empty() => return Ok(answer(self.truth(node, this)?)),
            Function::First => return self.items(of, this, 1),
            Function::Now | Function::Today => return self.now(function),
            _ => {}
        }
        let of = self.items(of, this, usize::MAX)?;
        match function {
            Function::All | Function::Exists | Function::Where | Function::Select | Function::Repeat => {
                self.of_each(function, inputs, of)
            }
            Function::Sort(descending) => self.sorted(descending, inputs, of),
            Function::Aggregate => {
                let start = match inputs.get(1) {
                    Some(start) => self.items(start, this, usize::MAX)?,
                    None => Items::new(),
                };
                self.totalled(&inputs[0], &of, start)
            }
            Function::Iif => self.iif(inputs, &of),
            Function::Combine
            | Function::Exclude
            | Function::Intersect
            | Function::SubsetOf
            | Function::SupersetOf
            | Function::Union => {
                let other = self.items(&inputs[0], this, usize::MAX)?;
                self.of_two(function, of, other)
            }
            Function::Skip | Function::Take => {
                let many = self.integer(&inputs[0], this)?.map_or(0, |n| usize::try_from(n).unwrap_or(0));
                let skips = matches!(function, Function::Skip);
                Ok(if skips { of.into_iter().skip(many).collect() } else { of.into_iter().take(many).collect() })
            }
            Function::Children
            | Function::Count
            | Function::Descendants
            | Function::Distinct
            | Function::HasValue
            | Function::IsDistinct
            | Function::Last
            | Function::OfType(_)
            | Function::Resolve
            | Function::Single
            | Function::Tail
            | Function::Trace => self.of_all(function, of),
            Function::AllFalse | Function::AllTrue | Function::AnyFalse | Function::AnyTrue => {
                self.of_truths(function, &of)
            }
            Function::As(ty) => self.picked(of, ty, true),
            Function::Is(ty) => Ok(answer(one(&of)?.map(|item| self.is(item, ty)))),
            Function::Join => self.joined(inputs, &of, this),
            Function::Comparable => {
                let other = self.items(&inputs[0], this, usize::MAX)?;
                let Some((a, b)) = one(&of)?.zip(one(&other)?) else { return Ok(Items::new()) };
                let (a, b) = a.quantity().zip(b.quantity()).ok_or("only quantities are comparable")?;
                Ok(answer(Some(a.comparable(&b) == Some(true))))
            }
            single => match one(&of)? {
                None => Ok(Items::new()),
                Some(item) => self.of_one(single, inputs, item, this),
            },
        }
    }

    /// Functions of one item.
    fn of_one(
        &mut self,
        function: &'v Function,
        inputs: &'v [Node],
        item: &Item<'v>,
        this: &[Item<'v>],
    ) -> Result<Items<'v>, Unsure> {
        let found = match function {
            Function::To(target) => target.of(item),
            Function::Converts(target) => Some(Item::Bool(target.of(item).is_some())),
            Function::Type => item.of_type().map(Item::Type),
            Function::Abs
            | Function::Ceiling
            | Function::Exp
            | Function::Floor
            | Function::HighBoundary
            | Function::Ln
            | Function::Log
            | Function::LowBoundary
            | Function::Power
            | Function::Precision
            | Function::Round
            | Function::Sqrt
            | Function::Truncate => return self.number(function, inputs, item, this),
            _ => return self.text(function, inputs, item, this),
        };
        Ok(found.into_iter().collect())
    }

    /// Functions that ask their input of each item.
    fn of_each(&mut self, function: &'v Function, inputs: &'v [Node], of: Items<'v>) -> Result<Items<'v>, Unsure> {
        let input = &inputs[0];
        Ok(match function {
            Function::All => {
                for (index, item) in of.iter().enumerate() {
                    if !self.meets(input, item, index)? {
                        return Ok(answer(Some(false)));
                    }
                }
                answer(Some(true))
            }
            Function::Select => {
                let mut all = Items::new();
                for (index, item) in of.iter().enumerate() {
                    all.extend(self.each(input, item, index)?);
                }
                all
            }
            Function::Repeat => {
                let (mut all, mut level) = (Items::new(), of);
                while !level.is_empty() {
                    let mut below = Items::new();
                    for (index, item) in level.iter().enumerate() {
                        for found in self.each(input, item, index)? {
                            self.worked(all.len())?;
                            if !all.iter().any(|known: &Item| known.equals(&found)) {
                                all.push(found.clone());
                                below.push(found);
                            }
                        }
                    }
                    level = below;
                }
                all
            }
            _ => {
                let mut kept = Items::new();
                for (index, item) in of.into_iter().enumerate() {
                    if self.meets(input, &item, index)? {
                        kept.push(item);
                    }
                }
                if matches!(function, Function::Exists) { answer(Some(!kept.is_empty())) } else { kept }
            }
        })
    }

    /// Of the two inputs only the one that is chosen is asked.
    fn iif(&mut self, inputs: &'v [Node], of: &Items<'v>) -> Result<Items<'v>, Unsure> {
        one(of)?;
        let chosen = match &self.items(&inputs[0], of, usize::MAX)?[..] {
            [] => false,
            [item] => item.truth().ok_or("a condition is true or false")?,
            _ => return Err("it wants one item and finds several"),
        };
        match inputs.get(if chosen { 1 } else { 2 }) {
            Some(chosen) => self.items(chosen, of, usize::MAX),
            None => Ok(Items::new()),
        }
    }

    /// Functions of two collections.
    fn of_two(&mut self, function: &Function, of: Items<'v>, other: Items<'v>) -> Result<Items<'v>, Unsure> {
        self.worked(of.len().saturating_mul(other.len()))?;
        let within = |item: &Item, items: &Items| items.iter().any(|b| b.equals(item));
        Ok(match function {
            Function::Combine => of.into_iter().chain(other).collect(),
            Function::Exclude => of.into_iter().filter(|item| !within(item, &other)).collect(),
            Function::Intersect => {
                let both = of.into_iter().filter(|item| within(item, &other)).collect();
                self.distinct(both)?
            }
            Function::SubsetOf => answer(Some(of.iter().all(|item| within(item, &other)))),
            Function::SupersetOf => answer(Some(other.iter().all(|item| within(item, &of)))),
            _ => self.union(of, other)?,
        })
    }

    /// Functions of a collection that take no input.
    fn of_all(&mut self, function: &Function, of: Items<'v>) -> Result<Items<'v>, Unsure> {
        Ok(match function {
            Function::Children => self.children(&of)?,
            Function::Descendants => {
                let mut all = Items::new();
                let mut level = self.children(&of)?;
                while !level.is_empty() {
                    let below = self.children(&level)?;
                    all.append(&mut level);
                    level = below;
                }
                all
            }
            Function::Count => smallvec![Item::Int(count(of.len()))],
            Function::Distinct => self.distinct(of)?,
            Function::IsDistinct => {
                let before = of.len();
                answer(Some(self.distinct(of)?.len() == before))
            }
            Function::Last => of.into_iter().next_back().into_iter().collect(),
            Function::Tail => of.into_iter().skip(1).collect(),
            Function::HasValue => answer(Some(one(&of)?.is_some_and(Item::has_value))),
            Function::OfType(ty) => self.picked(of, ty, false)?,
            Function::Single => {
                one(&of)?;
                of
            }
            Function::Resolve => {
                let contained = self.around.root.get("contained").and_then(Value::as_array).map_or(0, Vec::len);
                self.worked(of.len().saturating_mul(contained))?;
                of.iter().filter_map(|item| self.resolve(item)).collect()
            }
            // Nobody listens to `trace`.
            _ => of,
        })
    }

    fn of_truths(&mut self, function: &Function, of: &Items<'v>) -> Result<Items<'v>, Unsure> {
        let truths: Option<Vec<bool>> = of.iter().map(Item::truth).collect();
        let Some(truths) = truths else { return Err("a truth is wanted") };
        let mut truths = truths.into_iter();
        Ok(answer(Some(match function {
            Function::AllFalse => truths.all(|b| !b),
            Function::AllTrue => truths.all(|b| b),
            Function::AnyFalse => truths.any(|b| !b),
            _ => truths.any(|b| b),
        })))
    }

    /// In the order of its keys, what has none first; items themselves where no key is named.
    fn sorted(&mut self, descending: &[bool], inputs: &'v [Node], of: Items<'v>) -> Result<Items<'v>, Unsure> {
        let mut keyed = Vec::with_capacity(of.len());
        for (index, item) in of.into_iter().enumerate() {
            let mut keys: Vec<Option<Item<'v>>> = Vec::with_capacity(inputs.len());
            for input in inputs {
                let key = self.each(input, &item, index)?;
                keys.push(one(&key)?.cloned());
            }
            if inputs.is_empty() {
                keys.push(Some(item.clone()));
            }
            keyed.push((keys, item));
        }
        self.worked(keyed.len().saturating_mul(usize::BITS as usize - keyed.len().leading_zeros() as usize))?;
        let mut fault = None;
        let mut order = |a: &Option<Item>, b: &Option<Item>, descends: bool| {
            let (Some(a), Some(b)) = (a, b) else { return a.is_some().cmp(&b.is_some()) };
            let order = a.compare(b).unwrap_or_else(|why| {
                fault = Some(why);
                None
            });
            let order = order.unwrap_or(Ordering::Equal);
            if descends { order.reverse() } else { order }
        };
        keyed.sort_by(|(left, _), (right, _)| {
            let keys = left.iter().zip(right).enumerate();
            let orders = keys.map(|(i, (a, b))| order(a, b, descending.get(i) == Some(&true)));
            orders.fold(Ordering::Equal, Ordering::then)
        });
        match fault {
            Some(why) => Err(why),
            None => Ok(keyed.into_iter().map(|(_, item)| item).collect()),
        }
    }

    /// `|`: each but once.
    pub(super) fn union(&mut self, left: Items<'v>, right: Items<'v>) -> Result<Items<'v>, Unsure> {
        self.worked(left.len().saturating_mul(right.len()))?;
        let mut all = Items::new();
        for item in left.into_iter().chain(right) {
            if !all.iter().any(|known: &Item| known.equals(&item)) {
                all.push(item);
            }
            self.worked(all.len())?;
        }
        Ok(all)
    }

    /// What time it is, if anybody told.
    fn now(&self, function: &Function) -> Result<Items<'v>, Unsure> {
        let now = Moment::now(self.now.ok_or("nobody told what time it is")?);
        let kind = if matches!(function, Function::Today) { Kind::Date } else { Kind::DateTime };
        Ok(now.to(kind).map(Moment::item).into_iter().collect())
    }

    /// All members of all items.
    fn children(&mut self, of: &[Item<'v>]) -> Result<Items<'v>, Unsure> {
        let mut all = Items::new();
        for item in of {
            let mut add = |child| {
                all.push(child);
                true
            };
            let defined = if self.meaning == Meaning::Standard { item.defined() } else { None };
            let ty = |name: &str| defined.and_then(|ty| held(ty.members.get(name)?.ty));
            if let Item::Piece { beside: Some(Value::Object(extra)), .. } = item {
                extra.iter().for_each(|(name, value)| spread(Some(value), None, ty(name), &mut add));
            }
            let object = item.object();
            for (name, value) in object.into_iter().flatten() {
                let sibling = |name: &str| object.and_then(|o| o.get(name));
                match name.strip_prefix('_') {
                    Some(bare) if sibling(bare).is_some() => {}
                    Some(bare) => spread(None, Some(value), ty(bare), &mut add),
                    None if name == "resourceType" => {}
                    None if value.is_object() => spread(Some(value), None, ty(name), &mut add),
                    None => spread(Some(value), sibling(&format!("_{name}")), ty(name), &mut add),
                }
            }
        }
        self.worked(all.len())?;
        Ok(all)
    }

    fn distinct(&mut self, of: Items<'v>) -> Result<Items<'v>, Unsure> {
        // Texts by the thousand (codes of a CodeSystem) are not compared one by one.
        if of.iter().all(|item| item.text().is_some()) {
            let mut known = HashSet::new();
            return Ok(of.iter().filter(|item| known.insert(item.text())).cloned().collect());
        }
        let mut all = Items::new();
        for item in of {
            self.worked(all.len())?;
            if !all.iter().any(|known: &Item| known.equals(&item)) {
                all.push(item);
            }
        }
        Ok(all)
    }

    /// A reference inside the resource; what is elsewhere is not looked up.
    fn resolve(&self, item: &Item<'v>) -> Option<Item<'v>> {
        let text = match item.object() {
            Some(reference) => reference.get("reference")?.as_str()?,
            None => item.text()?,
        };
        let id = text.strip_prefix('#')?;
        if id.is_empty() {
            return Some(Item::of(self.around.root));
        }
        let contained = self.around.root.get("contained")?.as_array()?;
        contained.iter().find(|c| c.get("id").and_then(Value::as_str) == Some(id)).map(Item::of)
    }
}
