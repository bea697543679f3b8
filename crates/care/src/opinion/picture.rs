//! `opinion.picture`: the picture of a key image, as it stands on the signed sheet.

use super::signed::{self, Which};
use axum::extract::{Path, Query};
use axum::response::Response;
use kernel::Id;
use platform::{Op, Problem};

/// The picture of a key image of the signed opinion.
#[utoipa::path(get, path = "/api/consults/{id}/opinion/images/{image}", operation_id = "opinion.picture", tag = "opinion",
    params(("id" = String, Path), ("image" = String, Path), Which),
    responses((status = 200, description = "the picture", content_type = "image/png"),
        (status = 404, description = "opinion.none; not_found")))]
pub async fn picture(
    op: Op,
    Path((id, image)): Path<(Id, Id)>,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let signed = signed::read(&op, "opinion.picture", &id, which).await?;
    let found = signed.shown.images.iter().find(|one| one.id == image).ok_or_else(Problem::not_found)?;
    let name = format!("opinion-{}-{image}.png", signed.case.number);
    signed::bytes(&op, found.picture.kept, "image/png", name).await
}
