//! Taking in what the ledger says was changed: each thing is read anew, and what follows from it is derived anew.

use super::condition::Condition;
use super::consult::Row;
use super::notes::Note;
use super::{Names, Pages};
use crate::figures::kept::Seen;
use crate::figures::series::Known;
use crate::figures::world;
use crate::outbreak::{Said, read_pair, read_report};
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::directory::resources::read_role;
use platform::{Platform, Problem};
use records::{Resource, Store, Viewer};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::AtomicU64;

/// Entries taken in at a time.
const BATCH: usize = 1000;

/// What an expert asks for.
pub(super) fn ask_type() -> ResourceType {
    ResourceType::from_name("CommunicationRequest").unwrap_or(ResourceType::COMMUNICATION)
}

impl Pages {
    /// Takes in every entry sealed since; reads everything when nothing was read yet. Broken off, it is taken up again.
    pub(super) async fn catch_up(&mut self, platform: &Platform, read: &AtomicU64) -> Result<(), Problem> {
        let mut after = match self.sealed {
            Some(sealed) => sealed,
            None => {
                *self = Self::from_zero(platform, read).await?;
                self.sealed.unwrap_or_default()
            }
        };
        let mut changed = BTreeSet::new();
        loop {
            let entries = platform.store.entries(after, BATCH).await?;
            changed.extend(entries.iter().flat_map(|e| &e.versions).map(|v| v.at.clone()));
            after = entries.last().map_or(after, |e| e.number);
            if entries.len() < BATCH {
                break;
            }
        }
        for at in changed {
            self.take(&*platform.store, &at).await?;
        }
        self.sealed = Some(after);
        self.replant(platform.directory.tree());
        self.derive();
        Ok(())
    }

    async fn take(&mut self, store: &dyn Store, at: &Reference) -> Result<(), Problem> {
        let of_case = [ResourceType::TASK, ResourceType::SERVICE_REQUEST].contains(&at.ty);
        let kept = [ResourceType::CONDITION, ResourceType::LINKAGE, ResourceType::PRACTITIONER_ROLE];
        if of_case {
            return self.take_case(store, &at.id).await;
        }
        if kept.contains(&at.ty) {
            let mut versions = store.history(&Viewer::System, at).await?;
            versions.reverse();
            return self.put_history(at, &versions);
        }
        let other = [ResourceType::COMMUNICATION, ask_type(), ResourceType::ENCOUNTER, ResourceType::PATIENT];
        if !other.contains(&at.ty) {
            return Ok(());
        }
        let found = store.read(&Viewer::System, at).await?;
        match (at.ty, &found) {
            (ResourceType::PATIENT, found) => {
                if self.keepers.contains_key(&at.id) {
                    self.put_keeper(at.id.clone(), found.as_ref());
                }
            }
            (ResourceType::ENCOUNTER, found) => {
                let body = found.as_ref().map(Resource::value).transpose()?;
                if let Some(patient) = self.put_visit(&at.id, body.as_ref()) {
                    let patient = Reference::new(ResourceType::PATIENT, patient);
                    let keeper = store.read(&Viewer::System, &patient).await?;
                    self.put_keeper(patient.id, keeper.as_ref());
                }
            }
            (_, Some(found)) => self.put_note(found, &found.value()?),
            (_, None) => self.drop_note(&at.id),
        }
        Ok(())
    }

    async fn take_case(&mut self, store: &dyn Store, id: &Id) -> Result<(), Problem> {
        let at = |ty| Reference::new(ty, id.clone());
        let request = store.read(&Viewer::System, &at(ResourceType::SERVICE_REQUEST)).await?;
        let mut versions = store.history(&Viewer::System, &at(ResourceType::TASK)).await?;
        versions.reverse();
        let row = match (&request, versions.split_last()) {
            (Some(request), Some((task, before))) if !task.deleted => {
                Row::read(request, task, before, &mut self.names)?
            }
            _ => None,
        };
        self.put_row(id, row);
        Ok(())
    }

    /// A consultation as it is now; none when it is none any more.
    pub(super) fn put_row(&mut self, id: &Id, row: Option<Row>) {
        self.stale.rows.insert(id.clone());
        let patient = row.as_ref().and_then(|row| row.patient.clone());
        let before = match row {
            Some(row) => self.rows.insert(id.clone(), row),
            None => self.rows.remove(id),
        };
        relate(&mut self.rows_of, id, before.and_then(|row| row.patient), patient);
    }

    /// What has a history that counts, oldest version first; nothing when it is gone.
    pub(super) fn put_history(&mut self, at: &Reference, versions: &[Resource]) -> Result<(), Problem> {
        let versions = if versions.last().is_none_or(|v| v.deleted) { &[] } else { versions };
        match at.ty {
            ResourceType::CONDITION => self.put_condition(&at.id, versions),
            ResourceType::LINKAGE => self.put_pair(&at.id, versions),
            _ => self.put_role(&at.id, versions),
        }
    }

