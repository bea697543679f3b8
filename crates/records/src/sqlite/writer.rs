//! The one writer: takes what is queued, up to 64 at a time, a savepoint each, one durable COMMIT, then acknowledges.

use super::apply::Apply;
use super::disk::Gauge;
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

/// What the writer runs inside a savepoint.
type Task = Box<dyn FnOnce(&mut Apply) -> Outcome + Send>;

/// How it went, and how to tell whoever waits.
struct Outcome {
    kept: bool,
    /// When the engine failed, not the change.
    failure: Option<StoreError>,
    /// Called after COMMIT, with its result.
    answer: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
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
    Do(Task),
    Stop(oneshot::Sender<()>),
}

impl Queue {
    /// Runs `task` in a savepoint of the next group and answers when that group is durable, or why nothing was kept. Refused
    /// while the disk takes nothing.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Apply) -> Result<T, CommitError> + Send + 'static,
    ) -> Result<T, CommitError> {
        self.gauge.usable()?;
        self.run_in_reserve(task).await
    }

    /// As [`Queue::run`], also while changes are refused: the entries of reads, and what makes room.
    pub(super) async fn run_in_reserve<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Apply) -> Result<T, CommitError> + Send + 'static,
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
        task: impl FnOnce(&mut Apply) -> Result<T, CommitError> + Send + 'static,
    ) -> Result<T, CommitError> {
        let (tell, answer) = oneshot::channel();
        let task: Task = Box::new(move |apply| {
            let result = task(apply);
            let kept = result.is_ok();
            let failure = match &result {
                Err(CommitError::Store(e)) => Some(e.clone()),
                _ => None,
            };
            let answer = Box::new(move |durable: Result<(), StoreError>| {
                // Whoever asked may have gone; what is durable stays so.
                let _gone = tell.send(result.and_then(|t| durable.map(|()| t).map_err(CommitError::from)));
            });
            Outcome { kept, failure, answer }
        });
        let begun = Instant::now();
        self.messages.send(Message::Do(task)).await.map_err(|_| StoreError::Closed)?;
        let result = answer.await.map_err(|_| {
            // Dropped unanswered: the writer has ended between the queue and the change, and kept nothing of it.
            StoreError::Closed
        })?;
        metrics::histogram!("records_commit_seconds").record(begun.elapsed().as_secs_f64());
        result
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
        let Self { db, clock, sealed, .. } = &self;
        let mut apply = Apply::new(db, head, next_rid);
        let mut stop = None;
        while stop.is_none()
            && let Some(first) = messages.blocking_recv()
        {
            let mut tasks = Vec::with_capacity(BATCH);
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Do(task) => tasks.push(task),
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
                sealed.send_if_modified(|n| std::mem::replace(n, apply.head.number) != apply.head.number);
            }
        }
        drop(apply);
        drop(self);
        if let Some(tell) = stop {
            let _gone = tell.send(());
        }
    }

    /// One transaction. Nobody is answered before COMMIT has returned.
    fn group(&self, apply: &mut Apply, tasks: Vec<Task>, now: Time) {
        apply.at = now.as_millisecond();
        let before = apply.head;
        let size = tasks.len();
        let mut outcomes = Vec::with_capacity(size);
        let mut tasks = tasks.into_iter();
        let begun = self.db.execute_batch("BEGIN IMMEDIATE");
        let mut durable = begun.map_err(StoreError::from);
        while durable.is_ok()
            && let Some(task) = tasks.next()
        {
            match self.one(apply, task) {
                Ok(outcome) => outcomes.extend(self.early(outcome)),
                Err(e) => durable = Err(e),
            }
        }
        if durable.is_ok() {
            durable =
                apply.write_words().and_then(|()| apply.seal_head(before)).and_then(|()| self.make_durable(before));
        }
        if let Err(e) = &durable {
            tracing::error!(error = %e, size, "a group of {size} changes was not kept: {e}");
            metrics::counter!("records_commit_failures").increment(1);
            apply.forget(before);
            apply.forget_words(0);
            if !self.db.is_autocommit()
                && let Err(e) = self.db.execute_batch("ROLLBACK")
            {
                tracing::error!(error = %e, "rolling back: {e}");
            }
        } else {
            metrics::counter!("records_commits").increment(size as u64);
            metrics::histogram!("records_commit_batch").record(size as f64);
        }
        for outcome in outcomes {
            (outcome.answer)(durable.clone());
        }
        // Those that were not begun learn why.
        if let Err(e) = durable {
            for task in tasks {
                let refused = Err(e.clone());
                apply.refuse = Some(e.clone());
                (task(apply).answer)(refused);
                apply.refuse = None;
            }
        }
    }

    /// One savepoint. An error here means that the whole transaction is gone.
    fn one(&self, apply: &mut Apply, task: Task) -> Result<Outcome, StoreError> {
        let (before, mark) = (apply.head, apply.mark());
        self.db.prepare_cached("SAVEPOINT change")?.execute([])?;
        let outcome = catch_unwind(AssertUnwindSafe(|| task(apply)));
        // A full disk or a broken one may have ended the transaction under us.
        if self.db.is_autocommit() {
            let lost = || StoreError::Engine("the engine gave the whole group up".into());
            let Ok(outcome) = outcome else { return Err(lost()) };
            let failure = outcome.failure.clone().unwrap_or_else(lost);
            (outcome.answer)(Err(failure.clone()));
            return Err(failure);
        }
        let kept = outcome.as_ref().is_ok_and(|o| o.kept);
        if !kept {
            self.db.execute_batch("ROLLBACK TO change")?;
            apply.forget(before);
            apply.forget_words(mark);
        }
        self.db.prepare_cached("RELEASE change")?.execute([])?;
        outcome.map_err(|_| StoreError::Engine("a change panicked".into())).or_else(|e| {
            tracing::error!(error = %e, "the writer goes on: {e}");
            Ok(Outcome { kept: false, failure: None, answer: Box::new(|_| ()) })
        })
    }

    #[cfg_attr(not(any(test, feature = "faults")), expect(unused_variables, reason = "tests plant a fault here"))]
    fn make_durable(&self, before: Head) -> Result<(), StoreError> {
        #[cfg(any(test, feature = "faults"))]
        if self.fault == Some(Fault::CommitFails) && before.number % 3 == 2 && !self.failed.replace(true) {
            return Err(StoreError::Engine("disk I/O error, planted".into()));
        }
        #[cfg(any(test, feature = "faults"))]
        self.failed.set(false);
        Ok(self.db.execute_batch("COMMIT")?)
    }

    #[cfg(any(test, feature = "faults"))]
    fn early(&self, outcome: Outcome) -> Option<Outcome> {
        if self.fault == Some(Fault::AckBeforeCommit) {
            (outcome.answer)(Ok(()));
            return None;
        }
        Some(outcome)
    }

    #[cfg(not(any(test, feature = "faults")))]
    #[expect(clippy::unused_self, reason = "tests plant a fault here")]
    fn early(&self, outcome: Outcome) -> Option<Outcome> {
        Some(outcome)
    }
}
