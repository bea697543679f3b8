//! A request of a gateway: who it is follows from the key that signed it, and from nothing else.

use super::live::Live;
use super::loading;
use super::resources::Gateway;
use super::signed::{self, Said, Untrusted};
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use kernel::{Id, Time};
use platform::{Problem, Shared};
use std::sync::Arc;

/// A body may be so large; the edge has the same bound.
const BODY_MAX: usize = 1024 * 1024;

/// A gateway's request, proven.
pub struct Caller {
    /// What every operation uses.
    pub platform: Shared,
    /// The gateway as it stands in the record.
    pub gateway: Gateway,
    /// At which version.
    pub version: u64,
    /// The instant of the request.
    pub now: Time,
    /// Its body.
    pub body: Bytes,
    /// What is heard.
    pub live: Arc<Live>,
}

impl Caller {
    /// The body as JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.body)
            .map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "request.unreadable", e.to_string()))
    }

    /// An act of this gateway.
    pub fn act(&self, what: &str) -> records::Act {
        let mut act = records::Act::system(what);
        act.role = Some(kernel::Role::Gateway);
        act.hospital = Some(self.gateway.hospital.clone());
        act.about = vec![super::resources::gateway_at(&self.gateway.id)];
        act
    }
}

/// The problem that every stranger gets: what exactly was wrong is for the owner of a key alone.
fn stranger() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "join.not-signed",
        "This request is not signed by the key of a gateway that has joined here. If the centre has taken the certificate back, \
         ask it for a new invitation.",
    )
}

impl FromRequest<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request(request: Request, platform: &Shared) -> Result<Self, Problem> {
        let now = platform.clock.now();
        let live = request.extensions().get::<Arc<Live>>().cloned();
        let live = live.ok_or_else(|| Problem::internal("the gateways that were heard of are not there"))?;
        let (head, body) = request.into_parts();
        let told = |name: &str| text(&head.headers, name).ok_or_else(stranger);
        let id = Id::new(told(signed::GATEWAY)?).map_err(|_| stranger())?;
        let time_ms = told(signed::TIME)?.parse().map_err(|_| stranger())?;
        let (nonce, signature) = (told(signed::NONCE)?, told(signed::SIGNATURE)?);
        let found = loading::gateway(platform, &id).await?.filter(|g| g.is.active).ok_or_else(stranger)?;
        let body = to_bytes(body, BODY_MAX).await.map_err(|_| {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too-large", "This is larger than is taken here.")
        })?;
        let path = head.uri.path_and_query().map_or("", |p| p.as_str());
        let said = Said { method: head.method.as_str(), path, body: &body, time_ms, nonce };
        match said.check(&found.is.point, signature, now) {
            Ok(()) => {}
            Err(Untrusted::Clock) => {
                let text = "This was signed for another time. Sign it for the centre's, which is named here, and send it again.";
                let problem = Problem::new(StatusCode::UNAUTHORIZED, "join.clock", text);
                return Err(problem.with("now_ms", now.as_millisecond()));
            }
            Err(Untrusted::Nonce | Untrusted::Signature) => return Err(stranger()),
        }
        if now > found.is.until {
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "join.expired",
                "The gateway's certificate has ended. Ask the centre to take it back and to invite the hospital again.",
            ));
        }
        if !live.take_word(&id, nonce, now) {
            return Err(stranger());
        }
        Ok(Self { platform: platform.clone(), gateway: found.is, version: found.version, now, body, live })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|t| t.len() <= 400)
}
