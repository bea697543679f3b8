//! What "consulted" means. Pure.

use kernel::{Id, Level, Time};
use serde::Serialize;
use utoipa::ToSchema;

/// A rule as it is shown beside its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rule {
    /// Which figure.
    pub code: &'static str,
    /// Grows whenever the meaning changes; a figure is only comparable with one of the same version.
    pub version: u32,
    /// In words.
    pub text: RuleText,
}

/// The rule in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleText {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

/// The second of the four daily series of the outbreak figures, as the National Telemedicine Center of China counted in
/// 2020: consultations given by a municipal hospital to a county hospital are left out.
pub const CONSULTED: Rule = Rule {
    code: "consulted",
    version: 1,
    text: RuleText {
        zh: "已完成的会诊（意见已签章），由省级专家组为市级或县级医院提供；市级医院为县级医院提供的会诊不计入。按签章日期（本站点时区）计日。",
        en: "Completed consultations (opinion signed) in which a provincial specialist team advised a municipal or county \
             hospital; those given by municipal to county hospitals are excluded. Counted on the day of the signature, in the \
             site's time zone.",
    },
};

/// A consultation as far as the rule looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// The case.
    pub case: Id,
    /// Its number, for people.
    pub number: String,
    /// Whose.
    pub patient: Option<Id>,
    /// When the opinion was signed.
    pub signed_at: Time,
    /// The hospital that asked, and its level.
    pub asking: (Id, Option<Level>),
    /// The hospitals that advised, and their levels.
    pub advising: Vec<(Id, Option<Level>)>,
}

/// Whether a consultation counts as consulted.
pub fn counts(consultation: &Consultation) -> bool {
    is_provincial(consultation.asking.1, consultation.advising.iter().map(|(_, level)| *level))
}

/// The same, from the levels of who asked and who advised.
pub fn is_provincial(asking: Option<Level>, mut advising: impl Iterator<Item = Option<Level>>) -> bool {
    matches!(asking, Some(Level::City | Level::County)) && advising.any(|level| level == Some(Level::Province))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_provincial_advice_to_cities_and_counties_counts() {
        let id = |text: &str| Id::new(text).unwrap();
        for asking in Level::ALL {
            for advising in Level::ALL {
                let consultation = Consultation {
                    case: id("c"),
                    number: "1".into(),
                    patient: None,
                    signed_at: Time::UNIX_EPOCH,
                    asking: (id("a"), Some(asking)),
                    advising: vec![(id("b"), Some(advising))],
                };
                let expected = advising == Level::Province && (asking == Level::City || asking == Level::County);
                assert_eq!(counts(&consultation), expected, "{advising:?} advises {asking:?}");
            }
        }
    }

    #[test]
    fn one_provincial_expert_in_the_team_is_enough_and_no_team_is_none() {
        let id = |text: &str| Id::new(text).unwrap();
        let mut consultation = Consultation {
            case: id("c"),
            number: "1".into(),
            patient: None,
            signed_at: Time::UNIX_EPOCH,
            asking: (id("a"), Some(Level::County)),
            advising: vec![(id("city"), Some(Level::City)), (id("province"), Some(Level::Province))],
        };
        assert!(counts(&consultation));
        consultation.advising.clear();
        assert!(!counts(&consultation));
    }
}
