//! `calendar.unlink`: the link to my calendar leads nowhere any more.

use super::kept::Kept;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use platform::{Op, Problem};
use records::Change;

/// Withdraws the link to my calendar; nothing happens where there is none.
#[utoipa::path(delete, path = "/api/calendar/link", operation_id = "calendar.unlink", tag = "calendar",
    responses((status = 204)))]
pub async fn unlink(op: Op) -> Result<StatusCode, Problem> {
    op.may("calendar.unlink", &Facts::default(), None).await?;
    let me = &op.actor().person;
    if let Some(kept) = Kept::of(op.platform(), me, op.now()).await? {
        let mut act = op.act("calendar.unlink");
        act.about = vec![Reference::new(ResourceType::PRACTITIONER, me.clone())];
        let mut change = Change::of(act);
        kept.end(&mut change)?;
        op.commit(change).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
