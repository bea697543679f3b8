//! Referrals with a named bed: one that asks, one with an offer, one on the way, one who is to go home again. Told beside the
//! cases, by the operations that doctors and desks use.

use super::beds::bed;
use super::observations::Known;
use super::patients::PATIENTS;
use super::timeline::Teller;
use anyhow::{Context, Result};
use jiff::{SignedDuration, ToSpan, tz::TimeZone};
use kernel::{Clock, Role, Time};
use serde_json::{Value, json};

/// Somebody takes a step of a referral.
pub struct Move {
    /// How many minutes ago.
    pub ago: i64,
    /// Which referral, by a name of ours.
    of: &'static str,
    does: Does,
    /// What the step says, at that time.
    body: fn(Time) -> Value,
}

#[derive(Clone, Copy)]
enum Does {
    /// The doctor of a patient refers them up.
    Request(usize),
    /// Who refers takes a step.
    Doctor(usize, &'static str),
    /// Somebody of another hospital takes a step.
    Other(&'static str, Role, &'static str),
    /// Who treated the patient sends them home; the referral home has this name.
    Home(&'static str, &'static str),
}

const fn by(ago: i64, of: &'static str, does: Does, body: fn(Time) -> Value) -> Move {
    Move { ago, of, does, body }
}

/// All of them, in no order.
pub const MOVES: &[Move] = &[
    // An exacerbation that gets worse while the consultation waits: one hospital has a bed, the other has not answered.
    by(28, "copd", Does::Request(1), |_| {
        json!({
            "reason": "慢阻肺急性加重，无创通气12小时二氧化碳仍升至78 mmHg，意识转淡漠，本院无有创通气后备床位，请收入重症监护。",
            "severity": "critical", "specialty": "critical-care", "care": "icu",
            "needs": ["stretcher", "oxygen", "ventilator", "monitor", "doctor"], "hospitals": ["province-2", "province"],
        })
    }),
    by(
        19,
        "copd",
        Does::Other("liang.chao", Role::Dispatcher, "offer"),
        |_| json!({"bed": bed("province-2", "icu", 7), "minutes": 720}),
    ),
    // A critical patient for whom the province's desk is to name a bed.
    by(9, "haemorrhage", Does::Request(12), |_| {
        json!({
            "reason": "左侧基底节出血约45 mL，昏迷，已气管插管。本院无神经外科重症床位，请接收手术。",
            "severity": "critical", "specialty": "neurosurgery", "care": "icu",
            "needs": ["stretcher", "ventilator", "monitor", "infusion", "doctor", "nurse"], "hospitals": ["province"],
        })
    }),
    // On the way.
    by(170, "heart", Does::Request(7), |_| {
        json!({
            "reason": "慢性心力衰竭急性加重，利尿剂加量后少尿、血钾仍低，请接收监护下调整治疗。",
            "severity": "severe", "specialty": "cardiology", "care": "ward",
            "needs": ["stretcher", "oxygen", "monitor", "nurse"], "hospitals": ["province"],
        })
    }),
    by(
        160,
        "heart",
        Does::Other("chen.tao", Role::Dispatcher, "offer"),
        |_| json!({"bed": bed("province", "cardiology", 12), "minutes": 120}),
    ),
    by(150, "heart", Does::Doctor(7, "accept"), |_| json!({"hospital": "province"})),
    by(140, "heart", Does::Doctor(7, "transport"), ambulance),
    by(
        120,
        "heart",
        Does::Doctor(7, "depart"),
        |now| json!({"eta": (now + SignedDuration::from_mins(165)).to_string()}),
    ),
    // Treated since yesterday, and to go home.
    by(1680, "infarction", Does::Request(5), |_| {
        json!({
            "reason": "胸痛4小时，肌钙蛋白升高，心电图ST段压低，请接收行冠脉造影。",
            "severity": "severe", "specialty": "cardiology", "care": "ward",
            "needs": ["stretcher", "oxygen", "monitor", "doctor"], "hospitals": ["province"],
        })
    }),
    by(
        1672,
        "infarction",
        Does::Other("chen.tao", Role::Dispatcher, "offer"),
        |_| json!({"bed": bed("province", "cardiology", 11), "minutes": 120}),
    ),
    by(1665, "infarction", Does::Doctor(5, "accept"), |_| json!({"hospital": "province"})),
    by(1660, "infarction", Does::Doctor(5, "transport"), ambulance),
    by(
        1645,
        "infarction",
        Does::Doctor(5, "depart"),
        |now| json!({"eta": (now + SignedDuration::from_mins(210)).to_string()}),
    ),
    by(1440, "infarction", Does::Other("feng.yan", Role::Specialist, "arrive"), |_| json!({"items": handover()})),
    by(20, "infarction", Does::Home("feng.yan", "infarction-home"), |now| {
        let day = now.to_zoned(TimeZone::UTC).date();
        let follow_up = |days: i32| day.checked_add(days.days()).unwrap_or(day).to_string();
        json!({
            "reason": "前降支支架术后24小时，无胸痛，血流动力学稳定，转回县医院继续康复。",
            "severity": "ordinary", "needs": ["stretcher"],
            "discharge": {
                "summary": "非ST段抬高型心肌梗死，前降支中段狭窄90 %，植入支架1枚。术后无出血，左室射血分数52 %。",
                "drugs": ["阿司匹林 100 mg 每日一次 长期", "替格瑞洛 90 mg 每日两次 12个月", "阿托伐他汀 20 mg 每晚一次"],
                "rehabilitation": "一周内平地步行，每日两次，每次10分钟，逐日增加。",
                "follow_ups": [
                    {"on": follow_up(7), "what": "心电图、血常规、肝肾功能"},
                    {"on": follow_up(30), "what": "心脏超声、血脂"},
                ],
                "return_criteria": ["再发胸痛超过10分钟", "黑便或其他出血", "静息心率持续超过110次/分"],
            },
        })
    }),
];

fn ambulance(_: Time) -> Value {
    json!({"vehicle": "ambulance", "by": "卢氏县120急救中心", "phone": "0398-7870120"})
}

/// Every item of the handover in order.
fn handover() -> Vec<Value> {
    let items =
        ["identity", "summary", "vitals", "airway", "lines", "drugs", "allergies", "isolation", "papers", "family"];
    items.iter().map(|item| json!({"item": item, "answer": "yes"})).collect()
}

/// What the record knows of those who are referred, beside their charts: problems, allergies, drugs with their doses.
pub const KNOWN: &[(usize, Known)] = &[
    (
        1,
        Known {
            problems: &["慢性阻塞性肺疾病急性加重", "II型呼吸衰竭", "慢性肺源性心脏病"],
            allergies: &["头孢曲松"],
            drugs: &[("甲泼尼龙", "40 mg 静脉 每日一次"), ("沙丁胺醇", "5 mg 雾化 每6小时一次")],
        },
    ),
    (
        5,
        Known {
            problems: &["非ST段抬高型心肌梗死", "高血压病3级"],
            allergies: &[],
            drugs: &[("阿司匹林", "300 mg 嚼服 一次"), ("低分子肝素", "4000 IU 皮下 每12小时一次")],
        },
    ),
    (
        7,
        Known {
            problems: &["慢性心力衰竭急性加重", "低钾血症"],
            allergies: &["青霉素"],
            drugs: &[("呋塞米", "40 mg 静脉 每日两次"), ("氯化钾缓释片", "1 g 口服 每日三次")],
        },
    ),
    (
        12,
        Known {
            problems: &["左侧基底节区脑出血", "高血压病3级"],
            allergies: &[],
            drugs: &[("甘露醇", "125 mL 静脉 每8小时一次")],
        },
    ),
];

/// How many patients are referred.
pub fn count() -> usize {
    MOVES.iter().filter(|m| matches!(m.does, Does::Request(_))).count()
}

/// Takes a step at the time at which the clock stands.
pub async fn tell(teller: &mut Teller<'_>, told: &Move) -> Result<()> {
    let mut body = (told.body)(teller.clock.now());
    let doctor = |patient: usize| {
        let (name, hospital) = PATIENTS[patient].doctor;
        (name, Role::AskingDoctor, Some(hospital))
    };
    let ((name, role, hospital), step) = match told.does {
        Does::Request(patient) => {
            let id = teller.patients.get(&patient).context("the patient is recorded")?.as_str();
            body["patient"] = id.into();
            (doctor(patient), None)
        }
        Does::Doctor(patient, step) => (doctor(patient), Some(step)),
        Does::Other(name, role, step) => ((name, role, None), Some(step)),
        Does::Home(name, _) => ((name, Role::Specialist, None), Some("send-back")),
    };
    let known = teller.referrals.get(told.of).cloned();
    let caller = teller.callers.of(name, role, hospital).await?;
    let path = match step {
        None => "/api/referrals".to_owned(),
        Some(step) => {
            let id = known.context("the referral was made")?;
            body["version"] = caller.call("GET", &format!("/api/referrals/{id}"), None).await?["version"].clone();
            format!("/api/referrals/{id}/{step}")
        }
    };
    let made = caller.call("POST", &path, Some(&body)).await?;
    let called = match told.does {
        Does::Request(_) => Some(told.of),
        Does::Home(_, called) => Some(called),
        _ => None,
    };
    if let Some(called) = called {
        teller.referrals.insert(called, made["id"].as_str().context("a referral has an id")?.to_owned());
    }
    Ok(())
}
