//! The forwarding unit: rooms in which two to six people see and hear each other.
//!
//! Two halves. `core` decides and never touches the world: no socket, no clock, no type of the WebRTC library. `net`
//! touches the world and never decides: a thread and a UDP port each, str0m in RTP mode, the outputs of `core` carried
//! out. [`Server`] is the one door; `care` opens it for a consultation's room, `federation` for a
//! hospital's test call, `academy` for a broadcast.
//!
//! It must never see a patient, an account or a case: a person and a room are opaque names here, and who may enter was
//! decided before. It must never let an outsider fill anything without a bound (see [`Limits`]).

mod core;
mod net;

pub use net::{
    Config, Connection, ConnectionId, Description, InvalidName, Joined, Limits, MediaKind, MediaRefusal, PeerName,
    Purpose, RoomEvent, RoomName, Server, SlotView, Stats, VideoCodec,
};
