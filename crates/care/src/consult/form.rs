//! What the asking doctor fills in. Pure; `complete` says what a submission lacks and what no field may be.
//!
//! Numbers travel as the text that was typed: nothing here rounds or reformats.

use super::state::{FormKind, Kind, Urgency};
use kernel::{Id, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The request as the form holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestForm {
    /// Emergency or full.
    pub form: FormKind,
    /// The patient; none for somebody unknown in an emergency.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub patient: Option<Id>,
    /// Nobody is ill: an emergency for practice, of somebody made up. Said of the patient where there is one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drill: bool,
    /// How soon.
    pub urgency: Urgency,
    /// Live or on the record.
    pub kind: Kind,
    /// The question.
    #[serde(default)]
    pub purpose: String,
    /// The specialty asked.
    #[serde(default)]
    pub specialty: String,
    /// Where to ring back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_phone: Option<String>,
    /// 主诉.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaint: Option<String>,
    /// 现病史.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<String>,
    /// 既往史.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub past_history: Option<String>,
    /// 体格检查.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examination: Option<String>,
    /// 辅助检查.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auxiliary: Option<String>,
    /// Allergies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allergies: Option<String>,
    /// Drugs taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drugs: Option<String>,
    /// Weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_kg: Option<String>,
    /// Pregnancy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pregnancy: Option<Pregnancy>,
    /// Weeks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pregnancy_weeks: Option<String>,
    /// Vital signs with their time.
    #[serde(default)]
    pub vitals: Vec<Vitals>,
    /// Laboratory values.
    #[serde(default)]
    pub labs: Vec<Lab>,
    /// 初步诊断.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<String>,
    /// Treatment so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treatment: Option<String>,
    /// Whom and when the asking doctor would like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<Wanted>,
    /// The patient's consent.
    #[serde(default)]
    pub consent: ConsentInput,
}

/// Pregnant or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Pregnancy {
    /// Not pregnant.
    No,
    /// Pregnant.
    Yes,
    /// Not known.
    Unknown,
}

impl Pregnancy {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Yes => "yes",
            Self::Unknown => "unknown",
        }
    }

    /// Reads a code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::No, Self::Yes, Self::Unknown].into_iter().find(|p| p.code() == code)
    }
}

/// Vital signs taken together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Vitals {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub time: Time,
    /// °C.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<String>,
    /// Beats a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pulse: Option<String>,
    /// Breaths a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respiration: Option<String>,
    /// mmHg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub systolic: Option<String>,
    /// mmHg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diastolic: Option<String>,
    /// Percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spo2: Option<String>,
    /// Whether the patient got oxygen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oxygen: Option<bool>,
    /// Alert, confused, to voice, to pain, unresponsive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consciousness: Option<Consciousness>,
}

/// ACVPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Consciousness {
    /// Alert.
    A,
    /// New confusion.
    C,
    /// Responds to voice.
    V,
    /// Responds to pain.
    P,
    /// Unresponsive.
    U,
}

impl Consciousness {
    /// All, most awake first.
    pub const ALL: [Self; 5] = [Self::A, Self::C, Self::V, Self::P, Self::U];

    /// The letter.
    pub fn code(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::C => "C",
            Self::V => "V",
            Self::P => "P",
            Self::U => "U",
        }
    }

    /// Reads a letter.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }
}

/// A laboratory value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lab {
    /// Which test.
    pub name: String,
    /// As reported: `7.20`, `<0.01`, `positive`.
    pub value: String,
    /// Its unit.
    #[serde(default)]
    pub unit: String,
    /// Lower end of the reference range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// Upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// When the sample was taken.
    #[schema(value_type = String, format = DateTime)]
    pub time: Time,
}

/// A wish, not an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Wanted {
    /// A PractitionerRole.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expert: Option<Id>,
    /// An Organization.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hospital: Option<Id>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
}

/// The consent's document, or why an emergency goes without it for a day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsentInput {
    /// A DocumentReference uploaded.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Id>,
    /// The reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency_reason: Option<String>,
}

