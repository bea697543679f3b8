//! `PUT /fhir/{type}?…`: the next version of the one that matches, or the first of a new one.

use super::ask::{Ask, Sent};
use super::caller::Caller;
use super::conditional::{Criteria, Found, Retry};
use super::refusal::Refusal;
use super::update::{as_refusal, matched};
use super::write::{self, Checked, Shown};
use super::{Reply, guard, json, type_of};
use ::fhir::{Reference, ResourceType};
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use records::{Expect, Write};
use serde_json::Value;
use std::collections::HashSet;

/// Updates the one that matches; creates it when none does; 412 when several do.
#[utoipa::path(put, path = "/fhir/{type}", operation_id = "fhir.update_where", tag = "fhir",
    params(("type" = String, Path)),
    responses((status = 200), (status = 201), (status = 400), (status = 412), (status = 422)))]
pub async fn update_where(caller: Caller, Path(ty): Path<String>, ask: Ask, Sent(body): Sent) -> Reply {
    run(&caller, type_of(&ty)?, &ask, json::read(&body)?).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, ty: ResourceType, ask: &Ask, body: Value) -> Reply {
    write::is_of_type(ty, &body)?;
    let criteria = Criteria::of(ty, &ask.params)?;
    let mut retry = Retry::default();
    loop {
        let plan = Planned::of(caller, &criteria, ask, &body).await?;
        let Checked { body, issues, patient } = write::checked(caller, &plan.at, body.clone(), &HashSet::new()).await?;
        let shown = Shown::of(&body);
        let mut change = write::change(caller, "fhir.update_where", &plan.at, patient);
        let is_new = plan.expect.is_none();
        if is_new {
            retry.prepare(&mut change);
            change.claims.push(criteria.claim(caller, &plan.at));
        }
        change.expect.extend(plan.expect);
        let next = Write::next(plan.at, body, plan.custodian);
        change.writes.push(Write { must_be_new: is_new, ..next });
        match caller.commit(change).await {
            Ok(receipt) => {
                let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
                return Ok(write::answer(caller, ask, status, &receipt, &shown, &issues));
            }
            Err(error) if ask.if_match.is_none() && retry.again(&error) => {}
            Err(error) => return Err(as_refusal(error)),
        }
    }
}

/// What will be written over, or begun.
#[derive(Debug)]
pub struct Planned {
    /// The one that matches, or a new one.
    pub at: Reference,
    /// In whose custody.
    pub custodian: Id,
    /// The version of what matches; none when it is new.
    pub expect: Option<Expect>,
}

impl Planned {
    /// Looks for the one that matches.
    pub async fn of(caller: &Caller, criteria: &Criteria, ask: &Ask, body: &Value) -> Result<Self, Refusal> {
        let ty = write_type(body)?;
        guard::check_type(caller, ty)?;
        caller.may_write("fhir.update_where", ty, caller.hospital(), None).await?;
        let told = body["id"].as_str();
        match criteria.find(caller).await? {
            Found::One(found) => {
                guard::check_existing(caller, &found)?;
                caller.may_write("fhir.update_where", ty, &found.custodian, None).await?;
                if told.is_some_and(|id| id != found.at.id.as_str()) {
                    let text = "The body's id is not that of the one that matches.";
                    return Err(Refusal::bad("fhir.wrong-id", text));
                }
                matched(ask, Some(&found))?;
                let expect = Some(Expect { at: found.at.clone(), version: found.version });
                Ok(Self { at: found.at, custodian: found.custodian, expect })
            }
            Found::None => {
                matched(ask, None)?;
                if told.is_some() {
                    let text = "Nothing matches, and ids are given by this server: send the body without an id.";
                    return Err(Refusal::bad("fhir.no-create-by-put", text));
                }
                let at = Reference::new(ty, caller.op.new_id());
                Ok(Self { at, custodian: caller.hospital().clone(), expect: None })
            }
        }
    }
}

fn write_type(body: &Value) -> Result<ResourceType, Refusal> {
    type_of(body["resourceType"].as_str().unwrap_or_default())
}
