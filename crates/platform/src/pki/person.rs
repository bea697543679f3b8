//! A person's signing key: made once, wrapped by the person's password, certified by the installation.
//!
//! What `records::Account::keys` holds is [`Kept`] as JSON: nobody signs for a person without the password, whoever
//! reads the store. A lost password means a new key; what the old one signed stays valid.

use super::{Pki, PkiError, Signature, authority, authority::Purpose};
use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use kernel::{Id, Ids, RandomIds, Time};
use p256::SecretKey;
use p256::ecdsa::{DerSignature, SigningKey, signature::Signer};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rcgen::{DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PublicKeyData, SubjectPublicKeyInfo};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long a person's certificate lives; it is renewed with the same key when a signature finds it ending.
const DAYS: i32 = 3 * 366;
/// So many ended certificates are kept here; every signature carries its own besides.
const FORMER_MAX: usize = 50;
/// X.520 gives a common name 64 characters.
const NAME_MAX: usize = 64;

/// Who signs: what the certificate says of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// The Practitioner.
    pub person: Id,
    /// The name, as shown.
    pub name: String,
    /// The professional title, when there is one.
    pub title: Option<String>,
    /// The hospital's name.
    pub hospital: String,
}

/// What `Account::keys` holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    shape: u32,
    subject: String,
    not_after: Time,
    certificate: String,
    public_key: String,
    kdf: Kdf,
    nonce: String,
    sealed: String,
    /// Certificates of keys that were replaced, the last ended first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former: Vec<Former>,
}

/// A certificate whose key was replaced: kept, because what it signed before stays proven.
#[derive(Clone, Serialize, Deserialize)]
struct Former {
    subject: String,
    not_after: Time,
    certificate: String,
    ended_at: Time,
}

/// A certificate of a person, in force or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonCertificate {
    /// Whose, as it says.
    pub subject: String,
    /// Until when it is good by itself.
    pub not_after: Time,
    /// PEM.
    pub pem: String,
    /// When it was ended because its key was replaced; none while in force.
    pub ended_at: Option<Time>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Kdf {
    name: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// Why a key stays shut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// The password does not open it.
    #[error("the password does not open the signing key")]
    WrongPassword,
    /// What is kept is not a wrapped key.
    #[error("the signing key is damaged: {0}")]
    Damaged(&'static str),
}

/// A person's key, open. Lives as long as one request.
pub struct SignatureKey {
    key: SigningKey,
    certificate_pem: String,
    subject: String,
}

impl fmt::Debug for SignatureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignatureKey(***)")
    }
}

impl SignatureKey {
    /// Signs `manifest`.
    pub fn sign(&self, manifest: &[u8]) -> Signature {
        Signature {
            der: sign(&self.key, manifest),
            certificate_pem: self.certificate_pem.clone(),
            subject: self.subject.clone(),
        }
    }
}

pub(super) fn sign(key: &SigningKey, manifest: &[u8]) -> Vec<u8> {
    let signature: DerSignature = key.sign(manifest);
    signature.as_bytes().to_vec()
}

impl Pki {
    /// Makes a key for a person and wraps it by the password. The answer goes into `Account::keys`.
    pub fn enrol(&self, who: &Signatory, password: &str, now: Time) -> Result<String, PkiError> {
        let pair = KeyPair::generate()?;
        let (subject, not_after, certificate) = self.certify_person(who, &pair.subject_public_key_info(), now)?;
        let public_key = STANDARD.encode(pair.subject_public_key_info());
        let (kdf, nonce, sealed) = wrap(password, pair.serialized_der(), &public_key)?;
        to_text(&Kept { shape: 1, subject, not_after, certificate, public_key, kdf, nonce, sealed, former: vec![] })
    }

