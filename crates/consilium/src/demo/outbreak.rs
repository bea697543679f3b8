//! An outbreak of three weeks: thirty reports, a cluster around a market, a child who is severely ill, two hospitals that report
//! one person. `timeline` tells them among the stories, by the operations that doctors and the outbreak officer use.

use super::patients::{Patient, patient};
use jiff::SignedDuration;
use kernel::Time;
use serde_json::{Value, json};

/// A disease of the list of notifiable diseases, and the test that speaks for it.
pub struct Disease {
    /// Its code.
    pub code: &'static str,
    /// What the laboratory looks for.
    pub test: &'static str,
}

const COVID: Disease = Disease { code: "covid-19", test: "新型冠状病毒核酸（RT-PCR）" };
const DENGUE: Disease = Disease { code: "dengue", test: "登革病毒NS1抗原" };
const INFLUENZA: Disease = Disease { code: "influenza", test: "甲型流感病毒核酸" };
const MEASLES: Disease = Disease { code: "measles", test: "麻疹IgM抗体" };

/// Whose illness.
pub enum Whose {
    /// One of `PATIENTS`.
    Known(usize),
    /// Somebody who is recorded with the report.
    New(Patient),
}

/// A report.
pub struct Report {
    /// How many minutes ago it was handed in.
    pub ago: i64,
    /// How many minutes before that the case was found.
    pub found: i64,
    /// How many days before that the illness began.
    pub onset: i64,
    /// Whose.
    pub whose: Whose,
    /// Of what.
    pub disease: Disease,
    /// `suspected` or `clinical`.
    pub class: &'static str,
    /// Kind and words of the exposure.
    pub exposure: (&'static str, &'static str),
    /// What is learnt, and how many minutes after the report.
    pub then: Vec<(i64, Learnt)>,
}

