//! The one writer: takes what is queued, up to 64 changes at a time, one durable COMMIT, then acknowledges.
//!
//! A group is tried in one go. A savepoint for each change would keep a copy of every page that the change touches, for the one
//! in thousands that is refused after it has written something; when that happens the group is begun anew, with savepoints.

use super::apply::Apply;
use super::checkpoint;
use super::disk::Gauge;
use super::schema;
use crate::chain::Head;
use crate::{CommitError, StoreError};
use kernel::{Clock, Time};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot, watch};

/// How many changes one COMMIT makes durable.
const BATCH: usize = 64;
/// How many may wait; then callers wait.
const QUEUE: usize = 1_024;

/// What the writer does for somebody who waits.
trait Task: Send {
    /// Done inside the open transaction; once more when the group is begun anew.
    fn run(&mut self, apply: &mut Apply) -> Ran;
    /// Answers, after COMMIT, with how that went.
    fn answer(self: Box<Self>, durable: Result<(), StoreError>);
}

/// How a task went.
enum Ran {
    Kept,
    Refused,
    /// The engine failed, not the change.
    Failed(StoreError),
}

struct Asked<F, T> {
    what: F,
    /// None until it was run, and when it panicked.
    came_to: Option<Result<T, CommitError>>,
    tell: oneshot::Sender<Result<T, CommitError>>,
}

impl<F, T> Task for Asked<F, T>
where
    F: FnMut(&mut Apply) -> Result<T, CommitError> + Send,
    T: Send,
{
    fn run(&mut self, apply: &mut Apply) -> Ran {
        self.came_to = None;
        let result = (self.what)(apply);
        let ran = match &result {
            Ok(_) => Ran::Kept,
            Err(CommitError::Store(e)) => Ran::Failed(e.clone()),
            Err(_) => Ran::Refused,
        };
        self.came_to = Some(result);
        ran
    }

    fn answer(self: Box<Self>, durable: Result<(), StoreError>) {
        let result = match self.came_to {
            Some(result) => result.and_then(|t| durable.map(|()| t).map_err(CommitError::from)),
            None => Err(durable.err().unwrap_or_else(|| StoreError::Engine("a change panicked".into())).into()),
        };
        // Whoever asked may have gone; what is durable stays so.
        let _gone = self.tell.send(result);
    }
}

/// Faults that tests plant, to prove that the harness finds them.
#[cfg(any(test, feature = "faults"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Acknowledges before COMMIT.
    AckBeforeCommit,
    /// Every third COMMIT fails, as on a broken disk.
    CommitFails,
    /// `synchronous=NORMAL`: a COMMIT does not wait for the disk.
    SyncNormal,
    /// A blob is named before its bytes are on the disk.
    BlobBytesUnsynced,
    /// A blob is named before its name is on the disk.
    BlobNameUnsynced,
}

/// The callers' end.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    messages: mpsc::Sender<Message>,
    gauge: Arc<Gauge>,
}

enum Message {
    Do(Box<dyn Task>),
    MoveLog,
    Rest(oneshot::Sender<()>),
    Stop(oneshot::Sender<()>),
}

