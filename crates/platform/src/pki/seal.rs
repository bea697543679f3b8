//! A hospital's seal: a key the server holds for it, made when the hospital first seals something.

use super::{Pki, PkiError, Signature, authority, authority::Purpose, file, person};
use kernel::{Id, Time};
use p256::SecretKey;
use p256::pkcs8::DecodePrivateKey;
use rcgen::{DistinguishedName, DnType, KeyPair, KeyUsagePurpose};

const DAYS: i32 = 20 * 366;

/// Whose seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealOf {
    /// The Organization.
    pub hospital: Id,
    /// Its name, as on the seal.
    pub name: String,
}

impl Pki {
    /// Seals `manifest` for a hospital.
    pub fn seal(&self, of: &SealOf, manifest: &[u8], now: Time) -> Result<Signature, PkiError> {
        // An id holds no slash, so the file stays in its folder.
        let path = self.seals.join(format!("{}.pem", of.hospital));
        let text = {
            let _one = self.making_seal.lock();
            match file::read(&path)? {
                Some(text) => text,
                None => {
                    let text = self.make_seal(of, now)?;
                    file::write(&path, &text)?;
                    text
                }
            }
        };
        let damaged = || PkiError::Damaged { path: path.clone() };
        let (key, certificate) = authority::apart(&text).ok_or_else(damaged)?;
        let key = SecretKey::from_pkcs8_pem(key).map_err(|_| damaged())?;
        Ok(Signature {
            der: person::sign(&key.into(), manifest),
            certificate_pem: certificate.to_owned(),
            subject: format!("O={}, CN={}", of.name, common_name(of)),
        })
    }

    fn make_seal(&self, of: &SealOf, now: Time) -> Result<String, PkiError> {
        let key = KeyPair::generate()?;
        let mut dn = DistinguishedName::new();
        dn.push(DnType::OrganizationName, of.name.chars().take(64).collect::<String>());
        dn.push(DnType::CommonName, common_name(of));
        dn.push(DnType::CustomDnType(vec![2, 5, 4, 5]), of.hospital.to_string());
        let mut params = authority::params(dn, now, authority::BEFORE, DAYS);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
        params.extended_key_usages = vec![Purpose::Signatures.usage()];
        let certificate = self.signatures.issue(&params, &key)?;
        Ok(authority::together(&key.serialize_pem(), &certificate.pem()))
    }
}

/// 电子签章 is "electronic seal".
fn common_name(of: &SealOf) -> String {
    let name: String = of.name.chars().take(50).collect();
    format!("{name} 电子签章")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seal_a_hospital_and_not_the_same_for_two() {
        let dir = tempfile::tempdir().unwrap();
        let now = "2026-11-21T04:00:00Z".parse().unwrap();
        let pki = Pki::open(dir.path(), now).unwrap();
        let of = |id: &str| SealOf { hospital: Id::new(id).unwrap(), name: "光山县人民医院".to_owned() };
        let first = pki.seal(&of("a"), b"m", now).unwrap();
        assert_eq!(first, Pki::open(dir.path(), now).unwrap().seal(&of("a"), b"m", now).unwrap());
        assert_ne!(first.certificate_pem, pki.seal(&of("b"), b"m", now).unwrap().certificate_pem);
        assert!(dir.path().join("secrets/pki/seals/a.pem").exists());
    }
}
