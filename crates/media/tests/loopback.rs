//! The server over real sockets, with clients on str0m: media goes from one to the other, slots follow those who come
//! and go, a changed line comes back, bounds hold.

use media::{Config, Limits, MediaKind, MediaRefusal, PeerName, RoomEvent, RoomName, Server, VideoCodec};
use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::sync::Arc;
use std::time::{Duration, Instant};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::media::{Direction, MediaKind as Line, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc};
use tokio::sync::broadcast;

fn server(limits: Limits) -> Server {
    started(limits, 1)
}

fn started(limits: Limits, first_connection: u32) -> Server {
    let bind = "127.0.0.1:0".parse().expect("an address");
    Server::start(Config { bind, announce: vec![], threads: 2, codec: VideoCodec::Vp8, first_connection, limits })
        .expect("a media server")
}

fn peer(name: &str) -> PeerName {
    PeerName::new(name).expect("a name")
}

fn room() -> RoomName {
    RoomName::new("ward").expect("a name")
}

/// A client of the standard kind; it lives on its caller's thread.
struct Client {
    rtc: Rtc,
    socket: UdpSocket,
    wake: Instant,
    connected: bool,
    lines: Vec<(Mid, Line)>,
    /// Last bytes seen by line: who sent them.
    seen: BTreeMap<Mid, Vec<u8>>,
    seq: u64,
}

impl Client {
    fn new(direction: Direction, pairs: usize) -> (Self, String, SdpPendingOffer) {
        let crypto = Arc::new(str0m::crypto::from_feature_flags());
        let builder = Rtc::builder().set_crypto_provider(crypto).set_rtp_mode(true).clear_codecs();
        let mut rtc = builder.enable_opus(true, false).enable_vp8(true).build(Instant::now());
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a timeout");
        let here = socket.local_addr().expect("an address");
        rtc.add_local_candidate(Candidate::host(here, "udp").expect("a candidate"));
        let mut change = rtc.sdp_api();
        let kinds = [Line::Audio, Line::Video].repeat(pairs);
        let lines = kinds.iter().map(|k| (change.add_media(*k, direction, None, None, None), *k)).collect();
        let (offer, pending) = change.apply().expect("an offer");
        let (wake, connected, seen) = (Instant::now(), false, BTreeMap::new());
        (Self { rtc, socket, wake, connected, lines, seen, seq: 0 }, offer.to_sdp_string(), pending)
    }

    fn answered(&mut self, pending: SdpPendingOffer, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("an answer");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("an answer that fits");
    }

    /// One turn: sends a frame that says who we are, takes what comes.
    fn turn(&mut self, says: Option<&str>) {
        if let Some(name) = says.filter(|_| self.connected) {
            self.seq += 1;
            for (mid, kind) in self.lines.clone() {
                // A whole VP8 key frame in one packet; for audio any bytes will do.
                let mut payload = vec![0x10, 0x00];
                payload.extend(name.as_bytes());
                let (pt, time) = (self.pt(kind), self.seq as u32 * 900);
                let mut api = self.rtc.direct_api();
                let stream = api.stream_tx_by_mid(mid, None).expect("a stream");
                stream.write_rtp(RtpWrite::new(pt, self.seq.into(), time, Instant::now(), payload).marker(true));
            }
        }
        self.rtc.handle_input(Input::Timeout(Instant::now())).expect("a timeout is taken");
        self.drain();
        let mut buffer = [0; 2000];
        if let Ok((length, source)) = self.socket.recv_from(&mut buffer) {
            let destination = self.socket.local_addr().expect("an address");
            let contents = buffer[..length].try_into().expect("a packet");
            let receive = Receive { proto: Protocol::Udp, source, destination, contents };
            self.rtc.handle_input(Input::Receive(Instant::now(), receive)).expect("a packet is taken");
            self.drain();
        }
    }

