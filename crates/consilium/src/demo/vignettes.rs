//! What the doctors of the province write in cases beside those of `forms`: one vignette a case, with vital signs and
//! laboratory values over time.

use jiff::SignedDuration;
use kernel::Time;
use serde_json::{Value, json};

/// Name, unit, reference range, and values with the hours before the request at which each sample was taken.
type Trend = (&'static str, &'static str, &'static str, &'static str, &'static [(i64, &'static str)]);
/// Hours before the request; temperature, pulse, respiration, systolic, diastolic, oxygen saturation; oxygen given; ACVPU.
type Signs = (i64, [&'static str; 6], bool, &'static str);

/// What is written.
#[derive(Debug, Clone, Copy)]
pub struct Vignette {
    /// `emergency`, `urgent`, `routine`.
    pub urgency: &'static str,
    /// `live` or `record`.
    pub kind: &'static str,
    specialty: &'static str,
    purpose: &'static str,
    complaint: &'static str,
    history: &'static str,
    past: &'static str,
    diagnosis: &'static str,
    treatment: &'static str,
    signs: &'static [Signs],
    trends: &'static [Trend],
}

fn before(now: Time, hours: i64) -> String {
    (now - SignedDuration::from_hours(hours)).to_string()
}

impl Vignette {
    /// The form at an instant.
    pub fn form(&self, now: Time) -> Value {
        let vitals = |(hours, [temperature, pulse, respiration, systolic, diastolic, spo2], oxygen, alert): &Signs| {
            json!({"time": before(now, *hours), "temperature": temperature, "pulse": pulse, "respiration": respiration,
                "systolic": systolic, "diastolic": diastolic, "spo2": spo2, "oxygen": oxygen, "consciousness": alert})
        };
        let of_one = |(name, unit, low, high, values): &Trend| -> Vec<Value> {
            let one = |(hours, value): &(i64, &str)| json!({"name": name, "value": value, "unit": unit, "low": low, "high": high, "time": before(now, *hours)});
            values.iter().map(one).collect()
        };
        let emergency = self.urgency == "emergency";
        let mut form = json!({
            "form": if emergency { "emergency" } else { "full" }, "urgency": self.urgency, "kind": self.kind,
            "specialty": self.specialty, "purpose": self.purpose, "complaint": self.complaint, "history": self.history,
            "past_history": self.past, "diagnosis": self.diagnosis, "treatment": self.treatment,
            "vitals": self.signs.iter().map(vitals).collect::<Vec<_>>(),
            "labs": self.trends.iter().flat_map(of_one).collect::<Vec<_>>(),
        });
        if emergency {
            form["callback_phone"] = "0371-8850120".into();
            form["consent"] = json!({"emergency_reason": "病情危急，家属在途，先行会诊。"});
        }
        form
    }
}

/// A follow-up nine months or so after three chest CTs of February.
pub const THREE_CT: Vignette = Vignette {
    urgency: "routine",
    kind: "record",
    specialty: "respiratory",
    purpose: "请对比2月2日、4日、6日三次胸部CT：磨玻璃病灶48小时内增长是否超过50%？当时分型与现在的随访方案请指导。",
    complaint: "2月发热、咳嗽后活动后气促至今。",
    history: "2月1日起发热、干咳，两次核酸阴性，第三次阳性；CT示双肺磨玻璃影逐次增大，予高流量氧疗后好转出院。现爬三层楼气促。",
    past: "2型糖尿病6年。",
    diagnosis: "病毒性肺炎恢复期，肺间质改变待查",
    treatment: "出院后口服激素减量，已停药。呼吸训练每日两次。",
    signs: &[
        (30, ["36.6", "88", "20", "128", "78", "95"], false, "A"),
        (3, ["36.7", "92", "22", "130", "80", "94"], false, "A"),
    ],
    trends: &[
        ("淋巴细胞", "10^9/L", "1.1", "3.2", &[(720, "0.62"), (360, "0.95"), (48, "1.30")]),
        ("C反应蛋白", "mg/L", "0", "10", &[(720, "86.0"), (360, "22.4"), (48, "6.1")]),
        ("乳酸脱氢酶", "U/L", "120", "250", &[(720, "388"), (360, "290"), (48, "236")]),
    ],
};

/// Acute abdomen, still to be dispatched.
pub const ABDOMEN: Vignette = Vignette {
    urgency: "routine",
    kind: "live",
    specialty: "general-surgery",
    purpose: "右上腹痛3天，胆囊结石并胆总管轻度扩张，择期手术还是先行ERCP？",
    complaint: "右上腹痛3天。",
    history: "进食油腻后出现，向右肩放射，无寒战。彩超：胆囊结石，胆总管0.9 cm。",
    past: "高血压10年。",
    diagnosis: "胆囊结石，胆总管扩张原因待查",
    treatment: "禁食，头孢曲松 2 g 每日一次。",
    signs: &[(4, ["37.6", "90", "18", "142", "86", "98"], false, "A")],
    trends: &[
        ("总胆红素", "μmol/L", "3.4", "20.5", &[(30, "28.4"), (6, "34.9")]),
        ("谷丙转氨酶", "U/L", "9", "50", &[(30, "96"), (6, "121")]),
    ],
};

/// Chest pain with changing troponin.
pub const CHEST_PAIN: Vignette = Vignette {
    urgency: "urgent",
    kind: "live",
    specialty: "cardiology",
    purpose: "胸痛6小时，肌钙蛋白升高、ST压低，是否立即转运行冠脉造影？",
    complaint: "胸骨后压榨痛6小时。",
    history: "活动后出现，含服硝酸甘油部分缓解。心电图V3至V6 ST段压低0.15 mV。",
    past: "吸烟史，绝经后高脂血症。",
    diagnosis: "急性非ST段抬高型心肌梗死",
    treatment: "阿司匹林300 mg、替格瑞洛180 mg负荷，低分子肝素。",
    signs: &[
        (5, ["36.5", "86", "18", "152", "90", "97"], false, "A"),
        (1, ["36.6", "94", "20", "138", "84", "96"], true, "A"),
    ],
    trends: &[
        ("肌钙蛋白I", "ng/mL", "0", "0.04", &[(5, "0.12"), (3, "0.86"), (1, "2.40")]),
        ("D-二聚体", "mg/L", "0", "0.5", &[(3, "0.42")]),
    ],
};

/// Bleeding in the brain, the expert is in the room.
pub const HAEMORRHAGE: Vignette = Vignette {
    urgency: "emergency",
    kind: "live",
    specialty: "neurosurgery",
    purpose: "突发昏迷，CT示左侧基底节出血约45 mL，请立即指导：就地钻孔引流还是开颅？",
    complaint: "突发意识障碍1小时。",
    history: "劳动中突发头痛、右侧肢体无力，随后昏迷。",
    past: "高血压未规律服药。",
    diagnosis: "脑出血",
    treatment: "气管插管，甘露醇125 mL，乌拉地尔泵入。",
    signs: &[(0, ["36.9", "62", "14", "206", "112", "96"], true, "P")],
    trends: &[("血小板", "10^9/L", "125", "350", &[(1, "186")]), ("国际标准化比值", "", "0.8", "1.2", &[(1, "1.05")])],
};

/// A young man with double vision; the line broke.
pub const WEAKNESS: Vignette = Vignette {
    urgency: "routine",
    kind: "live",
    specialty: "neurology",
    purpose: "进行性四肢无力1周，请查体指导：吉兰-巴雷综合征还是周期性瘫痪？",
    complaint: "四肢无力1周，加重2天。",
    history: "2周前腹泻，1周前双下肢无力，逐渐累及双上肢，无感觉平面。",
    past: "体健。",
    diagnosis: "四肢无力待查",
    treatment: "补钾，维生素B1、甲钴胺。",
    signs: &[
        (26, ["36.4", "80", "16", "122", "76", "98"], false, "A"),
        (2, ["36.5", "92", "20", "130", "82", "96"], false, "A"),
    ],
    trends: &[
        ("钾", "mmol/L", "3.5", "5.3", &[(26, "3.9"), (2, "4.1")]),
        ("肌酸激酶", "U/L", "50", "310", &[(26, "142")]),
    ],
};

/// Kidneys fail; the opinion is being written.
pub const KIDNEY: Vignette = Vignette {
    urgency: "urgent",
    kind: "live",
    specialty: "nephrology",
    purpose: "肌酐三日内翻倍、血钾6.2，是否需要今天开始透析？",
    complaint: "少尿3天，恶心。",
    history: "腹泻后自服布洛芬5天，尿量减至300 mL/日。",
    past: "高血压、慢性肾脏病3期。",
    diagnosis: "急性肾损伤，高钾血症",
    treatment: "停用布洛芬，葡萄糖酸钙、胰岛素加葡萄糖。",
    signs: &[
        (8, ["36.8", "78", "18", "158", "92", "97"], false, "A"),
        (2, ["36.7", "58", "20", "150", "88", "96"], false, "A"),
    ],
    trends: &[
        ("肌酐", "μmol/L", "41", "81", &[(72, "182"), (36, "301"), (3, "412")]),
        ("钾", "mmol/L", "3.5", "5.3", &[(72, "5.1"), (36, "5.7"), (3, "6.2")]),
    ],
};

/// A child that wheezes; the opinion has been opened.
pub const WHEEZE: Vignette = Vignette {
    urgency: "urgent",
    kind: "record",
    specialty: "paediatrics",
    purpose: "哮喘急性发作，雾化三次后仍喘，激素和镁剂如何用？",
    complaint: "喘息2天，加重半天。",
    history: "受凉后喘息，沙丁胺醇雾化三次，间隔20分钟，仍有三凹征。",
    past: "过敏性鼻炎，哮喘2年，未规律吸入。",
    diagnosis: "支气管哮喘急性发作（重度）",
    treatment: "沙丁胺醇加异丙托溴铵雾化，甲泼尼龙 1 mg/kg。",
    signs: &[
        (4, ["37.2", "128", "36", "104", "62", "91"], true, "A"),
        (1, ["37.0", "122", "32", "106", "64", "94"], true, "A"),
    ],
    trends: &[("嗜酸性粒细胞", "10^9/L", "0.02", "0.52", &[(20, "0.98")])],
};

/// Sugar out of hand.
pub const DIABETES: Vignette = Vignette {
    urgency: "routine",
    kind: "live",
    specialty: "endocrinology",
    purpose: "基础胰岛素加量后空腹仍高、夜间低血糖，方案如何调整？",
    complaint: "血糖控制差半年。",
    history: "甘精胰岛素24单位，空腹9至12，凌晨曾3.4 mmol/L。",
    past: "2型糖尿病15年，糖尿病肾病。",
    diagnosis: "2型糖尿病，血糖波动大",
    treatment: "甘精胰岛素24单位睡前，阿卡波糖50 mg每日三次。",
    signs: &[(12, ["36.5", "76", "16", "136", "78", "98"], false, "A")],
    trends: &[
        ("空腹血糖", "mmol/L", "3.9", "6.1", &[(72, "11.6"), (48, "9.8"), (24, "3.4"), (4, "10.2")]),
        ("糖化血红蛋白", "%", "4", "6", &[(48, "9.6")]),
    ],
};

/// A nodule, answered in part.
pub const EMPYEMA: Vignette = Vignette {
    urgency: "urgent",
    kind: "record",
    specialty: "thoracic-surgery",
    purpose: "脓胸引流5天引流量减少但仍发热，继续引流还是胸腔镜清创？",
    complaint: "发热、右侧胸痛2周。",
    history: "右侧包裹性积液，置管引流5天，尿激酶两次，体温仍38.5℃。",
    past: "饮酒30年。",
    diagnosis: "右侧脓胸",
    treatment: "哌拉西林他唑巴坦 4.5 g 每8小时一次，胸腔闭式引流。",
    signs: &[
        (24, ["38.9", "108", "24", "118", "70", "93"], true, "A"),
        (3, ["38.5", "102", "22", "120", "72", "94"], true, "A"),
    ],
    trends: &[
        ("白细胞", "10^9/L", "3.5", "9.5", &[(96, "18.6"), (48, "15.2"), (4, "14.1")]),
        ("降钙素原", "ng/mL", "0", "0.05", &[(96, "4.20"), (48, "1.90"), (4, "1.10")]),
    ],
};

/// A fracture, followed up.
pub const FRACTURE: Vignette = Vignette {
    urgency: "routine",
    kind: "record",
    specialty: "orthopaedics",
    purpose: "胫骨平台骨折（Schatzker II型），本院能否行切开复位内固定？术前准备请指导。",
    complaint: "摔伤致右膝肿痛1天。",
    history: "骑车摔伤，X线示右胫骨平台外侧劈裂塌陷约4 mm。",
    past: "体健。",
    diagnosis: "右胫骨平台骨折",
    treatment: "石膏托固定，抬高患肢，低分子肝素。",
    signs: &[(6, ["36.8", "84", "18", "126", "78", "99"], false, "A")],
    trends: &[("血红蛋白", "g/L", "130", "175", &[(20, "142"), (4, "131")])],
};

/// High pressure in pregnancy, closed without being adopted.
pub const PREECLAMPSIA: Vignette = Vignette {
    urgency: "urgent",
    kind: "live",
    specialty: "obstetrics",
    purpose: "孕34周重度子痫前期，血小板下降，今天终止妊娠还是促肺成熟48小时？",
    complaint: "孕34周，头痛1天。",
    history: "血压最高172/112 mmHg，尿蛋白三个加号，硫酸镁已用。",
    past: "首次妊娠。",
    diagnosis: "重度子痫前期，孕34周",
    treatment: "硫酸镁、拉贝洛尔，地塞米松6 mg肌注。",
    signs: &[
        (6, ["36.6", "92", "18", "172", "112", "98"], false, "A"),
        (1, ["36.7", "88", "18", "158", "102", "98"], false, "A"),
    ],
    trends: &[
        ("血小板", "10^9/L", "125", "350", &[(24, "112"), (8, "96"), (2, "84")]),
        ("谷草转氨酶", "U/L", "13", "35", &[(24, "38"), (8, "56"), (2, "71")]),
    ],
};

/// Pneumonia of an old man, closed yesterday.
pub const ASPIRATION: Vignette = Vignette {
    urgency: "routine",
    kind: "record",
    specialty: "respiratory",
    purpose: "脑梗后吸入性肺炎反复，抗感染疗程与预防误吸请指导。",
    complaint: "反复发热、咳痰2周。",
    history: "鼻饲中仍有呛咳，痰培养肺炎克雷伯菌。",
    past: "脑梗死3年，长期卧床。",
    diagnosis: "吸入性肺炎",
    treatment: "头孢哌酮舒巴坦 3 g 每8小时一次，拍背吸痰。",
    signs: &[
        (48, ["38.8", "104", "26", "124", "72", "90"], true, "C"),
        (4, ["37.6", "92", "22", "128", "74", "94"], true, "A"),
    ],
    trends: &[("白细胞", "10^9/L", "3.5", "9.5", &[(120, "16.4"), (72, "13.0"), (6, "9.8")])],
};

/// A cancer that two centres cannot take on by video.
pub const TUMOUR: Vignette = Vignette {
    urgency: "routine",
    kind: "live",
    specialty: "oncology",
    purpose: "胃癌术后两年，要求会诊决定是否参加外省新药试验。",
    complaint: "胃癌术后2年复查。",
    history: "术后辅助化疗8周期，近期CA199升高，CT未见复发。",
    past: "胃癌根治术后。",
    diagnosis: "胃癌术后",
    treatment: "随访。",
    signs: &[(20, ["36.4", "74", "16", "118", "70", "99"], false, "A")],
    trends: &[("CA199", "U/mL", "0", "37", &[(2160, "18"), (720, "41"), (20, "66")])],
};

/// Withdrawn: the patient was moved.
pub const STONE: Vignette = Vignette {
    urgency: "routine",
    kind: "record",
    specialty: "nephrology",
    purpose: "孤立肾输尿管结石，碎石前需要先置管吗？",
    complaint: "左腰痛1天。",
    history: "CT示左输尿管上段结石0.8 cm，右肾缺如。",
    past: "右肾切除术后10年。",
    diagnosis: "左输尿管结石，孤立肾",
    treatment: "双氯芬酸钠栓，补液。",
    signs: &[(3, ["36.9", "88", "18", "138", "84", "98"], false, "A")],
    trends: &[("肌酐", "μmol/L", "57", "97", &[(30, "104"), (4, "138")])],
};

/// Handed to the other centre, which has not looked yet.
pub const PANCREATITIS: Vignette = Vignette {
    urgency: "urgent",
    kind: "live",
    specialty: "general-surgery",
    purpose: "重症胰腺炎48小时，腹内压升高，是否需要介入引流或转运？",
    complaint: "上腹痛2天。",
    history: "饮酒后发作，淀粉酶升高，CT示胰周渗出，少尿。",
    past: "高甘油三酯血症。",
    diagnosis: "急性胰腺炎（中重症）",
    treatment: "液体复苏，奥曲肽泵入，胃肠减压。",
    signs: &[
        (10, ["38.2", "118", "24", "112", "70", "94"], true, "A"),
        (1, ["38.4", "126", "28", "104", "64", "92"], true, "A"),
    ],
    trends: &[
        ("血淀粉酶", "U/L", "35", "135", &[(40, "1120"), (16, "860"), (2, "540")]),
        ("血钙", "mmol/L", "2.11", "2.52", &[(40, "2.05"), (16, "1.92"), (2, "1.80")]),
    ],
};

/// A stroke; the line was too thin for video.
pub const STROKE: Vignette = Vignette {
    urgency: "urgent",
    kind: "live",
    specialty: "neurology",
    purpose: "后循环梗死，头晕加重，是否需要取栓评估或双抗？",
    complaint: "头晕、行走不稳10小时。",
    history: "晨起头晕、恶心，右侧共济失调，MRI示右小脑梗死。",
    past: "房颤，未抗凝。",
    diagnosis: "急性脑梗死（后循环）",
    treatment: "阿司匹林100 mg，他汀，甘露醇。",
    signs: &[
        (9, ["36.6", "96", "18", "164", "92", "97"], false, "A"),
        (1, ["36.8", "102", "20", "170", "96", "96"], false, "C"),
    ],
    trends: &[
        ("国际标准化比值", "", "0.8", "1.2", &[(9, "1.02")]),
        ("血糖", "mmol/L", "3.9", "6.1", &[(9, "8.8"), (2, "7.4")]),
    ],
};

/// Fever with a rash, raised to urgent.
pub const FEVER: Vignette = Vignette {
    urgency: "routine",
    kind: "live",
    specialty: "infectious",
    purpose: "不明原因发热12天，血小板进行性下降，蜱咬史，是否为发热伴血小板减少综合征？",
    complaint: "发热12天。",
    history: "茶园劳动后发热，左腹股沟淋巴结肿大，近两日牙龈出血。",
    past: "体健。",
    diagnosis: "发热待查",
    treatment: "多西环素 0.1 g 每日两次。",
    signs: &[
        (30, ["39.1", "98", "20", "116", "70", "97"], false, "A"),
        (2, ["39.4", "110", "24", "102", "60", "95"], false, "A"),
    ],
    trends: &[
        ("血小板", "10^9/L", "125", "350", &[(96, "92"), (48, "58"), (3, "31")]),
        ("白细胞", "10^9/L", "3.5", "9.5", &[(96, "2.8"), (48, "2.1"), (3, "1.6")]),
    ],
};

/// Blood counts fall; the expert did not come.
pub const ANAEMIA: Vignette = Vignette {
    urgency: "urgent",
    kind: "live",
    specialty: "haematology",
    purpose: "三系减少伴发热，骨髓涂片请远程阅片，是否急性白血病？",
    complaint: "乏力1月，发热3天。",
    history: "面色苍白，牙龈出血，外周血见幼稚细胞。",
    past: "体健。",
    diagnosis: "三系减少待查",
    treatment: "输红细胞2单位、血小板1单位，亚胺培南。",
    signs: &[
        (12, ["38.9", "112", "22", "106", "62", "97"], false, "A"),
        (1, ["38.6", "106", "20", "110", "64", "97"], false, "A"),
    ],
    trends: &[
        ("血红蛋白", "g/L", "115", "150", &[(168, "82"), (72, "66"), (5, "71")]),
        ("血小板", "10^9/L", "125", "350", &[(168, "46"), (72, "22"), (5, "35")]),
    ],
};

/// A feverish child, just handed in.
pub const CONVULSION: Vignette = Vignette {
    urgency: "urgent",
    kind: "live",
    specialty: "paediatrics",
    purpose: "热性惊厥持续8分钟后嗜睡，是否需要腰穿、转运？",
    complaint: "发热1天，抽搐1次。",
    history: "体温39.8℃时抽搐，地西泮后停止，现嗜睡。",
    past: "无惊厥史。",
    diagnosis: "热性惊厥，颅内感染待排",
    treatment: "地西泮2 mg静推，布洛芬混悬液。",
    signs: &[(0, ["39.2", "146", "34", "92", "56", "96"], true, "V")],
    trends: &[("白细胞", "10^9/L", "4.4", "11.9", &[(1, "17.2")]), ("血糖", "mmol/L", "3.9", "6.1", &[(1, "5.8")])],
};

/// Gout that is more than gout, just handed in.
pub const SWELLING: Vignette = Vignette {
    urgency: "routine",
    kind: "record",
    specialty: "cardiology",
    purpose: "华法林改利伐沙班，肾功能下降，剂量如何选？",
    complaint: "房颤5年，复查。",
    history: "INR波动1.4至3.8，要求更换抗凝药。",
    past: "慢性心衰、慢性肾脏病。",
    diagnosis: "永久性房颤",
    treatment: "华法林 2.5 mg 每日一次。",
    signs: &[(5, ["36.3", "82", "18", "132", "76", "97"], false, "A")],
    trends: &[
        ("国际标准化比值", "", "2", "3", &[(336, "1.42"), (168, "3.80"), (5, "2.60")]),
        ("肌酐", "μmol/L", "57", "97", &[(336, "118"), (5, "131")]),
    ],
};

/// A thyroid nodule: nobody has looked, and the clock has run out.
pub const NODULE: Vignette = Vignette {
    urgency: "routine",
    kind: "record",
    specialty: "endocrinology",
    purpose: "甲状腺结节TI-RADS 4A，穿刺为不典型，随访还是手术？",
    complaint: "发现颈部结节1月。",
    history: "超声左叶1.1 cm低回声结节，穿刺Bethesda III类。",
    past: "桥本甲状腺炎。",
    diagnosis: "甲状腺结节",
    treatment: "暂无。",
    signs: &[(24, ["36.5", "72", "16", "124", "76", "99"], false, "A")],
    trends: &[("促甲状腺激素", "mIU/L", "0.27", "4.2", &[(720, "5.90"), (24, "4.60")])],
};

/// Lymphoma, arranged for tomorrow.
pub const LYMPHOMA: Vignette = Vignette {
    urgency: "routine",
    kind: "live",
    specialty: "oncology",
    purpose: "弥漫大B细胞淋巴瘤二线方案选择，是否具备CAR-T指征？",
    complaint: "淋巴瘤化疗后复发。",
    history: "R-CHOP六周期后8个月复发，PET-CT示腹膜后肿块。",
    past: "乙肝病毒携带。",
    diagnosis: "弥漫大B细胞淋巴瘤复发",
    treatment: "恩替卡韦，支持治疗。",
    signs: &[(10, ["36.9", "84", "18", "128", "78", "98"], false, "A")],
    trends: &[("乳酸脱氢酶", "U/L", "120", "250", &[(720, "210"), (168, "356"), (10, "418")])],
};

/// A heart attack; the expert has said yes a minute ago.
pub const INFARCTION: Vignette = Vignette {
    urgency: "emergency",
    kind: "live",
    specialty: "cardiology",
    purpose: "V1至V4 ST抬高2小时，血压偏低，溶栓还是直接转运PCI？",
    complaint: "持续胸痛2小时。",
    history: "突发胸痛大汗，心电图广泛前壁ST抬高。",
    past: "高血压、吸烟。",
    diagnosis: "急性广泛前壁心肌梗死",
    treatment: "阿司匹林、氯吡格雷负荷，吸氧。",
    signs: &[(0, ["36.2", "112", "24", "94", "60", "93"], true, "A")],
    trends: &[("肌钙蛋白I", "ng/mL", "0", "0.04", &[(1, "0.62")])],
};

/// Bronchiectasis: advice of a city to its county, which the outbreak figure leaves out.
pub const HAEMOPTYSIS: Vignette = Vignette {
    urgency: "routine",
    kind: "record",
    specialty: "respiratory",
    purpose: "支气管扩张反复少量咯血，止血后如何预防复发？",
    complaint: "咯血3天，约50 mL。",
    history: "反复咳脓痰20年，近三日咯血。",
    past: "幼年麻疹肺炎。",
    diagnosis: "支气管扩张并咯血",
    treatment: "垂体后叶素、氨甲环酸，左氧氟沙星。",
    signs: &[(8, ["37.4", "88", "20", "130", "78", "95"], false, "A")],
    trends: &[("血红蛋白", "g/L", "115", "150", &[(72, "128"), (30, "119"), (6, "117")])],
};
