//! Why a part is not begun, or not gone on with.

use crate::Problem;
use axum::http::StatusCode;

/// A refusal that a client of tus, or its person, can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("send Tus-Resumable: 1.0.0; no other version of tus is spoken here")]
    Version,
    #[error("the header {0} is missing or cannot be read")]
    Header(&'static str),
    #[error("a file has at most {0} bytes")]
    TooLarge(u64),
    #[error("there is no room for another {what}: finish or cancel an upload first, or wait until one expires")]
    NoRoom { what: &'static str, most: u64 },
    #[error("the upload is at byte {at}, not at {asked}: ask for its offset and go on there")]
    Offset { at: u64, asked: u64 },
    #[error("the pieces of the upload are longer than the {0} bytes that were announced")]
    TooLong(u64),
    #[error("the piece does not have the checksum that was sent with it, and was thrown away: send it again")]
    Checksum,
    #[error("the upload broke off; what came is kept: ask for its offset and go on there")]
    BrokenOff,
    #[error("another connection goes on with this upload")]
    TakenOver,
    #[error("the time of this upload is over: begin it anew")]
    Expired,
    #[error("the upload is not complete: {at} of {length} bytes are here")]
    Incomplete { at: u64, length: u64 },
    #[error("too many uploads are being received: try again in a moment")]
    Busy,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::Version => Self::new(StatusCode::PRECONDITION_FAILED, "uploads.version", text),
            Refusal::Header(name) => Self::new(StatusCode::BAD_REQUEST, "uploads.header", text).with("header", name),
            Refusal::TooLarge(most) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "uploads.too_large", text).with("most", most)
            }
            Refusal::NoRoom { what, most } => Self::new(StatusCode::INSUFFICIENT_STORAGE, "uploads.no_room", text)
                .with("what", what)
                .with("most", most),
            Refusal::Offset { at, asked } => {
                Self::conflict("uploads.offset", text).with("offset", at).with("asked", asked)
            }
            Refusal::TooLong(length) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "uploads.too_long", text).with("length", length)
            }
            // tus 1.0, Checksum: the status of a mismatch.
            Refusal::Checksum => {
                Self::new(StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST), "uploads.checksum", text)
            }
            Refusal::BrokenOff => Self::new(StatusCode::BAD_REQUEST, "uploads.broken_off", text),
            Refusal::TakenOver => Self::new(StatusCode::LOCKED, "uploads.taken_over", text),
            Refusal::Expired => Self::new(StatusCode::GONE, "uploads.expired", text),
            Refusal::Incomplete { at, length } => {
                Self::conflict("uploads.incomplete", text).with("offset", at).with("length", length)
            }
            Refusal::Busy => {
                let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "uploads.busy", text);
                problem.retry_after_s = Some(2);
                problem
            }
        }
    }
}
