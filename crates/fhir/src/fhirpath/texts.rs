//! The functions of one text.

use super::function::Function;
use super::read::Node;
use super::run::{Run, Unsure, answer, count, one};
use super::value::{Item, Items};
use regex::{NoExpand, Regex};
use smallvec::smallvec;

/// Longest text that an expression makes or takes apart. Those of a resource may be longer.
const TEXT_MAX: usize = 1 << 20;

impl<'v> Run<'v> {
    /// A text that was made.
    pub(super) fn made(&mut self, text: String) -> Result<Item<'v>, Unsure> {
        self.worked(text.len() / 64)?;
        if text.len() > TEXT_MAX { Err("it makes too long a text") } else { Ok(Item::Text(text.into())) }
    }

    pub(super) fn text(
        &mut self,
        function: &'v Function,
        inputs: &'v [Node],
        item: &Item<'v>,
        this: &[Item<'v>],
    ) -> Result<Items<'v>, Unsure> {
        let Some(text) = item.text() else { return self.refused("a text is wanted") };
        self.worked(text.len() / 64)?;
        let found = match function {
            Function::Length => Item::Int(count(text.chars().count())),
            Function::Lower => self.made(text.to_lowercase())?,
            Function::Upper => self.made(text.to_uppercase())?,
            Function::Trim => self.made(text.trim().to_owned())?,
            Function::ToChars => {
                return self.parts(text, text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]));
            }
            Function::Matches(pattern) => {
                return Ok(answer(pattern.as_ref().map(|pattern| pattern.is_match(text))));
            }
            Function::Substring => return self.substring(text, inputs, this),
            _ => return self.with_text(function, inputs, text, this),
        };
        Ok(smallvec![found])
    }

    /// Functions whose first input is a text.
    fn with_text(
        &mut self,
        function: &'v Function,
        inputs: &'v [Node],
        text: &str,
        this: &[Item<'v>],
    ) -> Result<Items<'v>, Unsure> {
        let Some(input) = inputs.first() else { return Err("it is no function of one item") };
        let input = self.items(input, this, usize::MAX)?;
        let Some(input) = one(&input)? else { return Ok(Items::new()) };
        let Some(with) = input.text() else { return self.refused("a text is wanted as its input") };
        let place = |at: Option<usize>| Item::Int(at.map_or(-1, |at| count(text[..at].chars().count())));
        let found = match function {
            Function::StartsWith => Item::Bool(text.starts_with(with)),
            Function::EndsWith => Item::Bool(text.ends_with(with)),
            Function::Contains => Item::Bool(text.contains(with)),
            Function::IndexOf => place(text.find(with)),
            Function::LastIndexOf => place(text.rfind(with)),
            Function::Split if with.is_empty() => self.made(text.to_owned())?,
            Function::Split => return self.parts(text, text.split(with)),
            Function::ReplaceMatches(pattern) => {
                let Some(pattern) = pattern.as_ref() else { return Ok(Items::new()) };
                let found = self.replaced(text, pattern, with)?;
                self.made(found)?
            }
            Function::Replace => {
                let to = self.items(&inputs[1], this, usize::MAX)?;
                let Some(to) = one(&to)?.and_then(Item::text) else { return Ok(Items::new()) };
                within(text, text.matches(with).count(), to)?;
                self.made(text.replace(with, to))?
            }
            _ => return Err("it is no function of a text"),
        };
        Ok(smallvec![found])
    }

    /// An empty pattern stands nowhere.
    fn replaced(&mut self, text: &str, pattern: &Regex, with: &str) -> Result<String, Unsure> {
        if pattern.as_str() == "(?s)" {
            return Ok(text.to_owned());
        }
        within(text, pattern.find_iter(text).count(), with)?;
        Ok(if with.contains('$') {
            pattern.replace_all(text, with).into_owned()
        } else {
            pattern.replace_all(text, NoExpand(with)).into_owned()
        })
    }

    fn parts<'t>(&mut self, text: &str, parts: impl Iterator<Item = &'t str>) -> Result<Items<'v>, Unsure> {
        self.worked(text.len())?;
        if text.len() > TEXT_MAX {
            return Err("it takes apart too long a text");
        }
        Ok(parts.map(|part| Item::Text(part.to_owned().into())).collect())
    }

    fn substring(&mut self, text: &str, inputs: &'v [Node], this: &[Item<'v>]) -> Result<Items<'v>, Unsure> {
        let Some(from) = self.integer(&inputs[0], this)? else { return Ok(Items::new()) };
        let length = match inputs.get(1) {
            Some(length) => self.integer(length, this)?,
            None => None,
        };
        let Some(start) = usize::try_from(from).ok().and_then(|from| text.char_indices().nth(from)) else {
            return Ok(Items::new());
        };
        let rest = &text[start.0..];
        let part = match length {
            None => rest,
            Some(length) => {
                let end = rest.char_indices().nth(usize::try_from(length).unwrap_or(0));
                &rest[..end.map_or(rest.len(), |(at, _)| at)]
            }
        };
        Ok(smallvec![self.made(part.to_owned())?])
    }

    /// All texts as one, with what is given between them.
    pub(super) fn joined(
        &mut self,
        inputs: &'v [Node],
        of: &Items<'v>,
        this: &[Item<'v>],
    ) -> Result<Items<'v>, Unsure> {
        let between = match inputs.first() {
            Some(between) => self.items(between, this, usize::MAX)?,
            None => Items::new(),
        };
        let between = one(&between)?.and_then(Item::text).unwrap_or_default();
        let texts: Option<Vec<&str>> = of.iter().map(Item::text).collect();
        let Some(texts) = texts else { return Err("only texts are joined") };
        let length: usize = texts.iter().map(|text| text.len().saturating_add(between.len())).sum();
        if length > TEXT_MAX.saturating_add(between.len()) {
            return Err("it makes too long a text");
        }
        Ok(smallvec![self.made(texts.join(between))?])
    }
}

/// Whether so many replacements make too long a text, before it is made. `$1` stands for a part of the text at most.
fn within(text: &str, times: usize, with: &str) -> Result<(), Unsure> {
    let each = with.len().saturating_add(if with.contains('$') { text.len() } else { 0 });
    let length = text.len().saturating_add(times.saturating_mul(each));
    if length > TEXT_MAX { Err("it makes too long a text") } else { Ok(()) }
}
