//! How a case is written as FHIR and read back: the only place that knows (docs/FHIR.md).
//!
//! ServiceRequest, Task, Appointment, Encounter, QuestionnaireResponse and Consent of a case share its id, one of each; what
//! there are several of (Observation, Communication, CommunicationRequest) refers to the ServiceRequest by `basedOn`. A step
//! changes the members it owns and keeps all others.

mod answers;
mod codes;
mod consent;
mod meeting;
mod notes;
mod numbers;
mod request;
mod task;

#[cfg(test)]
mod tests;

pub use codes::NUMBER;
pub use consent::{
    DUE_WITHIN as CONSENT_DUE_WITHIN, add as add_consent, due as consent_due, given as consent_given,
    read as read_consent,
};
pub use meeting::read_appointment;
pub use notes::{AskNote, Note, NoteKind, ask_type, read as read_note, read_ask, write as write_note, write_ask};
pub use numbers::{row as form_row, split as split_value};

pub use crate::moved::Moved;

use super::form::{ConsentInput, RequestForm};
use super::model::{Advice, Ask, Consult, Session, Stage};
use super::state::State;
use super::timer::{self, Timer};
use crate::json;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::case::Who;
use platform::settings::Timers;
use records::{Expect, Write};
use serde_json::Value;

/// The resources of which a case has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct References {
    /// What is asked.
    pub case: Reference,
    /// Where it stands.
    pub task: Reference,
    /// Who, when, where.
    pub appointment: Reference,
    /// The session.
    pub encounter: Reference,
    /// The form's texts.
    pub answers: Reference,
    /// The consent.
    pub consent: Reference,
}

impl References {
    /// Of the case with this id.
    pub fn of(id: &Id) -> Self {
        let at = |ty| Reference::new(ty, id.clone());
        Self {
            case: at(ResourceType::SERVICE_REQUEST),
            task: at(ResourceType::TASK),
            appointment: at(ResourceType::APPOINTMENT),
            encounter: at(ResourceType::ENCOUNTER),
            answers: at(ResourceType::QUESTIONNAIRE_RESPONSE),
            consent: at(ResourceType::CONSENT),
        }
    }
}

/// A resource as it was read: its body and its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// FHIR JSON.
    pub body: Value,
    /// Its version.
    pub version: u64,
}

/// A case as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The case's id.
    pub id: Id,
    /// Its resources.
    pub at: References,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub consult: Consult,
    /// The version that clients send back: the Task's.
    pub version: u64,
    /// Whose case.
    pub patient: Reference,
    /// Who asks.
    pub asking: Who,
    /// In whose custody.
    pub custodian: Id,
    /// The centre's hospital.
    pub centre: Id,
    /// The last step.
    pub moved: Moved,
    /// The clock in force.
    pub timer: Option<Timer>,
    /// When it was handed in.
    pub submitted_at: Time,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// Why it stands where it stands.
    pub why: Option<String>,
    request: Value,
    request_version: u64,
    task: Value,
    appointment: Option<Part>,
    encounter: Option<Part>,
}

