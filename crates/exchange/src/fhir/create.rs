//! `POST /fhir/{type}`: a new resource, under an id of ours.

use super::ask::{Ask, Sent};
use super::caller::Caller;
use super::refusal::{Refusal, shown};
use super::write::{self, Checked, Shown};
use super::{Reply, conditional, json, type_of};
use ::fhir::{Reference, ResourceType};
use axum::extract::Path;
use axum::http::StatusCode;
use records::Write;
use serde_json::Value;
use std::collections::HashSet;

/// Creates a resource. With `If-None-Exist` only when nothing matches: 200 with the one that does, 412 when several do.
#[utoipa::path(post, path = "/fhir/{type}", operation_id = "fhir.create", tag = "fhir", params(("type" = String, Path)),
    responses((status = 201), (status = 200), (status = 412), (status = 422)))]
pub async fn create(caller: Caller, Path(ty): Path<String>, ask: Ask, Sent(body): Sent) -> Reply {
    run(&caller, type_of(&ty)?, &ask, json::read(&body)?).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, ty: ResourceType, ask: &Ask, body: Value) -> Reply {
    write::is_of_type(ty, &body)?;
    super::guard::check_type(caller, ty)?;
    if let Some((name, _)) = ask.params.first() {
        // Passed over, it would make another where one was meant.
        let text = format!("A create takes no {} in its address: criteria go into If-None-Exist.", shown(name));
        return Err(Refusal::bad("fhir.criteria-in-address", text));
    }
    caller.may_write("fhir.create", ty, caller.hospital(), None).await?;
    if let Some(criteria) = &ask.if_none_exist {
        return conditional::create(caller, ty, ask, criteria, body).await;
    }
    let at = Reference::new(ty, caller.op.new_id());
    let Checked { body, issues, patient } = write::checked(caller, &at, body, &HashSet::new()).await?;
    let shown = Shown::of(&body);
    let change = write::change(caller, "fhir.create", &at, patient);
    let receipt = caller.commit(change.write(Write::new(at, body, caller.hospital().clone()))).await?;
    Ok(write::answer(caller, ask, StatusCode::CREATED, &receipt, &shown, &issues))
}
