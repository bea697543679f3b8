//! How people are reached outside: mail and short messages.

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
