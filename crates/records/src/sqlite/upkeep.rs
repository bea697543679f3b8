//! A thread that does something again and again beside the writer.

use crate::StoreError;
use crate::blobs::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// The thread; ended when this is dropped.
pub(super) struct Upkeep(Mutex<Option<(Sender<()>, JoinHandle<()>)>>);

impl Upkeep {
    /// Does `work` after each `pause`, the first time after one.
    pub(super) fn start(name: &str, pause: Duration, work: impl Fn() + Send + 'static) -> Result<Self, StoreError> {
        let (stop, stopped) = channel::<()>();
        let rounds = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
                work();
            }
        };
        let thread = std::thread::Builder::new().name(name.into()).spawn(rounds);
        let thread = thread.map_err(|e| io(&format!("start the thread {name}"), &e))?;
        Ok(Self(Mutex::new(Some((stop, thread)))))
    }

    /// Ends it, after the round it is in.
    pub(super) fn stop(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, thread)) = running {
            drop(stop);
            let _panicked = thread.join();
        }
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.stop();
    }
}
