//! The administration over HTTP: hospitals, departments, rooms, people; what is delegated and what is not; links; settings.

use jiff::SignedDuration;
use kernel::Clock;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

const PASSWORD: &str = "consilium-demo";

async fn start() -> TestApp {
    TestApp::at("2026-03-02T00:30:00Z".parse().unwrap()).await
}

fn new_person(account: &str, hospital: &str, role: &str) -> Value {
    json!({"account": account, "person": {"name": "钱进", "name_en": "Qian Jin", "title": "主治医师", "languages": ["zh"]},
        "posts": [{"hospital": hospital, "role": role}]})
}

async fn person(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/admin/people/{id}")).await.ok()
}

#[tokio::test]
async fn a_hospital_grows_and_closes() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let sites = he.get("/api/admin/hospitals").await.ok();
    let ids: Vec<_> = sites["sites"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"guangshan") && ids.contains(&"popihe") && !ids.contains(&"xinyang"), "{ids:?}");
    let village = json!({"id": "shili", "name": "十里村卫生室", "name_en": "Shili Clinic", "level": "village", "parent": "popihe"});
    assert_eq!(he.post("/api/admin/hospitals", &village).await.ok()["id"], "shili");
    let again = he.post("/api/admin/hospitals", &village).await.refused(422, "directory.unfit");
    assert_eq!(
        (&again["params"]["faults"][0]["field"], &again["params"]["faults"][0]["code"]),
        (&json!("id"), &json!("taken"))
    );
    for (parent, status) in [("xinyang", 404), ("nowhere", 404)] {
        let other = json!({"name": "x", "name_en": "x", "level": "village", "parent": parent});
        assert_eq!(he.post("/api/admin/hospitals", &other).await.status, status, "{parent}");
    }
    let high = json!({"name": "x", "name_en": "x", "level": "city", "parent": "popihe"});
    he.post("/api/admin/hospitals", &high).await.refused(422, "directory.unfit");

    let change = |parent: &str, active: bool| json!({"name": "十里村卫生室", "name_en": "Shili", "level": "village", "parent": parent, "active": active});
    he.put("/api/admin/hospitals/shili", &change("xinyang", true)).await.refused(422, "directory.unfit");
    he.put("/api/admin/hospitals/shili", &change("shili", true)).await.refused(422, "directory.unfit");
    assert_eq!(he.put("/api/admin/hospitals/shili", &change("guangshan", false)).await.status, 204);
    let seen = he.get("/api/hospitals").await.ok();
    assert!(!seen["hospitals"].as_array().unwrap().iter().any(|h| h["id"] == "shili"), "closed ones are not offered");
    let closed = he.get("/api/admin/hospitals").await.ok();
    let closed = closed["sites"].as_array().unwrap().iter().find(|s| s["id"] == "shili").cloned().unwrap();
    assert_eq!((&closed["active"], &closed["parent"]), (&json!(false), &json!("guangshan")));
}

#[tokio::test]
async fn departments_and_rooms() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let path = "/api/admin/hospitals/guangshan/places";
    let place = |kind: &str, name: &str| json!({"kind": kind, "name": name, "name_en": name});
    let made = he.post(path, &place("department", "呼吸科")).await.ok();
    let id = made["id"].as_str().unwrap();
    he.post(path, &place("department", "呼吸科")).await.refused(422, "directory.unfit");
    he.post(path, &place("cellar", "呼吸")).await.refused(422, "directory.unfit");
    he.post(path, &place("room", " ")).await.refused(422, "directory.unfit");
    he.post(path, &place("room", "呼吸科")).await.ok();
    he.post("/api/admin/hospitals/xinyang/places", &place("room", "x")).await.refused(404, "not_found");
    let close = json!({"name": "呼吸内科", "name_en": "Respiratory", "active": false});
    assert_eq!(he.put(&format!("/api/admin/places/{id}"), &close).await.status, 204);
    let places = he.get(path).await.ok();
    let row = places["places"].as_array().unwrap().iter().find(|p| p["id"] == id).cloned().unwrap();
    assert_eq!((&row["name"], &row["active"], &row["kind"]), (&json!("呼吸内科"), &json!(false), &json!("department")));
    app.login("li.wei").await.get(path).await.refused(404, "not_found");
}