    /// A new key with a new certificate in the place of `keys`, whose password is gone; the old certificate is ended at `now`
    /// and kept.
    pub fn replace(&self, keys: &str, who: &Signatory, password: &str, now: Time) -> Result<String, PkiError> {
        let crypto = |e: UnlockError| PkiError::Crypto(e.to_string());
        let old = from_text(keys).map_err(crypto)?;
        let mut new = from_text(&self.enrol(who, password, now)?).map_err(crypto)?;
        let Kept { subject, not_after, certificate, former, .. } = old;
        new.former = vec![Former { subject, not_after, certificate, ended_at: now }];
        new.former.extend(former);
        new.former.truncate(FORMER_MAX);
        to_text(&new)
    }

    /// The certificates of `keys`: the one in force, then those that were ended, the last first.
    pub fn certificates(&self, keys: &str) -> Result<Vec<PersonCertificate>, UnlockError> {
        let Kept { subject, not_after, certificate, former, .. } = from_text(keys)?;
        let mut all = vec![PersonCertificate { subject, not_after, pem: certificate, ended_at: None }];
        all.extend(former.into_iter().map(|f| PersonCertificate {
            subject: f.subject,
            not_after: f.not_after,
            pem: f.certificate,
            ended_at: Some(f.ended_at),
        }));
        Ok(all)
    }

    /// Opens the key kept in `keys`.
    pub fn unlock(&self, keys: &str, password: &str) -> Result<SignatureKey, UnlockError> {
        let kept = from_text(keys)?;
        let key = open(&kept, password)?;
        Ok(SignatureKey { key: key.into(), certificate_pem: kept.certificate, subject: kept.subject })
    }

    /// Wraps the key by a new password; the key and its certificate stay.
    pub fn rewrap(&self, keys: &str, old: &str, new: &str) -> Result<String, UnlockError> {
        let mut kept = from_text(keys)?;
        let key = open(&kept, old)?;
        let der = key.to_pkcs8_der().map_err(|_| UnlockError::Damaged("key"))?;
        (kept.kdf, kept.nonce, kept.sealed) =
            wrap(new, der.as_bytes(), &kept.public_key).map_err(|_| UnlockError::Damaged("wrapping"))?;
        to_text(&kept).map_err(|_| UnlockError::Damaged("text"))
    }

    /// A new certificate for the same key when the old one ends within a month or says something else of the person;
    /// none when it is good. Needs no password. The answer goes into `Account::keys`.
    pub fn renew(&self, keys: &str, who: &Signatory, now: Time) -> Result<Option<String>, PkiError> {
        let mut kept = from_text(keys).map_err(|e| PkiError::Crypto(e.to_string()))?;
        if kept.subject == subject(who) && now + SignedDuration::from_hours(24 * 30) < kept.not_after {
            return Ok(None);
        }
        let spki = STANDARD.decode(&kept.public_key).map_err(|e| PkiError::Crypto(e.to_string()))?;
        (kept.subject, kept.not_after, kept.certificate) = self.certify_person(who, &spki, now)?;
        to_text(&kept).map(Some)
    }

    fn certify_person(&self, who: &Signatory, spki: &[u8], now: Time) -> Result<(String, Time, String), PkiError> {
        let mut dn = DistinguishedName::new();
        for (kind, value) in fields(who) {
            dn.push(kind, value);
        }
        let mut params = authority::params(dn, now, authority::BEFORE, DAYS);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
        params.extended_key_usages = vec![Purpose::Signatures.usage()];
        let certificate = self.signatures.issue(&params, &SubjectPublicKeyInfo::from_der(spki)?)?;
        Ok((subject(who), now + SignedDuration::from_hours(24) * DAYS, certificate.pem()))
    }
}

/// The fields of a person's distinguished name. 2.5.4.12 is `title`, 2.5.4.5 `serialNumber`: here the Practitioner's id.
fn fields(who: &Signatory) -> Vec<(DnType, String)> {
    let cut = |text: &str| text.chars().take(NAME_MAX).collect::<String>();
    let mut fields = vec![(DnType::OrganizationName, cut(&who.hospital)), (DnType::CommonName, cut(&who.name))];
    if let Some(title) = &who.title {
        fields.push((DnType::CustomDnType(vec![2, 5, 4, 12]), cut(title)));
    }
    fields.push((DnType::CustomDnType(vec![2, 5, 4, 5]), who.person.to_string()));
    fields
}

