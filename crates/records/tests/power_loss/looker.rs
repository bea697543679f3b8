//! Looks at what a cut left: recovers the store, verifies the ledger, and says what is gone.

use super::child::{blob_of, body, draft_key, options};
use records::sqlite::Sqlite;
use records::{Store, StoreError, Viewer};
use sha2::Digest;
use std::path::Path;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests beside it"]
async fn looks() {
    let Some(dir) = std::env::var_os("POWER_DIR") else { return };
    let acknowledged: Vec<String> = std::io::stdin().lines().collect::<Result<_, _>>().unwrap();
    for lost in lost(Path::new(&dir), &acknowledged).await.unwrap_or_else(|e| vec![e.to_string()]) {
        println!("\nlook {lost}");
    }
    println!("\nlook ended");
}

async fn lost(dir: &Path, acknowledged: &[String]) -> Result<Vec<String>, StoreError> {
    let store = Sqlite::open(dir, options())?;
    store.verify().await?;
    let mut lost = vec![];
    for what in acknowledged {
        let (kind, id) = what.split_once(' ').unwrap();
        let there = match kind {
            "draft" => store.draft(&draft_key(id)).await.unwrap().is_some_and(|draft| draft.body == id),
            "again" => is_whole(&store, id, 2).await,
            _ => is_whole(&store, id, 1).await,
        };
        if !there {
            lost.push(what.clone());
        }
    }
    let named = store.read_with(named).await?;
    for sha256 in named {
        let whole = store.blob(&sha256, None).await;
        if !whole.is_ok_and(|bytes| bytes.is_some_and(|b| <[u8; 32]>::from(sha2::Sha256::digest(&b)) == sha256)) {
            lost.push("a blob that is named".to_owned());
        }
    }
    store.close().await;
    Ok(lost)
}

fn named(db: &rusqlite::Connection) -> rusqlite::Result<Vec<[u8; 32]>> {
    db.prepare("SELECT sha FROM blob")?.query_map([], |row| row.get(0))?.collect()
}

async fn is_whole(store: &Sqlite, id: &str, version: u64) -> bool {
    let at: fhir::Reference = format!("Observation/{id}").parse().unwrap();
    let Ok(Some(found)) = store.read_version(&Viewer::System, &at, version).await else { return false };
    let claims = store.claims(&format!("claim/{id}"), kernel::Time::UNIX_EPOCH).await.unwrap();
    let blob = store.blob(&sha2::Sha256::digest(blob_of(id)).into(), None).await;
    found.value().unwrap()["note"] == body(id, version)["note"]
        && claims.iter().any(|claim| claim.by == at)
        && blob.is_ok_and(|bytes| bytes.is_some_and(|b| b == blob_of(id)))
}
