//! `GET /ws/rooms/{id}`: one browser's line to a room. Its protocols are `consilium-room` and the token, because a
//! browser can set no header here and an address ends up in logs.

use super::Rooms;
use super::hall::Said;
use super::pass::{Pass, Use};
use super::refusal::RoomRefusal;
use super::rooms::Frame;
use super::stream::session;
use axum::Extension;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Path, Request};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use kernel::Id;
use platform::Problem;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

const PROTOCOL: &str = "consilium-room";
/// The longest message; a view of the images is a few kilobytes.
const MESSAGE_MAX: usize = 16 * 1024;
/// Messages a second that are heard; what is more is passed over, and far more ends the line.
const HEARD_PER_SECOND: u32 = 60;
const FLOOD_PER_SECOND: u32 = 600;
const PING_EVERY: Duration = Duration::from_secs(5);
/// A browser answers pings by itself; silence for so long is a broken line.
const SILENT_FOR: Duration = Duration::from_secs(12);
/// Close codes of ours: the browser reads the reason.
const PUT_OUT: u16 = 4403;

pub(super) async fn open(
    Extension(rooms): Extension<Rooms>,
    Path(id): Path<Id>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let token = token_of(&parts.headers).ok_or(RoomRefusal::NoToken)?;
    let session = session(&rooms, &mut parts).await?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, rooms.platform()).await;
    let upgrade = upgrade
        .map_err(|e| Problem::new(axum::http::StatusCode::UPGRADE_REQUIRED, "request.no-websocket", e.to_string()))?;
    let (hash, pass) = rooms.redeem(&token, &id, session.as_ref(), Use::Socket).await?;
    let upgrade = upgrade.protocols([PROTOCOL]).max_message_size(MESSAGE_MAX).max_frame_size(MESSAGE_MAX);
    Ok(upgrade.on_upgrade(async move |socket| {
        let Ok((line, frames)) = rooms.enter(hash, &pass) else { return };
        // What flowed before the line broke goes on: its map is told again.
        if rooms.tell_slots(&pass).await.is_err() {
            tracing::debug!("the media server could not describe a room");
        }
        if let Err(problem) = super::begin::begin(&rooms, &pass).await {
            tracing::warn!("a session did not begin by itself: {}", problem.cause().unwrap_or(problem.code));
        }
        let left = carry(&rooms, &pass, socket, frames).await;
        if left {
            rooms.leave(&pass.case, &pass.peer(), line);
        } else {
            rooms.lose(&pass.case, &pass.peer(), line);
        }
    }))
}

fn token_of(headers: &HeaderMap) -> Option<String> {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|v| v.to_str().ok());
    let mut names = offered.flat_map(|v| v.split(',')).map(str::trim);
    names.find(|n| *n != PROTOCOL && !n.is_empty()).map(ToOwned::to_owned)
}

/// Carries messages both ways until one side ends. `true`: the browser left by its own wish.
async fn carry(rooms: &Rooms, pass: &Pass, mut socket: WebSocket, mut frames: mpsc::Receiver<Frame>) -> bool {
    let peer = pass.peer();
    let (mut ping, mut heard_at) = (tokio::time::interval(PING_EVERY), Instant::now());
    let (mut second, mut count) = (Instant::now(), 0);
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Frame::Text(text)) => {
                    if socket.send(Message::Text((&*text).into())).await.is_err() {
                        return false;
                    }
                }
                Some(Frame::Bye(why)) => {
                    let bye = CloseFrame { code: PUT_OUT, reason: why.into() };
                    let _gone_already = socket.send(Message::Close(Some(bye))).await;
                    return false;
                }
                None => return false,
            },
            message = socket.recv() => {
                let Some(Ok(message)) = message else { return false };
                heard_at = Instant::now();
                if second.elapsed() >= Duration::from_secs(1) {
                    (second, count) = (Instant::now(), 0);
                }
                count += 1;
                if count > FLOOD_PER_SECOND {
                    return false;
                }
                let Message::Text(text) = message else { continue };
                if count > HEARD_PER_SECOND {
                    continue;
                }
                if text.as_str() == r#"{"type":"leave"}"# {
                    return true;
                }
                if let Ok(said) = serde_json::from_str::<Said>(&text) {
                    rooms.hear(&pass.case, &peer, said);
                }
            },
            _ = ping.tick() => {
                if heard_at.elapsed() > SILENT_FOR || socket.send(Message::Ping(Vec::new().into())).await.is_err() {
                    return false;
                }
            }
        }
    }
}
