//! A case from the first suspicion to the discharge: reported under the law's clock, graded, confirmed, counted once though two
//! hospitals reported it, excluded and brought back; seen by those alone who may.

use fhir::ResourceType;
use fhir::validate::{Options, validate};
use kernel::{Id, Role, Time};
use records::{Act, Change, Write};
use serde_json::{Value, json};
use testkit::{Client, TestApp};

fn start() -> Time {
    "2026-11-21T02:00:00Z".parse().unwrap()
}

/// The province's outbreak officer: a second role of somebody at its command.
pub async fn officer(app: &TestApp) -> Client {
    let id = |text: &str| Id::new(text).unwrap();
    let role = platform::directory::Role {
        id: id("gao-yuan-outbreak"),
        person: id("gao-yuan"),
        hospital: id("province"),
        role: Role::OutbreakOfficer,
        specialties: vec![],
    };
    let at = fhir::Reference::new(ResourceType::PRACTITIONER_ROLE, role.id.clone());
    let body = platform::directory::resources::write_role(&role);
    let platform = app.platform();
    let change = Change::of(Act::system("test.appoint")).write(Write::new(at.clone(), body, role.hospital));
    platform.store.commit(change).await.unwrap();
    platform.directory.refresh(&*platform.store, vec![at]).await.unwrap();
    app.login_as("gao.yuan", Some("outbreak-officer")).await
}

/// A report with a contact, its twin of another hospital joined with it, and the alert of the first case.
pub async fn one_of_each(app: &TestApp) {
    let (zhou, zhao) = (app.login("zhou.ming").await, app.login("zhao.min").await);
    let officer = officer(app).await;
    let (here, there) = (
        patient(&zhou, "王卫东", "E40000001", "1966-02-03").await,
        patient(&zhao, "王卫东", "E40000001", "1966-02-03").await,
    );
    let one = zhou.post("/api/outbreak/cases", &report(&here, "dengue", "2026-11-21T01:00:00Z")).await.ok();
    let other = zhao.post("/api/outbreak/cases", &report(&there, "dengue", "2026-11-21T01:00:00Z")).await.ok();
    let contact = json!({"name": "李芳", "kind": "close", "relation": "妻子", "last_met": "2026-11-20"});
    does(&zhou, &one, "contacts", json!({"contact": contact})).await;
    let word = json!({"one": one["id"], "other": other["id"], "said": "same", "reason": "电话核实"});
    assert_eq!(officer.post("/api/outbreak/duplicates", &word).await.status, 204);
    app.run_jobs().await;
}

fn person(name: &str, number: &str, born: &str) -> Value {
    json!({"name": name, "sex": "male", "birth_date": born, "identifier": {"kind": "passport", "value": number}})
}

pub async fn patient(doctor: &Client, name: &str, number: &str, born: &str) -> String {
    doctor.post("/api/patients", &person(name, number, born)).await.ok()["id"].as_str().unwrap().to_owned()
}

pub fn report(patient: &str, disease: &str, found_at: &str) -> Value {
    json!({"patient": patient, "disease": disease, "class": "suspected", "found_at": found_at, "onset": "2026-11-18",
        "exposures": [{"kind": "travel", "text": "自外地返乡", "from": "2026-11-10", "to": "2026-11-12"}]})
}

