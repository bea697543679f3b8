//! `join.trial`: what a person at the hospital needs to try camera, microphone, loudspeaker and a call in their browser.

use super::centre::Media;
use super::loading::refused;
use super::model::{Refused, State};
use super::resources::join_at;
use super::{call, loading};
use axum::extract::Path;
use axum::{Extension, Json};
use kernel::Id;
use platform::directory::{HospitalRef, area};
use platform::turn::IceServer;
use platform::{Op, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// What one needs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinTrial)]
pub struct Output {
    /// The hospital.
    hospital: HospitalRef,
    /// Servers that help through firewalls; empty when this centre has none.
    ice_servers: Vec<IceServer>,
    /// A test call ends after so many seconds by itself.
    call_seconds: u64,
}

/// What a trial in this browser needs. A gateway of the hospital has joined: what is found stands beside its probes.
#[utoipa::path(get, path = "/api/admin/join/{hospital}/trial", operation_id = "join.trial", tag = "join",
    params(("hospital" = String, Path)), responses((status = 200, body = Output),
        (status = 409, description = "join.not-joined")))]
pub async fn trial(
    op: Op,
    Path(hospital): Path<Id>,
    Extension(media): Extension<Media>,
) -> Result<Json<Output>, Problem> {
    op.may("join.trial", &area::facts(&op, &hospital), Some(&join_at(&hospital))).await?;
    let join = loading::join(op.platform(), &hospital).await?.ok_or_else(|| refused(Refused::NotJoined))?.is;
    let State::Joined(_) = join.state else { return Err(refused(Refused::NotJoined)) };
    let hospital = op.platform().directory.hospital_ref(&hospital).ok_or_else(Problem::not_found)?;
    let ice_servers = media.turn.servers(op.actor().person.as_str(), op.now());
    Ok(Json(Output { hospital, ice_servers, call_seconds: call::GOOD_FOR.as_secs() }))
}
