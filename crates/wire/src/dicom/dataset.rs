//! The elements of a data set, in place: nothing is copied, nothing is trusted.

use super::{DicomError, charset::Charset, syntax::Encoding};
use dicom_core::{
    Tag, VR,
    dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr},
};
use dicom_dictionary_std::{StandardDataDictionary, tags};

/// Nesting past this is an attack or a defect, not a medical image.
const DEPTH_MAX: usize = 32;
/// Elements of one instance, nested ones included. An enhanced CT of 2,000 frames has some 200,000.
const ELEMENTS_MAX: usize = 2_000_000;
/// Undefined length.
const OPEN: u32 = u32::MAX;

const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// One element.
#[derive(Debug, Clone)]
pub(super) struct Element<'a> {
    pub tag: Tag,
    pub vr: VR,
    pub value: Value<'a>,
}

/// What an element holds.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    /// Bytes, with their order.
    Bytes { bytes: &'a [u8], big_endian: bool },
    /// The items of a sequence.
    Items(Vec<DataSet<'a>>),
}

/// Elements of one level, in file order.
#[derive(Debug, Clone, Default)]
pub(super) struct DataSet<'a> {
    pub elements: Vec<Element<'a>>,
    pub charset: Charset,
}

/// Where the pixel data begins: its element's value, and the length its header gives (none: encapsulated).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PixelsAt {
    pub tag: Tag,
    pub vr: VR,
    pub offset: usize,
    pub len: Option<u32>,
}

/// The top level up to the pixel data, if there is any.
#[derive(Debug)]
pub(super) struct Parsed<'a> {
    pub set: DataSet<'a>,
    pub pixels: Option<PixelsAt>,
}

/// Why parsing stopped early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The buffer ends inside `within`, whose bytes begin at `at`.
    Short { within: Tag, at: usize, wanted: usize },
    /// The bytes cannot be a data set.
    Bad(DicomError),
}

impl From<DicomError> for Stop {
    fn from(error: DicomError) -> Self {
        Self::Bad(error)
    }
}

fn bad(at: usize, why: &'static str) -> Stop {
    Stop::Bad(DicomError::Malformed { at: at as u64, why })
}

/// Parses `data` from `start` on, stopping at the pixel data.
pub(super) fn parse(data: &[u8], start: usize, encoding: Encoding) -> Result<Parsed<'_>, Stop> {
    let mut walk = Walk { data, at: start, elements: 0 };
    let mut set = DataSet::default();
    let mut last = Tag(0, 0);
    while walk.at < data.len() {
        if data[walk.at..].iter().all(|b| *b == 0) {
            break; // padding up to a block of a tape or a disc
        }
        let header = walk.header(encoding, last)?;
        last = header.tag;
        if header.tag >= Tag(0x7FE0, 0x0008) && header.tag <= tags::PIXEL_DATA {
            let len = (header.len != OPEN).then_some(header.len);
            let vr = if header.vr == VR::UN { VR::OW } else { header.vr };
            return Ok(Parsed { set, pixels: Some(PixelsAt { tag: header.tag, vr, offset: walk.at, len }) });
        }
        walk.element(header, encoding, 0, &mut set)?;
    }
    Ok(Parsed { set, pixels: None })
}

#[derive(Clone, Copy)]
struct Header {
    tag: Tag,
    vr: VR,
    len: u32,
}

struct Walk<'a> {
    data: &'a [u8],
    at: usize,
    elements: usize,
}

