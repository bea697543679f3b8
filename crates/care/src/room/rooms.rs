//! All rooms of this process: joins tokens, presence and the media server, and puts out whoever is no longer allowed.

use super::admit::{admit, note_refused};
use super::hall::{Hall, Message, Said, To, slots_message};
use super::pass::{FIRST_USE, Hash, Pass, Passes, Use};
use super::refusal::{Ended, RoomRefusal};
use kernel::{Actor, Id, Time};
use media::{ConnectionId, MediaRefusal, PeerName, Purpose, RoomEvent, RoomName};
use platform::presence::{Presence, Present};
use platform::turn::Turn;
use platform::{Problem, Shared};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

/// How often everybody is asked anew whether they may stay, besides at every move of the case.
const ROUND: Duration = Duration::from_secs(5);
/// Messages to a browser that reads too slowly; past them its line counts as lost.
const QUEUE: usize = 256;

/// The rooms. Cheap to clone; every copy is the same.
#[derive(Clone)]
pub struct Rooms(Arc<Inner>);

struct Inner {
    platform: Shared,
    media: media::Server,
    turn: Turn,
    state: Mutex<State>,
    watch: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct State {
    passes: Passes,
    open: HashMap<Id, Open>,
    streams: HashMap<ConnectionId, Stream>,
    next_line: u64,
}

/// A room with somebody in it.
struct Open {
    hall: Hall,
    lines: BTreeMap<String, Line>,
    tokens: BTreeMap<String, Hash>,
    events: JoinHandle<()>,
}

/// The way to one browser.
struct Line {
    number: u64,
    out: mpsc::Sender<Frame>,
}

/// What goes out on a line.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    Text(Arc<str>),
    /// The last: why it ends.
    Bye(&'static str),
}

/// A media connection made through us.
#[derive(Clone)]
pub(super) struct Stream {
    case: Id,
    peer: String,
    /// The client's last offer: a restart by fragment changes two lines of it.
    pub offer: String,
    /// The name of its present state.
    pub etag: String,
}

/// A token handed out.
pub(super) struct Issued {
    pub token: String,
    pub peer: String,
    pub expires_at: Time,
}

impl Presence for Inner {
    fn in_room(&self, case: &Id) -> Vec<Present> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.open.get(case).map(|room| room.hall.present()).unwrap_or_default()
    }
}

impl Rooms {
    /// Opens the door, and watches over who may stay. Called inside the runtime; the binary lays this around all routes
    /// as an `axum::Extension`, and stops the media server after [`Rooms::close`].
    pub fn start(platform: &Shared, media: media::Server, turn: Turn) -> Self {
        let (state, watch) = (Mutex::default(), Mutex::default());
        let rooms = Self(Arc::new(Inner { platform: platform.clone(), media, turn, state, watch }));
        let known: Weak<Inner> = Arc::downgrade(&rooms.0);
        // The first rooms of a platform are its rooms.
        drop(platform.presence.set(known));
        let handle = tokio::spawn(watch_over(rooms.clone()));
        *rooms.0.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        rooms
    }

    /// Puts everybody out.
    pub fn close(&self) {
        if let Some(handle) = self.0.watch.lock().unwrap_or_else(PoisonError::into_inner).take() {
            handle.abort();
        }
        let open: Vec<_> = self.state().open.drain().collect();
        for (_, room) in open {
            room.events.abort();
            room.lines.values().for_each(|l| drop(l.out.try_send(Frame::Bye("stopping"))));
        }
    }

    pub(super) fn platform(&self) -> &Shared {
        &self.0.platform
    }

    pub(super) fn media(&self) -> &media::Server {
        &self.0.media
    }

