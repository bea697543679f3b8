//! `health.metrics`: counters in Prometheus' text format.

use crate::{Shared, telemetry};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use records::Disk;

/// Counters in Prometheus' text format. Labels are codes; no id of a person or case ever is one.
#[utoipa::path(get, path = "/metrics", operation_id = "health.metrics", tag = "health",
    responses((status = 200, body = String)))]
pub async fn metrics(State(platform): State<Shared>) -> impl IntoResponse {
    metrics::gauge!("consilium_event_streams")
        .set(f64::from(u32::try_from(platform.events.open()).unwrap_or(u32::MAX)));
    metrics::gauge!("consilium_ledger_number").set(as_f64(*platform.store.sealed().borrow()));
    let takes = *platform.store.disk().borrow() == Disk::Takes;
    metrics::gauge!("consilium_disk_takes_writes").set(if takes { 1.0 } else { 0.0 });
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], telemetry::rendered())
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float; 2^53 entries are far away")]
fn as_f64(number: u64) -> f64 {
    number as f64
}
