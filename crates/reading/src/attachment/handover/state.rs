//! `attachment.handover.state`: what the phone may still do, after its page was loaded again.

use super::cookie;
use super::open::Output;
use super::row::{PHOTOS_MAX, Refusal};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use platform::{Problem, Shared};

/// What this phone may do.
#[utoipa::path(get, path = "/api/handover", operation_id = "attachment.handover.state", tag = "attachment",
    responses((status = 200, body = Output), (status = 410, description = "handover.over")))]
pub async fn state(State(platform): State<Shared>, headers: HeaderMap) -> Result<Json<Output>, Problem> {
    let handover = cookie::handover(&platform, &headers).await?;
    match handover.usable(platform.clock.now()) {
        Ok(()) | Err(Refusal::Enough) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    Ok(Json(Output { until: handover.until(), photos: handover.photos, most: PHOTOS_MAX }))
}
