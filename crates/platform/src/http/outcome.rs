//! Problems as FHIR says them: an OperationOutcome.

use crate::Problem;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Our codes in an OperationOutcome.
pub const SYSTEM: &str = "urn:consilium:problem";

/// Whether a route is of the FHIR face.
pub fn is_fhir(route: &str) -> bool {
    route == "/fhir" || route.starts_with("/fhir/")
}

/// FHIR's code for what a status says (FHIR R4, value set issue-type).
pub fn issue_code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "login",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "not-found",
        StatusCode::GONE => "deleted",
        StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => "conflict",
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => "too-long",
        StatusCode::NOT_ACCEPTABLE | StatusCode::UNSUPPORTED_MEDIA_TYPE => "not-supported",
        StatusCode::UNPROCESSABLE_ENTITY => "business-rule",
        StatusCode::INSUFFICIENT_STORAGE => "no-store",
        StatusCode::SERVICE_UNAVAILABLE => "transient",
        status if status.is_server_error() => "exception",
        _ => "invalid",
    }
}

/// A problem as an OperationOutcome.
pub fn value(problem: &Problem, request_id: Option<&str>) -> Value {
    let mut coding = json!({"system": SYSTEM, "code": problem.code});
    if let Some(id) = request_id {
        coding["extension"] = json!([{"url": "urn:consilium:ext:request", "valueString": id}]);
    }
    json!({"resourceType": "OperationOutcome", "issue": [{
        "severity": "error",
        "code": issue_code(problem.status),
        "details": {"coding": [coding], "text": problem.detail},
        "diagnostics": problem.detail,
    }]})
}

/// The response.
pub fn response(problem: &Problem, request_id: Option<&str>) -> Response {
    let mut response = (problem.status, value(problem, request_id).to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/fhir+json; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Consilium\""));
    }
    response
}
