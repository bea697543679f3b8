//! A day of a centre, over HTTP: its rota, a plan, an expert who falls ill, the plan anew; and many who book the same.

use super::consult::{case, expert, hand_in};
use super::step;
use futures::future::join_all;
use platform::Settings;
use platform::settings::Database;
use records::conformance::cluster::{Cluster, passed_over};
use serde_json::{Value, json};
use testkit::{Client, TestApp};

/// Ten in the morning of a Saturday in Zhengzhou.
const BEGIN: &str = "2026-11-21T02:00:00Z";

async fn row(client: &Client, role: &str) -> Value {
    let rota = client.get("/api/rota").await.ok();
    let rows = rota["experts"].as_array().unwrap();
    rows.iter().find(|r| r["role"] == role).unwrap_or_else(|| panic!("{role} in {rota}")).clone()
}

async fn planned(client: &Client, mut asked: Value) -> Vec<Value> {
    let rooms = asked["more_rooms"].as_u64().unwrap_or(0);
    asked["more_rooms"] = rooms.into();
    client.post("/api/schedule/proposals", &asked).await.ok()["proposals"].as_array().unwrap().clone()
}

fn of_case<'a>(plan: &'a [Value], case: &str) -> &'a Value {
    plan.iter().find(|p| p["case"] == case).unwrap_or_else(|| panic!("{case} in {plan:?}"))
}

fn role_of(meeting: &Value) -> String {
    meeting["experts"][0]["role"].as_str().unwrap().to_owned()
}

/// A proposal as it is sent back.
fn taken(proposal: &Value) -> Value {
    let meeting = &proposal["proposed"];
    let experts: Vec<String> = vec![role_of(meeting)];
    json!({"case": proposal["case"], "version": proposal["version"], "experts": experts, "start": meeting["start"],
        "minutes": meeting["minutes"], "room": meeting["room"]})
}

/// Another specialist learns what is asked for.
async fn also_respiratory(app: &TestApp, role: &str) {
    let platform = app.platform();
    let before = platform.directory.role(&kernel::Id::new(role).unwrap()).expect("such a specialist");
    let mut role = platform::directory::Role::clone(&before);
    role.specialties.push("respiratory".into());
    let at = fhir::Reference::new(fhir::ResourceType::PRACTITIONER_ROLE, role.id.clone());
    let body = platform::directory::resources::write_role(&role);
    let change = records::Change::of(records::Act::system("setup.demo"));
    let write = records::Write::next(at.clone(), body, role.hospital.clone());
    platform.store.commit(change.write(write)).await.unwrap();
    platform.directory.refresh(&*platform.store, vec![at]).await.unwrap();
}

