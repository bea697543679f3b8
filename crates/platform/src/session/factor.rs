//! The second factor of a person: a secret shared with an authenticator (TOTP, RFC 6238: SHA-1, 6 digits, 30 s, one step
//! either way) and recovery codes. A code counts once; codes side by side too, because using one takes a claim.

use super::vault::Vault;
use crate::{Problem, Shared};
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Id, Ids, Time};
use records::{AccountChange, Change, Claim};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret (RFC 4226 wants 20).
const SECRET_BYTES: usize = 20;
/// How many recovery codes one gets.
const RECOVERY_CODES: usize = 10;
/// Wrong codes of one person in ten minutes.
const ATTEMPTS: u32 = 5;
/// Seconds of a step.
const STEP_S: u64 = 30;
/// Characters of recovery codes: none that look alike.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// What the store keeps of a person's second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    shape: u32,
    sealed: String,
    /// Since when.
    pub since: Time,
    /// SHA-256 of the recovery codes not used yet, in hex.
    recovery: Vec<String>,
}

impl Kept {
    /// The person's second factor, if there is one.
    pub async fn of(platform: &Shared, person: &Id) -> Result<Option<Self>, Problem> {
        let kept = platform.store.second_factor(person).await?;
        kept.map(|text| serde_json::from_str(&text).map_err(Problem::internal)).transpose()
    }

    /// A new one with its recovery codes, to be shown once.
    pub fn new(vault: &Vault, ids: &dyn Ids, person: &Id, secret: &[u8], since: Time) -> (Self, Vec<String>) {
        let (codes, recovery) = recovery_codes(ids, person);
        (Self { shape: 1, sealed: vault.seal(secret, &purpose(person), ids), since, recovery }, codes)
    }

    /// How many recovery codes are left.
    pub fn codes_left(&self) -> usize {
        self.recovery.len()
    }

    /// Other recovery codes; the former ones are void.
    pub fn renew_codes(&mut self, ids: &dyn Ids, person: &Id) -> Vec<String> {
        let (codes, hashes) = recovery_codes(ids, person);
        self.recovery = hashes;
        codes
    }

    /// The change that keeps it.
    pub fn change(&self, person: &Id) -> Result<AccountChange, Problem> {
        let text = serde_json::to_string(self).map_err(Problem::internal)?;
        Ok(AccountChange::SecondFactor(person.clone(), Some(text)))
    }
}

fn purpose(person: &Id) -> String {
    format!("second-factor:{person}")
}

/// A secret not yet proven, sealed for the person and the time it may be proven in, and what the authenticator reads.
pub struct Offer {
    /// Base32, to be typed where no camera is.
    pub secret: String,
    /// `otpauth://…`, for the QR code.
    pub uri: String,
    /// Handed back with the first code.
    pub sealed: String,
}

/// How long an offer may be taken.
const OFFER_FOR: SignedDuration = SignedDuration::from_mins(15);

impl Offer {
    /// Makes one.
    pub fn new(platform: &Shared, person: &Id, account: &str, now: Time) -> Self {
        let mut bytes = [0; SECRET_BYTES];
        platform.ids.fill(&mut bytes);
        let secret = Secret::from(bytes).to_base32();
        let label: String = account.chars().filter(|c| *c != ':').collect();
        let label = percent_encoding::utf8_percent_encode(&label, percent_encoding::NON_ALPHANUMERIC).to_string();
        let uri = format!(
            "otpauth://totp/Consilium:{label}?secret={secret}&issuer=Consilium&algorithm=SHA1&digits=6&period={STEP_S}"
        );
        let until = (now + OFFER_FOR).as_millisecond();
        let plain = [until.to_be_bytes().as_slice(), &bytes].concat();
        Self { secret, uri, sealed: platform.vault.seal(&plain, &format!("offer:{person}"), &*platform.ids) }
    }

    /// The secret of a sealed offer, unless it was made for somebody else or is too old.
    pub fn secret(platform: &Shared, person: &Id, sealed: &str, now: Time) -> Option<Vec<u8>> {
        let plain = platform.vault.open_sealed(sealed, &format!("offer:{person}"))?;
        let (until, secret) = plain.split_first_chunk::<8>()?;
        (now.as_millisecond() < i64::from_be_bytes(*until)).then(|| secret.to_vec())
    }
}

fn recovery_codes(ids: &dyn Ids, person: &Id) -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| {
            let mut chance = [0; 16];
            ids.fill(&mut chance);
            let letters: Vec<char> = chance.iter().map(|b| char::from(ALPHABET[usize::from(b % 32)])).collect();
            letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
        })
        .collect();
    let hashes = codes.iter().map(|code| recovery_hash(person, code)).collect();
    (codes, hashes)
}

