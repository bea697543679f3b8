//! `bed.occupy`: somebody lies in a bed now. One that is held for a referral can be taken with a reason: who referred is told
//! in the same commit. One to which a patient is on the way cannot.

use super::{ATTEMPTS, find, key, taken};
use crate::referral;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::directory::area;
use platform::{Op, Problem};
use records::{Change, Claim, CommitError};
use serde::Deserialize;
use utoipa::ToSchema;

/// Why a held bed is taken away.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = BedOccupy)]
pub struct Input {
    /// Needed when the bed is held for a referral.
    #[serde(default)]
    reason: Option<String>,
}

/// Says that somebody lies in a bed.
#[utoipa::path(post, path = "/api/beds/{id}/occupy", operation_id = "bed.occupy", tag = "bed",
    params(("id" = String, Path)), request_body = Input, responses((status = 204),
        (status = 409, description = "bed.taken, bed.held, bed.awaited, bed.closed")))]
pub async fn occupy(op: Op, Path(id): Path<Id>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    let reason = input.reason.as_deref().filter(|r| !r.trim().is_empty()).map(referral::reason).transpose()?;
    for _ in 0..ATTEMPTS {
        let bed = find(op.platform(), &id, op.now()).await?;
        let facts = bed.as_ref().map(|b| area::facts(&op, &b.place.hospital)).unwrap_or_default();
        op.may("bed.occupy", &facts, None).await?;
        let bed = bed.ok_or_else(Problem::not_found)?;
        if !bed.open {
            return Err(Problem::conflict("bed.closed", "This bed is closed."));
        }
        if bed.place.taken {
            return Err(Problem::conflict("bed.taken", "Somebody lies in this bed already."));
        }
        let mut change = match (&bed.held, &reason) {
            (None, _) => Change::of(op.act("bed.occupy")),
            (Some(held), Some(why)) => referral::without_bed(&op, held, &id, why).await?,
            (Some(held), None) => {
                let text = "This bed is held for a patient who is referred. Say why it is taken all the same.";
                let until = held.until.map(|until| until.to_string());
                return Err(Problem::conflict("bed.held", text).with("until", until));
            }
        };
        bed.put(&mut change, true);
        change.claims.push(Claim { key: key(&id), by: bed.at(), until: None });
        match op.try_commit(change).await {
            Ok(_) => return Ok(StatusCode::NO_CONTENT),
            // Held or taken meanwhile: what follows from that is decided anew.
            Err(CommitError::Stale { .. } | CommitError::Taken(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let held = op.store().claims(&key(&id), op.now()).await?.into_iter().next();
    let busy = || Problem::conflict("bed.taken", "Others are changing this bed at the same time. Look at it again.");
    Err(held.map_or_else(busy, |held| taken(&op, &held)))
}