fn subject(who: &Signatory) -> String {
    let name = |kind: &DnType| match kind {
        DnType::OrganizationName => "O",
        DnType::CommonName => "CN",
        DnType::CustomDnType(oid) if oid.last() == Some(&12) => "title",
        _ => "serialNumber",
    };
    let parts: Vec<_> = fields(who).iter().map(|(kind, value)| format!("{}={value}", name(kind))).collect();
    parts.join(", ")
}

fn to_text(kept: &Kept) -> Result<String, PkiError> {
    serde_json::to_string(kept).map_err(|e| PkiError::Crypto(e.to_string()))
}

fn from_text(keys: &str) -> Result<Kept, UnlockError> {
    let kept: Kept = serde_json::from_str(keys).map_err(|_| UnlockError::Damaged("text"))?;
    if kept.shape == 1 { Ok(kept) } else { Err(UnlockError::Damaged("shape")) }
}

/// As DESIGN asks of passwords: argon2id; 19 MiB and two passes (OWASP's first choice for servers).
fn wrap(password: &str, der: &[u8], public_key: &str) -> Result<(Kdf, String, String), PkiError> {
    let (mut salt, mut nonce) = ([0; 16], [0; NONCE_LEN]);
    RandomIds.fill(&mut salt);
    RandomIds.fill(&mut nonce);
    let kdf =
        Kdf { name: "argon2id".to_owned(), memory_kib: 19 * 1024, passes: 2, lanes: 1, salt: STANDARD.encode(salt) };
    let key = wrapping_key(&kdf, password).map_err(|e| PkiError::Crypto(e.to_string()))?;
    let mut sealed = der.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(public_key.as_bytes()), &mut sealed)
        .map_err(|_| PkiError::Crypto("sealing".to_owned()))?;
    Ok((kdf, STANDARD.encode(nonce), STANDARD.encode(sealed)))
}

fn open(kept: &Kept, password: &str) -> Result<SecretKey, UnlockError> {
    let key = wrapping_key(&kept.kdf, password)?;
    let mut sealed = STANDARD.decode(&kept.sealed).map_err(|_| UnlockError::Damaged("sealed"))?;
    let nonce = STANDARD.decode(&kept.nonce).map_err(|_| UnlockError::Damaged("nonce"))?;
    let nonce = Nonce::try_assume_unique_for_key(&nonce).map_err(|_| UnlockError::Damaged("nonce"))?;
    let der = key
        .open_in_place(nonce, Aad::from(kept.public_key.as_bytes()), &mut sealed)
        .map_err(|_| UnlockError::WrongPassword)?;
    SecretKey::from_pkcs8_der(der).map_err(|_| UnlockError::Damaged("key"))
}