impl<'a> Walk<'a> {
    fn take(&mut self, len: usize, within: Tag) -> Result<&'a [u8], Stop> {
        let short = Stop::Short { within, at: self.at, wanted: len };
        let end = self.at.checked_add(len).ok_or(bad(self.at, "a length leads past every file"))?;
        let bytes = self.data.get(self.at..end).ok_or(short)?;
        self.at = end;
        Ok(bytes)
    }

    fn header(&mut self, encoding: Encoding, last: Tag) -> Result<Header, Stop> {
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(DicomError::TooLarge { what: "number of elements", limit: ELEMENTS_MAX as u64 }.into());
        }
        let head = self.take(8, last)?;
        let half = |i: usize| two(&head[i..], encoding.big_endian);
        let tag = Tag(half(0), half(2));
        let implicit_len = four(&head[4..], encoding.big_endian);
        if tag.group() == 0xFFFE {
            return Ok(Header { tag, vr: VR::UN, len: implicit_len });
        }
        let letters = [head[4], head[5]];
        if !encoding.explicit || !letters.iter().all(u8::is_ascii_uppercase) {
            // Some writers slip an implicit element into an explicit data set.
            return Ok(Header { tag, vr: implied(tag), len: implicit_len });
        }
        let vr = VR::from_binary(letters).unwrap_or(VR::UN);
        let long = matches!(
            vr,
            VR::OB
                | VR::OD
                | VR::OF
                | VR::OL
                | VR::OV
                | VR::OW
                | VR::SQ
                | VR::SV
                | VR::UC
                | VR::UN
                | VR::UR
                | VR::UT
                | VR::UV
        );
        let len = if long { four(self.take(4, tag)?, encoding.big_endian) } else { u32::from(half(6)) };
        Ok(Header { tag, vr, len })
    }

    fn element(&mut self, header: Header, encoding: Encoding, depth: usize, set: &mut DataSet<'a>) -> Result<(), Stop> {
        let Header { tag, mut vr, len } = header;
        // A UN holds implicit little endian, whatever surrounds it (PS3.5, 6.2.2).
        let unknown = vr == VR::UN && encoding.explicit;
        let inner = if unknown { Encoding { explicit: false, big_endian: false } } else { encoding };
        if unknown {
            vr = implied(tag);
        }
        let value = if vr == VR::SQ || len == OPEN {
            vr = VR::SQ;
            Value::Items(self.items(tag, len, inner, depth + 1, &set.charset)?)
        } else {
            Value::Bytes { bytes: self.take(len as usize, tag)?, big_endian: inner.big_endian }
        };
        if tag == tags::SPECIFIC_CHARACTER_SET
            && let Value::Bytes { bytes, .. } = value
        {
            set.charset = Charset::of(&String::from_utf8_lossy(bytes));
        }
        if tag.element() != 0 {
            set.elements.push(Element { tag, vr, value });
        }
        Ok(())
    }

    fn items(
        &mut self,
        of: Tag,
        len: u32,
        encoding: Encoding,
        depth: usize,
        charset: &Charset,
    ) -> Result<Vec<DataSet<'a>>, Stop> {
        if depth > DEPTH_MAX {
            return Err(DicomError::TooLarge { what: "nesting", limit: DEPTH_MAX as u64 }.into());
        }
        let end = self.end_of(of, len)?;
        let mut items = Vec::new();
        while end.is_none_or(|end| self.at < end) {
            let start = self.at;
            let header = self.header(encoding, of)?;
            match header.tag {
                SEQUENCE_END if end.is_none() => return Ok(items),
                ITEM => items.push(self.item(of, header.len, encoding, depth, charset)?),
                _ => return Err(bad(start, "a sequence holds something that is no item")),
            }
        }
        if end.is_some_and(|end| self.at > end) {
            Err(bad(self.at, "an item leads past its sequence"))
        } else {
            Ok(items)
        }
    }

    fn item(
        &mut self,
        of: Tag,
        len: u32,
        encoding: Encoding,
        depth: usize,
        charset: &Charset,
    ) -> Result<DataSet<'a>, Stop> {
        let end = self.end_of(of, len)?;
        let mut set = DataSet { elements: Vec::new(), charset: charset.clone() };
        let mut last = of;
        while end.is_none_or(|end| self.at < end) {
            let header = self.header(encoding, last)?;
            last = header.tag;
            match header.tag {
                ITEM_END if end.is_none() => return Ok(set),
                ITEM_END | SEQUENCE_END | ITEM => {
                    return Err(bad(self.at, "a delimiter stands where an element should"));
                }
                _ => self.element(header, encoding, depth, &mut set)?,
            }
        }
        if end.is_some_and(|end| self.at > end) { Err(bad(self.at, "an element leads past its item")) } else { Ok(set) }
    }

    /// Where a thing of this length ends; none when a delimiter will say so.
    fn end_of(&self, of: Tag, len: u32) -> Result<Option<usize>, Stop> {
        if len == OPEN {
            return Ok(None);
        }
        let end = self.at.checked_add(len as usize).ok_or(bad(self.at, "a length leads past every file"))?;
        if end > self.data.len() {
            Err(Stop::Short { within: of, at: self.at, wanted: len as usize })
        } else {
            Ok(Some(end))
        }
    }
}

