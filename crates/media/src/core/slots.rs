//! Whose track a slot shows. A receiver makes all its slots before anybody else is there and never negotiates again:
//! slots take tracks as they are published and are freed when the publisher leaves. A slot in use never moves.

use super::Time;
use super::room::{Name, Output, PeerKey, Room, SlotKey, Track, TrackKey, person};

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
        let videos = slots.iter().filter(|(_, s)| s.spec.kind == super::Kind::Video).count();
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
        // The other device of one's own stands on the same desk: to hear it would howl.
        let howls = |t: &Track| t.spec.kind == super::Kind::Audio && person(&t.name) == person(&peer.name);
        let turn = |t: &Track| !t.spec.clinical || self.sharing == Some(t.owner);
        // A screen shown to all goes first, then what completes a participant already watched, then the next one.
        let mut tracks: Vec<_> = self.tracks.iter().filter(|(_, t)| wanted(&t.name) && turn(t) && !howls(t)).collect();
        tracks.sort_by_key(|(_, t)| (!t.spec.clinical, !watched.contains(&&t.name)));
        tracks.into_iter().find_map(|(key, track)| {
            let shown = slots.iter().any(|(_, s)| s.track == Some(key));
            let free = slots.iter().find(|(_, s)| s.track.is_none() && s.spec.kind == track.spec.kind);
            free.filter(|_| !shown).map(|(slot, _)| (*slot, key))
        })
    }

    fn assign(&mut self, key: SlotKey, track_key: TrackKey) {
        let (Some(slot), Some(track)) = (self.slots.get_mut(key), self.tracks.get_mut(track_key)) else { return };
        slot.track = Some(track_key);
        track.slots.push(key);
        let (to, from, clinical) = (slot.receiver, Some(track.name.clone()), track.spec.clinical);
        self.out.push_back(Output::SlotChanged { to, slot: key, from, clinical });
        if track.codec.is_some_and(|codec| slot.recoded(codec)) {
            self.out.push_back(Output::Playable { to, slot: key, playable: false });
        }
    }

    /// The slot's track is gone.
    pub(super) fn empty(&mut self, key: SlotKey) {
        let Some(slot) = self.slots.get_mut(key) else { return };
        (slot.track, slot.target, slot.current, slot.unplayable) = (None, None, None, false);
        slot.rewriter.forget_source();
        self.out.push_back(Output::SlotChanged { to: slot.receiver, slot: key, from: None, clinical: false });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Codec, Kind, Packet, SlotSpec, TrackSpec};
    use super::*;
    use std::collections::HashMap;

    const AUDIO: TrackSpec = TrackSpec { kind: Kind::Audio, clinical: false, switchable: false };
    const VIDEO: TrackSpec = TrackSpec { kind: Kind::Video, clinical: false, switchable: true };
    const SCREEN: TrackSpec = TrackSpec { kind: Kind::Video, clinical: true, switchable: true };

    fn lines(kinds: &[Kind], video: &[Codec]) -> Vec<SlotSpec> {
        let codecs = |kind| if kind == Kind::Audio { vec![Codec::Opus] } else { video.to_vec() };
        kinds.iter().map(|&kind| SlotSpec { kind, codecs: codecs(kind) }).collect()
    }

    struct Stage {
        room: Room,
        shown: HashMap<SlotKey, String>,
    }

    impl Stage {
        fn new() -> Self {
            Self { room: Room::new(6, Codec::Vp8), shown: HashMap::new() }
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
            self.room.open_slots(Time::ZERO, peer, &lines(&kinds, &[Codec::Vp8, Codec::H264]))
        }

        fn seen(&mut self, slots: &[SlotKey]) -> Vec<String> {
            while let Some(output) = self.room.poll() {
                if let Output::SlotChanged { slot, from, clinical, .. } = output {
                    let mark = if clinical { "'s screen" } else { "" };
                    self.shown.insert(slot, from.map(|n| format!("{n}{mark}")).unwrap_or_default());
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
        let mut room = Room::new(6, Codec::Vp8);
        for name in ["a", "b", "c", "d", "e", "f", "a"] {
            assert!(room.join(Time::ZERO, name.into(), None).is_ok(), "{name}");
        }
        assert!(room.join(Time::ZERO, "g".into(), None).is_err());
    }

    #[test]
    fn devices_of_one_person_count_as_one_and_never_hear_each_other() {
        let mut stage = Stage::new();
        let phone = stage.receiver("a~phone", None, 2);
        stage.publisher("a~pc", &[AUDIO, VIDEO]);
        let others = stage.receiver("b~1", None, 2);
        assert_eq!(stage.seen(&phone), ["", "a~pc", "", ""], "seen, not heard");
        assert_eq!(stage.seen(&others)[..2], ["a~pc", "a~pc"]);
        for name in ["c~1", "d~1", "e~1", "f~1", "a~terminal"] {
            assert!(stage.room.join(Time::ZERO, name.into(), None).is_ok(), "{name}");
        }
        assert_eq!(stage.room.join(Time::ZERO, "g~1".into(), None).err(), Some(super::super::NoPlace::Full));
        let fourth = stage.room.join(Time::ZERO, "a~tablet".into(), None).err();
        assert_eq!(fourth, Some(super::super::NoPlace::Devices { max: 3 }));
    }

    #[test]
    fn one_screen_at_a_time_and_before_any_face() {
        let mut stage = Stage::new();
        let first = stage.publisher("a", &[AUDIO, VIDEO, SCREEN]);
        let second = stage.publisher("b", &[AUDIO, VIDEO, SCREEN]);
        let peer = stage.room.join(Time::ZERO, "c".into(), None).expect("a place");
        let kinds = [Kind::Audio, Kind::Video, Kind::Audio, Kind::Video, Kind::Video];
        let slots = stage.room.open_slots(Time::ZERO, peer, &lines(&kinds, &[Codec::Vp8]));
        assert_eq!(stage.seen(&slots), ["a", "a", "b", "b", ""], "nobody shows a screen yet");
        stage.room.share(Time::ZERO, Some(first));
        assert_eq!(stage.seen(&slots)[4], "a's screen");
        stage.room.share(Time::ZERO, Some(second));
        assert_eq!(stage.seen(&slots)[4], "b's screen", "the second takes the first's place");
        let late = stage.receiver("d", None, 1);
        assert_eq!(stage.seen(&late), ["b", "b's screen"], "who has one place sees the screen");
        stage.room.leave(Time::ZERO, second);
        assert_eq!(stage.seen(&slots), ["a", "a", "", "", ""], "it ends with its owner");
        assert_eq!(stage.seen(&late), ["a", "a"]);
    }

    #[test]
    fn the_room_agrees_on_what_everybody_can_show() {
        let mut room = Room::new(6, Codec::Vp8);
        let agreed = |room: &mut Room| {
            let mut last = None;
            while let Some(output) = room.poll() {
                if let Output::Agreed { codec } = output {
                    last = Some(codec);
                }
            }
            last
        };
        let join = |room: &mut Room, name: &str, codecs: &[Codec]| {
            let peer = room.join(Time::ZERO, name.into(), None).expect("a place");
            (peer, room.open_slots(Time::ZERO, peer, &lines(&[Kind::Audio, Kind::Video], codecs))[1])
        };
        join(&mut room, "browser", &[Codec::Vp8, Codec::H264]);
        assert_eq!(agreed(&mut room), Some(Codec::Vp8));
        let (terminal, _) = join(&mut room, "terminal", &[Codec::H264]);
        assert_eq!(agreed(&mut room), Some(Codec::H264), "a terminal that knows nothing else");
        let (_, old) = join(&mut room, "old", &[Codec::Vp8]);
        assert_eq!(agreed(&mut room), Some(Codec::Vp8), "none fits all: back to the preferred one");
        room.leave(Time::ZERO, terminal);
        assert_eq!(agreed(&mut room), None, "nothing changed");

        // What somebody cannot show is not sent there, and it is said.
        let publisher = room.join(Time::ZERO, "p".into(), None).expect("a place");
        let track = room.publish(Time::ZERO, publisher, VIDEO).expect("a track");
        let sent = |room: &mut Room, codec, seq, payload: &[u8]| {
            room.rtp(Time::ZERO, track, 0, Packet::read(codec, seq, seq as u32, true, None, payload.into()));
            let (mut forwarded, mut told) = (false, None);
            while let Some(output) = room.poll() {
                match output {
                    Output::Forward { slot, .. } => forwarded |= slot == old,
                    Output::Playable { slot, playable, .. } if slot == old => told = Some(playable),
                    _ => {}
                }
            }
            (forwarded, told)
        };
        assert_eq!(sent(&mut room, Codec::Vp8, 1, &[0x10, 0]), (true, None));
        assert_eq!(sent(&mut room, Codec::H264, 2, &[0x67, 0]), (false, Some(false)));
        assert_eq!(sent(&mut room, Codec::H264, 3, &[0x65, 0]), (false, None));
        assert_eq!(sent(&mut room, Codec::Vp8, 4, &[0x10, 1]), (false, Some(true)), "not in the middle");
        assert_eq!(sent(&mut room, Codec::Vp8, 5, &[0x10, 0]), (true, None));
    }
}
