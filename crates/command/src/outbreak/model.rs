//! A case report and what may happen to it. Pure: each step consumes the report and gives the next, or says why not.

use super::severity::Grade;
use fhir::Reference;
use jiff::civil::Date;
use kernel::{Id, Time};
use platform::Problem;
use platform::case::Who;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Exposures, contacts, laboratory results and gradings of one case.
pub const MANY_MAX: usize = 200;
/// Longest text typed, in characters.
pub const TEXT_MAX: usize = 500;
/// How long ago something may have been, in days: a report is of an illness, not of a life.
const PAST_MAX_DAYS: i64 = 3_660;

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakClass)]
pub enum Class {
    /// 疑似病例.
    Suspected,
    /// 临床诊断病例.
    Clinical,
    /// 确诊病例.
    Confirmed,
    /// 排除.
    Excluded,
}

impl Class {
    /// All, in the order of their coming.
    pub const ALL: [Self; 4] = [Self::Suspected, Self::Clinical, Self::Confirmed, Self::Excluded];

    /// The code, as in FHIR and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Clinical => "clinical",
            Self::Confirmed => "confirmed",
            Self::Excluded => "excluded",
        }
    }

    /// Reads [`Class::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    /// What may follow. A case that was excluded comes back by a later positive result alone; what was confirmed is never
    /// made less sure, but can be excluded.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Suspected, Self::Clinical) => true,
            (from, Self::Confirmed) => from != Self::Confirmed,
            (from, Self::Excluded) => from != Self::Excluded,
            _ => false,
        }
    }
}

/// Where and how somebody may have caught it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OutbreakExposure)]
pub struct Exposure {
    /// `contact`, `place`, `travel`, `animal`, `work` or `unknown`.
    pub kind: ExposureKind,
    /// In words.
    pub text: String,
    /// First day.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}

/// Of which kind an exposure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakExposureKind)]
pub enum ExposureKind {
    /// With somebody ill.
    Contact,
    /// At a place.
    Place,
    /// On a journey.
    Travel,
    /// To an animal.
    Animal,
    /// At work, health care among it.
    Work,
    /// Nobody knows.
    Unknown,
}

impl ExposureKind {
    /// All.
    pub const ALL: [Self; 6] = [Self::Contact, Self::Place, Self::Travel, Self::Animal, Self::Work, Self::Unknown];

    /// The code, as in FHIR and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Place => "place",
            Self::Travel => "travel",
            Self::Animal => "animal",
            Self::Work => "work",
            Self::Unknown => "unknown",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakEnd)]
pub enum End {
    /// 出院.
    Discharged,
    /// 死亡.
    Died,
}

/// How it ended, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OutbreakOutcome)]
pub struct Outcome {
    /// How.
    pub end: End,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

/// A laboratory result of the case, as far as rules look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The Observation.
    pub at: Reference,
    /// What was looked for.
    pub name: String,
    /// Whether it was found.
    pub positive: bool,
}

/// A grading; all of them are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grading {
    /// How ill.
    pub grade: Grade,
    /// By which version of which guideline.
    pub guideline: String,
    /// The Observation with every criterion.
    pub at: Reference,
    /// The instant judged.
    pub effective: Time,
}

/// A case report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id, that of its Condition.
    pub id: Id,
    /// Its version; 0 before it is kept.
    pub version: u64,
    /// Its number, for people.
    pub number: String,
    /// The hospital that reported.
    pub hospital: Id,
    /// Whose illness.
    pub patient: Reference,
    /// The disease, by its code in the law's list.
    pub disease: String,
    /// How sure.
    pub class: Class,
    /// Since when.
    pub class_at: Time,
    /// When it was found: from then runs the law's clock.
    pub found_at: Time,
    /// When it was reported.
    pub reported_at: Time,
    /// By whom.
    pub reporter: Who,
    /// First day of illness.
    pub onset: Option<Date>,
    /// Where it may come from.
    pub exposures: Vec<Exposure>,
    /// Laboratory results, in the order told.
    pub evidence: Vec<Evidence>,
    /// Gradings, oldest first.
    pub gradings: Vec<Grading>,
    /// Contacts: RelatedPersons.
    pub contacts: Vec<Reference>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

