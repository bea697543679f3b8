//! The certificate of the server itself, off loopback: cameras need a secure context.

use super::{Pki, PkiError, authority, authority::Purpose};
use jiff::SignedDuration;
use kernel::Time;
use rcgen::{DistinguishedName, DnType, KeyPair, KeyUsagePurpose, SanType};
use std::net::IpAddr;

/// Browsers refuse more than 398 days.
const DAYS: i32 = 397;

/// A server's key and the certificates up to, not including, the root.
#[derive(Clone)]
pub struct ServerCertificate {
    /// The server's certificate and the TLS authority's, PEM.
    pub chain_pem: String,
    /// The key, PKCS #8 PEM. Not kept: each start makes a new one.
    pub key_pem: String,
}

impl std::fmt::Debug for ServerCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerCertificate(***)")
    }
}

impl Pki {
    /// A certificate for a server reached by `names` (DNS names and addresses), good for 397 days.
    pub fn server_certificate(&self, names: &[String], now: Time) -> Result<ServerCertificate, PkiError> {
        let key = KeyPair::generate()?;
        let mut dn = DistinguishedName::new();
        dn.push(DnType::OrganizationName, "Consilium");
        if let Some(first) = names.first() {
            dn.push(DnType::CommonName, first.chars().take(64).collect::<String>());
        }
        let mut params = authority::params(dn, now, SignedDuration::from_mins(5), DAYS);
        for name in names {
            params.subject_alt_names.push(match name.parse::<IpAddr>() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName(name.as_str().try_into()?),
            });
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![Purpose::Tls.usage()];
        let certificate = self.tls.issue(&params, &key)?;
        Ok(ServerCertificate {
            chain_pem: format!("{}{}", certificate.pem(), self.tls.certificate_pem()),
            key_pem: key.serialize_pem(),
        })
    }
}
