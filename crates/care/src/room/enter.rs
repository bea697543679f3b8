//! `POST /api/consults/{id}/room`: a token to enter the room of a case.

use super::Rooms;
use axum::extract::Path;
use axum::{Extension, Json};
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::turn::IceServer;
use platform::{Op, Problem, case};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who enters.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoomEnter)]
pub struct Input {
    /// A standard WHIP or WHEP client without our cookie; the token then works alone, once in each direction.
    #[serde(default)]
    device: bool,
}

/// What one needs to enter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoomEntered)]
pub struct Output {
    /// To be used first within a minute.
    token: String,
    /// How one is called in the room.
    peer: String,
    /// The WebSocket; its protocols are `consilium-room` and the token.
    ws: String,
    /// Where the own camera and microphone go.
    whip: String,
    /// Where the others come from.
    whep: String,
    /// Until when the token must have been used.
    #[schema(value_type = String)]
    expires_at: Time,
    /// Servers that help through firewalls.
    ice_servers: Vec<IceServer>,
    /// How pictures are encoded unless the room agrees on another way: `vp8` or `h264`.
    codec: String,
}

/// Opens the door of a case's room.
#[utoipa::path(post, path = "/api/consults/{id}/room", operation_id = "room.enter", tag = "room",
    params(("id" = String, Path)), request_body = Input,
    responses((status = 200, body = Output), (status = 409, description = "room.over, room.none")))]
pub async fn enter(
    op: Op,
    Extension(rooms): Extension<Rooms>,
    Path(id): Path<Id>,
    Json(input): Json<Input>,
) -> Result<Json<Output>, Problem> {
    let found = case::find(op.store(), &op.platform().directory, &id).await?;
    let facts = Facts { case: found.as_ref().map(|c| c.facts.clone()), ..Facts::default() };
    let at = Reference::new(ResourceType::SERVICE_REQUEST, id.clone());
    op.may("room.enter", &facts, Some(&at)).await?;
    // The rule lets an asking doctor into the own hospital's case at any time; a room is there while it is in hand.
    let case = found.filter(|c| c.facts.in_hand).ok_or_else(Problem::not_found)?;
    // Access lasts longer than the talk: once the opinion is answered the room is over, and a record case never had one.
    if !case.live || matches!(case.state.as_str(), "acknowledged" | "followed-up") {
        let (code, detail) = if case.live {
            (
                "room.over",
                "The consultation is over: its opinion has been answered. The case and its messages stay open.",
            )
        } else {
            ("room.none", "This consultation is on the record alone: it has no room.")
        };
        return Err(Problem::conflict(code, detail).with("state", case.state));
    }
    let session = *op.session().ok_or_else(Problem::not_signed_in)?;
    let issued = rooms.issue(&id, op.actor(), session, input.device, op.now())?;
    op.note_read("room.enter", case.patient, Some(at), None).await?;
    let ice_servers = rooms.turn().servers(&issued.peer, op.now());
    Ok(Json(Output {
        token: issued.token,
        peer: issued.peer,
        ws: format!("/ws/rooms/{id}"),
        whip: format!("/whip/{id}"),
        whep: format!("/whep/{id}"),
        expires_at: issued.expires_at,
        ice_servers,
        codec: op.platform().settings.media.video_codec.clone(),
    }))
}
