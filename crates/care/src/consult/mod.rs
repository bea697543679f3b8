//! The consultation (会诊): a county doctor asks, a centre dispatches, an expert advises, the county doctor decides.
//!
//! `model` and `steps` are the rules, pure; `form` is what is asked for; `resources` alone knows how a case stands in FHIR;
//! every other file is one operation. Siblings (`opinion`, `room`) use what is public here and nothing below it. It must
//! never show a case past `Op::may`, nor change one without a commit that also moves its Task.

pub mod complete;
pub mod form;
pub mod model;
pub mod state;
mod steps;
pub mod timer;

#[cfg(test)]
mod model_tests;
