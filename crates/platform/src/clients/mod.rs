//! Clients: programs that read and write a hospital's record over FHIR, each known by an opaque token.
//!
//! Added by whoever runs the installation, on its page or on the machine; ended by them or the hospital's administrator. The
//! token is 256 bits of chance, shown once; the store holds its SHA-256 alone. Asked for with every request of a client, so
//! those in use are remembered until the ledger says that one was added or ended. It must never log a token.

pub mod add;
pub mod end;
pub mod list;

use crate::{Problem, Shared};
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fhir::{Reference, ResourceType};
use kernel::{Id, Ids, Time};
use records::{Act, Change, Claim, Client, ClientChange, CommitError, Store, StoreError};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Before a token, so that one that strays is known for what it is.
const MARK: &str = "csl_";
/// So many are remembered.
const REMEMBERED: usize = 1_000;

/// The clients in use.
#[derive(Debug, Default)]
pub struct Clients(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    by_token: HashMap<[u8; 32], Arc<Client>>,
    /// Grows when one was added or ended: what was read before may be no longer so.
    forgotten: u64,
}

impl Clients {
    /// The client whose token stands in the request; none when there is no token. 401 for one that opens nothing.
    pub async fn of(&self, store: &dyn Store, headers: &HeaderMap) -> Result<Option<Arc<Client>>, Problem> {
        let Some(told) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
        let token = told.to_str().ok().and_then(bearer).ok_or_else(Problem::not_signed_in)?;
        let forgotten = {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(client) = known.by_token.get(&token) {
                return Ok(Some(client.clone()));
            }
            known.forgotten
        };
        let client = Arc::new(store.client(&token).await?.ok_or_else(Problem::not_signed_in)?);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.forgotten == forgotten && known.by_token.len() < REMEMBERED {
            known.by_token.insert(token, client.clone());
        }
        Ok(Some(client))
    }

    /// Reads anew who is asked for next.
    pub fn forget(&self) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.by_token.clear();
        known.forgotten += 1;
    }
}

/// The SHA-256 of the token in an `Authorization` header of ours.
fn bearer(told: &str) -> Option<[u8; 32]> {
    let (scheme, token) = told.split_once(' ')?;
    let token = token.trim().strip_prefix(MARK).filter(|_| scheme.eq_ignore_ascii_case("bearer"))?;
    let token = URL_SAFE_NO_PAD.decode(token).ok().filter(|t| t.len() == 32)?;
    Some(Sha256::digest(token).into())
}

/// What an administrator says of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClient {
    /// What it is called; no other that is in use may be called so.
    pub name: String,
    /// In whose custody it writes, and whose it reads.
    pub hospital: Id,
    /// What does not fit its profile is refused; otherwise it is kept and named.
    pub strict: bool,
    /// May choose ids: an import.
    pub create_by_put: bool,
    /// Sees all custody: a migration.
    pub unrestricted: bool,
}

/// Why a client was not added or ended.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The name is empty or too long.
    #[error("a client's name has 1 to 100 characters")]
    Name,
    /// Another has the name.
    #[error("a client of this name is in use: end it first, or choose another name")]
    Taken,
    /// No Organization of this id.
    #[error("there is no hospital {0}")]
    NoHospital(Id),
    /// None in use has the name.
    #[error("no client of this name is in use")]
    NoClient,
    /// The store could not.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store would not.
    #[error(transparent)]
    Commit(CommitError),
}

impl From<CommitError> for Refusal {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Taken(_) => Self::Taken,
            CommitError::Store(error) => Self::Store(error),
            other => Self::Commit(other),
        }
    }
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list::list, add::add)).routes(routes!(end::end))
}

/// Adds a client on the machine; its token, which nobody can be shown again.
pub async fn added(store: &dyn Store, ids: &dyn Ids, now: Time, new: NewClient) -> Result<String, Refusal> {
    let act = Act { hospital: Some(new.hospital.clone()), ..Act::system("clients.add") };
    let (_, token, change) = adding(store, ids, now, act, new).await?;
    store.commit(change).await?;
    Ok(token)
}

/// Ends the client of this name on the machine: its token opens nothing any more.
pub async fn ended(store: &dyn Store, now: Time, name: &str) -> Result<Client, Refusal> {
    let all = store.clients().await?;
    let client = all.into_iter().find(|c| c.name == name && c.ended_at.is_none()).ok_or(Refusal::NoClient)?;
    let act = Act { hospital: Some(client.hospital.clone()), ..Act::system("clients.end") };
    store.commit(ending(&client, now, act)).await?;
    Ok(Client { ended_at: Some(now), ..client })
}

/// A new client, its token, and the change that adds it.
async fn adding(
    store: &dyn Store,
    ids: &dyn Ids,
    now: Time,
    act: Act,
    new: NewClient,
) -> Result<(Client, String, Change), Refusal> {
    let new = NewClient { name: new.name.trim().to_owned(), ..new };
    if !(1..=100).contains(&new.name.chars().count()) {
        return Err(Refusal::Name);
    }
    let hospital = Reference::new(ResourceType::ORGANIZATION, new.hospital.clone());
    if store.read(&records::Viewer::System, &hospital).await?.is_none() {
        return Err(Refusal::NoHospital(new.hospital));
    }
    let mut token = [0; 32];
    ids.fill(&mut token);
    let client = Client {
        id: ids.new_id(now),
        name: new.name,
        token_sha256: Sha256::digest(token).into(),
        hospital: new.hospital,
        strict: new.strict,
        create_by_put: new.create_by_put,
        unrestricted: new.unrestricted,
        added_at: now,
        ended_at: None,
    };
    let mut change = Change::of(named(act, &client));
    change.claims.push(Claim { key: key(&client.name), by: holder(&client), until: None });
    change.clients.push(ClientChange::Put(client.clone()));
    Ok((client, format!("{MARK}{}", URL_SAFE_NO_PAD.encode(token)), change))
}

/// The change that ends a client.
fn ending(client: &Client, now: Time, act: Act) -> Change {
    let mut change = Change::of(named(act, client));
    change.clients.push(ClientChange::End(client.id.clone(), now));
    change.releases.push((key(&client.name), holder(client)));
    change
}

fn key(name: &str) -> String {
    format!("client-name/{name}")
}

fn holder(client: &Client) -> Reference {
    Reference::new(ResourceType::DEVICE, client.id.clone())
}

/// An act upon this client.
fn named(mut act: Act, client: &Client) -> Act {
    act.params.insert("client".into(), client.id.as_str().into());
    act.params.insert("name".into(), client.name.as_str().into());
    act.params.insert("of".into(), client.hospital.as_str().into());
    act.params.insert("unrestricted".into(), client.unrestricted.into());
    act
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_form() {
        let token = format!("{MARK}{}", URL_SAFE_NO_PAD.encode([7; 32]));
        let hash: [u8; 32] = Sha256::digest([7; 32]).into();
        assert_eq!(bearer(&format!("Bearer {token}")), Some(hash));
        assert_eq!(bearer(&format!("bearer  {token}")), Some(hash));
        for other in ["", "Bearer", "Bearer ", "Basic YTpi", &token, "Bearer csl_AAAA", "Bearer eyJhbGciOi"] {
            assert_eq!(bearer(other), None, "{other}");
        }
    }
}
