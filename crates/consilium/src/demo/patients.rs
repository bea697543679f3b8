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
    /// The name as a scanner writes it.
    latin: &'static str,
    /// `male` or `female`.
    pub sex: &'static str,
    /// yyyy-mm-dd.
    pub birth_date: &'static str,
    /// The first six digits of the resident id.
    region: &'static str,
    phone: &'static str,
}

/// The patients; stories name them by their place.
pub const PATIENTS: &[Patient] = &[
    patient("zhou.ming", ("王", "建国"), "Wang^Jianguo", "male", "1955-03-12", "411522", "13900000001"),
    patient("zhou.ming", ("陈", "秀英"), "Chen^Xiuying", "female", "1948-11-02", "411522", "13900000002"),
    patient("zhou.ming", ("刘", "洋"), "Liu^Yang", "male", "1991-07-25", "411522", "13900000003"),
    patient("zhou.ming", ("张", "桂兰"), "Zhang^Guilan", "female", "1962-01-30", "411522", "13900000004"),
    patient("zhou.ming", ("李", "小雨"), "Li^Xiaoyu", "female", "2019-05-08", "411522", "13900000005"),
    patient("zhao.min", ("杨", "志强"), "Yang^Zhiqiang", "male", "1970-09-17", "411224", "13900000006"),
    patient("zhao.min", ("黄", "丽"), "Huang^Li", "female", "1985-12-21", "411224", "13900000007"),
    patient("zhao.min", ("吴", "德胜"), "Wu^Desheng", "male", "1939-04-04", "411224", "13900000008"),
    patient("liu.fang", ("赵", "倩"), "Zhao^Qian", "female", "1994-02-14", "411502", "13900000009"),
    patient("liu.fang", ("孙", "立新"), "Sun^Lixin", "male", "1966-06-06", "411502", "13900000010"),
];

const fn patient(
    doctor: &'static str,
    (family, given): (&'static str, &'static str),
    latin: &'static str,
    sex: &'static str,
    birth_date: &'static str,
    region: &'static str,
    phone: &'static str,
) -> Patient {
    Patient { doctor, family, given, latin, sex, birth_date, region, phone }
}

impl Patient {
    /// The name as DICOM writes it: Latin letters, then the characters.
    pub fn dicom_name(&self) -> String {
        format!("{}={}^{}", self.latin, self.family, self.given)
    }

    /// A made-up resident id with a right check digit (GB 11643-1999); the third digit of its serial tells the sex.
    pub fn identifier(&self) -> String {
        let place: usize = self.phone[9..].parse().unwrap_or(0);
        let serial = 990 + (place % 5) * 2 + usize::from(self.sex == "male");
        let body = format!("{}{}{serial:03}", self.region, self.birth_date.replace('-', ""));
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        let check = b"10X98765432"[(sum % 11) as usize] as char;
        format!("{body}{check}")
    }
}

/// Records all of them; those who are there already count too.
pub async fn record(app: &App) -> Result<usize> {
    let mut caller: Option<(&str, Caller)> = None;
    for patient in PATIENTS {
        if caller.as_ref().is_none_or(|(name, _)| *name != patient.doctor) {
            caller = Some((patient.doctor, Caller::sign_in(app, patient.doctor, "asking-doctor").await?));
        }
        if let Some((_, caller)) = &mut caller {
            let found = caller.call("GET", &format!("/api/patients?q={}", patient.phone), None).await?;
            if found["patients"].as_array().is_none_or(Vec::is_empty) {
                caller.call("POST", "/api/patients", Some(&body(patient))).await?;
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

fn body(patient: &Patient) -> Value {
    json!({
        "family": patient.family, "given": patient.given, "sex": patient.sex, "birth_date": patient.birth_date,
        "identifier": {"kind": "resident", "value": patient.identifier()}, "phone": patient.phone,
    })
}
