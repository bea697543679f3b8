//! Whose track a slot shows. A receiver makes all its slots before anybody else is there and never negotiates again:
//! slots take tracks as they are published and are freed when the publisher leaves. A slot in use never moves.

use super::Time;
use super::room::{Name, Output, PeerKey, Room, SlotKey, TrackKey};

impl Room {
    /// Gives free slots the tracks that nobody shows to their receiver yet, earlier participants first.
    pub(super) fn fill(&mut self, now: Time) {
        for receiver in self.peers.keys() {
            let mut changed = false;
            while let Some((slot, track)) = self.next_match(receiver) {
                self.assign(slot, track);
                changed = true;
            }
            if changed {
                self.share_line(now, receiver);
            }
        }
    }

    /// A free slot and a track for it. A receiver with one slot of a kind watches one participant (a plain WHEP
    /// client gets the voice that belongs to the face), one with five watches five.
    fn next_match(&self, receiver: PeerKey) -> Option<(SlotKey, TrackKey)> {
        let peer = self.peers.get(receiver)?;
        let slots: Vec<_> = peer.slots.iter().filter_map(|k| Some((*k, self.slots.get(*k)?))).collect();
        let videos = slots.iter().filter(|(_, s)| s.kind == super::Kind::Video).count();
        let watched_max = videos.max(slots.len() - videos);
        let mut watched: Vec<&Name> =
            slots.iter().filter_map(|(_, s)| Some(&self.tracks.get(s.track?)?.name)).collect();
        watched.sort();
        watched.dedup();
        let wanted = |name: &Name| {
            *name != peer.name
                && peer.only.as_ref().is_none_or(|only| only == name)
                && (watched.contains(&name) || watched.len() < watched_max)
        };
        // What completes a participant already watched goes before the next one.
        let mut tracks: Vec<_> = self.tracks.iter().filter(|(_, t)| wanted(&t.name)).collect();
        tracks.sort_by_key(|(_, t)| !watched.contains(&&t.name));
        tracks.into_iter().find_map(|(key, track)| {
            let shown = slots.iter().any(|(_, s)| s.track == Some(key));
            let free = slots.iter().find(|(_, s)| s.track.is_none() && s.kind == track.spec.kind);
            free.filter(|_| !shown).map(|(slot, _)| (*slot, key))
        })
    }

    fn assign(&mut self, key: SlotKey, track_key: TrackKey) {
        let (Some(slot), Some(track)) = (self.slots.get_mut(key), self.tracks.get_mut(track_key)) else { return };
        slot.track = Some(track_key);
        track.slots.push(key);
        self.out.push_back(Output::SlotChanged { to: slot.receiver, slot: key, from: Some(track.name.clone()) });
    }

    /// The slot's track is gone.
    pub(super) fn empty(&mut self, key: SlotKey) {
        let Some(slot) = self.slots.get_mut(key) else { return };
        (slot.track, slot.target, slot.current) = (None, None, None);
        slot.rewriter.forget_source();
        self.out.push_back(Output::SlotChanged { to: slot.receiver, slot: key, from: None });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, TrackSpec};
    use super::*;
    use std::collections::HashMap;

    const AUDIO: TrackSpec = TrackSpec { kind: Kind::Audio, clinical: false, switchable: false };
    const VIDEO: TrackSpec = TrackSpec { kind: Kind::Video, clinical: false, switchable: true };

    struct Stage {
        room: Room,
        shown: HashMap<SlotKey, String>,
    }

    impl Stage {
        fn new() -> Self {
            Self { room: Room::new(6), shown: HashMap::new() }
        }

        fn publisher(&mut self, name: &str, specs: &[TrackSpec]) -> PeerKey {
            let peer = self.room.join(Time::ZERO, name.into(), None).expect("a place");
            for spec in specs {
                self.room.publish(Time::ZERO, peer, *spec).expect("a track");
            }
            peer
        }

        fn receiver(&mut self, name: &str, only: Option<&str>, each: usize) -> Vec<SlotKey> {
            let peer = self.room.join(Time::ZERO, name.into(), only.map(Into::into)).expect("a place");
            let kinds = [Kind::Audio, Kind::Video].repeat(each);
            self.room.open_slots(Time::ZERO, peer, &kinds)
        }

        fn seen(&mut self, slots: &[SlotKey]) -> Vec<String> {
            while let Some(output) = self.room.poll() {
                if let Output::SlotChanged { slot, from, .. } = output {
                    self.shown.insert(slot, from.map(|n| n.to_string()).unwrap_or_default());
                }
            }
            slots.iter().map(|s| self.shown.get(s).cloned().unwrap_or_default()).collect()
        }
    }

    #[test]
    fn everybody_sees_all_others_and_never_themselves() {
        let mut stage = Stage::new();
        let first = stage.publisher("a", &[AUDIO, VIDEO]);
        let slots = stage.receiver("b", None, 3);
        stage.publisher("b", &[AUDIO, VIDEO]);
        stage.publisher("c", &[AUDIO, VIDEO]);
        assert_eq!(stage.seen(&slots), ["a", "a", "c", "c", "", ""]);
        stage.room.leave(Time::ZERO, first);
        assert_eq!(stage.seen(&slots), ["", "", "c", "c", "", ""], "those in use do not move");
        stage.publisher("d", &[AUDIO, VIDEO]);
        assert_eq!(stage.seen(&slots), ["d", "d", "c", "c", "", ""]);
    }

    #[test]
    fn a_plain_client_watches_one_participant_the_first_or_the_one_named() {
        let mut stage = Stage::new();
        let mute = stage.publisher("mute", &[VIDEO]);
        stage.publisher("b", &[AUDIO, VIDEO]);
        let (first, named) = (stage.receiver("x", None, 1), stage.receiver("y", Some("b"), 1));
        assert_eq!(stage.seen(&first), ["", "mute"], "never a face with another's voice");
        assert_eq!(stage.seen(&named), ["b", "b"]);
        stage.room.leave(Time::ZERO, mute);
        assert_eq!(stage.seen(&first), ["b", "b"], "the next one takes the place");
    }

    #[test]
    fn the_seventh_participant_finds_no_place_but_a_second_connection_does() {
        let mut room = Room::new(6);
        for name in ["a", "b", "c", "d", "e", "f", "a"] {
            assert!(room.join(Time::ZERO, name.into(), None).is_ok(), "{name}");
        }
        assert!(room.join(Time::ZERO, "g".into(), None).is_err());
    }
}