fn two(bytes: &[u8], big_endian: bool) -> u16 {
    let pair = [bytes[0], bytes[1]];
    if big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
}

fn four(bytes: &[u8], big_endian: bool) -> u32 {
    let quad = [bytes[0], bytes[1], bytes[2], bytes[3]];
    if big_endian { u32::from_be_bytes(quad) } else { u32::from_le_bytes(quad) }
}

fn tag_is_private(tag: Tag) -> bool {
    tag.group() % 2 == 1
}

/// The representation of an element that does not say its own.
fn implied(tag: Tag) -> VR {
    if tag_is_private(tag) {
        return if (0x10..=0xFF).contains(&tag.element()) { VR::LO } else { VR::UN };
    }
    match StandardDataDictionary.by_tag(tag).map(|entry| entry.vr()) {
        Some(VirtualVr::Exact(vr)) => vr,
        Some(VirtualVr::Xs) => VR::US,
        Some(VirtualVr::Ox | VirtualVr::Px | VirtualVr::Lt) => VR::OW,
        Some(_) | None => VR::UN,
    }
}

impl<'a> DataSet<'a> {
    /// The first element with this tag.
    pub fn get(&self, tag: Tag) -> Option<&Element<'a>> {
        self.elements.iter().find(|e| e.tag == tag)
    }

    /// The items of a sequence; none when absent.
    pub fn items(&self, tag: Tag) -> &[DataSet<'a>] {
        match self.get(tag) {
            Some(Element { value: Value::Items(items), .. }) => items,
            _ => &[],
        }
    }

    /// The raw bytes.
    pub fn bytes(&self, tag: Tag) -> Option<(&'a [u8], bool)> {
        match self.get(tag)?.value {
            Value::Bytes { bytes, big_endian } => Some((bytes, big_endian)),
            Value::Items(_) => None,
        }
    }

    /// The text with its backslashes, without padding; none when empty.
    pub fn text(&self, tag: Tag) -> Option<String> {
        let (bytes, _) = self.bytes(tag)?;
        let text = self.charset.decode(bytes, self.get(tag)?.vr == VR::PN);
        let text = text.trim_matches(['\0', ' ']);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The first value as a whole number: binary or written out.
    pub fn int(&self, tag: Tag) -> Option<i64> {
        let (bytes, big) = self.bytes(tag)?;
        match self.get(tag)?.vr {
            VR::US | VR::OW if bytes.len() >= 2 => Some(i64::from(two(bytes, big))),
            VR::SS if bytes.len() >= 2 => Some(i64::from(two(bytes, big) as i16)),
            VR::UL if bytes.len() >= 4 => Some(i64::from(four(bytes, big))),
            VR::SL if bytes.len() >= 4 => Some(i64::from(four(bytes, big) as i32)),
            _ => {
                let text = self.text(tag)?;
                let first = text.split('\\').next()?.trim();
                first.parse().ok().or_else(|| first.parse::<f64>().ok().filter(|f| f.is_finite()).map(|f| f as i64))
            }
        }
    }

    /// All values as decimals; empty when one of them is none.
    pub fn decimals(&self, tag: Tag) -> Vec<f64> {
        let Some(element) = self.get(tag) else { return vec![] };
        match (element.vr, &element.value) {
            (VR::FD, Value::Bytes { bytes, big_endian }) => bytes
                .chunks_exact(8)
                .map(|c| {
                    let mut eight = [0; 8];
                    eight.copy_from_slice(c);
                    if *big_endian { f64::from_be_bytes(eight) } else { f64::from_le_bytes(eight) }
                })
                .collect(),
            (VR::FL, Value::Bytes { bytes, big_endian }) => {
                bytes.chunks_exact(4).map(|c| f64::from(f32::from_bits(four(c, *big_endian)))).collect()
            }
            _ => {
                let Some(text) = self.text(tag) else { return vec![] };
                let values: Option<Vec<f64>> =
                    text.split('\\').map(|v| v.trim().parse().ok().filter(|f: &f64| f.is_finite())).collect();
                values.unwrap_or_default()
            }
        }
    }
}
