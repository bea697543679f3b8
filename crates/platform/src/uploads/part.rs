//! One part: a file that grows, and what is known about it.

use super::checksum::Checksum;
use super::refusal::Refusal;
use crate::{Platform, Problem};
use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt;
use kernel::{Id, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Pieces between the line and the disk: this bounds the memory of one upload.
const WAITING_MAX: usize = 8;
/// Written bytes are brought to the disk this often, so that the end need not wait for all of them.
const SYNC_EVERY: u64 = 16 << 20;
/// A line that gives nothing for so long is a broken one.
const SILENCE: Duration = Duration::from_secs(60);

/// What is kept beside the bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Info {
    pub id: Id,
    /// The only person who sees it.
    pub owner: Id,
    /// In whose bound it counts.
    pub hospital: Id,
    pub length: u64,
    /// `Upload-Metadata` as it was sent.
    pub metadata: String,
    pub expires_at: Time,
    /// What came of it, once a slice has taken it; the bytes are gone then.
    pub taken: Option<Value>,
}

/// A part.
pub(super) struct Part {
    folder: PathBuf,
    info: Mutex<Info>,
    /// Bytes that are on the disk.
    offset: AtomicU64,
    /// Held by whoever writes, takes or removes it.
    pub alone: Arc<tokio::sync::Mutex<()>>,
    /// Ends the connection that writes now.
    writing: Mutex<CancellationToken>,
}

/// How an append ended.
enum Ended {
    Whole,
    Because(Problem),
}

impl Part {
    pub(super) fn new(folder: PathBuf, info: Info, offset: u64) -> Self {
        Self {
            folder,
            info: Mutex::new(info),
            offset: AtomicU64::new(offset),
            alone: Arc::default(),
            writing: Mutex::default(),
        }
    }

    pub(super) fn info(&self) -> Info {
        self.info.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_taken(&self, result: Value) -> Info {
        let mut info = self.info.lock().unwrap_or_else(PoisonError::into_inner);
        info.taken = Some(result);
        info.clone()
    }

    pub(super) fn offset(&self) -> u64 {
        self.offset.load(Ordering::SeqCst)
    }

    /// Where the bytes are.
    pub(super) fn data(&self) -> PathBuf {
        data(&self.folder, &self.info().id)
    }

    /// Ends the connection that writes now, if there is one: it may be a line that the browser has long left. The token
    /// is the next one's.
    pub(super) fn interrupt(&self) -> CancellationToken {
        let next = CancellationToken::new();
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *writing, next.clone()).cancel();
        next
    }

    /// Appends `body` at `from`, and answers when it is on the disk. What came before a line broke is kept, unless the
    /// piece has a checksum: then all of it or nothing.
    pub(super) async fn append(
        &self,
        from: u64,
        checksum: Option<Checksum>,
        body: Body,
        platform: &Platform,
    ) -> Result<u64, Problem> {
        let mine = self.interrupt();
        let _alone = self.alone.lock().await;
        let at = self.offset();
        if at != from {
            return Err(Refusal::Offset { at, asked: from }.into());
        }
        let info = self.info();
        if info.taken.is_some() {
            return Ok(at);
        }
        let marker = checksum.as_ref().map(|_| unverified(&self.folder, &info.id));
        let (pieces, waiting) = mpsc::channel(WAITING_MAX);
        let path = self.data();
        let writer = tokio::task::spawn_blocking(move || Writer::new(&path, from, marker, checksum)?.run(waiting));
        let ended = tokio::select! {
            ended = receive(body, &pieces, from, info.length) => ended,
            () = mine.cancelled() => Ended::Because(Refusal::TakenOver.into()),
            () = platform.stopping.cancelled() => Ended::Because(records::StoreError::Closed.into()),
            full = platform.disk_stops() => Ended::Because(full),
        };
        drop(pieces);
        let written = writer.await.map_err(Problem::internal)?.map_err(disk)?;
        let at = written.end(matches!(ended, Ended::Whole)).await;
        self.offset.store(at.0, Ordering::SeqCst);
        at.1?;
        match ended {
            Ended::Whole => Ok(at.0),
            Ended::Because(problem) => Err(problem),
        }
    }
}

