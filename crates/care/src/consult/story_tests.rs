//! Operations on a real store: the way of a case, and what must not happen.

use super::assign::Assigned;
use super::world::{World, emergency, full, id};
use super::*;
use axum::Extension;
use axum::Json;
use axum::extract::Path;
use fhir::{Reference, ResourceType};
use kernel::{Clock as _, Id};
use platform::Problem;
use records::Viewer;
use serde_json::{Value, json};

fn body<T: serde::de::DeserializeOwned>(value: Value) -> Json<T> {
    Json(serde_json::from_value(value).unwrap())
}

/// What an operation answered, as JSON.
fn shown<T: serde::Serialize>(answer: Result<Json<T>, Problem>) -> Value {
    serde_json::to_value(answer.unwrap().0).unwrap()
}

fn code<T>(answer: Result<T, Problem>) -> (u16, &'static str) {
    match answer {
        Ok(_) => (200, "ok"),
        Err(problem) => (problem.status.as_u16(), problem.code),
    }
}

fn refusal<T>(answer: Result<T, Problem>) -> Problem {
    match answer {
        Ok(_) => panic!("was allowed"),
        Err(problem) => problem,
    }
}

pub async fn hand_in(world: &World, person: &str, form: &Value) -> (Id, String) {
    let (draft, revision) = world.draft(person, form).await;
    let answer =
        request::request(world.op(person), world.files(), body(json!({"draft": draft, "revision": revision}))).await;
    let output = serde_json::to_value(answer.unwrap().1.0).unwrap();
    assert_eq!(output["id"], draft.as_str(), "the draft's id is the case's");
    (draft, output["number"].as_str().unwrap().to_owned())
}

/// A case of 王敏敏 that is assigned.
pub async fn scheduled(world: &World) -> Id {
    let (case, _) = hand_in(world, "zhou", &full("scan-scheduled")).await;
    let _ = assign(world, "chen", &case, json!({})).await.unwrap();
    case
}

pub async fn version(world: &World, case: &Id) -> u64 {
    find(&*world.platform.store, case).await.unwrap().unwrap().version
}

async fn detail(world: &World, person: &str, case: &Id) -> Value {
    shown(show::show(world.op(person), Extension(world.board.clone()), Path(case.clone())).await)
}

async fn list(world: &World, person: &str, query: &str) -> Value {
    let uri: axum::http::Uri = format!("http://x/api/consults?{query}").parse().unwrap();
    let query = axum::extract::Query::try_from_uri(&uri).unwrap();
    shown(inbox::inbox(world.op(person), Extension(world.board.clone()), query).await)
}

pub async fn assign(world: &World, person: &str, case: &Id, more: Value) -> Result<Json<Assigned>, Problem> {
    let mut input = json!({"version": version(world, case).await, "experts": ["li-role"]});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    assign::assign(world.op(person), Path(case.clone()), body(input)).await
}

/// An expert gives a case back.
pub async fn hand_back(
    world: &World,
    person: &str,
    case: &Id,
    input: Value,
) -> Result<Json<super::step::Now>, Problem> {
    hand_back::hand_back(world.op(person), Path(case.clone()), body(input)).await
}

macro_rules! step {
    ($world:expr, $slice:ident, $person:expr, $case:expr $(, $key:literal: $value:expr)*) => {{
        let input = json!({"version": version(&$world, &$case).await $(, $key: $value)*});
        $slice::$slice($world.op($person), Path($case.clone()), body(input)).await
    }};
}

