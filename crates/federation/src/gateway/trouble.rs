//! What can go wrong at the hospital, in words that say what to do.

use std::path::PathBuf;

/// Why a command of the gateway did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Not an invitation.
    #[error(transparent)]
    Invitation(#[from] crate::join::invitation::NotOne),
    /// None of the centre's addresses answers.
    #[error(
        "the centre is not reached at {0}. Does this machine reach the internet (a proxy: set HTTPS_PROXY)? Does the firewall let \
         HTTPS out to it? Nothing was sent."
    )]
    Unreachable(String),
    /// Somebody else answers at the centre's address.
    #[error(
        "join.wrong-centre: what answers at {0} is not the centre of this invitation: its authority is another. Nothing was sent and \
         nothing was kept. Call the centre and compare the address; do not try from another network before."
    )]
    WrongCentre(String),
    /// Not encrypted off this machine.
    #[error("{0} is not encrypted: an invitation is sent over HTTPS alone, or to this very machine")]
    NotEncrypted(String),
    /// The centre refused.
    #[error("{code}: {text}")]
    Refused {
        /// The centre's code.
        code: String,
        /// Its words.
        text: String,
        /// Its time, where the refusal names it, milliseconds since 1970.
        now_ms: Option<i64>,
    },
    /// What came back is not what was asked for.
    #[error("the centre's answer cannot be used: {0}. Is this program of the same version as the centre's?")]
    Answer(String),
    /// The certificate that came is not one of our key by the centre's authority.
    #[error(
        "join.wrong-certificate: the certificate that came was not made for this key by the centre's authority: nothing was kept"
    )]
    Certificate,
    /// The folder belongs to another.
    #[error(
        "join.other-hospital: {} is the gateway of hospital {hospital} already. Take an empty folder (--dir), or that hospital's \
         invitation.", .dir.display()
    )]
    OtherHospital {
        /// The folder.
        dir: PathBuf,
        /// Whose it is.
        hospital: String,
    },
    /// Nothing has joined from there.
    #[error("{} holds no gateway: run `consilium gateway join` with this --dir first", .0.display())]
    NotJoined(PathBuf),
    /// A file.
    #[error("{}: {why}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A key could not be made or used.
    #[error("cryptography: {0}")]
    Crypto(String),
}

impl Trouble {
    /// The code of the centre's refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }
}

impl From<rcgen::Error> for Trouble {
    fn from(error: rcgen::Error) -> Self {
        Self::Crypto(error.to_string())
    }
}

impl From<platform::pki::PkiError> for Trouble {
    fn from(error: platform::pki::PkiError) -> Self {
        Self::Crypto(error.to_string())
    }
}
