//! One media packet as the core sees it, and the little of VP8's descriptor (RFC 7741) and of H.264's payload (RFC 6184)
//! it needs.

use std::sync::Arc;

/// How something is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    Opus,
    Vp8,
    H264,
}

#[derive(Debug, Clone)]
pub struct Packet {
    pub codec: Codec,
    /// Extended sequence number of the source: it never wraps.
    pub seq: u64,
    pub time: u32,
    pub marker: bool,
    /// Loudness in dB below full scale (0 loudest, -127 silence), audio only.
    pub level: Option<i8>,
    pub vp8: Option<Vp8>,
    /// A decoder may begin here.
    pub starts_key_frame: bool,
    pub payload: Arc<[u8]>,
}

impl Packet {
    /// A packet as it came: what the payload says of itself is read here.
    pub fn read(codec: Codec, seq: u64, time: u32, marker: bool, level: Option<i8>, payload: Arc<[u8]>) -> Self {
        let vp8 = if codec == Codec::Vp8 { Vp8::read(&payload) } else { None };
        let starts_key_frame = match codec {
            Codec::Opus => false,
            Codec::Vp8 => vp8.is_some_and(|v| v.starts_key_frame),
            Codec::H264 => starts_h264_key_frame(&payload),
        };
        Self { codec, seq, time, marker, level, vp8, starts_key_frame, payload }
    }
}

/// The parameter sets open a key frame: without them a decoder that has just come cannot begin. Browsers and terminals
/// send them before each key frame, alone or aggregated with what follows.
fn starts_h264_key_frame(payload: &[u8]) -> bool {
    const PARAMETERS: u8 = 7;
    const AGGREGATE: u8 = 24;
    let kind = |byte: &u8| byte & 0x1f;
    match payload.first().map(kind) {
        Some(PARAMETERS) => true,
        Some(AGGREGATE) => {
            let mut rest = &payload[1..];
            while let Some((length, unit)) = rest.split_first_chunk::<2>() {
                if unit.first().map(kind) == Some(PARAMETERS) {
                    return true;
                }
                rest = unit.get(usize::from(u16::from_be_bytes(*length))..).unwrap_or_default();
            }
            false
        }
        _ => false,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vp8 {
    pub starts_key_frame: bool,
    pub picture_id: Option<u16>,
    /// 15-bit picture id; otherwise 7 bits.
    pub long_id: bool,
    pub tl0: Option<u8>,
}

impl Vp8 {
    /// Bytes come from outsiders: everything is checked, nothing panics.
    pub fn read(payload: &[u8]) -> Option<Vp8> {
        let first = *payload.first()?;
        let mut at = 1;
        let mut next = || {
            at += 1;
            payload.get(at - 1).copied()
        };
        let (mut picture_id, mut long_id, mut tl0) = (None, false, None);
        if first & 0x80 != 0 {
            let has = next()?;
            if has & 0x80 != 0 {
                let high = next()?;
                long_id = high & 0x80 != 0;
                let high = u16::from(high & 0x7f);
                picture_id = Some(if long_id { high << 8 | u16::from(next()?) } else { high });
            }
            if has & 0x40 != 0 {
                tl0 = Some(next()?);
            }
            if has & 0x30 != 0 {
                next()?;
            }
        }
        let starts_frame = first & 0x17 == 0x10; // S=1 and partition 0
        // Inverse key-frame flag of the frame header (RFC 6386, 9.1).
        let starts_key_frame = starts_frame && next()? & 1 == 0;
        Some(Vp8 { starts_key_frame, picture_id, long_id, tl0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_descriptor_is_read_and_garbage_refused() {
        let long = Vp8::read(&[0x90, 0xc0, 0x92, 0x34, 7, 0x00]).unwrap();
        assert_eq!(long, Vp8 { starts_key_frame: true, picture_id: Some(0x1234), long_id: true, tl0: Some(7) });
        assert!(!Vp8::read(&[0x10, 0x01]).unwrap().starts_key_frame, "delta frame");
        assert!(!Vp8::read(&[0x00, 0x00]).unwrap().starts_key_frame, "middle of a frame");
        let packet = Packet::read(Codec::Vp8, 1, 2, true, None, [0x10, 0x00].into());
        assert!(packet.starts_key_frame);
        let bytes = [0x90, 0xf0, 0x80, 1, 2, 3, 0];
        for cut in 0..bytes.len() {
            assert_eq!(Vp8::read(&bytes[..cut]), None, "cut at {cut}");
        }
    }

    #[test]
    fn a_key_frame_of_h264_opens_with_its_parameters() {
        for (payload, expected) in [
            (&[0x67, 0x42, 0xe0][..], true),
            (&[0x68, 1], false),
            (&[0x65, 1], false),
            (&[0x41, 1], false),
            (&[0x78, 0, 2, 0x67, 1, 0, 1, 0x68], true),
            (&[0x78, 0, 1, 0x09, 0, 2, 0x67, 1], true),
            (&[0x78, 0, 2, 0x68, 1], false),
            (&[0x78, 0xff, 0xff, 0x68], false),
            (&[0x78, 0], false),
            (&[], false),
        ] {
            assert_eq!(starts_h264_key_frame(payload), expected, "{payload:02x?}");
        }
    }
}
