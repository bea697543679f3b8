//! Goes through the ledger for looks: newest first, bounded, to be continued by number.

use super::people::within;
use crate::patient::{card, hospital_ref, today};
use fhir::Reference;
use jiff::civil::Date;
use kernel::{Id, Role, Time};
use platform::directory::PersonRef;
use platform::{Op, Problem};
use records::{Entry, StoreError, Viewer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// Entries read at a time.
const BATCH: usize = 1_000;
/// Entries gone through for one page; a page may be short and have a next one.
const WALKED_MAX: usize = 50_000;

/// Which looks.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of one case: its id.
    #[param(value_type = Option<String>)]
    pub case: Option<Id>,
    /// Of one patient: the id.
    #[param(value_type = Option<String>)]
    pub patient: Option<Id>,
    /// By one person: the id, or a part of the name.
    pub person: Option<String>,
    /// On one day, `2026-11-21`, where the site is.
    #[param(value_type = Option<String>)]
    pub day: Option<Date>,
    /// Before this number of the ledger: where the page before ended.
    pub before: Option<u64>,
}

/// A look.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccessLook)]
pub struct Look {
    /// The ledger's number.
    pub number: u64,
    /// When (looks of the same person at the same thing within a minute are one).
    #[schema(value_type = String, format = DateTime)]
    pub at: Time,
    /// Who.
    pub person: PersonRef,
    /// In which role.
    pub role: String,
    /// The operation.
    pub what: String,
    /// False when it was refused.
    pub allowed: bool,
    /// True when the record was opened in need.
    pub glass: bool,
    /// The case, if it was one of a case.
    #[schema(value_type = Option<String>)]
    pub case: Option<Id>,
    /// Its number.
    pub case_number: Option<String>,
    /// The patient's name; masked for who does not treat.
    pub patient: Option<String>,
}

/// Whether an entry is a look.
pub fn is_look(entry: &Entry) -> bool {
    entry.act.params.get("read") == Some(&Value::Bool(true))
}

/// The patient's name, masked.
pub async fn mask(op: &Op, patient: &Reference) -> Result<String, Problem> {
    named(op, patient, true).await
}

async fn named(op: &Op, patient: &Reference, masked: bool) -> Result<String, Problem> {
    let Some(found) = op.store().read(&Viewer::System, patient).await? else { return Ok(String::new()) };
    let card = card(&found.value()?, hospital_ref(op, &found.custodian)?, today(op));
    Ok(if masked { card.masked().name } else { card.name })
}

/// Goes through the ledger.
pub struct Scan<'a> {
    op: &'a Op,
    filter: &'a Filter,
    numbers: HashMap<Id, Option<String>>,
    names: HashMap<Reference, String>,
    ours: HashMap<Reference, bool>,
}

impl<'a> Scan<'a> {
    /// For the actor of `op`, who was allowed to.
    pub fn new(op: &'a Op, filter: &'a Filter) -> Self {
        Self { op, filter, numbers: HashMap::new(), names: HashMap::new(), ours: HashMap::new() }
    }

    /// At most `most` looks, newest first, and where to go on.
    pub async fn page(&mut self, most: usize) -> Result<(Vec<Look>, Option<u64>), Problem> {
        let store = self.op.store();
        let (from, to) = self.span().await?;
        let mut looks = vec![];
        if self.filter.case.is_some() || self.filter.patient.is_some() {
            let mut entries = self.of_one().await?;
            entries.retain(|e| from < e.number && e.number < to);
            for entry in entries.iter().rev() {
                if looks.len() == most {
                    return Ok((looks, Some(entry.number + 1)));
                }
                looks.extend(self.look(entry).await?);
            }
            return Ok((looks, None));
        }
        let (mut end, mut walked) = (to, 0);
        loop {
            // By entries, not by numbers: those of archived ones are passed over.
            let entries = store.entries_before(None, end, BATCH).await?;
            for entry in &entries {
                if entry.number <= from {
                    return Ok((looks, None));
                }
                if looks.len() == most {
                    return Ok((looks, Some(entry.number + 1)));
                }
                looks.extend(self.look(entry).await?);
                end = entry.number;
            }
            if entries.is_empty() {
                return Ok((looks, None));
            }
            walked += entries.len();
            if walked >= WALKED_MAX && end > from + 1 {
                return Ok((looks, Some(end)));
            }
        }
    }

