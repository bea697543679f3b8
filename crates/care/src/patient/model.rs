//! A patient as typed, checked. Pure.

use super::identifier::{IdentifierKind, NotResident, resident};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest name taken, in characters: people have long names, nobody has a page of them.
pub const NAME_MAX: usize = 100;
/// Longest other short text, in characters.
const SHORT_MAX: usize = 200;
/// Oldest age that is taken for true, in years.
const AGE_MAX: i16 = 150;

/// Administrative sex (FHIR R4, AdministrativeGender).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Other.
    Other,
    /// Not known.
    Unknown,
}

impl Sex {
    /// The FHIR code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }
}

/// What a doctor types to record a patient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatientInput {
    /// The whole name as written.
    pub name: Option<String>,
    /// Family name, when the split is not obvious.
    pub family: Option<String>,
    /// Given name.
    pub given: Option<String>,
    /// Sex.
    pub sex: Sex,
    /// Date of birth; a year or a month alone stays so (FHIR `date`).
    pub birth_date: Option<String>,
    /// What proves who it is.
    pub identifier: IdentifierInput,
    /// Telephone.
    pub phone: Option<String>,
    /// What is known of somebody unknown.
    pub unknown: Option<UnknownInput>,
}

/// An identifier as typed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentifierInput {
    /// Its kind.
    pub kind: IdentifierKind,
    /// Its value; none for an unknown person.
    pub value: Option<String>,
}

/// What is known of a person without name or papers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnknownInput {
    /// Age as estimated, in years.
    pub approx_age: Option<u8>,
    /// Where the person was found.
    pub found_at: Option<String>,
    /// Marks, clothes, belongings.
    pub marks: Option<String>,
}

/// Something wrong with a field, for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PatientFieldError)]
pub struct FieldError {
    /// Which field, for example `identifier.value`.
    pub path: &'static str,
    /// Stable code, for example `resident.checksum`.
    pub code: &'static str,
}

/// A patient that may be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPatient {
    /// The name, unless unknown.
    pub name: Option<NewName>,
    /// Sex.
    pub sex: Sex,
    /// Date of birth as FHIR `date` (yyyy, yyyy-mm or yyyy-mm-dd).
    pub birth_date: Option<String>,
    /// Kind and value, normalised; no value for an unknown person.
    pub identifier: (IdentifierKind, Option<String>),
    /// Telephone.
    pub phone: Option<String>,
    /// What is known of somebody unknown.
    pub unknown: Option<UnknownInput>,
}

/// A name with its parts, where they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewName {
    /// As written.
    pub text: String,
    /// Family name.
    pub family: String,
    /// Given name; may be empty.
    pub given: String,
}