#[tokio::test]
async fn somebody_new_comes_by_a_link_that_works_once() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let link = he.post("/api/admin/people", &new_person("Qian.Jin", "guangshan", "asking-doctor")).await.ok();
    let (id, token) = (link["id"].as_str().unwrap().to_owned(), link["token"].as_str().unwrap().to_owned());
    assert_eq!(link["account"], "qian.jin");
    app.nobody().sign_in("qian.jin", "").await.refused(401, "session.refused");
    assert!(person(&he, &id).await["link_until"].is_string());
    let welcome = async |token: &str, password: &str| {
        app.nobody().post("/api/welcome", &json!({"token": token, "password": password})).await
    };
    for wrong in ["", "x", &format!("{id}.0"), &token[1..]] {
        welcome(wrong, "a good password").await.refused(404, "not_found");
    }
    welcome(&token, "short").await.refused(422, "session.unfit-password");
    assert_eq!(welcome(&token, "a good password").await.ok()["account"], "qian.jin");
    welcome(&token, "another password").await.refused(404, "not_found");
    let me = app.nobody().sign_in("qian.jin", "a good password").await.ok();
    assert_eq!(me["role"]["role"], "asking-doctor");

    let late = he.post("/api/admin/people", &new_person("late", "popihe", "asking-doctor")).await.ok();
    app.clock().advance(SignedDuration::from_hours(72));
    welcome(late["token"].as_str().unwrap(), "a good password").await.refused(404, "not_found");
    let ledger = app.platform().store.entries(0, 10_000).await.unwrap();
    let told = ledger.iter().filter(|e| e.act.what == "session.welcome").count();
    assert_eq!(told, 1);
    assert!(!app.logs().contains(&token));
}

#[tokio::test]
async fn two_who_come_by_one_link_at_once() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let link = he.post("/api/admin/people", &new_person("qian", "guangshan", "asking-doctor")).await.ok();
    let nobody = app.nobody();
    let come = |password: &str| {
        let (nobody, body) = (nobody.clone(), json!({"token": link["token"], "password": password}));
        async move { nobody.post("/api/welcome", &body).await.status }
    };
    let (one, two) = tokio::join!(come("first password"), come("second password"));
    let mut statuses = [one, two];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
}

