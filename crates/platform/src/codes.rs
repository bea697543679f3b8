//! The code systems of our own, as they stand in resources.

use crate::Lang;

/// Levels of hospitals (`kernel::Level`).
pub const LEVEL: &str = "urn:consilium:level";
/// Roles of people (`kernel::Role`).
pub const ROLE: &str = "urn:consilium:role";
/// Kinds of place that are no room: `site`, where a hospital stands.
pub const PLACE: &str = "urn:consilium:place";
/// Kinds of room: `consulting` or `virtual`.
pub const ROOM: &str = "urn:consilium:room";
/// Specialties.
pub const SPECIALTY: &str = "urn:consilium:specialty";
/// Tasks of our own: `break-glass`.
pub const TASK: &str = "urn:consilium:task";
/// What a review found.
pub const REVIEW: &str = "urn:consilium:review";
/// Marks on resources: `demonstration`.
pub const TAG: &str = "urn:consilium:tag";
/// Professional titles.
pub const TITLE: &str = "urn:consilium:title";
/// Licences to practise.
pub const LICENCE: &str = "urn:consilium:licence";
/// Kinds of a hospital's parts: `department`.
pub const UNIT: &str = "urn:consilium:unit";
/// Kinds of a Device: `gateway`, or one of [`DEVICES`].
pub const DEVICE: &str = "urn:consilium:device";
/// Staff numbers.
pub const STAFF: &str = "urn:consilium:staff";

/// A code, its word in Chinese and in English, as the screens say them.
pub type Words = (&'static str, &'static str, &'static str);

/// Specialties that the forms know, in the order shown.
pub const SPECIALTIES: &[Words] = &[
    ("respiratory", "呼吸内科", "Respiratory"),
    ("critical-care", "重症医学科", "Intensive care"),
    ("infectious", "感染科", "Infectious diseases"),
    ("cardiology", "心血管内科", "Cardiology"),
    ("neurosurgery", "神经外科", "Neurosurgery"),
    ("neurology", "神经内科", "Neurology"),
    ("obstetrics", "产科", "Obstetrics"),
    ("paediatrics", "儿科", "Paediatrics"),
    ("radiology", "影像科", "Radiology"),
    ("endocrinology", "内分泌科", "Endocrinology"),
    ("thoracic-surgery", "胸外科", "Thoracic surgery"),
    ("general-surgery", "普通外科", "General surgery"),
    ("nephrology", "肾内科", "Nephrology"),
    ("haematology", "血液科", "Haematology"),
    ("oncology", "肿瘤科", "Oncology"),
    ("orthopaedics", "骨科", "Orthopaedics"),
];

/// Languages that people speak, for the forms.
pub const LANGUAGES: &[Words] = &[
    ("zh", "汉语", "Chinese"),
    ("en", "英语", "English"),
    ("yue", "粤语", "Cantonese"),
    ("ug", "维吾尔语", "Uyghur"),
    ("bo", "藏语", "Tibetan"),
    ("mn", "蒙古语", "Mongolian"),
    ("fr", "法语", "French"),
    ("es", "西班牙语", "Spanish"),
    ("ru", "俄语", "Russian"),
    ("ar", "阿拉伯语", "Arabic"),
    ("pt", "葡萄牙语", "Portuguese"),
    ("ja", "日语", "Japanese"),
    ("ko", "韩语", "Korean"),
    ("de", "德语", "German"),
];

/// Kinds of terminals and devices, in the order shown.
pub const DEVICES: &[Words] = &[
    ("terminal", "会诊终端", "Video terminal"),
    ("ct", "CT", "CT scanner"),
    ("mr", "磁共振", "MRI scanner"),
    ("x-ray", "数字X线机", "Digital X-ray"),
    ("ultrasound", "超声仪", "Ultrasound"),
    ("endoscope", "内镜", "Endoscope"),
    ("ecg", "心电图机", "Electrocardiograph"),
    ("slide-scanner", "病理切片扫描仪", "Slide scanner"),
    ("monitor", "床旁监护仪", "Bedside monitor"),
    ("ventilator", "呼吸机", "Ventilator"),
    ("other", "其他设备", "Other device"),
];

/// Whether a code is one of these.
pub fn knows(of: &[Words], code: &str) -> bool {
    of.iter().any(|(known, ..)| *known == code)
}

/// The word for a code; of one that is none of these, the code itself.
pub fn word<'a>(of: &[Words], code: &'a str, lang: Lang) -> &'a str {
    let found = of.iter().find(|(known, ..)| *known == code);
    found.map_or(code, |(_, zh, en)| if lang == Lang::Zh { zh } else { en })
}
