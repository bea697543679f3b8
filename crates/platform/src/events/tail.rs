//! The one task that tails the ledger: keeps the directory fresh and feeds all listeners.

use crate::Platform;
use records::StoreError;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Entries read at a time.
const PAGE: usize = 500;

/// Follows the ledger after `last` until the platform is gone or stops.
pub async fn follow(platform: Weak<Platform>, mut last: u64) {
    let Some((mut sealed, stopping)) = platform.upgrade().map(|p| (p.store.sealed(), p.stopping.clone())) else {
        return;
    };
    loop {
        let Some(platform) = platform.upgrade() else { return };
        match pass_on(&platform, &mut last).await {
            Ok(()) => {}
            Err(StoreError::Closed) => return,
            Err(error) => {
                tracing::error!(ledger.number = last, "cannot read the ledger after {last}: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        drop(platform);
        if *sealed.borrow_and_update() > last {
            continue;
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            grown = sealed.changed() => if grown.is_err() { return },
        }
    }
}

async fn pass_on(platform: &Arc<Platform>, last: &mut u64) -> Result<(), StoreError> {
    let sealed = *platform.store.sealed().borrow();
    let left = usize::try_from(sealed.saturating_sub(*last)).unwrap_or(PAGE).min(PAGE);
    for entry in platform.store.entries(*last, left).await? {
        platform.directory.follow(&*platform.store, &entry).await?;
        if entry.act.what == "settings.change" {
            platform.take_settings().await?;
        }
        if entry.act.what.starts_with("clients.") {
            platform.clients.forget();
        }
        *last = entry.number;
        // Nobody listening is not an error.
        let _ = platform.events.entries.send(Arc::new(entry));
    }
    Ok(())
}
