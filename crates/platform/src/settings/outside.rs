//! How people are reached outside: mail and short messages.

use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};

/// Mail to people: that something waits for them, never what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The mail server's name; empty: no mail is sent.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the line is kept secret.
    pub tls: MailTls,
    /// From whom, for example `Consilium <consilium@hospital.example>`.
    pub from: String,
    /// The name to sign in with; empty: none.
    pub user: String,
    /// A file with the password.
    pub password_file: String,
    /// Mail goes out when something stays unread for so long.
    pub after_minutes: u32,
}

/// Short messages to people: that something waits for them or that an emergency calls, never what. They are handed to the hospital's
/// own gateway; every provider speaks differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    /// Where a message is posted; empty: none is sent.
    pub url: String,
    /// A file with what stands in the header `Authorization`; empty: no header.
    pub authorization_file: String,
    /// A message goes out when something stays unread for so long. A call goes out at once.
    pub after_minutes: u32,
}

impl Sms {
    /// Whether messages are sent.
    pub fn is_on(&self) -> bool {
        !self.url.is_empty()
    }

    /// What stands in the header `Authorization`; read each time, so that a new one needs no restart.
    pub fn authorization(&self) -> std::io::Result<Option<HeaderValue>> {
        if self.authorization_file.is_empty() {
            return Ok(None);
        }
        let named = |why: String| std::io::Error::other(format!("sms.authorization_file: {why}"));
        let text = std::fs::read_to_string(&self.authorization_file).map_err(|e| named(e.to_string()))?;
        let mut value = HeaderValue::from_str(text.trim()).map_err(|_| named("it holds no header".to_owned()))?;
        value.set_sensitive(true);
        if value.is_empty() { Err(named("it is empty".to_owned())) } else { Ok(Some(value)) }
    }

    /// Whether what is sent is sent to somebody in secret.
    pub(super) fn is_sound(&self) -> bool {
        let Ok(url) = self.url.parse::<reqwest::Url>() else { return false };
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let local = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        url.scheme() == "https" || (url.scheme() == "http" && local)
    }
}

impl Default for Sms {
    fn default() -> Self {
        Self { url: String::new(), authorization_file: String::new(), after_minutes: 5 }
    }
}

/// How the line to the mail server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailTls {
    /// It must be, from a plain beginning.
    Starttls,
    /// From the first byte.
    Tls,
    /// It is not; for a server on this machine.
    None,
}

impl Mail {
    /// Whether mail is sent.
    pub fn is_on(&self) -> bool {
        !self.server.is_empty()
    }

    /// The password; read each time, so that a new one needs no restart.
    pub fn password(&self) -> std::io::Result<Option<String>> {
        if self.password_file.is_empty() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&self.password_file);
        let text = text.map_err(|e| std::io::Error::other(format!("mail.password_file: {e}")))?;
        Ok(Some(text.trim_end().to_owned()))
    }

    pub(super) fn is_local(&self) -> bool {
        self.server == "localhost" || self.server.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            server: String::new(),
            port: 587,
            tls: MailTls::Starttls,
            from: String::new(),
            user: String::new(),
            password_file: String::new(),
            after_minutes: 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_the_gateway_is_read_or_said_to_be_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authorization");
        let sms = Sms { authorization_file: file.to_string_lossy().into_owned(), ..Sms::default() };
        let said = |sms: &Sms| sms.authorization().unwrap_err().to_string();
        assert!(Sms::default().authorization().unwrap().is_none());
        assert!(said(&sms).starts_with("sms.authorization_file"));
        for (text, why) in [(" \n", "empty"), ("two\nlines", "no header")] {
            std::fs::write(&file, text).unwrap();
            assert!(said(&sms).contains(why), "{text}");
        }
        std::fs::write(&file, "Bearer abc\n").unwrap();
        let value = sms.authorization().unwrap().unwrap();
        assert_eq!((value.to_str().unwrap(), value.is_sensitive()), ("Bearer abc", true));
        let mail = Mail { password_file: sms.authorization_file.clone(), ..Mail::default() };
        assert_eq!(mail.password().unwrap().as_deref(), Some("Bearer abc"));
    }
}
