//! Formats that come from outside: DICOM files, ZIP archives, and what a file is by its first bytes. Bytes in, values out.
//!
//! Called by `reading` and, later, by `exchange` and `monitor`. It must never open a file or a socket, read a clock,
//! know a case or a hospital, or answer to broken bytes with a panic or without a bound.

pub mod archive;
pub mod dicom;
pub mod phantom;
mod sniff;
mod sniff_picture;

pub use sniff::{Kind, sniff};
pub use sniff_picture::picture_size;
