//! The opinion: drafted, signed, printed, proven.

pub mod sheet;
