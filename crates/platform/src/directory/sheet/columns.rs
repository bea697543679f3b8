//! The columns of the tables and the words in them: a file may use our codes, Chinese, or English.

use crate::Lang;
use crate::codes::{LANGUAGES, SPECIALTIES, Words, word};
use kernel::Role;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its code, which is also the field's.
    pub code: &'static str,
    /// Its head in Chinese.
    pub zh: &'static str,
    /// Its head in English.
    pub en: &'static str,
    /// Other heads that hospitals use.
    pub also: &'static [&'static str],
    /// Must be there.
    pub required: bool,
}

impl Column {
    /// The head in a language.
    pub fn head(&self, lang: Lang) -> &'static str {
        if lang == Lang::Zh { self.zh } else { self.en }
    }

    /// Whether a head means this column; blanks, capitals and a star do not matter.
    pub fn is(&self, head: &str) -> bool {
        let plain = |text: &str| {
            let kept = text.chars().filter(|c| c.is_alphanumeric());
            kept.collect::<String>().to_lowercase()
        };
        let head = plain(head);
        [self.code, self.zh, self.en].iter().chain(self.also).any(|name| plain(name) == head)
    }
}

const fn column(
    code: &'static str,
    zh: &'static str,
    en: &'static str,
    also: &'static [&'static str],
    required: bool,
) -> Column {
    Column { code, zh, en, also, required }
}

/// One line is one post of a person; somebody with two posts has two lines with the same sign-in name.
pub const PEOPLE: &[Column] = &[
    column("account", "用户名", "Sign-in name", &["登录名", "账号", "工号"], true),
    column("name", "姓名", "Name", &[], true),
    column("name_en", "拼音", "Latin name", &["英文名", "姓名拼音"], false),
    column("hospital", "医院", "Hospital", &["机构", "单位", "机构名称"], true),
    column("role", "身份", "Role", &["角色"], true),
    column("department", "科室", "Department", &[], false),
    column("specialties", "专科", "Specialties", &["专业"], false),
    column("title", "职称", "Title", &[], false),
    column("title_en", "职称（英文）", "Title in English", &[], false),
    column("licence", "执业证号", "Licence", &["执业证书编号", "License"], false),
    column("licence_until", "执业证有效期至", "Licence until", &["执业证书有效期", "有效期至"], false),
    column("languages", "语言", "Languages", &[], false),
    column("time_zone", "时区", "Time zone", &["所在时区", "Timezone"], false),
    column("phone", "电话", "Telephone", &["手机", "联系电话", "Phone"], false),
];

/// One line is one hospital.
pub const HOSPITALS: &[Column] = &[
    column("id", "编号", "Id", &["机构编号", "机构代码"], true),
    column("name", "名称", "Name", &["医院", "机构名称"], true),
    column("name_en", "英文名称", "Name in English", &["英文名"], true),
    column("level", "级别", "Level", &["层级"], true),
    column("parent", "上级编号", "Above", &["上级", "上级机构", "Parent"], false),
];

/// One line is one department, room, ward or bed.
pub const PLACES: &[Column] = &[
    column("kind", "类别", "Kind", &["类型"], true),
    column("hospital", "医院", "Hospital", &["机构", "单位", "机构名称"], true),
    column("name", "名称", "Name", &["床号", "床位号", "科室名称", "病区名称"], true),
    column("name_en", "英文名称", "Name in English", &["英文名"], false),
    column("ward", "所属病区", "Ward", &["病区"], false),
    column("id", "编号", "Id", &[], false),
];

/// One line is one terminal or device.
pub const DEVICES: &[Column] = &[
    column("kind", "类别", "Kind", &["类型", "设备类型"], true),
    column("hospital", "医院", "Hospital", &["机构", "单位", "机构名称"], true),
    column("name", "名称", "Name", &["设备名称", "终端名称"], true),
    column("place", "所在位置", "Stands in", &["位置", "存放地点", "Location"], false),
    column("manufacturer", "生产厂家", "Manufacturer", &["厂家", "品牌"], false),
    column("model", "型号", "Model", &["规格型号"], false),
    column("serial", "序列号", "Serial number", &["出厂编号", "SN"], false),
    column("id", "编号", "Id", &[], false),
];

/// A table that a file may hold: its code, its sheet's name in Chinese and English, and its columns.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// `hospitals`, `places`, `devices` or `people`.
    pub code: &'static str,
    zh: &'static str,
    en: &'static str,
    also: &'static [&'static str],
    /// Its columns.
    pub columns: &'static [Column],
}

impl Kind {
    /// The name of its sheet in a language.
    pub fn head(&self, lang: Lang) -> &'static str {
        if lang == Lang::Zh { self.zh } else { self.en }
    }

    /// Whether a sheet of this name is one.
    pub fn is(&self, name: &str) -> bool {
        [self.code, self.zh, self.en].iter().chain(self.also).any(|word| same(name, word))
    }
}

/// All of them, each after those that it names.
pub const KINDS: &[Kind] = &[
    Kind { code: "hospitals", zh: "医院", en: "Hospitals", also: &["机构"], columns: HOSPITALS },
    Kind {
        code: "places",
        zh: "科室与床位",
        en: "Departments and beds",
        also: &["科室", "床位", "病区"],
        columns: PLACES,
    },
    Kind { code: "devices", zh: "设备", en: "Devices", also: &["终端", "设备清单"], columns: DEVICES },
    Kind { code: "people", zh: "人员", en: "People", also: &["用户", "医护人员"], columns: PEOPLE },
];

