//! `POST /whip/{id}` and `POST /whep/{id}` (RFC 9725 and its sibling for receiving): media in and out of a room.
//!
//! The answer is 201 with a `Location`; `DELETE` there ends the connection, `PATCH` there restarts it after the line
//! changed: with a whole offer (`application/sdp`), or as the RFC says with a fragment that holds the new credentials
//! (`application/trickle-ice-sdpfrag`). Candidates of a client are not needed: we answer where its packets come from.

use super::Rooms;
use super::pass::{Hash, Pass, Use};
use super::refusal::RoomRefusal;
use super::rooms::room_name;
use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Id;
use media::{ConnectionId, MediaRefusal, PeerName};
use platform::Problem;
use platform::session::SignedIn;
use serde::Deserialize;

const OFFER_MAX: usize = 64 * 1024;
const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// What may be said in a WHEP address.
#[derive(Deserialize)]
pub(super) struct Wanted {
    /// The one participant to watch.
    from: Option<String>,
}

pub(super) async fn publish(
    Extension(rooms): Extension<Rooms>,
    Path(id): Path<Id>,
    request: Request,
) -> Result<Response, Problem> {
    let (token, pass, offer) = take(&rooms, &id, request, Use::Publish).await?;
    let (peer, room) = names(&pass)?;
    enter_device(&rooms, token, &pass)?;
    let joined = rooms.media().publish(peer, room, &offer).await.map_err(RoomRefusal::from);
    made(&rooms, "whip", &pass, offer, joined)
}

pub(super) async fn receive(
    Extension(rooms): Extension<Rooms>,
    Path(id): Path<Id>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Result<Response, Problem> {
    let (token, pass, offer) = take(&rooms, &id, request, Use::Receive).await?;
    let (peer, room) = names(&pass)?;
    enter_device(&rooms, token, &pass)?;
    let from = wanted.from.map(PeerName::new).transpose().map_err(MediaRefusal::from).map_err(RoomRefusal::from)?;
    let joined = rooms.media().receive(peer, room, from, &offer).await.map_err(RoomRefusal::from);
    made(&rooms, "whep", &pass, offer, joined)
}

pub(super) async fn restart(
    Extension(rooms): Extension<Rooms>,
    Path((id, connection)): Path<(Id, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let fragment =
        request.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(FRAGMENT.as_bytes()));
    let (_, pass, body) = take(&rooms, &id, request, Use::Stream).await?;
    let connection = known(&connection)?;
    let stream = rooms.stream(connection, &pass)?;
    let offer = if fragment { with_credentials_of(&stream.offer, &body) } else { Some(body) };
    // A fragment with the credentials we know brings candidates, which we do not need.
    let Some(offer) = offer else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let answer = rooms.media().restart(connection, &offer).await.map_err(RoomRefusal::from)?;
    rooms.keep_stream(connection, &pass, offer);
    let (kind, answer) = if fragment { (FRAGMENT, fragment_of(&answer)) } else { (SDP, answer) };
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, kind)], answer).into_response())
}