/// What a step makes of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Next {
    /// The state it comes into.
    pub consult: Consult,
    /// The centre, when it changes.
    pub centre: Option<Id>,
    /// A reason, as typed.
    pub why: Option<String>,
    /// Inputs added to the Task: a name and what it points to.
    pub inputs: Vec<(&'static str, Reference)>,
    /// Outputs added to the Task: a name and a code.
    pub outputs: Vec<(&'static str, String)>,
    /// The form's new words, with everything the request then cites.
    pub form: Option<(RequestForm, Vec<Reference>)>,
}

impl Next {
    /// The state alone.
    pub fn to(consult: Consult) -> Self {
        Self { consult, centre: None, why: None, inputs: vec![], outputs: vec![], form: None }
    }

    /// With a reason.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }
}

impl Loaded {
    /// Puts a case together; none when the resources do not make one.
    pub fn new(
        id: &Id,
        custodian: &Id,
        request: Part,
        task: Part,
        appointment: Option<Part>,
        encounter: Option<Part>,
    ) -> Option<Self> {
        let asked = request::read(&request.body)?;
        let stands = task::read(&task.body)?;
        let ask = Ask {
            form: asked.form,
            urgency: asked.urgency,
            kind: asked.kind,
            clock_from: stands.clock_from,
            returned: stands.returned,
        };
        let invited = request.body["performer"].is_array();
        let stage = stage(&stands, &ask, &task.body, appointment.as_ref(), encounter.as_ref(), invited)?;
        let clock = stands.clock.zip(timer::kind_in(stands.state, ask.kind));
        Some(Self {
            id: id.clone(),
            at: References::of(id),
            number: asked.number,
            consult: Consult { ask, stage, since: stands.since },
            version: task.version,
            patient: json::referred(&request.body["subject"])?,
            asking: asked.asking,
            custodian: custodian.clone(),
            centre: stands.centre,
            moved: stands.moved,
            timer: clock.map(|((started, due), kind)| Timer { kind, started, due }),
            submitted_at: asked.submitted_at,
            ended_at: stands.ended_at,
            why: stands.why,
            request: request.body,
            request_version: request.version,
            task: task.body,
            appointment,
            encounter,
        })
    }

    /// The writes of a step, and the versions it rests on. What does not change is not written.
    pub fn write(&self, next: &Next, moved: &Moved, limits: &Timers) -> (Vec<Write>, Vec<Expect>) {
        let case = &next.consult;
        let mut task = self.task.clone();
        task::put_state(&mut task, case, moved, timer::in_force(case, limits), next.why.as_deref());
        if let Some(centre) = &next.centre {
            task::put_centre(&mut task, centre);
        }
        for (part, at) in &next.inputs {
            task::add_input(&mut task, part, at);
        }
        for (part, code) in &next.outputs {
            task::add_output(&mut task, part, code);
        }
        let mut request = self.request.clone();
        request::put_state(&mut request, case);
        if let Some((form, cited)) = &next.form {
            request::put_form(&mut request, form, cited);
        }
        let old = |part: &Option<Part>| part.as_ref().map(|p| p.body.clone());
        let appointment = meeting::appointment(old(&self.appointment).as_ref(), case, &self.at, &self.patient);
        let encounter = meeting::encounter(old(&self.encounter).as_ref(), case, &self.at, &self.patient, moved.at);
        let mut writes = vec![];
        let mut expect = vec![Expect { at: self.at.task.clone(), version: self.version }];
        let mut put = |at: &Reference, before: Option<(&Value, u64)>, after: Option<Value>| {
            // A step always writes its Task, even one that leaves no trace in it but its version.
            let written = |a: &Value| *at == self.at.task || before.is_none_or(|(b, _)| b != a);
            let Some(after) = after.filter(written) else { return };
            if *at != self.at.task {
                expect.push(Expect { at: at.clone(), version: before.map_or(0, |(_, version)| version) });
            }
            let write = Write::next(at.clone(), after, self.custodian.clone());
            writes.push(write.in_case(self.at.case.clone()));
        };
        put(&self.at.case, Some((&self.request, self.request_version)), Some(request));
        put(&self.at.task, Some((&self.task, self.version)), Some(task));
        let part = |p: &'_ Option<Part>| p.as_ref().map(|p| (p.body.clone(), p.version));
        let (before_appointment, before_encounter) = (part(&self.appointment), part(&self.encounter));
        put(&self.at.appointment, before_appointment.as_ref().map(|(b, v)| (b, *v)), appointment);
        put(&self.at.encounter, before_encounter.as_ref().map(|(b, v)| (b, *v)), encounter);
        (writes, expect)
    }
}

impl Loaded {
    /// The request with one more document among what it cites, and the version this rests on.
    pub fn citing(&self, document: &Id) -> (Write, Expect) {
        let mut cited = self.cited();
        let more = Reference::new(ResourceType::DOCUMENT_REFERENCE, document.clone());
        if !cited.contains(&more) {
            cited.push(more);
        }
        let mut request = self.request.clone();
        request::put_cited(&mut request, &cited);
        let write = Write::next(self.at.case.clone(), request, self.custodian.clone());
        (write.in_case(self.at.case.clone()), Expect { at: self.at.case.clone(), version: self.request_version })
    }
}

/// A case that is handed in: everything that is written for the first time.
pub struct Submission<'a> {
    /// The case's id.
    pub id: &'a Id,
    /// Its number.
    pub number: &'a str,
    /// What was filled in.
    pub form: &'a RequestForm,
    /// Submitted.
    pub consult: &'a Consult,
    /// Who asks.
    pub asking: &'a Who,
    /// The centre's hospital.
    pub centre: &'a Id,
    /// Whose case.
    pub patient: &'a Reference,
    /// When.
    pub now: Time,
}

impl Submission<'_> {
    /// The writes. `new_id` names the Observations.
    pub fn write(&self, new_id: impl FnMut() -> Id, limits: &Timers) -> Vec<Write> {
        let at = References::of(self.id);
        let hospital = &self.asking.hospital;
        let written = write_form(&at, self.form, self.asking, self.patient, hospital, self.now, self.now, &[], new_id);
        let mut request = request::write(&at, self.number, self.centre, self.asking, self.patient, self.now);
        request::put_state(&mut request, self.consult);
        request::put_form(&mut request, self.form, &written.cited);
        let mut task = task::write(&at, self.centre, self.asking, self.patient, self.now);
        let moved = Moved { what: "consult.request".into(), by: Some(self.asking.clone()), at: self.now };
        task::put_state(&mut task, self.consult, &moved, timer::in_force(self.consult, limits), None);
        let new = |to: &Reference, body| Write::new(to.clone(), body, hospital.clone()).in_case(at.case.clone());
        let mut writes = vec![new(&at.case, request), new(&at.task, task)];
        writes.extend(written.writes);
        writes
    }
}

/// A form written down.
pub struct Written {
    /// What is stored.
    pub writes: Vec<Write>,
    /// Everything the request cites.
    pub cited: Vec<Reference>,
}

