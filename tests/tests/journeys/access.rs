//! A record opened in need, its end by itself, its review; and who looked, over HTTP.

use super::consult::{expert, hand_in};
use super::step;
use jiff::SignedDuration;
use kernel::Clock;
use reading::phantom::{Examination, Person};
use serde_json::{Value, json};
use testkit::{Client, TestApp};

const BEGIN: &str = "2026-11-21T02:00:00Z";
const PASSWORD: &str = "consilium-demo";
const REASON: &str = "患者在我院急诊昏迷，家属不在";

async fn in_need(client: &Client, more: Value) -> testkit::Answer {
    let mut body = json!({"reason": REASON});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client.post("/api/access/break-glass", &body).await
}

/// Adds a slice of the patient's chest to the case; its study.
async fn slice_of(doctor: &Client, case: &str) -> String {
    let person = Person { name: "王小明".into(), id: "E00312345".into(), sex: "M", birth_date: "19600501".into() };
    let examination = Examination {
        person,
        uid_root: "2.25.77".into(),
        date: "20261120".into(),
        time: "080000".into(),
        description: "胸部CT平扫".into(),
        slices: 3,
        slice_mm: 5.0,
        lesions: 1.0,
        seed: 7,
    };
    let slice = reading::phantom::files(&examination).next().unwrap();
    let path = format!("/api/consults/{case}/files/0192f0c1-7d6e-7cc3-98c4-dc0c0c0aa001?name=IM0001");
    let put = doctor.put_bytes(&path, slice).await;
    assert_eq!(put.status, 200, "{}", put.text());
    "2.25.77.1".to_owned()
}

async fn looks(client: &Client, query: &str) -> Vec<Value> {
    client.get(&format!("/api/access/looks?{query}")).await.ok()["looks"].as_array().unwrap().clone()
}

fn has(looks: &[Value], person: &str, what: &str) -> bool {
    looks.iter().any(|l| l["person"]["id"] == person && l["what"] == what)
}