/// Checks what was typed, all of it, and names everything that is wrong.
pub fn check(input: PatientInput, today: Date) -> Result<NewPatient, Vec<FieldError>> {
    let mut wrong = Vec::new();
    let mut refuse = |path, code| wrong.push(FieldError { path, code });
    let is_unknown = input.identifier.kind == IdentifierKind::Unknown;
    let name = name_of(&input, is_unknown, &mut refuse);
    let mut birth_date = trimmed(input.birth_date.as_deref());
    let mut sex = input.sex;
    let value = trimmed(input.identifier.value.as_deref());
    let identifier = match (input.identifier.kind, value) {
        (kind @ (IdentifierKind::Unknown | IdentifierKind::Drill), _) => (kind, None),
        (kind, None) => {
            refuse("identifier.value", "identifier.missing");
            (kind, None)
        }
        (IdentifierKind::Resident, Some(text)) => match resident(&text) {
            Ok((number, person)) => {
                let says = if person.is_male { Sex::Male } else { Sex::Female };
                match sex {
                    Sex::Unknown => sex = says,
                    _ if sex != says => refuse("sex", "resident.sex_differs"),
                    _ => {}
                }
                let day = person.birth_date.to_string();
                match &birth_date {
                    None => birth_date = Some(day),
                    Some(typed) if !day.starts_with(typed.as_str()) => {
                        refuse("birth_date", "resident.birth_date_differs")
                    }
                    Some(_) => birth_date = Some(day),
                }
                (IdentifierKind::Resident, Some(number))
            }
            Err(why) => {
                refuse(
                    "identifier.value",
                    match why {
                        NotResident::Shape => "resident.shape",
                        NotResident::Date => "resident.date",
                        NotResident::Checksum => "resident.checksum",
                    },
                );
                (IdentifierKind::Resident, None)
            }
        },
        (IdentifierKind::Passport, Some(text)) => {
            let number = text.to_ascii_uppercase().replace([' ', '-'], "");
            if !(5..=20).contains(&number.len()) || !number.bytes().all(|b| b.is_ascii_alphanumeric()) {
                refuse("identifier.value", "passport.shape");
            }
            (IdentifierKind::Passport, Some(number))
        }
    };
    if let Some(date) = &birth_date {
        match earliest(date) {
            None => refuse("birth_date", "date.shape"),
            Some(day) if day > today => refuse("birth_date", "date.future"),
            Some(day) if day.year() < today.year() - AGE_MAX => refuse("birth_date", "date.too_old"),
            Some(_) => {}
        }
    }
    let phone = trimmed(input.phone.as_deref());
    if phone.as_deref().is_some_and(|p| !is_phone(p)) {
        refuse("phone", "phone.shape");
    }
    let unknown = if is_unknown { input.unknown } else { None };
    for (path, text) in unknown.iter().flat_map(|u| [("unknown.found_at", &u.found_at), ("unknown.marks", &u.marks)]) {
        if text.as_ref().is_some_and(|t| t.chars().count() > SHORT_MAX) {
            refuse(path, "text.too_long");
        }
    }
    if wrong.is_empty() { Ok(NewPatient { name, sex, birth_date, identifier, phone, unknown }) } else { Err(wrong) }
}

fn name_of(
    input: &PatientInput,
    is_unknown: bool,
    refuse: &mut impl FnMut(&'static str, &'static str),
) -> Option<NewName> {
    let (family, given) = (trimmed(input.family.as_deref()), trimmed(input.given.as_deref()));
    let text = trimmed(input.name.as_deref()).or_else(|| match (&family, &given) {
        (Some(f), Some(g)) if f.is_ascii() => Some(format!("{g} {f}")),
        (Some(f), g) => Some(format!("{f}{}", g.as_deref().unwrap_or_default())),
        (None, g) => g.clone(),
    });
    let Some(text) = text else {
        if !is_unknown {
            refuse("name", "name.missing");
        }
        return None;
    };
    if text.chars().count() > NAME_MAX {
        refuse("name", "name.too_long");
    }
    if text.chars().any(char::is_control) {
        refuse("name", "name.control_character");
    }
    let split = match (family, given) {
        (Some(family), given) => Some((family, given.unwrap_or_default())),
        (None, _) => fhir::pinyin::split(&text).map(|s| (s.family, s.given)).or_else(|| {
            // "John Smith": the last word is the family name, as passports of most countries print it.
            text.rsplit_once(' ').map(|(given, family)| (family.to_owned(), given.trim().to_owned()))
        }),
    };
    let (family, given) = split.unwrap_or_else(|| (text.clone(), String::new()));
    Some(NewName { text, family, given })
}

fn trimmed(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (5..=20).contains(&digits) && text.len() <= 30 && text.bytes().all(|b| b.is_ascii_digit() || b"+-() ".contains(&b))
}

/// The first day that a FHIR date may mean.
pub fn earliest(date: &str) -> Option<Date> {
    let shape: Vec<usize> = date.split('-').map(str::len).collect();
    if !date.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    match shape[..] {
        [4] => format!("{date}-01-01").parse().ok(),
        [4, 2] => format!("{date}-01").parse().ok(),
        [4, 2, 2] => date.parse().ok(),
        _ => None,
    }
}

/// An age and its unit: days under a month, months under two years, else years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Age {
    /// How many.
    pub value: i32,
    /// `y`, `m` or `d`.
    pub unit: AgeUnit,
}

/// In what an age is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub enum AgeUnit {
    /// Years.
    #[serde(rename = "y")]
    Years,
    /// Months.
    #[serde(rename = "m")]
    Months,
    /// Days.
    #[serde(rename = "d")]
    Days,
}