/// Does something to a case as it is now.
pub async fn does(doctor: &Client, case: &Value, what: &str, more: Value) -> Value {
    let id = case["id"].as_str().unwrap();
    let mut body = json!({"version": doctor.get(&format!("/api/outbreak/cases/{id}")).await.ok()["version"]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    doctor.post(&format!("/api/outbreak/cases/{id}/{what}"), &body).await.ok()
}

pub fn positive() -> Value {
    json!({"laboratory": {"name": "核酸", "positive": true, "value": "Ct 27", "at": "2026-11-21T01:30:00Z"}})
}

fn measured(value: f64, unit: &str) -> Value {
    json!({"value": value, "unit": unit, "at": "2026-11-21T01:00:00Z"})
}

/// Everything that an adult's grade can rest on, but for what is taken away by the test.
fn values(rate: f64) -> Value {
    json!({
        "respiratory_rate": measured(rate, "/min"),
        "spo2": {"measured": measured(97.0, "%"), "at_rest": true, "on_air": true},
        "oxygenation": {"ratio": measured(400.0, "mm[Hg]"), "altitude_m": 90.0},
        "lesions": {"growth": measured(10.0, "%"), "first_at": "2026-11-19T13:00:00Z"},
        "signs": {"respiratory-failure-ventilated": false, "shock": false, "organ-failure-in-intensive-care": false,
            "pneumonia-on-images": true},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_from_suspicion_to_discharge() {
    let app = TestApp::at(start()).await;
    let (zhou, zhao) = (app.login("zhou.ming").await, app.login("zhao.min").await);
    let cen = officer(&app).await;
    let (gao, chen) = (app.login_as("gao.yuan", Some("command-staff")).await, app.login("chen.tao").await);
    let wang = patient(&zhou, "王卫东", "E10000001", "1966-02-03").await;

    // The law's clock: found 119 minutes ago is in time for class A, a day-old measles too, an old plague is late and taken.
    // What was written of it before is a draft of one's own, which ends with the report; others' stand.
    let begun = json!({"revision": 0, "body": {"disease": "sars"}});
    for id in ["new", "other"] {
        zhou.put(&format!("/api/drafts/report/{id}"), &begun).await.ok();
    }
    let mut written = report(&wang, "sars", "2026-11-21T00:01:00Z");
    written["draft"] = "new".into();
    let case = zhou.post("/api/outbreak/cases", &written).await;
    let drafts = zhou.get("/api/drafts/report").await.ok();
    assert_eq!(drafts["drafts"].as_array().unwrap().iter().map(|d| &d["id"]).collect::<Vec<_>>(), ["other"]);
    assert_eq!(zhao.get("/api/drafts/report").await.ok()["drafts"], json!([]));
    assert_eq!(case.status, 201);
    let case = case.ok();
    assert_eq!((&case["clock"]["class"], &case["clock"]["met"]), (&json!("b-as-a"), &json!(true)));
    assert_eq!(case["clock"]["due"], "2026-11-21T02:01:00Z");
    let late = zhou.post("/api/outbreak/cases", &report(&wang, "plague", "2026-11-20T22:00:00Z")).await.ok();
    assert_eq!((&late["clock"]["met"], &late["clock"]["late_minutes"]), (&json!(false), &json!(120)));
    let again = zhou.post("/api/outbreak/cases", &report(&wang, "sars", "2026-11-21T01:00:00Z")).await;
    assert_eq!(again.refused(409, "outbreak.reported")["params"]["case"], case["id"]);
    for (bad, code) in [
        (json!({"disease": "hiccups"}), "outbreak.disease"),
        (json!({"class": "confirmed"}), "outbreak.class"),
        (json!({"found_at": "2026-11-21T02:00:01Z"}), "outbreak.when"),
        (json!({"onset": "2026-11-22"}), "outbreak.when"),
        (json!({"patient": "nobody"}), "outbreak.no_patient"),
        (json!({"exposures": [{"kind": "place", "text": "长".repeat(501)}]}), "outbreak.text"),
    ] {
        let mut body = report(&wang, "cholera", "2026-11-21T00:00:00Z");
        body.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        zhou.post("/api/outbreak/cases", &body).await.refused(422, code);
    }
    zhao.post("/api/outbreak/cases", &report(&wang, "cholera", "2026-11-21T00:00:00Z"))
        .await
        .refused(422, "outbreak.no_patient");

    // Who sees it: the own hospital and the officer. For all others it is not there.
    let path = format!("/api/outbreak/cases/{}", case["id"].as_str().unwrap());
    assert_eq!(cen.get(&path).await.ok()["patient"]["name"], "王卫东");
    for stranger in [&zhao, &gao, &chen] {
        stranger.get(&path).await.refused(404, "not_found");
        stranger
            .post(&format!("{path}/exclude"), &json!({"version": 1, "reason": "x"}))
            .await
            .refused(404, "not_found");
    }
    cen.post(&format!("{path}/exclude"), &json!({"version": 1, "reason": "x"})).await.refused(404, "not_found");
    assert_eq!(zhao.get("/api/outbreak/cases").await.ok()["count"], 0);
    assert_eq!(cen.get("/api/outbreak/cases").await.ok()["count"], 2);
    assert_eq!(cen.get("/api/outbreak/cases?disease=plague").await.ok()["cases"][0]["in_time"], false);
    for (area, count) in [("guangshan", 2), ("xinyang", 2), ("province", 2), ("lushi", 0), ("popihe", 0)] {
        let path = format!("/api/outbreak/cases?hospital={area}");
        assert_eq!(cen.get(&path).await.ok()["count"], count, "{area}: the hospital and those below it");
    }
    // In the order asked for: by the law's clock, the old plague first; what has no onset or grade at the end, either way.
    for (sort, first) in [("due", "plague"), ("-due", "sars")] {
        let found = cen.get(&format!("/api/outbreak/cases?sort={sort}")).await.ok();
        assert_eq!(found["cases"][0]["disease"]["code"], first, "{sort}");
    }
    cen.get("/api/outbreak/cases?sort=name").await.refused(400, "request.unreadable");
    cen.get("/api/outbreak/cases?from=2020-01-01&to=2026-01-01").await.refused(400, "outbreak.span");
    for role in [&gao, &chen] {
        role.get("/api/outbreak/cases").await.refused(404, "not_found");
    }

    // Confirmed by the laboratory and by nothing else.
    let confirm = json!({"class": "confirmed", "at": "2026-11-21T01:40:00Z", "reason": "核酸阳性"});
    let mut body = confirm.clone();
    body["version"] = 1.into();
    zhou.post(&format!("{path}/confirm"), &body).await.refused(422, "outbreak.no_evidence");
    does(&zhou, &case, "facts", positive()).await;
    body["version"] = 1.into();
    zhou.post(&format!("{path}/confirm"), &body).await.refused(409, "outbreak.changed");
    let confirmed = does(&zhou, &case, "confirm", confirm).await;
    assert_eq!((&confirmed["class"], &confirmed["class_at"]), (&json!("confirmed"), &json!("2026-11-21T01:40:00Z")));
    let contact = json!({"contact": {"name": "李芳", "kind": "close", "relation": "妻子", "last_met": "2026-11-20",
        "phone": "138 0000 0000", "place": "家中隔离"}});
    assert_eq!(does(&zhou, &case, "contacts", contact).await["contacts"][0]["name"], "李芳");
    let ended = json!({"outcome": {"end": "discharged", "at": "2026-11-21T01:50:00Z"}});
    assert_eq!(does(&zhou, &case, "facts", ended).await["outcome"]["end"], "discharged");

    // Excluded, and brought back by the result that is there.
    does(&zhou, &late, "exclude", json!({"reason": "菌培养阴性"})).await;
    let seen = zhou.get(&format!("/api/outbreak/cases/{}", late["id"].as_str().unwrap())).await.ok();
    let body = json!({"version": seen["version"], "reason": "再次"});
    let twice = zhou.post(&format!("/api/outbreak/cases/{}/exclude", late["id"].as_str().unwrap()), &body).await;
    assert_eq!(twice.refused(409, "outbreak.wrong_class")["params"]["class"], "excluded");
    does(&zhou, &late, "facts", positive()).await;
    let back = json!({"class": "confirmed", "reason": "复查阳性"});
    assert_eq!(does(&zhou, &late, "confirm", back).await["class"], "confirmed");

    // As a file, ledgered before it leaves; no name in the ledger or the log.
    let csv = cen.get("/api/outbreak/cases.csv").await;
    assert!(csv.text().contains("王卫东") && csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(cen.get("/api/outbreak/cases.csv?format=xlsx").await.bytes.starts_with(b"PK"));
    gao.get("/api/outbreak/cases.csv").await.refused(404, "not_found");
    let entries = app.platform().store.entries(0, 1_000).await.unwrap();
    let said = |what: &str| entries.iter().filter(|e| e.act.what == what).count();
    assert_eq!((said("outbreak.export"), said("outbreak.report")), (2, 2));
    assert!(!serde_json::to_string(&entries.iter().map(|e| &e.act).collect::<Vec<_>>()).unwrap().contains("王卫东"));
    assert!(!app.logs().contains("王卫东"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grade_by_the_guideline_and_by_a_doctor_where_it_cannot_say() {
    let app = TestApp::at(start()).await;
    let zhou = app.login("zhou.ming").await;
    let wang = patient(&zhou, "王卫东", "E10000001", "1966-02-03").await;
    let case = zhou.post("/api/outbreak/cases", &report(&wang, "covid-19", "2026-11-21T00:01:00Z")).await.ok();
    assert_eq!(case["clock"]["class"], "b", "class B managed as B since 2023: 24 hours");
    let known = zhou.get("/api/outbreak/guidelines").await.ok();
    assert_eq!(known["guidelines"][0]["code"], "covid-19-trial-8");
    let due = |disease: &str| {
        let found = known["diseases"].as_array().unwrap().iter().find(|d| d["code"] == disease).unwrap();
        found["clock"]["due"].clone()
    };
    assert_eq!((due("sars"), due("covid-19")), (json!("2026-11-21T04:00:00Z"), json!("2026-11-22T02:00:00Z")));

    let typed = does(&zhou, &case, "type", json!({"values": values(18.0)})).await;
    assert_eq!(
        (&typed["judgement"]["grade"], &typed["case"]["graded"]["grade"]),
        (&json!("ordinary"), &json!("ordinary"))
    );
    let severe = does(&zhou, &case, "type", json!({"values": values(30.0)})).await;
    assert_eq!(severe["judgement"]["grade"], "severe");
    let rate = severe["case"]["graded"]["findings"].as_array().unwrap();
    let rate = rate.iter().find(|f| f["criterion"] == "adult-respiratory-rate").unwrap();
    assert_eq!(
        (&rate["verdict"], &rate["value"], &rate["text"]),
        (&json!("met"), &json!(30.0), &json!("出现气促，RR≥30次/分"))
    );
    assert_eq!(severe["case"]["gradings"].as_array().unwrap().len(), 2, "the one before stays");

    let mut part = values(18.0);
    part.as_object_mut().unwrap().remove("oxygenation");
    let path = format!("/api/outbreak/cases/{}/type", case["id"].as_str().unwrap());
    let post = |version: Value, more: Value| {
        let mut body = json!({"version": version, "values": part});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (zhou, path) = (&zhou, &path);
        async move { zhou.post(path, &body).await }
    };
    let version = severe["case"]["version"].clone();
    let open = post(version.clone(), json!({})).await.refused(422, "outbreak.undecided");
    assert_eq!(open["params"]["not_known"], json!(["adult-pao2-fio2"]));
    let below = json!({"grade": "mild", "reason": "x"});
    assert_eq!(post(version.clone(), below).await.refused(422, "outbreak.grade")["params"]["grade"], "ordinary");
    post(version.clone(), json!({"grade": "ordinary"})).await.refused(422, "outbreak.text");
    post(version.clone(), json!({"guideline": "covid-19-trial-99"})).await.refused(422, "outbreak.guideline");
    let said = post(version, json!({"grade": "ordinary", "reason": "未行血气分析，无缺氧表现"})).await.ok();
    assert_eq!(said["case"]["graded"]["reason"], "未行血气分析，无缺氧表现");

    // All that was written is R4 by the official definitions, is read over FHIR, and changed by its operations alone.
    let token = app.client("guangshan", &[]).await;
    for (search, least) in [
        ("Condition?identifier=urn:consilium:case-report%7C", 1),
        ("Observation?identifier=urn:consilium:case-report-part%7C", 15),
    ] {
        let found = token.get(&format!("/fhir/{search}&_count=100")).await.ok();
        let entries = found["entry"].as_array().unwrap();
        assert!(entries.len() >= least, "{search}: {}", entries.len());
        for entry in entries {
            let issues = validate(&entry["resource"], Options { warnings: false, ..Options::default() });
            assert!(issues.is_empty(), "{issues:#?}");
            let at = format!(
                "/fhir/{}/{}",
                entry["resource"]["resourceType"].as_str().unwrap(),
                entry["resource"]["id"].as_str().unwrap()
            );
            assert_eq!(token.put(&at, &entry["resource"]).await.status, 422, "{at} is the slice's");
        }
    }
    let at = format!("Condition/{}", case["id"].as_str().unwrap()).parse().unwrap();
    let kept = app.platform().store.history(&records::Viewer::System, &at).await.unwrap();
    assert_eq!(kept.len(), 4);
    assert_eq!(kept[0].value().unwrap()["severity"]["coding"][0]["code"], "ordinary");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hospitals_report_one_person() {
    let app = TestApp::at(start()).await;
    let (zhou, zhao) = (app.login("zhou.ming").await, app.login("zhao.min").await);
    let cen = officer(&app).await;
    let here = patient(&zhou, "王卫东", "E10000001", "1966-02-03").await;
    let there = patient(&zhao, "Wang Weidong", "E10000001", "1966-02-03").await;
    let one = zhou.post("/api/outbreak/cases", &report(&here, "sars", "2026-11-21T00:01:00Z")).await.ok();
    let other = zhao.post("/api/outbreak/cases", &report(&there, "sars", "2026-11-21T00:30:00Z")).await.ok();
    let ids = |found: &Value, list: &str| {
        let pairs = found[list].as_array().unwrap();
        pairs.iter().map(|p| (p["first"]["id"].clone(), p["second"]["id"].clone())).collect::<Vec<_>>()
    };
    let mut pair = vec![(one["id"].clone(), other["id"].clone())];
    let found = cen.get("/api/outbreak/duplicates").await.ok();
    // Both were reported at the same instant of this clock: then the id decides who is first.
    if ids(&found, "proposed") != pair {
        pair = vec![(other["id"].clone(), one["id"].clone())];
    }
    assert_eq!((ids(&found, "proposed"), ids(&found, "joined")), (pair.clone(), vec![]));
    assert_eq!(found["proposed"][0]["by"], "identifier");
    for stranger in [&zhou, &zhao] {
        stranger.get("/api/outbreak/duplicates").await.refused(404, "not_found");
    }
    let judge = |said: &str| {
        let body = json!({"one": one["id"], "other": other["id"], "said": said, "reason": "电话核实"});
        let cen = &cen;
        async move { cen.post("/api/outbreak/duplicates", &body).await }
    };
    judge("undone").await.refused(409, "outbreak.pair");
    for (said, proposed, joined) in [("same", 0, 1), ("undone", 1, 0), ("different", 0, 0), ("undone", 1, 0)] {
        assert_eq!(judge(said).await.status, 204, "{said}");
        judge(said).await.refused(409, "outbreak.pair");
        let found = cen.get("/api/outbreak/duplicates").await.ok();
        assert_eq!((ids(&found, "proposed").len(), ids(&found, "joined").len()), (proposed, joined), "{said}");
    }
    let at = |case: &Value| format!("/api/outbreak/cases/{}", case["id"].as_str().unwrap());
    assert_eq!(zhou.get(&at(&one)).await.ok()["version"], 1, "neither report is changed");
    zhou.get(&at(&other)).await.refused(404, "not_found");
    assert!(Id::new(one["id"].as_str().unwrap()).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_as_it_was_published_and_as_it_is_known_now() {
    let mut app = TestApp::at(start()).await;
    let zhou = app.login("zhou.ming").await;
    officer(&app).await;
    let mut cases = vec![];
    for (n, name) in ["王卫东", "李卫国", "赵卫民"].iter().enumerate() {
        let at = patient(&zhou, name, &format!("E2000000{n}"), "1966-02-03").await;
        let case = zhou.post("/api/outbreak/cases", &report(&at, "covid-19", "2026-11-21T00:01:00Z")).await.ok();
        does(&zhou, &case, "facts", positive()).await;
        cases.push(case);
    }
    // Two confirmed on the day; the third's confirmation of that day is told on the next, and the first is taken back.
    for case in &cases[..2] {
        does(&zhou, case, "confirm", json!({"class": "confirmed", "reason": "核酸阳性"})).await;
    }
    let gao = app.login_as("gao.yuan", Some("command-staff")).await;
    let day = |shown: &Value, series: &str| {
        let line = shown["series"].as_array().unwrap().iter().find(|l| l["code"] == series).unwrap().clone();
        let days = line["days"].as_array().unwrap();
        let of = days.iter().find(|d| d["date"] == "2026-11-21").unwrap();
        ["published", "value", "added", "removed"].map(|of_what| of[of_what].clone())
    };
    let shown = gao.get("/api/figures/daily?to=2026-11-21").await.ok();
    assert_eq!(day(&shown, "confirmed"), [json!(null), json!(2), json!(0), json!(0)], "the day runs");
    assert_eq!(day(&shown, "connected"), [json!(null), json!(4), json!(0), json!(0)], "four of the six have people");
    app.clock().advance(jiff::SignedDuration::from_hours(24));
    let zhou = app.login("zhou.ming").await;
    does(&zhou, &cases[0], "exclude", json!({"reason": "复核为阴性"})).await;
    let late = json!({"class": "confirmed", "at": "2026-11-21T12:00:00Z", "reason": "昨日核酸阳性"});
    does(&zhou, &cases[2], "confirm", late).await;

    let gao = app.login_as("gao.yuan", Some("command-staff")).await;
    let shown = gao.get("/api/figures/daily?from=2026-11-20&to=2026-11-22").await.ok();
    assert_eq!(day(&shown, "confirmed"), [json!(2), json!(2), json!(1), json!(1)], "as many, and not the same");
    assert_eq!(shown["series"][0]["rule"]["version"], 1);
    gao.get("/api/figures/daily?from=2026-01-01&to=2026-11-22").await.refused(400, "figures.span");
    let open = "/api/figures/daily/cases?series=confirmed&day=2026-11-21";
    gao.get(open).await.refused(404, "not_found");
    zhou.get("/api/figures/daily").await.refused(404, "not_found");
    let officer = app.login_as("gao.yuan", Some("outbreak-officer")).await;
    let opened = officer.get(open).await.ok();
    let stands = |n: usize| {
        let item = opened["cases"].as_array().unwrap().iter().find(|c| c["id"] == cases[n]["id"]).unwrap();
        assert_eq!(item["number"], cases[n]["number"]);
        (item["published"].clone(), item["known"].clone())
    };
    assert_eq!(
        [stands(0), stands(1), stands(2)],
        [(json!(true), json!(false)), (json!(true), json!(true)), (json!(false), json!(true))]
    );
    assert!(!opened.to_string().contains("王卫东"));

    // The same after a start anew: nothing of it was kept beside the record.
    app.restart().await;
    let gao = app.login_as("gao.yuan", Some("command-staff")).await;
    let again = gao.get("/api/figures/daily?from=2026-11-20&to=2026-11-22").await.ok();
    assert_eq!(again, shown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consultation_on_a_severe_case_is_counted_and_so_is_the_discharge() {
    let app = TestApp::at(start()).await;
    let (consult, zhou, _) = super::amend::signed(&app).await;
    officer(&app).await;
    let patient = zhou.get(&format!("/api/consults/{consult}")).await.ok()["patient"]["id"].clone();
    let body = report(patient.as_str().unwrap(), "covid-19", "2026-11-21T00:01:00Z");
    let case = zhou.post("/api/outbreak/cases", &body).await.ok();
    let path = format!("/api/outbreak/cases/{}/type", case["id"].as_str().unwrap());
    let mut typing = json!({"version": case["version"], "values": values(36.0)});
    zhou.post(&path, &typing).await.refused(422, "outbreak.no_age");
    typing["age_months"] = 700.into();
    assert_eq!(zhou.post(&path, &typing).await.ok()["judgement"]["grade"], "severe");
    app.clock().advance(jiff::SignedDuration::from_hours(24));
    let zhou = app.login("zhou.ming").await;
    does(&zhou, &case, "facts", json!({"outcome": {"end": "discharged", "at": "2026-11-22T01:00:00Z"}})).await;

    let gao = app.login_as("gao.yuan", Some("command-staff")).await;
    let shown = gao.get("/api/figures/daily?from=2026-11-21&to=2026-11-22").await.ok();
    let line = |series: &str| {
        let lines = shown["series"].as_array().unwrap();
        let days = lines.iter().find(|l| l["code"] == series).unwrap()["days"].as_array().unwrap().clone();
        days.iter().map(|d| (d["published"].as_u64(), d["value"].as_u64().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(line("consulted"), [(Some(1), 1), (None, 0)]);
    assert_eq!(line("severe"), [(Some(1), 1), (None, 0)]);
    assert_eq!(line("discharged"), [(Some(0), 0), (None, 1)]);
    assert_eq!(line("confirmed"), [(Some(0), 0), (None, 0)], "nobody confirmed it");
    assert_eq!(shown["distinct_patients"], 1);
    let officer = app.login_as("gao.yuan", Some("outbreak-officer")).await;
    let opened = officer.get("/api/figures/daily/cases?series=severe&day=2026-11-21").await.ok();
    assert_eq!((&opened["cases"][0]["id"], &opened["cases"][0]["kind"]), (&json!(consult), &json!("consult")));
    // What is handed on hides a single case, and the sum that would give it away.
    let report = gao.get("/api/figures/daily/report?from=2026-11-21&to=2026-11-22").await.ok();
    let consulted =
        report["group"].as_array().unwrap().iter().find(|g| g["code"]["coding"][0]["code"] == "consulted").unwrap();
    assert!(consulted["population"][0]["count"].is_null());
    assert_eq!(consulted["stratifier"][0]["stratum"][1]["population"][0]["count"], 0);
    zhou.get("/api/figures/daily/report").await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_raised_once_told_and_taken_note_of() {
    let app = TestApp::at(start()).await;
    let zhou = app.login("zhou.ming").await;
    let officer = officer(&app).await;
    let gao = app.login_as("gao.yuan", Some("command-staff")).await;
    let mut cases = vec![];
    for n in 0..5 {
        let at = patient(&zhou, &format!("患者{n}"), &format!("E3000000{n}"), "1990-01-01").await;
        cases.push(
            zhou.post("/api/outbreak/cases", &report(&at, "dengue", "2026-11-21T01:00:00Z")).await.ok()["id"].clone(),
        );
        app.run_jobs().await;
    }
    let alerts = officer.get("/api/outbreak/alerts").await.ok();
    let rules: std::collections::BTreeMap<String, Value> = alerts["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| (a["rule"].as_str().unwrap().to_owned(), a.clone()))
        .collect();
    assert_eq!(rules.keys().collect::<Vec<_>>(), ["cluster", "ears-c1", "ears-c2", "ears-c3", "first-case"]);
    assert_eq!(rules["first-case"]["cases"], json!([cases[0]]), "raised by the first, and once");
    assert_eq!((&rules["cluster"]["count"], &rules["cluster"]["place"]["id"]), (&json!(5), &json!("guangshan")));
    let plain = gao.get("/api/outbreak/alerts").await.ok();
    assert_eq!(plain["alerts"].as_array().unwrap().len(), 5);
    assert!(plain["alerts"][0]["cases"].is_null(), "numbers to command, cases to the officer");
    zhou.get("/api/outbreak/alerts").await.refused(404, "not_found");
    let notices = officer.get("/api/notices").await.ok();
    assert!(notices.to_string().contains("outbreak.alert"), "{notices}");

    let path = format!("/api/outbreak/alerts/{}/acknowledge", rules["cluster"]["id"].as_str().unwrap());
    gao.post(&path, &json!({"said": "x"})).await.refused(404, "not_found");
    officer.post(&path, &json!({"said": " "})).await.refused(422, "outbreak.text");
    assert_eq!(officer.post(&path, &json!({"said": "已派流调队"})).await.status, 204);
    officer.post(&path, &json!({"said": "再次"})).await.refused(409, "outbreak.noted");
    let open = officer.get("/api/outbreak/alerts?open=true").await.ok();
    assert_eq!(open["alerts"].as_array().unwrap().len(), 4);
    let noted = officer.get("/api/outbreak/alerts").await.ok();
    let noted = noted["alerts"].as_array().unwrap().iter().find(|a| a["rule"] == "cluster").unwrap().clone();
    assert_eq!((&noted["noted"], &noted["version"]), (&json!("已派流调队"), &json!(2)));
}
