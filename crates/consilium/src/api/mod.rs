//! The API's description of itself.

pub mod complete;
pub mod describe;
