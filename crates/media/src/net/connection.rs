//! One connection: str0m's side of it, what it publishes, and the slots through which it watches.

use super::events::{Connection, MediaKind, SlotView};
use super::names::{ConnectionId, PeerName, Purpose, RoomName};
use crate::core::{Codec, Kind, Packet, PeerKey, Report, Room, SlotKey, SlotSpec, Time, TrackKey, TrackSpec};
use std::collections::{BTreeMap, HashMap};
use std::time::Instant;
use str0m::bwe::BweKind;
use str0m::format::{Codec as Format, PayloadParams};
use str0m::media::{MediaKind as LineKind, Mid, Pt, Rid};
use str0m::rtp::{RtpPacket, Ssrc};
use str0m::stats::PeerStats;
use str0m::{Event, Rtc};

/// An outgoing stream.
pub(super) struct Outgoing {
    pub mid: Mid,
    pub ssrc: Ssrc,
    /// Under which number each codec goes there.
    pub pts: Vec<(Codec, Pt)>,
    pub kind: Kind,
    pub from: Option<PeerName>,
    pub screen: bool,
    pub paused: bool,
    pub playable: bool,
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
    sources: HashMap<Ssrc, (TrackKey, u8)>,
    /// What the numbers in arriving packets mean.
    codecs: HashMap<Pt, Codec>,
    /// Bytes that crossed the line until the last report, and when that was.
    carried: (u64, Instant),
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
    Quality(Box<PeerStats>, u64),
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
        let (published, sources, codecs, layers, waiting, slots, outgoing) = Default::default();
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
            codecs,
            carried: (0, Instant::now()),
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
                        // A second picture is the screen; it is shown when it is this participant's turn.
                        let clinical = kind == Kind::Video && self.published.values().any(|(_, k)| *k == kind);
                        let spec = TrackSpec { kind, clinical, switchable: kind == Kind::Video };
                        let track = room.publish(now, self.member, spec)?;
                        self.published.insert(line.mid, (track, kind));
                        return (!clinical).then(|| Heard::Published(view(kind)));
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
            Event::PeerStats(stats) => {
                let publishes = self.purpose == Purpose::Publish;
                if publishes {
                    let lost_permille = stats.ingress_loss_fraction.map(permille);
                    room.uplink(now, self.member, Report { bps: None, lost_permille });
                }
                let bytes = if publishes { stats.peer_bytes_rx } else { stats.peer_bytes_tx };
                let (before, at) = std::mem::replace(&mut self.carried, (bytes, stats.timestamp));
                let passed = stats.timestamp.saturating_duration_since(at).as_millis().max(1) as u64;
                let bps = bytes.saturating_sub(before) * 8_000 / passed;
                return Some(Heard::Quality(Box::new(stats), bps));
            }
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
        let codecs = |l: &Outgoing| l.pts.iter().map(|(codec, _)| *codec).collect();
        let specs: Vec<_> = lines.iter().map(|l| SlotSpec { kind: l.kind, codecs: codecs(l) }).collect();
        for (slot, line) in room.open_slots(now, self.member, &specs).into_iter().zip(lines) {
            self.slots.push((line.mid, slot));
            self.outgoing.insert(slot, line);
        }
        self.slots_changed = true;
    }

    fn prepare(&mut self, mid: Mid, kind: Kind) -> Option<Outgoing> {
        let known = self.rtc.media(mid)?.remote_pts().to_vec();
        let wanted: &[Codec] = if kind == Kind::Audio { &[Codec::Opus] } else { &[Codec::Vp8, Codec::H264] };
        let params = self.rtc.codec_config().params();
        let pt_of = |codec: &Codec| {
            let found = params.iter().find(|p| codec_of(p) == Some(*codec) && known.contains(&p.pt()))?;
            Some((*codec, found.pt()))
        };
        let pts: Vec<_> = wanted.iter().filter_map(pt_of).collect();
        if pts.is_empty() {
            return None;
        }
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None)?;
        // Not through str0m's pacer: after a cut its queue still holds seconds of the old layer, and the new key
        // frame waits behind them (seen live: 6 s). The publisher has paced the packets already.
        stream.set_unpaced(true);
        let (from, screen, paused, playable) = (None, false, false, true);
        Some(Outgoing { mid, ssrc: stream.ssrc(), pts, kind, from, screen, paused, playable })
    }

    fn take_in(&mut self, room: &mut Room, now: Time, packet: RtpPacket) {
        let header = &packet.header;
        let known = self.sources.get(&header.ssrc).copied();
        let Some((track, layer)) = known.or_else(|| self.recognise(header.ssrc)) else { return };
        let Some(codec) = self.codec(header.payload_type) else { return };
        let (seq, time, marker, level) = (*packet.seq_no, header.timestamp, header.marker, header.ext_vals.audio_level);
        room.rtp(now, track, layer, Packet::read(codec, seq, time, marker, level, packet.payload));
    }

    fn codec(&mut self, pt: Pt) -> Option<Codec> {
        if let Some(codec) = self.codecs.get(&pt) {
            return Some(*codec);
        }
        let codec = self.rtc.codec_config().params().iter().find(|p| p.pt() == pt).and_then(codec_of)?;
        self.codecs.insert(pt, codec);
        Some(codec)
    }

    fn recognise(&mut self, ssrc: Ssrc) -> Option<(TrackKey, u8)> {
        let (mid, rid) = self.rtc.direct_api().stream_rx(&ssrc).map(|s| (s.mid(), s.rid()))?;
        let (track, _) = *self.published.get(&mid)?;
        // Names in use for low, middle and high.
        let layer = rid.map_or(0, |r| match &*r {
            "h" | "m" | "1" => 1,
            "f" | "2" => 2,
            _ => 0,
        });
        self.layers.insert((track, layer), (mid, rid));
        self.sources.insert(ssrc, (track, layer));
        Some((track, layer))
    }

    /// The present map of the slots, in the order of the m-lines.
    pub(super) fn slot_views(&self) -> Vec<SlotView> {
        let slots = self.slots.iter().filter_map(|(_, k)| self.outgoing.get(k));
        let view = |s: &Outgoing| SlotView {
            mid: s.mid.to_string(),
            kind: view(s.kind),
            from: s.from.clone(),
            screen: s.screen,
            paused: s.paused,
            playable: s.playable,
        };
        slots.map(view).collect()
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

fn codec_of(params: &PayloadParams) -> Option<Codec> {
    match params.spec().codec {
        Format::Opus => Some(Codec::Opus),
        Format::Vp8 => Some(Codec::Vp8),
        Format::H264 => Some(Codec::H264),
        _ => None,
    }
}

pub(super) fn permille(fraction: f32) -> u16 {
    (fraction.clamp(0.0, 1.0) * 1000.0).round() as u16
}

fn view(kind: Kind) -> MediaKind {
    if kind == Kind::Audio { MediaKind::Audio } else { MediaKind::Video }
}
