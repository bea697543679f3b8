//! WADO-RS: `GET …/instances/{instance}/frames/{frames}`: frames as they are stored, each a read of a range or of a few.

use super::multipart::{related, takes_syntax, wants_bare};
use super::{FOREVER, Of, first, seen, unchanged};
use crate::imaging::pixels;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::{Op, Problem};

const BYTES: &str = "application/octet-stream";
/// Frames of one request.
const FRAMES_MAX: usize = 100;
/// Bytes of one request.
const ANSWER_MAX: usize = 256 << 20;

/// One frame or several: as parts, or a single one bare.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}",
    operation_id = "dicomweb.frames", tag = "dicomweb",
    params(("study" = String, Path), ("series" = String, Path), ("instance" = String, Path), ("frames" = String, Path, description = "numbers from 1, with commas"), Of),
    responses((status = 200, description = "the frames", content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "multipart/related")))))]
pub async fn frames(
    op: Op,
    Path((study, series, instance, frames)): Path<(String, String, String, String)>,
    Query(of): Query<Of>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let numbers = numbers(&frames)?;
    let copies = seen(&op, "dicomweb.frames", &study, &of).await?;
    let found = first(&op, copies, |archive, id| {
        let (instance, series) = (instance.clone(), series.clone());
        Box::pin(async move { Ok(archive.instance(id, &instance).await?.filter(|found| found.series == series)) })
    });
    let (copy, found) = found.await?;
    copy.note(&op, "dicomweb.frames").await?;
    // Of the numbers, not of the text they came as: blanks may stand around them, and a line's end fits into no header.
    let asked = numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let etag = format!("\"{}-{asked}\"", hex::encode(&found.sha256[..16]));
    if let Some(answer) = unchanged(&headers, &etag) {
        return Ok(answer);
    }
    if !takes_syntax(&headers, &found.served_syntax) {
        let detail = format!("These frames are kept as {} and given out like that.", found.served_syntax);
        return Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "dicomweb.syntax", detail)
            .with("syntax", found.served_syntax.as_str()));
    }
    let (mut parts, mut size) = (Vec::with_capacity(numbers.len()), 0);
    for number in numbers {
        let part = pixels::frame(op.store(), &found, number).await?.ok_or_else(Problem::not_found)?;
        size += part.len();
        if size > ANSWER_MAX {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "dicomweb.too_many",
                "Ask for fewer frames at once.",
            ));
        }
        parts.push(part);
    }
    let mut answer = match <[_; 1]>::try_from(parts) {
        Ok([only]) if wants_bare(&headers, BYTES) => {
            let kind = format!("{BYTES}; transfer-syntax={}", found.served_syntax);
            ([(header::CONTENT_TYPE, kind)], only).into_response()
        }
        Ok(one) => related(BYTES, &found.served_syntax, one.to_vec()),
        Err(parts) => related(BYTES, &found.served_syntax, parts),
    };
    let out = answer.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOREVER));
    out.insert(header::VARY, HeaderValue::from_static("Cookie, Accept"));
    out.insert(header::ETAG, HeaderValue::from_str(&etag).map_err(Problem::internal)?);
    Ok(answer)
}

fn numbers(text: &str) -> Result<Vec<u32>, Problem> {
    let numbers: Option<Vec<u32>> = text.split(',').map(|n| n.trim().parse().ok().filter(|n| *n > 0)).collect();
    numbers.filter(|n| n.len() <= FRAMES_MAX).ok_or_else(|| {
        let detail = format!("Frames are numbers from 1, with commas between, at most {FRAMES_MAX}.");
        Problem::new(StatusCode::BAD_REQUEST, "dicomweb.parameter", detail).with("parameter", "frames")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_lists() {
        assert_eq!(numbers("1").ok(), Some(vec![1]));
        assert_eq!(numbers("3,1,2").ok(), Some(vec![3, 1, 2]));
        for wrong in ["", "0", "1,,2", "a", "-1", "1e3"] {
            assert!(numbers(wrong).is_err(), "{wrong}");
        }
        assert!(numbers(&vec!["1"; 101].join(",")).is_err());
    }
}
