//! `join.centre`: what a hospital's machine asks before it trusts us: our authority, our time, where media is.

use super::invitation::hash;
use axum::extract::State;
use axum::{Extension, Json};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use platform::turn::Turn;
use platform::{Problem, Shared};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

/// Test calls at once: each is two connections, for less than a minute.
const CALLS_MAX: usize = 20;

/// The centre's media server, as far as joining needs it.
#[derive(Clone)]
pub struct Media {
    /// It.
    pub server: media::Server,
    /// What helps through firewalls.
    pub turn: Turn,
    /// Test calls that may begin still.
    pub calls: Arc<Semaphore>,
}

impl Media {
    /// Of this server, with these.
    pub fn of(server: media::Server, turn: Turn) -> Self {
        Self { server, turn, calls: Arc::new(Semaphore::new(CALLS_MAX)) }
    }
}

/// The centre, as it says of itself.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = JoinCentre)]
pub struct Output {
    /// The root of its authority, PEM. Whoever was invited knows its hash.
    pub authority: String,
    /// The program's version.
    pub version: String,
    /// Its time, milliseconds since 1970.
    pub now_ms: i64,
    /// Where video goes over UDP, addresses with ports.
    pub media: Vec<String>,
}

/// Says what everybody may know before they trust us.
#[utoipa::path(get, path = "/api/join/centre", operation_id = "join.centre", tag = "join",
    responses((status = 200, body = Output)))]
pub async fn centre(State(platform): State<Shared>, Extension(media): Extension<Media>) -> Json<Output> {
    Json(Output {
        authority: platform.pki.root_pem().to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        now_ms: platform.clock.now().as_millisecond(),
        media: media.server.addresses().iter().map(ToString::to_string).collect(),
    })
}

/// SHA-256 of the one certificate in this PEM; none when it is no PEM.
pub fn fingerprint(pem: &str) -> Option<[u8; 32]> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let body: String = body.split_whitespace().collect();
    Some(Sha256::digest(STANDARD.decode(body).ok()?).into())
}

/// That of our own root.
pub(super) fn own_fingerprint(platform: &Shared) -> Result<[u8; 32], Problem> {
    fingerprint(platform.pki.root_pem()).ok_or_else(|| Problem::internal("the root certificate is not PEM"))
}

/// Hash of a gateway's key.
pub(super) fn key_hash(point: &[u8]) -> String {
    hash(point)
}
