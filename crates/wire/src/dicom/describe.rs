//! From a source of bytes to a [`Description`].

use super::{
    Description, DicomError, Frames, Image, NotShown, PersonName, Plane, Series, Source, Study, Subject,
    dataset::{self, DataSet, Parsed, PixelsAt, Stop},
    frames, json, meta, source,
    syntax::{self, Codec},
};
use dicom_core::{Tag, VR};
use dicom_dictionary_std::{tags, uids};
use kernel::Phi;
use serde_json::json;
use std::io::Read as _;

/// The header is read in steps that double from here.
const FIRST_STEP: u64 = 128 << 10;
/// A header larger than this is refused. That of an enhanced CT of 2,000 frames takes some 10 MB.
const HEADER_MAX: u64 = 64 << 20;
/// A deflated data set may come out so large.
const INFLATED_MAX: u64 = 256 << 20;

const STUDY_TAGS: &[Tag] = &[
    tags::STUDY_DATE,
    tags::STUDY_TIME,
    tags::ACCESSION_NUMBER,
    tags::REFERRING_PHYSICIAN_NAME,
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::STUDY_INSTANCE_UID,
    tags::STUDY_ID,
    tags::STUDY_DESCRIPTION,
];
const SERIES_TAGS: &[Tag] = &[
    tags::MODALITY,
    tags::SERIES_DESCRIPTION,
    tags::SERIES_INSTANCE_UID,
    tags::SERIES_NUMBER,
    tags::SERIES_DATE,
    tags::SERIES_TIME,
    tags::BODY_PART_EXAMINED,
];
const INSTANCE_TAGS: &[Tag] = &[
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::INSTANCE_NUMBER,
    tags::NUMBER_OF_FRAMES,
    tags::ROWS,
    tags::COLUMNS,
    tags::BITS_ALLOCATED,
];

/// Describes the instance in `source`. Reads its header and the heads of its fragments, not its pixels.
pub fn describe(source: &(impl Source + ?Sized)) -> Result<Description, DicomError> {
    let len = source.len();
    let mut want = len.min(FIRST_STEP);
    loop {
        let head = source::read(source, 0, want as usize)?;
        if !meta::has_preamble(&head) && !meta::looks_headless(&head) {
            return Err(DicomError::NotDicom);
        }
        let at = match from_head(&head, source)? {
            Step::Done(description) => return Ok(*description),
            Step::More { within, at, wanted } if want == len => {
                let there = len.saturating_sub(at);
                return Err(DicomError::Truncated { within, at, wanted, there });
            }
            Step::More { at, wanted, .. } => at.saturating_add(wanted),
        };
        if want >= HEADER_MAX {
            return Err(DicomError::TooLarge { what: "header", limit: HEADER_MAX });
        }
        want = (want * 2).max(at.saturating_add(FIRST_STEP)).min(HEADER_MAX).min(len);
    }
}

enum Step {
    Done(Box<Description>),
    More { within: String, at: u64, wanted: u64 },
}

fn tag_text(tag: Tag) -> String {
    format!("({:04X},{:04X})", tag.group(), tag.element())
}

fn from_head(head: &[u8], source: &(impl Source + ?Sized)) -> Result<Step, DicomError> {
    let Some(meta) = meta::read(head) else {
        return Ok(Step::More { within: "the file meta group".to_owned(), at: head.len() as u64, wanted: 1 });
    };
    if meta.class == uids::MEDIA_STORAGE_DIRECTORY_STORAGE {
        return Err(DicomError::Directory);
    }
    if meta.syntax == syntax::DEFLATED_LE {
        let data = inflate(source, meta.data_set as u64)?;
        return match dataset::parse(&data, 0, syntax::encoding_of(&meta.syntax)) {
            Ok(parsed) => assemble(parsed, &meta.syntax, &data, Some(meta.data_set as u64)),
            Err(Stop::Short { within, at, wanted }) => Err(DicomError::Truncated {
                within: tag_text(within),
                at: at as u64,
                wanted: wanted as u64,
                there: (data.len() - at.min(data.len())) as u64,
            }),
            Err(Stop::Bad(error)) => Err(error),
        }
        .map(|d| Step::Done(Box::new(d)));
    }
    match dataset::parse(head, meta.data_set, syntax::encoding_of(&meta.syntax)) {
        Ok(parsed) if parsed.pixels.is_none() && (head.len() as u64) < source.len() => {
            Ok(Step::More { within: "the data set".to_owned(), at: head.len() as u64, wanted: 1 })
        }
        Ok(parsed) => Ok(Step::Done(Box::new(assemble(parsed, &meta.syntax, source, None)?))),
        Err(Stop::Short { within, at, wanted }) => {
            Ok(Step::More { within: tag_text(within), at: at as u64, wanted: wanted as u64 })
        }
        Err(Stop::Bad(error)) => Err(error),
    }
}