impl Queue {
    /// Runs `task` in the next group and answers when that group is durable, or why nothing was kept. Refused while the disk
    /// takes nothing. It may be run twice, the first time undone: it does nothing but by what it is given.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        task: impl FnMut(&mut Apply) -> Result<T, CommitError> + Send + 'static,
    ) -> Result<T, CommitError> {
        self.gauge.usable()?;
        self.run_in_reserve(task).await
    }

    /// As [`Queue::run`], also while changes are refused: the entries of reads, and what makes room.
    pub(super) async fn run_in_reserve<T: Send + 'static>(
        &self,
        task: impl FnMut(&mut Apply) -> Result<T, CommitError> + Send + 'static,
    ) -> Result<T, CommitError> {
        let result = self.queued(task).await;
        if let Err(CommitError::Store(error)) = &result {
            self.gauge.saw(error);
        }
        result
    }

    /// How the disk is.
    pub(super) fn gauge(&self) -> &Gauge {
        &self.gauge
    }

    async fn queued<T: Send + 'static>(
        &self,
        task: impl FnMut(&mut Apply) -> Result<T, CommitError> + Send + 'static,
    ) -> Result<T, CommitError> {
        let (tell, answer) = oneshot::channel();
        let task = Box::new(Asked { what: task, came_to: None, tell });
        let begun = Instant::now();
        self.messages.send(Message::Do(task)).await.map_err(|_| StoreError::Closed)?;
        let result = answer.await.map_err(|_| {
            // Dropped unanswered: the writer has ended between the queue and the change, and kept nothing of it.
            StoreError::Closed
        })?;
        metrics::histogram!("records_commit_seconds").record(begun.elapsed().as_secs_f64());
        result
    }

    /// Has the writer move what is left in the log, between two groups. Waits while the queue is full; not on async threads.
    pub(super) fn move_log(&self) {
        let _ended = self.messages.blocking_send(Message::MoveLog);
    }

    /// Has the writer give its pages back, unless much is queued.
    pub(super) async fn rest(&self) {
        let (tell, done) = oneshot::channel();
        if self.messages.try_send(Message::Rest(tell)).is_ok() {
            let _ended = done.await;
        }
    }

    /// Writes what was queued before, then ends the writer.
    pub(super) async fn stop(&self) {
        let (tell, done) = oneshot::channel();
        if self.messages.send(Message::Stop(tell)).await.is_ok() {
            let _ended = done.await;
        }
    }
}

pub(super) struct Writer {
    pub(super) db: Connection,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sealed: watch::Sender<u64>,
    #[cfg(any(test, feature = "faults"))]
    pub(super) fault: Option<Fault>,
    /// Whether the planted failure was the last thing that happened.
    #[cfg(any(test, feature = "faults"))]
    pub(super) failed: std::cell::Cell<bool>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(self, head: Head, next_rid: i64, gauge: Arc<Gauge>) -> Result<Queue, StoreError> {
        let (queue, messages) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("records-writer".into())
            .spawn(move || self.work(messages, head, next_rid))
            .map_err(|e| crate::blobs::io("start the writer", &e))?;
        Ok(Queue { messages: queue, gauge })
    }

