//! A draft handed over to a phone: one phone, minutes, photos alone.

use crate::harness::{Answer, CASE, World};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt;

/// The smallest JPEG that says its size; the last byte tells photos apart.
fn photo(n: u8) -> Vec<u8> {
    vec![0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0, 16, 0, 16, 0, 0, n]
}

/// What a phone sends: its cookie, if it has one, and no session.
async fn phone(world: &World, cookie: &str, method: &str, path: &str, body: Vec<u8>) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    let answer = world.routes.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    Answer { status, headers, bytes: to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec() }
}

async fn begin(world: &World) -> String {
    let path = format!("/api/consults/{CASE}/handover");
    let begun = world.send("asker", "POST", &path, "*/*", json!({"patient": "patient"}).to_string()).await;
    assert_eq!(begun.status, 201);
    begun.json()["token"].as_str().unwrap().to_owned()
}

async fn open(world: &World, token: &str) -> Answer {
    phone(world, "", "POST", "/api/handover", json!({ "token": token }).to_string().into_bytes()).await
}

fn cookie(answer: &Answer) -> String {
    let set = answer.headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/api/handover"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

async fn shown(world: &World) -> Value {
    world.get("asker", &format!("/api/consults/{CASE}/handover")).await.ok().json()
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_from_a_phone_are_in_the_draft_and_in_the_ledger() {
    let world = World::new().await;
    assert_eq!(shown(&world).await["open"], false);
    let token = begin(&world).await;
    assert_eq!((&shown(&world).await["open"], &shown(&world).await["read"]), (&json!(true), &json!(false)));
    let opened = open(&world, &token).await.ok();
    let cookie = cookie(&opened);
    for n in 1..=2 {
        let put = phone(&world, &cookie, "PUT", &format!("/api/handover/photos/p-{n}"), photo(n)).await.ok();
        assert_eq!(put.json()["files"][0]["name"], format!("photo-{n}.jpg"));
    }
    let again = phone(&world, &cookie, "PUT", "/api/handover/photos/p-2", photo(2)).await.ok();
    assert_eq!(again.json()["files"][0]["duplicate"], true, "sent again over a bad line");
    assert_eq!(phone(&world, &cookie, "GET", "/api/handover", vec![]).await.ok().json()["photos"], 2);
    let listed = world.get("asker", &format!("/api/consults/{CASE}/files")).await.ok().json();
    assert_eq!(listed["documents"].as_array().unwrap().len(), 2);
    assert_eq!((&shown(&world).await["read"], &shown(&world).await["photos"]), (&json!(true), &json!(2)));

    let entries = world.platform.store.entries(0, 500).await.unwrap();
    let of = |what: &str| entries.iter().filter(|e| e.act.what == what).collect::<Vec<_>>();
    assert_eq!(of("attachment.handover.begin").len(), 1);
    assert_eq!(of("attachment.handover.open").len(), 1);
    let photos = of("attachment.handover.put");
    assert_eq!(photos.len(), 2);
    for entry in photos {
        assert_eq!(entry.act.person.as_ref().unwrap().as_str(), "asker");
        assert!(entry.act.audience.iter().any(|s| s.to_string() == "person:asker"), "the computer hears of it");
    }
    let all = format!("{entries:?}");
    assert!(!all.contains(&token) && !all.contains(&cookie), "a secret stands in the ledger");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_for_one_phone_and_for_minutes() {
    let world = World::new().await;
    let token = begin(&world).await;
    let first = open(&world, &token).await.ok();
    open(&world, &token).await.refused(409, "handover.used");
    phone(&world, "", "PUT", "/api/handover/photos/p-1", photo(1)).await.refused(410, "handover.over");
    let forged = format!("handover={token}");
    phone(&world, &forged, "PUT", "/api/handover/photos/p-1", photo(1)).await.refused(410, "handover.over");
    for wrong in ["", "x", &"A".repeat(43)] {
        open(&world, wrong).await.refused(410, "handover.over");
    }
    world.clock.advance(SignedDuration::from_mins(20));
    phone(&world, &cookie(&first), "PUT", "/api/handover/photos/p-1", photo(1)).await.refused(410, "handover.over");
    phone(&world, &cookie(&first), "GET", "/api/handover", vec![]).await.refused(410, "handover.over");

    let late = begin(&world).await;
    world.clock.advance(SignedDuration::from_mins(5));
    open(&world, &late).await.refused(410, "handover.over");
    assert_eq!(shown(&world).await["open"], false);
    assert_eq!(world.get("asker", &format!("/api/consults/{CASE}/files")).await.ok().json()["documents"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_phones_at_the_same_moment_one_wins() {
    let world = World::new().await;
    let token = begin(&world).await;
    let all = futures::future::join_all((0..6).map(|_| open(&world, &token))).await;
    let won = all.iter().filter(|answer| answer.status.is_success()).count();
    let used = all.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((won, used), (1, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_computer_ends_it_and_a_new_code_ends_the_old_one() {
    let world = World::new().await;
    let old = open(&world, &begin(&world).await).await.ok();
    let token = begin(&world).await;
    phone(&world, &cookie(&old), "PUT", "/api/handover/photos/p-1", photo(1)).await.refused(410, "handover.over");
    let new = open(&world, &token).await.ok();
    phone(&world, &cookie(&new), "PUT", "/api/handover/photos/p-1", photo(1)).await.ok();
    let path = format!("/api/consults/{CASE}/handover");
    assert_eq!(world.send("asker", "DELETE", &path, "*/*", "").await.status, 204);
    phone(&world, &cookie(&new), "PUT", "/api/handover/photos/p-2", photo(2)).await.refused(410, "handover.over");
    open(&world, &token).await.refused(410, "handover.over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_may_add_photos_and_nothing_else() {
    let world = World::new().await;
    for who in ["other", "desk", "expert"] {
        let path = format!("/api/consults/{CASE}/handover");
        world.send(who, "POST", &path, "*/*", "{}").await.refused(404, "not_found");
        world.get(who, &path).await.refused(404, "not_found");
    }
    let opened = open(&world, &begin(&world).await).await.ok();
    let cookie = cookie(&opened);
    for (name, bytes) in [("pdf", b"%PDF-1.4 x".to_vec()), ("zip", b"PK\x03\x04".to_vec()), ("none", vec![])] {
        let put = phone(&world, &cookie, "PUT", &format!("/api/handover/photos/{name}"), bytes).await;
        put.refused(422, "handover.photos_only");
    }
    phone(&world, &cookie, "PUT", "/api/handover/photos/big", vec![0xFF; (40 << 20) + 1])
        .await
        .refused(413, "handover.too_large");
    let files = format!("/api/consults/{CASE}/files");
    phone(&world, &cookie, "GET", &files, vec![]).await.refused(401, "session.none");
    phone(&world, &cookie, "PUT", &format!("{files}/u-1"), photo(1)).await.refused(401, "session.none");
    let text = String::from_utf8(opened.bytes).unwrap();
    assert!(!text.contains("patient") && !text.contains(CASE), "the phone learns whose it is: {text}");
}
