//! The door: start, and what may be asked of the rooms. Cheap to clone; every copy is the same server.

use super::events::{Description, Listeners, RoomEvent, Stats, VideoCodec};
use super::mailbox::{Command, Join, Mailbox, mailbox};
use super::names::{ConnectionId, PeerName, Purpose, RoomName};
use super::negotiate;
use super::refusal::MediaRefusal;
use super::thread::{Post, Thread};
use super::udp::Udp;
use crate::core::Report;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, oneshot};

/// A media thread answers within a turn; longer means that it is gone or drowning.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen (UDP). With port 0 each thread takes a free port, else thread `n` takes `port + n`.
    pub bind: SocketAddr,
    /// The addresses that clients are told; when empty, that of `bind`, which must then name one.
    pub announce: Vec<IpAddr>,
    /// Media threads; a room lives on one.
    pub threads: u16,
    /// How pictures are encoded when everybody in a room knows both ways.
    pub codec: VideoCodec,
    /// Where the numbers of connections begin. By chance: what a client still holds of an earlier start names nothing of
    /// this one, and a restart of it is refused instead of turning another line of the same person.
    pub first_connection: u32,
    /// What outsiders may fill.
    pub limits: Limits,
}

/// Bounds on everything an outsider can fill. The length of an offer (64 KiB) and its m-lines (16) are fixed.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Rooms at once.
    pub rooms: usize,
    /// Different people in a room.
    pub participants_per_room: usize,
    /// Connections at once, over all rooms.
    pub connections: usize,
    /// New connections a second, over all rooms; a burst of as many is let through.
    pub joins_per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rooms: 200, participants_per_room: 6, connections: 1_000, joins_per_second: 50 }
    }
}

/// A connection was made; the client connects once it has read the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// What the client is answered.
    pub answer_sdp: String,
    /// How the connection is called from now on.
    pub connection: ConnectionId,
}

/// The media server.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    threads: Vec<Mailbox>,
    /// The addresses of each thread, as told to clients.
    local: Vec<Vec<SocketAddr>>,
    listeners: Arc<Listeners>,
    joins: Mutex<Bucket>,
    handles: Mutex<Vec<JoinHandle<()>>>,
}

impl Server {
    /// Binds the ports and starts the threads.
    pub fn start(config: Config) -> io::Result<Self> {
        let invalid = |why: &str| io::Error::new(io::ErrorKind::InvalidInput, why.to_owned());
        let announce = if config.announce.is_empty() { vec![config.bind.ip()] } else { config.announce.clone() };
        if announce.iter().any(IpAddr::is_unspecified) {
            return Err(invalid("clients must be told a real address: set the addresses to announce"));
        }
        if config.threads == 0 {
            return Err(invalid("at least one media thread is needed"));
        }
        let limits = config.limits;
        let rooms_max = limits.rooms.div_ceil(usize::from(config.threads));
        let (listeners, connections) = (Arc::<Listeners>::default(), Arc::new(AtomicUsize::new(0)));
        let (mut threads, mut locals, mut handles) = (vec![], vec![], vec![]);
        for number in 0..config.threads {
            let port = match config.bind.port() {
                0 => 0,
                first => first.checked_add(number).ok_or_else(|| invalid("no UDP port left for all threads"))?,
            };
            let udp = Udp::bind(SocketAddr::new(config.bind.ip(), port))?;
            let port = udp.port()?;
            let local: Vec<_> = announce.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
            let (mailbox, inbox) = mailbox()?;
            let (limits, listeners, connections) = (limits.clone(), listeners.clone(), connections.clone());
            let (local_too, codec) = (local.clone(), config.codec);
            let first_id = u64::from(config.first_connection) << 32;
            let post = Post {
                number,
                udp,
                inbox,
                local: local_too,
                limits,
                rooms_max,
                listeners,
                codec,
                connections,
                first_id,
            };
            let thread = std::thread::Builder::new().name(format!("media-{number}"));
            handles.push(thread.spawn(move || Thread::new(post).run())?);
            threads.push(mailbox);
            locals.push(local);
        }
        let joins = Mutex::new(Bucket::new(limits.joins_per_second));
        Ok(Self(Arc::new(Inner { threads, local: locals, listeners, joins, handles: Mutex::new(handles) })))
    }

