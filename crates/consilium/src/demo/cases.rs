//! Six cases, each told through the operations of those who took part.

use super::forms::{self, Form};
use super::patients::{self, PATIENTS};
use super::{Caller, ShiftedClock, files};
use crate::app::App;
use anyhow::{Context, Result};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// One case.
pub struct Story {
    /// For the terminal.
    pub title: &'static str,
    /// How long ago it began.
    pub ago: SignedDuration,
    ask: Ask,
    after: &'static [Next],
}

/// What is asked.
struct Ask {
    /// The patient's place in [`PATIENTS`].
    patient: usize,
    form: Form,
    /// Chest CTs: days before the request, and how large the lesions were.
    ct: &'static [(i64, f64)],
}

/// What happens then.
#[derive(Clone, Copy)]
enum Next {
    /// Minutes pass.
    Minutes(i64),
    /// Somebody (sign-in name, role) takes a step of the case, with more than the version in its body.
    Step(&'static str, &'static str, &'static str, fn(kernel::Time) -> Value),
    /// The specialist signs.
    Sign(&'static str, fn() -> Value),
    /// The asking doctor opens the opinion.
    Open,
    /// Somebody writes a message.
    Say(&'static str, &'static str, &'static str),
}

const DISPATCHER: (&str, &str) = ("chen.tao", "dispatcher");
const EXPERT: (&str, &str) = ("li.wei", "specialist");

fn nothing(_: kernel::Time) -> Value {
    json!({})
}

/// The cases, oldest first.
pub fn stories() -> Vec<Story> {
    use Next::{Minutes, Open, Say, Sign, Step};
    let story =
        |title, hours: f64, ask, after| Story { title, ago: SignedDuration::from_secs_f64(hours * 3600.0), ask, after };
    vec![
        story(
            "closed yesterday, the advice adopted",
            27.0,
            Ask { patient: 0, form: forms::pneumonia, ct: &[(2, 1.0), (0, 1.35)] },
            &[
                Minutes(6),
                Step(DISPATCHER.0, DISPATCHER.1, "first-look", nothing),
                Minutes(4),
                Step(DISPATCHER.0, DISPATCHER.1, "assign", |_| json!({"experts": ["li-wei-specialist"]})),
                Minutes(9),
                Step(EXPERT.0, EXPERT.1, "accept", nothing),
                Minutes(31),
                Sign(EXPERT.0, forms::pneumonia_opinion),
                Minutes(12),
                Open,
                Minutes(3),
                Step("zhou.ming", "asking-doctor", "answer", |_| json!({"answer": "adopted"})),
                Minutes(24 * 60),
                Step(
                    "zhou.ming",
                    "asking-doctor",
                    "follow-up",
                    |_| json!({"outcome": "improved", "note": "体温正常，吸氧浓度下降。"}),
                ),
                Step("zhou.ming", "asking-doctor", "close", nothing),
            ],
        ),
        story(
            "signed, the answer of the asking doctor is awaited",
            4.0,
            Ask { patient: 7, form: forms::heart_failure, ct: &[] },
            &[
                Minutes(8),
                Step(DISPATCHER.0, DISPATCHER.1, "first-look", nothing),
                Step(DISPATCHER.0, DISPATCHER.1, "assign", |_| json!({"experts": ["wang-lan-specialist"]})),
                Minutes(15),
                Step("wang.lan", "specialist", "accept", nothing),
                Minutes(40),
                Sign("wang.lan", forms::heart_failure_opinion),
            ],
        ),
        story(
            "returned with a list",
            3.0,
            Ask { patient: 6, form: forms::thyroid, ct: &[] },
            &[
                Minutes(14),
                Step(DISPATCHER.0, DISPATCHER.1, "first-look", nothing),
                Step(
                    DISPATCHER.0,
                    DISPATCHER.1,
                    "return",
                    |_| json!({"items": ["近一周甲状腺功能（FT3、FT4、TSH）", "心电图"]}),
                ),
            ],
        ),
        story(
            "scheduled for this afternoon, two experts",
            1.5,
            Ask { patient: 9, form: forms::lung_mass, ct: &[(1, 1.1)] },
            &[
                Minutes(10),
                Step(DISPATCHER.0, DISPATCHER.1, "first-look", nothing),
                Minutes(5),
                Step(DISPATCHER.0, DISPATCHER.1, "assign", |now| {
                    json!({
                        "experts": ["li-wei-specialist", "zhang-jun-specialist"], "minutes": 30, "room": "province-room-1",
                        "start": five_minutes_on(now + SignedDuration::from_hours(3)),
                    })
                }),
            ],
        ),
        story(
            "live, the expert has accepted",
            0.6,
            Ask { patient: 1, form: forms::copd, ct: &[(0, 0.8)] },
            &[
                Minutes(5),
                Step(DISPATCHER.0, DISPATCHER.1, "first-look", nothing),
                Minutes(3),
                Step(DISPATCHER.0, DISPATCHER.1, "assign", |_| json!({"experts": ["li-wei-specialist"]})),
                Minutes(4),
                Step(EXPERT.0, EXPERT.1, "accept", nothing),
                Say(EXPERT.0, EXPERT.1, "请把最近一次血气的时间和吸氧浓度补上，我十分钟后进会诊室。"),
            ],
        ),
        story("an emergency nobody has looked at yet", 0.0, Ask { patient: 2, form: forms::trauma, ct: &[] }, &[]),
    ]
}

/// Bookings begin at whole five minutes.
fn five_minutes_on(at: kernel::Time) -> String {
    let second = at.as_second() - at.as_second().rem_euclid(300);
    kernel::Time::from_second(second).unwrap_or(at).to_string()
}

/// Makes a case come about.
pub async fn tell(app: &App, clock: &ShiftedClock, story: &Story) -> Result<()> {
    let patient = &PATIENTS[story.ask.patient];
    let now = app.platform.clock.now();
    let mut doctor = Caller::sign_in(app, patient.doctor, "asking-doctor").await?;
    let id = patients::id_of(&mut doctor, patient).await?;
    let mut form = (story.ask.form)(now);
    form["patient"] = id;
    let draft = doctor.call("POST", "/api/drafts/consult", Some(&json!({"body": form}))).await?;
    let case = draft["id"].as_str().context("a draft has an id")?.to_owned();
    files::attach_ct(&mut doctor, &case, patient, now, story.ask.ct).await?;
    if form["consent"].is_null() {
        let document = files::attach_consent(&mut doctor, &case).await?;
        form["consent"] = json!({"document": document});
    }
    let path = format!("/api/drafts/consult/{case}");
    let saved = doctor.call("PUT", &path, Some(&json!({"revision": draft["revision"], "body": form}))).await?;
    let request = json!({"draft": case, "revision": saved["revision"]});
    doctor.call("POST", "/api/consults", Some(&request)).await.context("the request")?;
    for next in story.after {
        happen(app, clock, &case, patient.doctor, *next).await?;
    }
    Ok(())
}

async fn happen(app: &App, clock: &ShiftedClock, case: &str, doctor: &str, next: Next) -> Result<()> {
    let path = |rest: &str| format!("/api/consults/{case}{rest}");
    match next {
        Next::Minutes(minutes) => clock.pass(SignedDuration::from_mins(minutes)),
        Next::Step(who, role, step, more) => {
            let mut caller = Caller::sign_in(app, who, role).await?;
            let mut body = more(app.platform.clock.now());
            body["version"] = caller.call("GET", &path(""), None).await?["version"].clone();
            caller.call("POST", &path(&format!("/{step}")), Some(&body)).await?;
        }
        Next::Sign(who, opinion) => {
            let mut caller = Caller::sign_in(app, who, "specialist").await?;
            let mut body = opinion();
            body["version"] = caller.call("GET", &path(""), None).await?["version"].clone();
            body["password"] = super::PASSWORD.into();
            caller.call("POST", &path("/opinion"), Some(&body)).await?;
        }
        Next::Open => {
            let mut caller = Caller::sign_in(app, doctor, "asking-doctor").await?;
            caller.call("GET", &path("/opinion"), None).await?;
        }
        Next::Say(who, role, text) => {
            let mut caller = Caller::sign_in(app, who, role).await?;
            caller.call("POST", &path("/messages"), Some(&json!({"text": text}))).await?;
        }
    }
    Ok(())
}
