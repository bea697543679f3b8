//! The half that owns sockets, threads, the clock and str0m. It carries out what `core` decides.
//! Called through [`Server`]; must never decide who receives what.

mod carry;
mod connection;
mod events;
mod mailbox;
mod names;
mod negotiate;
mod refusal;
mod server;
mod stun;
mod thread;
mod udp;

pub use events::{Connection, Description, MediaKind, RoomEvent, SlotView, Stats, VideoCodec};
pub use names::{ConnectionId, InvalidName, PeerName, Purpose, RoomName};
pub use refusal::MediaRefusal;
pub use server::{Config, Joined, Limits, Server};
