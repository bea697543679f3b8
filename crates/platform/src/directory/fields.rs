//! What the fields of a person and of a hospital may hold: the one place that says so, for forms and for imports.

use super::device::Device;
use super::profile::Profile;
use crate::{Problem, codes};
use jiff::civil::Date;
use kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DirectoryFault)]
pub struct Fault {
    /// Which field, by its code.
    pub field: &'static str,
    /// What is wrong: `missing`, `too-long`, `not-allowed`, `unknown`, `taken`, `outside`, `differs`, `twice`, `shared`, `level`.
    pub code: &'static str,
    /// What stands there, cut short.
    pub value: String,
    /// How many characters are allowed, or which line it differs from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<usize>,
}

impl Fault {
    /// A fault of `field`, which holds `value`.
    pub fn new(field: &'static str, code: &'static str, value: &str) -> Self {
        Self { field, code, value: value.chars().take(60).collect(), bound: None }
    }

    /// Adds the bound.
    #[must_use]
    pub fn at(mut self, bound: usize) -> Self {
        self.bound = Some(bound);
        self
    }
}

/// Refuses a form that has faults, naming all of them.
pub fn refuse(faults: &[Fault]) -> Result<(), Problem> {
    if faults.is_empty() {
        return Ok(());
    }
    let fields: Vec<&str> = faults.iter().map(|f| f.field).collect();
    let detail = format!("These fields cannot be kept as they are: {}.", fields.join(", "));
    let said = serde_json::to_value(faults).map_err(Problem::internal)?;
    Err(Problem::unfit("directory.unfit", detail).with("faults", said))
}

/// What somebody typed of a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = DirectoryPersonFields)]
pub struct PersonFields {
    /// The name as the person writes it.
    pub name: String,
    /// The name in Latin letters.
    #[serde(default)]
    pub name_en: Option<String>,
    /// The professional title.
    #[serde(default)]
    pub title: Option<String>,
    /// The title in English.
    #[serde(default)]
    pub title_en: Option<String>,
    /// The number of the licence to practise.
    #[serde(default)]
    pub licence: Option<String>,
    /// The last day on which it holds, `2027-06-30`.
    #[serde(default)]
    pub licence_until: Option<String>,
    /// A telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Languages spoken (BCP 47).
    #[serde(default)]
    pub languages: Vec<String>,
    /// The time zone they work in (IANA), `Africa/Lusaka`; none: the site's.
    #[serde(default)]
    pub time_zone: Option<String>,
}

impl PersonFields {
    /// The person of these fields, blanks around them taken away.
    pub fn profile(&self, id: Id, active: bool) -> Profile {
        let tidy = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        Profile {
            id,
            active,
            name: self.name.trim().to_owned(),
            name_en: tidy(&self.name_en),
            title: tidy(&self.title),
            title_en: tidy(&self.title_en),
            licence: tidy(&self.licence),
            licence_until: tidy(&self.licence_until),
            phone: tidy(&self.phone),
            languages: self.languages.clone(),
            time_zone: tidy(&self.time_zone),
        }
    }
}

/// What is wrong with a person.
pub fn of_person(p: &Profile) -> Vec<Fault> {
    let mut faults = vec![];
    required("name", &p.name, 100, &mut faults);
    for (field, value, most) in [
        ("name_en", &p.name_en, 100),
        ("title", &p.title, 60),
        ("title_en", &p.title_en, 60),
        ("licence", &p.licence, 40),
        ("phone", &p.phone, 40),
    ] {
        optional(field, value.as_deref().unwrap_or_default(), most, &mut faults);
    }
    if p.licence.as_ref().is_some_and(|l| !l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')) {
        faults.push(Fault::new("licence", "not-allowed", p.licence.as_deref().unwrap_or_default()));
    }
    if let Some(until) = &p.licence_until {
        if until.parse::<Date>().is_ok_and(|day| day.to_string() == *until) {
            if p.licence.is_none() {
                faults.push(Fault::new("licence", "missing", ""));
            }
        } else {
            faults.push(Fault::new("licence_until", "not-a-day", until));
        }
    }
    if p.phone.as_ref().is_some_and(|l| !l.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c))) {
        faults.push(Fault::new("phone", "not-allowed", p.phone.as_deref().unwrap_or_default()));
    }
    for (at, language) in p.languages.iter().enumerate() {
        if !codes::knows(codes::LANGUAGES, language) || p.languages[..at].contains(language) {
            faults.push(Fault::new("languages", "unknown", language));
        }
    }
    if p.time_zone.is_some() && p.zone().is_none() {
        faults.push(Fault::new("time_zone", "unknown", p.time_zone.as_deref().unwrap_or_default()));
    }
    faults
}

