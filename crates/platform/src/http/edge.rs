//! What every request passes on its way in and every answer on its way out: an id, the origin, bounds on body and time,
//! problem JSON for all errors, security headers, one log line, one count.

use super::{headers, origin, outcome, rest};
use crate::{Problem, Shared};
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::BytesMut;
use futures::{FutureExt, StreamExt};
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

/// A body may be so large unless its operation reads it piece by piece.
pub const BODY_MAX: usize = 1024 * 1024;
/// On the FHIR face, where hospitals send bundles.
const FHIR_BODY_MAX: usize = 32 * 1024 * 1024;
/// A table of the hospitals and people of a province.
pub const IMPORT_BODY_MAX: usize = 32 * 1024 * 1024;
/// Where such a table is sent.
const IMPORT: &str = "/api/admin/import";
/// And so long it may take: who waits is told how far it is (`directory.import_progress`).
const IMPORT_WITHIN: Duration = Duration::from_secs(600);
/// An operation must answer within this time unless it is one of [`UNHURRIED`].
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Paths of operations that take a stream as their body, or answer with one: they keep their own bounds.
const UNHURRIED: &[&str] = &[
    "/api/consults/{case}/files/{upload}",
    "/api/handover/photos/",
    "/api/uploads",
    "/events",
    "/ws/",
    "/whip/",
    "/whep/",
];

/// The layer around all routes.
pub async fn edge(State(platform): State<Shared>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = platform.ids.new_id(platform.clock.now()).to_string();
    let method = request.method().clone();
    // The route, never the path or the query: those may hold what is nobody's business.
    let none = if outcome::is_fhir(request.uri().path()) { "/fhir/(none)" } else { "(none)" };
    let route = request.extensions().get::<MatchedPath>().map_or(none, |m| m.as_str()).to_owned();
    let (request, rest) = rest::keep(request);
    let response = guarded(&platform, request, next, &route).await;
    rest.read_and_forget().await;
    let mut response = as_problem(response, &id, &route).await;
    headers::secure(response.headers_mut(), platform.secure);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    account(&method, &route, response.status(), started.elapsed(), &id);
    response
}

async fn guarded(platform: &Shared, request: Request, next: Next, route: &str) -> Response {
    if let Err(problem) = origin::check(platform, &request) {
        return problem.into_response();
    }
    let unhurried = UNHURRIED.iter().any(|u| route.starts_with(u));
    if unhurried {
        return caught(next.run(request)).await;
    }
    let most = body_max(route);
    if length(&request).is_some_and(|bytes| bytes > most as u64) {
        return too_large(most).into_response();
    }
    let request = match gathered(request, most).await {
        Ok(request) => request,
        Err(problem) => return problem.into_response(),
    };
    let within = if route == IMPORT { IMPORT_WITHIN } else { ANSWER_WITHIN };
    match tokio::time::timeout(within, caught(next.run(request))).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "request.timeout",
            "This took too long. It may still have been done: look before you try again.",
        )
        .into_response(),
    }
}

fn length(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The largest body that a route takes.
pub fn body_max(route: &str) -> usize {
    match route {
        IMPORT => IMPORT_BODY_MAX,
        _ if outcome::is_fhir(route) => FHIR_BODY_MAX,
        _ => BODY_MAX,
    }
}

fn too_large(most: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "request.too-large", "This is larger than is taken here.")
        .with("most", most)
}

/// A body that does not say how long it is, gathered up to the bound: past it, too, the sender hears the refusal.
async fn gathered(request: Request, most: usize) -> Result<Request, Problem> {
    if request.headers().contains_key(header::CONTENT_LENGTH) || request.body().is_end_stream() {
        return Ok(request);
    }
    let (head, body) = request.into_parts();
    let mut pieces = body.into_data_stream();
    let mut whole = BytesMut::new();
    let all = async {
        while let Some(piece) = pieces.next().await {
            let broken = |_| Problem::new(StatusCode::BAD_REQUEST, "request.unreadable", "The request broke off.");
            let piece = piece.map_err(broken)?;
            if whole.len() + piece.len() > most {
                return Err(too_large(most));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(())
    };
    let ended = tokio::time::timeout(ANSWER_WITHIN, all).await;
    match ended {
        Ok(Ok(())) => Ok(Request::from_parts(head, Body::from(whole.freeze()))),
        Ok(Err(problem)) => Err(problem),
        Err(_) => {
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "request.unreadable", "The request did not come to its end."))
        }
    }
}

/// One broken request must not end the server: a panic becomes a 500.
async fn caught(answer: impl Future<Output = Response>) -> Response {
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Problem::internal("a panic, logged above").into_response(),
    }
}

/// Gives every error its problem JSON, those of the framework too, and names the request in it.
async fn as_problem(response: Response, id: &str, route: &str) -> Response {
    let status = response.status();
    if let Some(problem) = response.extensions().get::<Problem>() {
        if let Some(cause) = problem.cause() {
            tracing::error!(request.id = id, http.route = route, "{route} failed: {cause}");
        }
        let mut named = written(problem, id, route);
        for (name, value) in response.headers() {
            if !named.headers().contains_key(name) && name != header::CONTENT_LENGTH {
                named.headers_mut().append(name, value.clone());
            }
        }
        return named;
    }
    let plain = response.headers().get(header::CONTENT_TYPE).is_none_or(|t| t.as_bytes().starts_with(b"text/plain"));
    if !(status.is_client_error() || status.is_server_error()) || !plain {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let text = to_bytes(response.into_body(), 4096).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut named = written(&of_framework(status, text, route), id, route);
    if let Some(allow) = allow {
        named.headers_mut().insert(header::ALLOW, allow);
    }
    named
}

/// In the form that the face speaks.
fn written(problem: &Problem, id: &str, route: &str) -> Response {
    if outcome::is_fhir(route) { outcome::response(problem, Some(id)) } else { problem.response(Some(id)) }
}

fn of_framework(status: StatusCode, text: String, route: &str) -> Problem {
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => return Problem::not_found(),
        StatusCode::PAYLOAD_TOO_LARGE => return too_large(body_max(route)),
        StatusCode::METHOD_NOT_ALLOWED => ("request.method", "This address does not take this method.".to_owned()),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("request.media-type", "Send application/json.".to_owned()),
        StatusCode::BAD_REQUEST => ("request.unreadable", text),
        StatusCode::UNPROCESSABLE_ENTITY => ("request.unfit", text),
        _ if status.is_server_error() => ("internal", "Something failed on our side.".to_owned()),
        _ => ("request.refused", text),
    };
    Problem::new(status, code, detail)
}

fn account(method: &Method, route: &str, status: StatusCode, took: Duration, id: &str) {
    let (method, status) = (method.as_str(), status.as_u16());
    let ms = took.as_millis();
    tracing::info!(
        request.id = id,
        http.method = method,
        http.route = route,
        http.status = status,
        ms,
        "{method} {route} {status}"
    );
    let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
    metrics::counter!("consilium_requests_total", &labels).increment(1);
    metrics::histogram!("consilium_request_seconds", &labels[..2]).record(took.as_secs_f64());
}