fn wrapping_key(kdf: &Kdf, password: &str) -> Result<LessSafeKey, UnlockError> {
    let damaged = |_| UnlockError::Damaged("kdf");
    // The bounds keep a damaged row from taking the machine's memory.
    if kdf.name != "argon2id" || kdf.memory_kib > 1 << 20 || kdf.passes > 16 || kdf.lanes > 16 {
        return Err(UnlockError::Damaged("kdf"));
    }
    let salt = STANDARD.decode(&kdf.salt).map_err(|_| UnlockError::Damaged("salt"))?;
    let params = Params::new(kdf.memory_kib, kdf.passes, kdf.lanes, Some(32)).map_err(damaged)?;
    let mut bytes = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), &salt, &mut bytes)
        .map_err(damaged)?;
    let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| UnlockError::Damaged("kdf"))?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::Verifier;

    fn noon() -> Time {
        "2026-11-21T04:00:00Z".parse().unwrap()
    }

    fn who() -> Signatory {
        Signatory {
            person: Id::new("0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f").unwrap(),
            name: "李伟".to_owned(),
            title: Some("主任医师".to_owned()),
            hospital: "河南省人民医院".to_owned(),
        }
    }

    #[test]
    fn only_the_password_opens_the_key() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path(), noon()).unwrap();
        let keys = pki.enrol(&who(), "correct horse", noon()).unwrap();
        assert!(!keys.contains("correct horse"));
        assert_eq!(pki.unlock(&keys, "wrong horse").unwrap_err(), UnlockError::WrongPassword);
        let signature = pki.unlock(&keys, "correct horse").unwrap().sign(b"manifest");
        assert_eq!(
            signature.subject,
            "O=河南省人民医院, CN=李伟, title=主任医师, serialNumber=0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f"
        );

        let changed = pki.rewrap(&keys, "correct horse", "battery staple").unwrap();
        assert_eq!(pki.unlock(&changed, "correct horse").unwrap_err(), UnlockError::WrongPassword);
        let after = pki.unlock(&changed, "battery staple").unwrap();
        assert_eq!(after.sign(b"manifest"), signature, "the same key, and RFC 6979 gives the same signature");
        let der = DerSignature::from_bytes(&signature.der).unwrap();
        after.key.verifying_key().verify(b"manifest", &der).unwrap();
        assert!(after.key.verifying_key().verify(b"Manifest", &der).is_err());
    }

    #[test]
    fn a_replaced_key_is_ended_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path(), noon()).unwrap();
        let keys = pki.enrol(&who(), "forgotten", noon()).unwrap();
        let later = noon() + SignedDuration::from_hours(5);
        let new = pki.replace(&keys, &who(), "another one", later).unwrap();
        assert_eq!(pki.unlock(&new, "forgotten").unwrap_err(), UnlockError::WrongPassword);
        let signature = pki.unlock(&new, "another one").unwrap().sign(b"manifest");
        let old = pki.unlock(&keys, "forgotten").unwrap().sign(b"manifest");
        assert_ne!(signature.certificate_pem, old.certificate_pem);
        let kept = pki.certificates(&pki.rewrap(&new, "another one", "a third").unwrap()).unwrap();
        let pems: Vec<_> = kept.iter().map(|c| (c.pem.as_str(), c.ended_at)).collect();
        assert_eq!(pems, [(&*signature.certificate_pem, None), (&*old.certificate_pem, Some(later))]);
    }

    #[test]
    fn a_key_does_not_fit_another_persons_certificate() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path(), noon()).unwrap();
        let (mut mine, other): (Kept, Kept) = (
            from_text(&pki.enrol(&who(), "same", noon()).unwrap()).unwrap(),
            from_text(&pki.enrol(&who(), "same", noon()).unwrap()).unwrap(),
        );
        mine.public_key = other.public_key;
        assert_eq!(pki.unlock(&to_text(&mine).unwrap(), "same").unwrap_err(), UnlockError::WrongPassword);
        assert_eq!(pki.unlock("{}", "same").unwrap_err(), UnlockError::Damaged("text"));
    }

    #[test]
    fn a_certificate_is_renewed_when_it_ends_or_the_title_changes() {
        let dir = tempfile::tempdir().unwrap();
        let pki = Pki::open(dir.path(), noon()).unwrap();
        let keys = pki.enrol(&who(), "same", noon()).unwrap();
        assert_eq!(pki.renew(&keys, &who(), noon()).unwrap(), None);
        let later = noon() + SignedDuration::from_hours(24) * DAYS;
        let renewed = pki.renew(&keys, &who(), later).unwrap().unwrap();
        assert!(pki.unlock(&renewed, "same").is_ok());
        assert_eq!(pki.renew(&renewed, &who(), later).unwrap(), None);
        let promoted = Signatory { title: None, ..who() };
        assert!(pki.renew(&keys, &promoted, noon()).unwrap().is_some());
    }
}