    fn work(self, mut messages: mpsc::Receiver<Message>, head: Head, next_rid: i64) {
        let Self { db, clock, .. } = &self;
        let mut apply = Apply::new(db, head, next_rid);
        let mut stop = None;
        while stop.is_none()
            && let Some(first) = messages.blocking_recv()
        {
            let mut tasks = Vec::with_capacity(BATCH);
            let (mut move_log, mut rest) = (false, None);
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Do(task) => tasks.push(task),
                    Message::MoveLog => move_log = true,
                    Message::Rest(tell) => rest = Some(tell),
                    Message::Stop(tell) => {
                        stop = Some(tell);
                        break;
                    }
                }
                next = if tasks.len() < BATCH { messages.try_recv().ok() } else { None };
            }
            metrics::gauge!("records_queue_depth").set(messages.len() as f64);
            if !tasks.is_empty() {
                self.group(&mut apply, tasks, clock.now());
            }
            if move_log && let Err(e) = checkpoint::move_pages(db) {
                tracing::warn!(error = %e, "moving the rest of the log: {e}");
            }
            if let Some(tell) = rest {
                schema::forget_pages(db);
                let _gone = tell.send(());
            }
        }
        drop(apply);
        drop(self);
        if let Some(tell) = stop {
            let _gone = tell.send(());
        }
    }

    /// One transaction. Nobody is answered before COMMIT has returned.
    fn group(&self, apply: &mut Apply, mut tasks: Vec<Box<dyn Task>>, now: Time) {
        apply.at = now.as_millisecond();
        let before = apply.head;
        let size = tasks.len();
        let durable = self
            .written(apply, &mut tasks)
            .and_then(|()| apply.write_words())
            .and_then(|()| apply.seal_head(before))
            .and_then(|()| self.make_durable(before, &mut tasks));
        if let Err(e) = &durable {
            tracing::error!(error = %e, size, "a group of {size} changes was not kept: {e}");
            metrics::counter!("records_commit_failures").increment(1);
            if let Err(e) = self.undo(apply, before) {
                tracing::error!(error = %e, "rolling back: {e}");
            }
        } else {
            metrics::counter!("records_commits").increment(size as u64);
            metrics::histogram!("records_commit_batch").record(size as f64);
            // First, so that who is answered and asks how far the ledger reaches finds its own entry in it.
            let number = apply.head.number;
            self.sealed.send_if_modified(|n| std::mem::replace(n, number) != number);
        }
        for task in tasks {
            task.answer(durable.clone());
        }
    }

    /// The tasks' work, in a transaction that is left open; an error means that the whole transaction is gone.
    fn written(&self, apply: &mut Apply, tasks: &mut [Box<dyn Task>]) -> Result<(), StoreError> {
        let before = apply.head;
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        for task in &mut *tasks {
            let changes = self.db.total_changes();
            if matches!(self.one(apply, &mut **task)?, Some(Ran::Kept)) {
                continue;
            }
            if self.db.total_changes() == changes {
                apply.forget(apply.head);
                continue;
            }
            metrics::counter!("records_groups_begun_anew").increment(1);
            self.undo(apply, before)?;
            self.db.execute_batch("BEGIN IMMEDIATE")?;
            return tasks.iter_mut().try_for_each(|task| self.one_in_a_savepoint(apply, &mut **task));
        }
        Ok(())
    }

    fn one_in_a_savepoint(&self, apply: &mut Apply, task: &mut dyn Task) -> Result<(), StoreError> {
        let (before, mark) = (apply.head, apply.mark());
        self.db.prepare_cached("SAVEPOINT change")?.execute([])?;
        if !matches!(self.one(apply, task)?, Some(Ran::Kept)) {
            self.db.execute_batch("ROLLBACK TO change")?;
            apply.forget(before);
            apply.forget_words(mark);
        }
        self.db.prepare_cached("RELEASE change")?.execute([])?;
        Ok(())
    }

    /// How a task went, none when it panicked. An error when a full disk or a broken one has ended the transaction under it.
    fn one(&self, apply: &mut Apply, task: &mut dyn Task) -> Result<Option<Ran>, StoreError> {
        let ran = catch_unwind(AssertUnwindSafe(|| task.run(apply))).ok();
        if ran.is_none() {
            tracing::error!("a change panicked; the writer goes on");
        }
        match ran {
            Some(Ran::Failed(e)) if self.db.is_autocommit() => Err(e),
            _ if self.db.is_autocommit() => Err(StoreError::Engine("the engine gave the whole group up".into())),
            ran => Ok(ran),
        }
    }

    /// As before the group: in the database, and in what is remembered of it.
    fn undo(&self, apply: &mut Apply, before: Head) -> Result<(), StoreError> {
        apply.forget(before);
        apply.forget_words(0);
        if self.db.is_autocommit() { Ok(()) } else { Ok(self.db.execute_batch("ROLLBACK")?) }
    }

    #[cfg_attr(not(any(test, feature = "faults")), expect(unused_variables, reason = "tests plant a fault here"))]
    fn make_durable(&self, before: Head, tasks: &mut Vec<Box<dyn Task>>) -> Result<(), StoreError> {
        #[cfg(any(test, feature = "faults"))]
        if self.fault == Some(Fault::CommitFails) && before.number % 3 == 2 && !self.failed.replace(true) {
            return Err(StoreError::Engine("disk I/O error, planted".into()));
        }
        #[cfg(any(test, feature = "faults"))]
        self.failed.set(false);
        #[cfg(any(test, feature = "faults"))]
        if self.fault == Some(Fault::AckBeforeCommit) {
            tasks.drain(..).for_each(|task| task.answer(Ok(())));
        }
        Ok(self.db.execute_batch("COMMIT")?)
    }
}
