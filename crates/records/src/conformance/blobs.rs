//! Files by their SHA-256.

use super::*;
use crate::StoreError;
use bytes::Bytes;
use sha2::{Digest, Sha256};

pub async fn blobs_come_back(f: Fixture) {
    let bytes = Bytes::from((0..200_000u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>());
    let expect: [u8; 32] = Sha256::digest(&bytes).into();
    assert_eq!(f.store.blob(&expect, None).await.unwrap(), None);
    assert_eq!(f.store.blob_put(bytes.clone()).await.unwrap(), expect);
    assert_eq!(f.store.blob_put(bytes.clone()).await.unwrap(), expect);
    assert_eq!(f.store.blob(&expect, None).await.unwrap(), Some(bytes.clone()));
    for range in [0..10, 5..5, 799_990..900_000, 900_000..900_001] {
        let end = (range.end as usize).min(bytes.len());
        let start = (range.start as usize).min(end);
        let part = f.store.blob(&expect, Some(range)).await.unwrap().unwrap();
        assert_eq!(part, bytes.slice(start..end));
    }
    let empty = f.store.blob_put(Bytes::new()).await.unwrap();
    assert_eq!(f.store.blob(&empty, None).await.unwrap(), Some(Bytes::new()));
    let dir = std::env::temp_dir().join(format!("records-blob-{}-{:p}", std::process::id(), &raw const f));
    std::fs::create_dir_all(&dir).unwrap();
    for (name, content) in [("new", &b"from a file"[..]), ("known", &bytes)] {
        let path = dir.join(name);
        std::fs::write(&path, content).unwrap();
        let (sha256, size) = f.store.blob_put_file(&path).await.unwrap();
        assert_eq!((sha256, size), (Sha256::digest(content).into(), content.len() as u64));
        assert_eq!(f.store.blob(&sha256, None).await.unwrap().unwrap(), content);
        assert!(!path.exists(), "moved");
    }
    assert!(f.store.blob_put_file(&dir.join("absent")).await.is_err());
    std::fs::remove_dir_all(&dir).unwrap();
}

pub async fn a_blob_is_put_before_it_is_named(f: Fixture) {
    let naming = |sha256| {
        let mut change = change("x").write(write("DocumentReference/d", &json!({}), "h1"));
        change.blobs.push(sha256);
        change
    };
    let refused = f.commit(naming([1; 32])).await;
    assert!(matches!(refused, Err(CommitError::Store(StoreError::Engine(why))) if why.contains("0101")));
    assert_eq!(f.store.read(&Viewer::System, &at("DocumentReference/d")).await.unwrap(), None);
    let sha256 = f.store.blob_put(Bytes::from("scan")).await.unwrap();
    f.commit(naming(sha256)).await.unwrap();
    f.commit(naming(sha256)).await.unwrap();
}

pub async fn after_the_end_nothing_is_taken(f: Fixture) {
    f.put("h1", &[("Task/t", json!({}))]).await;
    f.store.close().await;
    let late = f.commit(change("x")).await;
    assert_eq!(late, Err(CommitError::Store(StoreError::Closed)));
    assert_eq!(f.store.read(&Viewer::System, &at("Task/t")).await, Err(StoreError::Closed));
}
