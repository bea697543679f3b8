//! TURN servers for hospitals whose firewall lets no UDP out, and credentials for them that are worth something for one
//! entry alone: the user is an end and a participant, the password its HMAC under the secret that the servers share with
//! us (coturn's `use-auth-secret`). Nothing is stored, and nobody keeps a password.

use crate::Settings;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use kernel::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// A connection made with them outlives them; a change of line asks for new ones by entering again.
const WORTH: SignedDuration = SignedDuration::from_hours(12);
/// The longest secret file: more is not a secret, but a mistake.
const SECRET_MAX: usize = 1024;

/// The TURN servers of this installation, if there are any.
#[derive(Clone, Default)]
pub struct Turn {
    urls: Vec<String>,
    secret: Option<hmac::Key>,
}

/// A server that helps through firewalls, as a browser takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IceServer {
    /// Its addresses.
    pub urls: Vec<String>,
    /// Who asks, and until when.
    pub username: String,
    /// The proof of it.
    pub credential: String,
}

impl Turn {
    /// Reads the secret that the settings name.
    pub fn read(settings: &Settings) -> std::io::Result<Self> {
        if settings.media.turn_urls.is_empty() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(&settings.media.turn_secret_file)?;
        let secret = text.trim();
        if secret.is_empty() || secret.len() > SECRET_MAX {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "no secret in the file, or a whole book"));
        }
        let urls = settings.media.turn_urls.split_whitespace().map(ToOwned::to_owned).collect();
        let secret = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
        Ok(Self { urls, secret: Some(secret) })
    }

    /// What one participant is given at an entry; empty when this installation has none.
    pub fn servers(&self, peer: &str, now: Time) -> Vec<IceServer> {
        let Some(secret) = &self.secret else { return vec![] };
        let username = format!("{}:{peer}", (now + WORTH).as_second());
        let credential = STANDARD.encode(hmac::sign(secret, username.as_bytes()));
        vec![IceServer { urls: self.urls.clone(), username, credential }]
    }
}

/// The same for clients of the standard kind, which read it from headers (RFC 9725, 4.6).
pub fn link(server: &IceServer) -> impl Iterator<Item = String> {
    let quoted = |text: &str| text.replace(['\\', '"'], "");
    let (user, credential) = (quoted(&server.username), quoted(&server.credential));
    server.urls.iter().map(move |url| {
        let address = url.replace(['<', '>'], "");
        format!(
            "<{address}>; rel=\"ice-server\"; username=\"{user}\"; credential=\"{credential}\"; credential-type=\"password\""
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_those_that_coturn_expects() {
        let secret = Some(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"north"));
        let turn = Turn { urls: vec!["turn:127.0.0.1:3478?transport=tcp".to_owned()], secret };
        let servers = turn.servers("anna~1", Time::from_second(1_000_000 - 12 * 3600).unwrap());
        // printf 1000000:anna~1 | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(
            (&*servers[0].username, &*servers[0].credential),
            ("1000000:anna~1", "imLBKsX2aCp+2QUsGD4FD4q19D4=")
        );
        let link: Vec<_> = link(&servers[0]).collect();
        assert_eq!(link.len(), 1);
        assert!(
            link[0].starts_with("<turn:127.0.0.1:3478?transport=tcp>; rel=\"ice-server\"; username=\"1000000:anna~1\"")
        );
        assert_eq!(Turn::default().servers("anna", Time::UNIX_EPOCH), []);
    }

    #[test]
    fn a_secret_that_is_none_stops_the_start() {
        let mut settings = Settings::default();
        assert!(Turn::read(&settings).is_ok());
        settings.media.turn_urls = "turn:a".to_owned();
        settings.media.turn_secret_file = "/nowhere".to_owned();
        assert!(Turn::read(&settings).is_err());
        let file = tempfile::NamedTempFile::new().unwrap();
        settings.media.turn_secret_file = file.path().to_string_lossy().into_owned();
        assert!(Turn::read(&settings).is_err(), "empty");
        std::fs::write(file.path(), "north\n").unwrap();
        assert!(Turn::read(&settings).is_ok());
    }
}
