//! A consultation as it is counted, and how it is read from its resources.

use super::clocks::{At, Clocks};
use super::notes::Words;
use super::{Instant, Names};
use crate::figures::facts::signed_at;
use kernel::{Id, Time};
use platform::codes::SPECIALTY;
use platform::{Problem, case, drill};
use records::Resource;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// Names of a Task's outputs (docs/FHIR.md).
const PART: &str = "urn:consilium:consult-part";
/// Adopted, partly, not.
const VERDICT: &str = "urn:consilium:verdict";

/// How soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = FigureUrgency)]
pub enum Urgency {
    /// 特急.
    Emergency,
    /// 加急.
    Urgent,
    /// 常规.
    Routine,
}

/// What the asking doctor did with the opinion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As advised.
    Adopted,
    /// In part.
    Partly,
    /// Not.
    Not,
}

/// What became of the patient, as the follow-up says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Better, or left hospital.
    Solved,
    /// Anything else that was said.
    Other,
}

/// A consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub number: Box<str>,
    /// Whose; to count people, never shown.
    pub patient: Option<Id>,
    /// Who asked.
    pub asking: Arc<Id>,
    /// Who dispatches.
    pub centre: Arc<Id>,
    /// The hospitals that advise.
    pub advising: Box<[Arc<Id>]>,
    /// The persons who advise.
    pub experts: Box<[Arc<Id>]>,
    /// The specialty asked.
    pub specialty: Option<Arc<Id>>,
    /// How soon.
    pub urgency: Urgency,
    /// By video.
    pub live: bool,
    /// The code of its state.
    pub state: Arc<Id>,
    /// When it was handed in.
    pub submitted_at: Time,
    /// When its opinion was first signed, and when that was first stored.
    pub signed: Option<(Time, Instant)>,
    /// What was done with the opinion.
    pub verdict: Option<Verdict>,
    /// What became of the patient.
    pub outcome: Option<Outcome>,
    /// Its clocks.
    pub clocks: Clocks,
    /// What was said between the two sides; derived from its Communications.
    pub words: Words,
    /// The ICD-10 code of its condition; derived from the record's Conditions.
    pub disease: Option<Arc<Id>>,
}

impl Row {
    /// From the two resources and the versions of the Task before this one, oldest first; none when it is no consultation, or
    /// a drill.
    pub fn read(
        request: &Resource,
        task: &Resource,
        before: &[Resource],
        names: &mut Names,
    ) -> Result<Option<Self>, Problem> {
        let (body, now) = (request.value()?, task.value()?);
        if !case::is_consultation(&body) || drill::is_drill(&body) {
            return Ok(None);
        }
        let Some(facts) = case::facts(&request.custodian, &body, &now) else { return Ok(None) };
        let (Some(state), Some(submitted_at)) = (case::state(&now), time(&body["authoredOn"])) else { return Ok(None) };
        let mut versions = vec![];
        for version in before.iter().filter(|v| !v.deleted) {
            versions.push((version.value()?, version.stored_at));
        }
        let live = is_live(&body);
        let signed = signed_at(&now).map(|at| {
            let first = versions.iter().find(|(v, _)| signed_at(v).is_some());
            (at, first.map_or(task.stored_at, |(_, stored)| *stored))
        });
        let all: Vec<&Value> = versions.iter().map(|(v, _)| v).chain([&now]).collect();
        let clocks = Clocks::of(ats(&all, live));
        let mut take = |ids: Vec<Id>| ids.into_iter().map(|id| names.take(id)).collect::<Box<[_]>>();
        let (advising, experts) = (take(facts.advising_hospitals), take(facts.experts));
        let specialty = code(&body["performerType"], SPECIALTY).and_then(|c| Id::new(c).ok());
        let patient = body["subject"]["reference"].as_str().and_then(|r| r.strip_prefix("Patient/"));
        Ok(Some(Self {
            number: body["identifier"][0]["value"].as_str().unwrap_or_default().into(),
            patient: patient.and_then(|id| Id::new(id).ok()),
            asking: names.take(facts.asking_hospital),
            centre: names.take(facts.centre),
            advising,
            experts,
            specialty: specialty.map(|s| names.take(s)),
            urgency: match body["priority"].as_str() {
                Some("stat") => Urgency::Emergency,
                Some("urgent") => Urgency::Urgent,
                _ => Urgency::Routine,
            },
            live,
            state: names.take(Id::new(state).map_err(Problem::internal)?),
            submitted_at,
            signed,
            verdict: output(&now, "answer").and_then(|o| match code(&o["valueCodeableConcept"], VERDICT)? {
                "adopted" => Some(Verdict::Adopted),
                "partly" => Some(Verdict::Partly),
                "not" => Some(Verdict::Not),
                _ => None,
            }),
            outcome: output(&now, "outcome").and_then(|o| o["valueCode"].as_str()).map(|outcome| match outcome {
                "improved" | "discharged" => Outcome::Solved,
                _ => Outcome::Other,
            }),
            clocks,
            words: Words::default(),
            disease: None,
        }))
    }

    /// Bytes it takes, about.
    pub fn bytes(&self) -> usize {
        let id = self.patient.as_ref().map_or(0, |id| id.as_str().len());
        let shared = (self.advising.len() + self.experts.len()) * size_of::<Arc<Id>>();
        size_of::<Self>() + self.number.len() + id + shared + self.words.replies_s.len() * size_of::<u32>()
    }
}

/// What each version says of its clock. Before a case was turned into one on the record it was by video.
fn ats<'a>(versions: &[&'a Value], live: bool) -> Vec<At<'a>> {
    let converted = versions.iter().position(|v| case::state(v) == Some("converted-async"));
    let mut found = vec![];
    for (n, version) in versions.iter().enumerate() {
        let Some(state) = case::state(version) else { continue };
        let Some(at) = time(&version["lastModified"]) else { continue };
        let live = live || converted.is_some_and(|first| n < first);
        found.push(At { state, at, due: time(&version["restriction"]["period"]["end"]), live });
    }
    found
}

fn is_live(request: &Value) -> bool {
    let mut kinds = items(&request["category"]).iter().flat_map(|c| items(&c["coding"]));
    kinds.any(|c| c["system"] == case::KIND && c["code"] == "live")
}

fn output<'a>(task: &'a Value, part: &str) -> Option<&'a Value> {
    // The last one said holds.
    items(&task["output"]).iter().rev().find(|o| code(&o["type"], PART) == Some(part))
}

/// The items of an array, none of anything else.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A concept's code in a system.
pub(super) fn code<'a>(concept: &'a Value, system: &str) -> Option<&'a str> {
    items(&concept["coding"]).iter().find(|c| c["system"] == system)?["code"].as_str()
}

/// An instant.
pub(super) fn time(value: &Value) -> Option<Time> {
    value.as_str()?.parse().ok()
}

/// The id that a reference names, when it is of this type.
pub(super) fn referred(value: &Value, ty: &str) -> Option<Id> {
    Id::new(value["reference"].as_str()?.strip_prefix(ty)?.strip_prefix('/')?).ok()
}
