//! The certificate of a hospital's gateway. Its key is made at the hospital and never leaves it: what comes here is a request
//! for a certificate (PKCS #10), signed by that key.

use super::{Pki, PkiError, authority, authority::Purpose};
use jiff::SignedDuration;
use kernel::{Id, Time};
use rcgen::{CertificateSigningRequestParams, DistinguishedName, DnType, KeyUsagePurpose, PublicKeyData};

/// A gateway renews its certificate by itself; one that was switched off for longer joins anew.
const DAYS: i32 = 90;
/// A request of ours has 300 to 400 bytes; this is ample.
const REQUEST_MAX: usize = 4096;
/// A point of P-256, not compressed (SEC 1, 2.3.3).
const POINT: usize = 65;

/// Whose gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayOf {
    /// The gateway's own id.
    pub gateway: Id,
    /// The hospital it stands at.
    pub hospital: Id,
}

/// A gateway's key, as its request for a certificate shows it.
#[derive(Debug)]
pub struct GatewayRequest(CertificateSigningRequestParams);

/// The certificate of a gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayCertificate {
    /// The gateway's certificate and the authority's that signed it, PEM; the root follows from what the gateway knows.
    pub chain_pem: String,
    /// Until when it is good.
    pub until: Time,
}

impl GatewayRequest {
    /// Reads a PKCS #10 request in PEM and checks that the key in it signed it. None for anything but P-256.
    pub fn read(pem: &str) -> Option<Self> {
        if pem.len() > REQUEST_MAX {
            return None;
        }
        let request = CertificateSigningRequestParams::from_pem(pem).ok()?;
        let key = request.public_key.der_bytes();
        let is_p256 = request.public_key.algorithm() == &rcgen::PKCS_ECDSA_P256_SHA256 && key.len() == POINT;
        is_p256.then_some(Self(request))
    }

    /// The public key, a point of P-256 that is not compressed.
    pub fn key(&self) -> &[u8] {
        self.0.public_key.der_bytes()
    }
}

impl Pki {
    /// Certifies a gateway's key for 90 days. Of the request the key alone counts: what a stranger wrote in it is not signed.
    pub fn gateway_certificate(
        &self,
        of: &GatewayOf,
        request: &GatewayRequest,
        now: Time,
    ) -> Result<GatewayCertificate, PkiError> {
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, of.hospital.to_string());
        name.push(DnType::CommonName, of.gateway.to_string());
        let mut params = authority::params(name, now, SignedDuration::from_mins(5), DAYS);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![Purpose::Gateways.usage()];
        let certificate = self.gateways.issue(&params, &request.0.public_key)?;
        Ok(GatewayCertificate {
            chain_pem: format!("{}{}", certificate.pem(), self.gateways.certificate_pem()),
            until: now + authority::DAY * DAYS,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};

    #[test]
    fn the_key_alone_is_taken_from_a_request_and_no_other_kind_of_key() {
        let dir = tempfile::tempdir().unwrap();
        let now = "2026-11-21T04:00:00Z".parse().unwrap();
        let pki = Pki::open(dir.path(), now).unwrap();
        let key = KeyPair::generate().unwrap();
        let pem = CertificateParams::new(vec!["evil.example".into()])
            .unwrap()
            .serialize_request(&key)
            .unwrap()
            .pem()
            .unwrap();
        let request = GatewayRequest::read(&pem).unwrap();
        assert_eq!(request.key(), key.der_bytes());
        let of = GatewayOf { gateway: Id::new("g").unwrap(), hospital: Id::new("guangshan").unwrap() };
        let made = pki.gateway_certificate(&of, &request, now).unwrap();
        assert_eq!(made.chain_pem.matches("BEGIN CERTIFICATE").count(), 2);
        assert_eq!(made.until, "2027-02-19T04:00:00Z".parse().unwrap());

        let other = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let other = CertificateParams::default().serialize_request(&other).unwrap().pem().unwrap();
        assert!(GatewayRequest::read(&other).is_none());
        assert!(GatewayRequest::read(&pem.replace('A', "B")).is_none(), "what the key did not sign");
        assert!(GatewayRequest::read(&format!("{pem}{}", " ".repeat(REQUEST_MAX))).is_none());
        assert!(GatewayRequest::read("").is_none());
    }
}
