//! `GET /fhir?_type=Patient,Observation&…`: what matches among several types, one type after the other.

use super::ask::Ask;
use super::caller::Caller;
use super::page::{Place, Spot};
use super::params::Params;
use super::refusal::Refusal;
use super::search::{Found, bundle, total};
use super::summary::Part;
use super::{Reply, type_of};
use ::fhir::{Reference, ResourceType};
use std::collections::HashSet;

/// Searches that one page may take, beside one for each type: a page may be short, and `next` goes on there.
const SEARCHES: usize = 16;

/// Searches the types that `_type` names, by parameters that all of them have.
#[utoipa::path(get, path = "/fhir", operation_id = "fhir.search_all", tag = "fhir",
    responses((status = 200), (status = 400)))]
pub async fn search_all(caller: Caller, ask: Ask) -> Reply {
    run(&caller, "fhir.search_all", &ask).await
}

/// The same, wherever it was asked for.
pub async fn run(caller: &Caller, operation: &'static str, ask: &Ask) -> Reply {
    let types = types(&ask.params)?;
    for ty in &types {
        caller.may_read(operation, Some(*ty), None).await?;
    }
    let params = Params::of_types(&types, &ask.params, ask.strict)?;
    if types.len() > 1 && params.asked.iter().any(|(name, _)| name == "_sort") {
        let text = "Several types are given one after the other: they are not sorted together. Search one type.";
        return Err(Refusal::bad("fhir.sort-several", text));
    }
    let mut sum = Some(0);
    for ty in &types {
        sum = sum.zip(total(caller, *ty, &params).await?).map(|(a, b)| a + b);
    }
    let place = Place::new(caller, "", &params.used);
    let start = match &params.page {
        Some(token) => Spot::read(&place.open(caller, token)?)?,
        None => Spot::default(),
    };
    let (mut found, next) = match params.part {
        Part::Count => (Found::default(), None),
        _ => gather(caller, &types, &params, start).await?,
    };
    found.next = next.map(|spot| place.seal(caller, &spot.write()));
    Ok(bundle(caller, operation, "", &params, sum, found).await?.formed(ask))
}

/// The types named, in their order, each once. Several `_type` mean what stands in all of them.
fn types(params: &[(String, String)]) -> Result<Vec<ResourceType>, Refusal> {
    let mut types: Option<Vec<ResourceType>> = None;
    for (_, value) in params.iter().filter(|(name, value)| name == "_type" && !value.is_empty()) {
        let mut told = value.split(',').map(|name| type_of(name.trim())).collect::<Result<Vec<_>, _>>()?;
        let mut seen = HashSet::new();
        told.retain(|ty| seen.insert(*ty) && types.as_ref().is_none_or(|types| types.contains(ty)));
        types = Some(told);
    }
    types.filter(|types| !types.is_empty()).ok_or_else(|| {
        Refusal::bad("fhir.type-needed", "A search over several types says which: _type=Patient,Observation.")
    })
}

async fn gather(
    caller: &Caller,
    types: &[ResourceType],
    params: &Params,
    start: Spot,
) -> Result<(Found, Option<Spot>), Refusal> {
    let mut found = Found::default();
    let (mut after, mut left) = (start.after, SEARCHES + types.len());
    for (of, ty) in types.iter().enumerate().skip(start.of) {
        loop {
            let wanted = params.count - found.matches.len();
            if wanted == 0 || left == 0 {
                return Ok((once(found), Some(Spot { of, after })));
            }
            left -= 1;
            let mut query = params.query(*ty).count(wanted);
            query.after = after.take();
            let page = caller.store().search(caller.viewer(), &query).await?;
            found.matches.extend(page.matches);
            found.included.extend(page.included);
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
    }
    Ok((once(found), None))
}

/// What one type's matches bring may match as another type, or have been brought before.
fn once(mut found: Found) -> Found {
    let mut known: HashSet<Reference> = found.matches.iter().map(|r| r.at.clone()).collect();
    found.included.retain(|r| known.insert(r.at.clone()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named() {
        let of = |values: &[&str]| {
            let params: Vec<_> = values.iter().map(|v| ("_type".to_owned(), (*v).to_owned())).collect();
            types(&params).map(|types| types.iter().map(|ty| ty.name()).collect::<Vec<_>>())
        };
        assert_eq!(of(&["Patient,Observation,Patient"]).unwrap(), ["Patient", "Observation"]);
        assert_eq!(of(&["Patient,Observation", "Observation,Task"]).unwrap(), ["Observation"]);
        for none in [&[][..], &[""], &["Patient", "Task"]] {
            assert_eq!(of(none).unwrap_err().status, 400, "{none:?}");
        }
        assert_eq!(of(&["Patient,Nothing"]).unwrap_err().status, 404);
    }
}
