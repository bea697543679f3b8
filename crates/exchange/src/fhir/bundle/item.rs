//! An entry of a Bundle as an interaction.

use super::super::ask::{Ask, pairs};
use super::super::caller::Caller;
use super::super::refusal::{Issue, Refusal, shown};
use super::super::{
    Reply, compartment, conditional::Criteria, create, delete, delete_where, everything, guard, history, history_type,
    lastn, patch, read, reference_of, search, search_all, type_of, update, update_where, vread,
};
use ::fhir::{Reference, ResourceType};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use json_patch::PatchOperation;
use serde_json::Value;

/// What an entry asks for.
#[derive(Debug, Clone)]
pub enum Wish {
    /// A new resource.
    Create(ResourceType, Value),
    /// The next version.
    Update(Reference, Value),
    /// The next version of the one that matches.
    UpdateWhere(ResourceType, Value),
    /// A change of what is there.
    Patch(Reference, Vec<PatchOperation>),
    /// A change of the one that matches.
    PatchWhere(ResourceType, Vec<PatchOperation>),
    /// The end.
    Delete(Reference),
    /// The end of the one that matches.
    DeleteWhere(ResourceType),
    /// Something to be read: the parts of its address.
    Read(Vec<String>),
}

/// An entry.
#[derive(Debug, Clone)]
pub struct Item {
    /// What.
    pub wish: Wish,
    /// Parameters and conditions.
    pub ask: Ask,
    /// How other entries refer to it.
    pub full_url: Option<String>,
}

impl Item {
    /// Reads entry `n`; a refusal says which entry it is of.
    pub fn read(n: usize, entry: Value, base: &str, ask: &Ask) -> Result<Self, Refusal> {
        Self::of(entry, base, ask).map_err(|refusal| within(n, &refusal))
    }

    fn of(mut entry: Value, base: &str, ask: &Ask) -> Result<Self, Refusal> {
        // An entry may be anything: indexing would put a member into it, and what has no members has no place for one.
        let body = entry.get_mut("resource").map(Value::take).unwrap_or_default();
        let request = &entry["request"];
        let text = |name: &str| request[name].as_str().map(str::to_owned);
        let method = text("method").unwrap_or_default();
        let url = text("url").ok_or_else(|| Refusal::bad("fhir.no-request", "The entry has no request.url."))?;
        let url = url.strip_prefix(base).unwrap_or(&url).trim_start_matches('/').to_owned();
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        let mut own = Ask {
            params: pairs(query)?,
            if_match: text("ifMatch"),
            if_none_match: text("ifNoneMatch"),
            if_none_exist: text("ifNoneExist"),
            wants: ask.wants,
            strict: ask.strict,
            ..Ask::default()
        };
        own.form("")?;
        let path: Vec<String> = path.split('/').filter(|p| !p.is_empty()).map(str::to_owned).collect();
        let wish = wish(&method, &path, body)?;
        Ok(Self { wish, ask: own, full_url: entry["fullUrl"].as_str().map(str::to_owned) })
    }

    /// Does it, alone.
    pub async fn run(self, caller: &Caller) -> Reply {
        let Self { wish, ask, .. } = self;
        match wish {
            Wish::Create(ty, body) => create::run(caller, ty, &ask, body).await,
            Wish::Update(at, body) => update::run(caller, &at, &ask, body).await,
            Wish::UpdateWhere(ty, body) => update_where::run(caller, ty, &ask, body).await,
            Wish::Patch(at, operations) => patch::run(caller, "fhir.patch", &at, &ask, &operations).await,
            Wish::PatchWhere(ty, operations) => {
                caller.may_write("fhir.patch_where", ty, caller.hospital(), None).await?;
                guard::check_type(caller, ty)?;
                match Criteria::of(ty, &ask.params)?.find(caller).await? {
                    super::super::conditional::Found::One(found) => {
                        patch::run(caller, "fhir.patch_where", &found.at, &ask, &operations).await
                    }
                    super::super::conditional::Found::None => Err(Refusal::absent()),
                }
            }
            Wish::Delete(at) => delete::run(caller, "fhir.delete", &at, &ask).await,
            Wish::DeleteWhere(ty) => delete_where::run(caller, ty, &ask).await,
            Wish::Read(path) => look(caller, &path, &ask).await,
        }
    }
}

