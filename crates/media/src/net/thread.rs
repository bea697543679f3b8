//! A media thread: one UDP port, the connections on it, the rooms pinned to it. Nothing here is shared, nothing locks
//! but the listeners of a room, for an event.

use super::connection::{Conn, Heard, permille};
use super::events::{Description, Listeners, RoomEvent, Stats, VideoCodec};
use super::mailbox::{Command, Inbox, Join};
use super::names::{ConnectionId, PeerName, Purpose, RoomName};
use super::refusal::MediaRefusal;
use super::server::Limits;
use super::stun;
use super::udp::{Batch, Udp};
use crate::core::{Codec, Key, NoPlace, PeerKey, Room, Slab};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use str0m::change::SdpOffer;
use str0m::net::{Protocol, Receive};
use str0m::{Input, Output, Rtc};

/// With nobody there only the bell wakes us.
const IDLE: Duration = Duration::from_secs(3600);
/// A plain WHEP client makes one connection for each participant it watches.
const RECEIVING_MAX: usize = 6;

pub(super) type ConnKey = Key<Conn>;

pub(super) struct Hall {
    pub room: Room,
    pub conns: BTreeMap<u64, ConnKey>,
    pub by_member: HashMap<PeerKey, ConnKey>,
    /// What everybody can show.
    pub codec: VideoCodec,
}

/// What a thread is started with.
pub(super) struct Post {
    pub number: u16,
    pub udp: Udp,
    pub inbox: Inbox,
    /// The addresses told to clients, with this thread's port.
    pub local: Vec<SocketAddr>,
    pub limits: Limits,
    /// This thread's part of them.
    pub rooms_max: usize,
    pub listeners: Arc<Listeners>,
    /// What is chosen when everybody knows both.
    pub codec: VideoCodec,
    /// Connections of all threads.
    pub connections: Arc<AtomicUsize>,
    /// The number of the first connection: another at each start, so that a client's old address finds nobody.
    pub first_id: u64,
}

pub(super) struct Thread {
    pub post: Post,
    pub origin: Instant,
    pub conns: Slab<Conn>,
    pub halls: HashMap<RoomName, Hall>,
    pub by_id: HashMap<u64, ConnKey>,
    pub by_ufrag: HashMap<String, ConnKey>,
    pub by_address: HashMap<SocketAddr, ConnKey>,
    pub dirty: Vec<ConnKey>,
    next_id: u64,
    received: u64,
    pub forwarded: u64,
}

impl Thread {
    pub(super) fn new(post: Post) -> Self {
        let (conns, halls, by_id, by_ufrag, by_address) = Default::default();
        let (dirty, next_id, received, forwarded, origin) = (vec![], post.first_id, 0, 0, Instant::now());
        Self { post, origin, conns, halls, by_id, by_ufrag, by_address, dirty, next_id, received, forwarded }
    }

    pub(super) fn run(mut self) {
        let mut batch = Batch::default();
        loop {
            for command in self.post.inbox.take().collect::<Vec<_>>() {
                if !self.obey(command) {
                    return;
                }
            }
            let now = Instant::now();
            // A scan: 200 comparisons cost less than keeping a heap in order at every packet.
            for key in self.conns.keys() {
                if self.conns.get(key).is_some_and(|c| c.deadline <= now) {
                    self.touch(key);
                }
            }
            let time = now - self.origin;
            self.halls.values_mut().for_each(|h| h.room.tick(time));
            self.settle(now);
            self.post.udp.flush();
            let rooms = self.halls.values().map(|h| self.origin + h.room.deadline());
            let wake = self.conns.iter().map(|(_, c)| c.deadline).chain(rooms).fold(now + IDLE, Instant::min);
            self.post.udp.wait(self.post.inbox.bell(), wake.saturating_duration_since(Instant::now()));
            self.post.udp.receive(&mut batch);
            let now = Instant::now();
            batch.packets().for_each(|(bytes, source)| self.take(bytes, source, now));
        }
    }

