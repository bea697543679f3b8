//! `GET /fhir/AuditEvent`: the ledger, newest first, as far as the caller may see who looked.

use super::params::Params;
use super::sight::Sight;
use super::{made, resource};
use crate::fhir::Reply;
use crate::fhir::answer::Answer;
use crate::fhir::ask::Ask;
use crate::fhir::caller::Caller;
use crate::fhir::page::{self, Place};
use crate::fhir::refusal::{Issue, Refusal};
use crate::fhir::searchset::{Bundle, Mode};
use ::fhir::Reference;
use axum::http::StatusCode;
use kernel::Time;
use records::{Archive, Entry, Resource};

const OPERATION: &str = "fhir.audit.search";
/// Entries read at a time.
const BATCH: usize = 1_000;
/// Entries gone through for one page; a page may be short and have a next one.
const WALKED_MAX: usize = 20_000;
/// So far may the times of entries run against their numbers: a clock that was set back.
const CLOCK_MS: i64 = 86_400_000;

/// Searches the ledger; `within`: in the compartment of this patient, whose address is then `path`.
pub async fn run(caller: &Caller, path: &str, within: Option<&Reference>, ask: &Ask) -> Reply {
    let params = Params::of(&caller.base(), &ask.params, ask.strict, caller.op.now())?;
    let params = within.into_iter().fold(params, |params, patient| params.within(patient.clone()));
    let (patient, case) = (params.patient.as_ref(), params.case.as_ref());
    let sight = Sight::of(caller, OPERATION, patient, case).await?;
    let place = Place::new(caller, path, &params.used);
    let before = match &params.page {
        Some(token) => place.open(caller, token)?.parse().unwrap_or(0),
        None => u64::MAX,
    };
    let (found, next) = Walk { caller, params: &params, sight, found: vec![] }.page(before).await?;
    caller.op.note_read(OPERATION, patient.cloned(), case.cloned(), None).await?;
    let mut bundle = Bundle::new("searchset", &caller.base(), caller.op.new_id().as_str(), None);
    bundle.link("self", path, &params.used);
    if let Some(end) = next {
        let mut next = params.used.clone();
        next.push((page::PARAM.to_owned(), place.seal(caller, &end.to_string())));
        bundle.link("next", path, &next);
    }
    for resource in &found {
        bundle.found(&resource.at, &params.part.of(resource.at.ty, resource)?, Mode::Match);
    }
    let mut said = params.ignored.clone();
    if next.is_none() {
        said.extend(archived(caller, params.from_ms).await?);
    }
    if !said.is_empty() {
        bundle.said(&said);
    }
    Ok(Answer::new(StatusCode::OK, Some(bundle.done())).formed(ask))
}

/// What may have been asked for and is no longer in the ledger.
async fn archived(caller: &Caller, from_ms: Option<i64>) -> Result<Vec<Issue>, Refusal> {
    let mut all = caller.store().archives().await?;
    all.retain(|archive| from_ms.is_none_or(|from| from < archive.before.as_millisecond()));
    let said = |a: Archive| {
        let text = format!("Looks before {} are in the archive {}, SHA-256 {}.", a.before, a.file, a.file_sha256);
        Issue::note("incomplete", "fhir.audit.archived", text)
    };
    Ok(all.into_iter().map(said).collect())
}

/// Goes back through the ledger for a page.
struct Walk<'a> {
    caller: &'a Caller,
    params: &'a Params,
    sight: Sight<'a>,
    found: Vec<Resource>,
}

impl Walk<'_> {
    /// What was found before this number, and before which one to go on.
    async fn page(mut self, before: u64) -> Result<(Vec<Resource>, Option<u64>), Refusal> {
        let params = self.params;
        if let Some(numbers) = &params.ids {
            return self.named(numbers, before).await;
        }
        let store = self.caller.store();
        let of = self.params.case.as_ref().or(self.params.patient.as_ref());
        let mut before = match (of, self.params.until_ms) {
            (None, Some(until)) => before.min(self.first_after(until.saturating_add(CLOCK_MS)).await?),
            _ => before,
        };
        let mut walked = 0;
        loop {
            let entries = store.entries_before(of, before, BATCH).await?;
            if entries.is_empty() {
                return Ok((self.found, None));
            }
            for entry in &entries {
                if self.params.from_ms.is_some_and(|from| entry.at.as_millisecond() < from.saturating_sub(CLOCK_MS)) {
                    return Ok((self.found, None));
                }
                if self.found.len() == self.params.count {
                    return Ok((self.found, Some(before)));
                }
                self.look(entry).await?;
                before = entry.number;
            }
            walked += entries.len();
            if walked >= WALKED_MAX {
                return Ok((self.found, Some(before)));
            }
        }
    }

    /// Those of which the ids were given.
    async fn named(&mut self, numbers: &[u64], before: u64) -> Result<(Vec<Resource>, Option<u64>), Refusal> {
        let mut last = before;
        for number in numbers.iter().filter(|n| **n < before) {
            if self.found.len() == self.params.count {
                return Ok((std::mem::take(&mut self.found), Some(last)));
            }
            let entries = self.caller.store().entries(number - 1, 1).await?;
            if let Some(entry) = entries.iter().find(|e| e.number == *number) {
                self.look(entry).await?;
            }
            last = *number;
        }
        Ok((std::mem::take(&mut self.found), None))
    }

    async fn look(&mut self, entry: &Entry) -> Result<(), Refusal> {
        if !self.params.is_in_time(entry.at) || !self.sight.sees(entry).await? {
            return Ok(());
        }
        let event = made(self.caller, entry);
        if self.params.fits(&event) {
            self.found.push(resource(self.caller, entry, &event)?);
        }
        Ok(())
    }

    /// The number of the first entry at or after an instant, or past the last; by halving.
    async fn first_after(&self, at_ms: i64) -> Result<u64, Refusal> {
        let at = Time::from_millisecond(at_ms).unwrap_or(Time::MAX);
        let sealed = *self.caller.store().sealed().borrow();
        let (mut low, mut high) = (0, sealed);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            let entries = self.caller.store().entries(middle - 1, 1).await?;
            if entries.first().is_some_and(|e| e.at < at) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Ok(if low == sealed { u64::MAX } else { low + 1 })
    }
}
