//! Figures: each carries its rule, the rule's version and the query that lists its cases.
//!
//! Who may open which part: command staff see the whole network's number; a dispatcher's are the centre's cases, a
//! doctor's those of the own hospital, an expert's the own. The number and its list always come from the same facts.

mod book;
mod consulted;
mod consulted_cases;
mod daily;
mod daily_cases;
mod facts;
mod kept;
mod report;
mod rule;
mod series;
mod world;

pub(crate) use book::{Book, ClockKind, Outcome, Pages, Row, Urgency, Verdict};
pub(crate) use facts::{Part, signed_at};
pub(crate) use kept::{Days as KeptDays, KEPT, Kept, LeftOut, Visit, kept};
pub(crate) use rule::{CONSULTED, Consultation, Rule, RuleText, counts};
pub(crate) use series::{Counted, Day, Series, World};
#[cfg(test)]
pub(crate) use {book::tests as book_tests, series::generated::zone as paper_zone};

use platform::Shared;
use utoipa_axum::{router::OpenApiRouter, routes};

/// `/api/figures`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(consulted::consulted))
        .routes(routes!(consulted_cases::consulted_cases))
        .routes(routes!(daily::daily))
        .routes(routes!(daily_cases::daily_cases))
        .routes(routes!(report::report))
}