/// The age on a day, from a FHIR date. A partial date gives the age its first day would give.
pub fn age(birth_date: &str, today: Date) -> Option<Age> {
    let born = earliest(birth_date)?;
    let span = born.until((jiff::Unit::Year, today)).ok()?;
    let months = i32::from(span.get_years()) * 12 + span.get_months();
    Some(match months {
        ..0 => return None,
        0 => {
            let days = born.until((jiff::Unit::Day, today)).ok()?.get_days();
            if days < 0 {
                return None;
            }
            Age { value: days, unit: AgeUnit::Days }
        }
        1..24 => Age { value: months, unit: AgeUnit::Months },
        _ => Age { value: months / 12, unit: AgeUnit::Years },
    })
}

/// A name for those who need not know it: first and last character, 王*明; never longer than the name.
pub fn mask(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    match chars[..] {
        [] => String::new(),
        [only] => format!("{only}*"),
        [first, _] => format!("{first}*"),
        [first, .., last] => format!("{first}*{last}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> PatientInput {
        PatientInput {
            name: Some("王小明".into()),
            family: None,
            given: None,
            sex: Sex::Unknown,
            birth_date: None,
            identifier: IdentifierInput { kind: IdentifierKind::Resident, value: Some("11010519491231002x".into()) },
            phone: Some("138-0000-1111".into()),
            unknown: None,
        }
    }

    fn today() -> Date {
        "2026-11-21".parse().unwrap()
    }

    fn codes(input: PatientInput) -> Vec<(&'static str, &'static str)> {
        check(input, today()).err().unwrap_or_default().iter().map(|e| (e.path, e.code)).collect()
    }

    #[test]
    fn sex_and_birth_follow_from_the_resident_id() {
        let patient = check(input(), today()).unwrap();
        assert_eq!(patient.sex, Sex::Female);
        assert_eq!(patient.birth_date.as_deref(), Some("1949-12-31"));
        assert_eq!(patient.name.unwrap(), NewName { text: "王小明".into(), family: "王".into(), given: "小明".into() });
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let wrong = PatientInput {
            name: Some("李".repeat(300)),
            sex: Sex::Male,
            birth_date: Some("1950".into()),
            phone: Some("call me".into()),
            ..input()
        };
        assert_eq!(
            codes(wrong),
            [
                ("name", "name.too_long"),
                ("sex", "resident.sex_differs"),
                ("birth_date", "resident.birth_date_differs"),
                ("phone", "phone.shape"),
            ]
        );
        let checksum = IdentifierInput { kind: IdentifierKind::Resident, value: Some("110105194912310021".into()) };
        assert_eq!(
            codes(PatientInput { identifier: checksum, ..input() }),
            [("identifier.value", "resident.checksum")]
        );
        let none = IdentifierInput { kind: IdentifierKind::Passport, value: None };
        assert_eq!(
            codes(PatientInput { identifier: none, name: None, ..input() }),
            [("name", "name.missing"), ("identifier.value", "identifier.missing"),]
        );
    }

    #[test]
    fn an_unknown_person_needs_neither_name_nor_number() {
        let unknown = IdentifierInput { kind: IdentifierKind::Unknown, value: None };
        let patient = check(PatientInput { name: None, identifier: unknown, phone: None, ..input() }, today()).unwrap();
        assert_eq!((patient.name, patient.identifier), (None, (IdentifierKind::Unknown, None)));
    }

    #[test]
    fn ages_as_a_ward_says_them() {
        for (born, value, unit) in [
            ("2026-11-21", 0, AgeUnit::Days),
            ("2026-10-22", 30, AgeUnit::Days),
            ("2026-10-21", 1, AgeUnit::Months),
            ("2024-11-22", 23, AgeUnit::Months),
            ("2024-11-21", 2, AgeUnit::Years),
            ("1960", 66, AgeUnit::Years),
        ] {
            assert_eq!(age(born, today()), Some(Age { value, unit }), "{born}");
        }
        for bad in ["2026-11-22", "tomorrow", "26-1-1", "2026-13"] {
            assert_eq!(age(bad, today()), None, "{bad}");
        }
    }

    #[test]
    fn masks_hide_the_middle() {
        for (name, masked) in [("", ""), ("王", "王*"), ("王明", "王*"), ("王小明", "王*明"), ("欧阳娜娜", "欧*娜")]
        {
            assert_eq!(mask(name), masked);
        }
    }
}
