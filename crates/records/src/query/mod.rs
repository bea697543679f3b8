//! A FHIR search, as far as no engine is concerned: what is asked for, in which order, where a page ended, and how much
//! work it may cost. Engines turn [`parse::Parsed`] into their SQL. It must never know a table.

pub(crate) mod around;
mod ordered;
pub(crate) mod parse;
pub(crate) mod place;
pub(crate) mod sets;
mod special;
pub(crate) mod token;
pub(crate) mod value;
pub(crate) mod words;

pub use parse::modifiers;

/// A value of a sort key or of a statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Integer(n)
    }
}

impl From<f64> for Value {
    fn from(x: f64) -> Self {
        Self::Real(x)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// When a search gathers and when it walks. The defaults are measured; tests set them low to go every way.
#[derive(Debug, Clone)]
pub struct Limits {
    /// A driver of fewer rows is gathered without further thought.
    pub small: usize,
    /// Most rows that are gathered where a walk is possible.
    pub gather: usize,
    /// Most rows that a person's walk looks at before the page ends as it is, with a `next`.
    pub walk: usize,
    /// Longest a person's walk takes before the page ends as it is, with a `next`.
    pub patience_ms: u64,
    /// Most resources that includes bring.
    pub included: usize,
    /// On PostgreSQL: up to so many grants of a kind are compared one by one, and what they open is counted.
    pub few: usize,
    /// On PostgreSQL: more grants go over as bits where that takes at most so many bytes a grant, else as a list of which
    /// the engine makes a table.
    pub dense: usize,
    /// Shows that the tests notice a missing check: visibility is not applied at this hop.
    #[doc(hidden)]
    pub blind: Option<Blind>,
}

/// Where a test may switch the check of visibility off.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blind {
    /// At the result.
    Result,
    /// At a hop of a chain.
    Chain,
    /// At a `_has`.
    Has,
    /// At an include.
    Include,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            small: 1_000,
            gather: 12_000,
            walk: 20_000,
            patience_ms: 8,
            included: 1_000,
            few: 64,
            dense: 64,
            blind: None,
        }
    }
}