    /// Entries with numbers between these two, both excluded, are the day's and before the page before.
    async fn span(&self) -> Result<(u64, u64), Problem> {
        let sealed = *self.op.store().sealed().borrow();
        let mut span = (0, self.filter.before.unwrap_or(u64::MAX).min(sealed + 1));
        if let Some(day) = self.filter.day {
            let zone = self.op.platform().settings.time_zone();
            let midnight = |day: Date| day.to_zoned(zone.clone()).map(|z| z.timestamp()).map_err(Problem::internal);
            let next = day.tomorrow().map_err(Problem::internal)?;
            span.0 = self.last_before(midnight(day)?, sealed).await?;
            span.1 = span.1.min(self.last_before(midnight(next)?, sealed).await? + 1);
        }
        Ok(span)
    }

    /// The number of the last entry before an instant, by halving.
    async fn last_before(&self, at: Time, sealed: u64) -> Result<u64, StoreError> {
        let (mut low, mut high) = (0, sealed);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            let entry = self.op.store().entries(middle - 1, 1).await?;
            if entry.first().is_some_and(|e| e.at < at) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Ok(low)
    }

    /// Everything the ledger has of one case or one patient.
    async fn of_one(&self) -> Result<Vec<Entry>, Problem> {
        use fhir::ResourceType as Type;
        if let Some(case) = &self.filter.case {
            let case = Reference::new(Type::SERVICE_REQUEST, case.clone());
            return Ok(self.op.store().entries_of_case(&case).await?);
        }
        let Some(patient) = &self.filter.patient else { return Ok(vec![]) };
        let patient = Reference::new(Type::PATIENT, patient.clone());
        let mut all = vec![];
        let mut after = 0;
        loop {
            let page = self.op.store().entries_of_patient(&patient, after).await?;
            match page.last() {
                Some(last) => after = last.number,
                None => return Ok(all),
            }
            all.extend(page);
        }
    }

    async fn look(&mut self, entry: &Entry) -> Result<Option<Look>, Problem> {
        let act = &entry.act;
        let (Some(person), Some(hospital), true) = (&act.person, &act.hospital, is_look(entry)) else {
            return Ok(None);
        };
        let Some(person) = self.op.platform().directory.person_ref_at(person, hospital) else { return Ok(None) };
        if !self.is_by(&person) || !self.is_ours(entry, hospital).await? {
            return Ok(None);
        }
        let says = |name: &str| act.params.get(name) == Some(&Value::Bool(true));
        Ok(Some(Look {
            number: entry.number,
            at: entry.at,
            person,
            role: act.role.map(Role::code).unwrap_or_default().to_owned(),
            what: act.what.clone(),
            allowed: says("allowed"),
            glass: says("glass"),
            case: act.case.as_ref().map(|c| c.id.clone()),
            case_number: self.number(act.case.as_ref()).await?,
            patient: self.name(act.patient.as_ref()).await?,
        }))
    }

    fn is_by(&self, person: &PersonRef) -> bool {
        let Some(wanted) = self.filter.person.as_deref().map(str::trim).filter(|w| !w.is_empty()) else { return true };
        let english = person.name_en.as_deref().unwrap_or_default().to_lowercase();
        person.id.as_str() == wanted || person.name.contains(wanted) || english.contains(&wanted.to_lowercase())
    }

    /// Whether this look concerns the own hospital or one below: its people looked, or its patients were looked at. A case or
    /// a patient asked for by name was allowed as such.
    async fn is_ours(&mut self, entry: &Entry, hospital: &Id) -> Result<bool, Problem> {
        if self.filter.case.is_some() || self.filter.patient.is_some() || within(self.op, hospital) {
            return Ok(true);
        }
        let Some(thing) = entry.act.patient.as_ref().or(entry.act.case.as_ref()) else { return Ok(false) };
        if let Some(known) = self.ours.get(thing) {
            return Ok(*known);
        }
        let found = self.op.store().read(&Viewer::System, thing).await?;
        let ours = found.is_some_and(|r| within(self.op, &r.custodian));
        self.ours.insert(thing.clone(), ours);
        Ok(ours)
    }

    async fn number(&mut self, case: Option<&Reference>) -> Result<Option<String>, Problem> {
        let Some(case) = case else { return Ok(None) };
        if let Some(known) = self.numbers.get(&case.id) {
            return Ok(known.clone());
        }
        let number = crate::consult::find(self.op.store(), &case.id).await?.map(|c| c.number);
        self.numbers.insert(case.id.clone(), number.clone());
        Ok(number)
    }

    async fn name(&mut self, patient: Option<&Reference>) -> Result<Option<String>, Problem> {
        let Some(patient) = patient else { return Ok(None) };
        if let Some(known) = self.names.get(patient) {
            return Ok(Some(known.clone()));
        }
        let treats = matches!(self.op.actor().role, Role::AskingDoctor | Role::Specialist);
        let name = named(self.op, patient, !treats).await?;
        self.names.insert(patient.clone(), name.clone());
        Ok(Some(name))
    }
}
