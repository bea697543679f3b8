//! Why something was not done, as an OperationOutcome.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::{Problem, outcome};
use records::{CommitError, StoreError};
use serde_json::{Value, json};

/// One thing that is said of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// `fatal`, `error`, `warning` or `information`.
    pub severity: &'static str,
    /// FHIR's code (value set issue-type).
    pub code: String,
    /// A stable code of ours.
    pub ours: String,
    /// In words.
    pub text: String,
    /// Where, as FHIRPath.
    pub expression: Option<String>,
}

impl Issue {
    /// An error.
    pub fn error(code: &str, ours: &str, text: impl Into<String>) -> Self {
        Self { severity: "error", code: code.into(), ours: ours.into(), text: text.into(), expression: None }
    }

    /// Something worth saying that stops nothing.
    pub fn note(code: &str, ours: &str, text: impl Into<String>) -> Self {
        Self { severity: "information", ..Self::error(code, ours, text) }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, expression: impl Into<String>) -> Self {
        self.expression = Some(expression.into());
        self
    }

    fn value(&self) -> Value {
        let mut value = json!({
            "severity": self.severity,
            "code": self.code,
            "details": {"coding": [{"system": outcome::SYSTEM, "code": self.ours}], "text": self.text},
            "diagnostics": self.text,
        });
        if let Some(expression) = &self.expression {
            value["expression"] = json!([expression]);
        }
        value
    }
}

/// Issues as an OperationOutcome.
pub fn outcome_of(issues: &[Issue]) -> Value {
    json!({"resourceType": "OperationOutcome", "issue": issues.iter().map(Issue::value).collect::<Vec<_>>()})
}

/// Nothing was done.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    why: Box<Why>,
}

#[derive(Debug, Clone)]
enum Why {
    Issues(Vec<Issue>),
    /// The edge writes it, logs its cause and names the request.
    Problem(Problem),
}

impl Refusal {
    /// A refusal with one issue; FHIR's code follows from the status.
    pub fn new(status: StatusCode, ours: &str, text: impl Into<String>) -> Self {
        Self::of(status, vec![Issue::error(outcome::issue_code(status), ours, text)])
    }

    /// A refusal with these issues.
    pub fn of(status: StatusCode, issues: Vec<Issue>) -> Self {
        Self { status, why: Box::new(Why::Issues(issues)) }
    }

    /// 400.
    pub fn bad(ours: &str, text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, ours, text)
    }

    /// 404 that says what kind of address is wrong.
    pub fn not_found(ours: &str, text: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, ours, text)
    }

    /// Absent, or not for this caller: the two look the same.
    pub fn absent() -> Self {
        Problem::not_found().into()
    }

    /// 412.
    pub fn precondition(ours: &str, text: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, ours, text)
    }

    /// 422.
    pub fn unfit(ours: &str, text: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, ours, text)
    }

    /// The OperationOutcome.
    pub fn outcome(&self) -> Value {
        match &*self.why {
            Why::Issues(issues) => outcome_of(issues),
            Why::Problem(problem) => outcome::value(problem, None),
        }
    }

    /// What only the log learns.
    pub fn cause(&self) -> Option<&str> {
        match &*self.why {
            Why::Issues(_) => None,
            Why::Problem(problem) => problem.cause(),
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { status: problem.status, why: Box::new(Why::Problem(problem)) }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let costly = matches!(error, StoreError::TooCostly(_));
        let problem = Problem::from(error);
        if costly {
            return Self::of(problem.status, vec![Issue::error("too-costly", problem.code, problem.detail)]);
        }
        problem.into()
    }
}

impl From<CommitError> for Refusal {
    fn from(error: CommitError) -> Self {
        match error {
            // Others have written it: that it is no such resource is theirs to mend.
            CommitError::Malformed { at, why } => Self::unfit("fhir.malformed", format!("{}: {why}.", at.ty)),
            other => Problem::from(other).into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match *self.why {
            Why::Problem(problem) => problem.into_response(),
            Why::Issues(issues) => {
                let mut response = (self.status, outcome_of(&issues).to_string()).into_response();
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(super::answer::FHIR_JSON));
                response
            }
        }
    }
}

/// What somebody sent, short enough to be said back.
pub fn shown(text: &str) -> String {
    let short: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
    if short.len() == text.len() { short } else { format!("{short}…") }
}
