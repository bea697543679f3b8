//! A key that certifies others, in one file with its certificate.

use super::{PkiError, file};
use jiff::SignedDuration;
use kernel::{Ids, RandomIds, Time};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PublicKeyData, SerialNumber,
};
use std::fmt;
use std::path::Path;
use std::time::Duration;

/// Of a certificate's life.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Certificates of signatures are valid from so long before they are made: what a demonstration tells of the days before
/// the first start verifies at the time it tells of.
pub const BEFORE: SignedDuration = SignedDuration::from_hours(24 * 31);
/// Records are kept for 15 years; what vouches for them lives longer.
const ROOT_DAYS: i32 = 40 * 366;
const BELOW_DAYS: i32 = 25 * 366;
/// RFC 9336: documents, and nothing else.
const DOCUMENT_SIGNING: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 3, 36];

/// What an authority below the root may certify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Persons and seals.
    Signatures,
    /// Servers.
    Tls,
    /// Hospitals' gateways.
    Gateways,
}

impl Purpose {
    pub(super) fn usage(self) -> ExtendedKeyUsagePurpose {
        match self {
            Self::Signatures => ExtendedKeyUsagePurpose::Other(DOCUMENT_SIGNING.to_vec()),
            Self::Tls => ExtendedKeyUsagePurpose::ServerAuth,
            Self::Gateways => ExtendedKeyUsagePurpose::ClientAuth,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Signatures => "signatures",
            Self::Tls => "TLS",
            Self::Gateways => "gateways",
        }
    }
}

/// A key that certifies, with its certificate.
pub struct Authority {
    certificate_pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority(***)")
    }
}

impl Authority {
    /// The root kept at `path`, made when it is not there.
    pub fn root(path: &Path, now: Time) -> Result<Self, PkiError> {
        if let Some(text) = file::read(path)? {
            return Self::from_text(path, &text);
        }
        let key = KeyPair::generate()?;
        let mut tag = [0; 4];
        RandomIds.fill(&mut tag);
        // The tag tells the roots of two installations apart in a browser's list.
        let params = authority_params(&format!("Consilium installation {} root", hex::encode(tag)), 1, now, ROOT_DAYS);
        let certificate = params.self_signed(&key)?;
        Self::keep(path, &certificate, &key)
    }

    /// An authority that this one vouches for, kept at `path`, made when it is not there.
    pub fn below(&self, path: &Path, purpose: Purpose, now: Time) -> Result<Self, PkiError> {
        if let Some(text) = file::read(path)? {
            return Self::from_text(path, &text);
        }
        let key = KeyPair::generate()?;
        let mut params = authority_params(&format!("Consilium {}", purpose.name()), 0, now, BELOW_DAYS);
        params.extended_key_usages = vec![purpose.usage()];
        let certificate = self.issue(&params, &key)?;
        Self::keep(path, &certificate, &key)
    }

    /// The authority's own certificate.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// Certifies `key` with `params`.
    pub fn issue(&self, params: &CertificateParams, key: &impl PublicKeyData) -> Result<Certificate, PkiError> {
        Ok(params.signed_by(key, &self.issuer)?)
    }

    fn keep(path: &Path, certificate: &Certificate, key: &KeyPair) -> Result<Self, PkiError> {
        let text = together(&key.serialize_pem(), &certificate.pem());
        file::write(path, &text)?;
        Self::from_text(path, &text)
    }

    fn from_text(path: &Path, text: &str) -> Result<Self, PkiError> {
        let damaged = || PkiError::Damaged { path: path.to_owned() };
        let (key, certificate) = apart(text).ok_or_else(damaged)?;
        let key = KeyPair::from_pem(key).map_err(|_| damaged())?;
        let issuer = Issuer::from_ca_cert_pem(certificate, key).map_err(|_| damaged())?;
        Ok(Self { certificate_pem: certificate.to_owned(), issuer })
    }
}

/// One file holds both, so that a crash never parts them.
pub fn together(key_pem: &str, certificate_pem: &str) -> String {
    format!("{key_pem}{certificate_pem}")
}

/// Takes [`together`] apart: key, certificate.
pub fn apart(text: &str) -> Option<(&str, &str)> {
    let at = text.find("-----BEGIN CERTIFICATE-----")?;
    Some(text.split_at(at))
}

/// What every certificate of ours has; valid from a little before `now`, because clocks differ.
pub fn params(name: DistinguishedName, now: Time, before: SignedDuration, days: i32) -> CertificateParams {
    let instant =
        |at: Time| rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0));
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    params.not_before = instant(now - before);
    params.not_after = instant(now + DAY * days);
    params.serial_number = Some(serial());
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority_params(name: &str, below: u8, now: Time, days: i32) -> CertificateParams {
    let mut dn = DistinguishedName::new();
    dn.push(DnType::OrganizationName, "Consilium");
    dn.push(DnType::CommonName, name);
    let mut params = params(dn, now, BEFORE, days);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// 127 bits of chance, positive (RFC 5280, 4.1.2.2).
fn serial() -> SerialNumber {
    let mut bytes = [0; 16];
    RandomIds.fill(&mut bytes);
    bytes[0] = (bytes[0] & 0x7f) | 0x01;
    SerialNumber::from_slice(&bytes)
}
