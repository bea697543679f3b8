//! What a specialist marked in an image for an opinion: drafted in the viewer, checked here when the opinion is signed.
//!
//! The viewer keeps two drafts under one id: `key-image` (where it is, how it is shown) and `key-picture` (what was on the
//! glass, as PNG). Nothing that a browser says of a study is believed: date and description come from the case's ImagingStudy.

use super::media::KeyImage;
use super::resources::Kept;
use crate::consult::Loaded;
use base64::Engine as _;
use bytes::Bytes;
use fhir::ResourceType;
use kernel::Id;
use platform::{Op, Problem, draft};
use records::{DraftKey, Query, Viewer};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::io::Cursor;

/// Key images of one opinion.
pub const IMAGES_MAX: usize = 12;
/// Bytes of one picture. A request holds a mebibyte, and base64 takes a third.
const PICTURE_MAX: usize = 780_000;
/// Longer edge of a picture.
const EDGE_MAX: u32 = 2048;
/// Characters of the words under a picture.
const NOTE_MAX: usize = 500;
/// Characters of how it is shown, as JSON.
const VIEW_MAX: usize = 16_000;

/// The draft `key-image`; more may stand in it, for the viewer.
#[derive(Debug, Deserialize)]
struct Drafted {
    case: Id,
    study: String,
    series: String,
    instance: String,
    frame: u32,
    /// The place in the series as a reader counts: "12/24".
    number: String,
    #[serde(default)]
    note: String,
    view: Map<String, Value>,
}

/// The draft `key-picture`.
#[derive(Debug, Deserialize)]
struct Pictured {
    /// Base64.
    png: String,
}

/// Where a key image is, how it is shown, and what its study says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The ImagingStudy.
    pub imaging_study: String,
    /// Study Instance UID.
    pub study: String,
    /// Series Instance UID.
    pub series: String,
    /// SOP Instance UID.
    pub instance: String,
    /// From 1.
    pub frame: u32,
    /// The place in the series as a reader counts.
    pub number: String,
    /// The specialist's words.
    pub note: String,
    /// The viewer's own: window, zoom, measurements.
    pub view: Map<String, Value>,
    /// yyyy-mm-dd, if the study says.
    pub date: Option<String>,
    /// Of the series.
    pub modality: String,
    /// Of the study and the series.
    pub description: String,
}

impl Mark {
    /// "W 1500 L -600", where the view has a window.
    pub fn window(&self) -> Option<String> {
        let part = |name: &str| self.view.get("voi")?.get(name)?.as_f64().filter(|n| n.is_finite());
        Some(format!("W {} L {}", part("width")?, part("center")?))
    }
}

/// A picture's bytes, wherever they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// In the store.
    pub kept: Kept,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A mark with its picture, about to be signed.
#[derive(Debug, Clone)]
pub struct Marked {
    /// What.
    pub mark: Mark,
    /// PNG.
    pub png: Bytes,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Reads the drafts named, in this order, and holds them against the case.
pub async fn read(op: &Op, case: &Loaded, ids: &[Id]) -> Result<(Vec<Marked>, Vec<DraftKey>), Problem> {
    amended(op, case, &[], ids).await
}

/// Reads those that an amendment shall have, in this order: what stood in the version before, and new drafts.
pub async fn amended(
    op: &Op,
    case: &Loaded,
    before: &[KeyImage],
    ids: &[Id],
) -> Result<(Vec<Marked>, Vec<DraftKey>), Problem> {
    if ids.len() > IMAGES_MAX {
        return Err(Problem::unfit("opinion.images", format!("At most {IMAGES_MAX} key images in an opinion."))
            .with("max", IMAGES_MAX));
    }
    let (mut marked, mut done) = (vec![], vec![]);
    for (number, id) in (1..).zip(ids) {
        if let Some(image) = before.iter().find(|image| image.id == *id) {
            marked.push(again(op, image).await?);
            continue;
        }
        let key = |kind: &str| draft::of(op, kind, id.clone());
        let (image, picture) = (key("key-image"), key("key-picture"));
        let drafted: Drafted = body(op, &image, number).await?;
        let pictured: Pictured = body(op, &picture, number).await?;
        let (png, width, height) = checked(&pictured.png).map_err(|why| unfit(number, why))?;
        let mark = mark(op, case, drafted, number).await?;
        marked.push(Marked { mark, png, width, height });
        done.extend([image, picture]);
    }
    Ok((marked, done))
}

/// What was signed before, to be signed again.
async fn again(op: &Op, image: &KeyImage) -> Result<Marked, Problem> {
    let Picture { kept, width, height } = image.picture;
    let png = op.store().blob(&kept.sha256, None).await?;
    let png = png.ok_or_else(|| Problem::internal(format!("the picture of Media/{} is not there", image.id)))?;
    Ok(Marked { mark: image.mark.clone(), png, width, height })
}

fn unfit(number: usize, why: &str) -> Problem {
    Problem::unfit("opinion.image", format!("Key image {number}: {why}. Remove it or mark it again."))
        .with("number", number)
}

async fn body<T: for<'de> Deserialize<'de>>(op: &Op, key: &DraftKey, number: usize) -> Result<T, Problem> {
    let draft = op.store().draft(key).await?.ok_or_else(|| unfit(number, "it is no longer in your drafts"))?;
    serde_json::from_slice(&draft.body).map_err(|_| unfit(number, "its draft cannot be read"))
}

/// The picture, decoded once to see that it is one: what is printed and signed must open in fifteen years.
fn checked(base64: &str) -> Result<(Bytes, u32, u32), &'static str> {
    let engine = base64::engine::general_purpose::STANDARD;
    let png = engine.decode(base64).map_err(|_| "its picture is not base64")?;
    if png.len() > PICTURE_MAX {
        return Err("its picture is too large");
    }
    let mut decoder = png::Decoder::new(Cursor::new(&png));
    decoder.set_limits(png::Limits { bytes: 64 << 20 });
    let mut reader = decoder.read_info().map_err(|_| "its picture is not PNG")?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width == 0 || height == 0 || width.max(height) > EDGE_MAX {
        return Err("its picture has too many pixels");
    }
    let size = reader.output_buffer_size().ok_or("its picture has too many pixels")?;
    reader.next_frame(&mut vec![0; size]).map_err(|_| "its picture is damaged")?;
    Ok((png.into(), width, height))
}

