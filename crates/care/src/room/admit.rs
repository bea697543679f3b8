//! Whether the holder of a token may be in the room now. Asked at every use, and again whenever the case moves.

use super::pass::Pass;
use super::refusal::Ended;
use fhir::{Reference, ResourceType};
use kernel::Action;
use kernel::decide::Facts;
use platform::case::{self, CaseAt};
use platform::{Problem, Shared, session};

/// The case, when its facts and the person's session still allow being there; else what ended.
pub(super) async fn admit(platform: &Shared, pass: &Pass) -> Result<Result<CaseAt, Ended>, Problem> {
    let now = platform.clock.now();
    let Some(session) = platform.store.session(&pass.session, now).await? else { return Ok(Err(Ended::Session)) };
    // A role changed or taken away ends what was entered in it.
    if session::actor(platform, &session).ok().as_ref() != Some(&pass.actor) {
        return Ok(Err(Ended::Session));
    }
    let Some(case) = case::find(&*platform.store, &platform.directory, &pass.case).await? else {
        return Ok(Err(Ended::Part));
    };
    let facts = Facts { case: Some(case.facts.clone()), ..Facts::default() };
    if kernel::decide(&pass.actor, Action::EnterRoom, &facts, now).allow && case.facts.in_hand {
        return Ok(Ok(case));
    }
    Ok(Err(if case.facts.in_hand { Ended::Part } else { Ended::Case }))
}

/// Ledgers that somebody was refused.
pub(super) async fn note_refused(platform: &Shared, pass: &Pass, what: &str) -> Result<(), Problem> {
    let kernel::Actor { person, role, hospital, .. } = pass.actor.clone();
    let case = Some(Reference::new(ResourceType::SERVICE_REQUEST, pass.case.clone()));
    let (what, about) = (what.to_owned(), case.clone());
    let note = records::ReadNote { person, role, hospital, what, patient: None, case, about, allowed: false };
    Ok(platform.store.note_read(note).await?)
}
