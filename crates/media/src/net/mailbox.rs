//! How the rest of the process speaks to a media thread: a bounded queue, and a bell that wakes it from its socket.

use super::events::{Description, Stats};
use super::names::{ConnectionId, PeerName, Purpose, RoomName};
use super::refusal::MediaRefusal;
use crate::core::Report;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use str0m::Rtc;
use str0m::change::SdpOffer;
use tokio::sync::oneshot;

const QUEUE: usize = 1024;

pub(super) struct Join {
    pub rtc: Rtc,
    pub room: RoomName,
    pub peer: PeerName,
    pub purpose: Purpose,
    /// Only this participant is watched.
    pub only: Option<PeerName>,
    /// Told once packets for this connection find their way. The browser sends its first STUN request the moment it
    /// reads the answer: if the thread did not know the ufrag by then, the next comes only after a backoff.
    pub reply: oneshot::Sender<Result<ConnectionId, MediaRefusal>>,
}

pub(super) enum Command {
    Join(Box<Join>),
    Restart(ConnectionId, Box<SdpOffer>, oneshot::Sender<Result<String, MediaRefusal>>),
    Leave(ConnectionId),
    Expel(RoomName, PeerName),
    Screen(RoomName, Option<PeerName>),
    Report(RoomName, PeerName, Report),
    Close(RoomName),
    Describe(RoomName, oneshot::Sender<Description>),
    Stats(oneshot::Sender<Stats>),
    Stop,
}

/// The writing end; one for each thread, shared by all callers.
#[derive(Clone)]
pub(super) struct Mailbox {
    queue: SyncSender<Command>,
    bell: Arc<OwnedFd>,
}

/// The reading end.
pub(super) struct Inbox {
    queue: Receiver<Command>,
    bell: Arc<OwnedFd>,
}

pub(super) fn mailbox() -> io::Result<(Mailbox, Inbox)> {
    // SAFETY: no pointers; a fresh descriptor, or -1.
    let fd = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is fresh and nobody else's.
    let bell = Arc::new(unsafe { OwnedFd::from_raw_fd(fd) });
    let (sender, queue) = sync_channel(QUEUE);
    Ok((Mailbox { queue: sender, bell: bell.clone() }, Inbox { queue, bell }))
}

impl Mailbox {
    /// Fails when the thread is gone or a thousand commands behind.
    pub(super) fn send(&self, command: Command) -> Result<(), MediaRefusal> {
        self.queue.try_send(command).map_err(|_| MediaRefusal::Unavailable)?;
        let one = 1u64;
        // SAFETY: eight bytes of a number that outlives the call. A full counter wakes the thread just as well.
        unsafe { libc::write(self.bell.as_raw_fd(), (&raw const one).cast(), 8) };
        Ok(())
    }
}

impl Inbox {
    pub(super) fn bell(&self) -> RawFd {
        self.bell.as_raw_fd()
    }

    /// Silences the bell, then takes what is there: a command that comes in between rings again.
    pub(super) fn take(&self) -> impl Iterator<Item = Command> {
        let mut count = 0u64;
        // SAFETY: eight bytes of a number that outlives the call; it does not block.
        unsafe { libc::read(self.bell.as_raw_fd(), (&raw mut count).cast(), 8) };
        self.queue.try_iter()
    }
}
