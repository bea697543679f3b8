//! `GET /fhir/Patient/{id}/$everything`: the patient and all that stands in the compartment, page by page.

use super::answer::Answer;
use super::ask::Ask;
use super::caller::Caller;
use super::page::{self, Place};
use super::params::COUNT_MAX;
use super::refusal::{Refusal, shown};
use super::searchset::{Bundle, Mode};
use super::{Reply, read, reference_of, type_of};
use ::fhir::{Reference, ResourceType, Shape};
use axum::extract::Path;
use axum::http::StatusCode;
use records::{Query, Resource};

/// Entries of a page, unless told otherwise.
const USUAL: usize = 100;

/// All of a patient. `_type`, `_since` and `_count` narrow it.
#[utoipa::path(get, path = "/fhir/{type}/{id}/$everything", operation_id = "fhir.everything", tag = "fhir",
    params(("type" = String, Path), ("id" = String, Path)), responses((status = 200), (status = 400), (status = 404)))]
pub async fn everything(caller: Caller, Path((ty, id)): Path<(String, String)>, ask: Ask) -> Reply {
    run(&caller, &reference_of(&ty, &id)?, &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, at: &Reference, ask: &Ask) -> Reply {
    if at.ty != ResourceType::PATIENT {
        return Err(Refusal::not_found("fhir.no-operation", "$everything is of patients alone here."));
    }
    let asked = Asked::of(ask)?;
    let patient = read::seen(caller, "fhir.everything", at).await?;
    let path = format!("{at}/$everything");
    let place = Place::new(caller, &path, &asked.used);
    let start = match &asked.page {
        Some(token) => Spot::read(&place.open(caller, token)?)?,
        None => Spot { of: 0, after: None },
    };
    let (found, next) = gather(caller, &patient, &asked, start).await?;
    caller.note("fhir.everything", found.iter().collect()).await?;
    let mut bundle = Bundle::new("searchset", &caller.base(), caller.op.new_id().as_str(), None);
    bundle.link("self", &path, &asked.used);
    if let Some(spot) = next {
        let mut params = asked.used.clone();
        params.push((page::PARAM.to_owned(), place.seal(caller, &spot.write())));
        bundle.link("next", &path, &params);
    }
    found.iter().for_each(|r| bundle.found(&r.at, &r.json, Mode::Match));
    Ok(Answer::new(StatusCode::OK, Some(bundle.done())).formed(ask))
}

struct Asked {
    types: Vec<ResourceType>,
    since: Option<String>,
    count: usize,
    page: Option<String>,
    used: Vec<(String, String)>,
}

impl Asked {
    fn of(ask: &Ask) -> Result<Self, Refusal> {
        let others = |ty: &ResourceType| *ty != ResourceType::PATIENT && !Shape::of(*ty).patient.is_empty();
        let all = std::iter::once(ResourceType::PATIENT).chain(ResourceType::all().filter(others));
        let mut this = Self { types: all.collect(), since: None, count: USUAL, page: None, used: vec![] };
        for (name, value) in &ask.params {
            match name.as_str() {
                "_type" => {
                    let told = value.split(',').map(type_of).collect::<Result<Vec<_>, _>>()?;
                    this.types.retain(|ty| told.contains(ty));
                }
                "_since" => this.since = Some(value.clone()),
                "_count" => {
                    let told = value.parse::<usize>().ok().filter(|n| *n > 0);
                    let refused = || Refusal::bad("fhir.count", format!("_count={}: not a number.", shown(value)));
                    this.count = told.ok_or_else(refused)?.min(COUNT_MAX);
                }
                page::PARAM => {
                    this.page = Some(value.clone());
                    continue;
                }
                // Ignored, these would give more than was asked for.
                other => {
                    let text = format!("$everything takes _type, _since and _count here, not {}.", shown(other));
                    return Err(Refusal::bad("fhir.unknown-parameter", text));
                }
            }
            this.used.push((name.clone(), value.clone()));
        }
        Ok(this)
    }
}

/// Where a page ended: which of the types, and where in it.
struct Spot {
    of: usize,
    after: Option<String>,
}

impl Spot {
    fn write(&self) -> String {
        format!("{}.{}", self.of, self.after.as_deref().unwrap_or_default())
    }

    fn read(text: &str) -> Result<Self, Refusal> {
        let refused = || Refusal::bad("fhir.page", "This page is not of this patient.");
        let (of, after) = text.split_once('.').ok_or_else(refused)?;
        let after = (!after.is_empty()).then(|| after.to_owned());
        Ok(Self { of: of.parse().map_err(|_| refused())?, after })
    }
}

async fn gather(
    caller: &Caller,
    patient: &Resource,
    asked: &Asked,
    start: Spot,
) -> Result<(Vec<Resource>, Option<Spot>), Refusal> {
    let mut found = vec![];
    let mut after = start.after;
    for of in start.of..asked.types.len() {
        let ty = asked.types[of];
        loop {
            let left = asked.count - found.len();
            if left == 0 {
                return Ok((found, Some(Spot { of, after })));
            }
            let mut query = Query::of(ty).count(left);
            // The patient's own record, and not those that are linked with it.
            query = match ty == ResourceType::PATIENT {
                true => query.with("_id", patient.at.id.as_str()),
                false => query.with("_compartment", patient.at.to_string()),
            };
            if let Some(since) = &asked.since {
                query = query.with("_lastUpdated", format!("ge{since}"));
            }
            query.after = after.take();
            let page = caller.store().search(caller.viewer(), &query).await?;
            found.extend(page.matches);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
    }
    Ok((found, None))
}
