//! The invitation as a hospital gets it: `csl1.<endpoints>.<CA hash>.<id>.<secret>`, one line without spaces.
//!
//! Endpoints are the centre's addresses, joined by commas, in base64url; the hash is SHA-256 of the root certificate (DER) in
//! base64url; the id is the hospital's; the secret is 256 bits of chance in base64url.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Id;
use sha2::{Digest, Sha256};

/// The form, and its version.
const FORM: &str = "csl1.";
/// A longer line is none of ours.
const LENGTH_MAX: usize = 2048;
/// Of more addresses nobody tries the rest.
const ENDPOINTS_MAX: usize = 8;

/// An invitation, read.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where the centre is reached, without a slash at the end; the first that answers is taken.
    pub endpoints: Vec<String>,
    /// SHA-256 of the root certificate of the centre's authority, DER.
    pub authority: [u8; 32],
    /// The hospital that is invited.
    pub hospital: Id,
    /// Whoever has it may join as that hospital, once.
    pub secret: [u8; 32],
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation").field("hospital", &self.hospital).finish_non_exhaustive()
    }
}

/// The line is not an invitation: mistyped, cut, or something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an invitation: it begins with csl1. and is one line without spaces; copy the whole of it")]
pub struct NotOne;

impl Invitation {
    /// What is kept of the secret.
    pub fn secret_sha256(&self) -> String {
        hash(&self.secret)
    }

    /// The line.
    pub fn line(&self) -> String {
        let b64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let Self { endpoints, authority, hospital, secret } = self;
        format!("{FORM}{}.{}.{hospital}.{}", b64(endpoints.join(",").as_bytes()), b64(authority), b64(secret))
    }

    /// Reads [`Invitation::line`].
    pub fn read(line: &str) -> Result<Self, NotOne> {
        let line = line.trim();
        let rest = line.strip_prefix(FORM).filter(|_| line.len() <= LENGTH_MAX).ok_or(NotOne)?;
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| NotOne);
        let (endpoints, rest) = rest.split_once('.').ok_or(NotOne)?;
        let (authority, rest) = rest.split_once('.').ok_or(NotOne)?;
        // An id may hold dots; a secret does not.
        let (hospital, secret) = rest.rsplit_once('.').ok_or(NotOne)?;
        let endpoints = String::from_utf8(decode(endpoints)?).map_err(|_| NotOne)?;
        let endpoints: Vec<String> = endpoints.split(',').map(str::to_owned).collect();
        let known = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if endpoints.len() > ENDPOINTS_MAX || !endpoints.iter().all(known) {
            return Err(NotOne);
        }
        Ok(Self {
            endpoints,
            authority: decode(authority)?.try_into().map_err(|_| NotOne)?,
            hospital: Id::new(hospital).map_err(|_| NotOne)?,
            secret: decode(secret)?.try_into().map_err(|_| NotOne)?,
        })
    }
}

/// SHA-256 in hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> Invitation {
        Invitation {
            endpoints: vec!["https://tele.example".into(), "https://10.1.2.3:8443".into()],
            authority: [7; 32],
            hospital: Id::new("guang.shan-1").unwrap(),
            secret: [9; 32],
        }
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let line = one().line();
        assert_eq!(Invitation::read(&line), Ok(one()));
        assert_eq!(Invitation::read(&format!(" {line}\n")), Ok(one()));
        for cut in 0..line.len() - 1 {
            assert!(Invitation::read(&line[..cut]).is_err(), "cut at {cut}");
        }
        for other in
            ["", "csl_abc", "csl1....", &line.replace("csl1", "csl2"), &format!("{line}{}", "A".repeat(LENGTH_MAX))]
        {
            assert_eq!(Invitation::read(other), Err(NotOne), "{other}");
        }
        let ftp = Invitation { endpoints: vec!["ftp://tele.example".into()], ..one() };
        let many = Invitation { endpoints: vec!["https://a".into(); ENDPOINTS_MAX + 1], ..one() };
        for bad in [ftp, many] {
            assert_eq!(Invitation::read(&bad.line()), Err(NotOne));
        }
    }

    #[test]
    fn the_secret_is_in_no_debug_text() {
        let said = format!("{:?}", one());
        assert!(!said.contains('9') && said.contains("guang.shan-1"), "{said}");
    }
}
