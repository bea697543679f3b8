//! `clients.end`: a program's token opens nothing any more.

use super::ending;
use super::list::ClientRow;
use crate::directory::area;
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use kernel::decide::Facts;
use records::Client;

/// End a program of one's hospitals. It cannot be begun again: another is added instead, with a token of its own.
#[utoipa::path(post, path = "/api/admin/clients/{id}/end", operation_id = "clients.end", tag = "clients",
    params(("id" = String, Path)), responses((status = 200, body = ClientRow)))]
pub async fn end(op: Op, Path(id): Path<String>) -> Result<Json<ClientRow>, Problem> {
    let found = op.store().clients().await?.into_iter().find(|c| c.id.as_str() == id);
    let facts = match &found {
        Some(client) if !client.unrestricted => area::facts(&op, &client.hospital),
        _ => Facts::default(),
    };
    op.may("clients.end", &facts, None).await?;
    let client = found.ok_or_else(Problem::not_found)?;
    if client.ended_at.is_some() {
        return Ok(Json(client.into()));
    }
    let now = op.now();
    op.commit(ending(&client, now, op.act("clients.end"))).await?;
    op.platform().clients.forget();
    Ok(Json(Client { ended_at: Some(now), ..client }.into()))
}