    pub(super) fn turn(&self) -> &Turn {
        &self.0.turn
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new token.
    pub(super) fn issue(
        &self,
        case: &Id,
        actor: &Actor,
        session: Hash,
        device: bool,
        now: Time,
    ) -> Result<Issued, RoomRefusal> {
        let mut secret = [0; 32];
        self.0.platform.ids.fill(&mut secret);
        let token = hex::encode(secret);
        let pass = Pass::new(case.clone(), actor.clone(), session, device, now);
        let peer = pass.peer();
        self.state().passes.add(hash(&token), pass)?;
        Ok(Issued { token, peer, expires_at: now + FIRST_USE })
    }

    /// Takes a token and asks whether its holder may be in the room now. A refusal of somebody known is ledgered.
    pub(super) async fn redeem(
        &self,
        token: &str,
        case: &Id,
        session: Option<&Hash>,
        wanted: Use,
    ) -> Result<(Hash, Pass), Problem> {
        let hash = hash(token);
        let now = self.0.platform.clock.now();
        let redeemed = self.state().passes.redeem(&hash, case, session, wanted, now);
        let pass = match redeemed {
            Ok(pass) => pass,
            Err(refusal) => {
                let holder = self.state().passes.get(&hash).cloned();
                if let Some(holder) = holder.filter(|_| refusal == RoomRefusal::Foreign) {
                    note_refused(&self.0.platform, &holder, "room.enter").await?;
                }
                return Err(refusal.into());
            }
        };
        match admit(&self.0.platform, &pass).await? {
            Ok(_) => Ok((hash, pass)),
            Err(ended) => {
                note_refused(&self.0.platform, &pass, "room.enter").await?;
                self.put_out(&pass.case, &pass.peer(), ended.code());
                self.state().passes.end(&hash);
                Err(RoomRefusal::NotAllowed(ended).into())
            }
        }
    }

    /// Somebody is in the room now; a browser gets a line, an older line of the same person ends.
    pub(super) fn enter(&self, token: Hash, pass: &Pass) -> Result<(u64, mpsc::Receiver<Frame>), Problem> {
        let (out, frames) = mpsc::channel(QUEUE);
        let (actor, peer) = (&pass.actor, pass.peer());
        let person = self.0.platform.directory.person_ref_at(&actor.person, &actor.hospital);
        let person = person.ok_or_else(|| Problem::internal("an actor is not in the directory"))?;
        let now = self.0.platform.clock.now();
        let mut state = self.state();
        state.next_line += 1;
        let number = state.next_line;
        let State { open, passes, .. } = &mut *state;
        let room = open.entry(pass.case.clone()).or_insert_with(|| self.open(&pass.case));
        if let Some(before) = room.tokens.insert(peer.clone(), token).filter(|t| *t != token) {
            passes.end(&before);
        }
        if !pass.device
            && let Some(old) = room.lines.insert(peer.clone(), Line { number, out })
        {
            drop(old.out.try_send(Frame::Bye("elsewhere")));
        }
        let messages = room.hall.enter(&peer, person, actor.role, pass.device, now);
        room.say(messages);
        Ok((number, frames))
    }

    fn open(&self, case: &Id) -> Open {
        // Listened to before anything can happen in the room.
        let events = room_name(case).ok().map(|name| (self.0.media.events(&name), name));
        let events = tokio::spawn(follow_media(self.clone(), case.clone(), events));
        Open { hall: Hall::default(), lines: BTreeMap::new(), tokens: BTreeMap::new(), events }
    }

    /// A browser says something.
    pub(super) fn hear(&self, case: &Id, peer: &str, said: Said) {
        let (name, who) = (room_name(case).ok(), PeerName::new(peer).ok());
        let mut state = self.state();
        let Some(room) = state.open.get_mut(case) else { return };
        let (line, sharer) = (said.line_bps(), room.hall.sharer().cloned());
        let messages = room.hall.hear(peer, said);
        room.say(messages);
        let now = room.hall.sharer().cloned();
        let (Some(name), Some(who)) = (name, who) else { return };
        if let Some(bps) = line {
            self.0.media.report_line(&name, &who, bps);
        }
        if now != sharer || now.as_deref() == Some(peer) {
            self.0.media.show_screen(&name, now.and_then(|p| PeerName::new(p).ok()).as_ref());
        }
    }

    /// A browser's line broke. An older line that ends says nothing about the newer one.
    pub(super) fn lose(&self, case: &Id, peer: &str, line: u64) {
        let now = self.0.platform.clock.now();
        if let Some(room) = self.state().open.get_mut(case)
            && room.lines.get(peer).is_none_or(|l| l.number == line)
        {
            room.lines.remove(peer);
            let messages = room.hall.lose(peer, now);
            room.say(messages);
        }
    }

    /// A browser leaves by its own wish.
    pub(super) fn leave(&self, case: &Id, peer: &str, line: u64) {
        let own = self.state().open.get(case).is_some_and(|r| r.lines.get(peer).is_some_and(|l| l.number == line));
        if own {
            self.put_out(case, peer, "left");
        }
    }

    /// Ends somebody's presence: line, token, media.
    pub(super) fn put_out(&self, case: &Id, peer: &str, why: &'static str) {
        let mut state = self.state();
        let State { open, passes, .. } = &mut *state;
        let Some(room) = open.get_mut(case).filter(|r| r.hall.holds(peer)) else { return };
        if let Some(line) = room.lines.remove(peer) {
            drop(line.out.try_send(Frame::Bye(why)));
        }
        if let Some(token) = room.tokens.remove(peer) {
            passes.end(&token);
        }
        let messages = room.hall.leave(peer);
        room.say(messages);
        if let (Ok(name), Ok(who)) = (room_name(case), PeerName::new(peer)) {
            self.0.media.expel(&name, &who);
        }
        if room.hall.is_empty()
            && let Some(room) = open.remove(case)
        {
            room.events.abort();
            state.streams.retain(|_, s| s.case != *case);
        }
    }

    /// Remembers a media connection and whose it is.
    pub(super) fn keep_stream(&self, connection: ConnectionId, pass: &Pass, offer: String, etag: String) {
        let stream = Stream { case: pass.case.clone(), peer: pass.peer(), offer, etag };
        self.state().streams.insert(connection, stream);
    }

    /// A media connection of this participant.
    pub(super) fn stream(&self, connection: ConnectionId, pass: &Pass) -> Result<Stream, RoomRefusal> {
        let stream = self.state().streams.get(&connection).cloned();
        let own = stream.filter(|s| s.case == pass.case && s.peer == pass.peer());
        own.ok_or(RoomRefusal::Media(MediaRefusal::NoSuchConnection))
    }

    /// Tells a browser the map of its slots, which it may have missed while its line was down.
    pub(super) async fn tell_slots(&self, pass: &Pass) -> Result<(), RoomRefusal> {
        let name = room_name(&pass.case).map_err(MediaRefusal::from)?;
        let described = self.0.media.describe(&name).await?;
        let peer = pass.peer();
        let own = described.connections.iter().filter(|c| c.peer.as_str() == peer && c.purpose == Purpose::Receive);
        let messages = own.map(|c| (To::One(peer.clone()), slots_message(&c.id.to_string(), &c.slots))).collect();
        if let Some(room) = self.state().open.get_mut(&pass.case) {
            room.say(messages);
        }
        Ok(())
    }

    /// Whether somebody is in the room.
    pub(super) fn holds(&self, case: &Id, peer: &str) -> bool {
        self.state().open.get(case).is_some_and(|r| r.hall.holds(peer))
    }

    /// Whether both sides of the consultation are in the room.
    pub(super) fn is_complete(&self, case: &Id) -> bool {
        self.state().open.get(case).is_some_and(|r| r.hall.is_complete())
    }

    /// The media server says something of a room.
    fn media_event(&self, case: &Id, event: RoomEvent) {
        let mut state = self.state();
        let mut empty_device = None;
        if let RoomEvent::Left { connection, peer, .. } = &event {
            state.streams.remove(connection);
            let still = state.streams.values().any(|s| s.case == *case && s.peer == peer.as_str());
            empty_device = (!still && peer.as_str().ends_with("~device")).then(|| peer.to_string());
        }
        if let Some(room) = state.open.get_mut(case) {
            let messages = room.hall.media(event);
            room.say(messages);
        }
        drop(state);
        // A device has no line of its own: without media it is gone.
        empty_device.into_iter().for_each(|peer| self.put_out(case, &peer, "left"));
    }

    /// Asks for everybody in these rooms (`None`: in all) whether they may stay.
    async fn check(&self, cases: Option<&[Id]>) -> Result<(), Problem> {
        let present: Vec<(Id, String, Pass)> = {
            let state = self.state();
            let rooms = state.open.iter().filter(|(case, _)| cases.is_none_or(|c| c.contains(case)));
            let tokens = rooms.flat_map(|(case, r)| r.tokens.iter().map(move |(peer, token)| (case, peer, token)));
            tokens.filter_map(|(c, p, t)| Some((c.clone(), p.clone(), state.passes.get(t)?.clone()))).collect()
        };
        for (case, peer, pass) in present {
            if let Err(ended) = admit(&self.0.platform, &pass).await? {
                tracing::info!(case = %case, "somebody was put out of the room of case {case}: {}", ended.code());
                self.put_out(&case, &peer, if ended == Ended::Case { "case" } else { ended.code() });
            }
        }
        Ok(())
    }

    /// Those whose line did not come back lose their place.
    fn give_up(&self) {
        let now = self.0.platform.clock.now();
        let late: Vec<(Id, String)> = {
            let state = self.state();
            let late =
                state.open.iter().flat_map(|(case, r)| r.hall.given_up(now).into_iter().map(|p| (case.clone(), p)));
            late.collect()
        };
        late.iter().for_each(|(case, peer)| self.put_out(case, peer, "lost"));
    }
}

impl Open {
    /// Sends messages; a browser that does not read is let go, its socket then ends by itself.
    fn say(&mut self, messages: Vec<Message>) {
        for (to, message) in messages {
            let text: Arc<str> = message.to_string().into();
            self.lines.retain(|peer, line| {
                let meant = match &to {
                    To::All => true,
                    To::One(one) => one == peer,
                    To::AllBut(but) => but != peer,
                };
                !meant
                    || !matches!(line.out.try_send(Frame::Text(text.clone())), Err(mpsc::error::TrySendError::Full(_)))
            });
        }
    }
}

/// Follows the case in the ledger, and time.
async fn watch_over(rooms: Rooms) {
    let store = rooms.0.platform.store.clone();
    let mut sealed = store.sealed();
    let mut seen = *sealed.borrow_and_update();
    let mut round = tokio::time::interval(ROUND);
    let stopping = rooms.0.platform.stopping.clone();
    loop {
        let result = tokio::select! {
            () = stopping.cancelled() => return rooms.close(),
            changed = sealed.changed() => {
                if changed.is_err() {
                    return;
                }
                let to = *sealed.borrow_and_update();
                let moved = moved_cases(&rooms, seen, to).await;
                seen = to;
                match moved {
                    Ok(cases) if cases.is_empty() => Ok(()),
                    Ok(cases) => rooms.check(Some(&cases)).await,
                    Err(problem) => Err(problem),
                }
            }
            _ = round.tick() => {
                rooms.give_up();
                rooms.check(None).await
            }
        };
        if let Err(problem) = result {
            tracing::error!("could not check who may stay in the rooms: {}", problem.cause().unwrap_or(problem.code));
        }
    }
}

/// The cases with an open room among those that the ledger's new entries speak of.
async fn moved_cases(rooms: &Rooms, after: u64, to: u64) -> Result<Vec<Id>, Problem> {
    if rooms.state().open.is_empty() {
        return Ok(vec![]);
    }
    let limit = usize::try_from(to.saturating_sub(after)).unwrap_or(usize::MAX).min(1_000);
    let entries = rooms.0.platform.store.entries(after, limit).await?;
    let state = rooms.state();
    // A session closed or a role changed may concern any room.
    if entries.iter().any(|e| platform::session::may_end(&e.act)) {
        return Ok(state.open.keys().cloned().collect());
    }
    let written = entries.into_iter().filter(|e| !e.versions.is_empty());
    let mut cases: Vec<Id> = written.filter_map(|e| e.act.case).map(|c| c.id).collect();
    cases.sort();
    cases.dedup();
    cases.retain(|c| state.open.contains_key(c));
    Ok(cases)
}

/// Brings a room what the media server says of it.
async fn follow_media(rooms: Rooms, case: Id, events: Option<(broadcast::Receiver<RoomEvent>, RoomName)>) {
    let Some((mut events, name)) = events else { return };
    loop {
        match events.recv().await {
            Ok(event) => rooms.media_event(&case, event),
            // Behind: the maps of the slots are what a browser cannot do without.
            Err(RecvError::Lagged(_)) => {
                let Ok(described) = rooms.0.media.describe(&name).await else { continue };
                for connection in described.connections.into_iter().filter(|c| c.purpose == Purpose::Receive) {
                    let (peer, connection, slots) = (connection.peer, connection.id, connection.slots);
                    rooms.media_event(&case, RoomEvent::Slots { peer, connection, slots });
                }
            }
            Err(RecvError::Closed) => return,
        }
    }
}

pub(super) fn room_name(case: &Id) -> Result<RoomName, media::InvalidName> {
    RoomName::new(case.as_str())
}

fn hash(token: &str) -> Hash {
    Sha256::digest(token.as_bytes()).into()
}
