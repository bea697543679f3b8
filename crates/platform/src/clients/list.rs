//! `clients.list`: the programs that use the record, for whoever administers the hospitals they belong to.

use crate::directory::area;
use crate::{Op, Problem};
use axum::Json;
use kernel::decide::Facts;
use kernel::{Id, Time};
use records::Client;
use serde::Serialize;
use utoipa::ToSchema;

/// The clients.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clients)]
pub struct Output {
    /// Those in use first, then the last added.
    clients: Vec<ClientRow>,
    /// Whether the caller may add one.
    may_add: bool,
}

/// A client. Its token is known to whoever keeps it, and to nobody else.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Client)]
pub struct ClientRow {
    /// Names it in the ledger.
    #[schema(value_type = String)]
    id: Id,
    /// What it is called.
    name: String,
    /// In whose custody it writes, and whose it reads.
    #[schema(value_type = String)]
    hospital: Id,
    /// What does not fit its profile is refused; otherwise it is kept and named.
    strict: bool,
    /// May choose ids: an import.
    create_by_put: bool,
    /// Sees all custody: a migration.
    unrestricted: bool,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    added_at: Time,
    /// When it was ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Time>,
}

impl From<Client> for ClientRow {
    fn from(client: Client) -> Self {
        Self {
            id: client.id,
            name: client.name,
            hospital: client.hospital,
            strict: client.strict,
            create_by_put: client.create_by_put,
            unrestricted: client.unrestricted,
            added_at: client.added_at,
            ended_at: client.ended_at,
        }
    }
}

/// The programs of the caller's hospitals, ended ones too. Whoever runs the installation sees all.
#[utoipa::path(get, path = "/api/admin/clients", operation_id = "clients.list", tag = "clients",
    responses((status = 200, body = Output)))]
pub async fn list(op: Op) -> Result<Json<Output>, Problem> {
    let own = area::facts(&op, &op.actor().hospital);
    let facts = if area::runs_all(&op) { Facts::default() } else { own };
    op.may("clients.list", &facts, None).await?;
    let mut clients = op.store().clients().await?;
    // One that sees everything is the installation's, whatever hospital it writes for.
    clients.retain(|c| area::runs_all(&op) || (!c.unrestricted && area::holds(&op, &c.hospital)));
    clients.sort_by_key(|c| c.ended_at.is_some());
    Ok(Json(Output { clients: clients.into_iter().map(ClientRow::from).collect(), may_add: area::runs_all(&op) }))
}
