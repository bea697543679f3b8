//! The API's description of itself.

pub mod describe;
