//! `clients.add`: a program may use the record from now on.

use super::list::ClientRow;
use super::{NewClient, Refusal, adding};
use crate::{Op, Problem};
use axum::Json;
use kernel::Id;
use kernel::decide::Facts;
use records::CommitError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What it is, and what it may.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ClientsAdd)]
pub struct Input {
    /// What it is called: 1 to 100 characters, no other that is in use is called so.
    name: String,
    /// In whose custody it writes, and whose record it reads.
    hospital: String,
    /// Refuse what does not fit its profile; otherwise it is kept and named.
    strict: bool,
    /// May choose ids: an import.
    create_by_put: bool,
    /// Sees all custody: a migration.
    unrestricted: bool,
}

/// The client with its token, which is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = ClientAdded)]
pub struct Output {
    /// The client.
    client: ClientRow,
    /// For its `Authorization: Bearer`.
    token: String,
    /// The address it is to use.
    address: String,
}

/// Add a program. Its token opens a hospital's whole record, so whoever runs the installation does it, not the hospital alone.
#[utoipa::path(post, path = "/api/admin/clients", operation_id = "clients.add", tag = "clients", request_body = Input,
    responses((status = 200, body = Output), (status = 409, description = "clients.name-taken"),
        (status = 422, description = "clients.name, clients.no-hospital")))]
pub async fn add(op: Op, Json(input): Json<Input>) -> Result<Json<Output>, Problem> {
    op.may("clients.add", &Facts::default(), None).await?;
    let hospital = Id::new(&input.hospital).map_err(|_| no_hospital())?;
    let new = NewClient {
        name: input.name,
        hospital,
        strict: input.strict,
        create_by_put: input.create_by_put,
        unrestricted: input.unrestricted,
    };
    let made = adding(op.store(), &*op.platform().ids, op.now(), op.act("clients.add"), new).await;
    let (client, token, change) = made.map_err(refused)?;
    op.try_commit(change).await.map_err(|error| match error {
        CommitError::Taken(_) => refused(Refusal::Taken),
        other => other.into(),
    })?;
    op.platform().clients.forget();
    Ok(Json(Output { client: client.into(), token, address: format!("{}/fhir", op.platform().url()) }))
}

fn no_hospital() -> Problem {
    Problem::unfit("clients.no-hospital", "There is no such hospital. Choose one of the list.")
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Name => Problem::unfit("clients.name", "A program's name has 1 to 100 characters."),
        Refusal::Taken => Problem::conflict(
            "clients.name-taken",
            "A program of this name is in use. End that one first, or choose another name.",
        ),
        Refusal::NoHospital(_) => no_hospital(),
        Refusal::NoClient => Problem::not_found(),
        Refusal::Store(error) => error.into(),
        Refusal::Commit(error) => error.into(),
    }
}
