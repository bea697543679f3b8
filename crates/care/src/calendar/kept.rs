//! The link of a person as the store keeps it: two claims without an end.
//!
//! `calendar-link/<SHA-256 of the token>/<since>` is held by the person, and `calendar-link-of/<person>/` by the hash, so that
//! each finds the other and nobody has two. Neither stands in the record: who reads or writes it cannot make a link.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::{Platform, Problem};
use records::{Change, Claim};
use sha2::{Digest, Sha256};

/// What stands behind a token in its address.
const SUFFIX: &str = ".ics";
/// Bytes of a token.
const TOKEN_BYTES: usize = 32;

/// A link in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whose calendar it shows.
    pub person: Id,
    /// Since when.
    pub since: Time,
    /// SHA-256 of the token, in hex.
    pub hash: String,
}

/// A new token, as it stands in the address.
pub fn token(platform: &Platform) -> String {
    let mut bytes = [0; TOKEN_BYTES];
    platform.ids.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Where a token leads.
pub fn address(platform: &Platform, token: &str) -> String {
    format!("{}/calendar/{token}{SUFFIX}", platform.url())
}

/// The hash of a token.
pub fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// The hash of the token in a path's last part; none of what cannot be one.
pub fn hash_in(file: &str) -> Option<String> {
    let token = file.strip_suffix(SUFFIX)?;
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    (bytes.len() == TOKEN_BYTES).then(|| hash(token))
}

impl Kept {
    /// The link with this hash.
    pub async fn find(platform: &Platform, hash: &str, now: Time) -> Result<Option<Self>, Problem> {
        let prefix = format!("calendar-link/{hash}/");
        let held = platform.store.claims(&prefix, now).await?.into_iter().next();
        Ok(held.and_then(|held| {
            let since = held.key.strip_prefix(&prefix)?.parse().ok()?;
            Some(Self { person: held.by.id, since, hash: hash.to_owned() })
        }))
    }

    /// The link of this person.
    pub async fn of(platform: &Platform, person: &Id, now: Time) -> Result<Option<Self>, Problem> {
        let held = platform.store.claims(&of_key(person), now).await?.into_iter().next();
        match held {
            Some(held) => Self::find(platform, held.by.id.as_str(), now).await,
            None => Ok(None),
        }
    }

    /// Takes it into use with this change, which fails with `Taken` if the person has another by then.
    pub fn put(&self, change: &mut Change) -> Result<(), Problem> {
        let taken = self.claims()?.map(|(key, by)| Claim { key, by, until: None });
        change.claims.extend(taken);
        Ok(())
    }

    /// Withdraws it with this change.
    pub fn end(&self, change: &mut Change) -> Result<(), Problem> {
        change.releases.extend(self.claims()?);
        Ok(())
    }

    fn claims(&self) -> Result<[(String, Reference); 2], Problem> {
        let person = Reference::new(ResourceType::PRACTITIONER, self.person.clone());
        let hash = Id::new(&self.hash).map_err(Problem::internal)?;
        // No such resource: a claim's holder is a reference, and this one is named by the hash alone.
        let hash = Reference::new(ResourceType::BINARY, hash);
        Ok([(format!("calendar-link/{}/{}", self.hash, self.since), person), (of_key(&self.person), hash)])
    }
}

fn of_key(person: &Id) -> String {
    format!("calendar-link-of/{person}/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_form() {
        let token = URL_SAFE_NO_PAD.encode([7; TOKEN_BYTES]);
        assert_eq!(hash_in(&format!("{token}.ics")), Some(hash(&token)));
        let short = URL_SAFE_NO_PAD.encode([7; 31]);
        let long = URL_SAFE_NO_PAD.encode([7; 33]);
        for other in [
            "",
            ".ics",
            "a.ics",
            &token,
            &format!("{token}.ICS"),
            &format!("{short}.ics"),
            &format!("{long}.ics"),
            "../x.ics",
        ] {
            assert_eq!(hash_in(other), None, "{other}");
        }
    }
}
