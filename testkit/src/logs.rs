//! Catches everything the process logs.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

static CAUGHT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Catcher;

impl Write for Catcher {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        CAUGHT.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Begins to catch; once is enough. The test's own HTTP client, in the same process, is not the program's log.
pub fn catch() {
    platform::telemetry::start("trace,cookie_store=off,reqwest=off,hyper_util::client=off", false, || Catcher);
}

/// What was caught.
pub fn caught() -> String {
    let caught = CAUGHT.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&caught).into_owned()
}
