//! `GET /fhir/Observation/$lastn`: of each kind of observation the latest few.

use super::answer::Answer;
use super::ask::Ask;
use super::caller::Caller;
use super::params::Params;
use super::refusal::{Refusal, shown};
use super::searchset::{Bundle, Mode};
use super::{Reply, type_of};
use ::fhir::ResourceType;
use axum::extract::Path;
use axum::http::StatusCode;
use records::Resource;
use serde_json::Value;
use std::collections::HashMap;

/// Of each kind at most so many.
const MAX_MAX: usize = 100;
/// Observations looked at; who has more must name a code, a category or a date.
const LOOKED_AT_MAX: usize = 10_000;
/// Observations read at a time.
const PAGE: usize = 500;

/// The latest observations of a patient, `max` (1) of each code, newest first. Ties at the end are given whole.
#[utoipa::path(get, path = "/fhir/{type}/$lastn", operation_id = "fhir.lastn", tag = "fhir",
    params(("type" = String, Path)), responses((status = 200), (status = 400)))]
pub async fn lastn(caller: Caller, Path(ty): Path<String>, ask: Ask) -> Reply {
    run(&caller, type_of(&ty)?, &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, ty: ResourceType, ask: &Ask) -> Reply {
    if ty != ResourceType::OBSERVATION {
        return Err(Refusal::not_found("fhir.no-operation", "$lastn is of observations alone."));
    }
    caller.may_read("fhir.lastn", Some(ty), None).await?;
    let mut told = ask.params.clone();
    let mut max = 1;
    let mut wrong = None;
    told.retain(|(name, value)| {
        if name == "max" {
            match value.parse().ok().filter(|n| (1..=MAX_MAX).contains(n)) {
                Some(n) => max = n,
                None => wrong = Some(shown(value)),
            }
        }
        name != "max"
    });
    if let Some(value) = wrong {
        return Err(Refusal::bad("fhir.max", format!("max={value}: 1 to {MAX_MAX}.")));
    }
    if !told.iter().any(|(name, _)| ["patient", "subject"].contains(&name.split([':', '.']).next().unwrap_or(""))) {
        return Err(Refusal::bad("fhir.no-patient", "$lastn needs a patient or a subject."));
    }
    told.retain(|(name, _)| name != "_sort" && name != "_count");
    let params = Params::of(ty, &told, ask.strict)?;
    let found = latest(caller, ty, &params, max).await?;
    caller.note("fhir.lastn", found.iter().collect()).await?;
    let id = caller.op.new_id();
    let mut bundle = Bundle::new("searchset", &caller.base(), id.as_str(), Some(found.len() as u64));
    bundle.link("self", "Observation/$lastn", &ask.params);
    for resource in &found {
        bundle.found(&resource.at, &params.part.of(ty, resource)?, Mode::Match);
    }
    if !params.ignored.is_empty() {
        bundle.said(&params.ignored);
    }
    Ok(Answer::new(StatusCode::OK, Some(bundle.done())).formed(ask))
}

async fn latest(caller: &Caller, ty: ResourceType, params: &Params, max: usize) -> Result<Vec<Resource>, Refusal> {
    let mut query = params.query(ty).with("_sort", "-date").count(PAGE);
    let mut kinds: HashMap<String, (usize, Value)> = HashMap::new();
    let (mut found, mut looked_at) = (vec![], 0);
    loop {
        let page = caller.store().search(caller.viewer(), &query).await?;
        looked_at += page.matches.len();
        for resource in page.matches {
            let body = resource.value()?;
            let when = when(&body);
            let (n, last) = kinds.entry(kind(&body)).or_default();
            if *n < max || (!when.is_null() && *last == when) {
                (*n, *last) = (*n + 1, when);
                found.push(resource);
            }
        }
        match page.next {
            Some(_) if looked_at >= LOOKED_AT_MAX => {
                let text = format!("More than {LOOKED_AT_MAX} observations: name a code, a category or a date.");
                return Err(Refusal::bad("fhir.too-many", text));
            }
            Some(next) => query.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// What kind of observation it is: its codes, or its words.
fn kind(body: &Value) -> String {
    let codes = body["code"]["coding"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut kinds: Vec<String> = codes.iter().map(|c| format!("{}|{}", c["system"], c["code"])).collect();
    if kinds.is_empty() {
        return body["code"]["text"].to_string();
    }
    kinds.sort();
    kinds.join(",")
}

fn when(body: &Value) -> Value {
    let times = ["effectiveDateTime", "effectiveInstant", "effectivePeriod"];
    times.iter().map(|name| &body[*name]).find(|v| !v.is_null()).cloned().unwrap_or_default()
}
