//! Operations over HTTP: the door every request comes through ([`Op`]), problems, and the layers around all routes.
//!
//! Called by every slice with a route and by the binary, which wraps the joined router in [`layers::wrap`]. It must never
//! know what an operation does.

pub mod lang;
pub mod op;
pub mod problem;
