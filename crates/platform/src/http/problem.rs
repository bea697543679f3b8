//! Errors for someone: RFC 9457 problem JSON with a stable code.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use records::{CommitError, StoreError};
use serde_json::{Map, Value, json};

/// What went wrong, on what, and what to do. The web translates `code` with `params`; `detail` is for people without it.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// Stable, for example `consult.wrong_state`.
    pub code: &'static str,
    /// What was tried, on what, and what to do, in English.
    pub detail: String,
    /// What the translation of `code` needs (boxed: every refusal is the `Err` of some answer); never a patient's name unless the reader may see it anyway.
    pub params: Box<Map<String, Value>>,
    /// Seconds after which trying again makes sense.
    pub retry_after_s: Option<u64>,
    /// For the log alone; never shown.
    cause: Option<String>,
}

impl Problem {
    /// A problem of `status` and `code`.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), params: Box::default(), retry_after_s: None, cause: None }
    }

    /// Absent, or not for this person: the two look the same.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here for you at this address.")
    }

    /// Not signed in, or the session has ended.
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "session.none", "You are not signed in. Sign in, then try again.")
    }

    /// What only the log is told besides.
    #[must_use]
    fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// 409 with a code of the operation.
    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422 with a code of the operation.
    pub fn unfit(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// Our fault: logged once at the edge with `cause`, shown without it.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let mut problem = Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something failed on our side; nothing was changed. Try again, and report the request id if it stays.",
        );
        problem.cause = Some(cause.to_string());
        problem
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// What only the log learns.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// As it is written, naming the request when it is known.
    pub fn value(&self, request_id: Option<&str>) -> Value {
        let mut body = json!({
            "type": format!("urn:consilium:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
            "params": self.params,
        });
        if let Some(id) = request_id {
            body["request_id"] = id.into();
        }
        body
    }

    /// The response, naming the request when it is known.
    pub fn response(&self, request_id: Option<&str>) -> Response {
        let mut response = (self.status, self.value(request_id).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.response(None);
        // The outermost layer writes it again with the request id, and logs the cause.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "store.full",
                "The disk is full: nothing can be saved until the administrator makes room. Reading still works.",
            ),
            StoreError::ReadOnly => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "store.read-only",
                "The server's disk takes no writes: nothing can be saved until the administrator has mended it. Reading still works.",
            ),
            StoreError::BadQuery(why) => {
                Self::new(StatusCode::BAD_REQUEST, "search.unreadable", format!("Cannot search: {why}."))
            }
            StoreError::TooCostly(why) => Self::new(
                StatusCode::BAD_REQUEST,
                "search.too-costly",
                format!("Too costly: {why}. Narrow the search."),
            ),
            StoreError::Closed => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "store.closed",
                "The server is stopping. Try again in a few seconds.",
            ),
            StoreError::Corrupt(_) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "store.corrupt",
                "What is stored of this is not what was written, and is not shown. Tell the administrator; everything else goes on.",
            )
            .because(error),
            StoreError::Damaged(_) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "store.damaged",
                "The database is damaged: what is affected is not shown, and nothing can be saved until the administrator has restored it.",
            )
            .because(error),
            StoreError::Unavailable(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "store.unavailable",
                "The database does not answer right now. What was just sent may have been saved or not: look again in a few seconds.",
            )
            .because(error),
            other => Self::internal(other),
        }
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Stale { at, expected, actual } => {
                Self::conflict("stale", format!("{at} was changed by someone else in the meantime. Look again."))
                    .with("at", at.to_string())
                    .with("expected", expected)
                    .with("actual", actual)
            }
            CommitError::Taken(held) => {
                let mut problem = Self::conflict("taken", "Somebody else took this first.")
                    .with("key", held.key)
                    .with("by", held.by.to_string());
                if let Some(until) = held.until {
                    problem = problem.with("until", until.to_string());
                }
                problem
            }
            CommitError::Exists(at) => {
                Self::conflict("exists", format!("{at} exists already.")).with("at", at.to_string())
            }
            CommitError::Malformed { at, why } => Self::internal(format!("malformed resource {at}: {why}")),
            CommitError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_its_code_and_hides_its_cause() {
        let problem = Problem::internal("secret path").with("x", 1);
        let response = problem.response(Some("r-1"));
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert!(!problem.detail.contains("secret"));
        assert_eq!(problem.cause(), Some("secret path"));
    }
}