/// What is wrong with a sign-in name.
pub fn of_account(name: &str) -> Vec<Fault> {
    let mut faults = vec![];
    required("account", name, 64, &mut faults);
    let odd = |c: char| c.is_whitespace() || c.is_uppercase() || matches!(c, ':' | '/' | '\\' | ',' | ';' | '"' | '\'');
    let formula = name.starts_with(['=', '+', '-', '@']);
    if faults.is_empty() && (formula || name.chars().any(odd)) {
        faults.push(Fault::new("account", "not-allowed", name));
    }
    faults
}

/// What is wrong with specialties.
pub fn of_specialties(specialties: &[String]) -> Vec<Fault> {
    let wrong = specialties
        .iter()
        .enumerate()
        .filter(|(at, s)| !codes::knows(codes::SPECIALTIES, s) || specialties[..*at].contains(s));
    wrong.map(|(_, s)| Fault::new("specialties", "unknown", s)).collect()
}

/// What is wrong with the two names of a hospital, a department, a room.
pub fn of_names(name: &str, name_en: &str) -> Vec<Fault> {
    let mut faults = vec![];
    required("name", name, 100, &mut faults);
    required("name_en", name_en, 150, &mut faults);
    faults
}

/// What is wrong with a terminal or a device.
pub fn of_device(device: &Device) -> Vec<Fault> {
    let mut faults = vec![];
    if !codes::knows(codes::DEVICES, &device.kind) {
        faults.push(Fault::new("kind", "unknown", &device.kind));
    }
    required("name", &device.name, 100, &mut faults);
    for (field, value) in [("manufacturer", &device.manufacturer), ("model", &device.model), ("serial", &device.serial)]
    {
        optional(field, value.as_deref().unwrap_or_default(), 60, &mut faults);
    }
    faults
}

fn required(field: &'static str, value: &str, most: usize, faults: &mut Vec<Fault>) {
    if value.trim().is_empty() {
        faults.push(Fault::new(field, "missing", value));
    } else {
        optional(field, value, most, faults);
    }
}

fn optional(field: &'static str, value: &str, most: usize, faults: &mut Vec<Fault>) {
    if value.chars().count() > most {
        faults.push(Fault::new(field, "too-long", value).at(most));
    } else if value.chars().any(char::is_control) {
        faults.push(Fault::new(field, "not-allowed", value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> PersonFields {
        PersonFields {
            name: " 李伟 ".into(),
            name_en: Some(" ".into()),
            title: None,
            title_en: None,
            licence: Some("1104-A".into()),
            licence_until: Some("2027-06-30".into()),
            phone: Some("+86 (371) 65-00".into()),
            languages: vec!["zh".into()],
            time_zone: Some("Africa/Lusaka".into()),
        }
    }

    #[test]
    fn blanks_are_nothing_and_bounds_hold() {
        let id = || Id::new("p").unwrap();
        let profile = person().profile(id(), true);
        assert_eq!((profile.name.as_str(), &profile.name_en), ("李伟", &None));
        assert_eq!(of_person(&profile), []);
        let wrong = |change: fn(&mut PersonFields)| {
            let mut fields = person();
            change(&mut fields);
            let faults = of_person(&fields.profile(id(), true));
            faults.iter().map(|f| format!("{} {}", f.field, f.code)).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(wrong(|p| p.name = "\t".into()), "name missing");
        assert_eq!(wrong(|p| p.name = "李".repeat(101)), "name too-long");
        assert_eq!(wrong(|p| p.title = Some("a\u{7}b".into())), "title not-allowed");
        assert_eq!(wrong(|p| p.licence = Some("=1+1".into())), "licence not-allowed");
        assert_eq!(wrong(|p| p.licence_until = Some("30.6.2027".into())), "licence_until not-a-day");
        assert_eq!(wrong(|p| p.licence = None), "licence missing");
        assert_eq!(wrong(|p| p.phone = Some("call me".into())), "phone not-allowed");
        assert_eq!(wrong(|p| p.languages = vec!["zh".into(), "zh".into()]), "languages unknown");
        assert_eq!(wrong(|p| p.time_zone = Some("Mars/Base".into())), "time_zone unknown");
    }

    #[test]
    fn sign_in_names_and_specialties() {
        assert_eq!(of_account("li.wei-2@h"), []);
        assert_eq!(of_account("李伟"), []);
        for bad in ["", " ", "li wei", "Li", "=cmd", "a,b", &"x".repeat(65)] {
            assert_eq!(of_account(bad).len(), 1, "{bad}");
        }
        assert_eq!(of_specialties(&["respiratory".into(), "magic".into()])[0].value, "magic");
        assert_eq!(of_specialties(&["respiratory".into(), "respiratory".into()]).len(), 1);
    }
}