#[tokio::test]
async fn what_is_wrong_with_a_person_is_said_field_by_field() {
    let app = start().await;
    let he = app.login("he.jing").await;
    let mut bad = new_person("zhou.ming", "guangshan", "wizard");
    bad["person"]["name"] = json!(" ");
    bad["person"]["licence"] = json!("=1+1");
    bad["posts"][0]["specialties"] = json!(["astrology"]);
    let refused = he.post("/api/admin/people", &bad).await.refused(422, "directory.unfit");
    let faults = refused["params"]["faults"].as_array().unwrap();
    let said: Vec<_> =
        faults.iter().map(|f| format!("{} {}", f["field"].as_str().unwrap(), f["code"].as_str().unwrap())).collect();
    assert_eq!(said, ["name missing", "licence not-allowed", "role unknown", "specialties unknown"]);
    let taken = he.post("/api/admin/people", &new_person("zhou.ming", "guangshan", "asking-doctor")).await;
    assert_eq!(taken.refused(422, "directory.unfit")["params"]["faults"][0]["code"], "taken");
    // Two at once with one sign-in name: one of them.
    let person = new_person("one.name", "guangshan", "asking-doctor");
    let (a, b) = tokio::join!(he.post("/api/admin/people", &person), he.post("/api/admin/people", &person));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

#[tokio::test]
async fn delegated_to_the_own_hospital_and_below() {
    let app = start().await;
    let (he, admin) = (app.login("he.jing").await, app.login("admin").await);
    // Where the specialists are: above Guangshan.
    let above = app.platform().directory.roles_of(&"li-wei".parse().unwrap()).remove(0).hospital.clone();
    for other in ["xinyang", above.as_str()] {
        he.post("/api/admin/people", &new_person("x", other, "asking-doctor")).await.refused(404, "not_found");
    }
    let over = new_person("x", "guangshan", "platform-administrator");
    he.post("/api/admin/people", &over).await.refused(422, "directory.unfit");
    let listed = he.get("/api/admin/people?count=200").await.ok();
    let mine = |people: &Value| {
        people["people"].as_array().unwrap().iter().all(|p| {
            p["posts"]
                .as_array()
                .unwrap()
                .iter()
                .any(|post| ["guangshan", "popihe"].contains(&post["hospital"].as_str().unwrap()))
        })
    };
    assert!(mine(&listed), "{listed}");
    he.get("/api/admin/people/li-wei").await.refused(404, "not_found");
    he.post("/api/admin/people/li-wei/reset", &json!({})).await.refused(404, "not_found");
    for name in ["li.wei", "zhou.ming", "chen.tao", "gao.yuan"] {
        let someone = app.login(name).await;
        for path in [
            "/api/admin/people",
            "/api/admin/hospitals",
            "/api/admin/settings",
            "/api/admin/export?what=people&format=csv",
        ] {
            someone.get(path).await.refused(404, "not_found");
        }
    }

    // Whoever also works elsewhere belongs to neither of the two alone.
    let shared = admin.post("/api/admin/people", &new_person("both", "guangshan", "asking-doctor")).await.ok();
    let id = shared["id"].as_str().unwrap();
    let before = person(&admin, id).await;
    let post = before["row"]["posts"][0].clone();
    let posts = json!([{"id": post["id"], "hospital": "guangshan", "role": "asking-doctor"}, {"hospital": above, "role": "specialist", "specialties": ["respiratory"]}]);
    let fields = json!({"name": "钱进", "name_en": "Qian Jin", "title": "主治医师", "languages": ["zh"]});
    let change = json!({"version": before["version"], "person": fields, "posts": posts});
    assert_eq!(admin.put(&format!("/api/admin/people/{id}"), &change).await.status, 204);
    admin.put(&format!("/api/admin/people/{id}"), &change).await.refused(409, "stale");
    let seen = person(&he, id).await;
    assert_eq!((&seen["wholly"], seen["row"]["posts"].as_array().unwrap().len()), (&json!(false), 2));
    for (method, path) in [("POST", "reset"), ("DELETE", "factor"), ("DELETE", "sessions"), ("GET", "sessions")] {
        let request = he.request(method, &format!("/api/admin/people/{id}/{path}"));
        he.send(request).await.refused(403, "directory.shared-person");
    }
    let disable = json!({"active": false});
    he.put(&format!("/api/admin/people/{id}/active"), &disable).await.refused(403, "directory.shared-person");
    // But the post at the own hospital ends at its administrator's word.
    let end = json!({"version": seen["version"], "person": fields, "posts": []});
    assert_eq!(he.put(&format!("/api/admin/people/{id}"), &end).await.status, 204);
    let left = person(&admin, id).await;
    let posts: Vec<_> =
        left["row"]["posts"].as_array().unwrap().iter().map(|p| p["hospital"].as_str().unwrap()).collect();
    assert_eq!(posts, [above.as_str()]);
    he.get(&format!("/api/admin/people/{id}")).await.ok();
}

#[tokio::test]
async fn disabled_at_once_and_enabled_again() {
    let app = start().await;
    let (he, zhou) = (app.login("he.jing").await, app.login("zhou.ming").await);
    let path = "/api/admin/people/zhou-ming/active";
    assert_eq!(he.put(path, &json!({"active": false, "why": "休假"})).await.status, 204);
    zhou.get("/api/session").await.refused(401, "session.none");
    app.nobody().sign_in("zhou.ming", PASSWORD).await.refused(401, "session.refused");
    assert_eq!(he.get("/api/admin/people?q=zhou.ming").await.ok()["total"], 0);
    let disabled = he.get("/api/admin/people?state=disabled").await.ok();
    assert_eq!(disabled["people"][0]["id"], "zhou-ming");
    he.post("/api/admin/people/zhou-ming/reset", &json!({})).await.refused(409, "directory.no-account");
    let named = app.platform().directory.person_ref(&"zhou-ming".parse().unwrap()).unwrap();
    assert_eq!(named.name, "周明", "the record still names whoever works here no longer");
    assert_eq!(he.put(path, &json!({"active": true})).await.status, 204);
    assert_eq!(app.nobody().sign_in("zhou.ming", PASSWORD).await.ok()["role"]["role"], "asking-doctor");
    he.put("/api/admin/people/he-jing/active", &json!({"active": false})).await.refused(409, "directory.yourself");
    let admin = app.login("admin").await;
    admin.put("/api/admin/people/admin/active", &json!({"active": false})).await.refused(409, "directory.yourself");
}

#[tokio::test]
async fn a_reset_makes_a_new_signing_certificate() {
    let app = start().await;
    let (admin, li) = (app.login("admin").await, app.login("li.wei").await);
    let before = person(&admin, "li-wei").await["certificates"].clone();
    assert_eq!(before.as_array().unwrap().len(), 1);
    let link = admin.post("/api/admin/people/li-wei/reset", &json!({})).await.ok();
    li.get("/api/session").await.refused(401, "session.none");
    app.nobody().sign_in("li.wei", PASSWORD).await.refused(401, "session.refused");
    let second = admin.post("/api/admin/people/li-wei/reset", &json!({})).await.ok();
    let welcome = async |link: &Value| {
        app.nobody().post("/api/welcome", &json!({"token": link["token"], "password": "a new password"})).await
    };
    welcome(&link).await.refused(404, "not_found");
    welcome(&second).await.ok();
    app.nobody().sign_in("li.wei", "a new password").await.ok();
    let after = person(&admin, "li-wei").await["certificates"].clone();
    assert_eq!(after.as_array().unwrap().len(), 2);
    assert!(after[0]["ended_at"].is_null() && after[1]["ended_at"].is_string(), "{after}");
    let account = app.platform().store.account("li.wei").await.unwrap().unwrap();
    assert!(app.platform().pki.unlock(&account.keys.unwrap(), "a new password").is_ok());
}

#[tokio::test]
async fn an_administrator_ends_sessions_and_takes_a_lost_second_factor_away() {
    let app = start().await;
    let (he, zhou) = (app.login("he.jing").await, app.login("zhou.ming").await);
    zhou.enrol_factor(PASSWORD, app.clock().now()).await;
    let recent = he.get("/api/admin/people/zhou-ming/sessions").await.ok();
    assert_eq!((recent["open"].as_array().unwrap().len(), &recent["open"][0]["this"]), (1, &json!(false)));
    assert_eq!(he.delete("/api/admin/people/zhou-ming/sessions").await.status, 204);
    zhou.get("/api/session").await.refused(401, "session.none");
    assert_eq!(app.nobody().sign_in("zhou.ming", PASSWORD).await.ok()["step"], "prove");
    assert_eq!(he.delete("/api/admin/people/zhou-ming/factor").await.status, 204);
    assert_eq!(app.nobody().sign_in("zhou.ming", PASSWORD).await.ok()["step"], "done");
    let ledger = app.platform().store.entries(0, 10_000).await.unwrap();
    let entry = ledger.iter().find(|e| e.act.what == "directory.person_factor").unwrap();
    assert_eq!(entry.act.person.as_ref().unwrap().as_str(), "he-jing");
}

#[tokio::test]
async fn settings_are_bounded_have_a_reason_and_a_history() {
    let app = start().await;
    let (admin, he) = (app.login("admin").await, app.login("he.jing").await);
    let path = "/api/admin/settings/timers.urgent.first_look";
    let set = async |value: Value, number: u64, why: &str| {
        admin.put(path, &json!({"value": value, "number": number, "why": why})).await
    };
    he.put(path, &json!({"value": 5, "number": 0, "why": "x"})).await.refused(404, "not_found");
    set(json!(0), 0, "x").await.refused(422, "settings.unfit");
    set(json!(20), 0, "  ").await.refused(422, "settings.no-reason");
    let other = admin.put("/api/admin/settings/timers.urgent.nap", &json!({"value": 1, "number": 0, "why": "x"})).await;
    other.refused(422, "settings.unknown");
    let now = set(json!(20), 0, "夜班人手少").await.ok();
    assert_eq!((&now["value"], &now["default"], &now["set_here"]), (&json!(20), &json!(15), &json!(true)));
    assert_eq!(app.platform().timers().urgent.first_look_minutes, 20);
    let conflict = set(json!(30), 0, "x").await.refused(409, "settings.changed");
    assert_eq!(conflict["params"]["by"]["id"], "admin");
    set(json!(30), 1, "再试").await.ok();
    set(json!(null), 2, "回到默认").await.ok();
    assert_eq!(app.platform().timers().urgent.first_look_minutes, 15);
    let history = admin.get(path).await.ok();
    let values: Vec<_> = history["changes"].as_array().unwrap().iter().map(|c| c["value"].clone()).collect();
    assert_eq!(values, [json!(null), json!(30), json!(20)]);
    assert_eq!(
        (&history["changes"][2]["why"], &history["changes"][2]["by"]["id"]),
        (&json!("夜班人手少"), &json!("admin"))
    );

    let idle = admin.put("/api/admin/settings/sign_in.idle", &json!({"value": 5, "number": 0, "why": "x"})).await;
    idle.ok();
    app.clock().advance(SignedDuration::from_mins(6));
    admin.get("/api/session").await.refused(401, "session.none");
}

#[tokio::test]
async fn a_hospital_demands_a_second_factor_of_its_own() {
    let app = start().await;
    let (he, zhou) = (app.login("he.jing").await, app.login("zhou.ming").await);
    let path = "/api/admin/settings/sign_in.second_factor_demanded";
    let on = json!({"value": true, "number": 0, "why": "等保三级"});
    he.put(path, &on).await.refused(404, "not_found");
    he.put(&format!("{path}?hospital=xinyang"), &on).await.refused(404, "not_found");
    he.put(&format!("{path}?hospital=guangshan"), &on).await.ok();
    let timer = "/api/admin/settings/timers.urgent.first_look?hospital=guangshan";
    he.put(timer, &json!({"value": 5, "number": 0, "why": "x"})).await.refused(422, "settings.unknown");
    let below = he.get("/api/admin/settings?hospital=popihe").await.ok();
    assert_eq!((&below["settings"][0]["value"], &below["settings"][0]["set_here"]), (&json!(true), &json!(false)));

    zhou.get("/api/session").await.ok();
    let again = app.nobody();
    assert_eq!(again.sign_in("zhou.ming", PASSWORD).await.ok()["step"], "enrol");
    again.get("/api/hospitals").await.refused(401, "session.none");
    let (_, done) = again.enrol_factor(PASSWORD, app.clock().now()).await;
    assert_eq!((&done["me"]["step"], &done["me"]["role"]["role"]), (&json!("done"), &json!("asking-doctor")));
    again.get("/api/hospitals").await.ok();
    let end = json!({"password": PASSWORD, "code": done["recovery_codes"][0]});
    again.post("/api/session/factor/end", &end).await.refused(409, "session.factor-demanded");
    assert_eq!(app.nobody().sign_in("li.wei", PASSWORD).await.ok()["step"], "done", "others are not asked");
}