pub(super) async fn leave(
    Extension(rooms): Extension<Rooms>,
    Path((id, connection)): Path<(Id, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (_, pass, _) = take(&rooms, &id, request, Use::Stream).await?;
    let connection = known(&connection)?;
    rooms.stream(connection, &pass)?;
    rooms.media().leave(connection);
    Ok(StatusCode::OK.into_response())
}

/// Who calls, and what they send.
async fn take(rooms: &Rooms, id: &Id, request: Request, wanted: Use) -> Result<(Hash, Pass, String), Problem> {
    let (mut parts, body) = request.into_parts();
    let token = bearer(&parts.headers).ok_or(RoomRefusal::NoToken)?;
    let session = session(rooms, &mut parts).await?;
    let (hash, pass) = rooms.redeem(&token, id, session.as_ref(), wanted).await?;
    let long = RoomRefusal::Media(MediaRefusal::OfferTooLong { max: OFFER_MAX });
    let body = to_bytes(body, OFFER_MAX).await.map_err(|_| long)?;
    Ok((hash, pass, String::from_utf8_lossy(&body).into_owned()))
}

/// The session whose cookie came along, if one did. A cookie that is worth nothing is no cookie.
pub(super) async fn session(rooms: &Rooms, parts: &mut Parts) -> Result<Option<Hash>, Problem> {
    match SignedIn::from_request_parts(parts, rooms.platform()).await {
        Ok(signed_in) => Ok(Some(signed_in.session.token_sha256)),
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn names(pass: &Pass) -> Result<(PeerName, media::RoomName), RoomRefusal> {
    let peer = PeerName::new(pass.peer()).map_err(MediaRefusal::from)?;
    Ok((peer, room_name(&pass.case).map_err(MediaRefusal::from)?))
}

/// A device has no socket: its first stream is its entry.
fn enter_device(rooms: &Rooms, token: Hash, pass: &Pass) -> Result<(), Problem> {
    if pass.device {
        rooms.enter(token, pass)?;
    }
    Ok(())
}

fn made(
    rooms: &Rooms,
    kind: &str,
    pass: &Pass,
    offer: String,
    joined: Result<media::Joined, RoomRefusal>,
) -> Result<Response, Problem> {
    let joined = joined?;
    rooms.keep_stream(joined.connection, pass, offer);
    let location = format!("/{kind}/{}/{}", pass.case, joined.connection);
    let headers = [(header::CONTENT_TYPE, SDP.to_owned()), (header::LOCATION, location)];
    Ok((StatusCode::CREATED, headers, joined.answer_sdp).into_response())
}

fn known(connection: &str) -> Result<ConnectionId, RoomRefusal> {
    connection.parse().map_err(|_| RoomRefusal::Media(MediaRefusal::NoSuchConnection))
}

fn value_of<'a>(sdp: &'a str, attribute: &str) -> Option<&'a str> {
    sdp.lines().find_map(|l| l.strip_prefix(attribute)).map(str::trim)
}

/// The offer with the credentials of a fragment; `None` when they are the same.
fn with_credentials_of(offer: &str, fragment: &str) -> Option<String> {
    let (ufrag, password) = (value_of(fragment, "a=ice-ufrag:")?, value_of(fragment, "a=ice-pwd:")?);
    if value_of(offer, "a=ice-ufrag:") == Some(ufrag) {
        return None;
    }
    let lines = offer.lines().filter(|l| !l.starts_with("a=candidate:")).map(|line| {
        if line.starts_with("a=ice-ufrag:") {
            format!("a=ice-ufrag:{ufrag}\r\n")
        } else if line.starts_with("a=ice-pwd:") {
            format!("a=ice-pwd:{password}\r\n")
        } else {
            format!("{line}\r\n")
        }
    });
    Some(lines.collect())
}

/// Our new credentials and addresses, as a fragment.
fn fragment_of(answer: &str) -> String {
    let wanted = |l: &&str| ["a=ice-ufrag:", "a=ice-pwd:", "a=candidate:"].iter().any(|a| l.starts_with(a));
    let mut lines: Vec<&str> = vec!["a=ice-lite"];
    for line in answer.lines().filter(wanted) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.push("a=end-of-candidates");
    lines.join("\r\n") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_changes_the_credentials_and_nothing_else() {
        let offer =
            "v=0\r\na=ice-ufrag:old\r\na=ice-pwd:secret\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=mid:0\r\n";
        let fragment = "a=ice-ufrag:new\r\na=ice-pwd:other\r\n";
        let renewed = with_credentials_of(offer, fragment);
        assert_eq!(renewed.as_deref(), Some("v=0\r\na=ice-ufrag:new\r\na=ice-pwd:other\r\na=mid:0\r\n"));
        assert_eq!(with_credentials_of(offer, "a=ice-ufrag:old\r\na=ice-pwd:secret\r\na=candidate:x"), None);
        assert_eq!(with_credentials_of(offer, "garbage"), None);
        assert_eq!(
            fragment_of("v=0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1\r\na=ice-ufrag:u\r\na=mid:0\r\n"),
            "a=ice-lite\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\na=candidate:1\r\na=end-of-candidates\r\n"
        );
    }
}
