//! An expert in another time zone: their hours are by their own clock, whoever plans with them sees it, days stay the centre's.

use super::consult::hand_in;
use super::licence::kept;
use super::step;
use serde_json::{Value, json};
use testkit::TestApp;

/// Ten in the morning of a Saturday in Zhengzhou, four in Lusaka.
const BEGIN: &str = "2026-11-21T02:00:00Z";
const ZONE: &str = "Africa/Lusaka";

#[tokio::test]
async fn an_expert_who_works_in_another_time_zone() {
    let app = TestApp::at(BEGIN.parse().unwrap()).await;
    let (admin, zhou, chen) = (app.login("admin").await, app.login("zhou.ming").await, app.login("chen.tao").await);
    let refused = kept(&admin, "li-wei", json!({"time_zone": "Mars/Base"})).await.refused(422, "directory.unfit");
    assert_eq!(refused["params"]["faults"][0]["field"], "time_zone");
    kept(&admin, "li-wei", json!({"time_zone": ZONE})).await.ok();
    assert_eq!(admin.get("/api/admin/people/li-wei").await.ok()["time_zone"], ZONE);
    // As every FHIR client finds it.
    let practitioner = chen.get("/fhir/Practitioner/li-wei").await.ok();
    let extensions = practitioner["extension"].as_array().unwrap();
    let zone = json!({"url": "http://hl7.org/fhir/StructureDefinition/timezone", "valueCode": ZONE});
    assert!(extensions.contains(&zone), "{practitioner}");

    // Eight to six by the clock there is six to four in UTC; without a zone it would be midnight to ten.
    let role = "li-wei-specialist";
    let week = json!([{"days": ["mon", "tue", "wed", "thu", "fri", "sat"], "from": "08:00:00", "to": "18:00:00"}]);
    chen.put(&format!("/api/rota/{role}/hours"), &json!({"version": 0, "hours": week, "limit": null})).await.ok();
    let rota = chen.get("/api/rota").await.ok();
    let of = |rota: &Value, id: &str| rota["experts"].as_array().unwrap().iter().find(|r| r["role"] == id).cloned();
    let row = of(&rota, role).unwrap();
    assert_eq!((&rota["zone"], &row["zone"]), (&json!("Asia/Shanghai"), &json!(ZONE)));
    assert_eq!(row["there"][0], json!({"from": "2026-11-21T06:00:00Z", "to": "2026-11-21T16:00:00Z"}));
    let others = rota["experts"].as_array().unwrap().iter().filter(|r| r["role"] != role);
    assert!(others.into_iter().all(|r| r["zone"].is_null()), "who works by the centre's clock has none");
    assert_eq!(of(&chen.get("/api/experts").await.ok(), role).unwrap()["zone"], ZONE);

    // Nobody is called out of bed by the rota of another continent, and the plan waits for their morning.
    let (id, _) = hand_in(&zhou, "00241234").await;
    let too_early = json!({"experts": [role], "start": "2026-11-21T03:00:00Z"});
    let away = step(&chen, &id, "assign", too_early).await.refused(409, "schedule.away");
    assert_eq!(away["params"]["until"], "2026-11-21T06:00:00Z");
    let plan = chen.post("/api/schedule/proposals", &json!({"more_rooms": 0})).await.ok();
    let meeting = &plan["proposals"][0]["proposed"];
    assert_eq!(meeting["experts"][0]["role"], role, "{plan}");
    let start: jiff::Timestamp = meeting["start"].as_str().unwrap().parse().unwrap();
    assert!(start >= "2026-11-21T06:00:00Z".parse().unwrap(), "{start}");
    step(&chen, &id, "assign", json!({"experts": [role], "start": "2026-11-21T06:00:00Z"})).await.ok();

    // Back by the centre's clock.
    kept(&admin, "li-wei", json!({"time_zone": null})).await.ok();
    assert_eq!(of(&chen.get("/api/rota").await.ok(), role).unwrap()["there"][0]["from"], BEGIN);
}
