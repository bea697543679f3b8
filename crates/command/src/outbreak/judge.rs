//! `POST /api/outbreak/duplicates`: the outbreak officer says that two reports are of one illness, that they are not, or takes it
//! back. Neither report is changed; figures count a pair that is the same once.

use super::loading;
use super::model;
use super::pairs::{self, Said};
use super::resources;
use axum::Json;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::{Op, Problem};
use records::{Change, Claim, CommitError, Expect, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// A word about two reports.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OutbreakJudge)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// One.
    #[schema(value_type = String)]
    one: Id,
    /// The other.
    #[schema(value_type = String)]
    other: Id,
    /// What is said of them.
    said: Said,
    /// Why.
    reason: String,
}

/// Judges a pair.
#[utoipa::path(post, path = "/api/outbreak/duplicates", operation_id = "outbreak.judge", tag = "outbreak", request_body = Input,
    responses((status = 204), (status = 409, description = "outbreak.pair"), (status = 422, description = "outbreak.pair_unfit, outbreak.text")))]
pub async fn judge(op: Op, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let one = loading::case(&op, "outbreak.judge", &input.one).await?;
    let other = loading::case(&op, "outbreak.judge", &input.other).await?;
    let reason = model::text("reason", &input.reason)?;
    if one.id == other.id || one.disease != other.disease {
        let detail = "A pair is two reports of the same disease.";
        return Err(Problem::unfit("outbreak.pair_unfit", detail));
    }
    let pair = pairs::in_order(&one, &other);
    let before = pairs::all(&op).await?.into_iter().find(|(_, known, _)| *known == pair);
    let was = before.as_ref().map_or(Said::Undone, |(_, _, said)| *said);
    if was == input.said {
        return Err(
            Problem::conflict("outbreak.pair", "That is what was said of the two already.").with("said", was.code())
        );
    }
    let body = pairs::write(&pair, input.said, &op.actor().into());
    let mut act = op.act("outbreak.judge");
    act.about = vec![resources::at(&pair.0), resources::at(&pair.1)];
    act.patient = Some(one.patient.clone());
    act.params.insert("said".into(), input.said.code().into());
    act.why = Some(reason);
    let mut change = Change::of(act);
    match before {
        Some((linkage, _, _)) => {
            change.expect.push(Expect { at: linkage.at.clone(), version: linkage.version });
            change.writes.push(Write::next(linkage.at, body, linkage.custodian));
        }
        None => {
            let at = Reference::new(ResourceType::LINKAGE, op.new_id());
            let key = format!("case-report-pair/{}/{}", pair.0, pair.1);
            change.claims.push(Claim { key, by: at.clone(), until: None });
            change.writes.push(Write::new(at, body, op.actor().hospital.clone()));
        }
    }
    match op.try_commit(change).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(CommitError::Stale { .. } | CommitError::Taken(_)) => {
            Err(Problem::conflict("outbreak.pair", "Somebody else said something of the two meanwhile. Look again."))
        }
        Err(error) => Err(error.into()),
    }
}
