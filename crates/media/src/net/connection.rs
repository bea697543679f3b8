//! One connection: str0m's side of it, what it publishes, and the slots through which it watches.

use super::events::{Connection, MediaKind, SlotView};
use super::names::{ConnectionId, PeerName, Purpose, RoomName};
use crate::core::{Kind, Packet, PeerKey, Room, SlotKey, Time, TrackKey, TrackSpec, Vp8};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;
use str0m::bwe::BweKind;
use str0m::format::Codec;
use str0m::media::{MediaKind as LineKind, Mid, Pt, Rid};
use str0m::rtp::{RtpPacket, Ssrc};
use str0m::stats::PeerStats;
use str0m::{Event, Rtc};

/// An outgoing stream.
pub(super) struct Outgoing {
    pub mid: Mid,
    pub ssrc: Ssrc,
    pub pt: Pt,
    pub kind: Kind,
    pub from: Option<PeerName>,
    pub paused: bool,
}

pub(super) struct Conn {
    pub rtc: Rtc,
    pub id: ConnectionId,
    pub room: RoomName,
    pub peer: PeerName,
    pub purpose: Purpose,
    pub member: PeerKey,
    pub ufrag: String,
    pub deadline: Instant,
    pub dirty: bool,
    pub connected: bool,
    pub published: BTreeMap<Mid, (TrackKey, Kind)>,
    sources: HashMap<Ssrc, (TrackKey, u8, Kind)>,
    /// Where a key frame of a layer is asked for.
    pub layers: HashMap<(TrackKey, u8), (Mid, Option<Rid>)>,
    /// Lines that become slots once media can flow: a key frame asked for earlier would be lost on the way.
    waiting: Vec<(Mid, Kind)>,
    /// In the order of the m-lines.
    pub slots: Vec<(Mid, SlotKey)>,
    pub outgoing: HashMap<SlotKey, Outgoing>,
    /// The receiver has to be told the map of its slots anew.
    pub slots_changed: bool,
}

/// What the rest of the process wants to hear of a connection.
pub(super) enum Heard {
    Connected,
    Published(MediaKind),
    Quality(Box<PeerStats>),
}

impl Conn {
    pub(super) fn new(
        rtc: Rtc,
        id: ConnectionId,
        room: RoomName,
        peer: PeerName,
        purpose: Purpose,
        to: PeerKey,
    ) -> Self {
        let (published, sources, layers, waiting, slots, outgoing) = Default::default();
        let (deadline, dirty, connected, slots_changed, ufrag) = (Instant::now(), false, false, false, String::new());
        let mut conn = Self {
            rtc,
            id,
            room,
            peer,
            purpose,
            member: to,
            ufrag,
            deadline,
            dirty,
            connected,
            published,
            sources,
            layers,
            waiting,
            slots,
            outgoing,
            slots_changed,
        };
        conn.ufrag = conn.rtc.direct_api().local_ice_credentials().ufrag;
        conn
    }

    /// Takes what str0m has to say.
    pub(super) fn hear(&mut self, room: &mut Room, now: Time, event: Event) -> Option<Heard> {
        match event {
            Event::Connected => {
                self.connected = true;
                return Some(Heard::Connected);
            }
            Event::MediaAdded(line) => {
                let kind = kind_of(line.kind);
                match self.purpose {
                    Purpose::Publish if line.direction.is_receiving() => {
                        let spec = TrackSpec { kind, clinical: false, switchable: kind == Kind::Video };
                        let track = room.publish(now, self.member, spec)?;
                        self.published.insert(line.mid, (track, kind));
                        return Some(Heard::Published(view(kind)));
                    }
                    Purpose::Receive if line.direction.is_sending() => self.waiting.push((line.mid, kind)),
                    _ => {}
                }
            }
            Event::RtpPacket(packet) => self.take_in(room, now, packet),
            Event::KeyframeRequest(request) => {
                if let Some((_, slot)) = self.slots.iter().find(|(mid, _)| *mid == request.mid) {
                    room.key_frame_wanted(now, *slot);
                }
            }
            Event::EgressBitrateEstimate(BweKind::Twcc { estimate, .. }) => {
                room.estimate(now, self.member, estimate.as_u64());
            }
            Event::PeerStats(stats) => return Some(Heard::Quality(Box::new(stats))),
            _ => {}
        }
        None
    }

