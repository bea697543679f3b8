//! Who sees which entries: those who may see who looked, as `access.looks` asks it.
//!
//! One who treats names a patient of the own hospital, an expert a case they are invited to, and sees everything that the
//! ledger has of it. An administrator sees what people of the own hospital and those below did, and what was done to their
//! patients; a program sees all or nothing.

use crate::fhir::caller::Caller;
use crate::fhir::refusal::Refusal;
use ::fhir::{Reference, ResourceType};
use kernel::decide::Facts;
use kernel::{Action, Id, Role};
use platform::case;
use records::{Entry, Viewer};
use std::collections::HashMap;

/// How far somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Every entry, of the patient or case that was named or at all.
    All,
    /// What the own hospital and those below did, and what was done to their patients.
    Ours,
}

/// What somebody sees.
pub struct Sight<'a> {
    caller: &'a Caller,
    reach: Reach,
    /// Whose the patients and cases met so far are.
    ours: HashMap<Reference, bool>,
}

impl<'a> Sight<'a> {
    /// Asks whether the caller may see entries at all; `patient` and `of_case` are those that were named. The refusal
    /// looks the same whether they are there or not.
    pub async fn of(
        caller: &'a Caller,
        operation: &'static str,
        patient: Option<&Reference>,
        of_case: Option<&Reference>,
    ) -> Result<Self, Refusal> {
        for named in of_case.into_iter().chain(patient) {
            if let Some(facts) = facts_of(caller, named).await?
                && is_allowed(caller, &facts)
            {
                caller.op.may(operation, &facts, Some(named)).await?;
                return Ok(Self { caller, reach: Reach::All, ours: HashMap::new() });
            }
        }
        let own = own(caller);
        caller.op.may(operation, &own, patient.or(of_case)).await?;
        let reach = if own.sees_all { Reach::All } else { Reach::Ours };
        Ok(Self { caller, reach, ours: HashMap::new() })
    }

    /// Whether this entry is seen.
    pub async fn sees(&mut self, entry: &Entry) -> Result<bool, Refusal> {
        let act = &entry.act;
        if self.reach == Reach::All || act.hospital.as_ref().is_some_and(|h| is_within(self.caller, h)) {
            return Ok(true);
        }
        let Some(thing) = act.patient.as_ref().or(act.case.as_ref()) else { return Ok(false) };
        if let Some(known) = self.ours.get(thing) {
            return Ok(*known);
        }
        let ours = custodian_of(self.caller, thing).await?.is_some_and(|custodian| is_within(self.caller, &custodian));
        self.ours.insert(thing.clone(), ours);
        Ok(ours)
    }
}

/// Asks whether the caller may see the entry that `at` names, which may not be there. That somebody was refused says which
/// AuditEvent they tried, and not whose: they see that line themselves.
pub async fn may_see(
    caller: &Caller,
    operation: &'static str,
    at: &Reference,
    entry: Option<&Entry>,
) -> Result<(), Refusal> {
    let act = entry.map(|entry| &entry.act);
    let named = |ty| act.into_iter().flat_map(|act| act.case.iter().chain(&act.patient)).find(move |at| at.ty == ty);
    let (case, patient) = (named(ResourceType::SERVICE_REQUEST), named(ResourceType::PATIENT));
    for thing in case.into_iter().chain(patient) {
        if let Some(facts) = facts_of(caller, thing).await?
            && is_allowed(caller, &facts)
        {
            caller.op.may(operation, &facts, Some(thing)).await?;
            return Ok(());
        }
    }
    // What was done by people of the own hospital is for who answers for it.
    let of_ours = act.and_then(|act| act.hospital.as_ref()).is_some_and(|hospital| is_within(caller, hospital));
    let own = own(caller);
    let facts = if of_ours || own.sees_all { own } else { Facts::default() };
    caller.op.may(operation, &facts, Some(at)).await?;
    Ok(())
}

fn is_allowed(caller: &Caller, facts: &Facts) -> bool {
    kernel::decide(caller.op.actor(), Action::ReadAccessLog, facts, caller.op.now()).allow
}

/// What the rules look at when nothing was named. Everything of a hospital is for who answers for it.
fn own(caller: &Caller) -> Facts {
    let actor = caller.op.actor();
    let answers = actor.role == Role::HospitalAdministrator;
    Facts {
        custodian: answers.then(|| actor.hospital.clone()),
        custodian_is_within: answers,
        sees_all: caller.is_unrestricted(),
        ..Facts::default()
    }
}

/// What the rules look at for a patient or a case; none of what is neither or is not there.
async fn facts_of(caller: &Caller, at: &Reference) -> Result<Option<Facts>, Refusal> {
    let Some(custodian) = custodian_of(caller, at).await? else { return Ok(None) };
    let case = match at.ty {
        ResourceType::SERVICE_REQUEST => {
            match case::find(caller.store(), &caller.op.platform().directory, &at.id).await? {
                Some(case) => Some(case.facts),
                // Somebody's request, but no consultation.
                None => return Ok(None),
            }
        }
        ResourceType::PATIENT => None,
        _ => return Ok(None),
    };
    Ok(Some(Facts {
        custodian_is_within: is_within(caller, &custodian),
        custodian: Some(custodian),
        case,
        sees_all: caller.is_unrestricted(),
        ..Facts::default()
    }))
}

/// In whose custody it is, or was when it was deleted: who looked at it stays to be seen.
async fn custodian_of(caller: &Caller, at: &Reference) -> Result<Option<Id>, Refusal> {
    let last = caller.store().history_before(&Viewer::System, at, u64::MAX >> 1, 1).await?;
    Ok(last.into_iter().next().map(|resource| resource.custodian))
}

fn is_within(caller: &Caller, hospital: &Id) -> bool {
    caller.op.platform().directory.tree().is_within(hospital, &caller.op.actor().hospital)
}
