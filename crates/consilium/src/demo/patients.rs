//! Forty patients, recorded by the doctors of their hospitals.

use super::{Caller, Callers, observations};
use anyhow::{Context, Result};
use kernel::Role;
use serde_json::{Value, json};
use std::collections::HashMap;

/// A patient of the demonstration.
#[derive(Clone, Copy)]
pub struct Patient {
    /// Whose: the sign-in name of the doctor who records them, and at which hospital.
    pub doctor: (&'static str, &'static str),
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
    patient(("zhou.ming", "guangshan"), ("王", "建国"), "Wang^Jianguo", "male", "1955-03-12", "411522", "13900000001"),
    patient(
        ("zhou.ming", "guangshan"),
        ("陈", "秀英"),
        "Chen^Xiuying",
        "female",
        "1948-11-02",
        "411522",
        "13900000002",
    ),
    patient(("zhou.ming", "guangshan"), ("刘", "洋"), "Liu^Yang", "male", "1991-07-25", "411522", "13900000003"),
    patient(
        ("zhou.ming", "guangshan"),
        ("张", "桂兰"),
        "Zhang^Guilan",
        "female",
        "1962-01-30",
        "411522",
        "13900000004",
    ),
    patient(("zhou.ming", "guangshan"), ("李", "小雨"), "Li^Xiaoyu", "female", "2019-05-08", "411522", "13900000005"),
    patient(("zhao.min", "lushi"), ("杨", "志强"), "Yang^Zhiqiang", "male", "1970-09-17", "411224", "13900000006"),
    patient(("zhao.min", "lushi"), ("黄", "丽"), "Huang^Li", "female", "1985-12-21", "411224", "13900000007"),
    patient(("zhao.min", "lushi"), ("吴", "德胜"), "Wu^Desheng", "male", "1939-04-04", "411224", "13900000008"),
    patient(("liu.fang", "xinyang"), ("赵", "倩"), "Zhao^Qian", "female", "1994-02-14", "411502", "13900000009"),
    patient(("liu.fang", "xinyang"), ("孙", "立新"), "Sun^Lixin", "male", "1966-06-06", "411502", "13900000010"),
    patient(("qiu.shi", "nanzhao"), ("马", "国强"), "Ma^Guoqiang", "male", "1958-08-19", "411321", "13900000011"),
    patient(("long.fei", "xiayi"), ("何", "春梅"), "He^Chunmei", "female", "1967-02-11", "411426", "13900000012"),
    patient(("zhong.da", "linzhou"), ("郭", "铁柱"), "Guo^Tiezhu", "male", "1979-10-03", "410581", "13900000013"),
    patient(("xiong.wu", "lingbao"), ("许", "文博"), "Xu^Wenbo", "male", "1986-12-25", "411282", "13900000014"),
    patient(("hao.ran", "dengzhou"), ("宋", "玉兰"), "Song^Yulan", "female", "1950-05-06", "411381", "13900000015"),
    patient(("shi.yu", "shenqiu"), ("朱", "家豪"), "Zhu^Jiahao", "male", "2016-03-21", "411624", "13900000016"),
    patient(("long.fei", "xiayi"), ("罗", "秀芝"), "Luo^Xiuzhi", "female", "1944-09-09", "411426", "13900000017"),
    patient(("qiu.shi", "xichuan"), ("梁", "大山"), "Liang^Dashan", "male", "1963-07-07", "411326", "13900000018"),
    patient(("xia.qin", "ruzhou"), ("韩", "小军"), "Han^Xiaojun", "male", "1990-01-15", "410482", "13900000019"),
    patient(("wan.qiu", "huaibin"), ("冯", "海燕"), "Feng^Haiyan", "female", "1996-11-11", "411527", "13900000020"),
    patient(("zhong.da", "huaxian"), ("曾", "庆余"), "Zeng^Qingyu", "male", "1953-04-27", "410526", "13900000021"),
    patient(("jin.fu", "weishi"), ("彭", "素珍"), "Peng^Suzhen", "female", "1947-06-30", "410223", "13900000022"),
    patient(("dai.rong", "songxian"), ("吕", "志远"), "Lv^Zhiyuan", "male", "1972-02-02", "410325", "13900000023"),
    patient(("ren.yi", "weihui"), ("苏", "明"), "Su^Ming", "male", "1981-08-08", "410781", "13900000024"),
    patient(("yao.na", "wuzhi"), ("蒋", "爱华"), "Jiang^Aihua", "female", "1959-12-12", "410823", "13900000025"),
    patient(("fang.zhou", "fanxian"), ("蔡", "成林"), "Cai^Chenglin", "male", "1969-03-14", "410926", "13900000026"),
    patient(("lin.xi", "yuzhou"), ("贾", "玉珠"), "Jia^Yuzhu", "female", "1977-05-19", "411081", "13900000027"),
    patient(("zou.ting", "linying"), ("丁", "小宝"), "Ding^Xiaobao", "male", "2022-10-10", "411122", "13900000028"),
    patient(("hu.bing", "queshan"), ("薛", "广田"), "Xue^Guangtian", "male", "1946-01-20", "411725", "13900000029"),
    patient(("wan.qiu", "gushi"), ("叶", "桂芳"), "Ye^Guifang", "female", "1955-09-17", "411525", "13900000030"),
    patient(("wang.rui", "qixian-410622"), ("余", "建军"), "Yu^Jianjun", "male", "1965-11-05", "410622", "13900000031"),
    patient(("wei.dong", "zhengzhou"), ("潘", "静"), "Pan^Jing", "female", "1988-04-18", "410102", "13900000032"),
    patient(("shi.lei", "luoyang"), ("杜", "卫国"), "Du^Weiguo", "male", "1961-06-01", "410303", "13900000033"),
    patient(("dai.rong", "xinan"), ("钟", "秀云"), "Zhong^Xiuyun", "female", "1952-10-16", "410323", "13900000034"),
    patient(("tao.yuan", "popihe"), ("汪", "德全"), "Wang^Dequan", "male", "1943-03-03", "411522", "13900000035"),
    patient(("pan.wei", "jiyuan"), ("田", "莉"), "Tian^Li", "female", "1993-07-29", "419001", "13900000036"),
    patient(("lu.bin", "gongyi"), ("任", "强"), "Ren^Qiang", "male", "1975-05-25", "410181", "13900000037"),
    patient(("tian.hao", "nanyang"), ("姜", "海"), "Jiang^Hai", "male", "1968-08-28", "411303", "13900000038"),
    patient(("hao.ran", "tanghe"), ("范", "淑琴"), "Fan^Shuqin", "female", "1949-02-27", "411328", "13900000039"),
    patient(("zhao.min", "lushi"), ("方", "圆"), "Fang^Yuan", "female", "2001-01-01", "411224", "13900000040"),
];

