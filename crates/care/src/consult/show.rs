//! `consult.show`: the case page.

use super::board::Board;
use super::form::RequestForm;
use super::loading::{asks_of, enter, form_of, notes_of};
use super::possible::{Open, Possible, possible};
use super::resources::{AskNote, Loaded, Note, NoteKind, consent_due, consent_given};
use super::state::Verdict;
use super::summary::{Summary, numbers};
use super::view::{CaseRow, attachments, known, patients, row};
use crate::patient::{AgeUnit, PatientCard};
use axum::extract::Path;
use axum::{Extension, Json};
use fhir::Reference;
use kernel::{Duty, Id, Role, Time};
use platform::directory::PersonRef;
use platform::{Op, Problem};
use records::Entry;
use serde::Serialize;
use serde_json::{Map, Value};
use std::sync::Arc;
use utoipa::ToSchema;

/// A case, whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseDetail)]
pub struct Output {
    /// What the list shows.
    #[serde(flatten)]
    row: CaseRow,
    /// The form; for a dispatcher what triage needs of it.
    request: RequestForm,
    /// The consent.
    consent: Consent,
    /// The list with which it was returned.
    returned: Option<Returned>,
    /// What experts asked for.
    asks: Vec<Asked>,
    /// What happened, oldest first.
    timeline: Vec<TimelineAct>,
    /// What was said, oldest first.
    messages: Vec<crate::message::Message>,
    /// The signed opinion.
    opinion: Option<Signed>,
    /// The asking doctor's answer.
    answer: Option<Answered>,
    /// The room.
    room: RoomState,
    /// What this role could ever do, and why not now.
    steps: Vec<Possible>,
    /// The 90-second card.
    summary: Summary,
}

/// The consent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseConsent)]
pub struct Consent {
    /// Its document is there.
    on_file: bool,
    /// Why an emergency goes without.
    #[serde(skip_serializing_if = "Option::is_none")]
    emergency_reason: Option<String>,
    /// Until when it must be there, or must have been, after an emergency went ahead without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<Time>,
    /// Since when it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    given_at: Option<Time>,
    /// Why it came after that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    late_reason: Option<String>,
}

/// A return.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseReturned)]
pub struct Returned {
    /// What was missing.
    items: Vec<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// By whom.
    by: PersonRef,
}

/// An ask.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseAsked)]
pub struct Asked {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// What is wanted.
    items: Vec<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// By whom.
    by: PersonRef,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Time>,
    /// What was answered, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseAct)]
pub struct TimelineAct {
    /// The ledger's number.
    number: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// The operation.
    what: String,
    /// By whom; none for the system.
    by: Option<PersonRef>,
    /// In which role.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// Codes for the translation.
    #[schema(value_type = Object)]
    params: Map<String, Value>,
}

/// A signature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseSigned)]
pub struct Signed {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    signed_at: Time,
    /// By whom.
    by: PersonRef,
    /// Which version of the opinion.
    version: u32,
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseAnswered)]
pub struct Answered {
    /// Adopted, partly, not.
    answer: Verdict,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// By whom.
    by: PersonRef,
}

/// The room.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseRoomState)]
pub struct RoomState {
    /// Somebody may go in now.
    open: bool,
    /// The parties know of it.
    announced: bool,
}

/// Shows a case.
#[utoipa::path(get, path = "/api/consults/{id}", operation_id = "consult.show", tag = "consult",
    params(("id" = String, Path)), responses((status = 200, body = Output)))]
pub async fn show(
    op: Op,
    Extension(board): Extension<Arc<Board>>,
    Path(id): Path<Id>,
) -> Result<Json<Output>, Problem> {
    let (case, decision) = enter(&op, "consult.show", &id).await?;
    let masked = decision.duties.contains(&Duty::MaskName);
    let entries = op.store().entries_of_case(&case.at.case).await?;
    let board_row = board.now(op.platform()).await?.row(&id);
    let attached = attachments(&op, std::slice::from_ref(&case.at.case)).await?;
    let patient = patients(&op, std::slice::from_ref(&case.patient), &decision).await?.remove(&case.patient.id);
    let row = row(&op, &case, patient, board_row.as_ref(), &attached).await?;
    let form = form_of(op.store(), &case).await?;
    let (notes, asks) = (notes_of(op.store(), &case.at.case).await?, asks_of(op.store(), &case.at.case).await?);
    let summary = Summary {
        who: [&form.form.complaint, &form.form.diagnosis].into_iter().flatten().cloned().collect(),
        why: case.purpose(),
        changed: changed(&op, &entries),
        numbers: numbers(&form.form, news2_applies(row.patient.as_ref(), &form.form)),
    };
    let last_return = case.returns().pop();
    let returned = notes.iter().find(|n| last_return.as_ref() == Some(&n.at));
    let on_file = form.form.consent.document.is_some();
    let open = Open { asked: asks.iter().any(|a| a.open), consent: !on_file };
    let given = form.consent.as_ref().and_then(consent_given);
    let (given_at, late_reason) = given.map_or((None, None), |(at, late)| (Some(at), late));
    let output = Output {
        consent: Consent {
            on_file,
            given_at,
            late_reason,
            emergency_reason: form.form.consent.emergency_reason.clone(),
            due: form.consent.as_ref().and_then(consent_due),
        },
        request: if masked { triage(&form.form) } else { form.form },
        returned: returned
            .map(|n| known(&op, &n.by).map(|by| Returned { items: n.lines.clone(), at: n.sent, by }))
            .transpose()?,
        asks: asks.iter().map(|a| asked(&op, a, &notes)).collect::<Result<_, _>>()?,
        timeline: entries.iter().filter_map(|e| timeline(&op, e, &notes, &asks)).collect(),
        messages: crate::message::messages(&op, &notes)?,
        opinion: signed(&op, &case),
        answer: answered(&op, &case),
        room: RoomState { open: case.has_room() && is_open(&case), announced: case.has_room() },
        steps: possible(&op, &case, open),
        summary,
        row,
    };
    op.note_read("consult.show", Some(case.patient.clone()), Some(case.at.case.clone()), None).await?;
    Ok(Json(output))
}