fn steps(detail: &Value) -> Vec<String> {
    let all = detail["steps"].as_array().unwrap().iter();
    all.filter(|s| s["allowed"] == true).map(|s| s["step"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_request_to_the_close() {
    let world = World::new().await;
    let (case, number) = hand_in(&world, "zhou", &full("scan")).await;
    assert_eq!(number, "20261121-0001");
    assert!(world.platform.store.drafts(&id("zhou"), "consult").await.unwrap().is_empty(), "the draft is gone");

    let row = &list(&world, "chen", "waiting=me").await["rows"][0];
    assert_eq!(
        (&row["number"], &row["state"], &row["waiting_for_me"]),
        (&json!(number), &json!("submitted"), &json!(true))
    );
    assert_eq!(row["timer"]["kind"], "first-look");
    assert_eq!(row["patient"]["name"], "王*敏", "a dispatcher sees the mask");
    assert_eq!(row["attachments"], json!([{"kind": "document", "count": 1}]));

    let page = detail(&world, "chen", &case).await;
    assert_eq!(page["request"]["complaint"], "发热5天");
    assert_eq!(page["request"].get("history"), None, "a dispatcher sees what triage needs");
    assert!(!page.to_string().contains("王敏敏"), "the name is nowhere on a dispatcher's page");
    assert_eq!(page["summary"]["numbers"][2]["flag"], "critical");

    world.minutes(2);
    let _ = step!(world, first_look, "chen", case).unwrap();
    let start = "2026-11-21T02:30:00Z";
    let more = json!({"experts": ["li-role", "zhang-role"], "start": start, "minutes": 30, "room": "room-1"});
    let _ = assign(&world, "chen", &case, more).await.unwrap();
    assert_eq!(list(&world, "li", "").await["rows"][0]["waiting_for_me"], true);
    assert_eq!(list(&world, "wang", "").await["rows"], json!([]));

    let _ = step!(world, ask, "li", case, "items": ["血气分析", "痰培养"]).unwrap();
    let page = detail(&world, "zhou", &case).await;
    assert_eq!((&page["asks"][0]["items"][1], page["waiting_for_me"].as_bool()), (&json!("痰培养"), Some(true)));
    assert_eq!(page["state"], "scheduled", "an ask changes no state");
    let _ = step!(world, supply, "zhou", case, "ask": page["asks"][0]["id"], "text": "pH 7.32").unwrap();
    let page = detail(&world, "li", &case).await;
    assert_eq!(page["asks"][0]["answer"], "pH 7.32");
    assert_eq!(page["patient"]["name"], "王敏敏", "who treats sees the name");
    assert_eq!(page["request"]["labs"][0]["value"], "126.0");

    let _ = step!(world, accept, "li", case).unwrap();
    assert_eq!(step!(world, accept, "zhang", case).unwrap().0.state, state::State::Waiting);
    world.minutes(28);
    let _ = step!(world, start, "li", case).unwrap();
    let page = detail(&world, "li", &case).await;
    assert_eq!(steps(&page), ["ask", "suspend", "no-show", "conclude", "sign"]);
    assert_eq!(page["timer"]["kind"], "signed-opinion");
    assert_eq!(page["room"], json!({"open": true, "announced": true}));
    let _ = step!(world, conclude, "li", case).unwrap();

    let loaded = load(&world.op("li"), &case).await.unwrap();
    let op = world.op("li");
    op.commit(loaded.sign(&op, &id("opinion")).unwrap()).await.unwrap();
    let page = detail(&world, "zhou", &case).await;
    assert_eq!(page["opinion"]["by"]["id"], "li");
    assert_eq!(steps(&page), ["answer"]);
    let op = world.op("zhou");
    let loaded = load(&op, &case).await.unwrap();
    assert!(loaded.deliver(&world.op("li")).is_none(), "opened by the expert it is not delivered");
    op.commit(loaded.deliver(&op).unwrap()).await.unwrap();
    assert_eq!(code(step!(world, answer, "zhou", case, "answer": "partly")), (422, "consult.no_reason"));
    let _ = step!(world, answer, "zhou", case, "answer": "partly", "reason": "县里没有该药").unwrap();
    let _ = step!(world, follow_up, "zhou", case, "outcome": "improved").unwrap();
    let _ = step!(world, close, "zhou", case).unwrap();

    let page = detail(&world, "li", &case).await;
    assert_eq!(page["answer"]["reason"], "县里没有该药", "the answer goes back to the expert");
    let acts: Vec<&str> = page["timeline"].as_array().unwrap().iter().map(|a| a["what"].as_str().unwrap()).collect();
    assert_eq!(
        acts,
        [
            "consult.request",
            "consult.first_look",
            "consult.assign",
            "consult.ask",
            "consult.supply",
            "consult.accept",
            "consult.accept",
            "consult.start",
            "consult.conclude",
            "opinion.sign",
            "opinion.deliver",
            "consult.answer",
            "consult.follow_up",
            "consult.close",
        ]
    );
    // The desk's access ended with the case; the expert's ends after 72 hours.
    assert_eq!(code(show::show(world.op("chen"), Extension(world.board.clone()), Path(case.clone())).await).0, 404);
    world.minutes(72 * 60 + 1);
    assert_eq!(code(show::show(world.op("li"), Extension(world.board.clone()), Path(case.clone())).await).0, 404);
    assert_eq!(list(&world, "li", "").await["counts"]["all"], 0);
    assert_eq!(list(&world, "zhou", "state=closed").await["rows"][0]["number"], json!(number));
    world.platform.store.verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_starts_at_once_for_somebody_unknown() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &emergency()).await;
    let page = detail(&world, "chen", &case).await;
    assert_eq!(page["patient"]["unknown"], true);
    assert_eq!(page["consent"]["due"], "2026-11-22T02:00:00Z");
    let returning = page["steps"].as_array().unwrap().iter().find(|s| s["step"] == "return").unwrap();
    assert_eq!(returning, &json!({"step": "return", "allowed": false, "why": "never_return"}));
    assert_eq!(code(step!(world, return_items, "chen", case, "items": ["CT"])), (409, "consult.never_return"));
    // Without a first look; a physical room and a later time are not waited for.
    let more = json!({"room": "room-1", "start": "2026-11-21T09:00:00Z"});
    let _ = assign(&world, "chen", &case, more).await.unwrap();
    let page = detail(&world, "li", &case).await;
    assert_eq!(page["scheduled"]["start"], "2026-11-21T02:00:00Z");
    assert_eq!(page["scheduled"]["room"], Value::Null);
    assert_eq!(page["timer"]["due"], "2026-11-21T02:10:00Z");
    assert_eq!(step!(world, accept, "li", case).unwrap().0.state, state::State::Waiting);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_returned_once_and_amended() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &full("scan")).await;
    let _ = step!(world, return_items, "chen", case, "items": ["上传CT", " ", "补充过敏史"]).unwrap();
    let page = detail(&world, "zhou", &case).await;
    assert_eq!(page["returned"]["items"], json!(["上传CT", "补充过敏史"]));
    assert_eq!(
        page["timeline"].as_array().unwrap().last().unwrap()["params"]["items"],
        json!(["上传CT", "补充过敏史"])
    );
    assert_eq!(steps(&page), ["resubmit", "cancel"]);
    let mut form = page["request"].clone();
    form["allergies"] = "青霉素".into();
    form["labs"] = json!([{"name": "CRP", "value": "130", "unit": "mg/L", "time": "2026-11-21T01:00:00Z"}]);
    form["complaint"] = "".into();
    let lacking = refusal(step!(world, resubmit, "zhou", case, "form": form.clone()));
    assert_eq!((lacking.code, &lacking.params["missing"]), ("consult.incomplete", &json!(["complaint"])));
    form["complaint"] = "发热6天".into();
    let kept = records::DraftKey { owner: id("zhou"), kind: "resubmit".to_owned(), id: case.clone() };
    let store = &world.platform.store;
    store.draft_put(&kept, 0, form.to_string().into_bytes().into(), world.clock.now()).await.unwrap();
    world.minutes(10);
    let _ = step!(world, resubmit, "zhou", case, "form": form).unwrap();
    assert!(store.draft(&kept).await.unwrap().is_none(), "what was drafted is handed in");
    let page = detail(&world, "zhou", &case).await;
    assert_eq!(
        (&page["request"]["allergies"], &page["request"]["labs"][0]["value"]),
        (&json!("青霉素"), &json!("130"))
    );
    assert_eq!(page["timer"]["due"], "2026-11-21T02:25:00Z", "the clock starts again");
    assert_eq!(detail(&world, "chen", &case).await["summary"]["changed"], json!(["consult.resubmit"]));
    assert_eq!(code(step!(world, return_items, "chen", case, "items": ["x"])), (409, "consult.returned_before"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_dispatchers_one_wins_and_the_other_learns_who() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &full("scan")).await;
    let input = |expert: &str| body(json!({"version": 1, "experts": [expert]}));
    let (a, b) = tokio::join!(
        assign::assign(world.op("chen"), Path(case.clone()), input("li-role")),
        assign::assign(world.op("sun"), Path(case.clone()), input("wang-role")),
    );
    let (winner, lost) = match (a, b) {
        (Ok(_), Err(lost)) => ("chen", lost),
        (Err(lost), Ok(_)) => ("sun", lost),
        both => panic!("one of two must win: {both:?}"),
    };
    assert_eq!((lost.status.as_u16(), lost.code), (409, "consult.taken"));
    assert_eq!((&lost.params["by"]["id"], &lost.params["what"]), (&json!(winner), &json!("consult.assign")));
    assert_eq!(lost.params["at"], "2026-11-21T02:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_out_of_order_names_the_state_and_who_moved_it() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &full("scan")).await;
    let _ = step!(world, first_look, "chen", case).unwrap();
    let wrong = refusal(step!(world, answer, "zhou", case, "answer": "adopted"));
    assert_eq!((wrong.status.as_u16(), wrong.code), (409, "consult.wrong_state"));
    let said = ["state", "step"].map(|p| wrong.params[p].clone());
    assert_eq!(said, [json!("triaged"), json!("answer")]);
    assert_eq!(wrong.params["by"]["id"], "chen");
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_and_experts_are_not_booked_twice() {
    let world = World::new().await;
    let (first, number) = hand_in(&world, "zhou", &full("scan-1")).await;
    let (second, _) = hand_in(&world, "zhou", &full("scan-2")).await;
    let at = |start: &str, room: &str, expert: &str| json!({"start": start, "minutes": 30, "room": room, "experts": [expert]});
    let _ = assign(&world, "chen", &first, at("2026-11-21T03:00:00Z", "room-1", "li-role")).await.unwrap();
    let taken = refusal(assign(&world, "chen", &second, at("2026-11-21T03:25:00Z", "room-1", "wang-role")).await);
    assert_eq!((taken.status.as_u16(), taken.code), (409, "schedule.taken"));
    let said = ["what", "name", "case_number", "until"].map(|p| taken.params[p].clone());
    assert_eq!(said, [json!("room"), json!("room-1"), json!(number), json!("2026-11-21T03:30:00Z")]);
    let taken = refusal(assign(&world, "chen", &second, at("2026-11-21T02:45:00Z", "room-2", "li-role")).await);
    assert_eq!((&taken.params["what"], &taken.params["name"]), (&json!("expert"), &json!("li")));
    // A virtual room is never taken; right after is free; what is given back is free.
    let _ = assign(&world, "chen", &second, at("2026-11-21T03:00:00Z", "cloud", "wang-role")).await.unwrap();
    let _ = assign(&world, "chen", &second, at("2026-11-21T03:30:00Z", "room-1", "li-role")).await.unwrap();
    let busy = shown(crate::schedule::rooms::rooms(world.op("chen"), axum::extract::Query(Default::default())).await);
    let room = busy["rooms"].as_array().unwrap().iter().find(|r| r["id"] == "room-1").unwrap();
    let spells: Vec<String> =
        room["busy"].as_array().unwrap().iter().map(|b| format!("{} {}", b["from"], b["what"])).collect();
    assert_eq!(
        spells,
        [format!("\"2026-11-21T03:00:00Z\" \"{number}\""), "\"2026-11-21T03:30:00Z\" \"20261121-0002\"".to_owned(),]
    );
    let _ = step!(world, cancel, "zhou", first, "reason": "转院").unwrap();
    let _ = assign(&world, "chen", &second, at("2026-11-21T03:00:00Z", "room-1", "li-role")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_case_goes_to_the_next_centre_and_ends_when_none_is_left() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &full("scan")).await;
    let now = step!(world, decline, "chen", case, "reason": "无此专科").unwrap().0;
    assert_eq!(now.state, state::State::Transferred);
    assert_eq!(code(show::show(world.op("chen"), Extension(world.board.clone()), Path(case.clone())).await).0, 404);
    assert_eq!(list(&world, "ma", "waiting=me").await["rows"][0]["state"], "transferred");
    let now = step!(world, decline, "ma", case, "reason": "也没有").unwrap().0;
    assert_eq!(now.state, state::State::Declined);
    let page = detail(&world, "zhou", &case).await;
    assert_eq!((&page["state"], page["timer"].clone()), (&json!("declined"), Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_by_ways_of_a_case() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &full("scan")).await;
    assert_eq!(
        code(step!(world, transfer, "chen", case, "centre": "xinyang", "reason": "x")),
        (422, "consult.no_centre")
    );
    let _ = step!(world, transfer, "chen", case, "centre": "second", "reason": "该院有ECMO").unwrap();
    let _ = step!(world, transfer, "ma", case, "centre": "provincial", "reason": "床位已满").unwrap();
    let _ = step!(world, escalate, "chen", case, "reason": "病情加重").unwrap();
    let page = detail(&world, "chen", &case).await;
    assert_eq!((&page["urgency"], &page["state"]), (&json!("emergency"), &json!("escalated")));
    let _ = assign(&world, "chen", &case, json!({})).await.unwrap();
    let _ = step!(world, hand_back, "li", case, "reason": "正在手术").unwrap();
    assert_eq!(code(show::show(world.op("li"), Extension(world.board.clone()), Path(case.clone())).await).0, 404);
    let _ = assign(&world, "chen", &case, json!({})).await.unwrap();
    let _ = step!(world, accept, "li", case).unwrap();
    let _ = step!(world, start, "zhou", case).unwrap();
    let _ = step!(world, suspend, "zhou", case, "reason": "线路中断").unwrap();
    let _ = step!(world, resume, "li", case).unwrap();
    let _ = step!(world, no_show, "chen", case, "who": "expert").unwrap();
    let _ = assign(&world, "chen", &case, json!({"experts": ["wang-role"]})).await.unwrap();
    let _ = step!(world, convert, "chen", case, "reason": "无视频线路").unwrap();
    let _ = step!(world, accept, "wang", case).unwrap();
    let _ = step!(world, conclude, "wang", case).unwrap();
    let page = detail(&world, "wang", &case).await;
    assert_eq!((&page["kind"], &page["state"]), (&json!("record"), &json!("opinion-drafted")));
    assert_eq!(page["room"], json!({"open": false, "announced": false}));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looked_and_who_was_refused() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &full("scan")).await;
    for stranger in ["zhao", "li", "ma", "gao"] {
        assert_eq!(
            code(show::show(world.op(stranger), Extension(world.board.clone()), Path(case.clone())).await),
            (404, "not_found"),
            "{stranger}"
        );
    }
    detail(&world, "chen", &case).await;
    const LOOKS: [&str; 4] =
        ["chen consult.show true", "zhao consult.show false", "li consult.show false", "gao consult.show false"];
    let mut looks: Vec<String> = vec![];
    // Looks are kept together, a moment later.
    for _ in 0..500 {
        let said = shown(access::access(world.op("zhou"), Path(case.clone())).await);
        let look = |l: &Value| {
            format!("{} {} {}", l["person"]["id"].as_str().unwrap(), l["what"].as_str().unwrap(), l["allowed"])
        };
        looks = said["looks"].as_array().unwrap().iter().map(look).collect();
        if LOOKS.iter().all(|look| looks.iter().any(|l| l == look)) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for look in LOOKS {
        assert!(looks.iter().any(|l| l == look), "{look} not in {looks:?}");
    }
    assert_eq!(code(access::access(world.op("chen"), Path(case)).await).0, 404, "who looked is not for the desk");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_handed_in() {
    let world = World::new().await;
    let try_in = async |person: &str, form: &Value, more: u64| {
        let (draft, revision) = world.draft(person, form).await;
        let input = body(json!({"draft": draft, "revision": revision + more}));
        code(request::request(world.op(person), world.files(), input).await)
    };
    let mut form = full("scan-a");
    form["history"] = Value::Null;
    assert_eq!(try_in("zhou", &form, 0).await, (422, "consult.incomplete"));
    let mut form = full("scan-b");
    form["patient"] = "qin".into();
    assert_eq!(try_in("zhou", &form, 0).await, (422, "consult.no_patient"), "another hospital's patient");
    let mut form = full("scan-c");
    form["complaint"] = "字".repeat(20_001).into();
    assert_eq!(try_in("zhou", &form, 0).await, (422, "consult.invalid"));
    assert_eq!(try_in("zhou", &full("scan-d"), 1).await, (409, "draft.conflict"));
    assert_eq!(try_in("zhou", &json!({"form": 7}), 0).await, (422, "consult.unreadable"));
    assert_eq!(try_in("chen", &full("scan-e"), 0).await, (404, "not_found"), "dispatchers do not request");
    let (draft, revision) = world.draft("zhou", &full("scan-f")).await;
    let again =
        || request::request(world.op("zhou"), world.files(), body(json!({"draft": draft, "revision": revision})));
    assert_eq!(code(again().await), (200, "ok"));
    assert_eq!(code(again().await), (409, "consult.handed_in"));
    let (draft, revision) = world.draft("zhou", &full("scan-g")).await;
    let stolen =
        request::request(world.op("zhao"), world.files(), body(json!({"draft": draft, "revision": revision}))).await;
    assert_eq!(code(stolen), (404, "not_found"), "somebody else's draft");
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_handed_in_at_once_get_numbers_of_their_own() {
    let world = World::new().await;
    let mut drafts = vec![];
    for n in 0..12 {
        drafts.push(world.draft("zhou", &full(&format!("scan-{n}"))).await);
    }
    let all = drafts.iter().map(|(draft, revision)| {
        request::request(world.op("zhou"), world.files(), body(json!({"draft": draft, "revision": revision})))
    });
    let mut numbers: Vec<String> = futures::future::join_all(all)
        .await
        .into_iter()
        .map(|a| serde_json::to_value(a.unwrap().1.0).unwrap()["number"].as_str().unwrap().to_owned())
        .collect();
    numbers.sort();
    let expected: Vec<String> = (1..=12).map(|n| format!("20261121-{n:04}")).collect();
    assert_eq!(numbers, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expert_sees_the_case_through_grants_alone() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &full("scan")).await;
    let at = Reference::new(ResourceType::SERVICE_REQUEST, case.clone());
    let sees = async |person: &str| {
        let op = world.op(person);
        let viewer: &Viewer = op.viewer();
        world.platform.store.read(viewer, &at).await.unwrap().is_some()
    };
    assert!(sees("zhou").await && sees("chen").await && !sees("li").await && !sees("ma").await);
    let _ = assign(&world, "chen", &case, json!({})).await.unwrap();
    assert!(sees("li").await && !sees("wang").await);
    let _ = assign(&world, "chen", &case, json!({"experts": ["wang-role"]})).await.unwrap();
    assert!(!sees("li").await && sees("wang").await, "reassigned: the first sees it no longer");
    let _ = step!(world, cancel, "zhou", case, "reason": "好转").unwrap();
    assert!(sees("wang").await && !sees("chen").await && sees("zhou").await);
    world.minutes(72 * 60 + 1);
    assert!(!sees("wang").await && sees("zhou").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_filters_counts_and_pages() {
    let world = World::new().await;
    for n in 0..53 {
        let mut form = full(&format!("scan-{n}"));
        form["urgency"] = if n % 2 == 0 { "routine" } else { "urgent" }.into();
        hand_in(&world, "zhou", &form).await;
    }
    hand_in(&world, "zhou", &emergency()).await;
    let first = list(&world, "chen", "").await;
    assert_eq!(first["counts"], json!({"all": 54, "waiting": 54, "emergency": 1, "by_state": {"submitted": 54}}));
    let rows = first["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["urgency"], &rows[1]["urgency"]), (50, &json!("emergency"), &json!("urgent")));
    let next = list(&world, "chen", &format!("after={}", first["next"].as_str().unwrap())).await;
    assert_eq!(next["rows"].as_array().unwrap().len(), 4);
    assert!(next.get("next").is_none());
    assert_eq!(list(&world, "chen", "urgency=emergency,urgent").await["rows"].as_array().unwrap().len(), 27);
    assert_eq!(list(&world, "chen", "q=0054").await["rows"].as_array().unwrap().len(), 1);
    let named = |person: &'static str| async {
        list(&world, person, "q=%E7%8E%8B%E6%95%8F").await["rows"].as_array().unwrap().len()
    };
    let world = &world;
    assert_eq!(named("zhou").await, 50, "王敏 of the own hospital");
    assert_eq!(named("chen").await, 0, "a masked name cannot be searched for");
    assert_eq!(
        code(
            inbox::inbox(
                world.op("gao"),
                Extension(world.board.clone()),
                axum::extract::Query::try_from_uri(&"http://x/".parse().unwrap()).unwrap(),
            )
            .await
        )
        .0,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_reach_the_parties_alone() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &full("scan")).await;
    let say = async |person: &str, text: &str| {
        code(crate::message::send::send(world.op(person), Path(case.clone()), body(json!({"text": text}))).await)
    };
    assert_eq!(say("zhou", "患者已插管").await, (200, "ok"));
    world.minutes(1);
    assert_eq!(say("chen", "收到").await, (200, "ok"));
    assert_eq!(say("li", "?").await, (404, "not_found"));
    assert_eq!(say("zhou", "  ").await, (422, "message.empty"));
    let page = detail(&world, "chen", &case).await;
    let texts: Vec<&str> = page["messages"].as_array().unwrap().iter().map(|m| m["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["患者已插管", "收到"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expert_of_two_cases_keeps_the_patient_when_one_ends() {
    let world = World::new().await;
    let (first, _) = hand_in(&world, "zhou", &full("scan-1")).await;
    let (second, _) = hand_in(&world, "zhou", &full("scan-2")).await;
    let later = json!({"start": "2026-11-21T05:00:00Z"});
    let _ = assign(&world, "chen", &first, json!({})).await.unwrap();
    let _ = assign(&world, "chen", &second, later).await.unwrap();
    let at = Reference::new(ResourceType::PATIENT, id("wang-min"));
    let sees = async || world.platform.store.read(world.op("li").viewer(), &at).await.unwrap().is_some();
    let _ = step!(world, hand_back, "li", first, "reason": "正在手术").unwrap();
    assert!(sees().await, "the second case is still theirs");
    let _ = step!(world, hand_back, "li", second, "reason": "正在手术").unwrap();
    assert!(!sees().await);
}
