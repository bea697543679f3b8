//! DICOM part 10 files: bytes in, description out.
//!
//! `describe` reads the header of a file through a [`Source`] and says whose it is, where it belongs, what a viewer must
//! know (as DICOM JSON), and where each frame lies. The file itself is kept byte for byte as it came; the pixels are neither
//! read nor decoded here. Called by `reading::imaging`. Standard: PS3.5, PS3.10, PS3.18 annex F.

mod charset;
mod dataset;
mod describe;
mod description;
mod error;
mod frames;
mod json;
mod meta;
mod person;
mod source;
pub mod syntax;

pub use charset::Charset;
pub use describe::{describe, inflate};
pub use description::{Description, Image, NotShown, Plane, Series, Study, Subject};
pub use error::DicomError;
pub use frames::Frames;
pub use meta::{has_preamble, looks_headless};
pub use person::PersonName;
pub use source::Source;
