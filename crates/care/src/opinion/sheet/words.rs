//! What is printed around the doctor's words, in both languages.

/// A sheet's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

/// The fixed words of a sheet.
#[derive(Debug)]
pub struct Words {
    pub language: &'static str,
    pub title: &'static str,
    pub case_number: &'static str,
    pub version: &'static str,
    pub asking: &'static str,
    pub advising: &'static str,
    pub doctor: &'static str,
    pub patient: &'static str,
    pub sex: &'static str,
    pub age: &'static str,
    pub born: &'static str,
    pub urgency: &'static str,
    pub requested: &'static str,
    pub specialty: &'static str,
    pub question: &'static str,
    pub diagnosis: &'static str,
    pub labs: &'static str,
    pub lab_columns: [&'static str; 5],
    pub findings: &'static str,
    pub opinion: &'static str,
    pub advice: &'static str,
    pub figures: &'static str,
    pub none: &'static str,
    pub signed_by: &'static str,
    pub signed_at: &'static str,
    pub electronic: &'static str,
    pub advises: &'static str,
    pub because: &'static str,
    pub scan: &'static str,
    pub verify_at: &'static str,
    pub seal: &'static str,
    pub demonstration: &'static str,
    pub colon: &'static str,
}

const ZH: Words = Words {
    language: "zh-CN",
    title: "远程会诊意见书",
    case_number: "会诊编号",
    version: "版本",
    asking: "申请方",
    advising: "受邀方",
    doctor: "申请医师",
    patient: "患者",
    sex: "性别",
    age: "年龄",
    born: "出生日期",
    urgency: "紧急程度",
    requested: "申请时间",
    specialty: "会诊专科",
    question: "会诊目的",
    diagnosis: "初步诊断",
    labs: "申请方提供的检验结果",
    lab_columns: ["项目", "结果", "单位", "参考范围", "时间"],
    findings: "所见",
    opinion: "会诊意见",
    advice: "建议",
    figures: "关键影像",
    none: "（无）",
    signed_by: "会诊医师",
    signed_at: "签署时间",
    electronic: "本意见书由会诊医师以个人密钥电子签名，并加盖受邀医院电子签章。签名与证书在证据包中，任何人可据此核验。",
    advises: "会诊意见供申请方参考，诊疗决定由申请方医师作出。",
    because: "修改原因",
    scan: "扫码核验真伪与最新版本",
    verify_at: "核验地址",
    seal: "会诊专用章",
    demonstration: "演示数据，非真实病例",
    colon: "：",
};

const EN: Words = Words {
    language: "en",
    title: "Teleconsultation Opinion",
    case_number: "Case",
    version: "Version",
    asking: "Asking hospital",
    advising: "Advising hospital",
    doctor: "Asking doctor",
    patient: "Patient",
    sex: "Sex",
    age: "Age",
    born: "Born",
    urgency: "Urgency",
    requested: "Requested",
    specialty: "Specialty",
    question: "Question",
    diagnosis: "Preliminary diagnosis",
    labs: "Laboratory results sent by the asking hospital",
    lab_columns: ["Test", "Result", "Unit", "Reference", "Time"],
    findings: "Findings",
    opinion: "Opinion",
    advice: "Advice",
    figures: "Key images",
    none: "(none)",
    signed_by: "Signed by",
    signed_at: "Signed at",
    electronic: "Signed electronically with the doctor's own key and sealed by the advising hospital. Signatures and certificates are in the evidence package, with which anybody can verify them.",
    advises: "The opinion advises; the asking doctor decides.",
    because: "Because",
    scan: "Scan: genuine? latest?",
    verify_at: "Check it at",
    seal: "会诊专用章",
    demonstration: "Demonstration data, not a real case",
    colon: ": ",
};

impl Tongue {
    /// The words of this language.
    pub fn words(self) -> &'static Words {
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }

    /// "Replaces version 1, signed …".
    pub fn replaces(self, version: u32, at: &str) -> String {
        match self {
            Self::Zh => format!("本版替代第 {version} 版（签署于 {at}）"),
            Self::En => format!("Replaces version {version}, signed {at}"),
        }
    }

    /// "Page 1 of 3".
    pub fn page(self, number: usize, of: usize) -> String {
        match self {
            Self::Zh => format!("第 {number} 页，共 {of} 页"),
            Self::En => format!("Page {number} of {of}"),
        }
    }
}