/// Why something cannot be done to a report.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A wrong step.
    #[error("a case that is {} cannot become {}", .from.code(), .to.code())]
    Step {
        /// As it is.
        from: Class,
        /// As it was to be.
        to: Class,
    },
    /// Confirmed needs a positive result.
    #[error("a case is confirmed by a laboratory result that is positive; this one has none. Add it first")]
    NoEvidence,
    /// An instant or day that cannot be.
    #[error("{0} cannot be: it lies in the future, too far back, or before what must come first")]
    When(&'static str),
    /// A text that is empty or too long.
    #[error("{0} must be 1 to {TEXT_MAX} characters")]
    Text(&'static str),
    /// Too many of something.
    #[error("a case has at most {MANY_MAX} {0}")]
    Many(&'static str),
    /// Nothing was said.
    #[error("say at least one thing")]
    Nothing,
    /// An excluded case is over.
    #[error("this case was excluded; only a confirmation brings it back")]
    Excluded,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let text = format!("{refusal}.");
        match refusal {
            Refusal::Step { from, .. } => Self::conflict("outbreak.wrong_class", text).with("class", from.code()),
            Refusal::Excluded => Self::conflict("outbreak.wrong_class", text).with("class", Class::Excluded.code()),
            Refusal::NoEvidence => Self::unfit("outbreak.no_evidence", text),
            Refusal::When(field) => Self::unfit("outbreak.when", text).with("field", field),
            Refusal::Text(field) => Self::unfit("outbreak.text", text).with("field", field).with("max", TEXT_MAX),
            Refusal::Many(what) => Self::unfit("outbreak.too_many", text).with("what", what).with("max", MANY_MAX),
            Refusal::Nothing => Self::unfit("outbreak.nothing", text),
        }
    }
}

/// A text as typed: trimmed, and there.
pub fn text(field: &'static str, typed: &str) -> Result<String, Refusal> {
    let typed = typed.trim();
    if typed.is_empty() || typed.chars().count() > TEXT_MAX || typed.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Refusal::Text(field));
    }
    Ok(typed.to_owned())
}

/// An instant that can have been.
pub fn past(field: &'static str, at: Time, now: Time) -> Result<Time, Refusal> {
    let earliest = now - jiff::SignedDuration::from_hours(24 * PAST_MAX_DAYS);
    if at > now || at < earliest { Err(Refusal::When(field)) } else { Ok(at) }
}

/// A day that can have been.
pub fn past_day(field: &'static str, day: Date, today: Date) -> Result<Date, Refusal> {
    let earliest = today.saturating_sub(jiff::ToSpan::days(PAST_MAX_DAYS));
    if day > today || day < earliest { Err(Refusal::When(field)) } else { Ok(day) }
}

impl Report {
    /// The newest grading: by the instant judged, and of those the one told last.
    pub fn grade(&self) -> Option<&Grading> {
        self.gradings.iter().max_by_key(|g| g.effective)
    }

    /// Another class from `at` on.
    pub fn become_class(mut self, to: Class, at: Time, now: Time) -> Result<Self, Refusal> {
        if !self.class.may_become(to) {
            return Err(Refusal::Step { from: self.class, to });
        }
        if to == Class::Confirmed && !self.evidence.iter().any(|e| e.positive) {
            return Err(Refusal::NoEvidence);
        }
        // Found before it was reported, so what follows may lie before the report, but not before it was found.
        if past("at", at, now)? < self.found_at {
            return Err(Refusal::When("at"));
        }
        (self.class, self.class_at) = (to, at);
        Ok(self)
    }

    /// Refuses what makes no sense for a case that was excluded.
    pub fn in_force(self) -> Result<Self, Refusal> {
        if self.class == Class::Excluded { Err(Refusal::Excluded) } else { Ok(self) }
    }

    /// With another exposure.
    pub fn exposed(mut self, mut exposure: Exposure, today: Date) -> Result<Self, Refusal> {
        exposure.text = text("exposure.text", &exposure.text)?;
        for (field, day) in [("exposure.from", exposure.from), ("exposure.to", exposure.to)] {
            day.map(|d| past_day(field, d, today)).transpose()?;
        }
        if exposure.from.zip(exposure.to).is_some_and(|(from, to)| from > to) {
            return Err(Refusal::When("exposure.to"));
        }
        room(self.exposures.len(), "exposures")?;
        self.exposures.push(exposure);
        Ok(self)
    }

    /// With another laboratory result.
    pub fn tested(mut self, evidence: Evidence) -> Result<Self, Refusal> {
        room(self.evidence.len(), "laboratory results")?;
        self.evidence.push(evidence);
        Ok(self)
    }

    /// With another grading.
    pub fn graded(mut self, grading: Grading) -> Result<Self, Refusal> {
        room(self.gradings.len(), "gradings")?;
        self.gradings.push(grading);
        Ok(self)
    }

    /// With another contact.
    pub fn met(mut self, contact: Reference) -> Result<Self, Refusal> {
        room(self.contacts.len(), "contacts")?;
        self.contacts.push(contact);
        Ok(self)
    }

