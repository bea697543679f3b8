//! Is the authority that of the invitation, and did it certify our key?

use super::Trouble;
use kernel::Time;
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::CertifiedKey;
use std::sync::Arc;
use std::time::Duration;

/// Whether `chain_pem` was issued by the root for clients, is good at `now`, and is of this key.
pub fn check(root_pem: &str, chain_pem: &str, key_pem: &str, now: Time) -> Result<(), Trouble> {
    let wrong = |_| Trouble::Certificate;
    let root = CertificateDer::from_pem_slice(root_pem.as_bytes()).map_err(wrong)?;
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(chain_pem.as_bytes()).collect::<Result<_, _>>().map_err(wrong)?;
    let (leaf, above) = chain.split_first().ok_or(Trouble::Certificate)?;
    let mut roots = RootCertStore::empty();
    roots.add(root).map_err(|_| Trouble::Certificate)?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
    let verifier = verifier.map_err(|_| Trouble::Certificate)?;
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    verifier.verify_client_cert(leaf, above, at).map_err(|_| Trouble::Certificate)?;
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(wrong)?;
    let key = aws_lc_rs::sign::any_supported_type(&key).map_err(|_| Trouble::Certificate)?;
    CertifiedKey::new(chain, key).keys_match().map_err(|_| Trouble::Certificate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Id;
    use platform::pki::{GatewayOf, GatewayRequest, Pki};
    use rcgen::{CertificateParams, KeyPair};

    #[test]
    fn another_root_another_key_another_time_and_a_servers_certificate_are_refused() {
        let (dir, strange) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let now: Time = "2026-11-21T04:00:00Z".parse().unwrap();
        let (pki, stranger) = (Pki::open(dir.path(), now).unwrap(), Pki::open(strange.path(), now).unwrap());
        let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let request = CertificateParams::default().serialize_request(&key).unwrap().pem().unwrap();
        let request = GatewayRequest::read(&request).unwrap();
        let of = GatewayOf { gateway: Id::new("g").unwrap(), hospital: Id::new("h").unwrap() };
        let made = pki.gateway_certificate(&of, &request, now).unwrap();
        let is = |root: &str, chain: &str, key: &KeyPair, now| check(root, chain, &key.serialize_pem(), now).is_ok();
        assert!(is(pki.root_pem(), &made.chain_pem, &key, now));
        assert!(is(pki.root_pem(), &made.chain_pem, &key, made.until));
        assert!(!is(stranger.root_pem(), &made.chain_pem, &key, now));
        assert!(!is(pki.root_pem(), &made.chain_pem, &other, now));
        assert!(!is(pki.root_pem(), &made.chain_pem, &key, made.until + jiff::SignedDuration::from_secs(2)));
        assert!(!is(pki.root_pem(), "", &key, now));
        let server = pki.server_certificate(&["localhost".into()], now).unwrap();
        assert!(check(pki.root_pem(), &server.chain_pem, &server.key_pem, now).is_err(), "not for clients");
    }
}