    /// `false`: stop.
    fn obey(&mut self, command: Command) -> bool {
        // A caller that stopped waiting for its answer is no reason to stop.
        match command {
            Command::Join(join) => {
                let Join { rtc, room, peer, purpose, only, reply } = *join;
                let _gone = reply.send(self.join(rtc, room, peer, purpose, only));
            }
            Command::Restart(id, offer, reply) => {
                let _gone = reply.send(self.restart(id, *offer));
            }
            Command::Leave(id) => {
                let key = self.by_id.get(&id.number).copied();
                self.leave(key);
            }
            Command::Expel(room, peer) => self.leave(self.of(&room, |c| c.peer == peer)),
            Command::Screen(room, peer) => {
                let now = self.origin.elapsed();
                let owner = peer.and_then(|p| self.publishing(&room, &p));
                if let Some(hall) = self.halls.get_mut(&room) {
                    hall.room.share(now, owner);
                }
            }
            Command::Report(room, peer, report) => {
                let now = self.origin.elapsed();
                let of = self.publishing(&room, &peer);
                if let (Some(hall), Some(of)) = (self.halls.get_mut(&room), of) {
                    hall.room.uplink(now, of, report);
                }
            }
            Command::Close(room) => {
                self.leave(self.of(&room, |_| true));
                self.settle(Instant::now());
                self.post.listeners.tell(&room, RoomEvent::Closed);
            }
            Command::Describe(room, reply) => {
                let _gone = reply.send(self.describe(&room));
            }
            Command::Stats(reply) => {
                let (rooms, connections) = (self.halls.len(), self.by_id.len());
                let (received, forwarded) = (self.received, self.forwarded);
                let _gone = reply.send(Stats { rooms, connections, received, forwarded });
            }
            Command::Stop => return false,
        }
        true
    }

    fn join(
        &mut self,
        rtc: Rtc,
        room: RoomName,
        peer: PeerName,
        purpose: Purpose,
        only: Option<PeerName>,
    ) -> Result<ConnectionId, MediaRefusal> {
        let limits = &self.post.limits;
        if !self.halls.contains_key(&room) && self.halls.len() >= self.post.rooms_max {
            return Err(MediaRefusal::TooManyRooms { max: limits.rooms });
        }
        if self.post.connections.load(Ordering::Relaxed) >= limits.connections {
            return Err(MediaRefusal::TooManyConnections { max: limits.connections });
        }
        // Who publishes again (a reload, another device) takes over from himself.
        let mut own = self.of(&room, |c| c.peer == peer && c.purpose == purpose);
        let kept = if purpose == Purpose::Publish { 0 } else { RECEIVING_MAX - 1 };
        own.truncate(own.len().saturating_sub(kept));
        self.leave(own);
        self.settle(Instant::now());

        let now = self.origin.elapsed();
        let participants_max = self.post.limits.participants_per_room;
        let codec = self.post.codec;
        let preferred = if codec == VideoCodec::H264 { Codec::H264 } else { Codec::Vp8 };
        let hall = self.halls.entry(room.clone()).or_insert_with(|| Hall {
            room: Room::new(participants_max, preferred),
            conns: BTreeMap::new(),
            by_member: HashMap::new(),
            codec,
        });
        let no_place = |why| match why {
            NoPlace::Full => MediaRefusal::RoomFull { max: participants_max },
            NoPlace::Devices { max } => MediaRefusal::TooManyDevices { max },
        };
        let member = hall.room.join(now, peer.0.clone(), only.map(|n| n.0)).map_err(no_place)?;
        let id = ConnectionId { thread: self.post.number, number: self.next_id };
        self.next_id += 1;
        let conn = Conn::new(rtc, id, room, peer, purpose, member);
        let ufrag = conn.ufrag.clone();
        let key = self.conns.insert(conn);
        hall.conns.insert(id.number, key);
        hall.by_member.insert(member, key);
        self.by_ufrag.insert(ufrag, key);
        self.by_id.insert(id.number, key);
        self.post.connections.fetch_add(1, Ordering::Relaxed);
        self.touch(key);
        tracing::debug!(connection = %id, "connection {id} joined a room");
        Ok(id)
    }

    /// The line of a client changed: new credentials, the same session.
    fn restart(&mut self, id: ConnectionId, offer: SdpOffer) -> Result<String, MediaRefusal> {
        let key = *self.by_id.get(&id.number).ok_or(MediaRefusal::NoSuchConnection)?;
        let conn = self.conns.get_mut(key).ok_or(MediaRefusal::NoSuchConnection)?;
        let refused = |e: str0m::RtcError| MediaRefusal::OfferNotAcceptable { why: e.to_string() };
        let answer = conn.rtc.sdp_api().accept_offer(offer).map_err(refused)?;
        self.by_ufrag.remove(&conn.ufrag);
        conn.ufrag = conn.rtc.direct_api().local_ice_credentials().ufrag;
        self.by_ufrag.insert(conn.ufrag.clone(), key);
        self.touch(key);
        tracing::debug!(connection = %id, "connection {id} restarts after its line changed");
        Ok(answer.to_sdp_string())
    }

    /// Connections of a room, oldest first.
    fn of(&self, room: &RoomName, wanted: impl Fn(&Conn) -> bool) -> Vec<ConnKey> {
        let keys = self.halls.get(room).into_iter().flat_map(|h| h.conns.values());
        keys.copied().filter(|k| self.conns.get(*k).is_some_and(&wanted)).collect()
    }

    /// The connection through which a participant publishes.
    fn publishing(&self, room: &RoomName, peer: &PeerName) -> Option<PeerKey> {
        let keys = self.of(room, |c| c.peer == *peer && c.purpose == Purpose::Publish);
        keys.last().and_then(|k| self.conns.get(*k)).map(|c| c.member)
    }

