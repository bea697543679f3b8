//! Metadata without the person, for those who may see a case and not the name.

use serde_json::{Map, Value, json};

/// Of the patient's group these stay: sex, age, size, weight, pregnancy.
const STAY: &[&str] = &["00100040", "00101010", "00101020", "00101030", "001021C0"];

/// Members of a DICOM JSON object, without the person.
pub(super) fn masked(members: &str) -> String {
    let Ok(mut object) = serde_json::from_str::<Map<String, Value>>(&format!("{{{members}}}")) else {
        return String::new();
    };
    let name = object.get("00100010").map(|n| n["Value"][0].clone()).unwrap_or_default();
    let shown = ["Ideographic", "Alphabetic"].iter().find_map(|group| name[*group].as_str());
    let mask = shown.map(mask).unwrap_or_default();
    object.retain(|tag, _| !tag.starts_with("0010") || STAY.contains(&tag.as_str()));
    object.insert("00100010".to_owned(), json!({ "vr": "PN", "Value": [{ "Alphabetic": mask }] }));
    let text = Value::Object(object).to_string();
    text[1..text.len() - 1].to_owned()
}

/// The first and the last character: `王*明`.
fn mask(name: &str) -> String {
    let letters: Vec<char> = name.chars().filter(|c| *c != '^').collect();
    match letters.as_slice() {
        [] => String::new(),
        [one] => format!("{one}*"),
        [first, .., last] if letters.len() > 2 => format!("{first}*{last}"),
        [first, ..] => format!("{first}*"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_person_is_gone_and_the_image_stays() {
        let members = r#""00100010":{"vr":"PN","Value":[{"Alphabetic":"Wang^Xiaodong","Ideographic":"王^小东"}]},"00100020":{"vr":"LO","Value":["123"]},"00100030":{"vr":"DA","Value":["19491231"]},"00101040":{"vr":"LO","Value":["somewhere"]},"00100040":{"vr":"CS","Value":["M"]},"00280010":{"vr":"US","Value":[512]}"#;
        let masked: Value = serde_json::from_str(&format!("{{{}}}", masked(members))).unwrap();
        assert_eq!(
            masked,
            json!({
                "00100010": { "vr": "PN", "Value": [{ "Alphabetic": "王*东" }] },
                "00100040": { "vr": "CS", "Value": ["M"] },
                "00280010": { "vr": "US", "Value": [512] },
            })
        );
        assert_eq!((mask("王明").as_str(), mask("").as_str()), ("王*", ""));
    }
}
