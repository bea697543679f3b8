//! Seals what must be read again later (the secrets of second factors) with a key that lies in a file of its own (0600)
//! beside the store: whoever has only the database has no second factor of anybody.

use crate::pki::{PkiError, secret_file};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use kernel::Ids;
use std::path::Path;

/// The installation's key for second factors.
pub struct Vault(LessSafeKey);

impl Vault {
    /// Opens the key under `data_dir`, making it at the first start.
    pub fn open(data_dir: &Path, ids: &dyn Ids) -> Result<Self, PkiError> {
        Self::of_file(data_dir, "second-factor.key", ids)
    }

    /// Opens another key under `data_dir`, for what is sealed often and lives briefly, making it at the first start.
    pub fn of_file(data_dir: &Path, name: &str, ids: &dyn Ids) -> Result<Self, PkiError> {
        let path = data_dir.join("secrets").join(name);
        let text = secret_file(&path, || {
            let mut key = [0; 32];
            ids.fill(&mut key);
            hex::encode(key)
        })?;
        let damaged = || PkiError::Damaged { path: path.clone() };
        let bytes = hex::decode(text.trim()).map_err(|_| damaged())?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| damaged())?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals `plain` for `purpose`: opened for another purpose it stays shut.
    pub fn seal(&self, plain: &[u8], purpose: &str, ids: &dyn Ids) -> String {
        let mut nonce = [0; NONCE_LEN];
        ids.fill(&mut nonce);
        let mut sealed = plain.to_vec();
        let whole = Nonce::assume_unique_for_key(nonce);
        // Sealing fails only above 64 GiB.
        let _ = self.0.seal_in_place_append_tag(whole, Aad::from(purpose.as_bytes()), &mut sealed);
        STANDARD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for the same purpose.
    pub fn open_sealed(&self, sealed: &str, purpose: &str) -> Option<Vec<u8>> {
        let mut bytes = STANDARD.decode(sealed).ok().filter(|b| b.len() > NONCE_LEN)?;
        let mut rest = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).ok()?;
        self.0.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut rest).ok().map(|plain| plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn opened_by_the_same_key_for_the_same_purpose_alone() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let ids = kernel::RandomIds;
        let vault = Vault::open(dir.path(), &ids).unwrap();
        let sealed = vault.seal(b"secret", "factor:a", &ids);
        assert_ne!(sealed, vault.seal(b"secret", "factor:a", &ids));
        let again = Vault::open(dir.path(), &ids).unwrap();
        assert_eq!(again.open_sealed(&sealed, "factor:a").as_deref(), Some(b"secret".as_slice()));
        assert_eq!(again.open_sealed(&sealed, "factor:b"), None);
        assert_eq!(Vault::open(other.path(), &ids).unwrap().open_sealed(&sealed, "factor:a"), None);
        for damaged in ["", "AAAA", "@", &sealed[..sealed.len() - 4]] {
            assert_eq!(again.open_sealed(damaged, "factor:a"), None, "{damaged}");
        }
        let mode = dir.path().join("secrets/second-factor.key").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
