//! The case a file belongs to: one that was submitted, or the actor's own draft, whose id the case will have.

use fhir::{Reference, ResourceType};
use kernel::Id;
use kernel::decide::{CaseFacts, Facts};
use platform::{Op, Problem};
use records::{DraftKey, Subject, Viewer};
use serde_json::Value;

/// What the rules need to know of it, and whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The ServiceRequest, there or to come.
    pub at: Reference,
    /// For `decide`.
    pub facts: Facts,
    /// The patient, if one has been chosen.
    pub patient: Option<Reference>,
    /// The hospital in whose custody its files are.
    pub custodian: Id,
    /// Who hears of it.
    pub audience: Vec<Subject>,
}

/// The case `id`; none when there is none, and no draft of the actor's either.
pub(crate) async fn find(op: &Op, id: &Id) -> Result<Option<Case>, Problem> {
    let at = Reference::new(ResourceType::SERVICE_REQUEST, id.clone());
    let platform = op.platform();
    if let Some(found) = platform::case::find(op.store(), &platform.directory, id).await? {
        let facts = found.facts;
        let mut audience = vec![Subject::Hospital(facts.asking_hospital.clone()), Subject::Desk(facts.centre.clone())];
        audience.extend(facts.experts.iter().cloned().map(Subject::Person));
        let custodian = facts.asking_hospital.clone();
        let facts = Facts { custodian: Some(custodian.clone()), case: Some(facts), ..Facts::default() };
        return Ok(Some(Case { at, facts, patient: found.patient, custodian, audience }));
    }
    let actor = op.actor();
    let key = DraftKey { owner: actor.person.clone(), kind: "consult".to_owned(), id: id.clone() };
    let Some(draft) = op.store().draft(&key).await? else { return Ok(None) };
    let body: Value = serde_json::from_slice(&draft.body).unwrap_or_default();
    let patient = body["patient"].as_str().and_then(|id| Id::new(id).ok());
    let own = actor.hospital.clone();
    // Nobody has been asked yet: the hospital that asks is the only party.
    let facts = CaseFacts {
        asking_hospital: own.clone(),
        centre: own.clone(),
        advising_hospitals: vec![],
        experts: vec![],
        in_hand: false,
        ended_at: None,
        room_announced: false,
    };
    Ok(Some(Case {
        at,
        facts: Facts { custodian: Some(own.clone()), case: Some(facts), ..Facts::default() },
        patient: patient.map(|id| Reference::new(ResourceType::PATIENT, id)),
        custodian: own,
        audience: vec![Subject::Person(actor.person.clone())],
    }))
}

/// The case, after `decide` has said yes to `operation`; absent and not allowed look the same.
pub(crate) async fn open(op: &Op, operation: &'static str, id: &Id) -> Result<Case, Problem> {
    let Some(case) = find(op, id).await? else {
        let about = Reference::new(ResourceType::SERVICE_REQUEST, id.clone());
        op.may(operation, &Facts::default(), Some(&about)).await?;
        return Err(Problem::not_found());
    };
    op.may(operation, &case.facts, Some(&case.at)).await?;
    Ok(case)
}

/// The case's patient as stored; none when none has been chosen, or it is kept by another hospital.
pub(crate) async fn patient(op: &Op, case: &Case) -> Result<Option<Value>, Problem> {
    let Some(at) = &case.patient else { return Ok(None) };
    match op.store().read(&Viewer::System, at).await? {
        Some(found) if found.custodian == case.custodian => Ok(Some(found.value()?)),
        _ => Ok(None),
    }
}
