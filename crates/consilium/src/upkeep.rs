//! What the installation does for itself from time to time, without anybody's act: files that nothing names are removed.

use platform::Shared;
use records::{Engine, StoreError};
use std::time::Duration;

/// How often.
const EVERY: Duration = Duration::from_secs(3600);

/// Runs until the platform stops; first an hour after the start, so that starting stays quick.
pub async fn run(platform: Shared) {
    loop {
        tokio::select! {
            () = platform.stopping.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        match once(&platform).await {
            Ok(0) => {}
            Ok(files) => tracing::info!(files, "removed {files} files that nothing has named for a day"),
            Err(error) => tracing::error!("cannot remove files that nothing names: {error}"),
        }
    }
}

/// One round: how many files it removed.
pub async fn once(platform: &Shared) -> Result<u64, StoreError> {
    match platform.store.engine() {
        Engine::Sqlite(store) => store.collect(platform.clock.now()).await,
        Engine::Postgres(store) => store.collect(platform.clock.now()).await,
    }
}