/// A code has 80 bits of chance: nothing is gained by a slow hash.
fn recovery_hash(person: &Id, code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    hex::encode(Sha256::digest(format!("{person}:{}", plain.to_ascii_uppercase())))
}

fn totp(secret: &[u8]) -> Result<Totp, Problem> {
    Builder::new().with_secret(secret.to_vec()).build().map_err(|_| Problem::internal("a second factor's secret"))
}

/// The step of a right code.
pub fn step_of(secret: &[u8], code: &str, now: Time) -> Result<Option<u64>, Problem> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let six = code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit());
    Ok(if six { totp(secret)?.check(&code, seconds) } else { None })
}

/// A right code, to be used by the commit that [`Proof::into`] adds it to.
pub struct Proof {
    claim: Claim,
    account: Option<AccountChange>,
    /// `totp` or `recovery`.
    pub how: &'static str,
}

impl Proof {
    /// The proof that the code of `step` was used. The holder is new each time: the same code twice is one too many.
    pub fn of_step(ids: &dyn Ids, person: &Id, step: u64, now: Time) -> Self {
        let until = now + SignedDuration::from_secs(10 * 30);
        Self { claim: claim(ids, format!("factor/{person}/{step}"), Some(until), now), account: None, how: "totp" }
    }

    /// Adds to a change that this code is used up.
    pub fn add_to(self, change: &mut Change) {
        change.claims.push(self.claim);
        change.accounts.extend(self.account);
        change.act.params.insert("factor".into(), self.how.into());
    }
}

fn claim(ids: &dyn Ids, key: String, until: Option<Time>, now: Time) -> Claim {
    Claim { key, by: Reference::new(ResourceType::PRACTITIONER, ids.new_id(now)), until }
}

/// Checks a code of the authenticator or a recovery code, counted and limited. The commit that follows uses it up.
pub async fn check(platform: &Shared, person: &Id, code: &str, now: Time) -> Result<Proof, Problem> {
    let key = format!("factor:{person}");
    platform.attempts.attempt(&key, ATTEMPTS, now)?;
    let Some(mut kept) = Kept::of(platform, person).await? else { return Err(none()) };
    let secret = platform.vault.open_sealed(&kept.sealed, &purpose(person));
    let secret = secret.ok_or_else(|| Problem::internal("a second factor sealed by another key"))?;
    let ids = &*platform.ids;
    if let Some(step) = step_of(&secret, code, now)? {
        platform.attempts.forgive(&key);
        return Ok(Proof::of_step(ids, person, step, now));
    }
    let hash = recovery_hash(person, code);
    let same = |kept: &String| bool::from(kept.as_bytes().ct_eq(hash.as_bytes()));
    if let Some(at) = kept.recovery.iter().position(same) {
        platform.attempts.forgive(&key);
        kept.recovery.remove(at);
        let claim = claim(ids, format!("recovery/{person}/{hash}"), None, now);
        return Ok(Proof { claim, account: Some(kept.change(person)?), how: "recovery" });
    }
    Err(wrong())
}

/// 403: the code is not right.
pub fn wrong() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "session.factor-wrong", "The code is not right. Wait for the next one.")
}

/// 403: this code was used before.
pub fn used() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "session.factor-used",
        "This code was used already. Wait until the authenticator shows the next one.",
    )
}

/// 403: the person has none.
pub fn none() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "session.factor-none",
        "You have no second factor. Set one up in your account first.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_as_the_standard_gives_them() {
        // RFC 6238, appendix B, the last six of eight digits.
        let secret = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            let at = |offset: i64| Time::from_second(seconds + offset).unwrap();
            let step = u64::try_from(seconds).unwrap() / STEP_S;
            assert_eq!(step_of(secret, code, at(0)).unwrap(), Some(step));
            assert_eq!(step_of(secret, &format!(" {} {} ", &code[..3], &code[3..]), at(0)).unwrap(), Some(step));
            assert_eq!(step_of(secret, code, at(30)).unwrap(), Some(step), "one step late is taken");
            assert_eq!(step_of(secret, code, at(90)).unwrap(), None);
        }
        for bad in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(step_of(secret, bad, Time::from_second(59).unwrap()).unwrap(), None, "{bad}");
        }
    }

    #[test]
    fn recovery_codes_are_hashed_for_their_person() {
        let ids = kernel::SeededIds::new(7);
        let person = |text: &str| Id::new(text).unwrap();
        let (codes, hashes) = recovery_codes(&ids, &person("a"));
        assert_eq!((codes.len(), hashes.len()), (RECOVERY_CODES, RECOVERY_CODES));
        assert!(codes.iter().all(|c| c.len() == 19 && !hashes.contains(c)), "{codes:?}");
        assert_eq!(recovery_hash(&person("a"), &codes[0].to_lowercase().replace('-', " ")), hashes[0]);
        assert_ne!(recovery_hash(&person("b"), &codes[0]), hashes[0]);
    }
}
