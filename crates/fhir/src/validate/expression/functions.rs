//! The functions that rules call.

use super::read::{Function, Node};
use super::run::{Run, Unsure, answer, one};
use super::value::{Item, Items, spread};
use serde_json::Value;
use smallvec::smallvec;
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
            _ => {}
        }
        let of = self.items(of, this, usize::MAX)?;
        Ok(match function {
            Function::All => {
                for item in &of {
                    if self.truth(&inputs[0], std::slice::from_ref(item))? != Some(true) {
                        return Ok(answer(Some(false)));
                    }
                }
                answer(Some(true))
            }
            Function::AllFalse => answer(Some(of.iter().all(|item| item.truth() == Some(false)))),
            Function::AllTrue => answer(Some(of.iter().all(|item| item.truth() == Some(true)))),
            Function::Exists | Function::Where => {
                let mut kept = Items::new();
                for item in of {
                    if self.truth(&inputs[0], std::slice::from_ref(&item))? == Some(true) {
                        kept.push(item);
                    }
                }
                if matches!(function, Function::Exists) { answer(Some(!kept.is_empty())) } else { kept }
            }
            Function::Select => {
                let mut all = Items::new();
                for item in &of {
                    all.extend(self.items(&inputs[0], std::slice::from_ref(item), usize::MAX)?);
                }
                all
            }
            Function::Iif => {
                let then = self.truth(&inputs[0], &of)? == Some(true);
                match inputs.get(if then { 1 } else { 2 }) {
                    Some(chosen) => self.items(chosen, &of, usize::MAX)?,
                    None => Items::new(),
                }
            }
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
            Function::Combine => of.into_iter().chain(self.items(&inputs[0], this, usize::MAX)?).collect(),
            Function::Intersect => {
                let other = self.items(&inputs[0], this, usize::MAX)?;
                self.worked(of.len().saturating_mul(other.len()))?;
                of.into_iter().filter(|item| other.iter().any(|b| b.equals(item))).collect()
            }
            Function::Count => smallvec![Item::Int(i64::try_from(of.len()).unwrap_or(i64::MAX))],
            Function::Distinct => self.distinct(of)?,
            Function::IsDistinct => {
                let before = of.len();
                answer(Some(self.distinct(of)?.len() == before))
            }
            Function::Last => of.into_iter().next_back().into_iter().collect(),
            Function::Tail => of.into_iter().skip(1).collect(),
            Function::HasValue => answer(Some(one(&of)?.is_some_and(Item::has_value))),
            Function::Is(ty) => answer(one(&of)?.map(|item| item.is(ty))),
            Function::As(ty) => of.into_iter().filter(|item| item.is(ty)).collect(),
            Function::Resolve => {
                let contained = self.around.root.get("contained").and_then(Value::as_array).map_or(0, Vec::len);
                self.worked(of.len().saturating_mul(contained))?;
                of.iter().filter_map(|item| self.resolve(item)).collect()
            }
            Function::Trace => of,
            Function::First | Function::Empty | Function::Not => of,
            texts => self.text(texts, inputs, &of, this)?,
        })
    }

    /// Functions of one text.
    fn text(
        &mut self,
        function: &'v Function,
        inputs: &'v [Node],
        of: &Items<'v>,
        this: &[Item<'v>],
    ) -> Result<Items<'v>, Unsure> {
        let Some(item) = one(of)? else { return Ok(Items::new()) };
        if let Function::ToText = function {
            return Ok(item.written().map(|text| Item::Text(text.into())).into_iter().collect());
        }
        if let Function::ToInteger = function {
            let number = item.written().and_then(|text| text.parse().ok());
            return Ok(number.map(Item::Int).into_iter().collect());
        }
        let Some(text) = item.text() else { return Ok(Items::new()) };
        self.worked(text.len() / 64)?;
        let input = match inputs.first() {
            Some(input) => self.items(input, this, usize::MAX)?,
            None => Items::new(),
        };
        let input = one(&input)?;
        let with = input.and_then(Item::text);
        Ok(match function {
            Function::Matches(pattern) => answer(Some(pattern.is_match(text))),
            Function::ReplaceMatches(pattern) => {
                let with = with.ok_or("there is nothing to replace it with")?;
                smallvec![Item::Text(pattern.replace_all(text, with).into_owned().into())]
            }
            Function::StartsWith => answer(with.map(|with| text.starts_with(with))),
            Function::EndsWith => answer(with.map(|with| text.ends_with(with))),
            Function::Contains => answer(with.map(|with| text.contains(with))),
            Function::Length => smallvec![Item::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX))],
            Function::Substring => {
                let Some(Item::Int(from)) = input else { return Ok(Items::new()) };
                let from = usize::try_from(*from).unwrap_or(usize::MAX);
                let rest = text.char_indices().nth(from).map(|(at, _)| text[at..].to_owned());
                rest.map(|rest| Item::Text(rest.into())).into_iter().collect()
            }
            _ => return Err("a function of collections was called on a text"),
        })
    }

    /// All members of all items.
    fn children(&mut self, of: &[Item<'v>]) -> Result<Items<'v>, Unsure> {
        let mut all = Items::new();
        for item in of {
            let mut add = |child| {
                all.push(child);
                true
            };
            if let Item::Piece { beside: Some(Value::Object(extra)), .. } = item {
                extra.values().for_each(|value| spread(Some(value), None, None, &mut add));
            }
            for (name, value) in item.object().into_iter().flatten() {
                let object = item.object();
                let sibling = |name: &str| object.and_then(|o| o.get(name));
                match name.strip_prefix('_') {
                    Some(bare) if sibling(bare).is_some() => {}
                    Some(_) => spread(None, Some(value), None, &mut add),
                    None if name == "resourceType" => {}
                    None if value.is_object() => add_one(value, &mut add),
                    None => spread(Some(value), sibling(&format!("_{name}")), None, &mut add),
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

fn add_one<'v>(value: &'v Value, add: &mut impl FnMut(Item<'v>) -> bool) {
    add(Item::of(value));
}
