//! A licence to practise that ends: until its last day its holder advises, from the next one nobody asks them.

use super::consult::{case, expert, hand_in};
use super::step;
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

/// Ten in the morning in Zhengzhou.
const BEGIN: &str = "2026-11-21T02:00:00Z";

/// Keeps until when somebody's licence holds.
async fn licence(admin: &Client, person: &str, until: Option<&str>) -> testkit::Answer {
    kept(admin, person, json!({"licence": "110410000001234", "licence_until": until})).await
}

/// Keeps fields of a person over those that stand there.
pub async fn kept(admin: &Client, person: &str, changed: Value) -> testkit::Answer {
    let path = format!("/api/admin/people/{person}");
    let seen = admin.get(&path).await.ok();
    let row = &seen["row"];
    let posts: Vec<Value> = row["posts"].as_array().unwrap().iter().map(|post| {
        json!({"id": post["id"], "hospital": post["hospital"], "role": post["role"], "specialties": post["specialties"], "department": post["department"]})
    }).collect();
    let mut fields =
        json!({"name": row["name"], "name_en": row["name_en"], "title": row["title"], "title_en": row["title_en"]});
    for field in ["licence", "licence_until", "phone", "languages", "time_zone"] {
        fields[field] = seen[field].clone();
    }
    fields.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    admin.put(&path, &json!({"version": seen["version"], "person": fields, "posts": posts})).await
}

#[tokio::test]
async fn an_expert_advises_until_the_last_day_of_the_licence() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (admin, zhou, chen) = (app.login("admin").await, app.login("zhou.ming").await, app.login("chen.tao").await);
    licence(&admin, "li-wei", Some("morgen")).await.refused(422, "directory.unfit");
    licence(&admin, "li-wei", Some("2026-11-21")).await.ok();
    let seen = admin.get("/api/admin/people/li-wei").await.ok();
    assert_eq!((&seen["licence_until"], &seen["row"]["licence_until"]), (&json!("2026-11-21"), &json!("2026-11-21")));

    // Today is its last day: not for tomorrow.
    let (id, _) = hand_in(&zhou, "00551234").await;
    step(&chen, &id, "first-look", json!({})).await.ok();
    let li = expert(&chen, "Li Wei").await;
    let tomorrow = json!({"experts": [li], "start": "2026-11-22T03:00:00Z"});
    let refused = step(&chen, &id, "assign", tomorrow).await.refused(422, "consult.licence");
    assert_eq!(refused["params"]["expert"], li);
    step(&chen, &id, "assign", json!({"experts": [li]})).await.ok();
    let li_wei = app.login("li.wei").await;
    for what in ["accept", "start", "conclude"] {
        step(&li_wei, &id, what, json!({})).await.ok();
    }

    // Past midnight in Zhengzhou nothing is signed under it; renewed, it is.
    app.clock().advance(SignedDuration::from_hours(15));
    let li_wei = app.login("li.wei").await;
    let words =
        json!({"findings": "双肺磨玻璃影", "opinion": "重症肺炎", "advice": "转ICU", "password": "consilium-demo"});
    step(&li_wei, &id, "opinion", words.clone()).await.refused(409, "opinion.licence");
    assert_eq!(case(&app.login("zhou.ming").await, &id).await["state"], "opinion-drafted");
    licence(&app.login("admin").await, "li-wei", Some("2031-11-21")).await.ok();
    step(&li_wei, &id, "opinion", words).await.ok();
}

#[tokio::test]
async fn the_planner_and_the_ring_leave_out_whose_licence_has_ended() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (admin, zhou, chen) = (app.login("admin").await, app.login("zhou.ming").await, app.login("chen.tao").await);
    let (id, _) = hand_in(&zhou, "00661234").await;
    let proposed = async || {
        let plan = chen.post("/api/schedule/proposals", &json!({"more_rooms": 0})).await.ok();
        let own = plan["proposals"].as_array().unwrap().iter().find(|p| p["case"] == json!(id)).unwrap().clone();
        own["proposed"]["experts"][0]["person"]["id"].clone()
    };
    let first = proposed().await;
    let person = first.as_str().expect("somebody is proposed").to_owned();
    licence(&admin, &person, Some("2026-11-20")).await.ok();
    assert_ne!(proposed().await, first);
}

#[tokio::test]
async fn its_holder_and_their_administrator_are_told_before_it_ends() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let admin = app.login("admin").await;
    licence(&admin, "zhou-ming", Some("2027-01-30")).await.ok();
    let told = async |name: &str| {
        let list = app.login(name).await.get("/api/notices").await.ok();
        let all = list["notices"].as_array().unwrap().clone();
        all.into_iter()
            .filter(|n| n["what"] == "directory.licence_ends")
            .map(|n| n["params"].clone())
            .collect::<Vec<_>>()
    };
    app.clock().advance(SignedDuration::from_hours(24 * 9));
    app.run_jobs().await;
    assert_eq!(told("zhou.ming").await.len(), 0, "61 days before, nobody is");
    app.clock().advance(SignedDuration::from_hours(24));
    app.run_jobs().await;
    app.run_jobs().await;
    for name in ["zhou.ming", "he.jing"] {
        let told = told(name).await;
        assert_eq!(told.len(), 1, "{name}");
        assert_eq!(
            (&told[0]["until"], &told[0]["name"], &told[0]["over"]),
            (&json!("2027-01-30"), &json!("周明"), &json!(false))
        );
    }
    assert_eq!(told("chen.tao").await.len(), 0);

    // Renewed: the days of the old end pass in silence, and those of the new one are told.
    licence(&app.login("admin").await, "zhou-ming", Some("2031-01-30")).await.ok();
    app.clock().advance(SignedDuration::from_hours(24 * 62));
    app.run_jobs().await;
    assert_eq!(told("zhou.ming").await.len(), 1);
}
