//! The fresh proof that it is really the person: asked for each time the glass is broken.

use axum::http::StatusCode;
use platform::{Op, Problem, session};

/// Proves that who sits here is who signed in: the password again, counted like signing in, and the second factor of those
/// who have set one up.
pub async fn fresh_factor(op: &Op, password: &str, code: Option<&str>) -> Result<(), Problem> {
    if !session::confirm_password(op.platform(), &op.actor().person, password).await? {
        let detail = "That is not your password. Nothing was opened.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "access.not_proven", detail));
    }
    match session::fresh_factor(op, code).await {
        // In need nobody can be sent away to fetch an authenticator first: the review sees to the rest.
        Err(problem) if problem.code == "session.factor-none" => Ok(()),
        proven => proven,
    }
}
