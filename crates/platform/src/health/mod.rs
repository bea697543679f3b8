//! Whether the server lives, whether it is ready, and its metrics: for machines that watch it. Never a person's data.

pub mod live;
pub mod metrics;
pub mod ready;

use crate::Shared;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(live::live)).routes(routes!(ready::ready)).routes(routes!(metrics::metrics))
}
