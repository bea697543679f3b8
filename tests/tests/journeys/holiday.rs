//! A public holiday: nobody keeps weekly hours, who is on call is there, and a Saturday made up for it is worked.

use super::consult::{expert, hand_in};
use super::step;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

/// Ten in the morning of a Wednesday in Zhengzhou, the day before National Day's week.
const BEGIN: &str = "2026-09-30T02:00:00Z";

async fn days(admin: &Client, key: &str, days: Value) -> testkit::Answer {
    let path = format!("/api/admin/settings/schedule.{key}?hospital=province");
    admin.put(&path, &json!({"value": days, "why": "国务院办公厅放假通知", "number": 0})).await
}

#[tokio::test]
async fn nobody_keeps_hours_on_a_public_holiday() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (admin, zhou, chen) = (app.login("admin").await, app.login("zhou.ming").await, app.login("chen.tao").await);
    days(&admin, "holidays", json!(["2026-10-02", "2026-10-01"])).await.refused(422, "settings.unfit");
    let off: Vec<String> = (1..=8).map(|day| format!("2026-10-0{day}")).collect();
    days(&admin, "holidays", json!(off)).await.ok();
    days(&admin, "workdays", json!(["2026-10-10"])).await.ok();

    let role = expert(&chen, "Li Wei").await.as_str().unwrap().to_owned();
    let week = json!([{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00:00", "to": "18:00:00"}]);
    let put = json!({"version": 0, "hours": week, "limit": null});
    let now = chen.put(&format!("/api/rota/{role}/hours"), &put).await.ok();
    let duty = json!({"version": now["version"], "from": "2026-10-03T00:00:00Z", "to": "2026-10-03T04:00:00Z",
        "specialty": "respiratory", "rank": 1});
    assert_eq!(chen.post(&format!("/api/rota/{role}/duties"), &duty).await.status, 201);
    let rota = chen.get("/api/rota?from=2026-10-01T00:00:00Z&to=2026-10-11T00:00:00Z").await.ok();
    assert_eq!((&rota["holidays"], &rota["workdays"]), (&json!(off), &json!(["2026-10-10"])));
    let row = rota["experts"].as_array().unwrap().iter().find(|r| r["role"] == role.as_str()).unwrap();
    let spell = |from: &str, to: &str| json!({"from": from, "to": to});
    let there = json!([
        spell("2026-10-03T00:00:00Z", "2026-10-03T04:00:00Z"),
        spell("2026-10-09T00:00:00Z", "2026-10-09T10:00:00Z"),
        spell("2026-10-10T00:00:00Z", "2026-10-10T10:00:00Z")
    ]);
    assert_eq!(row["there"], there, "on call on Saturday, back on Friday, and the Saturday after is worked");

    // A Thursday that is off refuses as a Sunday does.
    let (id, _) = hand_in(&zhou, "00251234").await;
    let off = step(&chen, &id, "assign", json!({"experts": [role], "start": "2026-10-01T02:00:00Z"})).await;
    let off = off.refused(409, "schedule.away");
    assert_eq!(off["params"]["until"], "2026-10-03T00:00:00Z", "when they are on call");
    step(&chen, &id, "assign", json!({"experts": [role], "start": "2026-10-10T02:00:00Z"})).await.ok();
}