    /// Makes slots of the lines whose codec the receiver knows, once media can flow.
    pub(super) fn open_slots(&mut self, room: &mut Room, now: Time) {
        if !self.connected || self.waiting.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut self.waiting);
        let lines: Vec<_> = waiting.into_iter().filter_map(|(mid, kind)| self.prepare(mid, kind)).collect();
        let kinds: Vec<_> = lines.iter().map(|l| l.kind).collect();
        for (slot, line) in room.open_slots(now, self.member, &kinds).into_iter().zip(lines) {
            self.slots.push((line.mid, slot));
            self.outgoing.insert(slot, line);
        }
        self.slots_changed = true;
    }

    fn prepare(&mut self, mid: Mid, kind: Kind) -> Option<Outgoing> {
        let codec = if kind == Kind::Audio { Codec::Opus } else { Codec::Vp8 };
        let known = self.rtc.media(mid)?.remote_pts().to_vec();
        let params = self.rtc.codec_config().params();
        let pt = params.iter().find(|p| p.spec().codec == codec && known.contains(&p.pt()))?.pt();
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None)?;
        // Not through str0m's pacer: after a cut its queue still holds seconds of the old layer, and the new key
        // frame waits behind them (seen live: 6 s). The publisher has paced the packets already.
        stream.set_unpaced(true);
        Some(Outgoing { mid, ssrc: stream.ssrc(), pt, kind, from: None, paused: false })
    }

    fn take_in(&mut self, room: &mut Room, now: Time, packet: RtpPacket) {
        let header = &packet.header;
        let known = self.sources.get(&header.ssrc).copied();
        let Some((track, layer, kind)) = known.or_else(|| self.recognise(header.ssrc)) else { return };
        let vp8 = if kind == Kind::Video { Vp8::read(&packet.payload) } else { None };
        let (seq, time, marker, level) = (*packet.seq_no, header.timestamp, header.marker, header.ext_vals.audio_level);
        room.rtp(now, track, layer, Packet { seq, time, marker, level, vp8, payload: packet.payload });
    }

    fn recognise(&mut self, ssrc: Ssrc) -> Option<(TrackKey, u8, Kind)> {
        let (mid, rid) = self.rtc.direct_api().stream_rx(&ssrc).map(|s| (s.mid(), s.rid()))?;
        let (track, kind) = *self.published.get(&mid)?;
        // Names in use for low, middle and high.
        let layer = rid.map_or(0, |r| match &*r {
            "h" | "m" | "1" => 1,
            "f" | "2" => 2,
            _ => 0,
        });
        self.layers.insert((track, layer), (mid, rid));
        self.sources.insert(ssrc, (track, layer, kind));
        Some((track, layer, kind))
    }

    /// The present map of the slots, in the order of the m-lines.
    pub(super) fn slot_views(&self) -> Vec<SlotView> {
        let slots = self.slots.iter().filter_map(|(_, k)| self.outgoing.get(k));
        slots
            .map(|s| SlotView { mid: s.mid.to_string(), kind: view(s.kind), from: s.from.clone(), paused: s.paused })
            .collect()
    }

    pub(super) fn describe(&self) -> Connection {
        Connection {
            peer: self.peer.clone(),
            id: self.id,
            purpose: self.purpose,
            connected: self.connected,
            publishes: self.published.values().map(|(_, kind)| view(*kind)).collect(),
            slots: self.slot_views(),
        }
    }
}

fn kind_of(kind: LineKind) -> Kind {
    if kind == LineKind::Audio { Kind::Audio } else { Kind::Video }
}

fn view(kind: Kind) -> MediaKind {
    if kind == Kind::Audio { MediaKind::Audio } else { MediaKind::Video }
}