    fn pt(&self, kind: Line) -> str0m::media::Pt {
        let audio = kind == Line::Audio;
        let params = self.rtc.codec_config().params();
        params.iter().find(|p| p.spec().codec.is_audio() == audio).expect("a codec").pt()
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().expect("an output") {
                Output::Timeout(at) => {
                    self.wake = at;
                    return;
                }
                Output::Transmit(t) => {
                    let _lost = self.socket.send_to(&t.contents, t.destination);
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(p)) if p.payload.len() > 2 => {
                    let ssrc = p.header.ssrc;
                    let mid = self.rtc.direct_api().stream_rx(&ssrc).map(|s| s.mid()).expect("a line");
                    self.seen.insert(mid, p.payload[2..].to_vec());
                }
                Output::Event(_) => {}
            }
        }
    }

    fn sees(&self) -> Vec<String> {
        let names = self.lines.iter().map(|(mid, _)| self.seen.get(mid).cloned().unwrap_or_default());
        names.map(|n| String::from_utf8_lossy(&n).into_owned()).collect()
    }
}

async fn publisher(server: &Server, name: &str) -> (Client, media::Joined) {
    let (mut client, offer, pending) = Client::new(Direction::SendOnly, 1);
    let joined = server.publish(peer(name), room(), &offer).await.expect("published");
    client.answered(pending, &joined.answer_sdp);
    (client, joined)
}

async fn receiver(server: &Server, name: &str, pairs: usize) -> (Client, media::Joined) {
    let (mut client, offer, pending) = Client::new(Direction::RecvOnly, pairs);
    let joined = server.receive(peer(name), room(), None, &offer).await.expect("received");
    client.answered(pending, &joined.answer_sdp);
    (client, joined)
}

/// Lets everybody run until `done`, at most ten seconds.
fn run(
    clients: &mut [(&mut Client, Option<&str>)],
    what: &str,
    mut done: impl FnMut(&[(&mut Client, Option<&str>)]) -> bool,
) {
    let start = Instant::now();
    while !done(clients) {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what}: {:?}",
            clients.iter().map(|c| c.0.sees()).collect::<Vec<_>>()
        );
        clients.iter_mut().for_each(|(client, says)| client.turn(*says));
    }
}

