//! The installation's own certificate authority, the keys persons sign with, and the seals of hospitals.
//!
//! `care::opinion` signs and seals with it, `consilium serve` takes its TLS certificate from it off loopback, accounts
//! are enrolled and their keys rewrapped through it. Keys of the installation lie in files of mode 0600 under
//! `secrets/pki/`; a person's key leaves this module only wrapped by the person's password. It must never log a key, a
//! password or a name, never put a key of the installation into the store, and never sign what it was not handed.
//!
//! The tree: root -> *signatures* (persons, seals; document signing alone), root -> *TLS* (servers alone) and root -> *gateways*
//! (hospitals' machines as clients alone), so that a stolen server key signs no opinion and a browser that trusts the root
//! accepts no doctor's certificate as a site.

mod authority;
pub mod file;
mod gateway;
mod ledger;
mod person;
mod seal;
mod server;

pub(crate) use file::secret as secret_file;
pub use gateway::{GatewayCertificate, GatewayOf, GatewayRequest};
pub use person::{PersonCertificate, Signatory, SignatureKey, UnlockError};
pub use seal::SealOf;
pub use server::ServerCertificate;

use authority::Authority;
use kernel::Time;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The installation's authority, opened.
#[derive(Debug)]
pub struct Pki {
    root_pem: String,
    signatures: Authority,
    tls: Authority,
    gateways: Authority,
    ledger: PathBuf,
    seals: PathBuf,
    /// Two first signatures of a hospital must not make two seals.
    making_seal: Mutex<()>,
}

/// One signature over a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// ECDSA P-256 over SHA-256, DER, as `openssl dgst -verify` takes it.
    pub der: Vec<u8>,
    /// The certificate of the key, PEM.
    pub certificate_pem: String,
    /// The subject of that certificate, for people: `CN=…, O=…`.
    pub subject: String,
}

/// The authority cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// A file cannot be read or written.
    #[error("{}: {why}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        why: std::io::Error,
    },
    /// Others on this machine can read a secret.
    #[error("{} can be read by others (mode {mode:03o}): chmod 600 it and, if others were on this machine, replace it", .path.display())]
    Readable {
        /// Which.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// What lies there is not a key with its certificate.
    #[error("{}: not a key with its certificate", .path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
    },
    /// The cryptography refused.
    #[error("cryptography: {0}")]
    Crypto(String),
}

impl From<rcgen::Error> for PkiError {
    fn from(e: rcgen::Error) -> Self {
        Self::Crypto(e.to_string())
    }
}

impl Pki {
    /// Opens the authority under `data_dir`, making it at the first start.
    pub fn open(data_dir: &Path, now: Time) -> Result<Self, PkiError> {
        let dir = data_dir.join("secrets").join("pki");
        let seals = dir.join("seals");
        file::make_private_dir(&seals)?;
        let root = Authority::root(&dir.join("root.pem"), now)?;
        let signatures = root.below(&dir.join("signatures.pem"), authority::Purpose::Signatures, now)?;
        let tls = root.below(&dir.join("tls.pem"), authority::Purpose::Tls, now)?;
        let gateways = root.below(&dir.join("gateways.pem"), authority::Purpose::Gateways, now)?;
        Ok(Self {
            root_pem: root.certificate_pem().to_owned(),
            signatures,
            tls,
            gateways,
            ledger: dir.join("ledger.pem"),
            seals,
            making_seal: Mutex::new(()),
        })
    }

    /// The root, for `openssl verify -CAfile` and for browsers to trust.
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// The authority between the root and the certificates of persons and seals, for `openssl verify -untrusted`.
    pub fn signatures_pem(&self) -> &str {
        self.signatures.certificate_pem()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn noon() -> Time {
        "2026-11-21T04:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_same_authority_after_a_restart_and_no_secret_for_others() {
        let dir = tempfile::tempdir().unwrap();
        let first = Pki::open(dir.path(), noon()).unwrap();
        let again = Pki::open(dir.path(), noon()).unwrap();
        assert_eq!(first.root_pem(), again.root_pem());
        assert_eq!(first.signatures_pem(), again.signatures_pem());
        for name in ["root.pem", "signatures.pem", "tls.pem", "gateways.pem"] {
            let mode = dir.path().join("secrets/pki").join(name).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        for name in ["secrets", "secrets/pki", "secrets/pki/seals"] {
            let mode = dir.path().join(name).metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}");
        }
    }

    #[test]
    fn a_secret_others_can_read_and_a_damaged_one_stop_the_start() {
        let dir = tempfile::tempdir().unwrap();
        Pki::open(dir.path(), noon()).unwrap();
        let root = dir.path().join("secrets/pki/root.pem");
        std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Pki::open(dir.path(), noon()), Err(PkiError::Readable { mode: 0o644, .. })));
        std::fs::set_permissions(&root, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&root, "nothing of the kind").unwrap();
        assert!(matches!(Pki::open(dir.path(), noon()), Err(PkiError::Damaged { .. })));
    }
}
