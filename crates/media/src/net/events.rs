//! What the signalling is told about a room, by itself or when it asks.

use super::names::{ConnectionId, PeerName, Purpose, RoomName};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;

/// Events a slow reader may fall behind by; past them it is told that it lagged and asks for a [`Description`].
const KEPT: usize = 256;

/// Audio or video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A voice.
    Audio,
    /// A picture.
    Video,
}

/// One prepared place in a receiving connection, and who is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotView {
    /// The m-line of the receiving connection.
    pub mid: String,
    /// What it carries.
    pub kind: MediaKind,
    /// Whose; `None`: free.
    pub from: Option<PeerName>,
    /// It is their screen, not their face.
    pub screen: bool,
    /// The line was too thin for this picture: it is paused, and the person is told why.
    pub paused: bool,
    /// `false`: it is encoded in a way this receiver did not offer.
    pub playable: bool,
}

/// How pictures are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VideoCodec {
    /// VP8.
    #[default]
    Vp8,
    /// H.264, constrained baseline.
    H264,
}

/// Something happened in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomEvent {
    /// A connection was made; media flows.
    Connected {
        /// Whose.
        peer: PeerName,
        /// Which.
        connection: ConnectionId,
        /// What for.
        purpose: Purpose,
    },
    /// A connection ended: left, expelled, or silent for 8 seconds.
    Left {
        /// Whose.
        peer: PeerName,
        /// Which.
        connection: ConnectionId,
        /// What for.
        purpose: Purpose,
    },
    /// A participant published something.
    Published {
        /// Who.
        peer: PeerName,
        /// What.
        kind: MediaKind,
    },
    /// The whole present map of one receiving connection.
    Slots {
        /// Whose connection.
        peer: PeerName,
        /// Which.
        connection: ConnectionId,
        /// All its slots.
        slots: Vec<SlotView>,
    },
    /// Who speaks now.
    Speaker {
        /// The participant.
        peer: PeerName,
    },
    /// How a participant's line does, every two seconds.
    Quality {
        /// Whose line.
        peer: PeerName,
        /// Which connection.
        connection: ConnectionId,
        /// What for.
        purpose: Purpose,
        /// There and back.
        round_trip: Option<Duration>,
        /// Packets lost on the way, in per mille.
        lost_permille: Option<u16>,
        /// What crossed the line, bits per second, headers included.
        bps: u64,
    },
    /// Whether a participant's line carries its face beside its voice.
    SendFace {
        /// Whose line.
        peer: PeerName,
        /// `false`: the voice alone, until told otherwise.
        on: bool,
    },
    /// What everybody in the room can show; who publishes chooses it.
    Agreed {
        /// The codec.
        codec: VideoCodec,
    },
    /// The room was closed; everybody is out.
    Closed,
}

/// A room as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// All connections.
    pub connections: Vec<Connection>,
    /// Who speaks.
    pub speaker: Option<PeerName>,
    /// What everybody can show.
    pub codec: VideoCodec,
}

/// One connection of a [`Description`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Whose.
    pub peer: PeerName,
    /// Which.
    pub id: ConnectionId,
    /// What for.
    pub purpose: Purpose,
    /// Whether media can flow.
    pub connected: bool,
    /// What it publishes.
    pub publishes: Vec<MediaKind>,
    /// Its slots, of a receiving connection.
    pub slots: Vec<SlotView>,
}

/// Counts over all rooms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stats {
    /// Rooms with somebody in them.
    pub rooms: usize,
    /// Connections.
    pub connections: usize,
    /// Packets taken in since the start.
    pub received: u64,
    /// Packets passed on since the start.
    pub forwarded: u64,
}

/// Who listens to which room. Shared by all threads, locked for an event only, never for a packet.
#[derive(Default)]
pub(super) struct Listeners(Mutex<HashMap<RoomName, broadcast::Sender<RoomEvent>>>);

impl Listeners {
    pub(super) fn listen(&self, room: &RoomName) -> broadcast::Receiver<RoomEvent> {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.retain(|_, sender| sender.receiver_count() > 0);
        rooms.entry(room.clone()).or_insert_with(|| broadcast::channel(KEPT).0).subscribe()
    }

    pub(super) fn tell(&self, room: &RoomName, event: RoomEvent) {
        let rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = rooms.get(room) {
            let _nobody_listens = sender.send(event);
        }
    }
}
