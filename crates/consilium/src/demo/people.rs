//! The people of the province beside those whom the table at the terminal names: specialists of both provincial hospitals,
//! a doctor of every city who also administers its hospital, doctors who ask for the counties of their city. They have the same password.

use super::hospitals::Hospital;
use super::world::{ATTENDING, Account, CHIEF, DEPUTY, RoleAt, at, expert};
use kernel::{Level, Role};
use std::borrow::Cow;

/// Sign-in name, name, name in Latin letters.
type Name = (&'static str, &'static str, &'static str);

/// A doctor asks for so many county hospitals at most; those beyond have nobody yet and have not joined.
const COUNTIES_OF_ONE: usize = 6;

const PROVINCIAL: &[(Name, &str, &[&str])] = &[
    (("tang.kai", "唐凯", "Tang Kai"), "province", &["neurosurgery"]),
    (("feng.yan", "冯燕", "Feng Yan"), "province", &["cardiology"]),
    (("xu.jing", "徐静", "Xu Jing"), "province", &["infectious"]),
    (("peng.bo", "彭博", "Peng Bo"), "province", &["obstetrics", "paediatrics"]),
    (("xie.gang", "谢刚", "Xie Gang"), "province", &["thoracic-surgery"]),
    (("cao.lei", "曹磊", "Cao Lei"), "province", &["neurology"]),
    (("yu.hong", "于红", "Yu Hong"), "province-2", &["critical-care", "respiratory"]),
    (("dong.qiang", "董强", "Dong Qiang"), "province-2", &["general-surgery", "orthopaedics"]),
    (("cheng.yu", "程宇", "Cheng Yu"), "province-2", &["nephrology", "endocrinology"]),
    (("yuan.li", "袁丽", "Yuan Li"), "province-2", &["haematology", "oncology"]),
];

/// The doctor of a city's hospital, what they know, and who asks for its counties.
const CITIES: &[(&str, Name, &[&str], &[Name])] = &[
    ("zhengzhou", ("wei.dong", "魏东", "Wei Dong"), &["cardiology"], &[("lu.bin", "陆斌", "Lu Bin")]),
    ("kaifeng", ("bai.xue", "白雪", "Bai Xue"), &["neurology"], &[("jin.fu", "金福", "Jin Fu")]),
    ("luoyang", ("shi.lei", "石磊", "Shi Lei"), &["respiratory"], &[("dai.rong", "戴荣", "Dai Rong")]),
    ("pingdingshan", ("jiang.hua", "江华", "Jiang Hua"), &["critical-care"], &[("xia.qin", "夏琴", "Xia Qin")]),
    ("anyang", ("qin.feng", "秦峰", "Qin Feng"), &["general-surgery"], &[("zhong.da", "钟达", "Zhong Da")]),
    ("hebi", ("meng.jie", "孟洁", "Meng Jie"), &["paediatrics"], &[("wang.rui", "汪锐", "Wang Rui")]),
    ("xinxiang", ("gu.yue", "顾悦", "Gu Yue"), &["obstetrics"], &[("ren.yi", "任毅", "Ren Yi")]),
    ("jiaozuo", ("hou.liang", "侯亮", "Hou Liang"), &["orthopaedics"], &[("yao.na", "姚娜", "Yao Na")]),
    ("puyang", ("shao.qing", "邵青", "Shao Qing"), &["nephrology"], &[("fang.zhou", "方舟", "Fang Zhou")]),
    ("xuchang", ("wan.li", "万丽", "Wan Li"), &["endocrinology"], &[("lin.xi", "林溪", "Lin Xi")]),
    ("luohe", ("duan.yu", "段宇", "Duan Yu"), &["infectious"], &[("zou.ting", "邹婷", "Zou Ting")]),
    ("sanmenxia", ("lei.ming", "雷鸣", "Lei Ming"), &["neurosurgery"], &[("xiong.wu", "熊武", "Xiong Wu")]),
    (
        "nanyang",
        ("tian.hao", "田浩", "Tian Hao"),
        &["thoracic-surgery"],
        &[("qiu.shi", "邱实", "Qiu Shi"), ("hao.ran", "郝然", "Hao Ran")],
    ),
    ("shangqiu", ("fan.min", "范敏", "Fan Min"), &["haematology"], &[("long.fei", "龙飞", "Long Fei")]),
    ("zhoukou", ("kong.xia", "孔霞", "Kong Xia"), &["oncology"], &[("shi.yu", "史雨", "Shi Yu")]),
    ("zhumadian", ("cui.jian", "崔健", "Cui Jian"), &["cardiology"], &[("hu.bing", "胡兵", "Hu Bing")]),
    ("jiyuan", ("pan.wei", "潘伟", "Pan Wei"), &["respiratory"], &[]),
];

/// The counties of Xinyang, whose city doctors the terminal names.
const XINYANG: &[Name] = &[("wan.qiu", "万秋", "Wan Qiu")];

/// The people; `taken` are the county hospitals that have a doctor of their own.
pub fn others(hospitals: &[Hospital], taken: &[&str]) -> Vec<Account> {
    let mut people = vec![];
    for (name, hospital, specialties) in PROVINCIAL {
        people.push(person(*name, CHIEF, vec![expert(hospital, specialties)]));
    }
    let both = |first, hospital| vec![at(first, hospital), at(Role::HospitalAdministrator, hospital)];
    people.push(person(("liang.chao", "梁超", "Liang Chao"), None, both(Role::Dispatcher, "province-2")));
    people.push(person(("cen.yi", "岑毅", "Cen Yi"), None, both(Role::OutbreakOfficer, "province")));
    people.push(person(("tao.yuan", "陶源", "Tao Yuan"), ATTENDING, vec![at(Role::AskingDoctor, "popihe")]));
    for (city, name, specialties, askers) in CITIES {
        // They answer for their hospital as well, and for the counties below that have nobody who does.
        let answers = at(Role::HospitalAdministrator, city);
        people.push(person(*name, DEPUTY, vec![at(Role::AskingDoctor, city), expert(city, specialties), answers]));
        people.extend(of_counties(hospitals, city, askers, taken));
    }
    people.extend(of_counties(hospitals, "xinyang", XINYANG, taken));
    people
}

fn of_counties(hospitals: &[Hospital], city: &str, askers: &[Name], taken: &[&str]) -> Vec<Account> {
    let counties = hospitals.iter().filter(|h| h.level == Level::County && h.above == Some(city));
    let free: Vec<&'static str> = counties.map(|h| h.id).filter(|id| !taken.contains(id)).collect();
    let parts = free.chunks(COUNTIES_OF_ONE).zip(askers);
    let roles = |part: &[&'static str]| part.iter().map(|id| at(Role::AskingDoctor, id)).collect();
    parts.map(|(part, name)| person(*name, ATTENDING, roles(part))).collect()
}

fn person((name, chinese, english): Name, title: Option<(&'static str, &'static str)>, roles: Vec<RoleAt>) -> Account {
    Account { name, chinese, english, title, roles: Cow::Owned(roles) }
}
