//! The rota on a real store: who may change what, what is refused by name, and what an assignment makes of it.

use super::*;
use crate::consult::story_tests::{assign, hand_in, version};
use crate::consult::world::{World, emergency, full, id};
use axum::Json;
use axum::extract::{Path, Query};
use kernel::Id;
use platform::Problem;
use records::Viewer;
use serde_json::{Value, json};

fn body<T: serde::de::DeserializeOwned>(value: Value) -> Json<T> {
    Json(serde_json::from_value(value).unwrap())
}

fn shown<T: serde::Serialize>(answer: Result<Json<T>, Problem>) -> Value {
    serde_json::to_value(answer.unwrap().0).unwrap()
}

fn code<T>(answer: &Result<T, Problem>) -> (u16, &'static str) {
    answer.as_ref().map_or_else(|problem| (problem.status.as_u16(), problem.code), |_| (200, "ok"))
}

fn query<T: serde::de::DeserializeOwned>(text: &str) -> Query<T> {
    let uri: axum::http::Uri = format!("http://x/?{text}").parse().unwrap();
    Query::try_from_uri(&uri).unwrap()
}

async fn rota(world: &World, person: &str, asked: &str) -> Value {
    shown(rota::rota(world.op(person), query(asked), query(asked)).await)
}

async fn row(world: &World, person: &str, role: &str) -> Value {
    let rota = rota(world, person, "").await;
    let rows = rota["experts"].as_array().unwrap();
    rows.iter().find(|r| r["role"] == role).unwrap_or_else(|| panic!("{role} in {rota}")).clone()
}

/// The version of a calendar, as somebody sees it in the record.
async fn seen(world: &World, role: &str) -> u64 {
    let at = resources::schedule_at(&id(role));
    world.platform.store.read(&Viewer::System, &at).await.unwrap().map_or(0, |s| s.version)
}

type Answer = Result<(u64, Option<Id>), Problem>;

async fn leave(world: &World, person: &str, role: &str, from: &str, to: &str) -> Answer {
    let input = json!({"version": seen(world, role).await, "from": from, "to": to, "reason": "sick"});
    let (_, Json(changed)) = leave_add::leave_add(world.op(person), Path(id(role)), body(input)).await?;
    Ok((changed.version, changed.id))
}

async fn duty(world: &World, person: &str, role: &str, hours: (&str, &str), rank: u32) -> Answer {
    let (from, to) = hours;
    let version = seen(world, role).await;
    let input = json!({"version": version, "from": from, "to": to, "specialty": "respiratory", "rank": rank});
    let (_, Json(changed)) = duty_add::duty_add(world.op(person), Path(id(role)), body(input)).await?;
    Ok((changed.version, changed.id))
}

async fn hours(world: &World, person: &str, role: &str, hours: Value, limit: Value) -> Result<u64, Problem> {
    let input = json!({"version": seen(world, role).await, "hours": hours, "limit": limit});
    let Json(changed) = hours::hours(world.op(person), Path(id(role)), body(input)).await?;
    Ok(changed.version)
}

const EVENING: (&str, &str) = ("2026-11-21T10:00:00Z", "2026-11-21T22:00:00Z");

