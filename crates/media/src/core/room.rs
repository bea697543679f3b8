//! A room: who is in it, which tracks they publish, which slots they watch through, and when they are gone.

use super::keys::{Key, Slab};
use super::layer::Layer;
use super::rewrite::{Rewriter, Rewritten};
use super::speaker::{Loudness, elect};
use super::uplink::Uplink;
use super::{Codec, Packet, Time};
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Browsers check consent every 5 s at most (RFC 7675): one check lost on the way must not end a call,
/// and a dead peer must be gone within 10 s.
const DEAD_AFTER: Duration = Duration::from_secs(8);
const TICK: Duration = Duration::from_millis(100);
pub(super) const MAX_LAYERS: u8 = 3;
/// One connection may publish this many tracks and watch through this many slots.
const MAX_TRACKS: usize = 4;
const MAX_SLOTS: usize = 16;
/// A PC, a phone and a room terminal of one person.
const MAX_DEVICES: usize = 3;

/// A participant's name: opaque but for what stands before a `~`, which is the same for all devices of one person.
pub type Name = Arc<str>;

/// Whose device it is.
pub fn person(name: &str) -> &str {
    name.split('~').next().unwrap_or(name)
}

/// One connection of a participant.
pub type PeerKey = Key<Peer>;
/// One thing published.
pub type TrackKey = Key<Track>;
/// One outgoing stream to a receiver.
pub type SlotKey = Key<Slot>;

/// What a track carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Video,
}

/// What the publisher said of a track.
#[derive(Debug, Clone, Copy)]
pub struct TrackSpec {
    pub kind: Kind,
    /// A shared screen on which a diagnosis depends: shown when it is its owner's turn ([`Room::share`]), and it keeps
    /// its place on a thin line.
    pub clinical: bool,
    /// Whether a key frame can be told. If not there is one layer, forwarded from its first packet.
    pub switchable: bool,
}

/// What a receiver's line can carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotSpec {
    pub kind: Kind,
    /// What can be shown there.
    pub codecs: Vec<Codec>,
}

/// What the world has to do.
#[derive(Debug)]
pub enum Output {
    /// Send this packet, under these numbers.
    Forward { to: PeerKey, slot: SlotKey, rewritten: Rewritten, packet: Arc<Packet> },
    /// Ask a publisher for a key frame.
    RequestKeyFrame { publisher: PeerKey, track: TrackKey, layer: u8 },
    /// The receiver is told whose track a slot shows now.
    SlotChanged { to: PeerKey, slot: SlotKey, from: Option<Name>, clinical: bool },
    /// Whether the receiver can show what comes at all: nothing is transcoded here.
    Playable { to: PeerKey, slot: SlotKey, playable: bool },
    /// The receiver is told that the picture is another, or (`None`) gone because the line is too thin.
    LayerChanged { to: PeerKey, slot: SlotKey, layer: Option<u8> },
    /// What the receiver could use; the bandwidth estimator probes up to it.
    Desired { to: PeerKey, bps: u64 },
    /// Who speaks now.
    Speaker { name: Name },
    /// What everybody in the room can show; publishers choose it.
    Agreed { codec: Codec },
    /// A publisher is told whether its line carries its face.
    SendFace { publisher: PeerKey, on: bool },
    /// This connection is over, by its own wish or by its silence.
    Gone { peer: PeerKey },
}

/// One connection of a participant.
pub struct Peer {
    pub(super) name: Name,
    /// Only this participant is watched; `None`: all others.
    pub(super) only: Option<Name>,
    heard: Time,
    pub(super) line: super::share::Line,
    pub(super) uplink: Uplink,
    pub(super) slots: Vec<SlotKey>,
    pub(super) tracks: Vec<TrackKey>,
}

/// One thing published.
pub struct Track {
    pub(super) owner: PeerKey,
    pub(super) name: Name,
    pub(super) spec: TrackSpec,
    /// As its last packet was encoded.
    pub(super) codec: Option<Codec>,
    pub(super) layers: Vec<Layer>,
    pub(super) slots: Vec<SlotKey>,
    pub(super) loudness: Loudness,
}