#[tokio::test]
async fn a_rota_a_plan_an_illness_and_the_plan_anew() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    also_respiratory(&app, "zhang-jun-specialist").await;
    let mut ids = vec![];
    for phone in ["00212345", "00222345", "00232345"] {
        ids.push(hand_in(&zhou, phone).await.0);
    }
    // The rota: Li works Saturdays too, is on call tonight, and has four consultations a day at most.
    let role = expert(&chen, "Li Wei").await.as_str().unwrap().to_owned();
    let path = format!("/api/rota/{role}");
    let week = json!([{"days": ["mon", "tue", "wed", "thu", "fri", "sat"], "from": "08:00:00", "to": "18:00:00"}]);
    let hours = json!({"version": 0, "hours": week, "limit": 4});
    li.put(&format!("{path}/hours"), &hours).await.refused(404, "not_found");
    let now = chen.put(&format!("{path}/hours"), &hours).await.ok();
    chen.put(&format!("{path}/hours"), &hours).await.refused(409, "stale");
    let duty = json!({"version": now["version"], "from": "2026-11-21T10:00:00Z", "to": "2026-11-22T00:00:00Z",
        "specialty": "respiratory", "rank": 1});
    assert_eq!(chen.post(&format!("{path}/duties"), &duty).await.status, 201);
    let told = li.get("/api/notices").await.ok()["notices"][0].clone();
    assert_eq!((&told["what"], &told["params"]["from"]), (&json!("schedule.duty_add"), &duty["from"]), "{told}");
    assert!(!chen.get("/api/notices").await.text().contains("schedule."), "who did it is told nothing");
    let shown = row(&li, &role).await;
    assert_eq!((&shown["hours"], &shown["limit"]), (&week, &json!(4)));
    assert_eq!(shown["there"][0], json!({"from": BEGIN, "to": "2026-11-22T00:00:00Z"}), "hours and duty are one spell");
    let out_of_hours = json!({"experts": [role], "start": "2026-11-22T01:00:00Z"});
    let away = step(&chen, &ids[0], "assign", out_of_hours).await.refused(409, "schedule.away");
    assert_eq!(away["params"]["until"], "2026-11-23T00:00:00Z", "Sunday is free");

    // The day is planned, and two of three proposals are taken.
    li.post("/api/schedule/proposals", &json!({"more_rooms": 0})).await.refused(404, "not_found");
    let plan = planned(&chen, json!({})).await;
    assert_eq!(plan.len(), 3);
    assert!(plan.iter().all(|p| p["becomes"] == "new" && p["proposed"]["room"].is_string()), "{plan:?}");
    let some: Vec<Value> = ids[..2].iter().map(|id| taken(of_case(&plan, id))).collect();
    let answer = chen.post("/api/schedule/accept", &json!({"proposals": some})).await.ok();
    assert!(answer["cases"].as_array().unwrap().iter().all(|c| c["taken"]["state"] == "scheduled"), "{answer}");
    assert_eq!(case(&chen, &ids[2]).await["state"], "submitted", "what was not taken is as it was");

    // Of those who were told one falls ill, and says so.
    let still = planned(&chen, json!({})).await;
    let ill = of_case(&still, &ids[0])["told"].clone();
    let gone = role_of(&ill);
    let name = ill["experts"][0]["person"]["name_en"].as_str().unwrap().to_lowercase().replace(' ', ".");
    let sick = app.login_as(&name, Some("specialist")).await;
    let leave = json!({"version": row(&sick, &gone).await["version"], "from": BEGIN, "to": "2026-11-22T16:00:00Z",
        "reason": "sick"});
    let left = sick.post(&format!("/api/rota/{gone}/leaves"), &leave).await;
    assert_eq!(left.status, 201, "{}", left.text());
    assert_eq!(row(&sick, &gone).await["away"][0]["reason"], "sick");
    assert_eq!(row(&chen, &gone).await["away"][0]["reason"], "sick");
    let told = chen.get("/api/notices").await.ok()["notices"][0].clone();
    assert_eq!((&told["what"], &told["params"]["until"]), (&json!("schedule.leave_add"), &leave["to"]), "{told}");
    assert!(!told.to_string().contains("sick"), "why is not in a notice: {told}");
    let colleague = app.login("gao.yuan").await;
    assert_eq!(row(&colleague, &gone).await["away"][0].get("reason"), None, "a colleague sees that, and not why");

    // The plan anew moves whom it must; one proposal is taken, one is refused because somebody was there first.
    let anew = planned(&chen, json!({})).await;
    let moved = of_case(&anew, &ids[0]);
    assert_eq!((&moved["becomes"], &moved["tells"]["leaving"][0]["role"]), (&json!("moved"), &json!(gone)), "{moved}");
    assert_ne!(role_of(&moved["proposed"]), gone);
    let sun = app.login("sun.li").await;
    step(&sun, &ids[2], "first-look", json!({})).await.ok();
    let both: Vec<Value> = [&ids[0], &ids[2]].map(|id| taken(of_case(&anew, id))).to_vec();
    let answer = chen.post("/api/schedule/accept", &json!({"proposals": both})).await.ok();
    assert_eq!(answer["cases"][0]["taken"]["state"], "scheduled");
    assert_eq!(answer["cases"][1]["refused"]["code"], "consult.taken");
    assert_eq!(answer["cases"][1]["refused"]["params"]["by"]["name_en"], "Sun Li");
    let page = case(&chen, &ids[0]).await;
    assert_eq!(page["advising"][0]["id"], moved["proposed"]["experts"][0]["person"]["id"]);
    sick.get(&format!("/api/consults/{}", ids[0])).await.refused(404, "not_found");
    let last = planned(&chen, json!({})).await;
    assert_eq!(of_case(&last, &ids[2])["becomes"], "new", "it is proposed again");
    assert!(!app.logs().contains("\"sick\""), "no log line says why somebody is away");
}

