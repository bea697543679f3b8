//! `GET /fhir/{type}`: what matches, a page at a time.

use super::answer::Answer;
use super::ask::Ask;
use super::caller::Caller;
use super::page::{self, Place};
use super::params::{Params, Total};
use super::refusal::Refusal;
use super::searchset::{Bundle, Mode};
use super::summary::Part;
use super::{Reply, audit, type_of};
use ::fhir::ResourceType;
use axum::extract::Path;
use axum::http::StatusCode;
use records::{Page, Resource};

/// So many are counted when a number is asked for exactly; past it the search must be narrowed.
const COUNTED_MAX: usize = 2_000_000;
/// So many are counted for a rough number.
const ESTIMATED_MAX: usize = 10_000;

/// Searches a type. A page may be short, even empty, and have a link `next`: the search goes on there.
#[utoipa::path(get, path = "/fhir/{type}", operation_id = "fhir.search", tag = "fhir", params(("type" = String, Path)),
    responses((status = 200), (status = 400)))]
pub async fn search(caller: Caller, Path(ty): Path<String>, ask: Ask) -> Reply {
    run(&caller, type_of(&ty)?, &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, ty: ResourceType, ask: &Ask) -> Reply {
    if audit::is_ours(ty) {
        return audit::search::run(caller, ty.name(), None, ask).await;
    }
    caller.may_read("fhir.search", Some(ty), None).await?;
    let params = Params::of(ty, &ask.params, ask.strict)?;
    Ok(found(caller, "fhir.search", ty, ty.name(), &params).await?.formed(ask))
}

/// A page of a search on a type, whose address is `path`.
pub async fn found(caller: &Caller, operation: &'static str, ty: ResourceType, path: &str, params: &Params) -> Reply {
    let total = total(caller, ty, params).await?;
    let place = Place::new(caller, path, &params.used);
    let mut query = params.query(ty);
    if let Some(token) = &params.page {
        query.after = Some(place.open(caller, token)?);
    }
    let page = match params.part {
        Part::Count => Page::default(),
        _ => caller.store().search(caller.viewer(), &query).await?,
    };
    let next = page.next.map(|end| place.seal(caller, &end));
    let found = Found { matches: page.matches, included: page.included, next };
    bundle(caller, operation, path, params, total, found).await
}

/// What a page holds.
#[derive(Debug, Default)]
pub struct Found {
    /// What matches.
    pub matches: Vec<Resource>,
    /// What that brought.
    pub included: Vec<Resource>,
    /// The token of the next page.
    pub next: Option<String>,
}

/// The answer of a page, and the note that it was read.
pub async fn bundle(
    caller: &Caller,
    operation: &'static str,
    path: &str,
    params: &Params,
    total: Option<u64>,
    found: Found,
) -> Reply {
    caller.note(operation, found.matches.iter().chain(&found.included).collect()).await?;
    let mut bundle = Bundle::new("searchset", &caller.base(), caller.op.new_id().as_str(), total);
    bundle.link("self", path, &params.used);
    if let Some(token) = found.next {
        let mut next = params.used.clone();
        next.push((page::PARAM.to_owned(), token));
        bundle.link("next", path, &next);
    }
    for (resources, mode) in [(&found.matches, Mode::Match), (&found.included, Mode::Include)] {
        for resource in resources {
            bundle.found(&resource.at, &params.part.of(resource.at.ty, resource)?, mode);
        }
    }
    if !params.ignored.is_empty() {
        bundle.said(&params.ignored);
    }
    Ok(Answer::new(StatusCode::OK, Some(bundle.done())))
}

/// How many, when that was asked for. A rough number that is past its bound is not said.
pub async fn total(caller: &Caller, ty: ResourceType, params: &Params) -> Result<Option<u64>, Refusal> {
    let most = match (&params.part, params.total) {
        (Part::Count, _) | (_, Total::Accurate) => COUNTED_MAX,
        (_, Total::Estimate) => ESTIMATED_MAX,
        (_, Total::None) => return Ok(None),
    };
    let n = caller.store().count(caller.viewer(), &params.counted(ty), most).await?;
    if n <= most as u64 {
        return Ok(Some(n));
    }
    if most == ESTIMATED_MAX {
        return Ok(None);
    }
    let text =
        format!("More than {COUNTED_MAX} match: they are not counted. Narrow the search, or ask for _total=none.");
    Err(Refusal::bad("fhir.too-many-to-count", text))
}