/// What is read at an address.
pub async fn look(caller: &Caller, path: &[String], ask: &Ask) -> Reply {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    match parts[..] {
        [] => search_all::run(caller, "fhir.search_all", ask).await,
        ["_history"] => history_type::run(caller, "fhir.history_all", None, ask).await,
        [ty] => search::run(caller, type_of(ty)?, ask).await,
        [ty, "_history"] => history_type::run(caller, "fhir.history_type", Some(type_of(ty)?), ask).await,
        [ty, "$lastn"] => lastn::run(caller, type_of(ty)?, ask).await,
        [ty, id] => read::run(caller, &reference_of(ty, id)?, ask).await,
        [ty, id, "_history"] => history::run(caller, &reference_of(ty, id)?, ask).await,
        [ty, id, "$everything"] => everything::run(caller, &reference_of(ty, id)?, ask).await,
        [ty, id, "_history", version] => vread::run(caller, &reference_of(ty, id)?, version, ask).await,
        [ty, id, inner] => compartment::run(caller, &reference_of(ty, id)?, inner, ask).await,
        _ => Err(Refusal::absent()),
    }
}

fn wish(method: &str, path: &[String], body: Value) -> Result<Wish, Refusal> {
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let needed = |body: Value| match body {
        Value::Null => Err(Refusal::bad("fhir.no-resource", "The entry has no resource.")),
        body => Ok(body),
    };
    Ok(match (method, &parts[..]) {
        ("GET" | "HEAD", _) => Wish::Read(path.to_vec()),
        ("POST", [ty]) => Wish::Create(type_of(ty)?, needed(body)?),
        ("PUT", [ty, id]) => Wish::Update(reference_of(ty, id)?, needed(body)?),
        ("PUT", [ty]) => Wish::UpdateWhere(type_of(ty)?, needed(body)?),
        ("PATCH", [ty, id]) => Wish::Patch(reference_of(ty, id)?, operations(needed(body)?)?),
        ("PATCH", [ty]) => Wish::PatchWhere(type_of(ty)?, operations(needed(body)?)?),
        ("DELETE", [ty, id]) => Wish::Delete(reference_of(ty, id)?),
        ("DELETE", [ty]) => Wish::DeleteWhere(type_of(ty)?),
        _ => {
            let text = format!("{} {} is nothing that an entry can ask for.", shown(method), shown(&path.join("/")));
            return Err(Refusal::bad("fhir.no-interaction", text));
        }
    })
}

/// A JSON Patch stands in a Binary.
fn operations(body: Value) -> Result<Vec<PatchOperation>, Refusal> {
    let refused =
        || Refusal::bad("fhir.no-json-patch", "A patch in a Bundle is a Binary of application/json-patch+json.");
    if body["resourceType"] != "Binary" || body["contentType"] != "application/json-patch+json" {
        return Err(refused());
    }
    let bytes = body["data"].as_str().and_then(|data| STANDARD.decode(data).ok()).ok_or_else(refused)?;
    patch::operations_of(super::super::json::read(&bytes)?)
}

/// The same refusal, saying which entry it is of.
pub fn within(n: usize, refusal: &Refusal) -> Refusal {
    if refusal.status.is_server_error() {
        return refusal.clone();
    }
    let outcome = refusal.outcome();
    let issues = outcome["issue"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let named = issues.iter().map(|issue| {
        let ours = text(&issue["details"]["coding"][0]["code"]);
        Issue::error(&text(&issue["code"]), &ours, text(&issue["diagnostics"])).at(format!("Bundle.entry[{n}]"))
    });
    // An entry that is not there, or that somebody else changed, fails the whole with the same words.
    let status = match refusal.status {
        StatusCode::NOT_ACCEPTABLE | StatusCode::URI_TOO_LONG => StatusCode::BAD_REQUEST,
        status => status,
    };
    Refusal::of(status, named.collect())
}