    /// Where participants send to, over UDP: for each thread, each address announced.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.0.local.iter().flatten().copied().collect()
    }

    /// Takes a participant's camera and microphone. Who publishes already in this room is replaced.
    pub async fn publish(&self, peer: PeerName, room: RoomName, offer: &str) -> Result<Joined, MediaRefusal> {
        self.join(peer, room, Purpose::Publish, None, offer).await
    }

    /// Brings a participant the others: all of them as far as its offer has m-lines, or `from` alone.
    pub async fn receive(
        &self,
        peer: PeerName,
        room: RoomName,
        from: Option<PeerName>,
        offer: &str,
    ) -> Result<Joined, MediaRefusal> {
        self.join(peer, room, Purpose::Receive, from, offer).await
    }

    async fn join(
        &self,
        peer: PeerName,
        room: RoomName,
        purpose: Purpose,
        only: Option<PeerName>,
        offer: &str,
    ) -> Result<Joined, MediaRefusal> {
        if !self.0.joins.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now()) {
            return Err(MediaRefusal::TooManyJoins);
        }
        let thread = self.thread_of(&room);
        let local = self.0.local.get(thread).ok_or(MediaRefusal::Unavailable)?;
        let (rtc, answer_sdp) = negotiate::answer(offer, purpose, local)?;
        let (reply, answer) = oneshot::channel();
        let join = Join { rtc, room, peer, purpose, only, reply };
        self.send(thread, Command::Join(Box::new(join)))?;
        let connection = wait(answer).await??;
        Ok(Joined { answer_sdp, connection })
    }

    /// Answers the new offer of a client whose line changed (ICE restart); the session goes on.
    pub async fn restart(&self, connection: ConnectionId, offer: &str) -> Result<String, MediaRefusal> {
        let offer = Box::new(negotiate::read_offer(offer)?);
        let (reply, answer) = oneshot::channel();
        self.send(usize::from(connection.thread), Command::Restart(connection, offer, reply))?;
        wait(answer).await?
    }

    /// Ends a connection.
    pub fn leave(&self, connection: ConnectionId) {
        self.tell(usize::from(connection.thread), Command::Leave(connection));
    }

    /// Ends all connections of a participant in a room.
    pub fn expel(&self, room: &RoomName, peer: &PeerName) {
        self.tell(self.thread_of(room), Command::Expel(room.clone(), peer.clone()));
    }

    /// Shows a participant's screen to the room, in place of whosever was shown; `None`: nobody's.
    pub fn show_screen(&self, room: &RoomName, of: Option<&PeerName>) {
        self.tell(self.thread_of(room), Command::Screen(room.clone(), of.cloned()));
    }

    /// What a participant's own bandwidth control believes its line out carries, in bits per second.
    pub fn report_line(&self, room: &RoomName, peer: &PeerName, bps: u64) {
        let report = Report { bps: Some(bps), lost_permille: None };
        self.tell(self.thread_of(room), Command::Report(room.clone(), peer.clone(), report));
    }

    /// Ends all connections of a room.
    pub fn close_room(&self, room: &RoomName) {
        self.tell(self.thread_of(room), Command::Close(room.clone()));
    }

    /// What happens in a room from now on. Who falls behind is told so and asks [`Server::describe`].
    pub fn events(&self, room: &RoomName) -> broadcast::Receiver<RoomEvent> {
        self.0.listeners.listen(room)
    }

    /// A room as it is now; a room nobody is in is empty.
    pub async fn describe(&self, room: &RoomName) -> Result<Description, MediaRefusal> {
        let (reply, answer) = oneshot::channel();
        self.send(self.thread_of(room), Command::Describe(room.clone(), reply))?;
        wait(answer).await
    }

    /// Counts over all rooms.
    pub async fn stats(&self) -> Result<Stats, MediaRefusal> {
        let mut sum = Stats::default();
        for thread in 0..self.0.threads.len() {
            let (reply, answer) = oneshot::channel();
            self.send(thread, Command::Stats(reply))?;
            let stats = wait(answer).await?;
            sum.rooms += stats.rooms;
            sum.connections += stats.connections;
            sum.received += stats.received;
            sum.forwarded += stats.forwarded;
        }
        Ok(sum)
    }

    /// Stops the threads and waits for them; they answer within a turn.
    pub fn shutdown(&self) {
        (0..self.0.threads.len()).for_each(|thread| self.tell(thread, Command::Stop));
        let handles = std::mem::take(&mut *self.0.handles.lock().unwrap_or_else(PoisonError::into_inner));
        for handle in handles {
            if handle.join().is_err() {
                tracing::error!("a media thread had panicked");
            }
        }
    }

    fn thread_of(&self, room: &RoomName) -> usize {
        let mut hasher = DefaultHasher::new();
        room.hash(&mut hasher);
        (hasher.finish() % self.0.threads.len() as u64) as usize
    }

    fn send(&self, thread: usize, command: Command) -> Result<(), MediaRefusal> {
        self.0.threads.get(thread).ok_or(MediaRefusal::NoSuchConnection)?.send(command)
    }

    /// For commands without an answer: when the thread is gone there is nothing left to end.
    fn tell(&self, thread: usize, command: Command) {
        if self.send(thread, command).is_err() {
            tracing::warn!("a media thread takes no commands");
        }
    }
}

async fn wait<T>(answer: oneshot::Receiver<T>) -> Result<T, MediaRefusal> {
    let answer = tokio::time::timeout(PATIENCE, answer).await;
    answer.map_err(|_| MediaRefusal::Unavailable)?.map_err(|_| MediaRefusal::Unavailable)
}

/// A bucket that fills with time and is emptied by joins.
struct Bucket {
    per_second: f64,
    level: f64,
    at: Instant,
}

impl Bucket {
    fn new(per_second: u32) -> Self {
        Self { per_second: f64::from(per_second), level: f64::from(per_second), at: Instant::now() }
    }

    fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.level = (self.level + passed * self.per_second).min(self.per_second);
        self.at = now;
        let full = self.level >= 1.0;
        self.level -= f64::from(u8::from(full));
        full
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_a_flood_is_not() {
        let mut bucket = Bucket::new(5);
        let start = bucket.at;
        assert_eq!((0..20).filter(|_| bucket.take(start)).count(), 5);
        assert_eq!((0..20).filter(|_| bucket.take(start + Duration::from_secs(1))).count(), 5);
    }
}
