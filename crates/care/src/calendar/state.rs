//! `calendar.state`: whether I have a link to my calendar, and since when. The link itself was shown once.

use super::kept::Kept;
use axum::Json;
use kernel::Time;
use kernel::decide::Facts;
use platform::{Op, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// My link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CalendarState)]
pub struct Output {
    /// Since when there is one; none when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Time>,
}

/// Whether I have a link to my calendar.
#[utoipa::path(get, path = "/api/calendar/link", operation_id = "calendar.state", tag = "calendar",
    responses((status = 200, body = Output)))]
pub async fn state(op: Op) -> Result<Json<Output>, Problem> {
    op.may("calendar.state", &Facts::default(), None).await?;
    let kept = Kept::of(op.platform(), &op.actor().person, op.now()).await?;
    Ok(Json(Output { since: kept.map(|kept| kept.since) }))
}