impl RequestForm {
    /// An empty form.
    pub fn new(form: FormKind, urgency: Urgency, kind: Kind) -> Self {
        Self {
            form,
            patient: None,
            drill: false,
            urgency,
            kind,
            purpose: String::new(),
            specialty: String::new(),
            callback_phone: None,
            complaint: None,
            history: None,
            past_history: None,
            examination: None,
            auxiliary: None,
            allergies: None,
            drugs: None,
            weight_kg: None,
            pregnancy: None,
            pregnancy_weeks: None,
            vitals: vec![],
            labs: vec![],
            diagnosis: None,
            treatment: None,
            wanted: None,
            consent: ConsentInput::default(),
        }
    }

    /// Reads a draft's body. An emergency form is an emergency, whatever the rest says.
    pub fn from_draft(body: &[u8]) -> Result<Self, serde_json::Error> {
        let mut form: Self = serde_json::from_slice(body)?;
        form.tidy();
        Ok(form)
    }

    /// Blank texts are absent ones; rows with nothing in them are none; the emergency form is an emergency.
    pub fn tidy(&mut self) {
        if self.form == FormKind::Emergency {
            self.urgency = Urgency::Emergency;
        }
        for (_, text) in self.texts_mut() {
            drop_blank(text);
        }
        for row in &mut self.vitals {
            for (_, number) in row.numbers_mut() {
                drop_blank(number);
            }
        }
        self.vitals.retain(|row| !row.is_empty());
        for lab in &mut self.labs {
            drop_blank(&mut lab.low);
            drop_blank(&mut lab.high);
        }
        self.labs.retain(|lab| !(lab.name.trim().is_empty() && lab.value.trim().is_empty()));
        if self.wanted == Some(Wanted::default()) {
            self.wanted = None;
        }
    }

    /// The texts by the name of their field.
    pub fn texts(&self) -> [(&'static str, &Option<String>); 12] {
        [
            ("callback_phone", &self.callback_phone),
            ("complaint", &self.complaint),
            ("history", &self.history),
            ("past_history", &self.past_history),
            ("examination", &self.examination),
            ("auxiliary", &self.auxiliary),
            ("allergies", &self.allergies),
            ("drugs", &self.drugs),
            ("weight_kg", &self.weight_kg),
            ("pregnancy_weeks", &self.pregnancy_weeks),
            ("diagnosis", &self.diagnosis),
            ("treatment", &self.treatment),
        ]
    }

    /// The same, to be filled in.
    pub fn texts_mut(&mut self) -> [(&'static str, &mut Option<String>); 12] {
        [
            ("callback_phone", &mut self.callback_phone),
            ("complaint", &mut self.complaint),
            ("history", &mut self.history),
            ("past_history", &mut self.past_history),
            ("examination", &mut self.examination),
            ("auxiliary", &mut self.auxiliary),
            ("allergies", &mut self.allergies),
            ("drugs", &mut self.drugs),
            ("weight_kg", &mut self.weight_kg),
            ("pregnancy_weeks", &mut self.pregnancy_weeks),
            ("diagnosis", &mut self.diagnosis),
            ("treatment", &mut self.treatment),
        ]
    }
}

impl Vitals {
    /// The numbers by the name of their field.
    pub fn numbers(&self) -> [(&'static str, &Option<String>); 6] {
        [
            ("temperature", &self.temperature),
            ("pulse", &self.pulse),
            ("respiration", &self.respiration),
            ("systolic", &self.systolic),
            ("diastolic", &self.diastolic),
            ("spo2", &self.spo2),
        ]
    }

    /// The same, to be filled in.
    pub fn numbers_mut(&mut self) -> [(&'static str, &mut Option<String>); 6] {
        [
            ("temperature", &mut self.temperature),
            ("pulse", &mut self.pulse),
            ("respiration", &mut self.respiration),
            ("systolic", &mut self.systolic),
            ("diastolic", &mut self.diastolic),
            ("spo2", &mut self.spo2),
        ]
    }

    /// A set taken at `time`, still empty.
    pub fn at(time: Time) -> Self {
        Self {
            time,
            temperature: None,
            pulse: None,
            respiration: None,
            systolic: None,
            diastolic: None,
            spo2: None,
            oxygen: None,
            consciousness: None,
        }
    }

    fn is_empty(&self) -> bool {
        self.numbers().iter().all(|(_, n)| n.is_none()) && self.oxygen.is_none() && self.consciousness.is_none()
    }
}

fn drop_blank(text: &mut Option<String>) {
    if text.as_ref().is_some_and(|t| t.trim().is_empty()) {
        *text = None;
    }
}
