//! Two-way referral (双向转诊): a county doctor refers a patient up with a summary, hospitals answer with a named bed, one is
//! chosen, the patient goes and arrives; and back home with what the county needs to go on.
//!
//! `model` and `steps` are the rules, pure; `resources` alone knows how a referral stands in FHIR; `ips` makes the summary;
//! `clock` is what happens by itself; every other file is one operation. Beds are `crate::bed`'s. It must never show a referral
//! past `Op::may`, nor change one without a commit that also moves its Task, nor send a patient to a bed nobody holds for them.

mod accept;
mod arrive;
mod ask;
mod cancel;
mod change;
mod clock;
mod close;
mod decline;
mod depart;
mod eta;
mod gather;
mod ips;
mod list;
mod loading;
pub mod model;
mod offer;
mod reopen;
mod request;
pub mod resources;
mod send_back;
mod show;
pub mod state;
mod step;
mod steps;
mod summary;
mod take_back;
mod telling;
mod transport;
mod turn_back;
mod view;
mod withdraw;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod resources_tests;

pub use state::Care;
pub use step::reason;

use fhir::ResourceType;
use kernel::Id;
use platform::jobs::JobHandler;
use platform::{Op, Problem, Shared};
use records::{Change, ClaimHeld};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The work that follows a step.
pub fn jobs() -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(clock::Clock)]
}

/// A held bed is taken by its ward for somebody else: what the referral that held it becomes, in one change with the bed.
pub(crate) async fn without_bed(op: &Op, held: &ClaimHeld, bed: &Id, why: &str) -> Result<Change, Problem> {
    let of = match held.by.ty {
        ResourceType::SERVICE_REQUEST => loading::find(op.store(), &held.by.id).await?,
        _ => None,
    };
    let of = of.ok_or_else(|| Problem::internal(format!("{} holds a bed and is no referral", held.by)))?;
    let by = platform::case::Who::from(op.actor());
    let lost = of.referral.clone().lose_bed(bed, why, by, op.now());
    let next = lost.map_err(|why| step::refused(op, &of, state::Step::LoseBed, &why))?;
    change::change(op, &of, "bed.occupy", &resources::Next::to(next).because(why)).await
}

/// `/api/referrals`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list::list, request::request))
        .routes(routes!(show::show))
        .routes(routes!(summary::summary))
        .routes(routes!(ask::ask))
        .routes(routes!(offer::offer))
        .routes(routes!(decline::decline))
        .routes(routes!(withdraw::withdraw))
        .routes(routes!(accept::accept))
        .routes(routes!(reopen::reopen))
        .routes(routes!(cancel::cancel))
        .routes(routes!(transport::transport))
        .routes(routes!(depart::depart))
        .routes(routes!(eta::eta))
        .routes(routes!(turn_back::turn_back))
        .routes(routes!(arrive::arrive))
        .routes(routes!(send_back::send_back))
        .routes(routes!(take_back::take_back))
        .routes(routes!(close::close))
}