/// 64 at once book the same expert and the same room, and then the last places of an expert's day.
async fn race(app: &TestApp) {
    const RACERS: usize = 64;
    let (zhou, chen, sun) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("sun.li").await);
    let mut ids = vec![];
    for n in 0..RACERS {
        ids.push(hand_in(&zhou, &format!("{:06}45", 300_000 + n)).await.0);
    }
    let rooms = chen.get("/api/rooms").await.ok();
    let room = rooms["rooms"].as_array().unwrap().iter().find(|r| r["virtual"] == false).unwrap()["id"].clone();
    let (li, wang) = (expert(&chen, "Li Wei").await, expert(&chen, "Wang Lan").await);
    let all = async |body: &(dyn Fn(usize) -> Value + Sync)| {
        let mut versions = vec![];
        for id in &ids {
            versions.push(case(&chen, id).await["version"].clone());
        }
        let one = |(n, id): (usize, &String)| {
            let mut body = body(n);
            body["version"] = versions[n].clone();
            let (who, path) = (if n % 2 == 0 { &chen } else { &sun }, format!("/api/consults/{id}/assign"));
            async move { who.post(&path, &body).await }
        };
        let answers = join_all(ids.iter().enumerate().map(one)).await;
        let mut codes: Vec<String> = vec![];
        for answer in answers {
            let code = answer.body["code"].as_str().unwrap_or("won").to_owned();
            assert!([200, 409].contains(&answer.status), "{}", answer.text());
            codes.push(code);
        }
        codes
    };
    let count = |codes: &[String], code: &str| codes.iter().filter(|c| *c == code).count();

    let same = json!({"experts": [li], "room": room, "start": "2026-11-21T03:00:00Z"});
    let codes = all(&|_| same.clone()).await;
    assert_eq!((count(&codes, "won"), count(&codes, "schedule.taken")), (1, RACERS - 1), "{codes:?}");
    let busy = chen.get("/api/experts").await.ok();
    let of_li = busy["experts"].as_array().unwrap().iter().find(|e| e["role"] == li).unwrap().clone();
    assert_eq!(of_li["busy"].as_array().unwrap().len(), 1, "{of_li}");

    let path = format!("/api/rota/{}/hours", wang.as_str().unwrap());
    chen.put(&path, &json!({"version": 0, "limit": 3})).await.ok();
    let begin: kernel::Time = "2026-11-21T04:00:00Z".parse().unwrap();
    let at = |n: usize| begin + jiff::SignedDuration::from_mins(5 * n as i64);
    let codes = all(&|n| json!({"experts": [wang], "start": at(n).to_string(), "minutes": 5})).await;
    assert_eq!((count(&codes, "won"), count(&codes, "schedule.full")), (3, RACERS - 3), "{codes:?}");
    assert_eq!(row(&chen, wang.as_str().unwrap()).await["days"], json!({"2026-11-21": 3}));
    app.platform().store.verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_who_book_the_same_one_wins_on_a_file() {
    race(&TestApp::on(Database::default(), Settings::default(), Some(BEGIN.parse().unwrap())).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_who_book_the_same_one_wins_on_postgres() {
    let Some(cluster) = Cluster::start("") else { return passed_over("a race over HTTP") };
    let database = Database { url: cluster.database(), ..Database::default() };
    race(&TestApp::on(database, Settings::default(), Some(BEGIN.parse().unwrap())).await).await;
}