/// The data set of a deflated file, whose deflated bytes begin at `from`. Bounded.
pub fn inflate(source: &(impl Source + ?Sized), from: u64) -> Result<Vec<u8>, DicomError> {
    let len = source.len().saturating_sub(from);
    if len > HEADER_MAX {
        return Err(DicomError::TooLarge { what: "deflated data set", limit: HEADER_MAX });
    }
    let deflated = source::read(source, from, len as usize)?;
    let mut data = Vec::new();
    let mut inflating = flate2::read::DeflateDecoder::new(deflated.as_slice()).take(INFLATED_MAX + 1);
    inflating.read_to_end(&mut data).map_err(|_| DicomError::Malformed { at: from, why: "it does not inflate" })?;
    if data.len() as u64 > INFLATED_MAX {
        return Err(DicomError::TooLarge { what: "inflated data set", limit: INFLATED_MAX });
    }
    Ok(data)
}

fn assemble(
    parsed: Parsed<'_>,
    transfer_syntax: &str,
    source: &(impl Source + ?Sized),
    deflated_from: Option<u64>,
) -> Result<Description, DicomError> {
    let set = &parsed.set;
    // UIDs become addresses. Letters are wrong in them, but some anonymisers write them.
    let fits =
        |uid: &str| uid.len() <= 64 && uid.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let required = |tag, name| {
        let uid = set.text(tag).ok_or(DicomError::Missing(name))?;
        fits(&uid).then_some(uid).ok_or(DicomError::Malformed { at: 0, why: "a UID holds what no address can" })
    };
    // That of the transfer syntax goes into headers of answers.
    if !fits(transfer_syntax) {
        return Err(DicomError::Malformed { at: 0, why: "the transfer syntax is no UID" });
    }
    let study = Study {
        uid: required(tags::STUDY_INSTANCE_UID, "Study Instance UID")?,
        date: set.text(tags::STUDY_DATE),
        time: set.text(tags::STUDY_TIME),
        accession: set.text(tags::ACCESSION_NUMBER),
        description: set.text(tags::STUDY_DESCRIPTION),
    };
    let series = Series {
        uid: required(tags::SERIES_INSTANCE_UID, "Series Instance UID")?,
        modality: set.text(tags::MODALITY).unwrap_or_else(|| "OT".to_owned()),
        number: set.int(tags::SERIES_NUMBER),
        description: set.text(tags::SERIES_DESCRIPTION),
        body_part: set.text(tags::BODY_PART_EXAMINED),
        date: set.text(tags::SERIES_DATE),
    };
    let image = image(
        set,
        required(tags::SOP_INSTANCE_UID, "SOP Instance UID")?,
        required(tags::SOP_CLASS_UID, "SOP Class UID")?,
    );
    let (frames, unclear) = locate(&parsed, &image, transfer_syntax, source, deflated_from)?;
    let not_shown = unclear.or_else(|| why_not(&image, transfer_syntax, parsed.pixels, &frames));
    let mut description = Description {
        patient: Subject {
            name: Phi(PersonName::of(&set.text(tags::PATIENT_NAME).unwrap_or_default())),
            id: Phi(set.text(tags::PATIENT_ID).unwrap_or_default()),
            sex: Phi(set.text(tags::PATIENT_SEX).unwrap_or_default()),
            birth_date: Phi(set.text(tags::PATIENT_BIRTH_DATE).unwrap_or_default()),
        },
        study,
        series,
        image,
        syntax: transfer_syntax.to_owned(),
        not_shown,
        frames,
        study_json: json::some(set, STUDY_TAGS),
        series_json: json::some(set, SERIES_TAGS),
        instance_json: json::some(set, INSTANCE_TAGS),
        metadata: json::object(set, true),
    };
    let served = json!({"vr": "UI", "Value": [description.served_syntax()]});
    description.metadata.insert(json::name(tags::AVAILABLE_TRANSFER_SYNTAX_UID), served);
    Ok(description)
}

fn image(set: &DataSet<'_>, uid: String, class: String) -> Image {
    let small = |tag| set.int(tag).and_then(|n| u16::try_from(n).ok());
    let centres = set.decimals(tags::WINDOW_CENTER);
    let widths = set.decimals(tags::WINDOW_WIDTH);
    let one = |tag| set.decimals(tag).first().copied();
    Image {
        uid,
        class,
        number: set.int(tags::INSTANCE_NUMBER),
        rows: small(tags::ROWS).unwrap_or(0).into(),
        columns: small(tags::COLUMNS).unwrap_or(0).into(),
        frames: set.int(tags::NUMBER_OF_FRAMES).unwrap_or(1).clamp(1, 1 << 20) as u32,
        samples: small(tags::SAMPLES_PER_PIXEL).unwrap_or(1),
        bits_allocated: small(tags::BITS_ALLOCATED).unwrap_or(0),
        bits_stored: small(tags::BITS_STORED).unwrap_or(0),
        signed: set.int(tags::PIXEL_REPRESENTATION) == Some(1),
        photometric: set.text(tags::PHOTOMETRIC_INTERPRETATION).unwrap_or_default(),
        rescale: one(tags::RESCALE_SLOPE).map(|slope| (slope, one(tags::RESCALE_INTERCEPT).unwrap_or(0.0))),
        windows: centres.into_iter().zip(widths).collect(),
        plane: plane(set),
    }
}

