//! Files that were changed at random: a description or an error, never a panic, never a buffer without a bound.

use proptest::prelude::*;
use wire::dicom::{describe, syntax};

fn element(out: &mut Vec<u8>, group: u16, element: u16, vr: &[u8; 2], value: &[u8]) {
    out.extend_from_slice(&group.to_le_bytes());
    out.extend_from_slice(&element.to_le_bytes());
    out.extend_from_slice(vr);
    let len = value.len() + value.len() % 2;
    if matches!(vr, b"OB" | b"OW" | b"SQ" | b"UN") {
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&(len as u32).to_le_bytes());
    } else {
        out.extend_from_slice(&(len as u16).to_le_bytes());
    }
    out.extend_from_slice(value);
    out.resize(out.len() + value.len() % 2, if vr == b"UI" { 0 } else { b' ' });
}

/// A small CT in explicit little endian: native, or two encapsulated frames behind an offset table.
fn ct(encapsulated: bool) -> Vec<u8> {
    let mut file = vec![0; 128];
    file.extend_from_slice(b"DICM");
    let uid = if encapsulated { "1.2.840.10008.1.2.4.90" } else { syntax::EXPLICIT_LE };
    element(&mut file, 2, 0x10, b"UI", uid.as_bytes());
    element(&mut file, 8, 5, b"CS", b"GB18030");
    element(&mut file, 8, 0x16, b"UI", b"1.2.840.10008.5.1.4.1.1.2");
    element(&mut file, 8, 0x18, b"UI", b"1.2.3.4");
    element(&mut file, 8, 0x60, b"CS", b"CT");
    let mut item = vec![0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF];
    element(&mut item, 8, 0x100, b"SH", b"code");
    item.extend_from_slice(&[0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0]);
    element(&mut file, 8, 0x1032, b"SQ", &item);
    element(&mut file, 0x10, 0x10, b"PN", b"Wang^XiaoDong=\xCD\xF5^\xD0\xA1\xB6\xAB");
    element(&mut file, 0x20, 0x0D, b"UI", b"1.2.3");
    element(&mut file, 0x20, 0x0E, b"UI", b"1.2.3.1");
    element(&mut file, 0x28, 8, b"IS", if encapsulated { b"2" } else { b"1" });
    for (tag, value) in [(2, 1_u16), (0x10, 4), (0x11, 4), (0x100, 16), (0x101, 12), (0x103, 0)] {
        element(&mut file, 0x28, tag, b"US", &value.to_le_bytes());
    }
    if encapsulated {
        file.extend_from_slice(&[0xE0, 0x7F, 0x10, 0x00, b'O', b'B', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
        for fragment in [&[0, 0, 0, 0, 12, 0, 0, 0][..], &[1, 2, 3, 4], &[5, 6]] {
            file.extend_from_slice(&[0xFE, 0xFF, 0x00, 0xE0]);
            file.extend_from_slice(&(fragment.len() as u32).to_le_bytes());
            file.extend_from_slice(fragment);
        }
        file.extend_from_slice(&[0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);
    } else {
        element(&mut file, 0x7FE0, 0x10, b"OW", &[7; 32]);
    }
    file
}

#[test]
fn a_transfer_syntax_is_a_uid() {
    let mut file = ct(false);
    let at = file.windows(19).position(|w| w == syntax::EXPLICIT_LE.as_bytes()).unwrap();
    file[at..at + 19].copy_from_slice(b"1.2.840.10008\r\nX: y");
    assert!(describe(&file).is_err(), "it would stand as a line of its own in the head of each part");
}

#[test]
fn the_unchanged_file_is_described() {
    let native = describe(&ct(false)).unwrap();
    assert_eq!(native.patient.name.reveal().display(), "王小东");
    assert_eq!((native.image.rows, native.frames.count(), native.not_shown), (4, 1, None));
    let file = ct(true);
    let encapsulated = describe(&file).unwrap();
    let bytes = |n| {
        let ranges = encapsulated.frames.ranges(n).unwrap();
        ranges.into_iter().flat_map(|r| file[r.start as usize..r.end as usize].to_vec()).collect::<Vec<_>>()
    };
    assert_eq!((bytes(1), bytes(2), encapsulated.frames.ranges(3)), (vec![1, 2, 3, 4], vec![5, 6], None));
}

#[test]
fn every_cut_is_named_or_harmless() {
    for encapsulated in [false, true] {
        let file = ct(encapsulated);
        let whole = describe(&file).unwrap();
        for len in 0..file.len() - if encapsulated { 8 } else { 0 } {
            match describe(&file[..len]) {
                Err(error) => assert!(!error.code().is_empty()),
                // Cut between elements: fewer frames are never told as if they were all there.
                Ok(cut) => assert!(cut.not_shown.is_some() && cut.frames.count() < whole.frames.count(), "{len}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn mutated_files_never_panic(
        encapsulated: bool,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        cutting: bool,
    ) {
        let mut file = ct(encapsulated);
        for (index, byte) in changes {
            let at = 128 + index.index(file.len() - 128);
            file[at] = byte;
        }
        if cutting {
            file.truncate(cut.index(file.len()));
        }
        if let Ok(described) = describe(&file) {
            for number in 1..=described.frames.count().min(4) {
                if let Some(ranges) = described.frames.ranges(number) {
                    prop_assert!(ranges.iter().all(|r| r.start <= r.end && r.end <= file.len() as u64));
                }
            }
        }
    }

    #[test]
    fn noise_never_panics(noise in prop::collection::vec(any::<u8>(), 0..600), dressed: bool) {
        let mut file = if dressed { ct(false)[..132].to_vec() } else { vec![] };
        file.extend_from_slice(&noise);
        let _ = describe(&file);
        let _ = wire::sniff(&file);
        let _ = wire::archive::Archive::open(std::io::Cursor::new(file), wire::archive::Limits::default());
    }
}