    fn put_condition(&mut self, id: &Id, versions: &[Resource]) -> Result<(), Problem> {
        let mut told = vec![];
        for version in versions {
            told.push((version.stored_at, read_report(version)?.map(|report| world::reported(&report))));
        }
        let is_report = told.iter().any(|(_, report)| report.is_some());
        self.stale.reports.insert(id.clone());
        match is_report {
            true => _ = self.reports.insert(id.clone(), Known::new(told)),
            false => _ = self.reports.remove(id),
        }
        let now = versions.last().map(|v| Ok::<_, Problem>((v.value()?, v.stored_at))).transpose()?;
        let now = now.and_then(|(body, stored)| Condition::read(&body, stored, &mut self.names));
        let patient = now.as_ref().map(|c| c.patient.clone());
        let before = match now {
            Some(now) => self.conditions.insert(id.clone(), now),
            None => self.conditions.remove(id),
        };
        let before = before.map(|c| c.patient);
        for patient in before.iter().chain(&patient) {
            self.stale.rows.extend(self.rows_of.get(patient).into_iter().flatten().cloned());
        }
        relate(&mut self.conditions_of, id, before, patient);
        Ok(())
    }

    fn put_pair(&mut self, id: &Id, versions: &[Resource]) -> Result<(), Problem> {
        let (mut known, mut alternate) = (vec![], None);
        for version in versions.iter().filter(|v| !v.deleted) {
            if let Some((pair, said)) = read_pair(&version.value()?) {
                known.push((version.stored_at, Some(said == Said::Same)));
                alternate = Some(pair.1);
            }
        }
        let before = match alternate.clone() {
            Some(alternate) => self.pairs.insert(id.clone(), (alternate, Known::new(known))),
            None => self.pairs.remove(id),
        };
        self.stale.reports.extend(before.map(|(alternate, _)| alternate).into_iter().chain(alternate));
        Ok(())
    }

    fn put_role(&mut self, id: &Id, versions: &[Resource]) -> Result<(), Problem> {
        let (mut known, mut hospital) = (vec![], None);
        for version in versions {
            // One that ended reads as none.
            let active = if version.deleted { None } else { read_role(&version.value()?) };
            hospital = active.as_ref().map(|r| r.hospital.clone()).or(hospital);
            known.push((version.stored_at, active.map(|_| ())));
        }
        let before = match hospital.clone() {
            Some(hospital) => self.roles.insert(id.clone(), (hospital, Known::new(known))),
            None => self.roles.remove(id),
        };
        self.stale.hospitals.extend(before.map(|(hospital, _)| hospital).into_iter().chain(hospital));
        Ok(())
    }

    /// A visit; the patient whose keeper is still to be read.
    pub(super) fn put_visit(&mut self, id: &Id, encounter: Option<&Value>) -> Option<Id> {
        let seen = encounter.and_then(|body| Seen::read(body).ok());
        let patient = seen.as_ref().and_then(|s| s.patient.clone());
        match seen {
            Some(seen) => _ = self.visits.insert(id.clone(), seen),
            None => _ = self.visits.remove(id),
        }
        patient.filter(|p| !self.keepers.contains_key(p))
    }

    /// Who keeps a patient's record.
    pub(super) fn put_keeper(&mut self, patient: Id, found: Option<&Resource>) {
        let keeper = found.map(|found| self.names.take(found.custodian.clone()));
        self.keepers.insert(patient, keeper);
    }

    /// Something that was said.
    pub(super) fn put_note(&mut self, resource: &Resource, body: &Value) {
        let Some((case, note)) = Note::read(resource, body, &mut self.names) else { return };
        let notes = self.notes.entry(case.clone()).or_default();
        // They come nearly in order, and twice when one is completed.
        match notes.binary_search_by(|n| n.id.cmp(&note.id)) {
            Ok(at) => notes[at] = note,
            Err(at) => notes.insert(at, note),
        }
        self.stale.rows.insert(case);
    }

    /// Nobody takes back what was said in a case; were it gone all the same, it is looked for everywhere.
    fn drop_note(&mut self, id: &Id) {
        for (case, notes) in &mut self.notes {
            let before = notes.len();
            notes.retain(|n| n.id != *id);
            if notes.len() != before {
                self.stale.rows.insert(case.clone());
            }
        }
        self.notes.retain(|_, notes| !notes.is_empty());
    }
}

/// Moves a thing from the patient it was of to the one it is of.
fn relate(index: &mut HashMap<Id, BTreeSet<Id>>, id: &Id, before: Option<Id>, now: Option<Id>) {
    if before == now {
        return;
    }
    if let Some(before) = before
        && let Some(all) = index.get_mut(&before)
    {
        all.remove(id);
        if all.is_empty() {
            index.remove(&before);
        }
    }
    if let Some(now) = now {
        index.entry(now).or_default().insert(id.clone());
    }
}

impl Row {
    /// With the shared copies of its names.
    pub(super) fn shared(mut self, names: &mut Names) -> Self {
        let mut one = |id: &mut std::sync::Arc<Id>| *id = names.take(Id::clone(id));
        one(&mut self.asking);
        one(&mut self.centre);
        one(&mut self.state);
        self.advising.iter_mut().for_each(&mut one);
        self.experts.iter_mut().for_each(&mut one);
        self.specialty.iter_mut().for_each(one);
        self
    }
}
