//! `GET /fhir/{type}/_history`: what changed among the resources of a type, newest first.

use super::ask::Ask;
use super::caller::Caller;
use super::history::{self, Asked};
use super::page::Place;
use super::refusal::Refusal;
use super::{Reply, audit, type_of};
use ::fhir::ResourceType;
use axum::extract::Path;
use records::Resource;

/// Ledger entries read at a time.
const WINDOW: usize = 200;
/// Ledger entries looked at for a page; it ends there as it is, with a link to go on.
const LOOKED_AT_MAX: usize = 4_000;

/// The changes of a type.
#[utoipa::path(get, path = "/fhir/{type}/_history", operation_id = "fhir.history_type", tag = "fhir",
    params(("type" = String, Path)), responses((status = 200), (status = 400)))]
pub async fn history_type(caller: Caller, Path(ty): Path<String>, ask: Ask) -> Reply {
    let ty = type_of(&ty)?;
    run(&caller, "fhir.history_type", Some(ty), &ask).await
}

/// The same, wherever it was asked for; of all types when there is none.
pub async fn run(caller: &Caller, operation: &'static str, ty: Option<ResourceType>, ask: &Ask) -> Reply {
    if ty.is_some_and(audit::is_ours) {
        return Err(audit::history::of_type());
    }
    caller.may_read(operation, ty, None).await?;
    let asked = Asked::of(ask)?;
    let path = ty.map_or("_history".to_owned(), |ty| format!("{ty}/_history"));
    let place = Place::new(caller, &path, &asked.used);
    let start = match &asked.page {
        Some(token) => Spot::read(&place.open(caller, token)?)?,
        None => Spot { number: newest(caller).await?, before: usize::MAX },
    };
    let (found, next) = walk(caller, ty, &asked, start).await?;
    let next = next.map(|spot| spot.write());
    history::bundle(caller, operation, &path, &asked, &place, &found, next).await.map(|answer| answer.formed(ask))
}

/// The number of the last entry: what was acknowledged may stand behind what was told to be sealed.
async fn newest(caller: &Caller) -> Result<u64, Refusal> {
    let mut number = *caller.store().sealed().borrow();
    while let Some(last) = caller.store().entries(number, 500).await?.last() {
        number = last.number;
    }
    Ok(number)
}

/// A place in the ledger: an entry, and how many of its versions are still to come.
#[derive(Debug, Clone, Copy)]
struct Spot {
    number: u64,
    before: usize,
}

impl Spot {
    fn write(self) -> String {
        format!("{}.{}", self.number, self.before)
    }

    fn read(text: &str) -> Result<Self, Refusal> {
        let parts =
            text.split_once('.').and_then(|(n, b)| Some(Self { number: n.parse().ok()?, before: b.parse().ok()? }));
        parts.ok_or_else(|| Refusal::bad("fhir.page", "This page is not of this history."))
    }
}

/// Back through the ledger, which names every version that ever came to be; each is read with the caller's own eyes.
async fn walk(
    caller: &Caller,
    ty: Option<ResourceType>,
    asked: &Asked,
    mut spot: Spot,
) -> Result<(Vec<Resource>, Option<Spot>), Refusal> {
    let mut found = vec![];
    let mut looked_at = 0;
    while looked_at < LOOKED_AT_MAX {
        // By entries, not by numbers: those of archived ones are passed over.
        let entries = caller.store().entries_before(None, spot.number.saturating_add(1), WINDOW).await?;
        let Some(oldest) = entries.last().map(|entry| entry.number) else { return Ok((found, None)) };
        for entry in &entries {
            if asked.since.is_some_and(|since| entry.at.as_millisecond() < since) {
                return Ok((found, None));
            }
            let mut left =
                if entry.number == spot.number { entry.versions.len().min(spot.before) } else { entry.versions.len() };
            while left > 0 {
                if found.len() == asked.count {
                    return Ok((found, Some(Spot { number: entry.number, before: left })));
                }
                left -= 1;
                let version = &entry.versions[left];
                if ty.is_some_and(|ty| ty != version.at.ty) {
                    continue;
                }
                let seen = caller.store().read_version(caller.viewer(), &version.at, version.version).await?;
                if let Some(seen) = seen
                    && asked.holds(caller, &seen).await?
                {
                    found.push(seen);
                }
            }
        }
        looked_at += entries.len();
        spot = Spot { number: oldest - 1, before: usize::MAX };
    }
    Ok((found, (spot.number > 0).then_some(spot)))
}
