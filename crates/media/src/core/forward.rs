//! The way of a packet through a room: taken in once, forwarded to every slot that shows its track, and key frames
//! asked for by those who cannot begin without one.

use super::room::{MAX_LAYERS, Output, Room};
use super::{Packet, SlotKey, Time, TrackKey};
use std::sync::Arc;

impl Room {
    /// A packet of a published track.
    pub fn rtp(&mut self, now: Time, track_key: TrackKey, layer: u8, packet: Packet) {
        let Some(track) = self.tracks.get_mut(track_key) else { return };
        if layer >= MAX_LAYERS || (layer > 0 && !track.spec.switchable) {
            return;
        }
        while track.layers.len() <= layer as usize {
            track.layers.push(super::layer::Layer::default());
        }
        let packet = Arc::new(packet);
        let source = &mut track.layers[layer as usize];
        if !source.arrived(now, &packet) {
            return;
        }
        if let Some(level) = packet.level {
            track.loudness.hear(now, level);
        }
        let recoded = track.codec.replace(packet.codec) != Some(packet.codec);
        let entrance = packet.starts_key_frame || !track.spec.switchable;
        // Computed once for all who wait here, and only when somebody may need it.
        let overtaken = if entrance { source.overtaken(packet.seq) } else { None };
        if packet.starts_key_frame && overtaken.is_some() {
            source.asker.arrived(now);
        }
        for &key in &track.slots {
            let Some(slot) = self.slots.get_mut(key) else { continue };
            if recoded && slot.recoded(packet.codec) {
                let (to, unplayable) = (slot.receiver, slot.unplayable);
                self.out.push_back(Output::Playable { to, slot: key, playable: !unplayable });
            }
            if slot.unplayable {
                continue;
            }
            let enters = slot.target == Some(layer) && slot.current != Some(layer);
            let to = slot.receiver;
            if enters && let Some(overtaken) = &overtaken {
                let rewritten = slot.rewriter.start(now, layer, &packet);
                self.out.push_back(Output::Forward { to, slot: key, rewritten, packet: packet.clone() });
                for late in overtaken {
                    if let Some(rewritten) = slot.rewriter.forward(now, layer, late) {
                        self.out.push_back(Output::Forward { to, slot: key, rewritten, packet: late.clone() });
                    }
                }
                slot.current = Some(layer);
                self.out.push_back(Output::LayerChanged { to, slot: key, layer: Some(layer) });
                continue;
            }
            if packet.payload.is_empty() && slot.rewriter.skip(layer, &packet) {
                continue;
            }
            if let Some(rewritten) = slot.rewriter.forward(now, layer, &packet) {
                self.out.push_back(Output::Forward { to, slot: key, rewritten, packet: packet.clone() });
            }
        }
        if entrance && overtaken.is_none() && track.spec.switchable {
            self.ask(now, track_key);
        }
    }

    /// A receiver lost the picture.
    pub fn key_frame_wanted(&mut self, now: Time, slot: SlotKey) {
        let Some(slot) = self.slots.get(slot) else { return };
        let (Some(track), Some(layer)) = (slot.track, slot.current.or(slot.target)) else { return };
        if let Some(layer) = self.tracks.get_mut(track).and_then(|t| t.layers.get_mut(layer as usize)) {
            layer.asker.want(now);
        }
        self.ask(now, track);
    }

    /// Sends what requests are due: for layers somebody waits to enter, and for those whose receivers lost the picture.
    pub(super) fn ask(&mut self, now: Time, track_key: TrackKey) {
        let Some(track) = self.tracks.get_mut(track_key).filter(|t| t.spec.switchable) else { return };
        for slot in track.slots.iter().filter_map(|s| self.slots.get(*s)) {
            if let Some(target) = slot.target.filter(|t| slot.current != Some(*t))
                && let Some(layer) = track.layers.get_mut(target as usize)
            {
                layer.asker.want_next();
            }
        }
        for (number, layer) in track.layers.iter_mut().enumerate() {
            if layer.asker.poll(now) {
                let (publisher, layer) = (track.owner, number as u8);
                self.out.push_back(Output::RequestKeyFrame { publisher, track: track_key, layer });
            }
        }
    }
}
