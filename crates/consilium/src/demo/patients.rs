//! Ten patients, recorded by the doctors of their hospitals.

use super::Caller;
use crate::app::App;
use anyhow::Result;
use serde_json::{Value, json};

/// A patient of the demonstration.
pub struct Patient {
    /// Whose: the sign-in name of the doctor who records them.
    pub doctor: &'static str,
    family: &'static str,
    given: &'static str,
    sex: &'static str,
    birth_date: &'static str,
    /// The first six digits of the resident id; none: without papers.
    region: Option<&'static str>,
    phone: &'static str,
}

/// The patients; stories name them by their place.
pub const PATIENTS: &[Patient] = &[
    patient("zhou.ming", ("王", "建国"), "male", "1955-03-12", Some("411522"), "13900000001"),
    patient("zhou.ming", ("陈", "秀英"), "female", "1948-11-02", Some("411522"), "13900000002"),
    patient("zhou.ming", ("刘", "洋"), "male", "1991-07-25", Some("411522"), "13900000003"),
    patient("zhou.ming", ("张", "桂兰"), "female", "1962-01-30", Some("411522"), "13900000004"),
    patient("zhou.ming", ("李", "小雨"), "female", "2019-05-08", Some("411522"), "13900000005"),
    patient("zhao.min", ("杨", "志强"), "male", "1970-09-17", Some("411224"), "13900000006"),
    patient("zhao.min", ("黄", "丽"), "female", "1985-12-21", Some("411224"), "13900000007"),
    patient("zhao.min", ("吴", "德胜"), "male", "1939-04-04", Some("411224"), "13900000008"),
    patient("liu.fang", ("赵", "倩"), "female", "1994-02-14", Some("411502"), "13900000009"),
    patient("liu.fang", ("孙", "立新"), "male", "1966-06-06", Some("411502"), "13900000010"),
];

const fn patient(
    doctor: &'static str,
    (family, given): (&'static str, &'static str),
    sex: &'static str,
    birth_date: &'static str,
    region: Option<&'static str>,
    phone: &'static str,
) -> Patient {
    Patient { doctor, family, given, sex, birth_date, region, phone }
}

/// Records all of them; those who are there already count too.
pub async fn record(app: &App) -> Result<usize> {
    let mut caller: Option<(&str, Caller)> = None;
    for (number, patient) in PATIENTS.iter().enumerate() {
        if caller.as_ref().is_none_or(|(name, _)| *name != patient.doctor) {
            caller = Some((patient.doctor, Caller::sign_in(app, patient.doctor, "asking-doctor").await?));
        }
        if let Some((_, caller)) = &mut caller {
            let found = caller.call("GET", &format!("/api/patients?q={}", patient.phone), None).await?;
            if found["patients"].as_array().is_none_or(Vec::is_empty) {
                caller.call("POST", "/api/patients", Some(&body(patient, number))).await?;
            }
        }
    }
    Ok(PATIENTS.len())
}

/// The id of a patient, found as their doctor finds them.
pub async fn id_of(caller: &mut Caller, patient: &Patient) -> Result<Value> {
    let found = caller.call("GET", &format!("/api/patients?q={}", patient.phone), None).await?;
    Ok(found["patients"][0]["id"].clone())
}

fn body(patient: &Patient, number: usize) -> Value {
    let identifier = match patient.region {
        Some(region) => json!({"kind": "resident", "value": resident_id(region, patient, number)}),
        None => json!({"kind": "unknown"}),
    };
    json!({
        "family": patient.family, "given": patient.given, "sex": patient.sex, "birth_date": patient.birth_date,
        "identifier": identifier, "phone": patient.phone,
    })
}

/// A made-up number with a right check digit (GB 11643-1999); the third digit of its serial tells the sex.
fn resident_id(region: &str, patient: &Patient, number: usize) -> String {
    let serial = 990 + (number % 5) * 2 + usize::from(patient.sex == "male");
    let body = format!("{region}{}{serial:03}", patient.birth_date.replace('-', ""));
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = b"10X98765432"[(sum % 11) as usize] as char;
    format!("{body}{check}")
}
