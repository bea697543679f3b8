//! What an interaction answers, and how it goes over the line.

use super::ask::Ask;
use super::refusal::{Issue, outcome_of};
use ::fhir::Reference;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use kernel::Time;
use records::Resource;
use serde_json::Value;
use std::time::{Duration, UNIX_EPOCH};

/// The media type of every answer with a body.
pub const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// What was done, or found.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// A resource as JSON.
    pub body: Option<Bytes>,
    /// The version it speaks of.
    pub version: Option<u64>,
    /// When that version was stored.
    pub modified: Option<Time>,
    /// Where it lies, version included.
    pub location: Option<String>,
    /// With line breaks.
    pub pretty: bool,
}

impl Answer {
    /// A status and perhaps a body.
    pub fn new(status: StatusCode, body: Option<Bytes>) -> Self {
        Self { status, body, version: None, modified: None, location: None, pretty: false }
    }

    /// 200 with a resource made for the answer.
    pub fn ok(value: &Value) -> Self {
        Self::new(StatusCode::OK, Some(value.to_string().into()))
    }

    /// 200 with an OperationOutcome.
    pub fn said(issues: &[Issue]) -> Self {
        Self::ok(&outcome_of(issues))
    }

    /// 200 with a stored version.
    pub fn of(resource: Resource) -> Self {
        let (version, modified) = (Some(resource.version), Some(resource.stored_at));
        Self { version, modified, ..Self::new(StatusCode::OK, Some(resource.json)) }
    }

    /// Says which version of what this is.
    #[must_use]
    pub fn about(mut self, base: &str, at: &Reference, version: u64, modified: Time) -> Self {
        self.location = Some(format!("{base}/{at}/_history/{version}"));
        (self.version, self.modified) = (Some(version), Some(modified));
        self
    }

    /// In the form that was asked for.
    #[must_use]
    pub fn formed(mut self, ask: &Ask) -> Self {
        self.pretty = ask.pretty;
        self
    }

    /// The entity tag.
    pub fn etag(&self) -> Option<String> {
        self.version.map(|version| format!("W/\"{version}\""))
    }
}

/// An instant as HTTP says it.
pub fn http_date(at: Time) -> String {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// Whether `at` is not after the instant of an HTTP date, which has whole seconds.
pub fn is_not_after(at: Time, http: &str) -> bool {
    let seconds = httpdate::parse_http_date(http).ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
    seconds.is_some_and(|told| u64::try_from(at.as_second()).is_ok_and(|at| at <= told.as_secs()))
}

/// With line breaks, for eyes.
fn laid_out(body: &Bytes) -> Bytes {
    let read = serde_json::from_slice::<Value>(body).and_then(|v| serde_json::to_vec_pretty(&v));
    read.map_or_else(|_| body.clone(), Bytes::from)
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let (etag, pretty) = (self.etag(), self.pretty);
        let mut response = match self.body {
            Some(body) => {
                let body = if pretty { laid_out(&body) } else { body };
                ([(header::CONTENT_TYPE, FHIR_JSON)], body).into_response()
            }
            None => ().into_response(),
        };
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let mut set = |name, text: Option<String>| {
            if let Some(value) = text.and_then(|t| HeaderValue::try_from(t).ok()) {
                headers.insert(name, value);
            }
        };
        set(header::ETAG, etag);
        set(header::LAST_MODIFIED, self.modified.map(http_date));
        set(header::LOCATION, self.location);
        response
    }
}
