//! Logs and metrics. Nothing about a person is ever in either: no query strings, no bodies, no names.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::panic::PanicHookInfo;
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts logging to `writer` and counting. A second call changes nothing (tests share a process).
pub fn start<W>(filter: &str, json: bool, writer: W)
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    METRICS.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let _ = metrics::set_global_recorder(recorder);
        handle
    });
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // At debug the driver of the database logs statements with their parameters: names, whole resources.
    let filter = match "tokio_postgres=info".parse() {
        Ok(quiet) => filter.add_directive(quiet),
        Err(_) => filter,
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_target(true);
    // A log that lies on the disk that failed takes no complaint about itself either: complaining would end the process.
    let builder = builder.log_internal_errors(false);
    // A second start finds the first one's subscriber in place.
    let _ = if json { builder.json().try_init() } else { builder.with_ansi(false).try_init() };
}

/// From now on a panic is logged by its place; its text, which may hold what it choked on, is withheld.
pub fn guard_panics() {
    std::panic::set_hook(Box::new(note_panic));
}

/// Only a text that stands in the source is logged.
fn note_panic(info: &PanicHookInfo<'_>) {
    let place = info.location().map_or_else(|| "somewhere".to_owned(), ToString::to_string);
    let text = info.payload().downcast_ref::<&'static str>().copied().unwrap_or("(text withheld)");
    tracing::error!(panic.at = %place, "panic at {place}: {text}");
}

/// All metrics as text.
pub fn rendered() -> String {
    METRICS.get().map(PrometheusHandle::render).unwrap_or_default()
}
