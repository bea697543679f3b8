//! The part of FHIRPath in which the invariants of R4 are written, compiled once and run on borrowed JSON.
//!
//! Not a FHIRPath engine: a rule that uses anything else is not read, and said not to be judged. Where the definitions rely
//! on something that FHIRPath leaves open or has changed since, this follows the definitions: an empty result keeps the rule
//! (`bdl-8` on an entry without `fullUrl`), `matches` means the whole text (`name.matches('[A-Z]…')`), `as` picks items like
//! `ofType`. Types are told by JSON and by the names of choices alone: `is(code)` is not known from `is(string)`, and no rule of R4
//! asks. The tests hold every rule against `fhirpathpy` on the official examples.

mod functions;
mod read;
mod run;
mod value;

pub(super) use read::{Expression, read};
pub(super) use run::{Around, WORK_MAX, holds};
#[cfg(test)]
pub(super) use value::is_choice;

#[cfg(test)]
mod tests;
