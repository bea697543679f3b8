//! `bed.free`: nobody lies in a bed any more, or it was said by mistake.

use super::{ATTEMPTS, find, key};
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::directory::area;
use platform::{Op, Problem};
use records::{Change, CommitError};

/// Says that a bed is free.
#[utoipa::path(post, path = "/api/beds/{id}/free", operation_id = "bed.free", tag = "bed",
    params(("id" = String, Path)), responses((status = 204), (status = 409, description = "bed.not_taken")))]
pub async fn free(op: Op, Path(id): Path<Id>) -> Result<StatusCode, Problem> {
    for _ in 0..ATTEMPTS {
        let bed = find(op.platform(), &id, op.now()).await?;
        let facts = bed.as_ref().map(|b| area::facts(&op, &b.place.hospital)).unwrap_or_default();
        op.may("bed.free", &facts, None).await?;
        let bed = bed.ok_or_else(Problem::not_found)?;
        if !bed.place.taken {
            return Err(Problem::conflict("bed.not_taken", "Nobody lies in this bed."));
        }
        let mut change = Change::of(op.act("bed.free"));
        bed.put(&mut change, false);
        change.releases.extend(bed.held.map(|held| (key(&id), held.by)));
        match op.try_commit(change).await {
            Ok(_) => return Ok(StatusCode::NO_CONTENT),
            Err(CommitError::Stale { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err(Problem::conflict("bed.taken", "Others are changing this bed at the same time. Look at it again."))
}
