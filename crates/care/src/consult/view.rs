//! A case as lists show it: one row, for those who may see it. Names masked where the decision says so.

use super::board::Row;
use super::bulk::{by_id, find_many};
use super::escalation::{self, NextRung};
use super::resources::Loaded;
use super::state::{Kind, State, Urgency};
use super::step::person;
use super::timer::Timer;
use crate::patient::{PatientCard, card, hospital_ref, today};
use fhir::{Reference, ResourceType};
use kernel::{Decision, Duty, Id, Time};
use platform::case::Who;
use platform::directory::{HospitalRef, PersonRef};
use platform::{Op, Problem};
use records::{Query, Resource, Viewer};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A case in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseRow {
    /// The case's id.
    #[schema(value_type = String)]
    pub id: Id,
    /// Its number.
    pub number: String,
    /// To be sent back with a step.
    pub version: u64,
    /// Where it stands.
    pub state: State,
    /// How soon.
    pub urgency: Urgency,
    /// Live or record.
    pub kind: Kind,
    /// `emergency` or `full`.
    pub form: String,
    /// The question.
    pub purpose: String,
    /// The specialty asked.
    pub specialty: String,
    /// Whose case.
    pub patient: Option<PatientCard>,
    /// Who asks.
    pub asking: Asking,
    /// The experts.
    pub advising: Vec<PersonRef>,
    /// What is attached.
    pub attachments: Vec<Attached>,
    /// The clock in force.
    pub timer: Option<Timer>,
    /// What happens next by itself, unless somebody takes a step before.
    pub next: Option<NextRung>,
    /// Whether the next step is mine.
    pub waiting_for_me: bool,
    /// When and where it is arranged.
    pub scheduled: Option<Scheduled>,
    /// When it was handed in.
    #[schema(value_type = String, format = DateTime)]
    pub submitted_at: Time,
    /// When somebody last took a step.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}

/// Who asks.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseAsking)]
pub struct Asking {
    /// The hospital.
    pub hospital: HospitalRef,
    /// The doctor.
    pub doctor: PersonRef,
}

/// How many of a kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseAttached)]
pub struct Attached {
    /// A modality (`CT`, `MR`, …), `document` or `photo`.
    pub kind: String,
    /// How many.
    pub count: usize,
}

/// When and where.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseScheduled)]
pub struct Scheduled {
    /// From.
    #[schema(value_type = String, format = DateTime)]
    pub start: Time,
    /// To.
    #[schema(value_type = String, format = DateTime)]
    pub end: Time,
    /// None: a virtual room of the case's own.
    pub room: Option<RoomRef>,
    /// The terminal by which the asking hospital joins, as that calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub terminal: Option<String>,
}

/// A room by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CaseRoom)]
pub struct RoomRef {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id,
    /// Its name in Chinese.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
}

/// Attachments by case.
pub type Attachments = BTreeMap<Id, BTreeMap<String, usize>>;

/// What is attached to these cases: two searches, however many they are.
pub async fn attachments(op: &Op, cases: &[Reference]) -> Result<Attachments, Problem> {
    let mut found = Attachments::new();
    if cases.is_empty() {
        return Ok(found);
    }
    let wanted = cases.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    for (ty, parameter) in [(ResourceType::IMAGING_STUDY, "basedon"), (ResourceType::DOCUMENT_REFERENCE, "related")] {
        let mut query = Query::of(ty).with(parameter, &wanted).count(1000);
        loop {
            let page = op.store().search(&Viewer::System, &query).await?;
            for resource in &page.matches {
                if let Some(case) = &resource.case {
                    let kind = kind_of(resource)?;
                    *found.entry(case.id.clone()).or_default().entry(kind).or_default() += 1;
                }
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
    }
    Ok(found)
}

fn kind_of(resource: &Resource) -> Result<String, Problem> {
    let body = resource.value()?;
    if resource.at.ty == ResourceType::IMAGING_STUDY {
        let modality = body["modality"][0]["code"].as_str().or_else(|| body["series"][0]["modality"]["code"].as_str());
        return Ok(modality.unwrap_or("OT").to_owned());
    }
    let mime = body["content"][0]["attachment"]["contentType"].as_str().unwrap_or_default();
    Ok(if mime.starts_with("image/") { "photo" } else { "document" }.to_owned())
}

/// The patients' cards, masked where the decision says so.
pub async fn patients(op: &Op, at: &[Reference], decision: &Decision) -> Result<BTreeMap<Id, PatientCard>, Problem> {
    // Read with the rules' own eyes: who may see the case may see whose it is; a dispatcher sees the mask.
    let ids: Vec<Id> = at.iter().map(|at| at.id.clone()).collect();
    let mut cards = BTreeMap::new();
    for found in by_id(op.store(), ResourceType::PATIENT, &ids).await?.into_values() {
        let shown = card(&found.value()?, hospital_ref(op, &found.custodian)?, today(op));
        cards.insert(found.at.id, if decision.duties.contains(&Duty::MaskName) { shown.masked() } else { shown });
    }
    Ok(cards)
}

/// A case as a row.
pub async fn row(
    op: &Op,
    case: &Loaded,
    patient: Option<PatientCard>,
    board: Option<&Row>,
    attached: &Attachments,
) -> Result<CaseRow, Problem> {
    let booking = case.consult.stage.booking();
    let experts = booking.map(|b| b.experts.as_slice()).unwrap_or_default();
    let advising = experts.iter().filter_map(|e| op.platform().directory.person_ref_at(&e.person, &e.hospital));
    let room = |id: &Id| op.platform().directory.room(id);
    let named =
        |r: &platform::directory::Room| RoomRef { id: r.id.clone(), name: r.name.clone(), name_en: r.name_en.clone() };
    let kinds = attached.get(&case.id).into_iter().flatten();
    Ok(CaseRow {
        id: case.id.clone(),
        number: case.number.clone(),
        version: case.version,
        state: case.consult.state(),
        urgency: case.consult.ask.urgency,
        kind: case.consult.ask.kind,
        form: case.consult.ask.form.code().to_owned(),
        purpose: case.purpose(),
        specialty: case.specialty(),
        patient,
        asking: Asking { hospital: hospital_ref(op, &case.custodian)?, doctor: known(op, &case.asking)? },
        advising: advising.collect(),
        attachments: kinds.map(|(kind, &count)| Attached { kind: kind.clone(), count }).collect(),
        timer: case.timer,
        next: escalation::next(op.platform(), case, op.now()).await?,
        waiting_for_me: board.is_some_and(|row| row.waits_for(op.actor())),
        scheduled: booking.map(|b| Scheduled {
            start: b.start,
            end: b.end,
            room: b.room.as_ref().and_then(|r| room(r).map(|r| named(&r))),
            terminal: b.terminal.as_ref().and_then(|id| op.platform().directory.device(id)).map(|d| d.name.clone()),
        }),
        submitted_at: case.submitted_at,
        updated_at: case.moved.at,
    })
}

/// Somebody whom the directory must know.
pub fn known(op: &Op, who: &Who) -> Result<PersonRef, Problem> {
    person(op, who)
        .ok_or_else(|| Problem::internal(format!("{} at {} is not in the directory", who.person, who.hospital)))
}

/// The rows of a page, in its order: a few searches, however many they are, up to [`super::bulk::TOGETHER`].
pub async fn rows(op: &Op, decision: &Decision, page: &[Row]) -> Result<Vec<CaseRow>, Problem> {
    let ids: Vec<Id> = page.iter().map(|r| r.id.clone()).collect();
    let cases = find_many(op.store(), &ids).await?;
    let attached = attachments(op, &cases.iter().map(|c| c.at.case.clone()).collect::<Vec<_>>()).await?;
    let whose: Vec<Reference> = cases.iter().map(|c| c.patient.clone()).collect();
    let patients = patients(op, &whose, decision).await?;
    let boards: BTreeMap<&Id, &Row> = page.iter().map(|r| (&r.id, r)).collect();
    let mut rows = Vec::with_capacity(cases.len());
    for case in &cases {
        let patient = patients.get(&case.patient.id).cloned();
        rows.push(row(op, case, patient, boards.get(&case.id).copied(), &attached).await?);
    }
    Ok(rows)
}
