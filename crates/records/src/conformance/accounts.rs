//! Sign-in names and sessions.

use super::*;
use crate::{
    Account, AccountChange, Client, ClientChange, Session, SessionChange, Setting, SignIn, SignInNote, SignInStep,
};

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
    assert_eq!(f.store.account_of(&id("d1")).await.unwrap(), Some(kept.clone()));
    assert_eq!(f.store.account("nobody").await.unwrap(), None);
    let named = f.store.accounts(&["nobody".into(), "LI.wei".into()]).await.unwrap();
    assert_eq!(named, [kept]);
    assert_eq!(f.store.accounts(&[]).await.unwrap(), []);
    assert_eq!(f.store.account_of(&id("nobody")).await.unwrap(), None);
    let renamed = Account { enabled: false, keys: None, ..account("li.wei2", "d1") };
    f.commit(putting(renamed.clone())).await.unwrap();
    assert_eq!(f.store.account("li.wei").await.unwrap(), None);
    assert_eq!(f.store.account_of(&id("d1")).await.unwrap(), Some(renamed));
    let mut removing = change("x");
    removing.accounts.push(AccountChange::Remove(id("d1")));
    f.commit(removing).await.unwrap();
    assert_eq!(f.store.account_of(&id("d1")).await.unwrap(), None);
    f.commit(putting(account("li.wei2", "d2"))).await.expect("its name is free again");
}

pub async fn a_name_belongs_to_one(f: Fixture) {
    f.commit(putting(account("li.wei", "d1"))).await.unwrap();
    let taken = f.commit(putting(account("LI.WEI", "d2"))).await;
    assert!(matches!(taken, Err(CommitError::Taken(held)) if held.by == at("Practitioner/d1")));
    assert_eq!(f.store.account_of(&id("d2")).await.unwrap(), None);
}

pub async fn sessions_open_and_close(f: Fixture) {
    let session = |token: u8, person: &str, role: Option<&str>| Session {
        practitioner_role: role.map(id),
        step: if role.is_some() { SignInStep::Done } else { SignInStep::Prove },
        factor_at: role.map(|_| f.now()),
        address: "192.0.2.7".into(),
        device: "Firefox".into(),
        ..Session::new([token; 32], id(person), f.now(), f.later(60))
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
    assert_eq!(f.store.sessions_of(&id("d1"), f.now()).await.unwrap().len(), 2);
    assert_eq!(f.store.sessions_of(&id("d1"), f.later(60)).await.unwrap(), []);
    let chosen = session(1, "d1", Some("r"));
    apply(vec![put(&chosen)]).await;
    assert_eq!(find(1, f.now()).await, Some(chosen));
    apply(vec![SessionChange::Close([1; 32])]).await;
    assert_eq!(find(1, f.now()).await, None);
    apply(vec![SessionChange::CloseAll(id("d1"))]).await;
    assert_eq!(find(2, f.now()).await, None);
    assert_eq!(find(3, f.now()).await, Some(other));
}

pub async fn clients_by_their_token(f: Fixture) {
    let client = |n: u8, name: &str| Client {
        id: id(&format!("client-{n}")),
        name: name.into(),
        token_sha256: [n; 32],
        hospital: id("h1"),
        strict: n == 1,
        create_by_put: n == 2,
        unrestricted: n == 3,
        added_at: f.now(),
        ended_at: None,
    };
    let apply = async |clients: Vec<ClientChange>| {
        let mut change = change("client.add");
        change.clients = clients;
        f.commit(change).await.unwrap();
    };
    let find = async |n: u8| f.store.client(&[n; 32]).await.unwrap();
    let all = [client(1, "his"), client(2, "import"), client(3, "移植")];
    apply(all.iter().cloned().map(ClientChange::Put).collect()).await;
    for (n, client) in (1..).zip(&all) {
        assert_eq!(find(n).await.as_ref(), Some(client));
    }
    assert_eq!(find(9).await, None);
    f.clock.advance(jiff::SignedDuration::from_secs(5));
    let ended = f.now();
    apply(vec![ClientChange::End(id("client-2"), ended)]).await;
    assert_eq!(find(2).await, None);
    assert_eq!(find(1).await.as_ref(), Some(&all[0]));
    apply(vec![ClientChange::End(id("client-2"), f.later(60))]).await;
    let listed = f.store.clients().await.unwrap();
    assert_eq!(listed.len(), 3);
    let two = listed.iter().find(|c| c.id == id("client-2")).unwrap();
    assert_eq!(two, &Client { ended_at: Some(ended), ..all[1].clone() });
}

pub async fn second_factors_and_sign_ins(f: Fixture) {
    let factor = async |kept: Option<&str>| {
        let mut change = change("x");
        change.accounts.push(AccountChange::SecondFactor(id("d1"), kept.map(str::to_owned)));
        f.commit(change).await.unwrap();
        f.store.second_factor(&id("d1")).await.unwrap()
    };
    assert_eq!(factor(Some("sealed")).await.as_deref(), Some("sealed"));
    assert_eq!(factor(Some("again")).await.as_deref(), Some("again"));
    assert_eq!(f.store.second_factor(&id("d2")).await.unwrap(), None);
    assert_eq!(factor(None).await, None);

    let tried = |seconds: i64, outcome: &str| SignIn {
        person: id("d1"),
        at: f.later(seconds),
        outcome: outcome.into(),
        address: "192.0.2.7".into(),
        device: "Firefox".into(),
    };
    let note = async |sign_in: SignIn, keep_from: i64| {
        let mut change = change("x");
        change.sign_ins.push(SignInNote { sign_in, keep_from: f.later(keep_from) });
        f.commit(change).await.unwrap();
    };
    note(tried(0, "a"), 0).await;
    note(tried(1, "b"), 0).await;
    note(tried(1, "c"), 0).await;
    assert_eq!(f.store.sign_ins(&id("d1"), 2).await.unwrap(), [tried(1, "c"), tried(1, "b")]);
    note(tried(9, "d"), 1).await;
    let outcomes: Vec<_> = f.store.sign_ins(&id("d1"), 9).await.unwrap().into_iter().map(|s| s.outcome).collect();
    assert_eq!(outcomes, ["d", "c", "b"], "what is older than asked for is gone");
    assert_eq!(f.store.sign_ins(&id("d2"), 9).await.unwrap(), []);
}

pub async fn settings_keep_their_history(f: Fixture) {
    let set = |key: &str, hospital: Option<&str>, number: u64, value: Option<Value>| Setting {
        key: key.into(),
        hospital: hospital.map(id),
        number,
        value,
        at: f.now(),
        by: id("d1"),
        why: "because".into(),
    };
    let put = async |setting: &Setting| {
        let mut change = change("x");
        change.settings.push(setting.clone());
        f.commit(change).await
    };
    let (one, two) = (set("a", None, 1, Some(json!(7))), set("a", None, 2, None));
    let (below, other) = (set("a", Some("h"), 1, Some(json!(true))), set("b", None, 1, Some(json!("x"))));
    for setting in [&one, &two, &below, &other] {
        put(setting).await.unwrap();
    }
    assert!(matches!(put(&one).await, Err(CommitError::Taken(held)) if held.key == "setting/a"));
    let mut latest = f.store.settings().await.unwrap();
    latest.sort_by(|a, b| (&a.key, &a.hospital).cmp(&(&b.key, &b.hospital)));
    assert_eq!(latest, [two.clone(), below, other]);
    assert_eq!(f.store.setting_history("a", None).await.unwrap(), [two, one]);
    assert_eq!(f.store.setting_history("c", None).await.unwrap(), []);
}
