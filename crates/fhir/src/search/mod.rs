//! Search parameters: the official definitions, and the index rows that a resource gives.
//!
//! The definitions' FHIRPath is a small language (paths, `|`, `as`, `where(resolve() is T)`, `where(name='x')`). It is
//! compiled into one trie per type, keyed by JSON member names: one walk over a resource gives every row of every
//! parameter, and a parameter that is absent costs nothing. Called by `records` when it writes and when it searches.
//! It must never know how rows are stored.

mod date;
mod definitions;
mod path;
mod row;
mod text;
mod trie;
mod words;

pub use date::{DAY_MS, instant_range};
pub use definitions::{Definitions, Kind, Param};
pub use row::{AXES, Amount, ENDS, LABEL, Rows, TYPED, Target, Unit, keyed, mix, on_sphere, split_reference};
pub use text::{fold, hash};
pub use words::{LONGEST_WORD, Place, Word, Words, cut};
