//! A guideline's grades as data: which criteria, for whom, with which limits. The next version is another file beside this one.

use kernel::Time;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use utoipa::ToSchema;

/// The versions known, oldest first.
const FILES: &[&str] = &[include_str!("covid-19-trial-8.json")];

/// How ill, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakGrade)]
pub enum Grade {
    /// 轻型.
    Mild,
    /// 普通型.
    Ordinary,
    /// 重型.
    Severe,
    /// 危重型.
    Critical,
}

impl Grade {
    /// All, mildest first.
    pub const ALL: [Self; 4] = [Self::Mild, Self::Ordinary, Self::Severe, Self::Critical];

    /// The code, as in FHIR and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Mild => "mild",
            Self::Ordinary => "ordinary",
            Self::Severe => "severe",
            Self::Critical => "critical",
        }
    }

    /// Reads [`Grade::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|g| g.code() == code)
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakText)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese, in the source's words.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Of whom a criterion speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakWho)]
pub enum Who {
    /// Of patients of any age.
    Everybody,
    /// Of adults.
    Adult,
    /// Of children.
    Child,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakMeasure)]
pub enum Measure {
    /// Breaths per minute, at rest.
    RespiratoryRate,
    /// Oxygen saturation in percent, at rest and on air.
    Spo2RestAir,
    /// Days of high fever without a break.
    FeverDays,
}

/// What is seen or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = OutbreakSign)]
pub enum Sign {
    /// Respiratory failure that needs ventilation.
    RespiratoryFailureVentilated,
    /// Shock.
    Shock,
    /// Another organ failing, in need of intensive care.
    OrganFailureInIntensiveCare,
    /// Nostrils flaring, retractions.
    FlaringOrRetractions,
    /// Drowsiness or convulsion.
    DrowsinessOrConvulsion,
    /// Refuses feed or hard to feed, dehydrated.
    RefusesFeedDehydrated,
    /// Pneumonia on images of the lung.
    PneumoniaOnImages,
}

/// A limit up to an age.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakBand)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// For whom is younger than so many months; for all others when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below_months: Option<u32>,
    /// Met from here on.
    pub limit: f64,
}

/// When a criterion is met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[schema(as = OutbreakTest)]
pub enum Test {
    /// The value is the limit or more.
    AtLeast {
        /// Of what.
        value: Measure,
        /// The limit.
        limit: f64,
    },
    /// The value is the limit or less.
    AtMost {
        /// Of what.
        value: Measure,
        /// The limit.
        limit: f64,
    },
    /// The value is more than the limit.
    Above {
        /// Of what.
        value: Measure,
        /// The limit.
        limit: f64,
    },
    /// As `AtLeast`, the limit following the age.
    AtLeastByAge {
        /// Of what.
        value: Measure,
        /// Youngest first.
        bands: Vec<Band>,
    },
    /// PaO2/FiO2, corrected for altitude.
    Oxygenation {
        /// Met up to here, mmHg.
        at_most_mmhg: f64,
        /// Corrected above this altitude, metres.
        corrected_above_m: f64,
        /// The pressure that is corrected to, mmHg.
        sea_level_mmhg: f64,
    },
    /// Lesions have grown.
    Growth {
        /// By more than so many percent.
        above_percent: f64,
        /// Between two images at least so many hours apart,
        from_hours: f64,
        /// and at most so many.
        to_hours: f64,
    },
    /// A sign is there.
    Sign {
        /// Which.
        sign: Sign,
    },
}

/// One clause of a guideline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakCriterion)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its name.
    pub code: String,
    /// The grade of whoever meets it.
    pub grade: Grade,
    /// Of whom it speaks.
    pub who: Who,
    /// The clause's words.
    pub text: Text,
    /// When it is met.
    pub test: Test,
}

/// One version of a guideline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OutbreakGuideline)]
#[serde(deny_unknown_fields)]
pub struct Guideline {
    /// Names guideline and version; every grading is pinned to it.
    pub code: String,
    /// The disease, as the list of notifiable diseases calls it.
    pub disease: String,
    /// Its title.
    pub title: Text,
    /// Who issued it, number, day, chapter.
    pub source: String,
    /// From which instant on it holds, until the next of the disease does.
    #[schema(value_type = String, format = DateTime)]
    pub in_force_from: Time,
    /// From which age the adults' criteria hold, in months.
    pub adult_from_months: u32,
    /// Where that age comes from.
    pub adult_text: Text,
    /// The clauses.
    pub criteria: Vec<Criterion>,
    /// Who meets none of them.
    pub mild_text: Text,
}

static ALL: LazyLock<Vec<Guideline>> = LazyLock::new(|| {
    let read = |text: &&str| serde_json::from_str(text);
    FILES.iter().map(read).collect::<Result<_, _>>().unwrap_or_else(|e| panic!("a guideline's file: {e}"))
});

/// All versions known, oldest first.
pub fn all() -> &'static [Guideline] {
    &ALL
}

/// The version of this name.
pub fn of(code: &str) -> Option<&'static Guideline> {
    ALL.iter().find(|g| g.code == code)
}

/// The one by which a disease is graded at an instant: on the day of a change, before it by the old and after it by the new one.
/// What was before the first is graded by the first.
pub fn in_force<'a>(all: &'a [Guideline], disease: &str, at: Time) -> Option<&'a Guideline> {
    let mut known = all.iter().filter(|g| g.disease == disease);
    known.clone().rev().find(|g| g.in_force_from <= at).or_else(|| known.next())
}