/// One outgoing stream to a receiver. What it shows may change; its numbers run on.
pub struct Slot {
    pub(super) receiver: PeerKey,
    pub(super) spec: SlotSpec,
    pub(super) track: Option<TrackKey>,
    /// The track is encoded in a way that this receiver does not know.
    pub(super) unplayable: bool,
    pub(super) target: Option<u8>,
    pub(super) current: Option<u8>,
    pub(super) rewriter: Rewriter,
}

impl Slot {
    /// The track is encoded anew; `true`: whether it can be shown has changed.
    pub(super) fn recoded(&mut self, codec: Codec) -> bool {
        let unplayable = !self.spec.codecs.contains(&codec);
        if unplayable {
            self.rewriter.stop();
            self.current = None;
        }
        std::mem::replace(&mut self.unplayable, unplayable) != unplayable
    }
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPlace {
    /// For one more participant.
    Full,
    /// For one more device of this person.
    Devices { max: usize },
}

/// A room. See the module's head.
pub struct Room {
    pub(super) peers: Slab<Peer>,
    pub(super) tracks: Slab<Track>,
    pub(super) slots: Slab<Slot>,
    pub(super) out: VecDeque<Output>,
    speaker: Option<(Name, Time)>,
    /// Whose screen is shown.
    pub(super) sharing: Option<PeerKey>,
    preferred: Codec,
    agreed: Option<Codec>,
    next_tick: Time,
    participants_max: usize,
}

impl Room {
    /// An empty room for so many people (each may have several devices and connections), and what is chosen when
    /// everybody knows both ways of encoding.
    pub fn new(participants_max: usize, preferred: Codec) -> Self {
        let (peers, tracks, slots, out) = Default::default();
        let (speaker, sharing, agreed, next_tick) = (None, None, None, Time::ZERO);
        Self { peers, tracks, slots, out, speaker, sharing, preferred, agreed, next_tick, participants_max }
    }

    /// Adds a connection. With `only`, nobody but that participant is watched through its slots.
    pub fn join(&mut self, now: Time, name: Name, only: Option<Name>) -> Result<PeerKey, NoPlace> {
        let (mut devices, mut others) = (BTreeSet::new(), BTreeSet::new());
        for (_, peer) in self.peers.iter() {
            match person(&peer.name) == person(&name) {
                true => devices.insert(&*peer.name),
                false => others.insert(person(&peer.name)),
            };
        }
        if others.len() >= self.participants_max {
            return Err(NoPlace::Full);
        }
        if !devices.contains(&*name) && devices.len() >= MAX_DEVICES {
            return Err(NoPlace::Devices { max: MAX_DEVICES });
        }
        let (line, slots, tracks, uplink) = (super::share::Line::new(now), vec![], vec![], Uplink::new(now));
        Ok(self.peers.insert(Peer { name, only, heard: now, line, uplink, slots, tracks }))
    }

    /// Ends a connection: its tracks vanish from the others' slots, which are filled anew where possible.
    pub fn leave(&mut self, now: Time, peer: PeerKey) {
        let Some(gone) = self.peers.remove(peer) else { return };
        for slot in gone.slots {
            if let Some(track) = self.slots.remove(slot).and_then(|s| s.track).and_then(|t| self.tracks.get_mut(t)) {
                track.slots.retain(|s| *s != slot);
            }
        }
        for track in gone.tracks {
            for slot in self.tracks.remove(track).map(|t| t.slots).unwrap_or_default() {
                self.empty(slot);
            }
        }
        let still_here = self.peers.iter().any(|(_, p)| p.name == gone.name);
        self.speaker = self.speaker.take().filter(|s| still_here || s.0 != gone.name);
        self.sharing = self.sharing.filter(|s| *s != peer);
        self.out.push_back(Output::Gone { peer });
        self.fill(now);
        self.agree();
    }

    /// Adds a track of this connection; free slots of the others take it at once.
    pub fn publish(&mut self, now: Time, owner: PeerKey, spec: TrackSpec) -> Option<TrackKey> {
        let peer = self.peers.get_mut(owner).filter(|p| p.tracks.len() < MAX_TRACKS)?;
        let (codec, layers, slots, loudness) = (None, vec![Layer::default()], vec![], Loudness::default());
        let key = self.tracks.insert(Track { owner, name: peer.name.clone(), spec, codec, layers, slots, loudness });
        peer.tracks.push(key);
        self.fill(now);
        Some(key)
    }

