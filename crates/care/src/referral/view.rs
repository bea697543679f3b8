//! A referral as lists and its page show it, for those who may see it. Names masked where the decision says so.

use super::clock::{self, Ahead};
use super::loading::facts;
use super::model::{Answer, Asked};
use super::resources::Loaded;
use super::state::{AnswerCode, Care, Direction, Need, Severity, State, Vehicle};
use crate::consult::person;
use crate::patient::{PatientCard, card, hospital_ref, today};
use fhir::Reference;
use kernel::{Decision, Duty, Id, Role, Time};
use platform::directory::{HospitalRef, PersonRef};
use platform::{Op, Problem};
use records::Viewer;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A referral in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReferralRow {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id,
    /// Its number.
    pub number: String,
    /// To be sent back with a step.
    pub version: u64,
    /// Up, or back home.
    pub direction: Direction,
    /// Where it stands.
    pub state: State,
    /// How ill.
    pub severity: Severity,
    /// The level of care wanted.
    pub care: Care,
    /// The specialty wanted.
    pub specialty: String,
    /// What is needed on the way.
    pub needs: Vec<Need>,
    /// Whose.
    pub patient: Option<PatientCard>,
    /// Who refers.
    pub sender: HospitalRef,
    /// The doctor who refers.
    pub doctor: Option<PersonRef>,
    /// Those asked: all of them for who refers, the own for who is asked.
    pub asked: Vec<AskedRow>,
    /// Where the patient goes, once that is settled.
    pub receiver: Option<HospitalRef>,
    /// The bed held for the patient, or taken.
    pub bed: Option<BedRef>,
    /// How the patient goes.
    pub transport: Option<TransportRow>,
    /// When the patient left.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub departed: Option<Time>,
    /// When they will be there.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub eta: Option<Time>,
    /// When they arrived.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub arrived: Option<Time>,
    /// Why it stands where it stands.
    pub why: Option<String>,
    /// What happens next by itself.
    pub next: Option<Ahead>,
    /// Whether the next step is mine.
    pub waiting_for_me: bool,
    /// When it was handed in.
    #[schema(value_type = String, format = DateTime)]
    pub requested_at: Time,
    /// When somebody last took a step.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Time,
}

