//! The door of a room over HTTP: whose token opens it, who sees whom, and who is put out when.

mod house;

use house::{House, offer};
use serde_json::{Value, json};

/// The people on a roster, without which of their devices it is.
fn names(roster: &Value) -> Vec<&str> {
    let peers = roster["members"].as_array().expect("members").iter().filter_map(|m| m["peer"].as_str());
    peers.filter_map(|p| p.split('~').next()).collect()
}

#[tokio::test]
async fn two_meet_and_one_leads() {
    let house = House::open().await;
    let (anna, bo) = (house.sign_in("anna").await, house.sign_in("bo").await);
    let mut first = house.enter(&anna).await;
    let welcome = first.hear("welcome").await;
    assert_eq!((names(&welcome), &welcome["leader"]), (vec!["anna"], &Value::Null));
    assert_eq!(welcome["members"][0]["person"]["hospital"]["id"], "county");
    let mut second = house.enter(&bo).await;
    assert_eq!(names(&second.hear("welcome").await), ["anna", "bo"]);
    assert_eq!(names(&first.hear("roster").await), ["anna", "bo"]);
    second.say(json!({"type": "lead", "on": true})).await;
    let leader = first.hear("lead").await["leader"].as_str().expect("a leader").to_owned();
    assert!(leader.starts_with("bo~"), "{leader}");
    second.say(json!({"type": "view", "view": {"slice": 87, "window": 1500.5}})).await;
    assert_eq!(first.hear("view").await["view"].to_string(), r#"{"slice":87,"window":1500.5}"#);
    first.say(json!({"type": "state", "mic": false, "cam": true})).await;
    let mut roster = second.hear("roster").await;
    while roster["members"][0]["cam"] == false {
        roster = second.hear("roster").await;
    }
    // A second window of the same sign-in takes over; the first is told why.
    let mut elsewhere = house.enter(&bo).await;
    assert_eq!(elsewhere.hear("welcome").await["view"]["slice"], 87, "the last view waits for who comes late");
    assert_eq!(second.ends().await, "elsewhere");
    elsewhere.say(json!({"type": "leave"})).await;
    loop {
        if names(&first.hear("roster").await) == ["anna"] {
            break;
        }
    }
}

#[tokio::test]
async fn a_token_in_other_hands_opens_nothing() {
    let house = House::open().await;
    let (anna, bo, stranger) =
        (house.sign_in("anna").await, house.sign_in("bo").await, house.sign_in("stranger").await);
    let token = house.token(&anna, false).await;
    let (case, sdp) = ("case", offer());
    for (what, who, case, token, expected) in [
        ("no token", Some(&anna), case, None, 401),
        ("made up", Some(&anna), case, Some("00"), 401),
        ("the other party", Some(&bo), case, Some(&*token), 404),
        ("a stranger", Some(&stranger), case, Some(&*token), 404),
        ("without the session", None, case, Some(&*token), 404),
        ("another case", Some(&anna), "other", Some(&*token), 404),
        ("nobody is in a room unseen", Some(&anna), case, Some(&*token), 409),
    ] {
        let body = &sdp;
        for door in ["whip", "whep"] {
            assert_eq!(house.stream(door, who, case, token, body).await.0, expected, "{door}: {what}");
        }
    }
    assert_eq!(house.post_room(&stranger, &json!({})).await.0, 404);
    assert_eq!(house.post_room_of_nobody().await, 401);
    assert!(house.socket(&bo, &token).await.is_err(), "a WebSocket by another session");
    assert!(house.socket(&anna, &token).await.is_ok());
    assert!(house.socket(&anna, &token).await.is_err(), "the same token again");
    // The holder of a token that turned up in other hands, and the stranger who asked for one himself.
    assert_eq!(house.refusals(2).await, ["room.enter anna", "room.enter stranger"]);
}

#[tokio::test]
async fn media_is_answered_restarted_and_ended_by_its_owner_alone() {
    let house = House::open().await;
    let (anna, bo) = (house.sign_in("anna").await, house.sign_in("bo").await);
    let token = house.token(&anna, false).await;
    let _line = house.socket(&anna, &token).await.expect("in");
    assert_eq!(house.stream("whip", Some(&anna), "case", Some(&token), "").await.0, 406, "no offer");
    let (status, location, answer) = house.stream("whip", Some(&anna), "case", Some(&token), &offer()).await;
    assert_eq!(status, 201, "{answer}");
    assert!(answer.contains("a=candidate:") && answer.contains("VP8") && answer.contains("opus"), "{answer}");
    let bos = house.token(&bo, false).await;
    let _other = house.socket(&bo, &bos).await.expect("in");
    assert_eq!(house.at("DELETE", &location, &bo, &bos, "").await.0, 404, "not his");
    let fragment = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n";
    let patch = async |state, body: &str| house.at_state("PATCH", &location, &anna, &token, body, state).await;
    assert_eq!(patch(None, fragment).await.0, 428, "RFC 9725: the state must be named");
    assert_eq!(patch(Some("\"another\""), fragment).await.0, 412, "a restart is asked for with *");
    let (status, etag, renewed) = patch(Some("*"), fragment).await;
    assert_eq!(status, 200, "{renewed}");
    assert!(etag.len() > 4, "{etag}");
    assert!(
        renewed.starts_with("a=ice-lite") && !answer.contains(renewed.lines().nth(1).expect("a ufrag")),
        "{renewed}"
    );
    assert_eq!(patch(Some(&etag), fragment).await.0, 204, "candidates for the present state");
    assert_eq!(patch(Some("\"another\""), fragment).await.0, 412, "candidates for a state that is over");
    assert_eq!(patch(Some("*"), "garbage").await.0, 400);
    assert_eq!(house.at("DELETE", &location, &anna, &token, "").await.0, 200);

    // A client of the standard kind brings no cookie, and one stream in each direction.
    let device = house.token(&bo, true).await;
    for expected in [201, 409] {
        assert_eq!(house.stream("whip", None, "case", Some(&device), &offer()).await.0, expected);
    }
    assert!(house.socket(&bo, &device).await.is_err(), "a device has no WebSocket");
}

#[tokio::test]
async fn who_is_no_longer_allowed_is_put_out() {
    let house = House::open().await;
    let (anna, bo) = (house.sign_in("anna").await, house.sign_in("bo").await);
    let (mut first, mut second) = (house.enter(&anna).await, house.enter(&bo).await);
    house.hand_back().await;
    assert_eq!(second.ends().await, "part");
    assert_eq!(house.post_room(&bo, &json!({})).await.0, 404);
    house.invite().await;
    let mut second = house.enter(&bo).await;
    let unused = house.token(&bo, false).await;
    house.sign_out(&anna).await;
    assert_eq!(first.ends().await, "session");
    house.end_case().await;
    assert_eq!(second.ends().await, "case");
    assert_eq!(house.stream("whip", Some(&bo), "case", Some(&unused), &offer()).await.0, 404, "after the case");
    assert_eq!(house.post_room(&bo, &json!({})).await.0, 404);
}

#[tokio::test]
async fn a_line_that_breaks_keeps_its_place() {
    let house = House::open().await;
    let (anna, bo) = (house.sign_in("anna").await, house.sign_in("bo").await);
    let (mut first, second) = (house.enter(&anna).await, house.enter(&bo).await);
    drop(second);
    let lost = first.until("roster", |r| r["members"][1]["lost"] == true).await;
    assert_eq!(names(&lost), ["anna", "bo"]);
    let mut back = house.enter(&bo).await;
    assert_eq!(back.hear("welcome").await["back"], true);
    first.until("roster", |r| r["members"][1]["lost"] == false).await;
}

#[tokio::test]
async fn one_person_at_two_computers_is_one_person_with_one_voice() {
    let house = House::open().await;
    let (pc, phone, bo) = (house.sign_in("anna").await, house.sign_in("anna").await, house.sign_in("bo").await);
    let mut first = house.enter(&pc).await;
    first.say(json!({"type": "state", "mic": true, "cam": true})).await;
    let mut other = house.enter(&bo).await;
    let mut second = house.enter(&phone).await;
    let welcome = second.hear("welcome").await;
    assert_eq!(names(&welcome), ["anna", "anna", "bo"]);
    let quiet = |roster: &Value| -> Vec<bool> {
        roster["members"].as_array().expect("members").iter().map(|m| m["quiet"] == true).collect()
    };
    assert_eq!(quiet(&welcome).iter().filter(|q| **q).count(), 1, "{welcome}");
    second.say(json!({"type": "voice"})).await;
    let you = welcome["you"].as_str().expect("a name").to_owned();
    let one_voice = |roster: &Value| {
        let members = roster["members"].as_array().expect("members");
        members.iter().filter(|m| m["person"]["id"] == "anna").all(|m| (m["peer"] == *you) != (m["quiet"] == true))
    };
    first.until("roster", one_voice).await;
    other.until("roster", one_voice).await;

    // A fourth device finds no place for its media; the three are there.
    let room = |guest| house.token(guest, false);
    for (guest, expected) in [(&pc, 201), (&phone, 201), (&bo, 201)] {
        let token = room(guest).await;
        let _line = house.socket(guest, &token).await.expect("in");
        assert_eq!(house.stream("whip", Some(guest), "case", Some(&token), &offer()).await.0, expected);
    }
}

#[tokio::test]
async fn a_screen_is_shown_by_one_at_a_time() {
    let house = House::open().await;
    let (anna, bo) = (house.sign_in("anna").await, house.sign_in("bo").await);
    let (mut first, mut second) = (house.enter(&anna).await, house.enter(&bo).await);
    first.say(json!({"type": "screen", "on": true})).await;
    let sharer = second.hear("screen").await["sharer"].as_str().expect("a name").to_owned();
    assert!(sharer.starts_with("anna~"), "{sharer}");
    second.say(json!({"type": "screen", "on": true})).await;
    assert_eq!(second.hear("screen").await["sharer"], *sharer, "not without saying so");
    second.say(json!({"type": "screen", "on": true, "take": true})).await;
    let taken = first.until("screen", |s| s["sharer"] != *sharer).await;
    assert!(taken["sharer"].as_str().is_some_and(|s| s.starts_with("bo~")), "{taken}");
    second.say(json!({"type": "leave"})).await;
    first.until("screen", |s| s["sharer"].is_null()).await;
}

#[tokio::test]
async fn when_access_ends_media_and_socket_end_with_it() {
    for (end, why) in [("session", "session"), ("case", "case"), ("part", "part")] {
        let house = House::open().await;
        let bo = house.sign_in("bo").await;
        let token = house.token(&bo, false).await;
        let mut line = house.socket(&bo, &token).await.expect("in");
        let mut at = vec![];
        for door in ["whip", "whep"] {
            let (status, location, answer) = house.stream(door, Some(&bo), "case", Some(&token), &offer()).await;
            assert_eq!(status, 201, "{answer}");
            at.push(location);
        }
        assert_eq!(house.connections().await, 2);
        let begun = std::time::Instant::now();
        match end {
            "session" => house.sign_out(&bo).await,
            "case" => house.end_case().await,
            _ => house.hand_back().await,
        }
        assert_eq!(line.ends().await, why);
        house.no_connections().await;
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{end}: after {:?}", begun.elapsed());
        for location in at {
            let (status, _) = house.at("DELETE", &location, &bo, &token, "").await;
            assert!([401, 404].contains(&status), "{end}: {status}");
        }
    }
}
