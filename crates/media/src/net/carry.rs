//! Carries out what the rooms decided: packets onto lines, requests to publishers, the gone out of every list.

use super::connection::Conn;
use super::events::{RoomEvent, VideoCodec};
use super::names::PeerName;
use super::thread::{ConnKey, Thread};
use crate::core::{Codec, Kind, Output, Packet, Rewritten, SlotKey};
use std::sync::atomic::Ordering;
use std::time::Instant;
use str0m::bwe::Bitrate;
use str0m::media::KeyframeRequestKind;
use str0m::rtp::{ExtensionValues, RtpWrite, Vp8Descriptor};

impl Thread {
    pub(super) fn carry_out(&mut self, now: Instant) {
        let mut gone = vec![];
        let Self { halls, conns, dirty, forwarded, post, .. } = self;
        for (name, hall) in halls.iter_mut() {
            while let Some(output) = hall.room.poll() {
                let peer = match &output {
                    Output::Forward { to, .. }
                    | Output::SlotChanged { to, .. }
                    | Output::LayerChanged { to, .. }
                    | Output::Playable { to, .. }
                    | Output::Desired { to, .. } => *to,
                    Output::RequestKeyFrame { publisher, .. } => *publisher,
                    Output::SendFace { publisher, on } => {
                        let conn = hall.by_member.get(publisher).and_then(|k| conns.get(*k));
                        if let Some(peer) = conn.map(|c| c.peer.clone()) {
                            post.listeners.tell(name, RoomEvent::SendFace { peer, on: *on });
                        }
                        continue;
                    }
                    Output::Agreed { codec } => {
                        let codec = if *codec == Codec::H264 { VideoCodec::H264 } else { VideoCodec::Vp8 };
                        hall.codec = codec;
                        post.listeners.tell(name, RoomEvent::Agreed { codec });
                        continue;
                    }
                    Output::Gone { peer } => {
                        gone.extend(hall.by_member.get(peer));
                        continue;
                    }
                    Output::Speaker { name: speaker } => {
                        post.listeners.tell(name, RoomEvent::Speaker { peer: PeerName(speaker.clone()) });
                        continue;
                    }
                };
                let Some(key) = hall.by_member.get(&peer).copied() else { continue };
                let Some(conn) = conns.get_mut(key) else { continue };
                *forwarded += u64::from(carry(conn, now, output));
                if !conn.dirty {
                    conn.dirty = true;
                    dirty.push(key);
                }
            }
        }
        gone.into_iter().for_each(|key| self.bury(key));
    }

    /// Takes a connection out of every list.
    fn bury(&mut self, key: ConnKey) {
        let Some(conn) = self.conns.remove(key) else { return };
        self.by_address.retain(|_, k| *k != key);
        self.by_ufrag.remove(&conn.ufrag);
        self.by_id.remove(&conn.id.number);
        self.post.connections.fetch_sub(1, Ordering::Relaxed);
        if let Some(hall) = self.halls.get_mut(&conn.room) {
            hall.by_member.remove(&conn.member);
            hall.conns.remove(&conn.id.number);
            if hall.conns.is_empty() {
                self.halls.remove(&conn.room);
            }
        }
        let (peer, connection, purpose) = (conn.peer, conn.id, conn.purpose);
        tracing::debug!(%connection, "connection {connection} left its room");
        self.post.listeners.tell(&conn.room, RoomEvent::Left { peer, connection, purpose });
    }

    /// Tells receivers the map of their slots, once however often it changed in this turn.
    pub(super) fn tell_slots(&mut self) {
        for key in self.conns.keys() {
            let Some(conn) = self.conns.get_mut(key).filter(|c| c.slots_changed) else { continue };
            conn.slots_changed = false;
            let (peer, connection, slots) = (conn.peer.clone(), conn.id, conn.slot_views());
            self.post.listeners.tell(&conn.room, RoomEvent::Slots { peer, connection, slots });
        }
    }
}

/// `true`: a packet was passed on.
fn carry(conn: &mut Conn, now: Instant, output: Output) -> bool {
    match output {
        Output::Forward { slot, rewritten, packet, .. } => return forward(conn, now, slot, rewritten, &packet),
        Output::RequestKeyFrame { track, layer, .. } => {
            let Some((mid, rid)) = conn.layers.get(&(track, layer)) else { return false };
            if let Some(stream) = conn.rtc.direct_api().stream_rx_by_mid(*mid, *rid) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
        }
        Output::SlotChanged { slot, from, clinical, .. } => {
            if let Some(outgoing) = conn.outgoing.get_mut(&slot) {
                (outgoing.from, outgoing.screen) = (from.map(PeerName), clinical);
                (outgoing.paused, outgoing.playable) = (false, true);
            }
            conn.slots_changed = true;
        }
        Output::Playable { slot, playable, .. } => {
            if let Some(outgoing) = conn.outgoing.get_mut(&slot) {
                outgoing.playable = playable;
            }
            conn.slots_changed = true;
        }
        Output::LayerChanged { slot, layer, .. } => {
            if let Some(outgoing) = conn.outgoing.get_mut(&slot) {
                conn.slots_changed |= outgoing.paused != layer.is_none();
                outgoing.paused = layer.is_none();
            }
        }
        Output::Desired { bps, .. } => conn.rtc.bwe().set_desired_bitrate(Bitrate::bps(bps)),
        Output::Speaker { .. } | Output::Gone { .. } | Output::Agreed { .. } | Output::SendFace { .. } => {}
    }
    false
}

fn forward(conn: &mut Conn, now: Instant, slot: SlotKey, rewritten: Rewritten, packet: &Packet) -> bool {
    let Some(outgoing) = conn.outgoing.get(&slot) else { return false };
    let Some((_, pt)) = outgoing.pts.iter().find(|(codec, _)| *codec == packet.codec) else { return false };
    let (ssrc, pt, video) = (outgoing.ssrc, *pt, outgoing.kind == Kind::Video);
    let payload = packet.payload.clone();
    let mut write = RtpWrite::new(pt, rewritten.seq.into(), rewritten.time, now, payload).marker(packet.marker);
    write = write.nackable(video);
    if packet.vp8.is_some_and(|v| v.picture_id != rewritten.picture_id || v.tl0 != rewritten.tl0)
        && let Ok(descriptor) = Vp8Descriptor::parse(&packet.payload)
    {
        // The payload is shared by all receivers; the patch is laid over it while encrypting.
        let mut patch = descriptor.patch();
        if let Some(id) = rewritten.picture_id {
            patch = patch.picture_id(id);
        }
        if let Some(tl0) = rewritten.tl0 {
            patch = patch.tl0_pic_idx(tl0);
        }
        if let Ok(patch) = patch.build() {
            write = write.vp8_patch(patch);
        }
    }
    if let Some(level) = packet.level {
        write = write.ext_vals(ExtensionValues { audio_level: Some(level), ..Default::default() });
    }
    let mut api = conn.rtc.direct_api();
    let Some(stream) = api.stream_tx(&ssrc) else { return false };
    stream.write_rtp(write);
    true
}
