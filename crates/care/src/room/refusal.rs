//! Why somebody was not let in, or was put out.

use axum::http::StatusCode;
use media::MediaRefusal;
use platform::Problem;

/// A refusal of the room.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(super) enum RoomRefusal {
    #[error("no room token came with the request: enter the room first")]
    NoToken,
    #[error("the room token is not known any more: enter the room again")]
    TokenUnknown,
    #[error("the room token was used already: enter the room again")]
    TokenUsed,
    /// A token in other hands than those it was given to, or for another room. Looks like absence.
    #[error("the room token belongs to another")]
    Foreign,
    /// The right to the case ended, or the case. Looks like absence.
    #[error("no right to this room")]
    NotAllowed(Ended),
    #[error("too many room tokens at once: leave rooms you do not use")]
    TooManyTokens,
    /// Media without presence would outlive the right to be there, and nobody would see who listens.
    #[error("open the room's WebSocket first: nobody is in a room unseen")]
    NotIn,
    /// RFC 9725: a change of a stream names the state it changes.
    #[error("which state of the stream is changed must be said: send If-Match with its ETag, or * for a restart")]
    NoState,
    #[error("the stream has been restarted meanwhile: its ETag is another one")]
    OldState,
    #[error(transparent)]
    Media(#[from] MediaRefusal),
}

/// What ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The person's session, or the role in it.
    Session,
    /// The case is over.
    Case,
    /// The person has no part in the case any more.
    Part,
}

impl Ended {
    /// What the person is told on being put out.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Case => "case",
            Self::Part => "part",
        }
    }
}

impl From<RoomRefusal> for Problem {
    fn from(refusal: RoomRefusal) -> Self {
        let (status, code) = match &refusal {
            RoomRefusal::Foreign | RoomRefusal::NotAllowed(Ended::Case | Ended::Part) => return Self::not_found(),
            RoomRefusal::NotAllowed(Ended::Session) => return Self::not_signed_in(),
            RoomRefusal::NoToken => (StatusCode::UNAUTHORIZED, "room.token-missing"),
            RoomRefusal::TokenUnknown => (StatusCode::UNAUTHORIZED, "room.token-unknown"),
            RoomRefusal::TokenUsed => (StatusCode::CONFLICT, "room.token-used"),
            RoomRefusal::TooManyTokens => (StatusCode::TOO_MANY_REQUESTS, "room.too-many-tokens"),
            RoomRefusal::NotIn => (StatusCode::CONFLICT, "room.not-entered"),
            RoomRefusal::NoState => (StatusCode::PRECONDITION_REQUIRED, "room.stream-state-missing"),
            RoomRefusal::OldState => (StatusCode::PRECONDITION_FAILED, "room.stream-state-old"),
            RoomRefusal::Media(media) => {
                let status = StatusCode::from_u16(media.status()).unwrap_or(StatusCode::BAD_REQUEST);
                let problem = Self::new(status, media.code(), media.to_string());
                return match media {
                    MediaRefusal::RoomFull { max } | MediaRefusal::TooManyDevices { max } => problem.with("max", *max),
                    _ => problem,
                };
            }
        };
        Self::new(status, code, refusal.to_string())
    }
}
