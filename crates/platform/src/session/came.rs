//! From where a request came: the address, past the proxies that the machine's settings trust, and the browser.

use crate::Shared;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::{HeaderMap, header, request::Parts};
use ipnet::IpNet;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A browser's name for itself is kept so long.
const DEVICE_MAX: usize = 300;
/// So many hops of a forwarded address are looked at; nobody stands behind more proxies.
const HOPS_MAX: usize = 16;

/// From where a request came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    /// The address of the browser, or of the last proxy that is not trusted; `none` outside a connection.
    pub address: String,
    /// What the browser says it is.
    pub device: String,
}

impl Came {
    /// Who counts as one visitor: an address, of IPv6 the network of one line (RFC 6177).
    pub fn network(&self) -> String {
        let six = self.address.parse::<Ipv6Addr>().ok();
        six.map_or_else(
            || self.address.clone(),
            |six| Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX)).to_string(),
        )
    }
}

impl FromRequestParts<Shared> for Came {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, platform: &Shared) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let trusted = platform.settings.http.trusted();
        let address =
            peer.map_or_else(|| "none".to_owned(), |peer| address(peer, &parts.headers, &trusted).to_string());
        let device = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        Ok(Self { address, device: device.chars().filter(|c| !c.is_control()).take(DEVICE_MAX).collect() })
    }
}

/// Who is at the other end: the peer, or, while whoever hands on is trusted, the one it names. What stands further left in
/// the header may have been written by anybody and is not looked at.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
    let named: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut at = peer.to_canonical();
    for hop in named.iter().rev().take(HOPS_MAX) {
        if !is_trusted(&at) {
            break;
        }
        let Some(before) = parse(hop) else { break };
        at = before;
    }
    at
}

/// An address as proxies write it, perhaps with a port.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|t| t.split(']').next()).unwrap_or(text);
    let ip: Option<IpAddr> = bare.parse().ok();
    ip.or_else(|| text.parse::<SocketAddr>().ok().map(|at| at.ip())).map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_those_trusted_are_believed() {
        let cases: &[(&str, &[&str], &[&str], &str)] = &[
            ("203.0.113.9", &["198.51.100.1"], &[], "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"], "203.0.113.9"),
            ("10.0.0.2", &["198.51.100.1"], &["10.0.0.0/8"], "198.51.100.1"),
            ("::ffff:10.0.0.2", &["198.51.100.1"], &["10.0.0.0/8"], "198.51.100.1"),
            ("10.0.0.2", &["6.6.6.6, 198.51.100.1, 10.0.0.3"], &["10.0.0.0/8"], "198.51.100.1"),
            ("10.0.0.2", &["6.6.6.6", "198.51.100.1:4711"], &["10.0.0.0/8"], "198.51.100.1"),
            ("10.0.0.2", &["[2001:db8::7]:443"], &["10.0.0.0/8"], "2001:db8::7"),
            ("10.0.0.2", &["not an address"], &["10.0.0.0/8"], "10.0.0.2"),
            ("10.0.0.2", &[], &["10.0.0.0/8"], "10.0.0.2"),
            ("2001:db8::1", &["192.0.2.1"], &["2001:db8::/64"], "192.0.2.1"),
        ];
        for (peer, lines, trusted, expected) in cases {
            let mut headers = HeaderMap::new();
            for line in *lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let trusted: Vec<IpNet> = trusted.iter().map(|t| t.parse().unwrap()).collect();
            let found = address(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found.to_string(), *expected, "{peer} {lines:?} {trusted:?}");
        }
    }

    #[test]
    fn a_long_chain_of_hops_is_cut() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", vec!["10.1.1.1"; 5000].join(",").parse().unwrap());
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        assert_eq!(address("10.0.0.2".parse().unwrap(), &headers, &trusted).to_string(), "10.1.1.1");
    }

    #[test]
    fn a_visitor_is_an_address_or_the_network_of_a_line() {
        for (address, expected) in [
            ("10.1.2.3", "10.1.2.3"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
            ("none", "none"),
        ] {
            let came = Came { address: address.to_owned(), device: String::new() };
            assert_eq!(came.network(), expected);
        }
    }
}