    /// Adds outgoing streams to a receiver, all that it has at once; they take waiting tracks.
    pub fn open_slots(&mut self, now: Time, receiver: PeerKey, specs: &[SlotSpec]) -> Vec<SlotKey> {
        let Some(peer) = self.peers.get_mut(receiver) else { return vec![] };
        let room_left = MAX_SLOTS.saturating_sub(peer.slots.len());
        let opened = specs.iter().take(room_left).cloned().map(|spec| {
            let rewriter = Rewriter::new(if spec.kind == Kind::Audio { 48_000 } else { 90_000 });
            let (track, unplayable, target, current) = (None, false, None, None);
            self.slots.insert(Slot { receiver, spec, track, unplayable, target, current, rewriter })
        });
        let opened: Vec<_> = opened.collect();
        peer.slots.extend(&opened);
        self.fill(now);
        self.agree();
        opened
    }

    /// Whose screen is shown to the others from now on; one at a time. `None`: nobody's.
    pub fn share(&mut self, now: Time, owner: Option<PeerKey>) {
        if self.sharing == owner {
            return;
        }
        self.sharing = owner;
        for track in self.tracks.keys() {
            let hidden = self.tracks.get_mut(track).filter(|t| t.spec.clinical && Some(t.owner) != owner);
            for slot in hidden.map(|t| std::mem::take(&mut t.slots)).unwrap_or_default() {
                self.empty(slot);
            }
        }
        self.fill(now);
    }

    /// Chooses the codec that every receiver can show: nothing is transcoded here.
    fn agree(&mut self) {
        let videos = || self.slots.iter().filter(|(_, s)| s.spec.kind == Kind::Video).map(|(_, s)| &s.spec.codecs);
        if videos().next().is_none() {
            return;
        }
        let known = |codec: &Codec| videos().all(|known| known.contains(codec));
        let other = if self.preferred == Codec::Vp8 { Codec::H264 } else { Codec::Vp8 };
        let codec = [self.preferred, other].into_iter().find(known).unwrap_or(self.preferred);
        if self.agreed.replace(codec) != Some(codec) {
            self.out.push_back(Output::Agreed { codec });
        }
    }

    /// Any packet that came from the peer's address.
    pub fn heard(&mut self, now: Time, peer: PeerKey) {
        if let Some(peer) = self.peers.get_mut(peer) {
            peer.heard = now;
        }
    }

    /// When [`Room::tick`] wants to be called next.
    pub fn deadline(&self) -> Time {
        self.next_tick
    }

    /// Lets time pass: the dead leave, the speaker is chosen, lines are shared anew.
    pub fn tick(&mut self, now: Time) {
        if now < self.next_tick {
            return;
        }
        self.next_tick = now + TICK;
        let silent = |p: &Peer| now.saturating_sub(p.heard) >= DEAD_AFTER;
        let dead: Vec<_> = self.peers.iter().filter(|(_, p)| silent(p)).map(|(k, _)| k).collect();
        dead.into_iter().for_each(|peer| self.leave(now, peer));
        self.listen_for_speaker(now);
        self.watch_uplinks(now);
        for key in self.tracks.keys() {
            self.tracks.get_mut(key).into_iter().flat_map(|t| &mut t.layers).for_each(|l| l.tick(now));
            self.ask(now, key);
        }
        let due = |p: &Peer| p.line.is_due(now) && !p.slots.is_empty();
        let due: Vec<_> = self.peers.iter().filter(|(_, p)| due(p)).map(|(k, _)| k).collect();
        due.into_iter().for_each(|peer| self.share_line(now, peer));
    }

    /// The next thing to do, until there is none.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// Who speaks now.
    pub fn speaker(&self) -> Option<&Name> {
        self.speaker.as_ref().map(|s| &s.0)
    }

    fn listen_for_speaker(&mut self, now: Time) {
        let audio = self.tracks.iter().filter(|(_, t)| t.spec.kind == Kind::Audio);
        let heard: Vec<_> = audio.map(|(_, t)| (t.name.clone(), t.loudness.now(now))).collect();
        if let Some(name) = elect(now, self.speaker.as_ref(), &heard) {
            self.speaker = Some((name.clone(), now));
            self.out.push_back(Output::Speaker { name });
            self.peers.keys().into_iter().for_each(|peer| self.share_line(now, peer));
        }
    }
}
