//! The consultation (会诊): a county doctor asks, a centre dispatches, an expert advises, the county doctor decides.
//!
//! `model` and `steps` are the rules, pure; `form` is what is asked for; `resources` alone knows how a case stands in FHIR;
//! every other file is one operation. Siblings (`opinion`, `room`) use what is public here and nothing below it. It must
//! never show a case past `Op::may`, nor change one without a commit that also moves its Task.

mod accept;
mod access;
mod add_consent;
mod answer;
mod answer_ring;
mod ask;
pub mod assign;
mod board;
mod bulk;
mod cancel;
mod centres;
mod change;
mod close;
pub mod complete;
mod conclude;
mod convert;
mod decline;
pub mod dispatch;
mod escalate;
pub mod escalation;
mod first_look;
mod follow_up;
pub mod form;
mod hand_back;
mod handing_in;
mod inbox;
mod loading;
pub mod model;
mod no_show;
mod possible;
mod request;
pub mod resources;
mod resubmit;
mod resume;
mod return_items;
mod show;
mod siblings;
mod start;
pub mod state;
mod step;
mod steps;
mod summary;
mod supply;
mod suspend;
mod telling;
pub mod timer;
pub mod timers;
mod transfer;
mod view;

#[cfg(test)]
mod board_bench;
#[cfg(test)]
mod model_tests;
#[cfg(test)]
pub(crate) mod story_tests;
#[cfg(test)]
pub(crate) mod world;

pub use board::Board;
pub use bulk::{TOGETHER, find_many};
pub use change::{SLOT, change, expert_key, room_key, slots};
pub use loading::{enter, find, form_of, load};
pub use resources::{Loaded, NUMBER, Next};
pub use start::start;
pub use step::{Seen, person, reason, refused};

use platform::Shared;
use platform::jobs::JobHandler;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The work that follows a step.
pub fn jobs() -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(escalation::Escalate)]
}

/// `/api/consults`. The list finds the [`Board`] in an `axum::Extension`, which the binary lays around all.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(inbox::inbox, request::request))
        .routes(routes!(show::show))
        .routes(routes!(access::access))
        .routes(routes!(first_look::first_look))
        .routes(routes!(return_items::return_items))
        .routes(routes!(resubmit::resubmit))
        .routes(routes!(decline::decline))
        .routes(routes!(transfer::transfer))
        .routes(routes!(escalate::escalate))
        .routes(routes!(convert::convert))
        .routes(routes!(cancel::cancel))
        .routes(routes!(assign::assign))
        .routes(routes!(accept::accept))
        .routes(routes!(hand_back::hand_back))
        .routes(routes!(ask::ask))
        .routes(routes!(supply::supply))
        .routes(routes!(add_consent::add_consent))
        .routes(routes!(start::start))
        .routes(routes!(suspend::suspend))
        .routes(routes!(resume::resume))
        .routes(routes!(no_show::no_show))
        .routes(routes!(conclude::conclude))
        .routes(routes!(answer::answer))
        .routes(routes!(answer_ring::answer_ring))
        .routes(routes!(follow_up::follow_up))
        .routes(routes!(close::close))
}
