//! Care for patients: who they are, consultations, messages, schedules, opinions, rooms.
//!
//! Called by the binary and by `exchange`. It must never reach into another domain crate: the ledger, or an id, serves.
pub mod patient;

use platform::Shared;
use utoipa_axum::router::OpenApiRouter;

/// Everything under `/api` that care answers.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().merge(patient::router())
}
