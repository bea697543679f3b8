//! The machine's clock is set two hours back, and right again; and two hours forth.

use jiff::SignedDuration;
use kernel::Clock;
use serde_json::{Value, json};
use testkit::{Client, TestApp};

const BEGIN: &str = "2026-11-21T02:00:00Z";
const TWO_HOURS: SignedDuration = SignedDuration::from_hours(2);

async fn start() -> TestApp {
    TestApp::at(BEGIN.parse().unwrap()).await
}

/// An emergency of somebody nobody knows: its first look is due in three minutes.
async fn emergency(doctor: &Client) -> String {
    let form = json!({"form": "emergency", "patient": null, "urgency": "emergency", "kind": "live",
        "purpose": "昏迷，瞳孔不等大", "specialty": "critical-care", "callback_phone": "0376-8881234",
        "consent": {"emergency_reason": "意识不清，家属未到"}});
    let draft = doctor.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let handed_in = json!({"draft": draft["id"], "revision": draft["revision"]});
    doctor.post("/api/consults", &handed_in).await.ok()["id"].as_str().unwrap().to_owned()
}

/// How often the clock of the first look has run out.
async fn run_out(app: &TestApp, doctor: &Client, case: &str) -> usize {
    app.run_jobs().await;
    let page = doctor.get(&format!("/api/consults/{case}")).await.ok();
    let acts = page["timeline"].as_array().unwrap();
    acts.iter().filter(|act| act["what"] == "timer.first_look").count()
}

/// Numbers without a gap, and a chain that holds.
async fn ledger_is_whole(app: &TestApp) {
    let store = &app.platform().store;
    let entries = store.entries(0, 100_000).await.unwrap();
    assert!(entries.iter().zip(1..).all(|(entry, number)| entry.number == number), "without a gap");
    assert_eq!(store.verify().await.unwrap().entries, entries.len() as u64);
}

struct Draft(String, Value);

impl Draft {
    async fn begin(doctor: &Client) -> Self {
        let draft = doctor.post("/api/drafts/consult", &json!({"body": {"n": 0}})).await.ok();
        Self(format!("/api/drafts/consult/{}", draft["id"].as_str().unwrap()), draft["revision"].clone())
    }

    async fn save(&mut self, doctor: &Client, n: u32) {
        let saved = doctor.put(&self.0, &json!({"revision": self.1, "body": {"n": n}})).await.ok();
        assert!(saved["revision"].as_u64() > self.1.as_u64(), "a draft's revision grows: {saved}");
        self.1 = saved["revision"].clone();
        assert_eq!(doctor.get(&self.0).await.ok()["body"]["n"], n, "the last that was saved is what there is");
    }
}

#[tokio::test]
async fn two_hours_back_and_right_again_end_nothing_and_repeat_nothing() {
    let mut app = start().await;
    let zhou = app.login("zhou.ming").await;
    let mut draft = Draft::begin(&zhou).await;
    let case = emergency(&zhou).await;
    let mut page = zhou.events(None).await;
    let mut last = page.any().await.unwrap().id;

    app.clock().advance(SignedDuration::from_mins(1));
    draft.save(&zhou, 1).await;
    app.clock().advance(-TWO_HOURS);
    draft.save(&zhou, 2).await;
    assert_eq!(run_out(&app, &zhou, &case).await, 0, "nothing is due by a clock that is behind");
    let other = emergency(&zhou).await;
    // What happens now is later, whatever its hour: the stream goes on by number.
    let store = app.platform().store.clone();
    let sealed = *store.sealed().borrow();
    while last < sealed {
        let event = page.next(std::time::Duration::from_secs(30)).await;
        let Some(event) = event else { break };
        assert!(event.id >= last, "{} after {last}", event.id);
        last = event.id;
    }
    zhou.get(&format!("/api/consults/{other}")).await.ok();
    ledger_is_whole(&app).await;

    // Restarted while the clock is wrong, then set right.
    app.restart().await;
    let again = app.login("zhou.ming").await;
    draft.save(&again, 3).await;
    app.clock().advance(TWO_HOURS);
    assert_eq!(again.get("/api/session").await.status, 401, "two hours by the only clock there is");
    let again = app.login("zhou.ming").await;
    draft.save(&again, 4).await;
    assert_eq!(run_out(&app, &again, &case).await, 0, "one minute in truth");
    app.clock().advance(SignedDuration::from_mins(2));
    assert_eq!(run_out(&app, &again, &case).await, 1, "three minutes");
    app.clock().advance(-TWO_HOURS);
    assert_eq!(run_out(&app, &again, &case).await, 1);
    app.clock().advance(TWO_HOURS);
    assert_eq!(run_out(&app, &again, &case).await, 1, "what was done is done once");
    ledger_is_whole(&app).await;
}

#[tokio::test]
async fn a_short_fault_of_the_clock_throws_nobody_out() {
    let app = start().await;
    let zhou = app.login("zhou.ming").await;
    for by in [-TWO_HOURS, TWO_HOURS, -TWO_HOURS, TWO_HOURS] {
        app.clock().advance(by);
        assert_eq!(zhou.get("/api/session").await.status, 200, "{} at {}", by, app.clock().now());
    }
}

#[tokio::test]
async fn two_hours_forth_ask_for_the_password_and_lose_nothing() {
    let app = start().await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let mut draft = Draft::begin(&zhou).await;
    draft.save(&zhou, 1).await;
    let case = emergency(&zhou).await;
    app.clock().advance(TWO_HOURS);
    zhou.get("/api/session").await.refused(401, "session.none");
    let zhou = app.login("zhou.ming").await;
    draft.save(&zhou, 2).await;
    assert_eq!(run_out(&app, &zhou, &case).await, 1, "everybody is told late rather than never, and once");
    app.clock().advance(-TWO_HOURS);
    draft.save(&zhou, 3).await;
    assert_eq!(run_out(&app, &zhou, &case).await, 1);
    assert_eq!(chen.get("/api/session").await.status, 200, "who did nothing meanwhile is here still");
    let until: kernel::Time = zhou.get("/api/session").await.ok()["until"].as_str().unwrap().parse().unwrap();
    let longest = app.clock().now() + TWO_HOURS + SignedDuration::from_hours(1);
    assert!(until <= longest, "an hour after its last request at the latest: {until}");
    ledger_is_whole(&app).await;
}

#[tokio::test]
async fn wrong_passwords_wait_ten_minutes_whatever_the_clock_did() {
    let app = start().await;
    let someone = app.nobody();
    for _ in 0..10 {
        someone.sign_in("zhou.ming", "wrong").await.refused(401, "session.refused");
    }
    someone.sign_in("zhou.ming", "wrong").await.refused(429, "session.too-many");
    app.clock().advance(-TWO_HOURS);
    for _ in 0..10 {
        someone.sign_in("zhou.ming", "wrong").await.refused(401, "session.refused");
    }
    let problem = someone.sign_in("zhou.ming", "wrong").await.refused(429, "session.too-many");
    assert_eq!(problem["params"]["retry_after_s"], 600, "not two hours more");
}
