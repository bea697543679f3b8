//! The whole program on a free port with the people of the demonstration, for tests of every crate.
//!
//! Called by tests alone, over HTTP as browsers do; it panics where a test should fail. It must never reach around the
//! program's operations except to move its clock and to read its logs.

mod app;
mod authenticator;
mod client;
mod events;
mod logs;

pub use app::TestApp;
pub use authenticator::Authenticator;
pub use client::{Answer, Client};
pub use events::{Event, Events};
