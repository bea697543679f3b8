//! `GET /fhir/Patient/{id}/$everything`: the patient and all that stands in the compartment, page by page.

use super::answer::Answer;
use super::ask::Ask;
use super::caller::Caller;
use super::page::{self, Place, Spot};
use super::params::COUNT_MAX;
use super::refusal::{Refusal, shown};
use super::searchset::{Bundle, Mode};
use super::{Reply, read, reference_of, type_of};
use ::fhir::search::instant_range;
use ::fhir::{Reference, ResourceType, Shape};
use axum::extract::Path;
use axum::http::StatusCode;
use records::{Query, Resource};

/// Entries of a page, unless told otherwise.
const USUAL: usize = 100;

/// All of a patient. `start` and `end` (when care was given), `_type`, `_since` and `_count` narrow it.
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
        None => Spot::default(),
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
    /// When care was given: from and to.
    care: [String; 2],
    count: usize,
    page: Option<String>,
    used: Vec<(String, String)>,
}

impl Asked {
    fn of(ask: &Ask) -> Result<Self, Refusal> {
        let others = |ty: &ResourceType| *ty != ResourceType::PATIENT && !Shape::of(*ty).patient.is_empty();
        let all = std::iter::once(ResourceType::PATIENT).chain(ResourceType::all().filter(others));
        let mut this = Self {
            types: all.collect(),
            since: None,
            care: Default::default(),
            count: USUAL,
            page: None,
            used: vec![],
        };
        for (name, value) in &ask.params {
            match name.as_str() {
                "_type" => {
                    let told = value.split(',').map(type_of).collect::<Result<Vec<_>, _>>()?;
                    this.types.retain(|ty| told.contains(ty));
                }
                "_since" => this.since = Some(value.clone()),
                "start" | "end" if instant_range(value).is_none() => {
                    return Err(Refusal::bad("fhir.date", format!("{name}={}: not a date.", shown(value))));
                }
                "start" => this.care[0].clone_from(value),
                "end" => this.care[1].clone_from(value),
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
                    let text =
                        format!("$everything takes start, end, _type, _since and _count here, not {}.", shown(other));
                    return Err(Refusal::bad("fhir.unknown-parameter", text));
                }
            }
            this.used.push((name.clone(), value.clone()));
        }
        Ok(this)
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
            if asked.care.iter().any(|day| !day.is_empty()) {
                query = query.with("_care", asked.care.join("/"));
            }
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
