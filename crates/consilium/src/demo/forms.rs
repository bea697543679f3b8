//! What the doctors of the demonstration write.

use super::stories::Words;
use jiff::SignedDuration;
use kernel::Time;
use serde_json::{Value, json};

fn before(now: Time, hours: i64) -> String {
    (now - SignedDuration::from_hours(hours)).to_string()
}

/// Pneumonia that worsens over two days; on the record alone.
pub fn pneumonia(now: Time) -> Value {
    json!({
        "form": "full", "urgency": "urgent", "kind": "record", "specialty": "respiratory",
        "purpose": "双肺病灶两天内增大，是否需要转入重症监护、调整抗感染方案？",
        "complaint": "发热、咳嗽5天，加重伴气促1天。",
        "history": "5天前受凉后发热，最高39.2℃，咳少量白痰。当地头孢呋辛3天无好转，1天前活动后气促。",
        "past_history": "高血压8年，规律服药。否认糖尿病。",
        "examination": "神清，呼吸26次/分，双下肺可闻及湿啰音，心率104次/分，律齐。",
        "auxiliary": "两次胸部CT见附件。",
        "allergies": "青霉素皮试阳性", "drugs": "氨氯地平 5 mg 每日一次", "weight_kg": "68.5",
        "diagnosis": "社区获得性肺炎（重症？）", "treatment": "左氧氟沙星 0.5 g 每日一次，鼻导管吸氧 4 L/min。",
        "vitals": [
            {"time": before(now, 20), "temperature": "38.9", "pulse": "104", "respiration": "26", "systolic": "132",
             "diastolic": "80", "spo2": "91", "oxygen": false, "consciousness": "A"},
            {"time": before(now, 2), "temperature": "38.4", "pulse": "110", "respiration": "28", "systolic": "126",
             "diastolic": "78", "spo2": "93", "oxygen": true, "consciousness": "A"},
        ],
        "labs": [
            {"name": "白细胞", "value": "12.80", "unit": "10^9/L", "low": "3.5", "high": "9.5", "time": before(now, 44)},
            {"name": "白细胞", "value": "14.20", "unit": "10^9/L", "low": "3.5", "high": "9.5", "time": before(now, 4)},
            {"name": "C反应蛋白", "value": "86.0", "unit": "mg/L", "low": "0", "high": "10", "time": before(now, 44)},
            {"name": "C反应蛋白", "value": "142.5", "unit": "mg/L", "low": "0", "high": "10", "time": before(now, 4)},
            {"name": "降钙素原", "value": "1.20", "unit": "ng/mL", "low": "0", "high": "0.05", "time": before(now, 4)},
        ],
    })
}

/// The opinion on it.
pub const PNEUMONIA_OPINION: Words = [
    "两次CT对比：双下肺实变范围增大约三分之一，无胸腔积液。炎症指标上升，氧合下降。",
    "重症社区获得性肺炎，进展期。目前未达到气管插管指征。",
    "1. 转入监护病房，经鼻高流量氧疗；2. 换用莫西沙星，送血培养与痰培养；3. 24小时后复查血气，48小时后复查CT；4. 呼吸频率≥30次/分或氧合指数<150时再次呼叫。",
];

/// Heart failure of an old man.
pub fn heart_failure(now: Time) -> Value {
    json!({
        "form": "full", "urgency": "urgent", "kind": "record", "specialty": "cardiology",
        "purpose": "利尿后仍气促，BNP升高，请指导下一步用药。",
        "complaint": "反复胸闷气促3年，加重1周。", "history": "1周来夜间不能平卧，双下肢水肿。呋塞米20 mg静推两日，尿量约1500 mL/日。",
        "past_history": "冠心病12年，支架植入1枚。", "diagnosis": "慢性心力衰竭急性加重，NYHA III级",
        "drugs": "阿司匹林、阿托伐他汀、美托洛尔缓释片 47.5 mg", "weight_kg": "61",
        "vitals": [{"time": before(now, 1), "temperature": "36.6", "pulse": "96", "respiration": "24", "systolic": "108",
             "diastolic": "66", "spo2": "94", "oxygen": true, "consciousness": "A"}],
        "labs": [
            {"name": "BNP", "value": "2310", "unit": "pg/mL", "low": "0", "high": "100", "time": before(now, 6)},
            {"name": "钾", "value": "3.20", "unit": "mmol/L", "low": "3.5", "high": "5.3", "time": before(now, 6)},
            {"name": "肌酐", "value": "128", "unit": "μmol/L", "low": "57", "high": "97", "time": before(now, 6)},
        ],
    })
}

