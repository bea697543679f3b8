//! Where each frame lies in the file, so that a frame is a read of a range, or of a few, and nothing is parsed again.

use super::{DicomError, Source, source};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Fragments of one instance.
const FRAGMENTS_MAX: usize = 200_000;
/// A basic offset table of as many frames.
const TABLE_MAX: u32 = 4 * FRAGMENTS_MAX as u32;

/// The frames of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frames {
    /// There are none, or we cannot tell them apart.
    None,
    /// One after another, as many bytes each.
    Native {
        /// Where the first begins.
        offset: u64,
        /// Bytes of one.
        len: u64,
        /// How many.
        count: u32,
        /// Two-byte samples have their high byte first.
        swapped: bool,
    },
    /// As `Native`, in the data set that comes out of the deflated one.
    Deflated {
        /// Where the deflated bytes begin in the file.
        from: u64,
        /// Where the first frame begins once inflated.
        offset: u64,
        /// Bytes of one.
        len: u64,
        /// How many.
        count: u32,
    },
    /// Compressed: start and length of each fragment, frame by frame.
    Encapsulated(Vec<Vec<(u64, u32)>>),
}

impl Frames {
    /// How many frames can be read.
    pub fn count(&self) -> u32 {
        match self {
            Self::None => 0,
            Self::Native { count, .. } | Self::Deflated { count, .. } => *count,
            Self::Encapsulated(frames) => u32::try_from(frames.len()).unwrap_or(u32::MAX),
        }
    }

    /// The ranges of the file that make up frame `number`, counted from 1. None for a deflated data set too.
    pub fn ranges(&self, number: u32) -> Option<Vec<Range<u64>>> {
        let index = number.checked_sub(1)?;
        match self {
            Self::Native { offset, len, count, .. } if index < *count => {
                let start = offset.checked_add(len.checked_mul(u64::from(index))?)?;
                Some(std::iter::once(start..start.checked_add(*len)?).collect())
            }
            Self::Encapsulated(frames) => Some(
                frames
                    .get(index as usize)?
                    .iter()
                    .map(|(start, len)| *start..start.saturating_add(u64::from(*len)))
                    .collect(),
            ),
            _ => None,
        }
    }
}

struct Fragment {
    /// Where its item begins, from the first fragment's item: what the offset tables count.
    from_first: u64,
    at: u64,
    len: u32,
}

/// Walks the fragments of encapsulated pixel data whose value begins at `at`. `extended` is the extended offset table.
pub(super) fn encapsulated(
    source: &(impl Source + ?Sized),
    at: u64,
    count: u32,
    extended: &[u64],
) -> Result<Frames, DicomError> {
    let (table, mut at) = offset_table(source, at)?;
    let first = at;
    let mut fragments: Vec<Fragment> = Vec::new();
    while let Some((tag, len)) = item(source, at)? {
        if tag != [0xFE, 0xFF, 0x00, 0xE0] {
            break;
        }
        let there = source.len().saturating_sub(at + 8);
        if u64::from(len) > there {
            return Err(cut(at + 8, u64::from(len), there));
        }
        if fragments.len() == FRAGMENTS_MAX {
            return Err(DicomError::TooLarge { what: "number of fragments", limit: FRAGMENTS_MAX as u64 });
        }
        fragments.push(Fragment { from_first: at - first, at: at + 8, len });
        at += 8 + u64::from(len);
    }
    if fragments.is_empty() {
        return Ok(Frames::None);
    }
    let starts = frame_starts(source, &fragments, count, &table, extended)?;
    let Some(starts) = starts else { return Ok(Frames::None) };
    let ends = starts.iter().skip(1).copied().chain([fragments.len()]);
    let ranges = |from: usize, to: usize| fragments[from..to].iter().map(|f| (f.at, f.len)).collect();
    Ok(Frames::Encapsulated(starts.iter().zip(ends).map(|(from, to)| ranges(*from, to)).collect()))
}

/// The fragment each frame begins with: by the tables, else one fragment a frame, else where a picture begins.
fn frame_starts(
    source: &(impl Source + ?Sized),
    fragments: &[Fragment],
    count: u32,
    table: &[u64],
    extended: &[u64],
) -> Result<Option<Vec<usize>>, DicomError> {
    let count = count as usize;
    if count == 1 {
        return Ok(Some(vec![0]));
    }
    for offsets in [table, extended] {
        let found: Option<Vec<usize>> =
            offsets.iter().map(|o| fragments.binary_search_by_key(o, |f| f.from_first).ok()).collect();
        if offsets.len() == count
            && let Some(starts) = found.filter(|s| s.is_sorted_by(|a, b| a < b))
        {
            return Ok(Some(starts));
        }
    }
    if fragments.len() == count {
        return Ok(Some((0..count).collect()));
    }
    let mut starts = Vec::new();
    for (index, fragment) in fragments.iter().enumerate().filter(|(_, f)| f.len >= 4) {
        let head = source::read(source, fragment.at, 4)?;
        if matches!(head.as_slice(), [0xFF, 0xD8, 0xFF, _] | [0xFF, 0x4F, 0xFF, 0x51]) {
            starts.push(index);
        }
    }
    Ok((starts.len() == count && starts.first() == Some(&0)).then_some(starts))
}

/// The basic offset table (it may be empty) and where it ends.
fn offset_table(source: &(impl Source + ?Sized), at: u64) -> Result<(Vec<u64>, u64), DicomError> {
    let Some((_, len)) = item(source, at)? else { return Err(cut(at, 8, source.len().saturating_sub(at))) };
    if len > TABLE_MAX {
        return Err(DicomError::TooLarge { what: "offset table", limit: u64::from(TABLE_MAX) });
    }
    let there = source.len().saturating_sub(at + 8);
    if u64::from(len) > there {
        return Err(cut(at + 8, u64::from(len), there));
    }
    let bytes = source::read(source, at + 8, len as usize)?;
    let offsets = bytes.chunks_exact(4).map(|c| u64::from(u32::from_le_bytes([c[0], c[1], c[2], c[3]]))).collect();
    Ok((offsets, at + 8 + u64::from(len)))
}

/// The header of an item; none at the end of the file.
fn item(source: &(impl Source + ?Sized), at: u64) -> Result<Option<([u8; 4], u32)>, DicomError> {
    if source.len().saturating_sub(at) < 8 {
        return Ok(None);
    }
    let head = source::read(source, at, 8)?;
    Ok(Some(([head[0], head[1], head[2], head[3]], u32::from_le_bytes([head[4], head[5], head[6], head[7]]))))
}

fn cut(at: u64, wanted: u64, there: u64) -> DicomError {
    DicomError::Truncated { within: "(7FE0,0010)".to_owned(), at, wanted, there }
}
