//! The little of STUN that is needed to find the connection a packet belongs to, and to tell whoever asks that UDP arrives.

use std::net::{IpAddr, SocketAddr};

const MAGIC: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// The part of a binding request's USERNAME that is ours: with it the one connection is found, instead of asking all.
/// Bytes come from outsiders: everything is checked, nothing panics.
pub(super) fn ufrag(packet: &[u8]) -> Option<&str> {
    let header = packet.first_chunk::<20>()?;
    if header[0] != 0 || header[1] != 1 || header[4..8] != MAGIC {
        return None;
    }
    let mut rest = &packet[20..];
    while let Some(head) = rest.first_chunk::<4>() {
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if kind == 0x0006 {
            return std::str::from_utf8(rest.get(4..4 + length)?).ok()?.split(':').next();
        }
        rest = rest.get(4 + length.next_multiple_of(4)..)?;
    }
    None
}

/// The answer to a binding request without any attribute: from where it came (RFC 8489, 14.2). It is of nobody's connection and
/// leaves no trace. 20 bytes come and 32 go back (44 over IPv6): nobody gains by asking in another's name.
pub(super) fn answer(packet: &[u8], from: SocketAddr) -> Option<Vec<u8>> {
    if packet.len() != 20 || packet[..4] != [0, 1, 0, 0] || packet[4..8] != MAGIC {
        return None;
    }
    let (family, address) = match from.ip().to_canonical() {
        IpAddr::V4(ip) => (1, ip.octets().to_vec()),
        IpAddr::V6(ip) => (2, ip.octets().to_vec()),
    };
    let length = u8::try_from(4 + address.len()).ok()?;
    let mut out = vec![1, 1, 0, 4 + length];
    out.extend_from_slice(&packet[4..]);
    out.extend_from_slice(&[0, 0x20, 0, length, 0, family]);
    // Address and port are mixed with the cookie and the transaction's id.
    let mixed = |bytes: &[u8]| bytes.iter().zip(&packet[4..]).map(|(b, with)| b ^ with).collect::<Vec<u8>>();
    out.extend(mixed(&from.port().to_be_bytes()));
    out.extend(mixed(&address));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{answer, ufrag};

    #[test]
    fn who_asks_from_where_they_come_is_told() {
        // RFC 5769, 2.2: the address 192.0.2.1:32853 under this transaction's id.
        let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        request.extend([0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae]);
        let told = answer(&request, "192.0.2.1:32853".parse().unwrap()).unwrap();
        assert_eq!(told[..4], [1, 1, 0, 12]);
        assert_eq!(told[4..20], request[4..]);
        assert_eq!(told[20..], [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
        assert_eq!(answer(&request, "[::ffff:192.0.2.1]:32853".parse().unwrap()).unwrap(), told);
        // 2.3: 2001:db8:1234:5678:11:2233:4455:6677.
        let told = answer(&request, "[2001:db8:1234:5678:11:2233:4455:6677]:32853".parse().unwrap()).unwrap();
        assert_eq!(told[20..28], [0, 0x20, 0, 20, 0, 2, 0xa1, 0x47]);
        assert_eq!(
            told[28..],
            [0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9]
        );
        let from = "192.0.2.1:1".parse().unwrap();
        for bad in [&request[..19], &[&request[..], &[0]].concat(), &told] {
            assert_eq!(answer(bad, from), None);
        }
    }

    #[test]
    fn the_name_is_found_and_garbage_is_not() {
        let mut packet = vec![0, 1, 0, 20, 0x21, 0x12, 0xa4, 0x42];
        packet.extend([0; 12]);
        packet.extend([0x80, 0x22, 0, 3, b'a', b'b', b'c', 0]);
        packet.extend([0, 6, 0, 9]);
        packet.extend(b"ours:them");
        assert_eq!(ufrag(&packet), Some("ours"));
        for cut in 0..packet.len() {
            assert_eq!(ufrag(&packet[..cut]), None, "cut at {cut}");
        }
        packet[1] = 0x11;
        assert_eq!(ufrag(&packet), None, "not a request");
    }
}
