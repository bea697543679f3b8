//! One media packet as the core sees it, and the little of the VP8 descriptor (RFC 7741) it needs.

use std::sync::Arc;

#[derive(Debug, Clone)]
pub struct Packet {
    /// Extended sequence number of the source: it never wraps.
    pub seq: u64,
    pub time: u32,
    pub marker: bool,
    /// Loudness in dB below full scale (0 loudest, -127 silence), audio only.
    pub level: Option<i8>,
    pub vp8: Option<Vp8>,
    pub payload: Arc<[u8]>,
}

impl Packet {
    /// The only kind of packet at which a receiver may begin to see a layer.
    pub fn starts_key_frame(&self) -> bool {
        self.vp8.is_some_and(|v| v.starts_key_frame)
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
        let bytes = [0x90, 0xf0, 0x80, 1, 2, 3, 0];
        for cut in 0..bytes.len() {
            assert_eq!(Vp8::read(&bytes[..cut]), None, "cut at {cut}");
        }
    }
}
