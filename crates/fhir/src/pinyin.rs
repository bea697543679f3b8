//! How a Chinese name sounds, so that it is found by pinyin and by initials.

use pinyin::ToPinyin;

/// Family names of two characters; without them 欧阳 would be read as the family Ou.
const DOUBLE: &[&str] = &[
    "欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "令狐", "宇文", "长孙", "慕容", "司徒",
    "司空", "端木", "百里", "南宫", "呼延", "独孤",
];
/// Family names read otherwise than the character alone.
const FAMILY: &[(&str, &str)] = &[
    ("曾", "zeng"),
    ("单", "shan"),
    ("解", "xie"),
    ("仇", "qiu"),
    ("区", "ou"),
    ("查", "zha"),
    ("任", "ren"),
    ("华", "hua"),
    ("盖", "ge"),
    ("朴", "piao"),
    ("尉迟", "yu chi"),
    ("长孙", "zhang sun"),
    ("缪", "miao"),
    ("覃", "qin"),
    ("乐", "yue"),
    ("翟", "zhai"),
    ("宓", "mi"),
    ("员", "yun"),
    ("种", "chong"),
    ("黑", "he"),
];

/// A name split into family and given part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Family name.
    pub family: String,
    /// Given name; may be empty.
    pub given: String,
}

/// Splits a Chinese name as written (family first). Names with a space or without Chinese characters are left whole.
pub fn split(name: &str) -> Option<Split> {
    let chars: Vec<char> = name.chars().collect();
    if chars.len() < 2 || !chars.iter().all(|c| c.to_pinyin().is_some()) {
        return None;
    }
    let double: String = chars[..2].iter().collect();
    let at = if chars.len() > 2 && DOUBLE.contains(&double.as_str()) { 2 } else { 1 };
    Some(Split { family: chars[..at].iter().collect(), given: chars[at..].iter().collect() })
}

/// Syllables of a text, toneless; characters without a reading are kept as they are, in small letters.
fn syllables(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last_was_letter = false;
    for c in text.chars() {
        match c.to_pinyin() {
            Some(p) => {
                // Keyboards have no ü: people type v.
                out.push(p.plain().replace('ü', "v"));
                last_was_letter = false;
            }
            None if c.is_alphanumeric() => {
                if last_was_letter && let Some(word) = out.last_mut() {
                    word.extend(c.to_lowercase());
                } else {
                    out.push(c.to_lowercase().collect());
                }
                last_was_letter = true;
            }
            None => last_was_letter = false,
        }
    }
    out
}

/// The reading of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// `wang`
    pub family: String,
    /// `xiaoming`
    pub given: String,
    /// `wxm`
    pub initials: String,
}

impl Reading {
    /// `wang xiaoming`
    pub fn text(&self) -> String {
        if self.given.is_empty() { self.family.clone() } else { format!("{} {}", self.family, self.given) }
    }
}

/// Reads a family and a given name.
pub fn read(family: &str, given: &str) -> Reading {
    let family_syllables: Vec<String> = FAMILY
        .iter()
        .find(|(name, _)| *name == family)
        .map(|(_, reading)| reading.split(' ').map(str::to_owned).collect())
        .unwrap_or_else(|| syllables(family));
    let given_syllables = syllables(given);
    let initials = family_syllables.iter().chain(&given_syllables).filter_map(|s| s.chars().next()).collect();
    Reading { family: family_syllables.concat(), given: given_syllables.concat(), initials }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sound_as_people_say_them() {
        for (name, reading, initials) in [
            ("王小明", "wang xiaoming", "wxm"),
            ("欧阳娜娜", "ouyang nana", "oynn"),
            ("欧阳", "ou yang", "oy"),
            ("曾国强", "zeng guoqiang", "zgq"),
            ("单雄信", "shan xiongxin", "sxx"),
            ("吕布", "lv bu", "lb"),
        ] {
            let parts = split(name).unwrap();
            let read = read(&parts.family, &parts.given);
            assert_eq!((read.text().as_str(), read.initials.as_str()), (reading, initials), "{name}");
        }
    }

    #[test]
    fn foreign_names_are_left_whole() {
        assert_eq!(split("John Smith"), None);
        assert_eq!(split("买买提·艾力"), None);
        assert_eq!(read("Smith", "John Paul").text(), "smith johnpaul");
    }
}
