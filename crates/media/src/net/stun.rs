//! The little of STUN that is needed to find the connection a packet belongs to.

/// The part of a binding request's USERNAME that is ours: with it the one connection is found, instead of asking all.
/// Bytes come from outsiders: everything is checked, nothing panics.
pub(super) fn ufrag(packet: &[u8]) -> Option<&str> {
    let header = packet.first_chunk::<20>()?;
    if header[0] != 0 || header[1] != 1 || header[4..8] != [0x21, 0x12, 0xa4, 0x42] {
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

#[cfg(test)]
mod tests {
    use super::ufrag;

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
