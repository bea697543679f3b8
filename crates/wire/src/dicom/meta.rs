//! The head of a file: preamble, file meta group, and what to assume where they are missing.

use super::syntax;
use dicom_core::VR;

/// What stands before the data set.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meta {
    /// Where the data set begins.
    pub data_set: usize,
    /// Empty when the file does not say.
    pub syntax: String,
    /// Media Storage SOP Class UID.
    pub class: String,
}

/// Whether `DICM` stands behind a preamble.
pub fn has_preamble(head: &[u8]) -> bool {
    head.get(128..132) == Some(b"DICM")
}

/// Whether the bytes look like a data set or a file meta group without its preamble, as some old archives export them.
pub fn looks_headless(head: &[u8]) -> bool {
    let Some(first) = head.get(..8) else { return false };
    let explicit = VR::from_binary([first[4], first[5]]).is_some();
    let short = u32::from_le_bytes([first[4], first[5], first[6], first[7]]) <= 1024;
    match (first[0], first[1], first[2], first[3]) {
        (0x02, 0, 0..=0x02, 0) => explicit,
        (0x08, 0, 0..=0x18, 0) => explicit || short,
        (0, 0x08, 0, 0..=0x18) => explicit,
        _ => false,
    }
}

/// Reads what stands before the data set; none when it is cut short.
pub(super) fn read(head: &[u8]) -> Option<Meta> {
    let mut meta = Meta { data_set: if has_preamble(head) { 132 } else { 0 }, ..Meta::default() };
    while let Some(h) = head.get(meta.data_set..meta.data_set + 8) {
        if h[..2] != [2, 0] {
            break;
        }
        let (start, len) = match &h[4..6] {
            b"OB" | b"UN" | b"OW" | b"UT" => {
                let len = head.get(meta.data_set + 8..meta.data_set + 12)?;
                (meta.data_set + 12, u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize)
            }
            _ => (meta.data_set + 8, usize::from(u16::from_le_bytes([h[6], h[7]]))),
        };
        let value = head.get(start..start.checked_add(len)?)?;
        let text = || String::from_utf8_lossy(value).trim_matches(['\0', ' ']).to_owned();
        match u16::from_le_bytes([h[2], h[3]]) {
            0x0002 => meta.class = text(),
            0x0010 => meta.syntax = text(),
            _ => {}
        }
        meta.data_set = start + len;
    }
    let data = head.get(meta.data_set..).unwrap_or_default();
    let explicit = data.get(4..6).is_some_and(|v| VR::from_binary([v[0], v[1]]).is_some());
    if meta.syntax.is_empty() || meta.syntax == syntax::IMPLICIT_LE && explicit {
        let big = data.first() == Some(&0) && data.get(1).is_some_and(|b| *b != 0);
        let guess = match (explicit, big) {
            (true, true) => syntax::EXPLICIT_BE,
            (true, false) => syntax::EXPLICIT_LE,
            (false, _) => syntax::IMPLICIT_LE,
        };
        meta.syntax = guess.to_owned();
    }
    Some(meta)
}
