//! What somebody is writing.

use super::*;
use crate::DraftKey;
use bytes::Bytes;

fn key(owner: &str, kind: &str, draft: &str) -> DraftKey {
    DraftKey { owner: id(owner), kind: kind.into(), id: id(draft) }
}

pub async fn a_draft_has_one_editor(f: Fixture) {
    let key = key("d1", "consult", "c1");
    let put = async |expected, body: &'static str| f.store.draft_put(&key, expected, Bytes::from(body), f.now()).await;
    assert_eq!(f.store.draft(&key).await.unwrap(), None);
    assert_eq!(put(0, "one").await, Ok(1));
    assert_eq!(put(1, "two").await, Ok(2));
    let stale = |r: Result<u64, CommitError>| matches!(r, Err(CommitError::Stale { actual: 2, .. }));
    assert!(stale(put(1, "late").await));
    assert!(stale(put(0, "new").await));
    let kept = f.store.draft(&key).await.unwrap().unwrap();
    assert_eq!((kept.revision, kept.saved_at, &kept.body[..]), (2, f.now(), &b"two"[..]));
    assert_eq!(f.store.entries(0, 10).await.unwrap(), [], "drafts are nobody's business");
    let mut done = change("consult.request");
    done.drafts_done.push(key.clone());
    f.commit(done).await.unwrap();
    assert_eq!(f.store.draft(&key).await.unwrap(), None);
}

pub async fn drafts_are_listed_and_dropped(f: Fixture) {
    for (owner, kind, draft) in
        [("d1", "consult", "a"), ("d1", "consult", "b"), ("d1", "opinion", "c"), ("d2", "consult", "d")]
    {
        f.store.draft_put(&key(owner, kind, draft), 0, Bytes::from("x"), f.now()).await.unwrap();
        f.clock.advance(jiff::SignedDuration::from_secs(1));
    }
    let list = async |owner: &str, kind: &str| {
        let drafts = f.store.drafts(&id(owner), kind).await.unwrap();
        drafts.iter().map(|d| d.key.id.to_string()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(list("d1", "consult").await, "b a");
    assert_eq!(list("d1", "opinion").await, "c");
    assert_eq!(list("d2", "opinion").await, "");
    f.store.draft_drop(&key("d1", "consult", "b")).await.unwrap();
    f.store.draft_drop(&key("d1", "consult", "never")).await.unwrap();
    assert_eq!(list("d1", "consult").await, "a");
}