fn is_open(case: &Loaded) -> bool {
    use super::state::State as S;
    matches!(case.consult.state(), S::Waiting | S::InSession | S::Suspended)
}

/// What triage needs of the form: the question, the complaint and the diagnosis, the wish. The card has the numbers.
fn triage(form: &RequestForm) -> RequestForm {
    RequestForm {
        patient: None,
        purpose: form.purpose.clone(),
        specialty: form.specialty.clone(),
        callback_phone: form.callback_phone.clone(),
        complaint: form.complaint.clone(),
        diagnosis: form.diagnosis.clone(),
        wanted: form.wanted.clone(),
        ..RequestForm::new(form.form, form.urgency, form.kind)
    }
}

/// NEWS2 is for adults who are not pregnant; somebody of unknown age is taken for one.
fn news2_applies(patient: Option<&PatientCard>, form: &RequestForm) -> bool {
    let child = patient.and_then(|p| p.age).is_some_and(|age| age.unit != AgeUnit::Years || age.value < 16);
    !child && form.pregnancy != Some(super::form::Pregnancy::Yes)
}

fn is_read(entry: &Entry) -> bool {
    entry.act.params.get("read").is_some_and(|read| *read == Value::Bool(true))
}

/// What others did since this person last looked; since the request, if never.
fn changed(op: &Op, entries: &[Entry]) -> Vec<String> {
    let me = Some(&op.actor().person);
    let looked =
        entries.iter().rposition(|e| is_read(e) && e.act.what == "consult.show" && e.act.person.as_ref() == me);
    let since = &entries[looked.map_or(0, |at| at + 1)..];
    let mut codes: Vec<String> = vec![];
    for entry in since.iter().filter(|e| !is_read(e) && e.act.person.as_ref() != me && e.act.what != "consult.request")
    {
        if !codes.contains(&entry.act.what) {
            codes.push(entry.act.what.clone());
        }
    }
    codes
}

fn timeline(op: &Op, entry: &Entry, notes: &[Note], asks: &[AskNote]) -> Option<TimelineAct> {
    if is_read(entry) {
        return None;
    }
    let act = &entry.act;
    let directory = &op.platform().directory;
    let by = match (&act.person, &act.hospital) {
        (Some(person), Some(hospital)) => directory.person_ref_at(person, hospital),
        (Some(person), None) => directory.person_ref(person),
        _ => None,
    };
    let mut params = act.params.clone();
    // The ledger counts the items; those who see the case read them.
    let written = |at: &Reference| entry.versions.iter().any(|v| v.at == *at && v.version == 1);
    let lines = notes.iter().find(|n| n.kind == NoteKind::Return && written(&n.at)).map(|n| &n.lines);
    if let Some(lines) = lines.or_else(|| asks.iter().find(|a| written(&a.at)).map(|a| &a.lines)) {
        params.insert("items".into(), lines.clone().into());
    }
    Some(TimelineAct {
        number: entry.number,
        at: entry.at,
        what: act.what.clone(),
        by,
        role: act.role.map(|r: Role| r.code().to_owned()),
        why: act.why.clone(),
        params,
    })
}

fn asked(op: &Op, ask: &AskNote, notes: &[Note]) -> Result<Asked, Problem> {
    let answer = notes.iter().find(|n| n.kind == NoteKind::Supply && n.answers.as_ref() == Some(&ask.at));
    Ok(Asked {
        id: ask.at.id.clone(),
        items: ask.lines.clone(),
        at: ask.sent,
        by: known(op, &ask.by)?,
        answered_at: answer.map(|n| n.sent),
        answer: answer.and_then(|n| n.lines.first().cloned()),
    })
}

fn signed(op: &Op, case: &Loaded) -> Option<Signed> {
    let advice = case.consult.stage.advice()?;
    let hospital = advice.booking.experts.iter().find(|e| e.person == advice.by).map(|e| e.hospital.clone())?;
    let by = op.platform().directory.person_ref_at(&advice.by, &hospital)?;
    Some(Signed { signed_at: advice.at, by, version: advice.version })
}

fn answered(op: &Op, case: &Loaded) -> Option<Answered> {
    let answer = case.consult.stage.answer()?;
    let by = op.platform().directory.person_ref_at(&answer.by, &case.custodian)?;
    Some(Answered { answer: answer.verdict, reason: answer.reason.clone(), at: answer.at, by })
}