async fn mark(op: &Op, case: &Loaded, drafted: Drafted, number: usize) -> Result<Mark, Problem> {
    let uid = |text: &str| {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
    };
    let bounded = [&drafted.study, &drafted.series, &drafted.instance].iter().all(|text| uid(text))
        && drafted.frame > 0
        && drafted.number.chars().count() <= 32
        && drafted.note.chars().count() <= NOTE_MAX
        && serde_json::to_string(&drafted.view).is_ok_and(|view| view.len() <= VIEW_MAX);
    if !bounded {
        return Err(unfit(number, "what it says of itself does not fit"));
    }
    if drafted.case != case.id {
        return Err(unfit(number, "it was marked in another case"));
    }
    let query = Query::of(ResourceType::IMAGING_STUDY)
        .with("identifier", format!("urn:dicom:uid|urn:oid:{}", drafted.study))
        .count(50);
    let found = op.store().search(&Viewer::System, &query).await?.matches;
    let found = found.into_iter().find(|study| study.case.as_ref() == Some(&case.at.case));
    let found = found.ok_or_else(|| unfit(number, "its study is not in this case"))?;
    let study = found.value()?;
    let series = study["series"].as_array().into_iter().flatten().find(|s| s["uid"] == drafted.series.as_str());
    let series = series.ok_or_else(|| unfit(number, "its series is not in this case"))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut words = vec![text(&study["description"]), text(&series["description"])];
    words.retain(|w| !w.is_empty());
    words.dedup();
    Ok(Mark {
        imaging_study: found.at.to_string(),
        study: drafted.study,
        series: drafted.series,
        instance: drafted.instance,
        frame: drafted.frame,
        number: drafted.number,
        note: drafted.note.trim().to_owned(),
        view: drafted.view,
        date: study["started"].as_str().map(str::to_owned),
        modality: text(&series["modality"]["code"]),
        description: words.join(" · "),
    })
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A grey PNG of this size.
    pub fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = vec![];
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let pixels: Vec<u8> = (0..width * height).flat_map(|i| [(i % 251) as u8; 3]).collect();
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
        out
    }

    #[test]
    fn pictures_are_decoded_before_they_are_signed() {
        let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        let whole = png(30, 20);
        let (bytes, width, height) = checked(&base64(&whole)).unwrap();
        assert_eq!((bytes.as_ref(), width, height), (whole.as_slice(), 30, 20));
        assert_eq!(checked("***"), Err("its picture is not base64"));
        assert_eq!(checked(&base64(b"GIF89a")), Err("its picture is not PNG"));
        assert_eq!(checked(&base64(&whole[..whole.len() / 2])), Err("its picture is damaged"));
        assert_eq!(checked(&base64(&png(EDGE_MAX + 1, 1))), Err("its picture has too many pixels"));
        assert!(checked(&base64(&png(EDGE_MAX, 1))).is_ok());
        assert_eq!(checked(&base64(&vec![0; PICTURE_MAX + 1])), Err("its picture is too large"));
    }
}