/// Writes a form's resources. `before` are the case's Observations: a row that stays keeps its resource, one that is gone
/// is marked as entered in error.
#[expect(clippy::too_many_arguments, reason = "each is a different fact, and both callers have them all at hand")]
pub fn write_form(
    at: &References,
    form: &RequestForm,
    author: &Who,
    patient: &Reference,
    custodian: &Id,
    first_given: Time,
    now: Time,
    before: &[Value],
    mut new_id: impl FnMut() -> Id,
) -> Written {
    let mut writes = vec![];
    let mut cited = vec![at.answers.clone(), at.consent.clone()];
    cited.extend(form.consent.document.iter().map(|d| Reference::new(ResourceType::DOCUMENT_REFERENCE, d.clone())));
    let mut put = |at: &Reference, body: Value| {
        writes.push(Write::next(at.clone(), body, custodian.clone()));
    };
    put(&at.answers, answers::write(at, form, author, patient, now));
    put(&at.consent, consent::write(at, &form.consent, author, patient, custodian, first_given, now));
    let id_of = |body: &Value| body["id"].as_str().and_then(|id| Id::new(id).ok());
    let mut kept = vec![];
    for (row, mut body) in numbers::write(at, form, patient, now) {
        let old = before.iter().find(|b| numbers::row(b) == Some(row.as_str()));
        let id = old.and_then(id_of).unwrap_or_else(&mut new_id);
        body["id"] = id.to_string().into();
        let observation = Reference::new(ResourceType::OBSERVATION, id);
        cited.push(observation.clone());
        kept.push(row);
        put(&observation, body);
    }
    for old in before {
        let is_kept = numbers::row(old).is_some_and(|row| kept.iter().any(|k| k == row));
        if let (false, Some(id)) = (is_kept, id_of(old)) {
            let mut body = old.clone();
            body["status"] = "entered-in-error".into();
            put(&Reference::new(ResourceType::OBSERVATION, id), body);
        }
    }
    for write in &mut writes {
        write.case = Some(at.case.clone());
    }
    Written { writes, cited }
}

/// The form as it was handed in, from what stands in the record.
pub fn read_form<'a>(
    case: &Loaded,
    answers: Option<&Value>,
    consent: Option<&Value>,
    observations: impl IntoIterator<Item = &'a Value>,
) -> RequestForm {
    let ask = &case.consult.ask;
    let mut form = RequestForm::new(ask.form, ask.urgency, ask.kind);
    form.patient = Some(case.patient.id.clone());
    form.purpose = case.purpose();
    form.specialty = case.specialty();
    if let Some(answers) = answers {
        answers::read(answers, &mut form);
    }
    form.consent = consent.map_or_else(ConsentInput::default, consent::read);
    numbers::read(observations, &mut form);
    form
}

fn stage(
    stands: &task::Read,
    ask: &Ask,
    task: &Value,
    appointment: Option<&Part>,
    encounter: Option<&Part>,
    has_experts: bool,
) -> Option<Stage> {
    let booking = || appointment.and_then(|a| meeting::read_appointment(&a.body));
    let arranged = || booking().filter(|_| appointment.is_some_and(|a| a.body["status"] != "cancelled"));
    // A case that ended keeps its experts in the request; its Appointment is cancelled either way.
    let invited = || booking().filter(|_| has_experts);
    let session = || {
        let started = meeting::read_encounter(&encounter?.body)?;
        Some(Session { booking: booking()?, started })
    };
    let advice = || {
        let task::Advised { opinion, version, by, at, first_at } = task::read_advice(task)?;
        Some(Advice { booking: booking()?, opinion, version, by, at, first_at })
    };
    let answer = || task::read_answer(task);
    Some(match stands.state {
        State::Draft => Stage::Draft,
        State::Submitted => Stage::Submitted,
        State::Returned => Stage::Returned,
        State::Triaged => Stage::Triaged,
        State::Scheduled => Stage::Scheduled(booking()?),
        State::Waiting => Stage::Waiting(booking()?),
        State::InSession => Stage::InSession(session()?),
        State::Suspended => Stage::Suspended(session()?),
        State::OpinionDrafted => {
            Stage::OpinionDrafted(booking()?, meeting::session_of(ask.kind, encounter.map(|e| &e.body)))
        }
        State::Signed => Stage::Signed(advice()?),
        State::Delivered => Stage::Delivered(advice()?),
        State::Acknowledged => Stage::Acknowledged(advice()?, answer()?),
        State::FollowedUp => Stage::FollowedUp(advice()?, answer()?),
        State::Closed => Stage::Closed(advice()?, answer()?),
        State::Declined => Stage::Declined(invited()),
        State::Cancelled => Stage::Cancelled(invited()),
        State::Transferred => Stage::Transferred,
        State::ConvertedAsync => Stage::ConvertedAsync(arranged()),
        State::Escalated => Stage::Escalated(arranged()),
        State::NoShow => Stage::NoShow(booking()?, stands.absent?),
    })
}