/// A hospital that was asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReferralAsked)]
pub struct AskedRow {
    /// Which.
    pub hospital: HospitalRef,
    /// What it says.
    pub answer: AnswerCode,
    /// Why.
    pub why: Option<String>,
    /// The bed it holds.
    pub bed: Option<BedRef>,
    /// Since when it says so.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

/// A bed by name.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReferralBed)]
pub struct BedRef {
    /// The Location.
    #[schema(value_type = String)]
    pub id: Id,
    /// Its name in Chinese, with its ward's.
    pub name: String,
    /// Its name in English, with its ward's.
    pub name_en: String,
    /// Until when it is held.
    #[schema(value_type = String, format = DateTime)]
    pub until: Time,
}

/// How the patient goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ReferralTransportRow)]
pub struct TransportRow {
    /// With what.
    pub vehicle: Vehicle,
    /// Who drives or sends it.
    pub by: String,
    /// Where to reach the crew.
    pub phone: Option<String>,
    /// When it was ordered.
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
}

/// The patients of these referrals, by id; read once each.
pub async fn patients(op: &Op, of: &[&Loaded], masked: bool) -> Result<HashMap<Id, PatientCard>, Problem> {
    let mut cards = HashMap::new();
    let wanted: std::collections::BTreeSet<&Reference> = of.iter().map(|r| &r.words.patient).collect();
    for at in wanted {
        let Some(found) = op.store().read(&Viewer::System, at).await? else { continue };
        let shown = card(&found.value()?, hospital_ref(op, &found.custodian)?, today(op));
        cards.insert(at.id.clone(), if masked { shown.masked() } else { shown });
    }
    Ok(cards)
}

/// Whether this person may see it, and how.
pub fn seen_as(op: &Op, of: &Loaded) -> Option<Decision> {
    let decision = kernel::decide(op.actor(), kernel::Action::ReadReferral, &facts(Some(of)), op.now());
    Some(decision).filter(|d| d.allow)
}

/// A row, as somebody sees it who may.
pub fn row(op: &Op, of: &Loaded, patient: Option<PatientCard>, decision: &Decision) -> Result<ReferralRow, Problem> {
    let masked = decision.duties.contains(&Duty::MaskName);
    let (referral, words) = (&of.referral, &of.words);
    let stage = &referral.stage;
    let own = &op.actor().hospital;
    // Who else was asked is for who refers to know.
    let asked = referral.asked.iter().filter(|a| !masked || a.hospital == *own);
    let place = stage.place();
    let bed = place.and_then(|p| p.bed.as_ref()).map(|bed| bed_ref(op, &bed.id, bed.until));
    Ok(ReferralRow {
        id: of.id.clone(),
        number: words.number.clone(),
        version: of.version,
        direction: referral.ask.direction,
        state: referral.state(),
        severity: referral.ask.severity,
        care: referral.ask.care,
        specialty: words.specialty.clone(),
        needs: referral.ask.needs.clone(),
        patient,
        sender: hospital_ref(op, &of.sender)?,
        doctor: person(op, &words.asking),
        asked: asked.map(|a| asked_row(op, a)).collect::<Result<_, _>>()?,
        receiver: place.map(|p| hospital_ref(op, &p.hospital)).transpose()?,
        bed,
        transport: referral.transport.as_ref().map(|t| TransportRow {
            vehicle: t.vehicle,
            by: t.by.clone(),
            phone: t.phone.clone(),
            at: t.at,
        }),
        departed: stage.journey().map(|j| j.departed),
        eta: stage.journey().map(|j| j.eta),
        arrived: stage.arrived(),
        why: of.why.clone(),
        next: clock::next(referral, &op.platform().timers(), op.now())
            .filter(|n| !masked || n.hospital.as_ref().is_none_or(|h| h == own)),
        waiting_for_me: waits_for(op, of),
        requested_at: words.requested_at,
        updated_at: of.moved.at,
    })
}

fn asked_row(op: &Op, asked: &Asked) -> Result<AskedRow, Problem> {
    Ok(AskedRow {
        hospital: hospital_ref(op, &asked.hospital)?,
        answer: asked.answer.code(),
        why: asked.why.clone(),
        bed: asked.answer.bed().map(|bed| bed_ref(op, &bed.id, bed.until)),
        at: asked.at,
    })
}

fn bed_ref(op: &Op, id: &Id, until: Time) -> BedRef {
    let directory = &op.platform().directory;
    let bed = directory.place(id);
    let ward = bed.as_ref().and_then(|b| b.ward.as_ref()).and_then(|w| directory.place(w));
    let named = |name: fn(&platform::directory::profile::Place) -> &str| {
        let both = [ward.as_deref().map(name), bed.as_deref().map(name)];
        both.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    BedRef { id: id.clone(), name: named(|p| &p.name), name_en: named(|p| &p.name_en), until }
}

/// Whether the next step is this person's.
fn waits_for(op: &Op, of: &Loaded) -> bool {
    let actor = op.actor();
    let (own, down) = (&actor.hospital, of.referral.ask.direction == Direction::Down);
    let sends = of.sender == *own && actor.role != Role::Dispatcher;
    let mine = of.referral.of(own).map(|a| &a.answer);
    match of.referral.state() {
        State::Asked if sends => {
            let answered = |a: &Asked| !matches!(a.answer, Answer::Waiting);
            !down && of.referral.asked.iter().any(|a| matches!(a.answer, Answer::Offered(_)))
                || of.referral.asked.iter().all(answered)
        }
        State::Asked => {
            let asked = down || actor.role == Role::Dispatcher;
            asked && matches!(mine, Some(Answer::Waiting | Answer::Lapsed | Answer::Lost | Answer::Withdrawn))
        }
        State::Accepted => sends,
        State::OnTheWay => mine.is_some() && !sends && actor.role != Role::Dispatcher,
        _ => false,
    }
}
