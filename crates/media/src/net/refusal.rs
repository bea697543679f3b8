//! Why a connection was not made.

use super::names::InvalidName;

/// A refusal with a stable code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MediaRefusal {
    /// The offer is longer than a browser's ever is.
    #[error("the offer is longer than {max} bytes")]
    OfferTooLong {
        /// The bound.
        max: usize,
    },
    /// The text is not an SDP offer.
    #[error("not an SDP offer: {why}")]
    NotAnOffer {
        /// What the parser said.
        why: String,
    },
    /// An SDP offer, but not one that can be answered.
    #[error("the offer cannot be answered: {why}")]
    OfferNotAcceptable {
        /// What is missing.
        why: String,
    },
    /// All places of the room are taken.
    #[error("the room is full: {max} participants")]
    RoomFull {
        /// The bound.
        max: usize,
    },
    /// One person is there with too many devices.
    #[error("no more than {max} devices of one person")]
    TooManyDevices {
        /// The bound.
        max: usize,
    },
    /// Too many rooms at once.
    #[error("no more than {max} rooms at once")]
    TooManyRooms {
        /// The bound.
        max: usize,
    },
    /// Too many connections at once.
    #[error("no more than {max} connections at once")]
    TooManyConnections {
        /// The bound.
        max: usize,
    },
    /// Too many joins in a short time; again in a second.
    #[error("too many connections are being made; try again in a second")]
    TooManyJoins,
    /// The connection is over, or never was.
    #[error("there is no such connection")]
    NoSuchConnection,
    /// The media thread does not answer or is stopping.
    #[error("the media server is not available")]
    Unavailable,
    /// A name that is none.
    #[error(transparent)]
    Name(#[from] InvalidName),
}

impl MediaRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OfferTooLong { .. } => "media.offer_too_long",
            Self::NotAnOffer { .. } => "media.not_an_offer",
            Self::OfferNotAcceptable { .. } => "media.offer_not_acceptable",
            Self::RoomFull { .. } => "media.room_full",
            Self::TooManyDevices { .. } => "media.too_many_devices",
            Self::TooManyRooms { .. } => "media.too_many_rooms",
            Self::TooManyConnections { .. } => "media.too_many_connections",
            Self::TooManyJoins => "media.too_many_joins",
            Self::NoSuchConnection => "media.no_such_connection",
            Self::Unavailable => "media.unavailable",
            Self::Name(_) => "media.invalid_name",
        }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::OfferTooLong { .. } => 413,
            Self::NotAnOffer { .. } | Self::Name(_) => 400,
            Self::OfferNotAcceptable { .. } => 406,
            Self::RoomFull { .. } | Self::TooManyDevices { .. } => 409,
            Self::TooManyRooms { .. } | Self::TooManyConnections { .. } | Self::Unavailable => 503,
            Self::TooManyJoins => 429,
            Self::NoSuchConnection => 404,
        }
    }
}
