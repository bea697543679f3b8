//! What is known of a handover, and what may still be done with it.

use axum::http::StatusCode;
use jiff::SignedDuration;
use kernel::{Actor, Id, Role, Time};
use platform::Problem;
use serde::{Deserialize, Serialize};

/// The code may be read so long.
pub(super) const READ_WITHIN: SignedDuration = SignedDuration::from_mins(5);
/// Photos may be sent so long.
pub(super) const LASTS: SignedDuration = SignedDuration::from_mins(20);
/// Photos of one handover.
pub(super) const PHOTOS_MAX: u32 = 60;
/// Largest photo.
pub(super) const PHOTO_MAX: u64 = 40 << 20;

/// A handover.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Handover {
    /// SHA-256 of what the code holds.
    pub token: [u8; 32],
    pub case: Id,
    /// The patient chosen on the form when the code was shown.
    pub patient: Option<String>,
    pub person: Id,
    pub practitioner_role: Id,
    pub role: Role,
    pub hospital: Id,
    pub begun_at: Time,
    /// SHA-256 of the cookie of the phone that has read it.
    #[serde(skip)]
    pub device: Option<[u8; 32]>,
    #[serde(skip)]
    pub photos: u32,
    #[serde(skip)]
    pub ended: bool,
}

/// Why a phone may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("this code is not known, or its time is over: show a new one on the computer")]
    Over,
    #[error("another phone has read this code already: show a new one on the computer")]
    Used,
    #[error("only photos (JPEG or PNG) can be sent from here")]
    PhotosOnly,
    #[error("{PHOTOS_MAX} photos have been sent: show a new code on the computer for more")]
    Enough,
    #[error("a photo has at most {PHOTO_MAX} bytes")]
    TooLarge,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let text = refusal.to_string();
        match refusal {
            Refusal::Over => Self::new(StatusCode::GONE, "handover.over", text),
            Refusal::Used => Self::conflict("handover.used", text),
            Refusal::PhotosOnly => Self::unfit("handover.photos_only", text),
            Refusal::Enough => Self::conflict("handover.enough", text).with("most", PHOTOS_MAX),
            Refusal::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "handover.too_large", text).with("most", PHOTO_MAX)
            }
        }
    }
}

impl Handover {
    /// Until when photos are taken.
    pub(super) fn until(&self) -> Time {
        self.begun_at + LASTS
    }

    /// Until when the code may be read.
    pub(super) fn read_by(&self) -> Time {
        self.begun_at + READ_WITHIN
    }

    /// May a phone read the code now?
    pub(super) fn readable(&self, now: Time) -> Result<(), Refusal> {
        match () {
            () if self.ended || now >= self.until() => Err(Refusal::Over),
            () if self.device.is_some() => Err(Refusal::Used),
            () if now >= self.read_by() => Err(Refusal::Over),
            () => Ok(()),
        }
    }

    /// May the phone that has read it send another photo now?
    pub(super) fn usable(&self, now: Time) -> Result<(), Refusal> {
        match () {
            () if self.ended || now >= self.until() => Err(Refusal::Over),
            () if self.photos >= PHOTOS_MAX => Err(Refusal::Enough),
            () => Ok(()),
        }
    }

    /// The person who handed over, in the role of that moment.
    pub(super) fn actor(&self) -> Actor {
        Actor {
            person: self.person.clone(),
            role: self.role,
            hospital: self.hospital.clone(),
            practitioner_role: self.practitioner_role.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_done_when() {
        let id = |text: &str| Id::new(text).unwrap();
        let begun_at: Time = "2026-03-02T00:30:00Z".parse().unwrap();
        let fresh = Handover {
            token: [1; 32],
            case: id("case"),
            patient: None,
            person: id("zhou"),
            practitioner_role: id("role"),
            role: Role::AskingDoctor,
            hospital: id("county"),
            begun_at,
            device: None,
            photos: 0,
            ended: false,
        };
        let read = Handover { device: Some([2; 32]), ..fresh.clone() };
        let full = Handover { photos: PHOTOS_MAX, ..read.clone() };
        let ended = Handover { ended: true, ..read.clone() };
        let cases = [
            (&fresh, 0, Ok(()), Ok(())),
            (&fresh, 299, Ok(()), Ok(())),
            (&fresh, 300, Err(Refusal::Over), Ok(())),
            (&read, 299, Err(Refusal::Used), Ok(())),
            (&read, 1199, Err(Refusal::Used), Ok(())),
            (&read, 1200, Err(Refusal::Over), Err(Refusal::Over)),
            (&full, 10, Err(Refusal::Used), Err(Refusal::Enough)),
            (&ended, 10, Err(Refusal::Over), Err(Refusal::Over)),
        ];
        for (handover, seconds, readable, usable) in cases {
            let now = begun_at + SignedDuration::from_secs(seconds);
            assert_eq!((handover.readable(now), handover.usable(now)), (readable, usable), "{handover:?} at {seconds}");
        }
    }
}
