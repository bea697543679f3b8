//! Reports of the service: what was asked, answered, in time and to what end, by hospital, department, expert, disease, month.
//!
//! `cell` says which cases each number counts, by the named rules of `measure/`; `count` groups and counts; both are pure and
//! read the book of `figures/`. A number and the list behind it come from the same function. What leaves the house as a file
//! hides small cells (`hide`). It must never hold clinical content beyond the codes that are counted, nor a name of a patient.

#[cfg(test)]
mod bench;
mod cases;
mod cell;
mod count;
mod diseases;
mod export;
mod hide;
mod kept;
mod measure;
mod paper;
mod report;
mod sight;
mod visits;

pub(crate) use hide::LEAST;

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/service`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(report::report))
        .routes(routes!(cases::cases))
        .routes(routes!(export::export))
        .routes(routes!(kept::kept))
        .routes(routes!(visits::visits))
}