/// Passes the pieces of a body on, up to the length that was announced.
async fn receive(body: Body, pieces: &mpsc::Sender<Bytes>, from: u64, length: u64) -> Ended {
    let mut body = body.into_data_stream();
    let mut at = from;
    loop {
        let piece = match tokio::time::timeout(SILENCE, body.next()).await {
            Ok(Some(Ok(piece))) => piece,
            Ok(None) => return Ended::Whole,
            Ok(Some(Err(_))) | Err(_) => return Ended::Because(Refusal::BrokenOff.into()),
        };
        at += piece.len() as u64;
        if at > length {
            return Ended::Because(Refusal::TooLong(length).into());
        }
        if pieces.send(piece).await.is_err() {
            // The writer has met an error, and says which.
            return Ended::Whole;
        }
    }
}

/// Writes on a thread that may wait for the disk.
struct Writer {
    file: File,
    from: u64,
    /// Written, and of that on the disk.
    at: u64,
    synced: u64,
    marker: Option<PathBuf>,
    checksum: Option<Checksum>,
    error: Option<io::Error>,
}

impl Writer {
    fn new(path: &Path, from: u64, marker: Option<PathBuf>, checksum: Option<Checksum>) -> io::Result<Self> {
        if let Some(marker) = &marker {
            // Until the piece is proven, a crash must not count it.
            durable(marker, from.to_string().as_bytes())?;
        }
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(Self { file, from, at: from, synced: from, marker, checksum, error: None })
    }

    fn run(mut self, mut pieces: mpsc::Receiver<Bytes>) -> io::Result<Self> {
        while let Some(piece) = pieces.blocking_recv() {
            if let Err(error) = self.take(&piece) {
                self.error = Some(error);
                return Ok(self);
            }
        }
        if let Err(error) = self.sync() {
            self.error = Some(error);
        }
        Ok(self)
    }

    fn take(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)?;
        self.at += piece.len() as u64;
        if let Some(checksum) = &mut self.checksum {
            checksum.update(piece);
        }
        if self.at - self.synced >= SYNC_EVERY { self.sync() } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.at > self.synced {
            self.file.sync_data()?;
            self.synced = self.at;
        }
        Ok(())
    }

    /// The offset now, and what is to be said. Off the async threads.
    async fn end(self, whole: bool) -> (u64, Result<(), Problem>) {
        let (from, synced) = (self.from, self.synced);
        tokio::task::spawn_blocking(move || self.settle(whole))
            .await
            .unwrap_or_else(|e| (if whole { synced } else { from }, Err(Problem::internal(e))))
    }

    fn settle(mut self, whole: bool) -> (u64, Result<(), Problem>) {
        let error = self.error.take().map(disk);
        let mut keep = self.synced;
        let mut said = error.map_or(Ok(()), Err);
        if let Some(checksum) = self.checksum.take()
            && !(whole && said.is_ok() && checksum.holds())
        {
            keep = self.from;
            if whole && said.is_ok() {
                said = Err(Refusal::Checksum.into());
            }
        }
        let cut = || {
            if self.file.metadata()?.len() != keep {
                self.file.set_len(keep)?;
                self.file.sync_all()?;
            }
            self.marker.as_ref().map_or(Ok(()), std::fs::remove_file)
        };
        match cut() {
            Ok(()) => (keep, said),
            Err(error) => (keep, Err(disk(error))),
        }
    }
}

/// Where the bytes of a part are.
pub(super) fn data(folder: &Path, id: &Id) -> PathBuf {
    folder.join(format!("{id}.part"))
}

/// Says that the bytes after the number in it were never proven.
pub(super) fn unverified(folder: &Path, id: &Id) -> PathBuf {
    folder.join(format!("{id}.unverified"))
}

/// Writes a small file so that it is there whole or not at all, also after a power cut.
pub(super) fn durable(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let scratch = path.with_extension("tmp");
    let mut file = File::create(&scratch)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&scratch, path)?;
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

pub(super) fn disk(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => records::StoreError::DiskFull.into(),
        io::ErrorKind::ReadOnlyFilesystem => records::StoreError::ReadOnly.into(),
        _ => Problem::internal(format!("an upload cannot be written: {error}")),
    }
}
