//! The key that signs where the ledger stands, made when that is first asked for.

use super::{Pki, PkiError, Signature, authority, authority::Purpose, file, person};
use kernel::Time;
use p256::SecretKey;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::DecodePrivateKey;
use rcgen::{DistinguishedName, DnType, KeyPair, KeyUsagePurpose};

const DAYS: i32 = 20 * 366;
const NAME: &str = "Consilium ledger";

impl Pki {
    /// Signs a statement about the ledger with the installation's key for that.
    pub fn sign_ledger(&self, statement: &[u8], now: Time) -> Result<Signature, PkiError> {
        let text = match file::read(&self.ledger)? {
            Some(text) => text,
            None => {
                let text = self.make_ledger_key(now)?;
                file::write(&self.ledger, &text)?;
                text
            }
        };
        let (key, certificate) = self.ledger_key(&text)?;
        Ok(Signature {
            der: person::sign(&key, statement),
            certificate_pem: certificate.to_owned(),
            subject: format!("CN={NAME}"),
        })
    }

    /// Whether that key signed this. False, too, while there is none.
    pub fn signed_ledger(&self, statement: &[u8], der: &[u8], certificate_pem: &str) -> Result<bool, PkiError> {
        let Some(text) = file::read(&self.ledger)? else { return Ok(false) };
        let (key, certificate) = self.ledger_key(&text)?;
        let Ok(signature) = DerSignature::from_bytes(der) else { return Ok(false) };
        Ok(certificate.trim() == certificate_pem.trim() && key.verifying_key().verify(statement, &signature).is_ok())
    }

    fn ledger_key<'a>(&self, text: &'a str) -> Result<(SigningKey, &'a str), PkiError> {
        let damaged = || PkiError::Damaged { path: self.ledger.clone() };
        let (key, certificate) = authority::apart(text).ok_or_else(damaged)?;
        let key = SecretKey::from_pkcs8_pem(key).map_err(|_| damaged())?;
        Ok((key.into(), certificate))
    }

    fn make_ledger_key(&self, now: Time) -> Result<String, PkiError> {
        let key = KeyPair::generate()?;
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, NAME);
        let mut params = authority::params(name, now, authority::BEFORE, DAYS);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
        params.extended_key_usages = vec![Purpose::Signatures.usage()];
        let certificate = self.signatures.issue(&params, &key)?;
        Ok(authority::together(&key.serialize_pem(), &certificate.pem()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_ledgers_key_signed_is_known_again_and_nothing_else() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let now = "2026-11-22T04:00:00Z".parse().unwrap();
        let pki = Pki::open(dir.path(), now).unwrap();
        assert!(!pki.signed_ledger(b"entry 7", b"", "").unwrap());
        let made = pki.sign_ledger(b"entry 7", now).unwrap();
        let again = Pki::open(dir.path(), now).unwrap();
        assert_eq!(again.sign_ledger(b"entry 7", now).unwrap().certificate_pem, made.certificate_pem);
        assert!(again.signed_ledger(b"entry 7", &made.der, &made.certificate_pem).unwrap());
        assert!(!again.signed_ledger(b"entry 8", &made.der, &made.certificate_pem).unwrap());
        let stranger = Pki::open(other.path(), now).unwrap();
        let forged = stranger.sign_ledger(b"entry 7", now).unwrap();
        assert!(!again.signed_ledger(b"entry 7", &forged.der, &forged.certificate_pem).unwrap());
        assert!(!again.signed_ledger(b"entry 7", &forged.der, &made.certificate_pem).unwrap());
    }
}
