//! A DICOM file of the probe's own making: a secondary capture of chance, of nobody. Explicit VR little endian (PS3.5, 7.1.2).

use kernel::{Ids, RandomIds};

/// Rows and columns: 256 KiB of pixels.
const SIDE: u16 = 512;
const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";
const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";

/// The file.
pub fn file() -> Vec<u8> {
    // PS3.5, B.2: a UID of a UUID as one decimal number; 96 bits of chance keep it below 39 digits.
    let mut chance = [0; 16];
    RandomIds.fill(&mut chance[4..]);
    let uid = |last: u8| format!("2.25.{}", u128::from_be_bytes(chance).wrapping_add(u128::from(last)));
    let mut pixels = vec![0; usize::from(SIDE) * usize::from(SIDE)];
    RandomIds.fill(&mut pixels);
    let instance = uid(1);
    let mut meta = vec![];
    element(&mut meta, (2, 1), b"OB", &[0, 1]);
    text(&mut meta, (2, 2), b"UI", SECONDARY_CAPTURE);
    text(&mut meta, (2, 3), b"UI", &instance);
    text(&mut meta, (2, 0x10), b"UI", EXPLICIT_LITTLE);
    text(&mut meta, (2, 0x12), b"UI", &uid(4));
    let mut out = vec![0; 128];
    out.extend_from_slice(b"DICM");
    let length = u32::try_from(meta.len()).unwrap_or(u32::MAX);
    element(&mut out, (2, 0), b"UL", &length.to_le_bytes());
    out.extend_from_slice(&meta);
    text(&mut out, (8, 0x16), b"UI", SECONDARY_CAPTURE);
    text(&mut out, (8, 0x18), b"UI", &instance);
    text(&mut out, (8, 0x60), b"CS", "OT");
    text(&mut out, (8, 0x64), b"CS", "SYN");
    text(&mut out, (0x10, 0x10), b"PN", "PROBE^NOBODY");
    text(&mut out, (0x10, 0x20), b"LO", "PROBE");
    text(&mut out, (0x20, 0x0d), b"UI", &uid(2));
    text(&mut out, (0x20, 0x0e), b"UI", &uid(3));
    let number = |out: &mut Vec<u8>, tag, value: u16| element(out, tag, b"US", &value.to_le_bytes());
    number(&mut out, (0x28, 2), 1);
    text(&mut out, (0x28, 4), b"CS", "MONOCHROME2");
    number(&mut out, (0x28, 0x10), SIDE);
    number(&mut out, (0x28, 0x11), SIDE);
    number(&mut out, (0x28, 0x100), 8);
    number(&mut out, (0x28, 0x101), 8);
    number(&mut out, (0x28, 0x102), 7);
    number(&mut out, (0x28, 0x103), 0);
    element(&mut out, (0x7fe0, 0x10), b"OB", &pixels);
    out
}

fn element(out: &mut Vec<u8>, (group, number): (u16, u16), vr: &[u8; 2], value: &[u8]) {
    out.extend_from_slice(&group.to_le_bytes());
    out.extend_from_slice(&number.to_le_bytes());
    out.extend_from_slice(vr);
    if vr == b"OB" {
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
    } else {
        out.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_le_bytes());
    }
    out.extend_from_slice(value);
}

/// Of even length: UIDs are padded with a zero, other texts with a space (PS3.5, 6.2).
fn text(out: &mut Vec<u8>, tag: (u16, u16), vr: &[u8; 2], value: &str) {
    let mut value = value.as_bytes().to_vec();
    if value.len() % 2 == 1 {
        value.push(if vr == b"UI" { 0 } else { b' ' });
    }
    element(out, tag, vr, &value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_nobody_and_never_the_same_twice() {
        let (one, two) = (file(), file());
        assert_eq!(&one[128..132], b"DICM");
        assert!(one.len() > 262_144 && one.len() < 264_000 && one.len() % 2 == 0);
        assert_ne!(one, two);
    }
}
