//! A room's state, without IO: who is there, who leads, what is shown. Something happens, and out come messages.

use jiff::SignedDuration;
use kernel::{Id, Role, Time};
use media::{MediaKind, RoomEvent, SlotView, VideoCodec};
use platform::directory::PersonRef;
use platform::presence::Present;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Who lost the line keeps the place for so long; the tile says so meanwhile.
const KEPT: SignedDuration = SignedDuration::from_secs(30);

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum To {
    All,
    One(String),
    AllBut(String),
}

/// A message on its way.
pub(super) type Message = (To, Value);

/// What a browser says.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    #[serde(rename = "type")]
    kind: String,
    mic: Option<bool>,
    cam: Option<bool>,
    on: Option<bool>,
    view: Option<Value>,
    point: Option<Value>,
    /// In place of whoever shows a screen now.
    take: Option<bool>,
    bps: Option<u64>,
}

impl Said {
    /// What the browser's own bandwidth control believes its line out carries.
    pub(super) fn line_bps(&self) -> Option<u64> {
        self.bps.filter(|_| self.kind == "line")
    }
}

/// Somebody in the room.
#[derive(Debug, Clone)]
struct Member {
    person: PersonRef,
    role: Role,
    device: bool,
    /// What the person says of microphone and camera; what flows is `publishes`.
    mic: bool,
    cam: bool,
    /// Another device of the same person speaks and hears: this one does neither, else it howls.
    quiet: bool,
    /// `false`: the line out carries the voice alone.
    face: bool,
    publishes: Vec<MediaKind>,
    since: Time,
    lost_at: Option<Time>,
}

/// A room.
#[derive(Default)]
pub(super) struct Hall {
    members: BTreeMap<String, Member>,
    leader: Option<String>,
    /// Whose screen is shown; one at a time.
    sharer: Option<String>,
    /// What everybody can show.
    codec: Option<VideoCodec>,
    /// What the leader showed last, for those who come late.
    view: Option<Value>,
    speaker: Option<String>,
}

impl Hall {
    /// Somebody enters, or is back.
    pub(super) fn enter(&mut self, peer: &str, person: PersonRef, role: Role, device: bool, now: Time) -> Vec<Message> {
        let known = self.members.get_mut(peer);
        let back = known.map(|m| m.lost_at = None).is_some();
        if !back {
            let (publishes, lost_at, face, since) = (vec![], None, true, now);
            let quiet = !device && self.speaks(&person.id).is_some();
            if device {
                self.hush(&person.id);
            }
            let (mic, cam) = (device, device);
            let member = Member { person, role, device, mic, cam, quiet, face, publishes, since, lost_at };
            self.members.insert(peer.to_owned(), member);
        }
        let mut out = vec![(To::AllBut(peer.to_owned()), self.roster())];
        if !device {
            let welcome = json!({
                "type": "welcome", "you": peer, "members": self.roster()["members"], "leader": self.leader,
                "view": self.view, "speaker": self.speaker, "back": back, "sharer": self.sharer,
                "codec": self.codec.map(code),
            });
            out.push((To::One(peer.to_owned()), welcome));
        }
        out
    }

    /// Somebody left for good.
    pub(super) fn leave(&mut self, peer: &str) -> Vec<Message> {
        let Some(gone) = self.members.remove(peer) else { return vec![] };
        // The other device hears again; that it speaks again is for the person to say.
        if self.speaks(&gone.person.id).is_none()
            && let Some(next) = self.members.values_mut().find(|m| m.person.id == gone.person.id)
        {
            next.quiet = false;
        }
        let mut out = vec![(To::All, self.roster())];
        if self.sharer.as_deref() == Some(peer) {
            self.sharer = None;
            out.push((To::All, self.screen()));
        }
        if self.leader.as_deref() == Some(peer) {
            self.leader = None;
            out.push((To::All, self.lead()));
        }
        self.speaker = self.speaker.take().filter(|s| s != peer);
        out
    }

    /// The line to somebody broke; the place is kept for a while.
    pub(super) fn lose(&mut self, peer: &str, now: Time) -> Vec<Message> {
        let Some(member) = self.members.get_mut(peer) else { return vec![] };
        member.lost_at.get_or_insert(now);
        vec![(To::All, self.roster())]
    }