async fn event(events: &mut broadcast::Receiver<RoomEvent>, wanted: impl Fn(&RoomEvent) -> bool) -> RoomEvent {
    let search = async {
        loop {
            let event = events.recv().await.expect("an event");
            if wanted(&event) {
                return event;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), search).await.expect("the event comes")
}

#[tokio::test]
async fn media_arrives_slots_follow_and_a_changed_line_comes_back() {
    let server = server(Limits::default());
    let mut events = server.events(&room());
    let (mut anna, _) = publisher(&server, "anna").await;
    let (mut eyes, watching) = receiver(&server, "bo", 2).await;
    run(&mut [(&mut anna, Some("anna")), (&mut eyes, None)], "the first", |c| c[1].0.sees()[..2] == ["anna", "anna"]);

    let (mut carl, _) = publisher(&server, "carl").await;
    let mut all = [(&mut anna, Some("anna")), (&mut carl, Some("carl")), (&mut eyes, None)];
    run(&mut all, "the second", |c| c[2].0.sees() == ["anna", "anna", "carl", "carl"]);
    let told =
        event(&mut events, |e| matches!(e, RoomEvent::Slots { slots, .. } if slots.iter().all(|s| s.from.is_some())));
    let RoomEvent::Slots { peer: whose, slots, .. } = told.await else { unreachable!() };
    let map: Vec<_> = slots.iter().map(|s| (s.kind, s.from.as_ref().map(PeerName::as_str))).collect();
    let expected = |name| [(MediaKind::Audio, Some(name)), (MediaKind::Video, Some(name))];
    assert_eq!((whose, map), (peer("bo"), [expected("anna"), expected("carl")].concat()));

    // The receiver's line changes: another port, new credentials, the same session.
    let mut change = eyes.rtc.sdp_api();
    change.ice_restart(false);
    let (offer, pending) = change.apply().expect("an offer");
    eyes.socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    eyes.socket.set_read_timeout(Some(Duration::from_millis(1))).expect("a timeout");
    let here = eyes.socket.local_addr().expect("an address");
    let answer = server.restart(watching.connection, &offer.to_sdp_string()).await.expect("an answer");
    eyes.answered(pending, &answer);
    eyes.rtc.add_local_candidate(Candidate::host(here, "udp").expect("a candidate"));
    eyes.seen.clear();
    let cut = Instant::now();
    let mut all = [(&mut anna, Some("anna")), (&mut carl, Some("carl")), (&mut eyes, None)];
    run(&mut all, "after the change", |c| c[2].0.sees() == ["anna", "anna", "carl", "carl"]);
    assert!(cut.elapsed() < Duration::from_secs(20), "back after {:?}", cut.elapsed());

    // Anna is expelled; who comes next takes her place in the same lines.
    server.expel(&room(), &peer("anna"));
    event(&mut events, |e| matches!(e, RoomEvent::Left { peer: p, .. } if *p == peer("anna"))).await;
    let (mut dora, _) = publisher(&server, "dora").await;
    let mut all = [(&mut dora, Some("dora")), (&mut carl, Some("carl")), (&mut eyes, None)];
    run(&mut all, "in her place", |c| c[2].0.sees() == ["dora", "dora", "carl", "carl"]);

    server.close_room(&room());
    event(&mut events, |e| *e == RoomEvent::Closed).await;
    assert_eq!(server.stats().await.expect("counts").connections, 0);
    let gone = server.restart(watching.connection, &offer.to_sdp_string()).await;
    assert_eq!(gone, Err(MediaRefusal::NoSuchConnection));
    server.shutdown();
}

/// A client that comes back after a crash holds the name of a line that is gone; its counterpart of today has another.
#[tokio::test]
async fn a_line_of_an_earlier_start_names_nothing() {
    let before = started(Limits::default(), 1);
    let (_anna, held) = publisher(&before, "anna").await;
    before.shutdown();
    let after = started(Limits::default(), 2);
    let (_anna, todays) = publisher(&after, "anna").await;
    let (_, offer, _) = Client::new(Direction::SendOnly, 1);
    assert_eq!(after.restart(held.connection, &offer).await, Err(MediaRefusal::NoSuchConnection));
    after.leave(held.connection);
    assert_eq!(after.stats().await.expect("counts").connections, 1, "{held:?} is not {todays:?}");
    after.shutdown();
}

#[tokio::test]
async fn what_an_outsider_can_fill_is_bounded() {
    let limits = Limits { rooms: 2, participants_per_room: 2, connections: 4, ..Limits::default() };
    let server = server(limits);
    let offer = || Client::new(Direction::SendOnly, 1).1;
    let publish = async |name: &str, room: &str| {
        let room = RoomName::new(room).expect("a name");
        server.publish(peer(name), room, &offer()).await.map(|j| j.connection).map_err(|r| r.code())
    };
    let first = publish("a", "one").await.expect("a place");
    let again = publish("a", "one").await.expect("who comes again replaces himself");
    assert_ne!(first, again);
    assert_eq!(server.stats().await.expect("counts").connections, 1);
    publish("b", "one").await.expect("a place");
    assert_eq!(publish("c", "one").await, Err("media.room_full"));
    let mut refused = vec![];
    for n in 0..8 {
        refused.extend(publish("a", &format!("room {n}")).await.err());
    }
    assert!(refused.contains(&"media.too_many_rooms"), "{refused:?}");
    assert!(server.stats().await.expect("counts").connections <= 4);
    server.leave(again);
    server.shutdown();
    assert_eq!(publish("a", "one").await, Err("media.unavailable"));
}
