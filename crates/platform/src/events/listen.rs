//! `events.listen`: the ledger as I may hear it, as server-sent events.

use super::Place;
use super::listener::Listener;
use crate::{Op, Problem};
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use axum::response::sse::Sse;
use futures::stream;
use kernel::decide::Facts;
use serde::Deserialize;
use std::convert::Infallible;
use utoipa::IntoParams;

/// Where a stream begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// Go on after this entry of the ledger. `Last-Event-ID`, which a browser sends when it comes back, goes before it.
    after: Option<u64>,
}

/// Acts that concern me, as they happen. With `Last-Event-ID` or `after` the stream goes on after that number, without gap or
/// double; `resync` says that too much was missed and lists are to be read anew. `figures` says to those who see the
/// network's figures that they may have changed, and nothing else. `disk` says whether anything can be saved: `takes`,
/// `full`, `read-only` or `damaged`; who comes while all is well is not told. Ends with the session.
#[utoipa::path(get, path = "/events", operation_id = "events.listen", tag = "events",
    params(From, ("Last-Event-ID" = Option<u64>, Header)),
    responses((status = 200, description = "text/event-stream: act, figures, resync, disk"),
        (status = 429, description = "events.too-many")))]
pub async fn listen(op: Op, Query(from): Query<From>, headers: HeaderMap) -> Result<impl IntoResponse, Problem> {
    op.may("events.listen", &Facts::default(), None).await?;
    let place = Place::take(op.platform(), op.actor()).ok_or_else(|| {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "events.too-many", "You have too many pages open.")
    })?;
    let resume = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok()).or(from.after);
    let listener = Listener::new(&op, resume, place);
    let events = stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    // A proxy that gathers the stream would hold events back.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store")), unbuffered], Sse::new(events)))
}
