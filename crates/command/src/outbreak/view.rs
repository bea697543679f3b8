//! A case report as the API shows it.

use super::law::{self, Deadline};
use super::loading;
use super::model::{Class, Exposure, Outcome, Report};
use super::resources::{self, Contact, Graded};
use super::severity::{Grade, Text};
use fhir::Reference;
use jiff::civil::Date;
use kernel::{Id, Time};
use platform::directory::{HospitalRef, PersonRef};
use platform::{Op, Problem};
use records::Viewer;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A disease as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OutbreakDisease)]
pub struct DiseaseShown {
    /// Ours.
    pub code: String,
    /// ICD-10.
    pub icd10: String,
    /// Its name.
    pub name: Text,
}

/// The disease of a code in the law's list.
pub fn disease(code: &str) -> Result<DiseaseShown, Problem> {
    let known = law::disease(code).ok_or_else(|| Problem::internal(format!("disease {code} is in no list")))?;
    Ok(DiseaseShown { code: known.code.clone(), icd10: known.icd10.clone(), name: known.name.clone() })
}

/// Whose illness: a case report names its patient to those who may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OutbreakPatient)]
pub struct PatientShown {
    /// The Patient's id.
    pub id: String,
    /// The name; empty of somebody unknown.
    pub name: String,
    /// Administrative sex.
    pub sex: String,
    /// As precise as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
}

impl PatientShown {
    /// Reads a Patient.
    pub fn of(at: &Reference, body: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            id: at.id.to_string(),
            name: text(&body["name"][0]["text"]),
            sex: text(&body["gender"]),
            birth_date: body["birthDate"].as_str().map(str::to_owned),
        }
    }
}

/// A laboratory result as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OutbreakLaboratoryShown)]
pub struct LaboratoryShown {
    /// The Observation's id.
    pub id: String,
    /// What was looked for.
    pub name: String,
    /// Whether it was found.
    pub positive: bool,
    /// As the laboratory wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// When the specimen was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// A grading in the list of all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OutbreakGradingShown)]
pub struct GradingShown {
    /// How ill.
    pub grade: Grade,
    /// By which version of the guideline.
    pub guideline: String,
    /// The instant judged.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// The Observation that says how.
    pub observation: String,
}

/// A case report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = OutbreakCase)]
pub struct CaseView {
    /// Its id, that of its Condition.
    #[schema(value_type = String)]
    pub id: Id,
    /// What a change rests on.
    pub version: u64,
    /// Its number.
    pub number: String,
    /// Who reported.
    pub hospital: HospitalRef,
    /// Whose illness.
    pub patient: PatientShown,
    /// What illness.
    pub disease: DiseaseShown,
    /// How sure.
    pub class: Class,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub class_at: Time,
    /// Who reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<PersonRef>,
    /// The law's clock: deadline, and whether it was met. None when the disease was on no list on the day it was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Deadline>,
    /// First day of illness.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onset: Option<Date>,
    /// Where it may come from.
    pub exposures: Vec<Exposure>,
    /// Laboratory results.
    pub laboratory: Vec<LaboratoryShown>,
    /// All gradings, as they were told.
    pub gradings: Vec<GradingShown>,
    /// The newest, with every criterion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graded: Option<Graded>,
    /// Contacts.
    pub contacts: Vec<Contact>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

impl CaseView {
    /// Everything of a case. Whether the reader may see it was asked before.
    pub async fn of(op: &Op, report: &Report) -> Result<Self, Problem> {
        let known = law::disease(&report.disease);
        let body = loading::patient(op, &report.patient).await?;
        let mut laboratory = vec![];
        for evidence in &report.evidence {
            let body = part(op, &evidence.at).await?;
            let text = |value: &Value| value.as_str().map(str::to_owned);
            laboratory.push(LaboratoryShown {
                id: evidence.at.id.to_string(),
                name: evidence.name.clone(),
                positive: evidence.positive,
                value: text(&body["valueString"]),
                at: text(&body["effectiveDateTime"]),
            });
        }
        let mut contacts = vec![];
        for contact in &report.contacts {
            contacts.extend(Contact::read(&part(op, contact).await?));
        }
        let graded = match report.grade() {
            Some(newest) => resources::read_grading(&part(op, &newest.at).await?),
            None => None,
        };
        let shown = |g: &super::model::Grading| GradingShown {
            grade: g.grade,
            guideline: g.guideline.clone(),
            at: g.effective,
            observation: g.at.id.to_string(),
        };
        Ok(Self {
            id: report.id.clone(),
            version: report.version,
            number: report.number.clone(),
            hospital: loading::hospital(op, &report.hospital)?,
            patient: PatientShown::of(&report.patient, &body),
            disease: disease(&report.disease)?,
            class: report.class,
            class_at: report.class_at,
            reporter: op.platform().directory.person_ref_at(&report.reporter.person, &report.reporter.hospital),
            clock: known.and_then(|d| law::deadline(d, report.found_at, report.reported_at)),
            onset: report.onset,
            exposures: report.exposures.clone(),
            laboratory,
            gradings: report.gradings.iter().map(shown).collect(),
            graded,
            contacts,
            outcome: report.outcome,
        })
    }
}

async fn part(op: &Op, at: &Reference) -> Result<Value, Problem> {
    Ok(op.store().read(&Viewer::System, at).await?.map(|r| r.value()).transpose()?.unwrap_or_default())
}
