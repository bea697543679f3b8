//! `consilium gateway join`: the invitation becomes a certificate for a key that was made here.

use super::folder::{Joined, Joining};
use super::line::{self, Found};
use super::{Line, Trouble, VERSION, folder, trust};
use crate::join::enrol;
use crate::join::invitation::Invitation;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Clock, Id};
use rcgen::{CertificateParams, KeyPair};
use std::path::Path;

/// What the person at the machine says.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The line they got.
    pub invitation: &'a str,
    /// The id of their hospital, when they name it.
    pub hospital: Option<&'a str>,
    /// Where key and certificate are kept.
    pub dir: &'a Path,
}

/// Joins, or goes on where a former try ended. Nothing is kept of a try that the centre refused.
pub async fn join(asked: &Asked<'_>, clock: &dyn Clock) -> Result<Line, Trouble> {
    let invitation = Invitation::read(asked.invitation)?;
    let dir = asked.dir;
    if let Some(joined) = folder::joined(dir)? {
        let same = crate::join::centre::fingerprint(&joined.authority_pem) == Some(invitation.authority);
        if joined.hospital != invitation.hospital || !same {
            return Err(Trouble::OtherHospital { dir: dir.to_owned(), hospital: joined.hospital.to_string() });
        }
        match Line::open(joined, clock).await {
            Ok(line) if is_known(&line, clock).await? => return Ok(line),
            // The centre has taken that gateway back; this invitation makes another.
            Ok(_) => {}
            Err(trouble) => return Err(trouble),
        }
    }
    let found = line::find(&invitation.endpoints, &invitation.authority).await?;
    let key_pem = key(dir, &invitation)?;
    let output = match enrol(asked, &invitation, &found, &key_pem).await {
        Err(trouble @ Trouble::Refused { .. }) if is_final(&trouble) => {
            folder::forget_joining(dir)?;
            return Err(trouble);
        }
        output => output?,
    };
    let now = kernel::Time::from_millisecond(found.centre.now_ms).unwrap_or_else(|_| clock.now());
    trust::check(&found.centre.authority, &output.certificate, &key_pem, now)?;
    let joined = Joined {
        gateway: output.gateway,
        hospital: output.hospital,
        name: output.name,
        endpoints: invitation.endpoints,
        authority_pem: found.centre.authority,
        key_pem,
        certificate_pem: output.certificate,
        from: now,
        until: output.until,
    };
    folder::keep_joined(dir, &joined)?;
    Line::open(joined, clock).await
}

/// Whether the centre still takes this gateway's word.
async fn is_known(line: &Line, clock: &dyn Clock) -> Result<bool, Trouble> {
    match line.send(reqwest::Method::POST, "/api/join/line", "application/octet-stream", b"", clock).await {
        Ok(_) => Ok(true),
        Err(trouble) if matches!(trouble.code(), Some("join.not-signed" | "join.expired")) => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

/// The key that waits for this invitation's certificate, or a new one; on the disk before anybody sees it.
fn key(dir: &Path, invitation: &Invitation) -> Result<String, Trouble> {
    let secret_sha256 = invitation.secret_sha256();
    if let Some(waits) = folder::joining(dir)?.filter(|j| j.secret_sha256 == secret_sha256) {
        return Ok(waits.key_pem);
    }
    let key_pem = KeyPair::generate()?.serialize_pem();
    let joining = Joining { hospital: invitation.hospital.clone(), secret_sha256, key_pem: key_pem.clone() };
    folder::keep_joining(dir, &joining)?;
    Ok(key_pem)
}

/// A request for a certificate, signed by the key.
pub(super) fn request(key_pem: &str) -> Result<String, Trouble> {
    let key = KeyPair::from_pem(key_pem)?;
    Ok(CertificateParams::default().serialize_request(&key)?.pem()?)
}

async fn enrol(
    asked: &Asked<'_>,
    invitation: &Invitation,
    found: &Found,
    key_pem: &str,
) -> Result<enrol::Output, Trouble> {
    let meant = asked.hospital.map(|text| Id::new(text).map_or_else(|_| text.to_owned(), |id| id.to_string()));
    let input = enrol::Input {
        hospital: invitation.hospital.to_string(),
        secret: URL_SAFE_NO_PAD.encode(invitation.secret),
        meant,
        request: request(key_pem)?,
        version: VERSION.to_owned(),
    };
    let request = found.http.post(format!("{}/api/join/enrol", found.endpoint)).json(&input);
    let body = line::answer(request, &found.endpoint).await?;
    serde_json::from_slice(&body).map_err(|e| Trouble::Answer(e.to_string()))
}

/// Whether the same key will never get its certificate by this invitation.
fn is_final(trouble: &Trouble) -> bool {
    let codes = ["join.unknown", "join.late", "join.withdrawn", "join.used", "join.other-hospital"];
    trouble.code().is_some_and(|code| codes.contains(&code))
}
