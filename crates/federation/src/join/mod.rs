//! The centre's side of joining: an invitation that works once, a certificate for the key that a hospital made, probes of its
//! line, acceptance by both sides, and a heartbeat ever after.
//!
//! A hospital's joining is one Task with the hospital's own id, its gateway a Device, the last run of the probes a
//! DiagnosticReport with the Device's id, an outage another Task; what they were before is their history. When a gateway was heard of last stands in
//! memory, and in a job that is put off by every heartbeat: when it runs, the gateway is out. This slice must never take a
//! private key in, never keep an invitation's secret, and never write anything about a patient.

pub mod accept;
pub mod board;
pub mod call;
mod caller;
pub mod centre;
pub mod enrol;
pub mod file_drop;
pub mod file_get;
pub mod file_put;
mod files;
pub mod heartbeat;
pub mod invitation;
pub mod invite;
pub mod line_down;
pub mod line_up;
mod live;
mod loading;
pub mod model;
pub mod outage;
pub mod outage_close;
pub mod outage_note;
pub mod outage_take;
pub mod outages;
pub mod probe;
pub mod renew;
pub mod report;
pub mod resources;
pub mod sheet;
pub mod signed;
mod silence;
mod telling;
pub mod trial;
pub mod tried;
pub mod withdraw;

pub use centre::Media;
pub use live::Live;

use platform::Shared;
use platform::jobs::JobHandler;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The work that follows changes of this slice.
pub fn jobs() -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(silence::Silence)]
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(board::board))
        .routes(routes!(invite::invite))
        .routes(routes!(withdraw::withdraw))
        .routes(routes!(accept::accept))
        .routes(routes!(outages::outages))
        .routes(routes!(outage_take::outage_take))
        .routes(routes!(outage_note::outage_note))
        .routes(routes!(outage_close::outage_close))
        .routes(routes!(sheet::sheet))
        .routes(routes!(trial::trial))
        .routes(routes!(call::call))
        .routes(routes!(tried::tried))
        .routes(routes!(centre::centre))
        .routes(routes!(enrol::enrol))
        .routes(routes!(heartbeat::heartbeat))
        .routes(routes!(renew::renew))
        .routes(routes!(report::report))
        .routes(routes!(line_down::line_down))
        .routes(routes!(line_up::line_up))
        .routes(routes!(file_put::file_put, file_get::file_get, file_drop::file_drop))
}