    fn leave(&mut self, keys: impl IntoIterator<Item = ConnKey>) {
        let now = self.origin.elapsed();
        for key in keys {
            let Some(conn) = self.conns.get(key) else { continue };
            if let Some(hall) = self.halls.get_mut(&conn.room) {
                hall.room.leave(now, conn.member);
            }
        }
    }

    fn describe(&self, room: &RoomName) -> Description {
        let Some(hall) = self.halls.get(room) else { return Description::default() };
        let connections = hall.conns.values().filter_map(|k| self.conns.get(*k)).map(Conn::describe).collect();
        Description { connections, speaker: hall.room.speaker().cloned().map(PeerName), codec: hall.codec }
    }

    pub(super) fn touch(&mut self, key: ConnKey) {
        if let Some(conn) = self.conns.get_mut(key).filter(|c| !c.dirty) {
            conn.dirty = true;
            self.dirty.push(key);
        }
    }

    fn take(&mut self, bytes: &[u8], source: SocketAddr, now: Instant) {
        // Of a stranger who asks whether UDP arrives; a connection's requests have credentials.
        if let Some(answer) = stun::answer(bytes, source) {
            self.post.udp.out.push((answer.into(), source));
            return;
        }
        let Ok(contents) = bytes.try_into() else { return };
        let same_family = |a: &&SocketAddr| a.is_ipv4() == source.is_ipv4();
        let Some(&destination) = self.post.local.iter().find(same_family) else { return };
        let input = Input::Receive(now, Receive { proto: Protocol::Udp, source, destination, contents });
        let named = stun::ufrag(bytes).and_then(|u| self.by_ufrag.get(u)).copied();
        let Some(key) = named.or_else(|| self.by_address.get(&source).copied()) else { return };
        let Some(conn) = self.conns.get_mut(key) else { return };
        // Only a STUN request with the right password moves an address to a connection.
        if named.is_some() && self.by_address.get(&source) != Some(&key) {
            if !conn.rtc.accepts(&input) {
                return;
            }
            self.by_address.insert(source, key);
        }
        self.received += 1;
        if conn.rtc.handle_input(input).is_err() {
            conn.rtc.disconnect();
        }
        if let Some(hall) = self.halls.get_mut(&conn.room) {
            hall.room.heard(now - self.origin, conn.member);
        }
        // At once, not at the end of the batch: str0m in RTP mode holds a single received packet, the next one
        // handed in before it is polled replaces it without a word. (It cost us every second packet.)
        self.drain(key, now);
    }

    /// Lets the connections speak and the rooms decide until there is nothing left to say.
    fn settle(&mut self, now: Instant) {
        self.carry_out(now);
        while !self.dirty.is_empty() {
            for key in std::mem::take(&mut self.dirty) {
                if let Some(conn) = self.conns.get_mut(key) {
                    conn.dirty = false;
                    if conn.rtc.handle_input(Input::Timeout(now)).is_err() {
                        conn.rtc.disconnect();
                    }
                }
                self.drain(key, now);
            }
            self.carry_out(now);
        }
        self.tell_slots();
    }

    fn drain(&mut self, key: ConnKey, now: Instant) {
        let Some(conn) = self.conns.get_mut(key) else { return };
        let Some(hall) = self.halls.get_mut(&conn.room) else { return };
        let time = now - self.origin;
        while conn.rtc.is_alive() {
            match conn.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    conn.deadline = at;
                    break;
                }
                Ok(Output::Transmit(t)) => self.post.udp.out.push((t.contents, t.destination)),
                Ok(Output::Event(event)) => {
                    if let Some(heard) = conn.hear(&mut hall.room, time, event) {
                        self.post.listeners.tell(&conn.room, told(conn, heard));
                    }
                }
                Err(_) => conn.rtc.disconnect(),
            }
        }
        conn.open_slots(&mut hall.room, time);
        if !conn.rtc.is_alive() {
            hall.room.leave(time, conn.member);
        }
    }
}

fn told(conn: &Conn, heard: Heard) -> RoomEvent {
    let (peer, connection, purpose) = (conn.peer.clone(), conn.id, conn.purpose);
    match heard {
        Heard::Connected => RoomEvent::Connected { peer, connection, purpose },
        Heard::Published(kind) => RoomEvent::Published { peer, kind },
        Heard::Quality(stats, bps) => {
            let pair = stats.selected_candidate_pair.and_then(|p| p.current_round_trip_time);
            let lost =
                if purpose == Purpose::Publish { stats.ingress_loss_fraction } else { stats.egress_loss_fraction };
            let (round_trip, lost_permille) = (stats.rtt.or(pair), lost.map(permille));
            RoomEvent::Quality { peer, connection, purpose, round_trip, lost_permille, bps }
        }
    }
}
