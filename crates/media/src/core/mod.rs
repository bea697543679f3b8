//! Who receives what, at which quality. Sans-IO: the caller says what time it is with every call and takes
//! [`Output`]s until there are none. Called by `net` and by the simulation; must never know a socket or str0m.

mod allocate;
mod forward;
mod keyframes;
mod keys;
mod layer;
mod packet;
mod rewrite;
mod room;
mod share;
#[cfg(test)]
mod simulation;
mod slots;
mod speaker;
mod uplink;

pub use keys::{Key, Slab};
pub use packet::{Codec, Packet};
pub use rewrite::Rewritten;
pub use room::{Kind, NoPlace, Output, PeerKey, Room, SlotKey, SlotSpec, TrackKey, TrackSpec};
pub use uplink::Report;

/// Time since an origin that the caller chooses; a test may choose anything.
pub type Time = std::time::Duration;
