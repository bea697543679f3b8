//! Reads a case with the rules' own eyes, and asks whether this person may.

use super::form::RequestForm;
use super::resources::{AskNote, Loaded, Note, Part, References, read_ask, read_form, read_note};
use fhir::{Reference, ResourceType};
use kernel::decide::{CaseFacts, Facts};
use kernel::{Decision, Id};
use platform::{Op, Problem, case};
use records::{Query, Resource, Store, Viewer};
use serde_json::Value;

/// The case of this id. Nothing of it may be shown before `Op::may` said yes to its [`Loaded::facts`].
pub async fn load(op: &Op, id: &Id) -> Result<Loaded, Problem> {
    find(op.store(), id).await?.ok_or_else(Problem::not_found)
}

/// Loads a case for an operation, if this person may; else it is as if it were not there, and the ledger says so.
pub async fn enter(op: &Op, operation: &'static str, id: &Id) -> Result<(Loaded, Decision), Problem> {
    let case = find(op.store(), id).await?;
    let tree = op.platform().directory.tree();
    let within = case.as_ref().is_some_and(|c| tree.is_within(&c.custodian, &op.actor().hospital));
    let facts = Facts {
        custodian: case.as_ref().map(|c| c.custodian.clone()),
        custodian_is_within: within,
        case: case.as_ref().map(Loaded::facts),
        ..Facts::default()
    };
    let about = References::of(id).case;
    let decision = op.may(operation, &facts, Some(&about)).await?;
    // An action that needs no case is allowed without one; here there must be one.
    case.map(|case| (case, decision)).ok_or_else(Problem::not_found)
}

/// The case of this id, or none.
pub async fn find(store: &dyn Store, id: &Id) -> Result<Option<Loaded>, Problem> {
    let at = References::of(id);
    let Some(request) = store.read(&Viewer::System, &at.case).await? else { return Ok(None) };
    let Some(task) = store.read(&Viewer::System, &at.task).await? else { return Ok(None) };
    let appointment = store.read(&Viewer::System, &at.appointment).await?;
    let encounter = store.read(&Viewer::System, &at.encounter).await?;
    let appointment = appointment.as_ref().map(part).transpose()?;
    let encounter = encounter.as_ref().map(part).transpose()?;
    assemble(id, &request, &task, appointment, encounter)
}

/// Puts a case together from its resources; none when what is asked is no consultation.
pub fn assemble(
    id: &Id,
    request: &Resource,
    task: &Resource,
    appointment: Option<Part>,
    encounter: Option<Part>,
) -> Result<Option<Loaded>, Problem> {
    let asked = part(request)?;
    if !case::is_consultation(&asked.body) {
        return Ok(None);
    }
    let case = Loaded::new(id, &request.custodian, asked, part(task)?, appointment, encounter);
    case.map(Some).ok_or_else(|| Problem::internal(format!("{} cannot be read as a case", request.at)))
}

/// Body and version, without what the store adds.
pub fn part(resource: &Resource) -> Result<Part, Problem> {
    Ok(Part { body: resource.written()?, version: resource.version })
}

/// Everything of a type that is based on the case, the rules' own eyes.
pub async fn based_on(store: &dyn Store, ty: ResourceType, case: &Reference) -> Result<Vec<Value>, Problem> {
    let mut query = Query::of(ty).with("based-on", case.to_string()).count(1000);
    let mut found = vec![];
    loop {
        let page = store.search(&Viewer::System, &query).await?;
        for resource in &page.matches {
            found.push(part(resource)?.body);
        }
        match page.next {
            Some(next) => query.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// What the form says, with what it is made from.
pub struct FormAt {
    /// The form.
    pub form: RequestForm,
    /// The Consent's body.
    pub consent: Option<Value>,
    /// The case's Observations.
    pub observations: Vec<Value>,
}

/// Reads the form of a case.
pub async fn form_of(store: &dyn Store, case: &Loaded) -> Result<FormAt, Problem> {
    let read = async |at: &Reference| match store.read(&Viewer::System, at).await? {
        Some(resource) => part(&resource).map(|p| Some(p.body)),
        None => Ok(None),
    };
    let (answers, consent) = (read(&case.at.answers).await?, read(&case.at.consent).await?);
    let observations = based_on(store, ResourceType::OBSERVATION, &case.at.case).await?;
    let form = read_form(case, answers.as_ref(), consent.as_ref(), &observations);
    Ok(FormAt { form, consent, observations })
}

/// What was said in a case, oldest first.
pub async fn notes_of(store: &dyn Store, case: &Reference) -> Result<Vec<Note>, Problem> {
    let bodies = based_on(store, ResourceType::COMMUNICATION, case).await?;
    let mut notes: Vec<Note> = bodies.iter().filter_map(read_note).collect();
    notes.sort_by(|a, b| (a.sent, &a.at).cmp(&(b.sent, &b.at)));
    Ok(notes)
}

/// What experts asked for, oldest first.
pub async fn asks_of(store: &dyn Store, case: &Reference) -> Result<Vec<AskNote>, Problem> {
    let bodies = based_on(store, super::resources::ask_type(), case).await?;
    let mut asks: Vec<AskNote> = bodies.iter().filter_map(read_ask).collect();
    asks.sort_by(|a, b| (a.sent, &a.at).cmp(&(b.sent, &b.at)));
    Ok(asks)
}

impl Loaded {
    /// What `decide` looks at.
    pub fn facts(&self) -> CaseFacts {
        let booking = self.consult.stage.booking();
        let experts = booking.map(|b| b.experts.as_slice()).unwrap_or_default();
        let mut advising: Vec<Id> = experts.iter().map(|e| e.hospital.clone()).collect();
        advising.sort();
        advising.dedup();
        CaseFacts {
            asking_hospital: self.custodian.clone(),
            centre: self.centre.clone(),
            advising_hospitals: advising,
            experts: experts.iter().map(|e| e.person.clone()).collect(),
            in_hand: self.ended_at.is_none(),
            ended_at: self.ended_at,
            room_announced: self.has_room(),
        }
    }

    /// Whether the parties have a room to go to.
    pub fn has_room(&self) -> bool {
        self.consult.ask.kind == super::state::Kind::Live && self.consult.state().has_room()
    }
}
