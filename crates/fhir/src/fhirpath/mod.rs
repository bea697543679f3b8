//! FHIRPath, compiled once and run on borrowed JSON.
//!
//! Called by validation for the invariants of R4, and as [`Path`] by whoever asks in FHIRPath's own meaning. It reads nothing but
//! what it is given, and must never panic or grow with what a stranger sends: length and depth of an expression, work and the
//! texts it makes are bounded.
//!
//! The two meanings differ where the definitions of R4 rely on something that FHIRPath leaves open or has changed since; rules
//! follow the definitions. In a rule `matches` means the whole text (`name.matches('[A-Z]…')`), `as` picks items like `ofType`,
//! types are told by JSON and by the names of choices alone (`is(code)` is not known from `is(string)`, and no rule of R4 asks),
//! and what is no text is empty to a function of texts. An empty result keeps a rule (`bdl-8` on an entry without `fullUrl`). The
//! tests hold every rule against `fhirpathpy` on the official examples, and the other meaning against HL7's suite.
//!
//! Known gaps: no terminology (`memberOf`, `subsumes`), no profiles (`conformsTo`), no UCUM beyond common units
//! (`quantity.rs`), no reflection beyond `type()`; `resolve()` finds contained resources alone; patterns and the URLs of
//! `extension()` must be written out.

mod arithmetic;
mod collections;
mod convert;
mod equal;
mod function;
mod lex;
mod maths;
mod moment;
mod number;
mod path;
mod quantity;
mod read;
mod run;
mod texts;
mod types;
mod value;

pub use path::{Answer, Asking, Path};
pub(crate) use read::{Node as Rule, read};
pub(crate) use run::{Around, WORK_MAX, holds};
#[cfg(test)]
pub(crate) use value::is_choice;

use std::fmt;

/// How the same words are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// As R4's definitions mean their rules.
    Rules,
    /// As FHIRPath says.
    Standard,
}

/// Why an expression was not compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It is FHIRPath, as far as is known, with something in it that is not spoken here: what.
    Unspoken(String),
    /// It is no FHIRPath.
    Wrong(String),
}

impl Unread {
    fn unspoken(what: impl Into<String>) -> Self {
        Self::Unspoken(what.into())
    }

    fn wrong(why: impl Into<String>) -> Self {
        Self::Wrong(why.into())
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unspoken(what) => write!(f, "{what} is not known"),
            Self::Wrong(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Unread {}

#[cfg(test)]
mod tests;
