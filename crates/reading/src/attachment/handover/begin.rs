//! `attachment.handover.begin`: show a code that a phone may read.

use super::cookie;
use super::row::Handover;
use super::table::Handing;
use crate::imaging::case;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::Change;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// For whom.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = HandoverBegin)]
pub struct Input {
    /// The patient chosen on the form, while the case is a draft.
    #[serde(default)]
    patient: Option<String>,
}

/// What the code holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverBegun)]
pub struct Output {
    /// For the address in the code, after `#`; said once and never again.
    token: String,
    /// The code may be read until then, once.
    #[schema(value_type = String)]
    read_by: Time,
    /// Photos are taken until then.
    #[schema(value_type = String)]
    until: Time,
}

/// Hand the case over to a phone, for photos alone. A code shown before ends.
#[utoipa::path(post, path = "/api/consults/{case}/handover", operation_id = "attachment.handover.begin", tag = "attachment",
    params(("case" = String, Path)), request_body = Input, responses((status = 201, body = Output)))]
pub async fn begin(
    op: Op,
    Path(case): Path<Id>,
    Json(input): Json<Input>,
) -> Result<(StatusCode, Json<Output>), Problem> {
    let case = case::open(&op, "attachment.handover.begin", &case).await?;
    let (token, hash) = cookie::secret(op.platform());
    let actor = op.actor().clone();
    let handover = Handover {
        token: hash,
        case: case.at.id.clone(),
        patient: input.patient.filter(|id| Id::new(id.as_str()).is_ok()),
        person: actor.person,
        practitioner_role: actor.practitioner_role,
        role: actor.role,
        hospital: actor.hospital,
        begun_at: op.now(),
        device: None,
        photos: 0,
        ended: false,
    };
    let (read_by, until) = (handover.read_by(), handover.until());
    let mut act = op.act("attachment.handover.begin");
    act.about = vec![case.at.clone()];
    act.patient = case.patient.clone();
    act.case = Some(case.at.clone());
    let mut change = Change::of(act);
    change.bulk = vec![Arc::new(Handing::Begin(Box::new(handover)))];
    op.commit(change).await?;
    Ok((StatusCode::CREATED, Json(Output { token, read_by, until })))
}
