//! Sign-in names and sessions.

use super::*;
use crate::{Account, AccountChange, Session, SessionChange};

fn account(name: &str, person: &str) -> Account {
    Account {
        name: name.into(),
        person: id(person),
        password_hash: "$argon2id$x".into(),
        enabled: true,
        keys: Some("wrapped".into()),
    }
}

fn putting(account: Account) -> Change {
    let mut change = change("x");
    change.accounts.push(AccountChange::Put(account));
    change
}

pub async fn accounts_by_name_and_person(f: Fixture) {
    f.commit(putting(account("Li.Wei", "d1"))).await.unwrap();
    let kept = account("li.wei", "d1");
    assert_eq!(f.store.account("LI.wei").await.unwrap(), Some(kept.clone()));
    assert_eq!(f.store.account_of(&id("d1")).await.unwrap(), Some(kept));
    assert_eq!(f.store.account("nobody").await.unwrap(), None);
    assert_eq!(f.store.account_of(&id("nobody")).await.unwrap(), None);
    let renamed = Account { enabled: false, keys: None, ..account("li.wei2", "d1") };
    f.commit(putting(renamed.clone())).await.unwrap();
    assert_eq!(f.store.account("li.wei").await.unwrap(), None);
    assert_eq!(f.store.account_of(&id("d1")).await.unwrap(), Some(renamed));
}

pub async fn a_name_belongs_to_one(f: Fixture) {
    f.commit(putting(account("li.wei", "d1"))).await.unwrap();
    let taken = f.commit(putting(account("LI.WEI", "d2"))).await;
    assert!(matches!(taken, Err(CommitError::Taken(held)) if held.by == at("Practitioner/d1")));
    assert_eq!(f.store.account_of(&id("d2")).await.unwrap(), None);
}

pub async fn sessions_open_and_close(f: Fixture) {
    let session = |token: u8, person: &str, role: Option<&str>| Session {
        token_sha256: [token; 32],
        person: id(person),
        practitioner_role: role.map(id),
        opened_at: f.now(),
        until: f.later(60),
    };
    let apply = async |changes: Vec<SessionChange>| {
        let mut change = change("x");
        change.sessions = changes;
        f.commit(change).await.unwrap();
    };
    let find = async |token: u8, now: Time| f.store.session(&[token; 32], now).await.unwrap();
    let put = |s: &Session| SessionChange::Put(s.clone());
    let (one, two, other) = (session(1, "d1", None), session(2, "d1", Some("r")), session(3, "d2", Some("r2")));
    apply(vec![put(&one), put(&two), put(&other)]).await;
    assert_eq!(find(1, f.now()).await, Some(one));
    assert_eq!(find(2, f.later(59)).await, Some(two));
    assert_eq!(find(2, f.later(60)).await, None);
    assert_eq!(find(9, f.now()).await, None);
    let chosen = session(1, "d1", Some("r"));
    apply(vec![put(&chosen)]).await;
    assert_eq!(find(1, f.now()).await, Some(chosen));
    apply(vec![SessionChange::Close([1; 32])]).await;
    assert_eq!(find(1, f.now()).await, None);
    apply(vec![SessionChange::CloseAll(id("d1"))]).await;
    assert_eq!(find(2, f.now()).await, None);
    assert_eq!(find(3, f.now()).await, Some(other));
}
