//! One-time links by which somebody sets their own password: the administrator hands the link over and never knows the
//! password. The store keeps a hash of the secret, as a claim with an end; a new link ends the older ones.

use crate::{Op, Problem, Shared};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use records::{Change, Claim, ClaimHeld};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// A link, shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryLink)]
pub struct Link {
    /// The Practitioner's id.
    #[schema(value_type = String)]
    pub id: Id,
    /// The sign-in name.
    pub account: String,
    /// The secret of the link: `/welcome?token=…`.
    pub token: String,
    /// Until when it is good.
    #[schema(value_type = String)]
    pub until: Time,
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// Adds a new link for a person to a change.
pub fn add(op: &Op, change: &mut Change, person: &Id, account: &str) -> Link {
    let mut chance = [0; 24];
    op.platform().ids.fill(&mut chance);
    let secret = hex::encode(chance);
    let until = op.now() + op.platform().chosen.link_valid();
    let by = Reference::new(ResourceType::PRACTITIONER, person.clone());
    change.claims.push(Claim { key: format!("welcome/{person}/{}", hash(&secret)), by, until: Some(until) });
    Link { id: person.clone(), account: account.to_owned(), token: format!("{person}.{secret}"), until }
}

/// Adds to a change that the links a person still has end.
pub async fn end_all(op: &Op, change: &mut Change, person: &Id) -> Result<(), Problem> {
    let held = op.store().claims(&format!("welcome/{person}/"), op.now()).await?;
    change.releases.extend(held.into_iter().map(|claim| (claim.key, claim.by)));
    Ok(())
}

/// Whose link this is, and the claim behind it, while it is good.
pub async fn find(platform: &Shared, token: &str, now: Time) -> Result<Option<(Id, ClaimHeld)>, Problem> {
    // An id may hold dots; the secret holds none.
    let Some((person, secret)) = token.rsplit_once('.') else { return Ok(None) };
    let Ok(person) = Id::new(person) else { return Ok(None) };
    let key = format!("welcome/{person}/{}", hash(secret));
    let held = platform.store.claims(&key, now).await?;
    Ok(held.into_iter().find(|claim| claim.key == key).map(|claim| (person, claim)))
}