    /// Those who did not come back in time.
    pub(super) fn given_up(&self, now: Time) -> Vec<String> {
        let late = |m: &Member| m.lost_at.is_some_and(|at| now >= at + KEPT);
        self.members.iter().filter(|(_, m)| late(m)).map(|(peer, _)| peer.clone()).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(super) fn holds(&self, peer: &str) -> bool {
        self.members.contains_key(peer)
    }

    /// Both sides of the consultation are here: an asking doctor and a specialist.
    pub(super) fn is_complete(&self) -> bool {
        let here = |role| self.members.values().any(|m| m.role == role && m.lost_at.is_none());
        here(Role::AskingDoctor) && here(Role::Specialist)
    }

    /// Everybody whose line stands.
    pub(super) fn present(&self) -> Vec<Present> {
        let here = self.members.values().filter(|m| m.lost_at.is_none());
        here.map(|m| Present { person: m.person.id.clone(), role: m.role, hospital: m.person.hospital.id.clone() })
            .collect()
    }

    /// The device with which a person speaks and hears.
    fn speaks(&self, person: &Id) -> Option<&Member> {
        self.members.values().find(|m| m.person.id == *person && !m.quiet && m.lost_at.is_none())
    }

    /// All devices of a person stop speaking and hearing.
    fn hush(&mut self, person: &Id) {
        for member in self.members.values_mut().filter(|m| m.person.id == *person && !m.device) {
            (member.quiet, member.mic) = (true, false);
        }
    }

    /// Whose screen is shown.
    pub(super) fn sharer(&self) -> Option<&String> {
        self.sharer.as_ref()
    }

    /// A browser says something. What it may not say, or what means nothing, changes nothing.
    pub(super) fn hear(&mut self, peer: &str, said: Said) -> Vec<Message> {
        let leads = self.leader.as_deref() == Some(peer);
        let Some(member) = self.members.get_mut(peer) else { return vec![] };
        let others = To::AllBut(peer.to_owned());
        match said.kind.as_str() {
            "state" => {
                member.mic = said.mic.unwrap_or(member.mic) && !member.quiet;
                member.cam = said.cam.unwrap_or(member.cam);
                vec![(To::All, self.roster())]
            }
            // Here one speaks and hears from now on, and on no other device.
            "voice" => {
                let person = member.person.id.clone();
                self.hush(&person);
                if let Some(member) = self.members.get_mut(peer) {
                    member.quiet = false;
                }
                vec![(To::All, self.roster())]
            }
            "screen" if said.on == Some(true) => {
                let free = self.sharer.as_deref().is_none_or(|s| s == peer);
                if free || said.take == Some(true) {
                    self.sharer = Some(peer.to_owned());
                    return vec![(To::All, self.screen())];
                }
                vec![(To::One(peer.to_owned()), self.screen())]
            }
            "screen" if self.sharer.as_deref() == Some(peer) => {
                self.sharer = None;
                vec![(To::All, self.screen())]
            }
            "lead" if said.on == Some(true) => {
                self.leader = Some(peer.to_owned());
                vec![(To::All, self.lead())]
            }
            "lead" if leads => {
                self.leader = None;
                vec![(To::All, self.lead())]
            }
            "view" if leads => {
                let Some(view) = said.view else { return vec![] };
                self.view = Some(view.clone());
                vec![(others, json!({ "type": "view", "from": peer, "view": view }))]
            }
            "point" if leads => vec![(others, json!({ "type": "point", "from": peer, "point": said.point }))],
            _ => vec![],
        }
    }

    /// The media server says something.
    pub(super) fn media(&mut self, event: RoomEvent) -> Vec<Message> {
        match event {
            RoomEvent::Slots { peer, connection, slots } => {
                vec![(To::One(peer.to_string()), slots_message(&connection.to_string(), &slots))]
            }
            RoomEvent::Speaker { peer } => {
                self.speaker = Some(peer.to_string());
                vec![(To::All, json!({ "type": "speaker", "peer": self.speaker }))]
            }
            RoomEvent::SendFace { peer, on } => {
                let Some(member) = self.members.get_mut(peer.as_str()) else { return vec![] };
                member.face = on;
                vec![(To::All, self.roster())]
            }
            RoomEvent::Agreed { codec } => {
                self.codec = Some(codec);
                vec![(To::All, json!({ "type": "codec", "codec": code(codec) }))]
            }
            RoomEvent::Quality { peer, purpose, round_trip, lost_permille, bps, .. } => {
                let up = purpose == media::Purpose::Publish;
                let ms = round_trip.map(|d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX));
                let line = json!({ "type": "line", "peer": peer.as_str(), "up": up, "ms": ms, "lost": lost_permille,
                    "bps": bps });
                vec![(To::All, line)]
            }
            RoomEvent::Published { peer, kind } => {
                let Some(member) = self.members.get_mut(peer.as_str()) else { return vec![] };
                if !member.publishes.contains(&kind) {
                    member.publishes.push(kind);
                }
                vec![(To::All, self.roster())]
            }
            RoomEvent::Left { peer, purpose: media::Purpose::Publish, .. } => {
                let Some(member) = self.members.get_mut(peer.as_str()) else { return vec![] };
                member.publishes.clear();
                member.face = true;
                vec![(To::All, self.roster())]
            }
            _ => vec![],
        }
    }

