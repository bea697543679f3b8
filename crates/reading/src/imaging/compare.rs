//! Is the person in the file the person of the case? Pure.
//!
//! What one side does not say cannot differ. Identifiers are compared when both are of one kind: a local record number
//! beside a resident id says nothing, and a stop at every file would soon be clicked away.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wire::dicom::Subject;

const TEMPORARY: &str = "urn:consilium:identifier:temporary";
/// On a HumanName: a syllabic writing of the other (iso21090-EN-representation).
const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

/// A person as shown beside another.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PersonShown)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The name in Latin letters, where there is one beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_latin: Option<String>,
    /// `male`, `female`, `other`, `unknown`.
    pub sex: String,
    /// `YYYY-MM-DD`, or as much of it as is known.
    pub birth_date: String,
    /// A number that tells people apart.
    pub identifier: String,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// What the file says.
pub(crate) fn in_file(subject: &Subject) -> Person {
    let name = subject.name.reveal();
    let birth = subject.birth_date.reveal();
    let birth_date = match birth.len() {
        8 if birth.bytes().all(|b| b.is_ascii_digit()) => format!("{}-{}-{}", &birth[..4], &birth[4..6], &birth[6..]),
        _ => birth.clone(),
    };
    let sex = match subject.sex.reveal().as_str() {
        "M" => "male",
        "F" => "female",
        "O" => "other",
        _ => "unknown",
    };
    let display = name.display();
    let latin = name.forms().into_iter().find(|form| form.is_ascii() && *form != display);
    Person {
        name: display,
        name_latin: latin,
        sex: sex.to_owned(),
        birth_date,
        identifier: subject.id.reveal().clone(),
    }
}

/// What the case says, from its Patient.
pub(crate) fn in_case(patient: &Value) -> Person {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let empty = vec![];
    let names = patient["name"].as_array().unwrap_or(&empty);
    let syllabic = |n: &&Value| n["extension"].as_array().is_some_and(|x| x.iter().any(|e| e["url"] == REPRESENTATION));
    let identifiers = patient["identifier"].as_array().unwrap_or(&empty);
    let known = identifiers.iter().find(|i| i["system"] != TEMPORARY).or(identifiers.first());
    Person {
        name: names.iter().find(|n| !syllabic(n)).map(|n| text(&n["text"])).unwrap_or_default(),
        name_latin: names.iter().find(syllabic).map(|n| text(&n["text"])),
        sex: patient["gender"].as_str().unwrap_or("unknown").to_owned(),
        birth_date: text(&patient["birthDate"]),
        identifier: known.map(|i| text(&i["value"])).unwrap_or_default(),
    }
}

/// In what the two differ: `name`, `sex`, `birth_date`, `identifier`.
pub(crate) fn differences(file: &Person, case: &Person) -> Vec<&'static str> {
    let mut found = Vec::new();
    let (of_file, of_case) = comparable(forms(file), forms(case));
    if !of_file.is_empty() && !of_case.is_empty() && !of_file.iter().any(|form| of_case.contains(form)) {
        found.push("name");
    }
    let told = |sex: &str| matches!(sex, "male" | "female");
    if told(&file.sex) && told(&case.sex) && file.sex != case.sex {
        found.push("sex");
    }
    let shared = file.birth_date.len().min(case.birth_date.len());
    if shared >= 4 && file.birth_date.as_bytes()[..shared] != case.birth_date.as_bytes()[..shared] {
        found.push("birth_date");
    }
    let (of_file, of_case) = (number(&file.identifier), number(&case.identifier));
    if kind(&of_file).is_some() && kind(&of_file) == kind(&of_case) && of_file != of_case {
        found.push("identifier");
    }
    found
}

/// All ways to write this person's name, folded: `王小东`, `wangxiaodong`, `xiaodongwang`.
fn forms(person: &Person) -> Vec<String> {
    let mut forms = Vec::new();
    for name in [Some(&person.name), person.name_latin.as_ref()].into_iter().flatten() {
        let words: Vec<String> = name
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| word.chars().flat_map(char::to_lowercase).collect())
            .collect();
        if words.is_empty() {
            continue;
        }
        forms.push(words.concat());
        forms.push(words.iter().rev().cloned().collect::<Vec<_>>().concat());
        // Wang Xiao Dong, written family name last.
        forms.push([&words[1..], &words[..1]].concat().concat());
    }
    forms
}

/// Where both are written in characters, the characters decide: many names sound alike.
fn comparable(file: Vec<String>, case: Vec<String>) -> (Vec<String>, Vec<String>) {
    let in_characters = |forms: &[String]| forms.iter().filter(|f| !f.is_ascii()).cloned().collect::<Vec<_>>();
    let both = (in_characters(&file), in_characters(&case));
    if both.0.is_empty() || both.1.is_empty() { (file, case) } else { both }
}

fn number(text: &str) -> String {
    text.trim().to_ascii_uppercase()
}

/// Kinds of number that are the same in every hospital.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Resident,
    Passport,
}

/// The kind of a number by its shape; none for what may be a hospital's own.
fn kind(number: &str) -> Option<Kind> {
    let bytes = number.as_bytes();
    let letters = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
    if bytes.len() == 18 && bytes[..17].iter().all(u8::is_ascii_digit) {
        Some(Kind::Resident)
    } else if (1..=2).contains(&letters)
        && (8..=9).contains(&bytes.len())
        && bytes[letters..].iter().all(u8::is_ascii_digit)
    {
        Some(Kind::Passport)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, latin: &str, sex: &str, birth_date: &str, identifier: &str) -> Person {
        Person {
            name: name.to_owned(),
            name_latin: (!latin.is_empty()).then(|| latin.to_owned()),
            sex: sex.to_owned(),
            birth_date: birth_date.to_owned(),
            identifier: identifier.to_owned(),
        }
    }

    #[test]
    fn differs_only_where_both_speak() {
        let case = person("王小东", "Wang Xiaodong", "male", "1949-12-31", "11010519491231002X");
        let cases: [(Person, &[&str]); 10] = [
            (person("王小东", "", "male", "1949-12-31", "CT-889"), &[]),
            (person("WANG XIAO DONG", "", "male", "1949-12-31", ""), &[]),
            (person("Xiaodong Wang", "", "male", "", ""), &[]),
            (person("Wang Xiaodong", "", "other", "", ""), &[]),
            (person("", "", "unknown", "", ""), &[]),
            (person("王小冬", "Wang Xiaodong", "male", "", ""), &["name"]),
            (person("李四", "", "male", "1949-12-31", ""), &["name"]),
            (person("王小东", "", "female", "1949-12-31", ""), &["sex"]),
            (person("王小东", "", "male", "1949-12-30", ""), &["birth_date"]),
            (person("王小东", "", "male", "", "110105194912310038"), &["identifier"]),
        ];
        for (file, expected) in cases {
            assert_eq!(differences(&file, &case), expected, "{} {}", file.name, file.identifier);
        }
        let traveller = person("Li Ming", "", "male", "", "E12345678");
        assert_eq!(differences(&person("", "", "", "", "E12345679"), &traveller), ["identifier"]);
        assert_eq!(differences(&person("", "", "", "", "77654033"), &traveller), Vec::<&str>::new());
        let partly = person("王小东", "", "unknown", "1949", "");
        assert_eq!(differences(&person("王小东", "", "male", "1949-05-01", ""), &partly), Vec::<&str>::new());
        assert_eq!(differences(&person("王小东", "", "male", "1950-05-01", ""), &partly), ["birth_date"]);
    }
}
