//! `calendar.link`: a secret address at which programs read my calendar. The former one, if any, leads nowhere from then on.

use super::kept::{Kept, address, hash, token};
use axum::Json;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::Time;
use kernel::decide::Facts;
use platform::{Op, Problem};
use records::{Change, CommitError};
use serde::Serialize;
use utoipa::ToSchema;

/// Links that one person makes in ten minutes.
const MADE: u32 = 20;

/// The link, which is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = CalendarLink)]
pub struct Output {
    /// To be given to a calendar program; `?lang=en` or `?lang=zh` says in which language.
    pub(super) address: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Time,
}

/// Makes a link to my calendar, in place of the one there was.
#[utoipa::path(post, path = "/api/calendar/link", operation_id = "calendar.link", tag = "calendar",
    responses((status = 201, body = Output), (status = 409, description = "calendar.changed"),
        (status = 429, description = "session.too-many")))]
pub async fn link(op: Op) -> Result<(StatusCode, Json<Output>), Problem> {
    op.may("calendar.link", &Facts::default(), None).await?;
    let (platform, me, since) = (op.platform(), &op.actor().person, op.now());
    platform.visits.attempt(&format!("calendar-link:{me}"), MADE, since)?;
    let token = token(platform);
    let mut act = op.act("calendar.link");
    act.about = vec![Reference::new(ResourceType::PRACTITIONER, me.clone())];
    let mut change = Change::of(act);
    if let Some(before) = Kept::of(platform, me, since).await? {
        before.end(&mut change)?;
    }
    Kept { person: me.clone(), since, hash: hash(&token) }.put(&mut change)?;
    op.try_commit(change).await.map_err(|error| match error {
        CommitError::Taken(_) => {
            Problem::conflict("calendar.changed", "A link was made elsewhere just now: look again.")
        }
        other => other.into(),
    })?;
    Ok((StatusCode::CREATED, Json(Output { address: address(platform, &token), since })))
}
