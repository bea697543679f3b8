//! Gives memory back when nothing has been written for a while, and nothing read that is noted.
//!
//! An import leaves the pages that it touched, and holes in the heap where its bundles were: 250 MB that nobody needs at night.

use platform::Shared;
use records::Engine;
use std::time::Duration;

/// How long nothing has happened by then.
const QUIET: Duration = Duration::from_secs(10);

/// Runs until the platform stops.
pub async fn run(platform: Shared) {
    tokio::select! {
        () = platform.stopping.cancelled() => {}
        () = after_each_rush(&platform) => {}
    }
}

async fn after_each_rush(platform: &Shared) {
    let mut sealed = platform.store.sealed();
    while sealed.changed().await.is_ok() {
        while let Ok(Ok(())) = tokio::time::timeout(QUIET, sealed.changed()).await {}
        if let Engine::Sqlite(store) = platform.store.engine() {
            store.rest().await;
        }
        // A walk over the whole heap: some milliseconds, not on a thread that answers.
        let _trimmed = tokio::task::spawn_blocking(trim).await;
    }
}

/// Returns what is free in the allocator to the system.
fn trim() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: may be called at any time, on any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}