/// What is learnt of a case.
#[derive(Clone, Copy)]
pub enum Learnt {
    /// The laboratory's word: whether it was found, as the laboratory writes it.
    Laboratory(bool, &'static str),
    /// It is confirmed, since so many minutes before somebody says so.
    Confirmed(i64),
    /// It is not this disease.
    Excluded(&'static str),
    /// How ill; where the guideline cannot say, the doctor's grade and why.
    Graded(fn(Time) -> Value, Option<(&'static str, &'static str)>),
    /// Somebody who was near: name, `close` or `general`, relation, telephone.
    Contact([&'static str; 4]),
    /// Gone home.
    Discharged,
    /// The outbreak officer: the same illness as this report of the list.
    Same(usize),
    /// The outbreak officer takes note of all alerts.
    Noted,
    /// The outbreak officer tells the public what it should know ([`NOTICES`]).
    Told,
}

/// What the public is told: kind, title and text, Chinese and English. The numbers are those of the whole country: 120 for an
/// ambulance, 12320 for questions of health, 12356 for the soul (National Health Commission, since 2025).
pub const NOTICES: [[&str; 5]; 4] = [
    [
        "contact",
        "急救与卫生咨询",
        "Ambulance and questions of health",
        "急危重症请拨打 120。\n卫生健康咨询请拨打 12320，说明旅居史和接触史。",
        "For an emergency call 120.\nFor questions of health call 12320, and say where you were and whom you met.",
    ],
    [
        "contact",
        "心理援助",
        "When it weighs on you",
        "焦虑、失眠或隔离期间情绪低落，请拨打全国统一心理援助热线 12356。",
        "When you are anxious, cannot sleep or are low in isolation, call 12356, the same number everywhere in the country.",
    ],
    [
        "prevention",
        "日常防护",
        "Every day",
        "勤洗手，用流动水和肥皂，至少20秒。\n室内每日开窗通风，每次不少于30分钟。\n咳嗽、打喷嚏时用纸巾或肘部遮挡。",
        "Wash your hands often, with running water and soap, for at least 20 seconds.\nAir your rooms every day, half an hour each time.\nCough and sneeze into a tissue or your elbow.",
    ],
    [
        "prevention",
        "有发热或咳嗽时",
        "If you have a fever or a cough",
        "佩戴口罩，避免乘坐公共交通工具，到就近的发热门诊就诊。\n如实告诉医生旅居史和接触史。\n与家人分室居住，等待结果。",
        "Wear a mask, keep off buses and trains, and go to the nearest fever clinic.\nTell the doctor where you were and whom you met.\nStay in a room of your own until the result is there.",
    ],
];

const DAY: i64 = 24 * 60;

/// Days and hours, in minutes.
const fn ago(days: i64, hours: i64) -> i64 {
    days * DAY + hours * 60
}

fn measured(value: f64, unit: &str, at: Time) -> Value {
    json!({"value": value, "unit": unit, "at": at.to_string()})
}

/// What an adult's grade rests on, where everything was looked for.
fn adult(now: Time, rate: f64, spo2: f64, ratio: f64, pneumonia: bool) -> Value {
    let before = |hours| now - SignedDuration::from_hours(hours);
    json!({
        "respiratory_rate": measured(rate, "/min", before(1)),
        "spo2": {"measured": measured(spo2, "%", before(1)), "at_rest": true, "on_air": true},
        "oxygenation": {"ratio": measured(ratio, "mm[Hg]", before(3)), "altitude_m": 60.0},
        "lesions": {"growth": measured(if pneumonia { 10.0 } else { 0.0 }, "%", before(4)), "first_at": before(40).to_string()},
        "signs": {"respiratory-failure-ventilated": false, "shock": false, "organ-failure-in-intensive-care": false,
            "pneumonia-on-images": pneumonia},
    })
}

fn mild(now: Time) -> Value {
    adult(now, 18.0, 98.0, 430.0, false)
}

fn ordinary(now: Time) -> Value {
    adult(now, 22.0, 96.0, 370.0, true)
}

fn severe(now: Time) -> Value {
    adult(now, 32.0, 92.0, 260.0, true)
}

/// Nobody drew arterial blood, and there is one CT only: the guideline cannot say.
fn without_blood_gas(now: Time) -> Value {
    let mut known = ordinary(now);
    if let Some(known) = known.as_object_mut() {
        known.remove("oxygenation");
        known.remove("lesions");
    }
    known
}

/// A child of three: 44 breaths, four days of high fever. Whether it drinks was not asked.
fn severe_child(now: Time) -> Value {
    let before = |hours| now - SignedDuration::from_hours(hours);
    json!({
        "respiratory_rate": measured(44.0, "/min", before(1)),
        "spo2": {"measured": measured(94.0, "%", before(1)), "at_rest": true, "on_air": true},
        "fever": measured(4.0, "d", before(2)),
        "signs": {"respiratory-failure-ventilated": false, "shock": false, "organ-failure-in-intensive-care": false,
            "flaring-or-retractions": true, "drowsiness-or-convulsion": false, "pneumonia-on-images": true},
    })
}

const ZHOU: (&str, &str) = ("zhou.ming", "guangshan");
const TAO: (&str, &str) = ("tao.yuan", "popihe");
const LIU: (&str, &str) = ("liu.fang", "xinyang");
const ZHAO: (&str, &str) = ("zhao.min", "lushi");
/// A man whom two hospitals report, each with a record of its own.
const XIONG: Patient = patient(ZHOU, ("熊", "志刚"), "Xiong^Zhigang", "male", "1978-03-09", "411522", "13900000058");
/// A woman whom two hospitals report, not compared yet.
const SHEN: Patient = patient(ZHOU, ("沈", "秀梅"), "Shen^Xiumei", "female", "1983-08-17", "411522", "13900000067");

/// Somebody with COVID-19 of the market's cluster, or who came back from elsewhere.
fn covid(ago: i64, person: Patient, exposure: (&'static str, &'static str), then: Vec<(i64, Learnt)>) -> Report {
    Report { ago, found: 55, onset: 2, whose: Whose::New(person), disease: COVID, class: "suspected", exposure, then }
}

/// The laboratory found it, and the doctor says so.
fn confirmed(more: Vec<(i64, Learnt)>) -> Vec<(i64, Learnt)> {
    let mut then =
        vec![(300, Learnt::Laboratory(true, "阳性，ORF1ab Ct 27.4，N Ct 26.1")), (330, Learnt::Confirmed(20))];
    then.extend(more);
    then
}

/// The reports, oldest first.
pub fn reports() -> Vec<Report> {
    use Learnt::{Confirmed, Contact, Discharged, Excluded, Graded, Laboratory, Noted, Same, Told};
    let market = ("place", "光山县城关农贸市场");
    let family = ("contact", "与确诊的家人同住");
    let journey = ("travel", "自外省返乡，乘坐长途客车");
    let new = |ago, person, disease, exposure, then| Report {
        ago,
        found: 120,
        onset: 3,
        whose: Whose::New(person),
        disease,
        class: "suspected",
        exposure,
        then,
    };
    let who = patient;
    vec![
        covid(
            ago(20, 3),
            who(ZHAO, ("石", "永福"), "Shi^Yongfu", "male", "1974-02-11", "411224", "13900000041"),
            journey,
            confirmed(vec![
                (400, Graded(mild, None)),
                (410, Contact(["石玉梅", "close", "妻子", "13800000041"])),
                (ago(8, 2), Discharged),
            ]),
        ),
        covid(
            ago(18, 5),
            who(LIU, ("段", "文斌"), "Duan^Wenbin", "male", "1959-07-03", "411502", "13900000042"),
            journey,
            confirmed(vec![(420, Graded(ordinary, None)), (ago(9, 4), Discharged)]),
        ),
        covid(
            ago(16, 2),
            who(ZHAO, ("石", "玉梅"), "Shi^Yumei", "female", "1976-10-29", "411224", "13900000043"),
            family,
            confirmed(vec![(390, Graded(mild, None)), (ago(7, 1), Discharged)]),
        ),
        new(
            ago(15, 4),
            who(("dai.rong", "songxian"), ("孟", "浩宇"), "Meng^Haoyu", "male", "2023-01-19", "410325", "13900000044"),
            MEASLES,
            ("unknown", "不详；未接种第二剂疫苗"),
            vec![(700, Laboratory(true, "IgM 阳性")), (720, Confirmed(10))],
        ),
        covid(
            ago(14, 6),
            who(LIU, ("江", "雅丽"), "Jiang^Yali", "female", "1990-05-12", "411502", "13900000045"),
            ("contact", "同事发热"),
            vec![(360, Laboratory(false, "阴性")), (1500, Excluded("间隔24小时两次核酸阴性，诊断支原体肺炎"))],
        ),
        new(
            ago(13, 3),
            who(
                ("wei.dong", "zhengzhou"),
                ("侯", "建平"),
                "Hou^Jianping",
                "male",
                "1969-12-02",
                "410102",
                "13900000046",
            ),
            DENGUE,
            ("travel", "自广东返豫6天"),
            vec![(240, Laboratory(true, "NS1 阳性")), (260, Confirmed(10)), (ago(6, 0), Discharged)],
        ),
        covid(
            ago(12, 2),
            who(ZHAO, ("白", "小军"), "Bai^Xiaojun", "male", "2001-06-30", "411224", "13900000047"),
            family,
            vec![(300, Laboratory(false, "阴性")), (1600, Excluded("三次核酸阴性"))],
        ),
        covid(
            ago(10, 4),
            who(ZHOU, ("龚", "金山"), "Gong^Jinshan", "male", "1962-04-18", "411522", "13900000048"),
            market,
            confirmed(vec![
                (380, Graded(ordinary, None)),
                (395, Contact(["龚丽华", "close", "女儿", "13800000048"])),
                (396, Contact(["陶大勇", "general", "相邻摊主", "13800000049"])),
                (ago(9, 0), Discharged),
            ]),
        ),
        covid(
            ago(9, 3),
            who(ZHOU, ("龚", "丽华"), "Gong^Lihua", "female", "1989-09-21", "411522", "13900000049"),
            family,
            confirmed(vec![(400, Graded(mild, None)), (ago(8, 1), Discharged)]),
        ),
        covid(
            ago(8, 5),
            who(ZHOU, ("陶", "大勇"), "Tao^Dayong", "male", "1971-01-15", "411522", "13900000050"),
            market,
            // The paper lay over the weekend: the day of the result is counted anew.
            vec![
                (300, Laboratory(true, "阳性，Ct 31.0")),
                (ago(1, 8), Confirmed(ago(1, 2))),
                (
                    ago(1, 9),
                    Graded(
                        without_blood_gas,
                        Some(("ordinary", "指氧饱和度平稳，未查动脉血气，仅一次CT；按普通型处理")),
                    ),
                ),
            ],
        ),
        covid(
            ago(8, 2),
            who(TAO, ("余", "桂花"), "Yu^Guihua", "female", "1954-11-08", "411522", "13900000051"),
            market,
            confirmed(vec![(420, Graded(ordinary, None))]),
        ),
        new(
            ago(7, 3),
            who(("pan.wei", "jiyuan"), ("柳", "诗涵"), "Liu^Shihan", "female", "2015-03-27", "419001", "13900000052"),
            INFLUENZA,
            ("contact", "同班同学发热"),
            vec![(90, Laboratory(true, "阳性")), (100, Confirmed(5)), (120, Noted), (125, Told)],
        ),
        covid(
            ago(6, 5),
            who(ZHOU, ("雷", "春生"), "Lei^Chunsheng", "male", "1967-05-05", "411522", "13900000053"),
            market,
            confirmed(vec![(400, Graded(ordinary, None))]),
        ),
        covid(
            ago(6, 2),
            who(ZHOU, ("贺", "玉莲"), "He^Yulian", "female", "1981-12-24", "411522", "13900000054"),
            market,
            // Confirmed, and not so after the provincial laboratory looked again: what was published is taken back.
            confirmed(vec![
                (ago(2, 6), Laboratory(false, "省级复核：阴性")),
                (ago(2, 7), Excluded("省级实验室复核阴性，标本污染")),
            ]),
        ),
        covid(
            ago(5, 6),
            who(ZHOU, ("万", "家福"), "Wan^Jiafu", "male", "1948-08-13", "411522", "13900000055"),
            market,
            confirmed(vec![(410, Graded(severe, None)), (430, Contact(["万小满", "close", "孙女", "13800000055"]))]),
        ),
        covid(
            ago(5, 4),
            who(TAO, ("占", "国华"), "Zhan^Guohua", "male", "1985-02-06", "411522", "13900000056"),
            market,
            confirmed(vec![(400, Graded(mild, None))]),
        ),
        covid(
            ago(5, 3),
            who(ZHOU, ("涂", "敏"), "Tu^Min", "female", "1995-07-31", "411522", "13900000057"),
            ("work", "市场管理员"),
            confirmed(vec![(390, Graded(mild, None))]),
        ),
        covid(ago(5, 1), XIONG, market, confirmed(vec![(400, Graded(ordinary, None))])),
        covid(
            ago(4, 6),
            XIONG.seen_by(LIU),
            market,
            vec![(200, Laboratory(true, "阳性，Ct 28.8")), (240, Confirmed(10)), (500, Same(17))],
        ),
        covid(
            ago(4, 4),
            who(ZHOU, ("梅", "正芳"), "Mei^Zhengfang", "female", "1973-03-03", "411522", "13900000059"),
            market,
            confirmed(vec![(380, Graded(ordinary, None))]),
        ),
        covid(
            ago(4, 2),
            who(("wan.qiu", "gushi"), ("祝", "明亮"), "Zhu^Mingliang", "male", "1992-10-10", "411525", "13900000060"),
            ("travel", "三天前到过光山县"),
            confirmed(vec![(400, Graded(mild, None))]),
        ),
        covid(
            ago(3, 5),
            who(ZHOU, ("胡", "长贵"), "Hu^Changgui", "male", "1951-06-16", "411522", "13900000061"),
            market,
            confirmed(vec![(420, Graded(ordinary, None))]),
        ),
        covid(
            ago(3, 2),
            who(TAO, ("易", "秋香"), "Yi^Qiuxiang", "female", "1964-09-09", "411522", "13900000062"),
            family,
            vec![(400, Laboratory(true, "阳性，Ct 30.2")), (ago(1, 6), Confirmed(ago(1, 3)))],
        ),
        covid(
            ago(2, 6),
            who(ZHOU, ("万", "小满"), "Wan^Xiaoman", "female", "2023-04-22", "411522", "13900000063"),
            ("contact", "与祖父（确诊）同住"),
            confirmed(vec![
                (350, Graded(severe_child, None)),
                (360, Contact(["万建业", "close", "父亲", "13800000063"])),
            ]),
        ),
        covid(
            ago(2, 3),
            who(ZHOU, ("桂", "红霞"), "Gui^Hongxia", "female", "1979-01-28", "411522", "13900000064"),
            market,
            confirmed(vec![(400, Graded(mild, None))]),
        ),
        // He is asked about two hours later: the figures of severe consultations and of the discharged count him.
        Report {
            ago: 1760,
            found: 40,
            onset: 4,
            whose: Whose::Known(0),
            disease: COVID,
            class: "clinical",
            exposure: market,
            then: vec![
                (30, Laboratory(true, "阳性，Ct 24.9")),
                (40, Confirmed(5)),
                (60, Graded(severe, None)),
                (1640, Discharged),
            ],
        },
        covid(
            ago(1, 2),
            who(
                ("wan.qiu", "huangchuan"),
                ("代", "志远"),
                "Dai^Zhiyuan",
                "male",
                "1987-11-19",
                "411526",
                "13900000065",
            ),
            market,
            confirmed(vec![(400, Graded(mild, None))]),
        ),
        // Found in the night, told a day later: late by the law.
        Report {
            found: ago(1, 2) + 25,
            ..covid(
                ago(0, 20),
                who(ZHOU, ("汤", "福顺"), "Tang^Fushun", "male", "1957-02-02", "411522", "13900000066"),
                market,
                confirmed(vec![(400, Graded(ordinary, None))]),
            )
        },
        covid(ago(0, 9), SHEN, market, confirmed(vec![])),
        covid(
            ago(0, 4),
            who(ZHOU, ("毛", "立群"), "Mao^Liqun", "male", "1999-04-04", "411522", "13900000068"),
            ("contact", "与汤某同桌就餐"),
            vec![(10, Contact(["毛小燕", "close", "姐姐", "13800000068"]))],
        ),
        covid(ago(0, 1), SHEN.seen_by(LIU), market, vec![]),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::patients::PATIENTS;
    use super::super::world::World;
    use super::*;
    use kernel::Role;
    use std::collections::BTreeMap;

    #[test]
    fn three_weeks_of_people_with_a_doctor_of_their_hospital() {
        let (world, all) = (World::province().unwrap(), reports());
        assert!((28..=32).contains(&all.len()), "{}", all.len());
        assert!(all.windows(2).all(|two| two[0].ago >= two[1].ago), "oldest first: reports are named by their place");
        let mut numbers: BTreeMap<String, usize> = PATIENTS.iter().map(|p| (p.identifier(), 1)).collect();
        for report in &all {
            assert!(report.ago < super::super::FOUNDED.as_mins(), "the hospitals are there");
            match &report.whose {
                Whose::Known(place) => {
                    assert!(*place < PATIENTS.len() && report.ago < super::super::RECORDED.as_mins());
                }
                Whose::New(person) => {
                    world.who(person.doctor.0, Role::AskingDoctor, Some(person.doctor.1)).unwrap();
                    *numbers.entry(person.identifier()).or_default() += 1;
                }
            }
        }
        let twice = numbers.values().filter(|n| **n == 2).count();
        assert_eq!((twice, numbers.values().max()), (2, Some(&2)), "two people are reported by two hospitals each");
    }

    #[test]
    fn what_is_the_same_is_of_one_disease_and_older() {
        let all = reports();
        let mut pairs = 0;
        for (place, report) in all.iter().enumerate() {
            for (_, learnt) in &report.then {
                if let Learnt::Same(other) = learnt {
                    assert!(*other < place && all[*other].disease.code == report.disease.code);
                    let same = |a: &Whose, b: &Whose| matches!((a, b), (Whose::New(a), Whose::New(b)) if a.identifier() == b.identifier());
                    assert!(same(&all[*other].whose, &report.whose), "the place in the list moved");
                    pairs += 1;
                }
            }
        }
        assert_eq!(pairs, 1);
    }
}
