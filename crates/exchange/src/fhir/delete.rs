//! `DELETE /fhir/{type}/{id}`: from then on it is not found; its history stays.

use super::answer::Answer;
use super::ask::Ask;
use super::caller::Caller;
use super::refusal::Refusal;
use super::update::{as_refusal, matched};
use super::{Reply, guard, reference_of, write};
use ::fhir::Reference;
use axum::extract::Path;
use axum::http::StatusCode;
use records::{Expect, Resource, Write};

/// Deletes a resource. What is deleted already stays so: 204.
#[utoipa::path(delete, path = "/fhir/{type}/{id}", operation_id = "fhir.delete", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 404), (status = 412), (status = 422)))]
pub async fn delete(caller: Caller, Path((ty, id)): Path<(String, String)>, ask: Ask) -> Reply {
    run(&caller, "fhir.delete", &reference_of(&ty, &id)?, &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, operation: &'static str, at: &Reference, ask: &Ask) -> Reply {
    let Some((write, expect)) = planned(caller, operation, at, ask).await? else {
        return Ok(Answer::new(StatusCode::NO_CONTENT, None));
    };
    let mut change = write::change(caller, operation, at, None);
    change.act.patient = write.1;
    change.expect.push(expect);
    change.writes.push(write.0);
    let receipt = caller.commit(change).await.map_err(as_refusal)?;
    let version = receipt.stored.first().map(|s| s.version);
    Ok(Answer { version, modified: Some(receipt.at), ..Answer::new(StatusCode::NO_CONTENT, None) })
}

/// The deletion, with the patient concerned and the version it rests on; none when it is deleted already.
pub async fn planned(
    caller: &Caller,
    operation: &'static str,
    at: &Reference,
    ask: &Ask,
) -> Result<Option<((Write, Option<Reference>), Expect)>, Refusal> {
    let last = caller.store().history_before(caller.viewer(), at, u64::MAX >> 1, 1).await?.pop();
    caller.may_write(operation, at.ty, caller.hospital(), None).await?;
    guard::check_type(caller, at.ty)?;
    let now = last.ok_or_else(Refusal::absent)?;
    guard::check_delete(caller, &now).await?;
    caller.may_write(operation, at.ty, &now.custodian, None).await?;
    matched(ask, Some(&now))?;
    if now.deleted {
        return Ok(None);
    }
    Ok(Some(gone(now)))
}

fn gone(now: Resource) -> ((Write, Option<Reference>), Expect) {
    let expect = Expect { at: now.at.clone(), version: now.version };
    let write = Write { at: now.at, body: None, custodian: now.custodian, case: None, must_be_new: false };
    ((write, now.patient), expect)
}