/// The roles that people have.
const ROLES: &[(Role, &str, &str)] = &[
    (Role::AskingDoctor, "申请医生", "Asking doctor"),
    (Role::Dispatcher, "调度员", "Dispatcher"),
    (Role::Specialist, "会诊专家", "Specialist"),
    (Role::Reader, "阅片医生", "Reader"),
    (Role::WardNurse, "病区护士", "Ward nurse"),
    (Role::WardDoctor, "病区医生", "Ward doctor"),
    (Role::CareManager, "随访护士", "Nurse care manager"),
    (Role::SocialWorker, "社会工作者", "Social worker"),
    (Role::HospitalAdministrator, "医院管理员", "Hospital administrator"),
    (Role::CommandStaff, "指挥人员", "Command staff"),
    (Role::OutbreakOfficer, "疫情管理员", "Outbreak officer"),
    (Role::PlatformAdministrator, "平台管理员", "Platform administrator"),
];

const TITLES: &[(&str, &str)] = &[
    ("主任医师", "Chief physician"),
    ("副主任医师", "Deputy chief physician"),
    ("主治医师", "Attending physician"),
    ("住院医师", "Resident physician"),
    ("主任护师", "Chief nurse"),
    ("副主任护师", "Deputy chief nurse"),
    ("主管护师", "Supervisor nurse"),
    ("护师", "Senior nurse"),
    ("护士", "Nurse"),
];

/// The English of a title that we know.
pub fn title_in_english(title: &str) -> Option<&'static str> {
    TITLES.iter().find(|(zh, _)| *zh == title).map(|(_, en)| *en)
}

/// Whether a cell holds this word; blanks around it and capitals do not matter.
pub fn same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.to_lowercase()
}

/// The role that a cell names, by code or word.
pub fn role_of(text: &str) -> Option<Role> {
    let found = ROLES.iter().find(|(role, zh, en)| [role.code(), zh, en].iter().any(|word| same(text, word)));
    found.map(|(role, ..)| *role)
}

/// The word for a role.
pub fn role_word(role: Role, lang: Lang) -> &'static str {
    let found = ROLES.iter().find(|(r, ..)| *r == role);
    found.map_or(role.code(), |(_, zh, en)| if lang == Lang::Zh { zh } else { en })
}

/// The specialties that a cell names, in order; what is none of ours is the error.
pub fn specialties_of(text: &str) -> Result<Vec<String>, String> {
    listed(text, SPECIALTIES)
}

/// The languages that a cell names, in order; what is none of ours is the error.
pub fn languages_of(text: &str) -> Result<Vec<String>, String> {
    listed(text, LANGUAGES)
}

fn listed(text: &str, of: &[Words]) -> Result<Vec<String>, String> {
    let mut codes: Vec<String> = vec![];
    for part in text.split(['、', ';', '；', '/', '|', '，', ',']).map(str::trim).filter(|part| !part.is_empty()) {
        let found = of.iter().find(|(code, zh, en)| [code, zh, en].iter().any(|word| same(part, word)));
        let (code, ..) = found.ok_or_else(|| part.to_owned())?;
        if !codes.iter().any(|held| held == code) {
            codes.push((*code).to_owned());
        }
    }
    Ok(codes)
}

/// The words for specialties, as one cell.
pub fn specialties_word(codes: &[String], lang: Lang) -> String {
    let words: Vec<_> = codes.iter().map(|code| word(SPECIALTIES, code, lang)).collect();
    words.join(";")
}

/// The words for languages, as one cell.
pub fn languages_word(codes: &[String], lang: Lang) -> String {
    let words: Vec<_> = codes.iter().map(|code| word(LANGUAGES, code, lang)).collect();
    words.join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_words() {
        for role in Role::ALL {
            let given = !matches!(role, Role::Gateway | Role::Patient | Role::Client);
            assert_eq!(ROLES.iter().any(|(r, ..)| *r == role), given, "{role:?}");
        }
    }

    #[test]
    fn heads_and_cells_in_three_ways() {
        let account = PEOPLE[0];
        for head in ["account", "用户名*", " Sign-in name ", "工号"] {
            assert!(account.is(head), "{head}");
        }
        assert!(!account.is("姓名") && !account.is(""));
        for text in ["specialist", "会诊专家", "Specialist "] {
            assert_eq!(role_of(text), Some(Role::Specialist), "{text}");
        }
        assert_eq!(role_of("gateway"), None);
        assert_eq!(specialties_of("呼吸内科、critical-care；呼吸内科").unwrap(), ["respiratory", "critical-care"]);
        assert_eq!(specialties_of("呼吸内科、星象科").unwrap_err(), "星象科");
        assert_eq!(specialties_of("").unwrap(), Vec::<String>::new());
        assert_eq!(languages_of("汉语;en").unwrap(), ["zh", "en"]);
        assert_eq!(languages_of(&languages_word(&["zh".into(), "en".into()], Lang::En)).unwrap(), ["zh", "en"]);
    }
}