/// The opinion on it.
pub const HEART_FAILURE_OPINION: Words = [
    "容量负荷过重，低钾，肾功能轻度受损。",
    "慢性心力衰竭急性加重，利尿剂剂量不足，低钾需先纠正。",
    "1. 口服加静脉补钾，目标4.0-5.0 mmol/L；2. 呋塞米40 mg静推每日两次，记录24小时出入量；3. 病情稳定后小剂量加用沙库巴曲缬沙坦；4. 三日后复查BNP、电解质。",
];

/// A question that lacks its laboratory values.
pub fn thyroid(_: Time) -> Value {
    json!({
        "form": "full", "urgency": "routine", "kind": "record", "specialty": "endocrinology",
        "purpose": "甲亢治疗中心悸加重，是否调整甲巯咪唑剂量？", "complaint": "心悸、多汗2月。",
        "history": "2月前诊断甲亢，口服甲巯咪唑10 mg每日两次。", "diagnosis": "甲状腺功能亢进症", "pregnancy": "no",
    })
}

/// A mass in the lung, for two experts.
pub fn lung_mass(now: Time) -> Value {
    json!({
        "form": "full", "urgency": "routine", "kind": "live", "specialty": "respiratory",
        "purpose": "右肺占位，请呼吸科与影像科会诊：穿刺还是先抗炎后复查？", "complaint": "体检发现右肺结节1月。",
        "history": "无发热、咯血，体重无明显变化。吸烟30年，每日20支。", "past_history": "2型糖尿病5年。",
        "auxiliary": "胸部CT见附件。", "diagnosis": "右肺占位性质待查", "drugs": "二甲双胍 0.5 g 每日三次",
        "labs": [{"name": "癌胚抗原", "value": "4.1", "unit": "ng/mL", "low": "0", "high": "5", "time": before(now, 30)}],
    })
}

/// An acute exacerbation, live.
pub fn copd(now: Time) -> Value {
    json!({
        "form": "full", "urgency": "urgent", "kind": "live", "specialty": "critical-care",
        "purpose": "慢阻肺急性加重，二氧化碳潴留加重，是否改无创通气参数或插管？", "complaint": "咳痰喘20年，加重3天。",
        "history": "3天前受凉后喘憋加重，无创通气12小时，意识较前淡漠。", "past_history": "慢阻肺20年，长期家庭氧疗。",
        "diagnosis": "慢阻肺急性加重，II型呼吸衰竭", "treatment": "无创通气 IPAP 16 EPAP 5，甲泼尼龙 40 mg。",
        "allergies": "无", "weight_kg": "49.0",
        "vitals": [{"time": before(now, 1), "temperature": "37.4", "pulse": "118", "respiration": "30", "systolic": "142",
             "diastolic": "84", "spo2": "88", "oxygen": true, "consciousness": "V"}],
        "labs": [
            {"name": "pH", "value": "7.28", "unit": "", "low": "7.35", "high": "7.45", "time": before(now, 2)},
            {"name": "二氧化碳分压", "value": "78", "unit": "mmHg", "low": "35", "high": "45", "time": before(now, 2)},
            {"name": "氧分压", "value": "56", "unit": "mmHg", "low": "80", "high": "100", "time": before(now, 2)},
        ],
    })
}

/// An emergency, sent within a minute.
pub fn trauma(now: Time) -> Value {
    json!({
        "form": "emergency", "urgency": "emergency", "kind": "live", "specialty": "neurosurgery",
        "purpose": "车祸头部外伤，右侧瞳孔散大，血压升高，请立即指导：就地开颅还是转运？", "callback_phone": "0376-8850120",
        "vitals": [{"time": now.to_string(), "pulse": "56", "respiration": "12", "systolic": "186", "diastolic": "98",
             "spo2": "96", "oxygen": true, "consciousness": "P"}],
        "consent": {"emergency_reason": "患者昏迷，家属在途，病情危急。"},
    })
}
