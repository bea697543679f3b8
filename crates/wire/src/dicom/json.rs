//! DICOM JSON (PS3.18, annex F), as viewers want it: numbers as numbers, text as UTF-8, nothing large inside.

use super::dataset::{DataSet, Element, Value};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::tags;
use serde_json::{Map, Number, Value as Json, json};

/// Binary values longer than this leave the metadata.
const INLINE_MAX: usize = 1024;
/// But for tables that belong to the pixels: 65,536 entries of 16 bits.
const TABLE_MAX: usize = 131_072;

/// The object of a data set. What is binary and large is left out, the pixel data too: frames have their own address.
pub(super) fn object(set: &DataSet<'_>, top: bool) -> Map<String, Json> {
    let signed = set.int(tags::PIXEL_REPRESENTATION) == Some(1);
    let mut object = Map::new();
    if top || set.get(tags::SPECIFIC_CHARACTER_SET).is_some() {
        // What was GB18030 is UTF-8 here, and says so.
        object.insert("00080005".to_owned(), json!({"vr": "CS", "Value": ["ISO_IR 192"]}));
    }
    for element in set.elements.iter().filter(|e| e.tag != tags::SPECIFIC_CHARACTER_SET) {
        if let Some(json) = attribute(element, set, signed) {
            object.insert(name(element.tag), json);
        }
    }
    object
}

/// Some of a data set's attributes, for an answer to a query.
pub(super) fn some(set: &DataSet<'_>, wanted: &[Tag]) -> Map<String, Json> {
    let found = |tag: &Tag| set.get(*tag).and_then(|e| Some((name(*tag), attribute(e, set, false)?)));
    wanted.iter().filter_map(found).collect()
}

/// `GGGGEEEE`.
pub(super) fn name(tag: Tag) -> String {
    format!("{:04X}{:04X}", tag.group(), tag.element())
}

fn attribute(element: &Element<'_>, set: &DataSet<'_>, signed: bool) -> Option<Json> {
    let mut vr = element.vr;
    let mut json = Map::new();
    let values = match &element.value {
        Value::Items(items) => items.iter().map(|item| Json::Object(object(item, false))).collect(),
        Value::Bytes { bytes, big_endian } => {
            if vr == VR::US && signed && follows_pixels(element.tag) {
                vr = VR::SS;
            }
            if let Some(values) = binary_numbers(vr, bytes, *big_endian) {
                values
            } else if is_bytes(vr) {
                let most = if is_table(element.tag) { TABLE_MAX } else { INLINE_MAX };
                if bytes.len() > most {
                    return None;
                }
                if !bytes.is_empty() {
                    // Words are little endian here, whatever they are in the file (PS3.18, F.2.7).
                    let swapped = || bytes.chunks(2).flat_map(|pair| pair.iter().rev()).copied().collect::<Vec<u8>>();
                    let text =
                        if *big_endian && vr == VR::OW { STANDARD.encode(swapped()) } else { STANDARD.encode(bytes) };
                    json.insert("InlineBinary".to_owned(), text.into());
                }
                vec![]
            } else {
                strings(vr, &set.charset.decode(bytes, vr == VR::PN))
            }
        }
    };
    if values.iter().any(|v| !v.is_null()) {
        json.insert("Value".to_owned(), Json::Array(values));
    }
    json.insert("vr".to_owned(), vr.to_string().into());
    Some(Json::Object(json))
}

/// Tables without which pixels cannot be shown: the palettes' colours, and what a LUT sequence holds.
fn is_table(tag: Tag) -> bool {
    matches!(
        tag,
        tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA
            | tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA
            | tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA
            | tags::LUT_DATA
    )
}

/// Attributes that are signed when the pixels are.
fn follows_pixels(tag: Tag) -> bool {
    matches!(
        tag,
        tags::SMALLEST_IMAGE_PIXEL_VALUE
            | tags::LARGEST_IMAGE_PIXEL_VALUE
            | tags::SMALLEST_PIXEL_VALUE_IN_SERIES
            | tags::LARGEST_PIXEL_VALUE_IN_SERIES
            | tags::PIXEL_PADDING_VALUE
            | tags::PIXEL_PADDING_RANGE_LIMIT
    )
}

fn is_bytes(vr: VR) -> bool {
    matches!(vr, VR::OB | VR::OD | VR::OF | VR::OL | VR::OV | VR::OW | VR::UN)
}

fn binary_numbers(vr: VR, bytes: &[u8], big: bool) -> Option<Vec<Json>> {
    let ordered = |chunk: &[u8]| -> u64 {
        let fold = |n: u64, b: &u8| n << 8 | u64::from(*b);
        if big { chunk.iter().fold(0, fold) } else { chunk.iter().rev().fold(0, fold) }
    };
    let each =
        |size: usize, read: &dyn Fn(u64) -> Json| Some(bytes.chunks_exact(size).map(|c| read(ordered(c))).collect());
    match vr {
        VR::US => each(2, &|n| n.into()),
        VR::SS => each(2, &|n| i64::from(n as u16 as i16).into()),
        VR::UL => each(4, &|n| n.into()),
        VR::SL => each(4, &|n| i64::from(n as u32 as i32).into()),
        VR::UV => each(8, &|n| n.into()),
        VR::SV => each(8, &|n| (n as i64).into()),
        VR::FL => each(4, &|n| single(f32::from_bits(n as u32))),
        VR::FD => each(8, &|n| double(f64::from_bits(n))),
        VR::AT => Some(
            bytes.chunks_exact(4).map(|c| format!("{:04X}{:04X}", ordered(&c[..2]), ordered(&c[2..])).into()).collect(),
        ),
        _ => None,
    }
}

/// The shortest decimal that is this single again: 0.1, not 0.10000000149011612.
fn single(value: f32) -> Json {
    value.to_string().parse::<f64>().map_or(Json::Null, double)
}

fn double(value: f64) -> Json {
    Number::from_f64(value).map_or_else(|| special(value).into(), Json::Number)
}

/// What JSON has no number for (PS3.18, F.2.3).
fn special(value: f64) -> &'static str {
    match value {
        v if v.is_nan() => "NaN",
        v if v > 0.0 => "inf",
        _ => "-inf",
    }
}

fn strings(vr: VR, text: &str) -> Vec<Json> {
    match vr {
        VR::LT | VR::ST | VR::UT | VR::UR => {
            let text = text.trim_end_matches(['\0', ' ']);
            vec![if text.is_empty() { Json::Null } else { text.into() }]
        }
        _ => text
            .split('\\')
            .map(|value| {
                let value = value.trim_matches(['\0', ' ']);
                match vr {
                    _ if value.is_empty() => Json::Null,
                    VR::PN => person(value),
                    VR::IS => value.trim_start_matches('+').parse::<i64>().map_or_else(|_| decimal(value), Json::from),
                    VR::DS => decimal(value),
                    _ => value.into(),
                }
            })
            .collect(),
    }
}

/// A decimal string as a number; what is none stays text.
fn decimal(value: &str) -> Json {
    value.parse::<f64>().ok().and_then(Number::from_f64).map_or_else(|| value.into(), Json::Number)
}

/// The groups of a name that are not empty.
fn person(value: &str) -> Json {
    let mut groups = Map::new();
    for (key, group) in ["Alphabetic", "Ideographic", "Phonetic"].into_iter().zip(value.splitn(3, '=')) {
        let group = group.trim_end_matches(['^', ' ']);
        if !group.is_empty() {
            groups.insert(key.to_owned(), group.into());
        }
    }
    Json::Object(groups)
}
