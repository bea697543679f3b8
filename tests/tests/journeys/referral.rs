//! A patient referred up with a named bed, and home again, over HTTP; beds that many want at once; what happens by itself.

use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{Answer, Client, TestApp};

const BEGIN: &str = "2026-11-21T02:00:00Z";

async fn start() -> TestApp {
    TestApp::at(BEGIN.parse().unwrap()).await
}

async fn pass(app: &TestApp, minutes: i64) {
    app.clock().advance(SignedDuration::from_mins(minutes));
    app.run_jobs().await;
}

/// A ward or intensive care unit with beds of these names, made by the administration; the beds' ids.
async fn beds(app: &TestApp, hospital: &str, kind: &str, names: &[&str]) -> Vec<String> {
    let admin = app.login("admin").await;
    let path = format!("/api/admin/hospitals/{hospital}/places");
    let made = async |body: Value| {
        let made = admin.post(&path, &body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.body["id"].as_str().unwrap().to_owned()
    };
    let ward = made(json!({"kind": kind, "name": format!("{kind}一"), "name_en": format!("{kind} 1")})).await;
    let mut all = vec![];
    for name in names {
        all.push(made(json!({"kind": "bed", "name": format!("{name}床"), "name_en": name, "ward": ward})).await);
    }
    all
}

/// Somebody new with one role at a hospital, signed in.
async fn somebody(app: &TestApp, account: &str, role: &str, hospital: &str) -> Client {
    let new = json!({"account": account, "person": {"name": "梁超", "name_en": "Liang Chao", "languages": ["zh"]},
        "posts": [{"hospital": hospital, "role": role}]});
    let link = app.login("admin").await.post("/api/admin/people", &new).await.ok();
    let password = "a good password";
    app.nobody().post("/api/welcome", &json!({"token": link["token"], "password": password})).await.ok();
    let client = app.nobody();
    client.sign_in(account, password).await.ok();
    client
}

async fn patient(doctor: &Client, number: usize) -> String {
    let body = json!({"name": "王小明", "sex": "male", "birth_date": "1960-05-01",
        "identifier": {"kind": "passport", "value": format!("E{number:08}")}, "phone": format!("139{number:08}")});
    let made = doctor.post("/api/patients", &body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.body["id"].as_str().unwrap().to_owned()
}

fn asking(patient: &str, hospitals: &[&str]) -> Value {
    json!({"patient": patient, "reason": "重症肺炎，呼吸衰竭，需机械通气", "severity": "critical",
        "specialty": "critical-care", "care": "icu", "needs": ["stretcher", "ventilator", "oxygen"],
        "hospitals": hospitals})
}

async fn refer(doctor: &Client, patient: &str, hospitals: &[&str]) -> String {
    let made = doctor.post("/api/referrals", &asking(patient, hospitals)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.body["id"].as_str().unwrap().to_owned()
}

async fn show(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/referrals/{id}")).await.ok()
}

/// Takes a step with the version this person sees.
async fn step(client: &Client, id: &str, step: &str, more: Value) -> Answer {
    let mut body = json!({"version": show(client, id).await["version"]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post(&format!("/api/referrals/{id}/{step}"), &body).await
}

fn handover() -> Value {
    let items =
        ["identity", "summary", "vitals", "airway", "lines", "drugs", "allergies", "isolation", "papers", "family"];
    items.iter().map(|item| json!({"item": item, "answer": "yes"})).collect()
}

async fn count(client: &Client, hospital: &str) -> Value {
    client.get(&format!("/api/beds?hospital={hospital}")).await.ok()["totals"]["icu"].clone()
}

fn answers(page: &Value) -> Vec<(&str, &str)> {
    let all = page["asked"].as_array().unwrap().iter();
    all.map(|a| (a["hospital"]["id"].as_str().unwrap(), a["answer"].as_str().unwrap())).collect()
}

async fn notices(client: &Client) -> Vec<String> {
    let list = client.get("/api/notices").await.ok();
    list["notices"].as_array().unwrap().iter().map(|n| n["what"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn up_with_a_bed_that_is_taken_away_then_another_and_home_again() {
    let app = start().await;
    let province = beds(&app, "province", "icu", &["1", "2"]).await;
    let second = beds(&app, "province-2", "icu", &["7"]).await;
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    let liang = somebody(&app, "liang.chao", "dispatcher", "province-2").await;
    let nurse = somebody(&app, "lin.yue", "ward-nurse", "province").await;
    let who = patient(&zhou, 1).await;
    let subject = json!({"reference": format!("Patient/{who}")});
    let condition = json!({"resourceType": "Condition", "subject": subject, "code": {"text": "2型糖尿病"},
        "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}});
    assert_eq!(zhou.post("/fhir/Condition", &condition).await.status, 201);

    let id = refer(&zhou, &who, &["province", "province-2"]).await;
    let again = zhou.post("/api/referrals", &asking(&who, &["province"])).await.refused(409, "referral.under_way");
    assert_eq!(again["params"]["id"], json!(id));

    assert_eq!(zhou.get("/api/referrals").await.ok()["rows"][0]["id"], json!(id));
    // Who is asked sees what is needed to answer, and not whose it is; who is not, sees nothing.
    let row = chen.get("/api/referrals").await.ok()["rows"][0].clone();
    assert_eq!((&row["patient"]["name"], &row["waiting_for_me"]), (&json!("王*明"), &json!(true)));
    assert_eq!(answers(&row), [("province", "waiting")], "who else was asked is not theirs to know");
    let masked = chen.get(&format!("/api/referrals/{id}/summary")).await.ok();
    let text = masked.to_string();
    assert!(text.contains("2型糖尿病") && text.contains("no-allergy-info") && !text.contains("王小明"), "{text}");
    for stranger in ["zhao.min", "li.wei", "wu.ying", "he.jing", "gao.yuan", "admin"] {
        let them = app.login(stranger).await;
        them.get(&format!("/api/referrals/{id}")).await.refused(404, "not_found");
        them.get(&format!("/api/referrals/{id}/summary")).await.refused(404, "not_found");
    }

    step(&chen, &id, "offer", json!({"bed": province[0]})).await.ok();
    step(&chen, &id, "offer", json!({"bed": province[1]})).await.refused(409, "referral.offered_before");
    step(&liang, &id, "offer", json!({"bed": second[0], "minutes": 60})).await.ok();
    let page = show(&zhou, &id).await;
    assert_eq!(answers(&page), [("province", "offered"), ("province-2", "offered")]);
    assert_eq!(page["asked"][0]["bed"]["until"], "2026-11-21T04:00:00Z");
    assert_eq!(count(&zhou, "province").await, json!({"free": 1, "held": 1, "taken": 0}));
    assert_eq!(count(&zhou, "province-2").await, json!({"free": 0, "held": 1, "taken": 0}));

    // The bed is needed for somebody at the door.
    let path = format!("/api/beds/{}/occupy", province[0]);
    let held = chen.post(&path, &json!({})).await.refused(409, "bed.held");
    assert_eq!(held["params"]["until"], "2026-11-21T04:00:00Z");
    assert_eq!(nurse.post(&path, &json!({"reason": "急诊抢救病人先占用"})).await.status, 204);
    let gone = step(&zhou, &id, "accept", json!({"hospital": "province"})).await.refused(409, "referral.no_offer");
    assert_eq!((&gone["params"]["answer"], &gone["params"]["why"]), (&json!("lost"), &json!("急诊抢救病人先占用")));
    assert!(notices(&zhou).await.contains(&"bed.occupy".to_owned()));
    assert_eq!(answers(&show(&zhou, &id).await)[0], ("province", "lost"));

    step(&chen, &id, "offer", json!({"bed": province[0]})).await.refused(409, "referral.bed_not_free");
    step(&chen, &id, "offer", json!({"bed": province[1], "minutes": 30})).await.ok();
    step(&zhou, &id, "accept", json!({"hospital": "province"})).await.ok();
    assert_eq!(
        count(&zhou, "province-2").await,
        json!({"free": 1, "held": 0, "taken": 0}),
        "let go in the same commit"
    );
    liang.get(&format!("/api/referrals/{id}")).await.refused(404, "not_found");
    assert!(notices(&liang).await.contains(&"referral.accept".to_owned()), "they were told");
    assert_eq!(nurse.get("/api/referrals").await.ok()["rows"][0]["patient"]["name"], "王小明");

    // From now on those who treat there see all of it, by FHIR too.
    let page = show(&li, &id).await;
    assert_eq!((&page["patient"]["name"], &page["bed"]["name"]), (&json!("王小明"), &json!("icu一 2床")));
    assert!(li.get(&format!("/api/referrals/{id}/summary")).await.text().contains("王小明"));
    assert_eq!(li.get(&format!("/fhir/Bundle/{id}")).await.ok()["type"], "document");
    assert_eq!(li.get(&format!("/fhir/Patient/{who}")).await.status, 200);
    assert_eq!(app.login("zhao.min").await.get(&format!("/fhir/Bundle/{id}")).await.status, 404);

    step(&zhou, &id, "depart", json!({"eta": "2026-11-21T05:00:00Z"})).await.refused(409, "referral.no_transport");
    let vehicle = json!({"vehicle": "ambulance", "by": "光山120", "phone": "0376-120"});
    step(&zhou, &id, "transport", vehicle.clone()).await.ok();
    step(&zhou, &id, "depart", json!({"eta": "2026-11-21T05:00:00Z"})).await.ok();
    let on_the_way = format!("/api/beds/{}/occupy", province[1]);
    chen.post(&on_the_way, &json!({"reason": "急诊"})).await.refused(409, "bed.awaited");
    step(&zhou, &id, "cancel", json!({"reason": "家属改变主意"})).await.refused(409, "referral.wrong_state");
    step(&zhou, &id, "eta", json!({"eta": "2026-11-21T05:30:00Z"})).await.ok();

    let mut half = handover();
    half.as_array_mut().unwrap().pop();
    let missing = step(&nurse, &id, "arrive", json!({"items": half})).await.refused(422, "referral.handover");
    assert_eq!(missing["params"]["item"], "family");
    let mut items = handover();
    items[3] = json!({"item": "airway", "answer": "no", "note": "气囊漏气，已更换"});
    step(&nurse, &id, "arrive", json!({"items": items})).await.ok();
    step(&nurse, &id, "close", json!({"outcome": "died"})).await.refused(404, "not_found");
    let page = show(&zhou, &id).await;
    assert_eq!((&page["state"], &page["handover"][3]["note"]), (&json!("arrived"), &json!("气囊漏气，已更换")));
    assert_eq!(count(&zhou, "province").await, json!({"free": 0, "held": 0, "taken": 2}));
    assert_eq!(
        zhou.get(&format!("/fhir/Encounter/{id}")).await.ok()["status"],
        "in-progress",
        "who referred sees the stay"
    );

    home(&app, &id, &who, &province[1], vehicle).await;
}

/// The second half of the story: back to the county, and what both sides keep.
async fn home(app: &TestApp, up: &str, who: &str, bed: &str, vehicle: Value) {
    let (zhou, li) = (app.login("zhou.ming").await, app.login("li.wei").await);
    let back = json!({"reason": "病情稳定，回县继续康复", "severity": "ordinary", "discharge": {
        "summary": "重症肺炎好转，脱机3天。", "drugs": ["莫西沙星 0.4 g qd 至11月30日"],
        "rehabilitation": "呼吸训练，每日两次", "follow_ups": [{"on": "2026-12-05", "what": "复查胸部CT"}],
        "return_criteria": ["静息吸空气 SpO2 ≤93 %"]}});
    let mut none = back.clone();
    none["discharge"]["return_criteria"] = json!([]);
    step(&li, up, "send-back", none).await.refused(422, "referral.how_many");
    let made = step(&li, up, "send-back", back.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let down = made.body["id"].as_str().unwrap().to_owned();
    step(&li, up, "send-back", back.clone()).await.refused(409, "referral.under_way");
    step(&li, up, "close", json!({"outcome": "discharged"})).await.refused(409, "referral.going_home");

    // The county first says no, with a reason; then there is another try.
    let page = show(&zhou, &down).await;
    assert_eq!((&page["direction"], &page["waiting_for_me"]), (&json!("down"), &json!(true)));
    assert_eq!(page["discharge"]["follow_ups"][0], json!({"on": "2026-12-05", "what": "复查胸部CT"}));
    step(&zhou, &down, "decline", json!({"reason": " "})).await.refused(422, "referral.missing");
    step(&zhou, &down, "decline", json!({"reason": "县医院暂无隔离病房"})).await.ok();
    assert_eq!(show(&li, &down).await["state"], "declined");
    let made = step(&li, up, "send-back", back).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let down = made.body["id"].as_str().unwrap().to_owned();
    step(&zhou, &down, "take-back", json!({})).await.ok();
    step(&li, &down, "transport", vehicle).await.ok();
    step(&li, &down, "depart", json!({"eta": "2026-11-21T09:00:00Z"})).await.ok();
    let board = li.get("/api/beds?hospital=province").await.ok();
    let beds = board["hospitals"][0]["wards"][0]["beds"].as_array().unwrap().clone();
    assert_eq!(beds.iter().find(|b| b["id"] == bed).unwrap()["state"], "free", "the patient has left it");
    step(&zhou, &down, "arrive", json!({"items": handover()})).await.ok();

    let (up_page, down_page) = (show(&zhou, up).await, show(&zhou, &down).await);
    assert_eq!((&up_page["state"], &down_page["state"]), (&json!("closed"), &json!("arrived")));
    assert_eq!(zhou.get(&format!("/fhir/Encounter/{up}")).await.ok()["status"], "finished");
    let whats = |page: &Value| {
        let all = page["timeline"].as_array().unwrap().iter();
        all.map(|a| a["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let story = [
        "referral.request",
        "referral.offer",
        "referral.offer",
        "bed.occupy",
        "referral.offer",
        "referral.accept",
        "referral.transport",
        "referral.depart",
        "referral.eta",
        "referral.arrive",
    ];
    assert_eq!(whats(&up_page)[..story.len()], story);

    // After the end: 72 hours more, then the papers of the hand-over alone.
    app.clock().advance(SignedDuration::from_hours(71));
    let li = app.login("li.wei").await;
    assert_eq!(show(&li, up).await["patient"]["name"], "王小明");
    assert_eq!(li.get(&format!("/fhir/Patient/{who}")).await.status, 200);
    app.clock().advance(SignedDuration::from_hours(2));
    let li = app.login("li.wei").await;
    li.get(&format!("/api/referrals/{up}")).await.refused(404, "not_found");
    assert_eq!(li.get(&format!("/fhir/Patient/{who}")).await.status, 404);
    assert_eq!(li.get(&format!("/fhir/Bundle/{up}")).await.status, 200, "filed for 15 years");
    // A consultation's list and the programs of the record go on beside it.
    app.login("zhou.ming").await.get("/api/consults").await.ok();
    app.login("chen.tao").await.get("/api/consults").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_who_want_one_bed_one_gets_it() {
    let app = TestApp::start().await;
    let bed = beds(&app, "province", "icu", &["1"]).await.remove(0);
    let (zhou, chen) = (app.login("zhou.ming").await, Arc::new(app.login("chen.tao").await));
    let mut ids = vec![];
    for number in 0..32 {
        let who = patient(&zhou, 100 + number).await;
        ids.push(refer(&zhou, &who, &["province"]).await);
    }
    let mut racing = tokio::task::JoinSet::new();
    for id in ids.clone() {
        let (chen, bed) = (chen.clone(), bed.clone());
        racing.spawn(async move {
            let answer = chen.post(&format!("/api/referrals/{id}/offer"), &json!({"version": 1, "bed": bed})).await;
            (answer.status, answer.body["code"].as_str().unwrap_or_default().to_owned(), id)
        });
    }
    let results = racing.join_all().await;
    let won: Vec<&String> = results.iter().filter(|r| r.0 == 200).map(|r| &r.2).collect();
    assert_eq!(won.len(), 1, "{results:?}");
    let told = |r: &&(u16, String, String)| r.0 == 409 && ["bed.taken", "referral.bed_not_free"].contains(&&*r.1);
    assert_eq!(results.iter().filter(told).count(), 31, "{results:?}");
    assert_eq!(count(&zhou, "province").await, json!({"free": 0, "held": 1, "taken": 0}));

    // Approved without a bed: never, however many try; and who tries at the same instant as the ward takes the bed away
    // has it, or is told that it is gone, and never both.
    for id in ids.iter().filter(|id| *id != won[0]) {
        step(&zhou, id, "accept", json!({"hospital": "province"})).await.refused(409, "referral.no_offer");
    }
    let accept = step(&zhou, won[0], "accept", json!({"hospital": "province"}));
    let path = format!("/api/beds/{bed}/occupy");
    let occupy_with = json!({"reason": "急诊"});
    let (accepted, occupied) = tokio::join!(accept, chen.post(&path, &occupy_with));
    assert_eq!(occupied.status, 204, "{}", occupied.text());
    assert!([200, 409].contains(&accepted.status), "{}", accepted.text());
    let page = show(&zhou, won[0]).await;
    assert_eq!(
        (&page["state"], &page["bed"], answers(&page)),
        (&json!("asked"), &Value::Null, vec![("province", "lost")])
    );
    assert_eq!(count(&zhou, "province").await, json!({"free": 0, "held": 0, "taken": 1}));
    assert_eq!(chen.post(&format!("/api/beds/{bed}/free"), &json!({})).await.status, 204);
    chen.post(&format!("/api/beds/{bed}/free"), &json!({})).await.refused(409, "bed.not_taken");
    assert_eq!(count(&zhou, "province").await, json!({"free": 1, "held": 0, "taken": 0}));
}

#[tokio::test]
async fn what_nobody_does_is_asked_for_and_a_hold_ends() {
    let mut app = start().await;
    let bed = beds(&app, "province", "icu", &["1"]).await.remove(0);
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let who = patient(&zhou, 1).await;
    let id = refer(&zhou, &who, &["province", "province-2"]).await;
    let next = show(&zhou, &id).await["next"].clone();
    assert_eq!(
        (&next["what"], &next["at"]),
        (&json!("unanswered"), &json!("2026-11-21T02:03:00Z")),
        "critical: 3 minutes"
    );
    step(&chen, &id, "decline", json!({"reason": "ICU 无床"})).await.ok();
    pass(&app, 3).await;
    pass(&app, 0).await;
    let acts = |page: &Value| -> Vec<String> {
        let all = page["timeline"].as_array().unwrap().iter().filter(|a| a["by"].is_null());
        all.map(|a| format!("{} {}", a["what"].as_str().unwrap(), a["params"]["hospital"].as_str().unwrap_or("-")))
            .collect()
    };
    assert_eq!(acts(&show(&zhou, &id).await), ["referral.unanswered province-2"], "once, and not who said no");

    // Who said no thinks again; the hold ends by itself, also when the program is started anew in between.
    step(&chen, &id, "offer", json!({"bed": bed, "minutes": 15})).await.ok();
    step(&chen, &id, "withdraw", json!({"reason": "说错床号"})).await.ok();
    step(&chen, &id, "offer", json!({"bed": bed, "minutes": 15})).await.ok();
    app.restart().await;
    pass(&app, 14).await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    assert_eq!(count(&zhou, "province").await, json!({"free": 0, "held": 1, "taken": 0}));
    pass(&app, 1).await;
    assert_eq!(answers(&show(&zhou, &id).await)[0], ("province", "lapsed"));
    assert_eq!(count(&zhou, "province").await, json!({"free": 1, "held": 0, "taken": 0}));
    for side in [&zhou, &chen] {
        assert!(notices(side).await.contains(&"referral.lapse".to_owned()), "told to both sides");
    }
    step(&zhou, &id, "accept", json!({"hospital": "province"})).await.refused(409, "referral.no_offer");

    // An acceptance is taken back by who gave it; one whose patient does not leave within a day lapses.
    step(&chen, &id, "offer", json!({"bed": bed})).await.ok();
    step(&zhou, &id, "accept", json!({"hospital": "province"})).await.ok();
    step(&zhou, &id, "reopen", json!({"reason": "家属要求再考虑"})).await.ok();
    assert_eq!(count(&zhou, "province").await, json!({"free": 1, "held": 0, "taken": 0}));
    step(&chen, &id, "offer", json!({"bed": bed})).await.ok();
    step(&zhou, &id, "accept", json!({"hospital": "province"})).await.ok();
    pass(&app, 24 * 60).await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let page = show(&zhou, &id).await;
    assert_eq!((&page["state"], answers(&page)[0]), (&json!("asked"), ("province", "lapsed")));

    // Late on the way, then turned back.
    step(&chen, &id, "offer", json!({"bed": bed})).await.ok();
    step(&zhou, &id, "accept", json!({"hospital": "province"})).await.ok();
    step(&zhou, &id, "transport", json!({"vehicle": "own", "by": "家属"})).await.ok();
    step(&zhou, &id, "depart", json!({"eta": "2026-11-22T04:00:00Z"})).await.ok();
    pass(&app, 120).await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    assert!(notices(&chen).await.contains(&"referral.late".to_owned()));
    step(&zhou, &id, "turn-back", json!({"reason": "途中家属放弃"})).await.ok();
    assert_eq!(count(&zhou, "province").await, json!({"free": 1, "held": 0, "taken": 0}));
    refer(&zhou, &who, &["province"]).await;
}

#[tokio::test]
async fn what_is_past_a_bound_or_another_slices_is_refused() {
    let app = start().await;
    let bed = beds(&app, "province", "icu", &["1"]).await.remove(0);
    let (zhou, chen, wu) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("wu.ying").await);
    let who = patient(&zhou, 1).await;
    let ask = |change: &dyn Fn(&mut Value)| {
        let mut body = asking(&who, &["province"]);
        change(&mut body);
        body
    };
    let eleven: Vec<String> = (0..11).map(|n| format!("h{n}")).collect();
    let cases: [(&str, Value); 8] = [
        ("referral.missing", ask(&|b| b["reason"] = "  ".into())),
        ("referral.too_long", ask(&|b| b["reason"] = "长".repeat(2_001).into())),
        ("referral.hospitals", ask(&|b| b["hospitals"] = json!([]))),
        ("referral.hospitals", ask(&|b| b["hospitals"] = json!(eleven))),
        ("referral.hospitals", ask(&|b| b["hospitals"] = json!(["nowhere"]))),
        ("referral.hospitals", ask(&|b| b["hospitals"] = json!(["guangshan"]))),
        ("referral.no_patient", ask(&|b| b["patient"] = "nobody".into())),
        ("referral.not_cited", ask(&|b| b["cited"] = json!(["ImagingStudy/none"]))),
    ];
    for (code, body) in cases {
        zhou.post("/api/referrals", &body).await.refused(422, code);
    }
    let many: Vec<String> = (0..51).map(|n| format!("ImagingStudy/{n}")).collect();
    zhou.post("/api/referrals", &ask(&|b| b["cited"] = json!(many))).await.refused(422, "referral.how_many");
    let id = refer(&zhou, &who, &["province"]).await;
    for minutes in [14, 24 * 60 + 1] {
        step(&chen, &id, "offer", json!({"bed": bed, "minutes": minutes})).await.refused(422, "referral.hold");
    }
    step(&chen, &id, "offer", json!({"bed": "no-bed"})).await.refused(422, "referral.no_bed");
    // A referral is no consultation, and nobody changes it but its own steps.
    zhou.get(&format!("/api/consults/{id}")).await.refused(404, "not_found");
    zhou.get(&format!("/api/consults/{id}/files")).await.refused(404, "not_found");
    let mut task = zhou.get(&format!("/fhir/Task/{id}")).await.ok();
    task["status"] = "completed".into();
    let refused = zhou.put(&format!("/fhir/Task/{id}"), &task).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    // A ward keeps its own beds and no others; the administration makes them and says nothing of who lies there.
    wu.post(&format!("/api/beds/{bed}/occupy"), &json!({})).await.refused(404, "not_found");
    let own = beds(&app, "guangshan", "ward", &["3"]).await.remove(0);
    assert_eq!(wu.post(&format!("/api/beds/{own}/occupy"), &json!({})).await.status, 204);
    wu.post(&format!("/api/beds/{own}/occupy"), &json!({})).await.refused(409, "bed.taken");
    app.login("he.jing").await.post(&format!("/api/beds/{own}/free"), &json!({})).await.refused(404, "not_found");
    let region = wu.get("/api/beds?hospital=province&region=true&care=ward").await.ok();
    assert_eq!(region["totals"]["ward"], json!({"free": 0, "held": 0, "taken": 1}), "the county's, seen from above");
    let admin = app.login("admin").await;
    let loose = json!({"kind": "bed", "name": "x", "name_en": "x", "ward": own});
    admin.post("/api/admin/hospitals/guangshan/places", &loose).await.refused(422, "directory.unfit");
}
