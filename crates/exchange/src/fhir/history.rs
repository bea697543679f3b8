//! `GET /fhir/{type}/{id}/_history`: all versions of a resource, newest first; and what all histories share.

use super::answer::Answer;
use super::ask::Ask;
use super::caller::Caller;
use super::page::{self, Place};
use super::params::COUNT_MAX;
use super::refusal::{Refusal, shown};
use super::searchset::Bundle;
use super::{Reply, audit, reference_of};
use ::fhir::Reference;
use ::fhir::search::instant_range;
use axum::extract::Path;
use axum::http::StatusCode;
use records::Resource;
use serde_json::Value;

/// Versions of a page, unless told otherwise.
const USUAL: usize = 50;

/// The versions of a resource.
#[utoipa::path(get, path = "/fhir/{type}/{id}/_history", operation_id = "fhir.history", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)), responses((status = 200), (status = 404)))]
pub async fn history(caller: Caller, Path((ty, id)): Path<(String, String)>, ask: Ask) -> Reply {
    run(&caller, &reference_of(&ty, &id)?, &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, at: &Reference, ask: &Ask) -> Reply {
    if audit::is_ours(at.ty) {
        return audit::history::run(caller, at, ask).await;
    }
    let asked = Asked::of(ask)?;
    let path = format!("{at}/_history");
    let place = Place::new(caller, &path, &asked.used);
    let mut before = match &asked.page {
        Some(token) => place.open(caller, token)?.parse().unwrap_or(0),
        None => u64::MAX >> 1,
    };
    let mut found = vec![];
    let mut is_more = true;
    while is_more && found.len() < asked.count {
        let want = asked.count - found.len();
        let versions = caller.store().history_before(caller.viewer(), at, before, want).await?;
        if asked.page.is_none() && found.is_empty() && before == u64::MAX >> 1 {
            let about = versions.first().and_then(|r| r.patient.as_ref());
            caller.may_read("fhir.history", Some(at.ty), about).await?;
            if versions.is_empty() {
                return Err(Refusal::absent());
            }
        }
        is_more = versions.len() == want && versions.last().is_some_and(|v| v.version > 1);
        for version in versions {
            before = version.version;
            if asked.since.is_some_and(|since| version.stored_at.as_millisecond() < since) {
                is_more = false;
                break;
            }
            if asked.holds(caller, &version).await? {
                found.push(version);
            }
        }
    }
    if asked.page.is_some() {
        let about = found.first().and_then(|r| r.patient.as_ref());
        caller.may_read("fhir.history", Some(at.ty), about).await?;
    }
    let next = is_more.then(|| before.to_string());
    bundle(caller, "fhir.history", &path, &asked, &place, &found, next).await.map(|answer| answer.formed(ask))
}

/// A history as it is asked for.
pub struct Asked {
    /// Versions of a page.
    pub count: usize,
    /// Not stored before this, in milliseconds.
    pub since: Option<i64>,
    /// Current at some time from, to before.
    at: Option<(i64, i64)>,
    /// A later page.
    pub page: Option<String>,
    /// The parameters as the links show them.
    pub used: Vec<(String, String)>,
}

impl Asked {
    /// Reads the parameters; others than a history's are refused when strict.
    pub fn of(ask: &Ask) -> Result<Self, Refusal> {
        let mut this = Self { count: USUAL, since: None, at: None, page: None, used: vec![] };
        for (name, value) in &ask.params {
            let range = || {
                instant_range(value).ok_or_else(|| {
                    Refusal::bad("fhir.no-date", format!("{name}={}: not a date or an instant.", shown(value)))
                })
            };
            match name.as_str() {
                "_count" => {
                    let told = value.parse::<usize>().ok().filter(|n| *n > 0);
                    let refused = || Refusal::bad("fhir.count", format!("_count={}: not a number.", shown(value)));
                    this.count = told.ok_or_else(refused)?.min(COUNT_MAX);
                }
                "_since" => this.since = Some(range()?.0),
                "_at" => this.at = Some(range()?),
                page::PARAM => {
                    this.page = Some(value.clone());
                    continue;
                }
                other if ask.strict => {
                    let text = format!("A history has no parameter {}.", shown(other));
                    return Err(Refusal::bad("fhir.unknown-parameter", text));
                }
                _ => continue,
            }
            this.used.push((name.clone(), value.clone()));
        }
        Ok(this)
    }

    /// Whether a version was current at the time asked for.
    pub async fn holds(&self, caller: &Caller, version: &Resource) -> Result<bool, Refusal> {
        let Some((from, to)) = self.at else { return Ok(true) };
        if version.stored_at.as_millisecond() >= to {
            return Ok(false);
        }
        let next = caller.store().read_version(caller.viewer(), &version.at, version.version + 1).await?;
        Ok(next.is_none_or(|next| next.stored_at.as_millisecond() > from))
    }
}

/// The Bundle of a page of versions.
pub async fn bundle(
    caller: &Caller,
    operation: &'static str,
    path: &str,
    asked: &Asked,
    place: &Place,
    found: &[Resource],
    next: Option<String>,
) -> Reply {
    caller.note(operation, found.iter().collect()).await?;
    let mut bundle = Bundle::new("history", &caller.base(), caller.op.new_id().as_str(), None);
    bundle.link("self", path, &asked.used);
    if let Some(end) = next {
        let mut params = asked.used.clone();
        params.push((page::PARAM.to_owned(), place.seal(caller, &end)));
        bundle.link("next", path, &params);
    }
    for version in found {
        bundle.whole(&entry(&caller.base(), version));
    }
    Ok(Answer::new(StatusCode::OK, Some(bundle.done())))
}

/// A version as an entry of a history.
pub fn entry(base: &str, version: &Resource) -> Vec<u8> {
    let at = &version.at;
    let (method, url, status) = match (version.deleted, version.version) {
        (true, _) => ("DELETE", at.to_string(), "204"),
        (false, 1) => ("POST", at.ty.to_string(), "201"),
        _ => ("PUT", at.to_string(), "200"),
    };
    let full = Value::from(format!("{base}/{at}"));
    let mut out = format!(r#"{{"fullUrl":{full}"#).into_bytes();
    if !version.deleted {
        out.extend_from_slice(br#","resource":"#);
        out.extend_from_slice(&version.json);
    }
    let stored = format!("{:.3}", version.stored_at);
    out.extend_from_slice(
        format!(
            r#","request":{{"method":"{method}","url":"{url}"}},"response":{{"status":"{status}","etag":"W/\"{}\"","lastModified":"{stored}"}}}}"#,
            version.version
        )
        .as_bytes(),
    );
    out
}