#[tokio::test]
async fn in_need_a_record_is_open_for_an_hour_and_both_hospitals_know() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (zhou, zhao, admin) = (app.login("zhou.ming").await, app.login("zhao.min").await, app.login("he.jing").await);
    let (id, number) = hand_in(&zhou, "00312345").await;
    let path = format!("/api/consults/{id}");
    let pixels = format!("/dicom-web/studies/{}/metadata", slice_of(&zhou, &id).await);
    zhao.get(&path).await.refused(404, "not_found");
    zhao.get(&pixels).await.refused(404, "not_found");

    // A reason, a number, the second factor now: without any of them nothing is opened.
    in_need(&zhao, json!({"case_number": number})).await.refused(403, "session.factor-none");
    in_need(&zhao, json!({"case_number": number, "code": "123456"})).await.refused(403, "session.factor-none");
    let (authenticator, _) = zhao.enrol_factor(PASSWORD, app.clock().now()).await;
    app.clock().advance(SignedDuration::from_mins(5));
    in_need(&zhao, json!({"case_number": number})).await.refused(403, "session.factor-stale");
    in_need(&zhao, json!({"case_number": number, "code": "000000"})).await.refused(403, "session.factor-wrong");
    let mut body = json!({"reason": "看看", "case_number": number});
    zhao.post("/api/access/break-glass", &body).await.refused(422, "access.no_reason");
    body["reason"] = "长".repeat(1001).into();
    zhao.post("/api/access/break-glass", &body).await.refused(422, "access.no_reason");
    in_need(&zhao, json!({})).await.refused(422, "access.no_number");
    in_need(&zhao, json!({"identifier": {"kind": "unknown", "value": "X"}})).await.refused(422, "access.no_number");
    in_need(&zhao, json!({"identifier": {"kind": "passport", "value": "E*"}})).await.refused(422, "access.no_number");
    let code = authenticator.code(app.clock().now());
    let nobody = json!({"case_number": "20200101-0001", "code": code});
    in_need(&zhao, nobody.clone()).await.refused(404, "access.nobody");
    in_need(&zhao, nobody).await.refused(403, "session.factor-used");
    for nobody in ["chen.tao", "he.jing", "gao.yuan", "admin"] {
        in_need(&app.login(nobody).await, json!({"case_number": number})).await.refused(404, "not_found");
    }
    zhao.get(&path).await.refused(404, "not_found");

    let opened = in_need(&zhao, json!({"identifier": {"kind": "passport", "value": "e00312345"}})).await;
    assert_eq!(opened.status, 201, "{}", opened.text());
    let open = &opened.body["open"][0];
    assert_eq!((&open["patient"]["name"], &open["cases"][0]["number"]), (&json!("王小明"), &json!(number)));
    assert_eq!(open["until"], "2026-11-21T03:05:00Z");
    let page = zhao.get(&path).await.ok();
    assert_eq!((&page["patient"]["name"], &page["request"]["diagnosis"]), (&json!("王小明"), &json!("重症肺炎")));
    let patient = page["patient"]["id"].as_str().unwrap().to_owned();
    zhao.get(&format!("/api/patients/{patient}")).await.ok();
    zhao.get(&format!("{path}/files")).await.ok();
    zhao.get(&pixels).await.ok();
    // One reads; one does not act, and hears nothing of what happens.
    for (step, more) in [("cancel", json!({"reason": "x"})), ("supply", json!({"ask": id, "text": "x"}))] {
        let mut body = json!({"version": page["version"]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        zhao.post(&format!("{path}/{step}"), &body).await.refused(404, "not_found");
    }
    zhao.post(&format!("{path}/room"), &json!({})).await.refused(404, "not_found");
    zhao.post(&format!("{path}/messages"), &json!({"text": "x"})).await.refused(404, "not_found");

    // The administrator of the patient's hospital is told, and judges.
    let told = admin.get("/api/notices").await.ok();
    let notice =
        told["notices"].as_array().unwrap().iter().find(|n| n["what"] == "access.break_glass").unwrap().clone();
    assert_eq!(notice["by"]["id"], "zhao-min");
    assert!(!notice.to_string().contains("王小明"));
    let reviews = admin.get("/api/access/reviews").await.ok();
    let review = &reviews["reviews"][0];
    assert_eq!((&reviews["open"], &review["reason"], &review["patient"]), (&json!(1), &json!(REASON), &json!("王*明")));
    assert_eq!((&review["looks"]["consult.show"], &review["by"]["id"]), (&json!(1), &json!("zhao-min")));
    assert!(!reviews.to_string().contains("重症肺炎"), "nothing clinical");
    let at = format!("/api/access/reviews/{}", review["id"].as_str().unwrap());
    zhao.post(&at, &json!({"version": 1, "outcome": "justified"})).await.refused(404, "not_found");
    admin.post(&at, &json!({"version": 1, "outcome": "not-justified"})).await.refused(422, "access.no_note");
    let judged = json!({"version": review["version"], "outcome": "not-justified", "note": "未先联系我院"});
    admin.post(&at, &judged).await.ok();
    admin.post(&at, &judged).await.refused(409, "access.reviewed");
    let reviews = admin.get("/api/access/reviews").await.ok();
    assert_eq!((&reviews["open"], &reviews["reviews"][0]["outcome"]), (&json!(0), &json!("not-justified")));
    let told = zhao.get("/api/notices").await.ok();
    assert!(told["notices"].as_array().unwrap().iter().any(|n| n["what"] == "access.review"));

    // It ends by itself, to the millisecond.
    app.clock().advance(SignedDuration::from_mins(30));
    zhao.get("/api/session").await.ok();
    app.clock().advance(SignedDuration::from_millis(30 * 60_000 - 1));
    zhao.get(&path).await.ok();
    app.clock().advance(SignedDuration::from_millis(1));
    zhao.get(&path).await.refused(404, "not_found");
    zhao.get(&format!("/api/patients/{patient}")).await.refused(404, "not_found");
    zhao.get(&format!("{path}/files")).await.refused(404, "not_found");
    zhao.get(&pixels).await.refused(404, "not_found");
    assert_eq!(zhao.get("/api/access/mine").await.ok()["open"], json!([]));
    assert!(!app.logs().contains("王小明"), "no name in a log");
}

#[tokio::test]
async fn who_tries_numbers_is_stopped_and_seen() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let zhao = app.login("zhao.min").await;
    zhao.enrol_factor(PASSWORD, app.clock().now()).await;
    for number in 0..10 {
        in_need(&zhao, json!({"case_number": format!("20200101-{number:04}")})).await.refused(404, "access.nobody");
    }
    in_need(&zhao, json!({"case_number": "20200101-9999"})).await.refused(429, "session.too-many");
    let entries = app.platform().store.entries(0, 10_000).await.unwrap();
    let tried = entries.iter().filter(|e| e.act.what == "access.break_glass").count();
    assert_eq!(tried, 10, "each attempt stands in the ledger");
}

