//! `attachment.handover.open`: a phone has read the code.

use super::row::{PHOTOS_MAX, Refusal};
use super::table::Handing;
use super::{cookie, table};
use crate::imaging::Imaging;
use crate::imaging::resources::case_reference;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use kernel::Time;
use platform::{Problem, Shared};
use records::{Act, Change, Subject};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What the code holds.
#[derive(Deserialize, ToSchema)]
#[schema(as = HandoverOpen)]
pub struct Input {
    token: String,
}

/// What the phone may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandoverState)]
pub struct Output {
    /// Until when.
    #[schema(value_type = String)]
    pub(super) until: Time,
    /// Photos sent so far.
    pub(super) photos: u32,
    /// Photos that may be sent in all.
    pub(super) most: u32,
}

/// Read a code: once, by one phone, which then has a cookie of its own. Whoever comes after it hears that it was used.
#[utoipa::path(post, path = "/api/handover", operation_id = "attachment.handover.open", tag = "attachment", request_body = Input,
    responses((status = 200, body = Output), (status = 409, description = "handover.used"), (status = 410, description = "handover.over")))]
pub async fn open(
    State(platform): State<Shared>,
    Extension(imaging): Extension<Arc<Imaging>>,
    Json(input): Json<Input>,
) -> Result<Response, Problem> {
    let token = cookie::hash(&input.token).ok_or(Refusal::Over)?;
    let handover = table::find(&platform, "token", token).await?.ok_or(Refusal::Over)?;
    let lock = imaging.of_case(&handover.case);
    let _alone = lock.lock().await;
    // Looked at again: two phones may have read the same code at the same moment.
    let handover = table::find(&platform, "token", token).await?.ok_or(Refusal::Over)?;
    handover.readable(platform.clock.now())?;
    let (secret, device) = cookie::secret(&platform);
    let case = case_reference(&handover.case);
    let mut act = Act::of(&handover.actor(), "attachment.handover.open");
    act.about = vec![case.clone()];
    act.case = Some(case);
    act.audience = vec![Subject::Person(handover.person.clone())];
    let mut change = Change::of(act);
    change.bulk = vec![Arc::new(Handing::Read { token, device })];
    platform.store.commit(change).await?;
    let output = Output { until: handover.until(), photos: 0, most: PHOTOS_MAX };
    let cookie = cookie::set(&secret, platform.secure)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(output)).into_response())
}
