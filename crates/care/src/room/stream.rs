//! `POST /whip/{id}` and `POST /whep/{id}` (RFC 9725 and its sibling for receiving): media in and out of a room.
//!
//! The answer is 201 with a `Location`; `DELETE` there ends the connection, `PATCH` there restarts it after the line
//! changed: with a whole offer (`application/sdp`), or as the RFC says with a fragment that holds the new credentials
//! (`application/trickle-ice-sdpfrag`) and `If-Match: *`. A fragment for the state that the `ETag` names brings
//! candidates, which are not needed: we answer where a client's packets come from.

use super::Rooms;
use super::pass::{Hash, Pass, Use};
use super::refusal::RoomRefusal;
use super::rooms::{Stream, room_name};
use super::whip::{etag, fragment_of, value_of, with_credentials_of};
use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Id;
use media::{ConnectionId, MediaRefusal, PeerName};
use platform::Problem;
use platform::session::SignedIn;
use platform::turn;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const OFFER_MAX: usize = 64 * 1024;
/// How long a stream waits for the socket of the same entry, and how often it looks.
const SOCKET_WITHIN: Duration = Duration::from_secs(2);
const SOCKET_LOOK: Duration = Duration::from_millis(5);
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
    be_in(&rooms, token, &pass).await?;
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
    be_in(&rooms, token, &pass).await?;
    let from = wanted.from.map(PeerName::new).transpose().map_err(MediaRefusal::from).map_err(RoomRefusal::from)?;
    let joined = rooms.media().receive(peer, room, from, &offer).await.map_err(RoomRefusal::from);
    made(&rooms, "whep", &pass, offer, joined)
}

/// What may be asked here (RFC 9725, 4.2): nothing about a room is told.
pub(super) async fn doors() -> impl IntoResponse {
    (StatusCode::NO_CONTENT, [(HeaderName::from_static("accept-post"), SDP)])
}

pub(super) async fn restart(
    Extension(rooms): Extension<Rooms>,
    Path((id, connection)): Path<(Id, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let of = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok()).map(ToOwned::to_owned);
    let fragment = of(header::CONTENT_TYPE).is_some_and(|t| t.starts_with(FRAGMENT));
    let matched = of(header::IF_MATCH);
    let (_, pass, body) = take(&rooms, &id, request, Use::Stream).await?;
    let connection = known(&connection)?;
    let stream = rooms.stream(connection, &pass)?;
    let offer = if fragment { fragment_means(&stream, matched.as_deref(), &body)? } else { Some(body) };
    let Some(offer) = offer else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let answer = rooms.media().restart(connection, &offer).await.map_err(RoomRefusal::from)?;
    let state = etag(&answer);
    rooms.keep_stream(connection, &pass, offer, state.clone());
    let (kind, answer) = if fragment { (FRAGMENT, fragment_of(&answer)) } else { (SDP, answer) };
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::ETAG, state)];
    Ok((StatusCode::OK, headers, answer).into_response())
}

/// The offer that a fragment makes; `None` when it brings candidates alone.
fn fragment_means(stream: &Stream, matched: Option<&str>, fragment: &str) -> Result<Option<String>, RoomRefusal> {
    let matched = matched.ok_or(RoomRefusal::NoState)?;
    if value_of(fragment, "a=ice-ufrag:").is_none() {
        return Err(RoomRefusal::Media(MediaRefusal::NotAnOffer { why: "no a=ice-ufrag in the fragment".into() }));
    }
    let offer = with_credentials_of(&stream.offer, fragment);
    // New credentials are a restart of whatever state there is; candidates belong to the state they name.
    if offer.is_none() && matched != "*" && matched != stream.etag {
        return Err(RoomRefusal::OldState);
    }
    if offer.is_some() && matched != "*" {
        return Err(RoomRefusal::OldState);
    }
    Ok(offer)
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

/// Media belongs to somebody who is in the room and can be put out. A device has no socket: its first stream is its entry.
/// A browser opens its socket and its streams at once, and the way of the socket is the longer one: it is waited for.
async fn be_in(rooms: &Rooms, token: Hash, pass: &Pass) -> Result<(), Problem> {
    if pass.device {
        rooms.enter(token, pass)?;
    }
    let until = Instant::now() + SOCKET_WITHIN;
    while !rooms.holds(&pass.case, &pass.peer()) {
        if Instant::now() > until {
            return Err(RoomRefusal::NotIn.into());
        }
        sleep(SOCKET_LOOK).await;
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
    // Put out while the connection was being made.
    if !rooms.holds(&pass.case, &pass.peer()) {
        rooms.media().leave(joined.connection);
        return Err(RoomRefusal::NotIn.into());
    }
    let state = etag(&joined.answer_sdp);
    rooms.keep_stream(joined.connection, pass, offer, state.clone());
    let location = format!("/{kind}/{}/{}", pass.case, joined.connection);
    let accepts = HeaderName::from_static("accept-patch");
    let headers = [
        (header::CONTENT_TYPE, SDP.to_owned()),
        (header::LOCATION, location),
        (header::ETAG, state),
        (accepts, FRAGMENT.to_owned()),
    ];
    let mut response = (StatusCode::CREATED, headers, joined.answer_sdp).into_response();
    let now = rooms.platform().clock.now();
    for link in rooms.turn().servers(&pass.peer(), now).iter().flat_map(turn::link) {
        if let Ok(value) = HeaderValue::from_str(&link) {
            response.headers_mut().append(header::LINK, value);
        }
    }
    Ok(response)
}

fn known(connection: &str) -> Result<ConnectionId, RoomRefusal> {
    connection.parse().map_err(|_| RoomRefusal::Media(MediaRefusal::NoSuchConnection))
}
