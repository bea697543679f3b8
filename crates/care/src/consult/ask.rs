//! `consult.ask`: an expert asks for more, in parallel: the case stays where it is and its clocks run on.

use super::loading::enter;
use super::resources::{AskNote, ask_type, write_ask};
use super::state::Step;
use super::step::{ATTEMPTS, Now, items, overtaken, refused};
use axum::Json;
use axum::extract::Path;
use fhir::Reference;
use kernel::Id;
use platform::case::Who;
use platform::{Op, Problem};
use records::{Change, CommitError, Expect, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ConsultAsk)]
pub struct Input {
    /// One thing each.
    items: Vec<String>,
}

/// Asks for more without returning the case.
#[utoipa::path(post, path = "/api/consults/{id}/ask", operation_id = "consult.ask", tag = "consult",
    params(("id" = String, Path)), request_body = Input, responses((status = 200, body = Now)))]
pub async fn ask(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<Json<Now>, Problem> {
    let lines = items(&input.items)?;
    for _ in 0..ATTEMPTS {
        let (case, _) = enter(&op, "consult.ask", &id).await?;
        case.consult.ask_more(&op.actor().person).map_err(|why| refused(&op, &case, Step::Ask, &why))?;
        let ask = AskNote {
            at: Reference::new(ask_type(), op.new_id()),
            by: Who::from(op.actor()),
            sent: op.now(),
            lines: lines.clone(),
            open: true,
        };
        let body = write_ask(&ask, &case.at.case, &case.patient);
        let mut act = case.act(&op, "consult.ask");
        act.about.push(ask.at.clone());
        act.params.insert("items".into(), lines.len().into());
        let mut change = Change::of(act);
        change.expect.push(Expect { at: case.at.task.clone(), version: case.version });
        change.writes.push(Write::new(ask.at, body, case.custodian.clone()).in_case(case.at.case.clone()));
        match op.try_commit(change).await {
            Ok(_) => return Ok(Json(Now { state: case.consult.state(), version: case.version })),
            Err(CommitError::Stale { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(overtaken(&op, &id, Step::Ask).await)
}
