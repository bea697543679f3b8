//! `join.call`: a test call. The browser calls itself by way of the centre's media server: what it sends on one connection comes
//! back on another, so whoever recognises it has tried the whole way, out and in, as a consultation takes it.
//!
//! The room has a name of chance, no case and nobody else in it, and ends by itself.

use super::centre::Media;
use super::resources::join_at;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Extension, Json};
use kernel::Id;
use media::{MediaRefusal, PeerName, RoomName};
use platform::directory::area;
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use utoipa::ToSchema;

/// A test call ends after this time.
pub const GOOD_FOR: Duration = Duration::from_secs(45);
/// An offer may be so long, bytes; the room of a consultation has the same bound.
const OFFER_MAX: usize = 64 * 1024;

/// The two offers of a browser.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = JoinCall)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// SDP of the connection that sends picture and tone.
    publish: String,
    /// SDP of the connection on which they come back.
    receive: String,
}

/// The two answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinCalled)]
pub struct Output {
    /// SDP.
    publish: String,
    /// SDP.
    receive: String,
}

/// Begin a test call through the centre's media server.
#[utoipa::path(post, path = "/api/admin/join/{hospital}/call", operation_id = "join.call", tag = "join",
    params(("hospital" = String, Path)), request_body = Input, responses((status = 200, body = Output),
        (status = 400, description = "media.not_an_offer"), (status = 406, description = "media.offer_not_acceptable"),
        (status = 413, description = "media.offer_too_long"), (status = 429, description = "join.calls"),
        (status = 503, description = "media.too_many_connections, media.too_many_rooms, media.unavailable")))]
pub async fn call(
    op: Op,
    Path(hospital): Path<Id>,
    Extension(media): Extension<Media>,
    Json(input): Json<Input>,
) -> Result<Json<Output>, Problem> {
    op.may("join.call", &area::facts(&op, &hospital), Some(&join_at(&hospital))).await?;
    if input.publish.len().max(input.receive.len()) > OFFER_MAX {
        return Err(worded(&MediaRefusal::OfferTooLong { max: OFFER_MAX }));
    }
    let permit = Arc::clone(&media.calls).try_acquire_owned().map_err(|_| {
        let text = "Others are trying their line at this moment. Try again in a minute.";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "join.calls", text)
    })?;
    let mut chance = [0; 16];
    op.platform().ids.fill(&mut chance);
    let named = |e| worded(&MediaRefusal::Name(e));
    let room = RoomName::new(format!("trial-{}", hex::encode(chance))).map_err(named)?;
    let peer = |name: &str| PeerName::new(name).map_err(named);
    let out = media.server.publish(peer("out")?, room.clone(), &input.publish).await.map_err(|e| worded(&e))?;
    let back = media.server.receive(peer("back")?, room.clone(), None, &input.receive).await;
    let (server, stopping) = (media.server.clone(), op.platform().stopping.clone());
    let lasts = if back.is_ok() { GOOD_FOR } else { Duration::ZERO };
    tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(lasts) => {}
            () = stopping.cancelled() => {}
        }
        server.close_room(&room);
        drop(permit);
    });
    Ok(Json(Output { publish: out.answer_sdp, receive: back.map_err(|e| worded(&e))?.answer_sdp }))
}

fn worded(refusal: &MediaRefusal) -> Problem {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    Problem::new(status, refusal.code(), refusal.to_string())
}