#[tokio::test]
async fn both_hospitals_see_who_looked() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (zhou, chen, li) = (app.login("zhou.ming").await, app.login("chen.tao").await, app.login("li.wei").await);
    let (id, number) = hand_in(&zhou, "00322345").await;
    step(&chen, &id, "first-look", json!({})).await.ok();
    let role = expert(&chen, "Li Wei").await;
    step(&chen, &id, "assign", json!({"experts": [role], "start": "2126-01-01T00:00:00Z"})).await.ok();
    li.get(&format!("/api/consults/{id}")).await.ok();
    app.login("zhao.min").await.get(&format!("/api/consults/{id}")).await.refused(404, "not_found");
    let admin = app.login("he.jing").await;
    // Looks are gathered for a moment before they stand in the ledger.
    for _ in 0..100 {
        if has(&looks(&admin, "").await, "zhao-min", "consult.show") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let all = looks(&admin, "").await;
    assert!(has(&all, "li-wei", "consult.show") && has(&all, "chen-tao", "consult.show"), "{all:?}");
    let of_li = all.iter().find(|l| l["person"]["id"] == "li-wei" && l["what"] == "consult.show").unwrap();
    assert_eq!((&of_li["case_number"], &of_li["patient"]), (&json!(number), &json!("王*明")), "masked, by number");
    let refused = all.iter().find(|l| l["person"]["id"] == "zhao-min" && l["case"] == json!(id)).unwrap();
    assert_eq!(refused["allowed"], false, "who was refused is seen as well");

    let by = looks(&admin, "person=Li%20W").await;
    assert!(!by.is_empty() && by.iter().all(|l| l["person"]["id"] == "li-wei"), "{by:?}");
    assert!(looks(&admin, "day=2026-11-20").await.is_empty());
    assert!(has(&looks(&admin, "day=2026-11-21").await, "li-wei", "consult.show"));
    admin.get(&format!("/api/access/looks?person={}", "x".repeat(101))).await.refused(422, "access.too_long");

    // Page by page it is the same list, without a gap or a double.
    let (mut pages, mut before) = (vec![], String::new());
    loop {
        let page = admin.get(&format!("/api/access/looks?person=zhou-ming{before}")).await.ok();
        pages.extend(page["looks"].as_array().unwrap().iter().map(|l| l["number"].as_u64().unwrap()));
        match page["next"].as_u64() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert!(pages.windows(2).all(|pair| pair[0] > pair[1]), "{pages:?}");

    // Who treats sees it of their own case or patient; a stranger of neither, nor of everything.
    assert!(has(&looks(&zhou, &format!("case={id}")).await, "li-wei", "consult.show"));
    let patient = zhou.get(&format!("/api/consults/{id}")).await.ok()["patient"]["id"].as_str().unwrap().to_owned();
    assert!(has(&looks(&zhou, &format!("patient={patient}")).await, "li-wei", "consult.show"));
    assert!(has(&looks(&li, &format!("case={id}")).await, "chen-tao", "consult.show"));
    for (who, query) in [
        ("zhou.ming", String::new()),
        ("zhao.min", format!("case={id}")),
        ("zhao.min", format!("patient={patient}")),
        ("li.wei", format!("patient={patient}")),
        ("chen.tao", format!("case={id}")),
        ("admin", String::new()),
        ("gao.yuan", String::new()),
    ] {
        app.login(who).await.get(&format!("/api/access/looks?{query}")).await.refused(404, "not_found");
    }

    // As a file: ledgered before it leaves.
    let file = admin.get(&format!("/api/access/looks.csv?case={id}")).await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    let text = file.text();
    assert!(
        text.starts_with('\u{feff}') && text.contains("李伟") && text.contains(&number) && !text.contains("王小明"),
        "{text}"
    );
    let entries = app.platform().store.entries(0, 10_000).await.unwrap();
    let export = entries.iter().find(|e| e.act.what == "access.export").unwrap();
    assert_eq!(export.act.person.as_ref().unwrap().as_str(), "he-jing");
}