    fn lead(&self) -> Value {
        json!({ "type": "lead", "leader": self.leader })
    }

    fn screen(&self) -> Value {
        json!({ "type": "screen", "sharer": self.sharer })
    }

    fn roster(&self) -> Value {
        let members = self.members.iter().map(|(peer, m)| {
            json!({
                "peer": peer, "person": m.person, "role": m.role.code(), "device": m.device, "mic": m.mic, "cam": m.cam,
                "audio": m.publishes.contains(&MediaKind::Audio), "video": m.publishes.contains(&MediaKind::Video),
                "quiet": m.quiet, "face": m.face, "lost": m.lost_at.is_some(), "since": m.since.to_string(),
            })
        });
        json!({ "type": "roster", "members": members.collect::<Vec<_>>() })
    }
}

fn code(codec: VideoCodec) -> &'static str {
    if codec == VideoCodec::H264 { "h264" } else { "vp8" }
}

/// The map of a receiving connection's slots.
pub(super) fn slots_message(connection: &str, slots: &[SlotView]) -> Value {
    let slots = slots.iter().map(|s| {
        let kind = if s.kind == MediaKind::Audio { "audio" } else { "video" };
        let peer = s.from.as_ref().map(media::PeerName::as_str);
        json!({
            "mid": s.mid, "kind": kind, "peer": peer, "screen": s.screen, "paused": s.paused, "playable": s.playable,
        })
    });
    json!({ "type": "slots", "connection": connection, "slots": slots.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::directory::HospitalRef;

    fn person(id: &str) -> PersonRef {
        let named = |text: &str| (kernel::Id::new(text).unwrap(), text.to_owned());
        let ((id, name), (hospital, name_en)) = (named(id), named("h"));
        let hospital = HospitalRef { id: hospital, name: name_en.clone(), name_en, level: "county".to_owned() };
        PersonRef { id, name, name_en: None, title: None, title_en: None, hospital }
    }

    fn at(second: i64) -> Time {
        Time::from_second(second).unwrap()
    }

    fn hall(peers: &[(&str, Role)]) -> Hall {
        let mut hall = Hall::default();
        for (peer, role) in peers {
            let who = peer.split('~').next().unwrap();
            hall.enter(peer, person(who), *role, false, at(0));
        }
        hall
    }

    fn said(text: &str) -> Said {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_leader_alone_shows_and_who_comes_late_sees_it() {
        let mut hall = hall(&[("anna", Role::AskingDoctor), ("bo", Role::Specialist)]);
        let view = r#"{"type":"view","view":{"slice":1.50}}"#;
        assert!(hall.hear("bo", said(view)).is_empty(), "nobody leads yet");
        assert_eq!(hall.hear("bo", said(r#"{"type":"lead","on":true}"#))[0].1["leader"], "bo");
        let shown = hall.hear("bo", said(view));
        assert_eq!(shown[0].0, To::AllBut("bo".to_owned()));
        assert_eq!(shown[0].1["view"].to_string(), r#"{"slice":1.50}"#, "numbers as they were");
        assert!(hall.hear("anna", said(view)).is_empty());
        let late = hall.enter("carl", person("carl"), Role::Specialist, false, at(1));
        let welcome = late.iter().find(|(to, _)| *to == To::One("carl".to_owned())).unwrap();
        assert_eq!(
            (&welcome.1["leader"], welcome.1["view"].to_string()),
            (&json!("bo"), r#"{"slice":1.50}"#.to_owned())
        );
        assert_eq!(hall.hear("anna", said(r#"{"type":"lead","on":true}"#))[0].1["leader"], "anna", "taken over");
        assert!(hall.hear("bo", said(r#"{"type":"lead","on":false}"#)).is_empty(), "not his to end");
        assert_eq!(hall.leave("anna")[1].1["leader"], Value::Null);
    }

    #[test]
    fn a_lost_line_keeps_the_place_for_half_a_minute() {
        let mut hall = hall(&[("anna", Role::AskingDoctor), ("bo", Role::Specialist)]);
        assert!(hall.is_complete());
        hall.hear("bo", said(r#"{"type":"state","mic":true,"cam":false}"#));
        let told = hall.lose("bo", at(10));
        assert_eq!(told[0].1["members"][1]["lost"], true);
        assert!(!hall.is_complete());
        assert!(hall.given_up(at(39)).is_empty());
        assert_eq!(hall.given_up(at(40)), ["bo"]);
        let back = hall.enter("bo", person("bo"), Role::Specialist, false, at(39));
        let (_, welcome) = &back[1];
        assert_eq!((&welcome["back"], &welcome["members"][1]["mic"]), (&json!(true), &json!(true)), "as it was left");
        assert!(hall.given_up(at(99)).is_empty());
    }

    #[test]
    fn nonsense_changes_nothing() {
        let mut hall = hall(&[("anna", Role::AskingDoctor)]);
        for text in [r#"{"type":"expel"}"#, r#"{"type":"point","point":1}"#, r#"{"type":"lead","on":false}"#] {
            assert!(hall.hear("anna", said(text)).is_empty(), "{text}");
        }
        assert!(hall.hear("stranger", said(r#"{"type":"lead","on":true}"#)).is_empty());
    }

    #[test]
    fn the_second_device_of_one_person_is_quiet_until_it_takes_the_voice() {
        let mut hall = hall(&[("anna~pc", Role::AskingDoctor)]);
        let enter =
            |hall: &mut Hall, peer: &str, device| hall.enter(peer, person("anna"), Role::AskingDoctor, device, at(1));
        let state = r#"{"type":"state","mic":true,"cam":false}"#;
        let seen = |told: &[Message]| -> Vec<(bool, bool)> {
            let members = told.last().unwrap().1["members"].as_array().unwrap();
            members.iter().map(|m| (m["mic"] == true, m["quiet"] == true)).collect()
        };
        hall.hear("anna~pc", said(state));
        let told = enter(&mut hall, "anna~phone", false);
        assert_eq!(seen(&told), [(true, false), (false, true)], "it comes in quiet");
        assert_eq!(seen(&hall.hear("anna~phone", said(state)))[1], (false, true), "and cannot speak so");
        assert_eq!(seen(&hall.hear("anna~phone", said(r#"{"type":"voice"}"#))), [(false, true), (false, false)]);
        assert_eq!(seen(&hall.hear("anna~phone", said(state))), [(false, true), (true, false)], "one voice");
        let told = hall.leave("anna~phone");
        assert_eq!(seen(&told), [(false, false)], "the other hears again, and speaks when told to");
        let told = enter(&mut hall, "anna~device", true);
        assert_eq!(seen(&told), [(true, false), (false, true)], "a room terminal has the voice");
    }

    #[test]
    fn one_screen_at_a_time_and_it_goes_with_its_owner() {
        let mut hall = hall(&[("anna", Role::AskingDoctor), ("bo", Role::Specialist)]);
        let (on, off) = (r#"{"type":"screen","on":true}"#, r#"{"type":"screen","on":false}"#);
        assert_eq!(hall.hear("anna", said(on)), [(To::All, json!({"type": "screen", "sharer": "anna"}))]);
        let busy = hall.hear("bo", said(on));
        assert_eq!(busy, [(To::One("bo".to_owned()), json!({"type": "screen", "sharer": "anna"}))]);
        assert!(hall.hear("bo", said(off)).is_empty(), "not his to end");
        let taken = hall.hear("bo", said(r#"{"type":"screen","on":true,"take":true}"#));
        assert_eq!(taken[0].1["sharer"], "bo");
        assert_eq!(hall.leave("bo")[1].1, json!({"type": "screen", "sharer": null}));
    }

    #[test]
    fn what_the_media_server_says_of_lines_and_codecs_reaches_the_browsers() {
        let mut hall = hall(&[("anna", Role::AskingDoctor)]);
        let peer = media::PeerName::new("anna").unwrap();
        let told = hall.media(RoomEvent::SendFace { peer: peer.clone(), on: false });
        assert_eq!(told[0].1["members"][0]["face"], false);
        let told = hall.media(RoomEvent::Agreed { codec: VideoCodec::H264 });
        assert_eq!(told[0].1, json!({"type": "codec", "codec": "h264"}));
        let late = hall.enter("bo", person("bo"), Role::Specialist, false, at(1));
        assert_eq!(late[1].1["codec"], "h264");
        assert_eq!(said(r#"{"type":"line","bps":70000}"#).line_bps(), Some(70_000));
        assert_eq!(said(r#"{"type":"state","bps":70000}"#).line_bps(), None);
    }
}