/// A patient: whose, name, name in Latin letters, sex, birth date, region, telephone.
pub(super) const fn patient(
    doctor: (&'static str, &'static str),
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
    /// The same person in the record of another hospital.
    pub(super) const fn seen_by(self, doctor: (&'static str, &'static str)) -> Self {
        Self { doctor, ..self }
    }

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

    /// What a doctor types to record them.
    pub(super) fn body(&self) -> Value {
        json!({
            "family": self.family, "given": self.given, "sex": self.sex, "birth_date": self.birth_date,
            "identifier": {"kind": "resident", "value": self.identifier()}, "phone": self.phone,
        })
    }
}

/// Records all of them; gives their ids by place. Those without a case get their values of the last days at once.
pub async fn record(callers: &mut Callers<'_>, with_case: &[usize]) -> Result<HashMap<usize, String>> {
    let mut ids = HashMap::new();
    for (place, patient) in PATIENTS.iter().enumerate() {
        let (doctor, hospital) = patient.doctor;
        let caller: &mut Caller = callers.of(doctor, Role::AskingDoctor, Some(hospital)).await?;
        let made = caller.call("POST", "/api/patients", Some(&patient.body())).await?;
        let id = made["id"].as_str().context("a patient has an id")?.to_owned();
        if !with_case.contains(&place) {
            observations::write(callers.app(), &id, hospital, place).await?;
        }
        ids.insert(place, id);
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::super::world::World;
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn forty_different_people_each_with_a_doctor_of_their_hospital() {
        let world = World::province().unwrap();
        let ids: HashSet<_> = PATIENTS.iter().map(Patient::identifier).collect();
        assert_eq!((PATIENTS.len(), ids.len()), (40, 40));
        for patient in PATIENTS {
            let (doctor, hospital) = patient.doctor;
            world.who(doctor, Role::AskingDoctor, Some(hospital)).unwrap();
        }
    }
}
