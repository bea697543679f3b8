//! Thirty cases in all states and urgencies, spread over the last day and a bit: who asks, with what, and what happens at
//! which minute. `timeline` tells them.

use super::forms;
use super::vignettes::{self as told, Vignette};
use jiff::SignedDuration;
use kernel::Time;
use serde_json::{Value, json};

/// Findings, opinion, advice.
pub type Words = [&'static str; 3];

/// One case.
pub struct Story {
    /// How many minutes ago it was handed in.
    pub ago: i64,
    /// The patient's place in `PATIENTS`.
    pub patient: usize,
    /// What is asked.
    pub ask: Ask,
    /// Chest CTs.
    pub ct: Ct,
    /// What happens, and how many minutes after it was handed in.
    pub then: Vec<(i64, Next)>,
    /// The state in which it is left.
    pub ends: &'static str,
}

/// What is asked.
#[derive(Clone, Copy)]
pub enum Ask {
    /// A form of its own.
    Form(fn(Time) -> Value),
    /// One of the vignettes.
    Told(&'static Vignette),
}

/// The chest CTs of a case.
#[derive(Clone, Copy)]
pub enum Ct {
    /// None.
    None,
    /// Days before the request, and how large the lesions were.
    Before(&'static [(i64, f64)]),
    /// Days of the last February, and how large the lesions were.
    February(&'static [(i8, f64)]),
}

/// What happens.
#[derive(Clone, Copy)]
pub enum Next {
    /// A dispatcher takes a step, with more than the version in its body.
    Desk(&'static str, &'static str, fn(Time) -> Value),
    /// A dispatcher names the experts.
    Assign(&'static str, &'static [&'static str]),
    /// An expert takes a step.
    Expert(&'static str, &'static str, fn(Time) -> Value),
    /// An expert signs.
    Sign(&'static str, Words),
    /// The asking doctor takes a step.
    Doctor(&'static str, fn(Time) -> Value),
    /// The asking doctor opens the opinion.
    Open,
    /// An expert writes a message.
    Say(&'static str, &'static str),
    /// An expert goes into the room.
    Enter(&'static str),
    /// The asking doctor goes into the room.
    DoctorEnters,
}

fn nothing(_: Time) -> Value {
    json!({})
}

fn adopted(_: Time) -> Value {
    json!({"answer": "adopted"})
}

/// Bookings begin at whole five minutes.
fn five_minutes_on(at: Time) -> String {
    let second = at.as_second() - at.as_second().rem_euclid(300);
    Time::from_second(second).unwrap_or(at).to_string()
}

const CHEN: &str = "chen.tao";
const LIANG: &str = "liang.chao";

fn look(minute: i64) -> (i64, Next) {
    (minute, Next::Desk(CHEN, "first-look", nothing))
}

fn assign(minute: i64, expert: &'static [&'static str]) -> (i64, Next) {
    (minute, Next::Assign(CHEN, expert))
}

fn accept(minute: i64, expert: &'static str) -> (i64, Next) {
    (minute, Next::Expert(expert, "accept", nothing))
}

fn start(minute: i64, expert: &'static str) -> (i64, Next) {
    (minute, Next::Expert(expert, "start", nothing))
}

fn sign(minute: i64, expert: &'static str, words: Words) -> (i64, Next) {
    (minute, Next::Sign(expert, words))
}

/// The cases.
pub fn stories() -> Vec<Story> {
    let mut all = main_job();
    all.extend(waiting());
    all.extend(under_way());
    all.extend(answered());
    all.extend(ended());
    all
}

fn story(ago: i64, patient: usize, ask: Ask, ct: Ct, ends: &'static str, then: Vec<(i64, Next)>) -> Story {
    Story { ago, patient, ask, ct, then, ends }
}

fn plain(ago: i64, patient: usize, ask: &'static Vignette, ends: &'static str, then: Vec<(i64, Next)>) -> Story {
    story(ago, patient, Ask::Told(ask), Ct::None, ends, then)
}

/// Those of the people whom the terminal names.
fn main_job() -> Vec<Story> {
    use Ask::{Form, Told};
    vec![
        story(
            1620,
            0,
            Form(forms::pneumonia),
            Ct::Before(&[(2, 1.0), (0, 1.3)]),
            "closed",
            vec![
                look(6),
                assign(10, &["li.wei"]),
                accept(19, "li.wei"),
                sign(50, "li.wei", forms::PNEUMONIA_OPINION),
                (62, Next::Open),
                (65, Next::Doctor("answer", adopted)),
                (
                    1500,
                    Next::Doctor("follow-up", |_| json!({"outcome": "improved", "note": "体温正常，吸氧浓度下降。"})),
                ),
                (1510, Next::Doctor("close", nothing)),
            ],
        ),
        story(
            75,
            7,
            Form(forms::heart_failure),
            Ct::None,
            "signed",
            vec![
                look(8),
                assign(8, &["wang.lan"]),
                accept(23, "wang.lan"),
                sign(55, "wang.lan", forms::HEART_FAILURE_OPINION),
            ],
        ),
        story(
            180,
            6,
            Form(forms::thyroid),
            Ct::None,
            "returned",
            vec![
                look(14),
                (14, Next::Desk(CHEN, "return", |_| json!({"items": ["近一周甲状腺功能（FT3、FT4、TSH）", "心电图"]}))),
            ],
        ),
        story(
            90,
            9,
            Form(forms::lung_mass),
            Ct::Before(&[(1, 0.9)]),
            "scheduled",
            vec![
                look(10),
                (
                    15,
                    Next::Desk(CHEN, "assign", |now| {
                        json!({
                            "experts": ["li-wei-specialist", "zhang-jun-specialist"], "minutes": 30, "room": "province-room-1",
                            "start": five_minutes_on(now + SignedDuration::from_hours(3)),
                        })
                    }),
                ),
            ],
        ),
        story(
            36,
            1,
            Form(forms::copd),
            Ct::None,
            "waiting",
            vec![
                look(5),
                // Still ahead when somebody looks at it: an expert who is not in the room by then is replaced.
                (
                    8,
                    Next::Desk(CHEN, "assign", |now| {
                        let start = five_minutes_on(now + SignedDuration::from_mins(90));
                        json!({"experts": ["li-wei-specialist"], "start": start})
                    }),
                ),
                accept(12, "li.wei"),
                (13, Next::Say("li.wei", "请把最近一次血气的时间和吸氧浓度补上，我十分钟后进会诊室。")),
            ],
        ),
        story(
            190,
            3,
            Told(&told::THREE_CT),
            Ct::February(&[(2, 0.8), (4, 1.0), (6, 1.25)]),
            "waiting",
            vec![look(12), assign(16, &["li.wei"]), accept(25, "li.wei")],
        ),
        story(0, 2, Form(forms::trauma), Ct::None, "submitted", vec![]),
    ]
}

/// Not yet with an expert.
fn waiting() -> Vec<Story> {
    vec![
        plain(55, 10, &told::ABDOMEN, "triaged", vec![look(20)]),
        plain(6, 27, &told::CONVULSION, "submitted", vec![]),
        plain(12, 28, &told::SWELLING, "submitted", vec![]),
        plain(47, 29, &told::NODULE, "submitted", vec![]),
        plain(
            22,
            23,
            &told::PANCREATITIS,
            "transferred",
            vec![
                look(6),
                (
                    14,
                    Next::Desk(
                        CHEN,
                        "transfer",
                        |_| json!({"centre": "province-2", "reason": "本中心普外专家均在手术。"}),
                    ),
                ),
            ],
        ),
        plain(
            80,
            25,
            &told::FEVER,
            "escalated",
            vec![look(15), (68, Next::Desk(CHEN, "escalate", |_| json!({"reason": "血小板继续下降，出现出血。"})))],
        ),
        plain(
            240,
            32,
            &told::LYMPHOMA,
            "scheduled",
            vec![
                look(20),
                (
                    30,
                    Next::Desk(CHEN, "assign", |now| {
                        let start = five_minutes_on(now + SignedDuration::from_hours(15));
                        json!({"experts": ["yuan-li-specialist"], "minutes": 40, "room": "province-room-2", "start": start})
                    }),
                ),
            ],
        ),
    ]
}

/// With an expert.
fn under_way() -> Vec<Story> {
    vec![
        // An emergency begins at once, so both are there already: nobody is replaced while somebody looks at it.
        plain(
            4,
            30,
            &told::INFARCTION,
            "waiting",
            vec![
                look(1),
                assign(1, &["feng.yan"]),
                accept(3, "feng.yan"),
                (3, Next::DoctorEnters),
                (4, Next::Enter("feng.yan")),
            ],
        ),
        plain(
            70,
            11,
            &told::CHEST_PAIN,
            "in-session",
            vec![look(6), assign(10, &["feng.yan"]), accept(18, "feng.yan"), start(40, "feng.yan")],
        ),
        plain(
            14,
            12,
            &told::HAEMORRHAGE,
            "in-session",
            vec![look(1), assign(2, &["tang.kai"]), accept(3, "tang.kai"), start(6, "tang.kai")],
        ),
        plain(
            150,
            13,
            &told::WEAKNESS,
            "suspended",
            vec![
                look(15),
                assign(20, &["cao.lei"]),
                accept(35, "cao.lei"),
                start(60, "cao.lei"),
                (140, Next::Desk(CHEN, "suspend", |_| json!({"reason": "县医院线路中断，等待恢复。"}))),
            ],
        ),
        plain(
            130,
            14,
            &told::KIDNEY,
            "opinion-drafted",
            vec![
                look(10),
                assign(14, &["cheng.yu"]),
                accept(25, "cheng.yu"),
                start(50, "cheng.yu"),
                (95, Next::Expert("cheng.yu", "conclude", nothing)),
            ],
        ),
        plain(
            60,
            24,
            &told::STROKE,
            "converted-async",
            vec![
                look(6),
                assign(10, &["cao.lei"]),
                (25, Next::Desk(CHEN, "convert", |_| json!({"reason": "线路不足以视频会诊，改为资料会诊。"}))),
            ],
        ),
        plain(
            50,
            26,
            &told::ANAEMIA,
            "no-show",
            vec![
                look(6),
                assign(10, &["yuan.li"]),
                accept(18, "yuan.li"),
                (45, Next::Desk(CHEN, "no-show", |_| json!({"who": "expert", "reason": "专家急诊手术未到。"}))),
            ],
        ),
    ]
}

/// Signed, the case still open.
fn answered() -> Vec<Story> {
    vec![
        plain(
            95,
            15,
            &told::WHEEZE,
            "delivered",
            vec![
                look(5),
                assign(8, &["peng.bo"]),
                accept(15, "peng.bo"),
                sign(
                    65,
                    "peng.bo",
                    [
                        "重度急性发作，雾化后仍有三凹征，氧合尚可。",
                        "支气管哮喘急性发作（重度），需系统激素，可加用硫酸镁。",
                        "1. 甲泼尼龙 1 mg/kg 每12小时一次；2. 硫酸镁 40 mg/kg 静滴一次；3. 1小时后复评，无改善转运。",
                    ],
                ),
                (80, Next::Open),
            ],
        ),
        plain(
            400,
            16,
            &told::DIABETES,
            "delivered",
            vec![
                look(20),
                assign(30, &["cheng.yu"]),
                accept(45, "cheng.yu"),
                start(52, "cheng.yu"),
                sign(
                    80,
                    "cheng.yu",
                    [
                        "空腹高、凌晨低，符合苏木杰现象。",
                        "基础胰岛素剂量偏大、作用时间与进餐不匹配。",
                        "1. 甘精胰岛素减至20单位，改晨间；2. 停阿卡波糖，加利格列汀5 mg；3. 三日后上传七点血糖。",
                    ],
                ),
                (130, Next::Open),
            ],
        ),
        plain(
            330,
            17,
            &told::EMPYEMA,
            "acknowledged",
            vec![
                look(10),
                assign(15, &["xie.gang"]),
                accept(30, "xie.gang"),
                sign(
                    100,
                    "xie.gang",
                    [
                        "包裹性脓胸，引流不充分，炎症指标下降缓慢。",
                        "脓胸纤维脓性期，内科引流效果欠佳。",
                        "建议72小时内行胸腔镜清创；术前复查凝血、心肺功能，营养支持。",
                    ],
                ),
                (120, Next::Open),
                (140, Next::Doctor("answer", |_| json!({"answer": "partly", "reason": "家属要求先再观察两天引流。"}))),
            ],
        ),
        plain(
            560,
            18,
            &told::FRACTURE,
            "followed-up",
            vec![
                look(20),
                assign(25, &["dong.qiang"]),
                accept(60, "dong.qiang"),
                sign(
                    150,
                    "dong.qiang",
                    [
                        "外侧平台劈裂塌陷约4 mm，软组织条件可。",
                        "Schatzker II型骨折，有手术指征，本院可行。",
                        "1. 肿胀消退后行切开复位、植骨、外侧锁定钢板；2. 术前下肢静脉超声；3. 术中遇困难可随时呼叫。",
                    ],
                ),
                (200, Next::Open),
                (230, Next::Doctor("answer", adopted)),
                (500, Next::Doctor("follow-up", |_| json!({"outcome": "unchanged", "note": "已安排手术。"}))),
            ],
        ),
    ]
}

/// Over.
fn ended() -> Vec<Story> {
    vec![
        plain(
            700,
            19,
            &told::PREECLAMPSIA,
            "closed",
            vec![
                look(8),
                assign(12, &["peng.bo"]),
                accept(20, "peng.bo"),
                start(40, "peng.bo"),
                sign(
                    75,
                    "peng.bo",
                    [
                        "血压控制不佳，血小板与转氨酶提示HELLP趋势。",
                        "重度子痫前期，部分性HELLP综合征。",
                        "建议促肺成熟首剂后24小时内终止妊娠，备血小板；硫酸镁维持至产后24小时。",
                    ],
                ),
                (85, Next::Open),
                (
                    95,
                    Next::Doctor(
                        "answer",
                        |_| json!({"answer": "not", "reason": "患者及家属要求转市级医院分娩，已联系转运。"}),
                    ),
                ),
                (310, Next::Doctor("close", nothing)),
            ],
        ),
        plain(
            1500,
            20,
            &told::ASPIRATION,
            "closed",
            vec![
                look(15),
                assign(20, &["yu.hong"]),
                accept(50, "yu.hong"),
                sign(
                    140,
                    "yu.hong",
                    [
                        "影像与培养支持吸入性肺炎，炎症指标下降。",
                        "吸入性肺炎，疗效可，可降阶梯。",
                        "1. 按药敏改口服序贯，总疗程10至14天；2. 抬高床头30度，鼻饲后不翻身；3. 吞咽评估。",
                    ],
                ),
                (180, Next::Open),
                (200, Next::Doctor("answer", adopted)),
                (1100, Next::Doctor("follow-up", |_| json!({"outcome": "improved"}))),
                (1110, Next::Doctor("close", nothing)),
            ],
        ),
        plain(
            1250,
            33,
            &told::HAEMOPTYSIS,
            "closed",
            vec![
                look(10),
                assign(20, &["shi.lei"]),
                accept(40, "shi.lei"),
                sign(
                    120,
                    "shi.lei",
                    [
                        "双下肺支扩，出血量小，血红蛋白缓慢下降。",
                        "支气管扩张并少量咯血，感染诱发。",
                        "1. 抗感染10天；2. 体位引流；3. 再次出血超过100 mL行支气管动脉栓塞。",
                    ],
                ),
                (160, Next::Open),
                (190, Next::Doctor("answer", adopted)),
                (600, Next::Doctor("close", nothing)),
            ],
        ),
        plain(
            260,
            21,
            &told::TUMOUR,
            "declined",
            vec![
                look(20),
                (30, Next::Desk(CHEN, "decline", |_| json!({"reason": "新药试验入组不属本中心会诊范围。"}))),
                (50, Next::Desk(LIANG, "decline", |_| json!({"reason": "无相应试验，请直接联系牵头医院。"}))),
            ],
        ),
        plain(
            300,
            22,
            &told::STONE,
            "cancelled",
            vec![look(15), (45, Next::Doctor("cancel", |_| json!({"reason": "患者已转市级医院。"})))],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeSet, HashSet};

    #[test]
    fn thirty_cases_of_thirty_patients_in_all_states_and_urgencies() {
        let all = stories();
        assert_eq!(all.len(), 30);
        assert_eq!(all.iter().map(|s| s.patient).collect::<HashSet<_>>().len(), 30);
        let states: BTreeSet<_> = all.iter().map(|s| s.ends).collect();
        let every = care::consult::state::State::ALL.iter().map(|s| s.code());
        let missing: Vec<_> = every.filter(|code| *code != "draft" && !states.contains(code)).collect();
        assert_eq!(missing, Vec::<&str>::new(), "no case is left in these states");
        for urgency in ["emergency", "urgent", "routine"] {
            let form = |s: &&Story| match s.ask {
                Ask::Form(form) => form(Time::UNIX_EPOCH)["urgency"] == urgency,
                Ask::Told(told) => told.urgency == urgency,
            };
            assert!(all.iter().filter(form).count() >= 3, "{urgency}");
        }
    }

    #[test]
    fn who_waits_for_a_meeting_is_in_the_room_or_has_time_until_it() {
        let present = Time::UNIX_EPOCH + SignedDuration::from_hours(10_000);
        for story in stories().iter().filter(|s| ["scheduled", "waiting"].contains(&s.ends)) {
            let asked = present - SignedDuration::from_mins(story.ago);
            let kind = match story.ask {
                Ask::Form(form) => form(asked)["kind"].clone(),
                Ask::Told(told) => told.kind.into(),
            };
            let here = story.then.iter().any(|(_, next)| matches!(next, Next::Enter(_)));
            let start = story.then.iter().rev().find_map(|(minute, next)| match next {
                Next::Desk(_, "assign", body) => {
                    body(asked + SignedDuration::from_mins(*minute))["start"].as_str()?.parse::<Time>().ok()
                }
                _ => None,
            });
            let ahead = start.is_some_and(|start| start >= present + SignedDuration::from_mins(30));
            assert!(kind == "record" || here || ahead, "patient {} loses the expert: {start:?}", story.patient);
        }
    }

    #[test]
    fn nothing_happens_before_the_request_or_after_the_present() {
        for story in stories() {
            let minutes: Vec<_> = story.then.iter().map(|(minute, _)| *minute).collect();
            assert!(minutes.is_sorted() && minutes.iter().all(|m| (0..=story.ago).contains(m)), "{}", story.ends);
        }
    }
}