#[tokio::test(flavor = "multi_thread")]
async fn who_may_change_whose_calendar() {
    let world = World::new().await;
    // Wang is of Xinyang, below the provincial centre; the second provincial centre is beside it.
    for (person, leaves, duties) in [
        ("wang", 200, 404),
        ("li", 404, 404),
        ("he", 200, 200),
        ("chen", 200, 200),
        ("ma", 404, 404),
        ("gao", 404, 404),
        ("zhou", 404, 404),
    ] {
        let left = leave(&world, person, "wang-role", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z").await;
        assert_eq!(code(&left).0, leaves, "{person} leave");
        if let Ok((version, Some(entry))) = left {
            let path = Path((id("wang-role"), entry));
            let gone = leave_remove::leave_remove(world.op(person), path, query(&format!("version={version}"))).await;
            assert_eq!(code(&gone), (200, "ok"), "{person}: the way back");
        }
        let put = duty(&world, person, "wang-role", EVENING, 1).await;
        assert_eq!(code(&put).0, duties, "{person} duty");
        assert_eq!(code(&hours(&world, person, "wang-role", json!(null), json!(5)).await).0, duties, "{person} hours");
        if let Ok((_, Some(entry))) = put {
            let version = seen(&world, "wang-role").await;
            let path = Path((id("wang-role"), entry));
            let gone = duty_remove::duty_remove(world.op(person), path, query(&format!("version={version}"))).await;
            assert_eq!(code(&gone), (200, "ok"));
        }
    }
    assert_eq!(row(&world, "chen", "wang-role").await["duties"], json!([]));
    for nobody in ["chen-role", "nobody"] {
        assert_eq!(code(&leave(&world, "chen", nobody, EVENING.0, EVENING.1).await).0, 404, "{nobody} is no expert");
    }
    world.platform.store.verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_rota_shows_to_whom() {
    let world = World::new().await;
    let week = json!([{"days": ["mon", "tue", "wed", "thu", "fri", "sat"], "from": "08:00:00", "to": "18:00:00"}]);
    hours(&world, "chen", "li-role", week.clone(), json!(4)).await.unwrap();
    duty(&world, "chen", "li-role", EVENING, 2).await.unwrap();
    leave(&world, "li", "li-role", "2026-11-21T20:00:00Z", "2026-11-22T20:00:00Z").await.unwrap();
    let day = "from=2026-11-21T00:00:00Z&to=2026-11-22T00:00:00Z";
    for (person, reason, keeps) in [
        ("chen", json!("sick"), true),
        ("li", json!("sick"), false),
        ("zhang", json!(null), false),
        ("gao", json!(null), false),
    ] {
        let rota = rota(&world, person, day).await;
        assert_eq!(rota["zone"], "Asia/Shanghai");
        let li = rota["experts"].as_array().unwrap().iter().find(|r| r["role"] == "li-role").unwrap();
        assert_eq!(li["there"], json!([{"from": "2026-11-21T00:00:00Z", "to": "2026-11-21T20:00:00Z"}]), "{li}");
        assert_eq!((&li["hours"], &li["limit"], &li["version"]), (&week, &json!(4), &json!(3)));
        assert_eq!((&li["duties"][0]["rank"], &li["duties"][0]["specialty"]), (&json!(2), &json!("respiratory")));
        assert_eq!(li["away"][0]["from"], "2026-11-21T20:00:00Z");
        assert_eq!(li["away"][0].get("reason").cloned().unwrap_or_default(), reason, "{person}");
        assert_eq!(li["mine_to_keep"], keeps, "{person}");
    }
    // The centre of Xinyang sees its own alone; a hospital's treating staff sees in the record that Li is away, and no reason.
    let below = rota(&world, "he", "").await;
    let roles: Vec<_> = below["experts"].as_array().unwrap().iter().map(|r| r["role"].clone()).collect();
    assert_eq!(roles, ["wang-role"]);
    let long =
        rota::rota(world.op("chen"), query(""), query("from=2026-11-21T00:00:00Z&to=2026-12-26T00:00:01Z")).await;
    assert_eq!(code(&long), (422, "schedule.not_a_window"));
    let entry: Id = serde_json::from_value(row(&world, "li", "li-role").await["away"][0]["id"].clone()).unwrap();
    let house = Viewer::Person { custody: Some(id("provincial")), subjects: vec![] };
    let store = &world.platform.store;
    let slot = store.read(&house, &resources::slot_at(&entry)).await.unwrap().unwrap().value().unwrap();
    assert_eq!((&slot["status"], slot.to_string().contains("sick")), (&json!("busy-unavailable"), false));
    let why = resources::reason_at(&entry).unwrap();
    assert!(store.read(&house, &why).await.unwrap().is_none());
    assert!(store.read(world.op("li").viewer(), &why).await.unwrap().is_some());
    assert!(!entries(&world).await.contains("sick"), "the ledger's acts do not say why");
}

async fn entries(world: &World) -> String {
    let entries = world.platform.store.entries(0, 1000).await.unwrap();
    entries.iter().map(|e| serde_json::to_string(&e.act.params).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_are_refused_by_name_and_versions_are_minded() {
    let world = World::new().await;
    let (_, first) = leave(&world, "li", "li-role", "2026-11-23T00:00:00Z", "2026-11-25T00:00:00Z").await.unwrap();
    let over = leave(&world, "chen", "li-role", "2026-11-24T00:00:00Z", "2026-11-26T00:00:00Z").await.unwrap_err();
    assert_eq!((over.code, &over.params["id"]), ("schedule.leave_overlaps", &json!(first.unwrap())));
    assert_eq!(over.params["to"], "2026-11-25T00:00:00Z");
    let long = leave(&world, "li", "li-role", "2026-12-01T00:00:00Z", "2027-12-03T00:00:00Z").await;
    assert_eq!(code(&long), (422, "schedule.not_a_spell"), "more than a year");
    let within = duty(&world, "chen", "li-role", ("2026-11-24T20:00:00Z", "2026-11-25T04:00:00Z"), 1).await;
    assert_eq!(code(&within), (409, "schedule.duty_in_leave"));
    let (version, entry) = duty(&world, "chen", "li-role", EVENING, 1).await.unwrap();
    let changed = |version: u64, rank: u32| {
        let input =
            json!({"version": version, "from": EVENING.0, "to": EVENING.1, "specialty": "critical-care", "rank": rank});
        let path = Path((id("li-role"), entry.clone().unwrap()));
        duty_change::duty_change(world.op("chen"), path, body(input))
    };
    assert_eq!(code(&changed(version - 1, 2).await), (409, "stale"), "somebody else was there first");
    let now = changed(version, 2).await.unwrap().0.version;
    assert_eq!(code(&changed(version, 3).await), (409, "stale"));
    assert_eq!(row(&world, "chen", "li-role").await["duties"][0]["rank"], 2);
    let path = Path((id("li-role"), id("nothing")));
    assert_eq!(code(&duty_remove::duty_remove(world.op("chen"), path, query(&format!("version={now}"))).await).0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_is_bounded() {
    let world = World::new().await;
    let hour = |n: i64| world.op("li").now() + jiff::SignedDuration::from_hours(n);
    for n in 0..calendar::ENTRIES_MAX as i64 {
        let (from, to) = (hour(24 + n * 2).to_string(), hour(25 + n * 2).to_string());
        leave(&world, "li", "li-role", &from, &to).await.unwrap();
    }
    let one_more = leave(&world, "li", "li-role", &hour(5_000).to_string(), &hour(5_001).to_string()).await;
    assert_eq!(code(&one_more), (422, "schedule.full_calendar"));
    let duty = duty(&world, "chen", "li-role", EVENING, 1).await;
    assert_eq!(code(&duty), (422, "schedule.full_calendar"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_away_is_assigned_only_despite_it() {
    let world = World::new().await;
    let (case, _) = hand_in(&world, "zhou", &full("scan")).await;
    leave(&world, "li", "li-role", "2026-11-21T01:00:00Z", "2026-11-21T09:00:00Z").await.unwrap();
    let at = |start: &str| json!({"start": start});
    let refused = assign(&world, "chen", &case, at("2026-11-21T03:00:00Z")).await.unwrap_err();
    assert_eq!((refused.status.as_u16(), refused.code), (409, "schedule.away"));
    assert_eq!(refused.params["until"], "2026-11-21T09:00:00Z");
    assert_eq!((&refused.params["because"], &refused.params["expert"]["id"]), (&json!("leave"), &json!("li")));
    let blank = json!({"start": "2026-11-21T03:00:00Z", "despite": "  "});
    assert_eq!(code(&assign(&world, "chen", &case, blank).await), (422, "consult.no_reason"));
    let despite = json!({"start": "2026-11-21T03:00:00Z", "despite": "李医生电话同意"});
    let done = shown(assign(&world, "chen", &case, despite).await);
    assert_eq!((&done["state"], &done["against"][0]["code"]), (&json!("scheduled"), &json!("schedule.away")));
    let loaded = crate::consult::find(&*world.platform.store, &case).await.unwrap().unwrap();
    let entries = world.platform.store.entries_of_case(&loaded.at.case);
    let act = entries.await.unwrap().pop().unwrap().act;
    assert_eq!((act.what.as_str(), act.why.as_deref()), ("consult.assign", Some("李医生电话同意")));
    assert_eq!(act.params["despite"][0]["because"], "leave");
    let later = shown(assign(&world, "chen", &case, at("2026-11-21T09:00:00Z")).await);
    assert_eq!(later["against"], json!([]), "after the leave it is an assignment as any");
    // In an emergency it is told and never refused.
    let (case, _) = hand_in(&world, "zhou", &emergency()).await;
    let told = shown(assign(&world, "chen", &case, json!({})).await);
    assert_eq!((&told["state"], &told["against"][0]["because"]), (&json!("scheduled"), &json!("leave")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_day_takes_no_more_and_gives_places_back() {
    let world = World::new().await;
    hours(&world, "chen", "li-role", json!(null), json!(2)).await.unwrap();
    let mut cases = vec![];
    for n in 0..4 {
        let (case, _) = hand_in(&world, "zhou", &full(&format!("scan-{n}"))).await;
        cases.push(case);
    }
    let at = |hour: u32| json!({"start": format!("2026-11-21T{hour:02}:00:00Z")});
    let _ = assign(&world, "chen", &cases[0], at(3)).await.unwrap();
    let _ = assign(&world, "chen", &cases[1], at(4)).await.unwrap();
    let _ = assign(&world, "chen", &cases[0], at(5)).await.expect("the same day once more is the same place");
    let full = assign(&world, "chen", &cases[2], at(6)).await.unwrap_err();
    assert_eq!((full.code, &full.params["limit"]), ("schedule.full", &json!(2)));
    assert_eq!(full.params["until"], "2026-11-21T16:00:00Z", "the site's midnight");
    let tomorrow = json!({"start": "2026-11-21T17:00:00Z"});
    let _ = assign(&world, "chen", &cases[2], tomorrow).await.expect("the site's next day");
    assert_eq!(row(&world, "chen", "li-role").await["days"], json!({"2026-11-21": 2, "2026-11-22": 1}));
    let _ = assign(&world, "chen", &cases[1], json!({"experts": ["wang-role"], "start": "2026-11-21T04:00:00Z"}))
        .await
        .unwrap();
    assert_eq!(row(&world, "chen", "li-role").await["days"]["2026-11-21"], 1, "given back to another expert");
    let _ = assign(&world, "chen", &cases[3], at(7)).await.unwrap();
    let back = json!({"version": version(&world, &cases[3]).await, "reason": "手术"});
    let answer = crate::consult::story_tests::hand_back(&world, "li", &cases[3], back).await;
    assert_eq!(code(&answer), (200, "ok"));
    assert_eq!(row(&world, "chen", "li-role").await["days"]["2026-11-21"], 1, "given back by the expert");
    let despite = json!({"start": "2026-11-21T08:00:00Z", "experts": ["li-role"], "despite": "唯一专家"});
    let _ = assign(&world, "chen", &cases[3], at(7)).await.unwrap();
    let _ = assign(&world, "chen", &cases[1], despite).await.unwrap();
    assert_eq!(row(&world, "chen", "li-role").await["days"]["2026-11-21"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn experts_say_who_is_there() {
    let world = World::new().await;
    let now = ("2026-11-21T01:00:00Z", "2026-11-21T08:00:00Z");
    duty(&world, "chen", "li-role", now, 1).await.unwrap();
    leave(&world, "wang", "wang-role", now.0, now.1).await.unwrap();
    let all = shown(experts::experts(world.op("chen"), query("specialty=respiratory"), query("")).await);
    let of = |role: &str| all["experts"].as_array().unwrap().iter().find(|e| e["role"] == role).unwrap().clone();
    let (li, wang) = (of("li-role"), of("wang-role"));
    assert_eq!((&li["free"], &li["on_call"][0]["rank"], li.get("away")), (&json!(true), &json!(1), None));
    assert_eq!((&wang["free"], &wang["away"]["because"]), (&json!(false), &json!("leave")));
    assert_eq!(wang["away"]["until"], "2026-11-21T08:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_rings_who_is_on_call_by_rank() {
    let world = World::new().await;
    let now = ("2026-11-21T01:00:00Z", "2026-11-21T08:00:00Z");
    let mut form = emergency();
    form["specialty"] = "respiratory".into();
    let told = async |form: &Value| {
        let (case, _) = hand_in(&world, "zhou", form).await;
        let job = records::Job {
            key: "k".into(),
            kind: "consult.escalate".into(),
            payload: json!({"case": case}),
            run_at: world.op("chen").now(),
        };
        let escalate = crate::consult::jobs().remove(0);
        escalate.run(&world.platform, &job).await.unwrap();
        let case = crate::consult::find(&*world.platform.store, &case).await.unwrap().unwrap();
        let entries = world.platform.store.entries_of_case(&case.at.case).await.unwrap();
        entries.into_iter().find(|e| e.act.what == "timer.ring").unwrap().act.params
    };
    assert_eq!(told(&form).await["tell"], json!(["person:li", "person:wang"]), "nobody is on call: everybody hears");
    duty(&world, "chen", "wang-role", now, 1).await.unwrap();
    let params = told(&form).await;
    assert_eq!((&params["tell"], &params["on_call"][0]["rank"]), (&json!(["person:wang"]), &json!(1)));
    duty(&world, "chen", "li-role", now, 2).await.unwrap();
    assert_eq!(told(&form).await["tell"], json!(["person:wang", "person:li"]), "by rank, and all at once");
    leave(&world, "wang", "wang-role", now.0, now.1).await.unwrap();
    assert_eq!(told(&form).await["tell"], json!(["person:li"]), "who fell ill is not called");
}

async fn planned(world: &World, person: &str, mut asked: Value) -> Result<Value, Problem> {
    let rooms = asked["more_rooms"].as_u64().unwrap_or(0);
    asked["more_rooms"] = rooms.into();
    let board = axum::Extension(world.board.clone());
    propose::propose(world.op(person), board, body(asked)).await.map(|Json(plan)| serde_json::to_value(plan).unwrap())
}

fn of_case<'a>(plan: &'a Value, case: &Id) -> &'a Value {
    let all = plan["proposals"].as_array().unwrap();
    all.iter().find(|p| p["case"] == case.as_str()).unwrap_or_else(|| panic!("{case} in {plan}"))
}

/// A proposal as it is sent back.
fn taken(proposal: &Value) -> Value {
    let meeting = &proposal["proposed"];
    let experts: Vec<&Value> = meeting["experts"].as_array().unwrap().iter().map(|e| &e["role"]).collect();
    json!({"case": proposal["case"], "version": proposal["version"], "experts": experts, "start": meeting["start"],
        "minutes": meeting["minutes"], "room": meeting["room"]})
}

async fn accepted(world: &World, proposals: Vec<Value>) -> Vec<Value> {
    let input = json!({"proposals": proposals});
    shown(accept::accept(world.op("chen"), body(input)).await)["cases"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_proposed_accepted_and_proposed_anew() {
    let world = World::new().await;
    let mut cases = vec![];
    for n in 0..3 {
        let (person, patient) = if n == 1 { ("zhao", "qin") } else { ("zhou", "wang-min") };
        let mut form = full(&format!("scan-{n}"));
        form["patient"] = patient.into();
        cases.push(hand_in(&world, person, &form).await.0);
    }
    assert_eq!(code(&planned(&world, "li", json!({})).await).0, 404);
    assert_eq!(code(&planned(&world, "chen", json!({"more_rooms": 6})).await), (422, "schedule.too_much"));
    assert_eq!(code(&planned(&world, "chen", json!({"ill": vec!["x"; 51]})).await), (422, "schedule.too_much"));
    for day in ["2026-11-20", "2026-11-29"] {
        assert_eq!(code(&planned(&world, "chen", json!({"day": day})).await), (422, "schedule.not_a_day"));
    }
    let plan = planned(&world, "chen", json!({})).await.unwrap();
    assert_eq!((&plan["from"], &plan["to"]), (&json!("2026-11-21T02:00:00Z"), &json!("2026-11-21T16:00:00Z")));
    let again = planned(&world, "chen", json!({})).await.unwrap();
    assert_eq!(plan["proposals"], again["proposals"], "who asks twice is told the same");
    for case in &cases {
        let one = of_case(&plan, case);
        assert_eq!((&one["becomes"], &one["tells"]["asking"]), (&json!("new"), &json!(false)), "{one}");
        let role = one["proposed"]["experts"][0]["role"].as_str().unwrap();
        assert!(["li-role", "wang-role"].contains(&role), "of the specialty: {role}");
        assert!(one["why"]["no_place"].as_i64().unwrap() > 0 && one["proposed"]["room"].is_string(), "{one}");
    }
    assert!(!plan.to_string().contains("王敏敏"));
    let tomorrow = planned(&world, "chen", json!({"day": "2026-11-22"})).await.unwrap();
    assert_eq!(tomorrow["from"], "2026-11-21T16:00:00Z");

    let taken_now = accepted(&world, cases.iter().map(|case| taken(of_case(&plan, case))).collect()).await;
    assert!(taken_now.iter().all(|c| c["taken"]["state"] == "scheduled"), "{taken_now:?}");
    let tomorrow = planned(&world, "chen", json!({"day": "2026-11-22"})).await.unwrap();
    assert_eq!(tomorrow["proposals"], json!([]), "what is arranged for today is not moved to tomorrow");
    let stale = accepted(&world, vec![taken(of_case(&plan, &cases[0]))]).await;
    assert_eq!(stale[0]["refused"]["code"], "consult.taken", "it is the rule of consult.assign");
    let unknown = json!({"case": "nothing", "version": 1, "experts": ["li-role"]});
    assert_eq!(accepted(&world, vec![unknown]).await[0]["refused"]["status"], 404);

    // Nobody is moved who need not be; who falls ill is replaced, and the rest stays.
    let still = planned(&world, "chen", json!({})).await.unwrap();
    let begun = |one: &Value| one["told"]["start"].as_str().unwrap() < "2026-11-21T02:15:00Z";
    for case in &cases {
        let one = of_case(&still, case);
        assert!(one["becomes"] == "stays" || !begun(one), "{one}");
    }
    let role = of_case(&still, &cases[2])["told"]["experts"][0]["role"].as_str().unwrap().to_owned();
    let thought = planned(&world, "chen", json!({"ill": [role]})).await.unwrap();
    let (_, entry) = leave(&world, "chen", &role, "2026-11-21T01:00:00Z", "2026-11-22T16:00:00Z").await.unwrap();
    assert!(entry.is_some());
    for plan in [thought, planned(&world, "chen", json!({})).await.unwrap()] {
        let one = of_case(&plan, &cases[2]);
        assert_eq!(one["becomes"], "moved", "{one}");
        assert_eq!(one["tells"]["leaving"][0]["role"], role.as_str());
        assert_ne!(one["proposed"]["experts"][0]["role"], role.as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn proposals_that_wait_for_one_another_are_all_taken() {
    let world = World::new().await;
    let (first, _) = hand_in(&world, "zhou", &full("scan-1")).await;
    let (second, _) = hand_in(&world, "zhou", &full("scan-2")).await;
    let at = |hour: u32| json!({"start": format!("2026-11-21T{hour:02}:00:00Z")});
    let _ = assign(&world, "chen", &first, at(4)).await.unwrap();
    let version = async |case: &Id| version(&world, case).await;
    let to = |case: &Id, version: u64, hour: u32| json!({"case": case, "version": version, "experts": ["li-role"], "start": format!("2026-11-21T{hour:02}:00:00Z")});
    // The second takes the hour that the first, taken after it, leaves; a third that nobody leaves is refused by name.
    let (third, _) = hand_in(&world, "zhou", &full("scan-3")).await;
    let all = vec![
        to(&second, version(&second).await, 4),
        to(&first, version(&first).await, 5),
        to(&third, version(&third).await, 5),
    ];
    let answer = accepted(&world, all).await;
    assert_eq!(
        (&answer[0]["taken"]["state"], &answer[1]["taken"]["state"]),
        (&json!("scheduled"), &json!("scheduled"))
    );
    assert_eq!(answer[2]["refused"]["code"], "schedule.taken");
    let twice = json!({"proposals": [to(&third, 1, 6), to(&third, 1, 7)]});
    assert_eq!(code(&accept::accept(world.op("chen"), body(twice)).await), (422, "schedule.not_proposals"));
    let many: Vec<Value> = (0..201).map(|n| to(&id(&format!("c-{n}")), 1, 6)).collect();
    let many = accept::accept(world.op("chen"), body(json!({"proposals": many}))).await;
    assert_eq!(code(&many), (422, "schedule.not_proposals"));
}