/// The plane of a single image, or of the first frame of an enhanced one.
fn plane(set: &DataSet<'_>) -> Plane {
    let shared = set.items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let frame = set.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let find = |group: Tag, tag: Tag| -> Vec<f64> {
        let of = |set: Option<&DataSet<'_>>| set?.items(group).first().map(|item| item.decimals(tag));
        let here = set.decimals(tag);
        if here.is_empty() { of(frame).or_else(|| of(shared)).unwrap_or_default() } else { here }
    };
    Plane {
        frame_of_reference: set.text(tags::FRAME_OF_REFERENCE_UID),
        position: find(tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT).try_into().ok(),
        orientation: find(tags::PLANE_ORIENTATION_SEQUENCE, tags::IMAGE_ORIENTATION_PATIENT).try_into().ok(),
        spacing: find(tags::PIXEL_MEASURES_SEQUENCE, tags::PIXEL_SPACING).try_into().ok(),
        thickness: find(tags::PIXEL_MEASURES_SEQUENCE, tags::SLICE_THICKNESS).first().copied(),
    }
}

/// Where the frames lie; and, when there are pixels of which we cannot say it, why not.
fn locate(
    parsed: &Parsed<'_>,
    image: &Image,
    transfer_syntax: &str,
    source: &(impl Source + ?Sized),
    deflated_from: Option<u64>,
) -> Result<(Frames, Option<NotShown>), DicomError> {
    let Some(pixels) = parsed.pixels else { return Ok((Frames::None, Some(NotShown::NoPixelData))) };
    let offset = pixels.offset as u64;
    let Some(len) = pixels.len else {
        let extended: Vec<u64> = match parsed.set.bytes(tags::EXTENDED_OFFSET_TABLE) {
            Some((bytes, _)) => {
                bytes.chunks_exact(8).map(|c| c.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))).collect()
            }
            None => vec![],
        };
        let frames = frames::encapsulated(source, offset, image.frames, &extended)?;
        let unclear = (frames == Frames::None).then_some(NotShown::FramesUnclear);
        return Ok((frames, unclear));
    };
    let there = source.len().saturating_sub(offset);
    if u64::from(len) > there {
        return Err(DicomError::Truncated { within: tag_text(pixels.tag), at: offset, wanted: len.into(), there });
    }
    if len == 0 {
        return Ok((Frames::None, Some(NotShown::NoPixelData)));
    }
    let bits =
        u64::from(image.rows) * u64::from(image.columns) * u64::from(image.samples) * u64::from(image.bits_allocated);
    let bits = if image.photometric == "YBR_FULL_422" { bits / 3 * 2 } else { bits };
    let frame = bits.div_ceil(8);
    if frame == 0 || bits % 8 != 0 && image.frames > 1 {
        return Ok((Frames::None, Some(NotShown::PixelLayout)));
    }
    let count = (u64::from(len) / frame).min(u64::from(image.frames)) as u32;
    let short = (count < image.frames).then_some(NotShown::PixelsShort);
    let swapped = syntax::encoding_of(transfer_syntax).big_endian && pixels.vr == VR::OW;
    let frames = match deflated_from {
        Some(from) => Frames::Deflated { from, offset, len: frame, count },
        None => Frames::Native { offset, len: frame, count, swapped },
    };
    Ok((frames, short))
}

fn why_not(image: &Image, transfer_syntax: &str, pixels: Option<PixelsAt>, frames: &Frames) -> Option<NotShown> {
    let native = !matches!(frames, Frames::Encapsulated(_));
    match syntax::codec_of(transfer_syntax) {
        Codec::None if transfer_syntax.starts_with("1.2.840.10008.1.2.4.10") => Some(NotShown::Video),
        Codec::None => Some(NotShown::Syntax),
        Codec::Native if !native => Some(NotShown::FramesUnclear),
        Codec::Decoder if native => Some(NotShown::Syntax),
        _ if transfer_syntax == syntax::JPEG_EXTENDED && image.bits_allocated > 8 => Some(NotShown::Jpeg12Bit),
        _ if pixels.is_some_and(|p| p.tag != tags::PIXEL_DATA) => Some(NotShown::PixelLayout),
        _ if !matches!(image.bits_allocated, 8 | 16) || !matches!(image.samples, 1 | 3) => Some(NotShown::PixelLayout),
        _ if image.rows == 0 || image.columns == 0 => Some(NotShown::PixelLayout),
        _ => None,
    }
}
