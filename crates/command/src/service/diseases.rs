//! The chapters of ICD-10 (WHO, version 2019, chapters I to XXII). Pure.

use crate::figures::RuleText;

/// A chapter: its number, its first and last category, its name.
pub struct Chapter {
    /// Roman, as WHO numbers them.
    pub number: &'static str,
    first: &'static str,
    last: &'static str,
    /// What it is called.
    pub name: RuleText,
}

const fn chapter(
    number: &'static str,
    first: &'static str,
    last: &'static str,
    zh: &'static str,
    en: &'static str,
) -> Chapter {
    Chapter { number, first, last, name: RuleText { zh, en } }
}

/// All of them, in order.
pub const CHAPTERS: [Chapter; 22] = [
    chapter("I", "A00", "B99", "某些传染病和寄生虫病", "Certain infectious and parasitic diseases"),
    chapter("II", "C00", "D48", "肿瘤", "Neoplasms"),
    chapter(
        "III",
        "D50",
        "D89",
        "血液及造血器官疾病和某些涉及免疫机制的疾患",
        "Diseases of the blood and blood-forming organs and certain disorders involving the immune mechanism",
    ),
    chapter("IV", "E00", "E90", "内分泌、营养和代谢疾病", "Endocrine, nutritional and metabolic diseases"),
    chapter("V", "F00", "F99", "精神和行为障碍", "Mental and behavioural disorders"),
    chapter("VI", "G00", "G99", "神经系统疾病", "Diseases of the nervous system"),
    chapter("VII", "H00", "H59", "眼和附器疾病", "Diseases of the eye and adnexa"),
    chapter("VIII", "H60", "H95", "耳和乳突疾病", "Diseases of the ear and mastoid process"),
    chapter("IX", "I00", "I99", "循环系统疾病", "Diseases of the circulatory system"),
    chapter("X", "J00", "J99", "呼吸系统疾病", "Diseases of the respiratory system"),
    chapter("XI", "K00", "K93", "消化系统疾病", "Diseases of the digestive system"),
    chapter("XII", "L00", "L99", "皮肤和皮下组织疾病", "Diseases of the skin and subcutaneous tissue"),
    chapter(
        "XIII",
        "M00",
        "M99",
        "肌肉骨骼系统和结缔组织疾病",
        "Diseases of the musculoskeletal system and connective tissue",
    ),
    chapter("XIV", "N00", "N99", "泌尿生殖系统疾病", "Diseases of the genitourinary system"),
    chapter("XV", "O00", "O99", "妊娠、分娩和产褥期", "Pregnancy, childbirth and the puerperium"),
    chapter("XVI", "P00", "P96", "起源于围生期的某些情况", "Certain conditions originating in the perinatal period"),
    chapter(
        "XVII",
        "Q00",
        "Q99",
        "先天性畸形、变形和染色体异常",
        "Congenital malformations, deformations and chromosomal abnormalities",
    ),
    chapter(
        "XVIII",
        "R00",
        "R99",
        "症状、体征和临床与实验室异常所见，不可归类在他处者",
        "Symptoms, signs and abnormal clinical and laboratory findings, not elsewhere classified",
    ),
    chapter(
        "XIX",
        "S00",
        "T98",
        "损伤、中毒和外因的某些其他后果",
        "Injury, poisoning and certain other consequences of external causes",
    ),
    chapter("XX", "V01", "Y98", "疾病和死亡的外因", "External causes of morbidity and mortality"),
    chapter(
        "XXI",
        "Z00",
        "Z99",
        "影响健康状态和与保健机构接触的因素",
        "Factors influencing health status and contact with health services",
    ),
    chapter("XXII", "U00", "U99", "用于特殊目的的编码", "Codes for special purposes"),
];

/// The three-character category of a code; none when it does not begin as ICD-10 codes do.
pub fn category(code: &str) -> Option<&str> {
    let category = code.get(..3)?;
    let mut bytes = category.bytes();
    let letter = bytes.next().is_some_and(|b| b.is_ascii_uppercase());
    (letter && bytes.all(|b| b.is_ascii_digit())).then_some(category)
}

/// The chapter of a category, by its place in [`CHAPTERS`].
pub fn chapter_of(category: &str) -> Option<usize> {
    CHAPTERS.iter().position(|c| c.first <= category && category <= c.last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_the_chapters_of_the_book() {
        let number = |code: &str| category(code).and_then(chapter_of).map(|c| CHAPTERS[c].number);
        for (code, chapter) in [
            ("J12.9", "X"),
            ("U07.1", "XXII"),
            ("B99", "I"),
            ("C00", "II"),
            ("D48.9", "II"),
            ("D50.0", "III"),
            ("H59", "VII"),
            ("H60", "VIII"),
            ("T98", "XIX"),
            ("V01.1", "XX"),
            ("I21.0", "IX"),
        ] {
            assert_eq!(number(code), Some(chapter), "{code}");
        }
        for none in ["D49", "E91", "P97", "j12", "J1", "123", "肺炎", ""] {
            assert_eq!(number(none), None, "{none}");
        }
    }
}