    /// With its outcome; another one replaces it.
    pub fn ended(mut self, outcome: Outcome, now: Time) -> Result<Self, Refusal> {
        if past("outcome.at", outcome.at, now)? < self.found_at {
            return Err(Refusal::When("outcome.at"));
        }
        self.outcome = Some(outcome);
        Ok(self)
    }
}

fn room(have: usize, of: &'static str) -> Result<(), Refusal> {
    if have < MANY_MAX { Ok(()) } else { Err(Refusal::Many(of)) }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use fhir::ResourceType;

    pub fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    pub fn report() -> Report {
        let id = |text: &str| Id::new(text).unwrap();
        Report {
            id: id("r1"),
            version: 1,
            number: "20200128-0001".into(),
            hospital: id("guangshan"),
            patient: Reference::new(ResourceType::PATIENT, id("p1")),
            disease: "covid-19".into(),
            class: Class::Suspected,
            class_at: at("2020-01-28T02:00:00Z"),
            found_at: at("2020-01-28T02:00:00Z"),
            reported_at: at("2020-01-28T03:00:00Z"),
            reporter: Who { role: id("role"), person: id("zhou"), hospital: id("guangshan") },
            onset: Some("2020-01-25".parse().unwrap()),
            exposures: vec![],
            evidence: vec![],
            gradings: vec![],
            contacts: vec![],
            outcome: None,
        }
    }

    fn result(positive: bool) -> Evidence {
        let at = Reference::new(ResourceType::OBSERVATION, Id::new("lab").unwrap());
        Evidence { at, name: "nCoV RNA".into(), positive }
    }

    #[test]
    fn each_class_times_each_step() {
        let now = at("2020-02-01T00:00:00Z");
        let may: Vec<(Class, Class)> = vec![
            (Class::Suspected, Class::Clinical),
            (Class::Suspected, Class::Confirmed),
            (Class::Suspected, Class::Excluded),
            (Class::Clinical, Class::Confirmed),
            (Class::Clinical, Class::Excluded),
            (Class::Confirmed, Class::Excluded),
            (Class::Excluded, Class::Confirmed),
        ];
        for from in Class::ALL {
            for to in Class::ALL {
                let case = Report { class: from, evidence: vec![result(true)], ..report() };
                let next = case.become_class(to, now, now);
                match may.contains(&(from, to)) {
                    true => assert_eq!(next.map(|c| (c.class, c.class_at)), Ok((to, now))),
                    false => assert_eq!(next.unwrap_err(), Refusal::Step { from, to }),
                }
            }
        }
    }

    #[test]
    fn confirmed_by_a_positive_result_and_never_before_it_was_found() {
        let now = at("2020-02-01T00:00:00Z");
        let negative = report().tested(result(false)).unwrap();
        assert_eq!(negative.clone().become_class(Class::Confirmed, now, now), Err(Refusal::NoEvidence));
        let positive = negative.tested(result(true)).unwrap();
        for (when, ok) in [
            ("2020-01-28T01:59:59Z", false),
            ("2020-01-28T02:00:00Z", true),
            ("2020-02-01T00:00:00Z", true),
            ("2020-02-01T00:00:01Z", false),
        ] {
            assert_eq!(positive.clone().become_class(Class::Confirmed, at(when), now).is_ok(), ok, "{when}");
        }
        let early = Outcome { end: End::Discharged, at: at("2020-01-28T01:59:59Z") };
        assert_eq!(report().ended(early, now), Err(Refusal::When("outcome.at")));
    }

    #[test]
    fn bounds() {
        let today: Date = "2020-02-01".parse().unwrap();
        let exposure = |text: &str, from: Option<&str>, to: Option<&str>| Exposure {
            kind: ExposureKind::Place,
            text: text.into(),
            from: from.map(|d| d.parse().unwrap()),
            to: to.map(|d| d.parse().unwrap()),
        };
        assert!(report().exposed(exposure("market", Some("2020-01-01"), Some("2020-02-01")), today).is_ok());
        for (text, from, to, why) in [
            (" ", None, None, Refusal::Text("exposure.text")),
            (&*"长".repeat(TEXT_MAX + 1), None, None, Refusal::Text("exposure.text")),
            ("x", Some("2020-02-02"), None, Refusal::When("exposure.from")),
            ("x", Some("2020-01-02"), Some("2020-01-01"), Refusal::When("exposure.to")),
            ("x", Some("1999-01-01"), None, Refusal::When("exposure.from")),
        ] {
            assert_eq!(report().exposed(exposure(text, from, to), today), Err(why));
        }
        let mut full = report();
        for _ in 0..MANY_MAX {
            full = full.tested(result(false)).unwrap();
        }
        assert_eq!(full.tested(result(true)), Err(Refusal::Many("laboratory results")));
    }
}
