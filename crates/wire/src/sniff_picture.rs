//! How large a picture says it is, before anybody gives it the memory: a small file may declare billions of pixels.

use crate::Kind;
use std::io::{Read, Seek, SeekFrom};

/// Segments looked at before the one that says the size: more is no picture that a camera or a scanner made.
const SEGMENTS_MAX: usize = 2_000;

/// Width and height as a JPEG or PNG declares them; none when it declares none.
pub fn picture_size(kind: Kind, source: &mut (impl Read + Seek)) -> Option<(u32, u32)> {
    match kind {
        Kind::Png => png(source),
        Kind::Jpeg => jpeg(source),
        _ => None,
    }
    .filter(|(width, height)| *width > 0 && *height > 0)
}

fn png(source: &mut impl Read) -> Option<(u32, u32)> {
    let mut head = [0; 24];
    source.read_exact(&mut head).ok()?;
    let number = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    (&head[12..16] == b"IHDR").then(|| (number(16), number(20)))
}

/// Walks the segments to the one that begins a frame (ITU-T T.81, B.1.1.3).
fn jpeg(source: &mut (impl Read + Seek)) -> Option<(u32, u32)> {
    let mut two = [0; 2];
    source.read_exact(&mut two).ok()?;
    for _ in 0..SEGMENTS_MAX {
        let mut byte = [0];
        source.read_exact(&mut byte).ok()?;
        if byte != [0xFF] {
            return None;
        }
        // Any number of fill bytes may stand before a marker.
        while byte == [0xFF] {
            source.read_exact(&mut byte).ok()?;
        }
        let [marker] = byte;
        match marker {
            0x01 | 0xD0..=0xD8 => continue,
            0xD9 | 0xDA | 0x00 => return None,
            _ => {}
        }
        source.read_exact(&mut two).ok()?;
        let length = u16::from_be_bytes(two);
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            let mut frame = [0; 5];
            source.read_exact(&mut frame).ok()?;
            let number = |at: usize| u32::from(u16::from_be_bytes([frame[at], frame[at + 1]]));
            return Some((number(3), number(1)));
        }
        source.seek(SeekFrom::Current(i64::from(length.checked_sub(2)?))).ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    fn jpeg_of(width: u16, height: u16, before: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        bytes.extend(before);
        bytes.extend([0xFF, 0xFF, 0xC2, 0, 17, 8]);
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes
    }

    #[test]
    fn sizes_as_declared() {
        let of = |kind, bytes: Vec<u8>| picture_size(kind, &mut Cursor::new(bytes));
        assert_eq!(of(Kind::Png, png_of(100_000, 70_000)), Some((100_000, 70_000)));
        let mut exif = vec![0xFF, 0xE1, 0x01, 0x00];
        exif.extend([0xC0; 254]);
        assert_eq!(of(Kind::Jpeg, jpeg_of(65_500, 4, &exif)), Some((65_500, 4)));
        assert_eq!(of(Kind::Jpeg, jpeg_of(12, 0, &exif)), None, "a height of none is no height");
        assert_eq!(of(Kind::Png, png_of(0, 5)), None);
        assert_eq!(of(Kind::Pdf, png_of(1, 1)), None);
    }

    #[test]
    fn broken_ones_have_none() {
        let whole = jpeg_of(10, 10, &[0xFF, 0xE0, 0, 4, 1, 2]);
        for cut in 0..whole.len() {
            assert_eq!(picture_size(Kind::Jpeg, &mut Cursor::new(&whole[..cut])), None, "{cut}");
        }
        for before in [&[0xFF, 0xE0, 0, 1][..], &[0x00, 0x11], &[0xFF, 0xDA, 0, 2]] {
            assert_eq!(picture_size(Kind::Jpeg, &mut Cursor::new(jpeg_of(10, 10, before))), None, "{before:?}");
        }
        let endless = [0xFF, 0xE0, 0, 2].repeat(SEGMENTS_MAX + 5);
        assert_eq!(picture_size(Kind::Jpeg, &mut Cursor::new(jpeg_of(10, 10, &endless))), None);
    }
}
