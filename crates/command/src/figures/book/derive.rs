//! What follows from what was read. Pure: it runs over what a change made stale, and at a start over everything.

use super::Pages;
use super::condition;
use super::notes::Words;
use crate::figures::series::Known;
use crate::figures::world;
use kernel::{HospitalTree, Id, Level};
use std::collections::{BTreeSet, HashMap};
use std::mem::take;
use std::sync::Arc;

impl Pages {
    /// Another tree of hospitals: who counts may have changed.
    pub(super) fn replant(&mut self, tree: Arc<HospitalTree>) {
        self.stale.all |= *self.tree != *tree;
        self.tree = tree;
    }

    /// Derives anew what is stale.
    pub(super) fn derive(&mut self) {
        if take(&mut self.stale.all) {
            self.stale.rows.extend(self.rows.keys().cloned());
            self.stale.reports.extend(self.reports.keys().cloned());
            self.stale.hospitals.extend(self.roles.values().map(|(hospital, _)| hospital.clone()));
        }
        self.derive_reports();
        self.derive_rows();
        self.derive_hospitals();
    }

    fn derive_reports(&mut self) {
        let stale = take(&mut self.stale.reports);
        if stale.is_empty() {
            return;
        }
        let mut said: HashMap<&Id, Vec<&Known<bool>>> = HashMap::new();
        for (alternate, known) in self.pairs.values().filter(|(alternate, _)| stale.contains(alternate)) {
            said.entry(alternate).or_default().push(known);
        }
        for id in &stale {
            let Some(told) = self.reports.get(id) else {
                self.world.cases.remove(id);
                continue;
            };
            let known = world::case(told, said.get(id).map(Vec::as_slice).unwrap_or_default());
            if let Some(now) = known.now() {
                self.stale.rows.extend(self.rows_of.get(&now.patient).into_iter().flatten().cloned());
            }
            self.world.cases.insert(id.clone(), known);
        }
    }

    fn derive_rows(&mut self) {
        let none = BTreeSet::new();
        for id in take(&mut self.stale.rows) {
            let Some(row) = self.rows.get_mut(&id) else {
                self.world.consults.remove(&id);
                continue;
            };
            let of_patient = row.patient.as_ref().and_then(|p| self.conditions_of.get(p)).unwrap_or(&none);
            row.words = self.notes.get(&id).map(|notes| Words::of(notes, &row.asking)).unwrap_or_default();
            let conditions = of_patient.iter().filter_map(|c| self.conditions.get_key_value(c));
            row.disease = condition::of_case(&id, row.signed.map(|(at, _)| at), conditions);
            let cases: Vec<_> = of_patient.iter().filter_map(|c| self.world.cases.get(c)).collect();
            let cases: Vec<_> = cases.into_iter().filter(|c| c.now().is_some()).collect();
            match world::consult(row, &cases, &self.tree) {
                Some(known) => self.world.consults.insert(id, known),
                None => self.world.consults.remove(&id),
            };
        }
    }

    fn derive_hospitals(&mut self) {
        let stale = take(&mut self.stale.hospitals);
        if stale.is_empty() {
            return;
        }
        let mut roles: HashMap<&Id, Vec<&Known<()>>> = HashMap::new();
        for (hospital, known) in self.roles.values().filter(|(hospital, _)| stale.contains(hospital)) {
            roles.entry(hospital).or_default().push(known);
        }
        for hospital in &stale {
            let level = self.tree.get(hospital).map(|h| h.level);
            let is_counted = matches!(level, Some(Level::Province | Level::City | Level::County));
            match roles.get(hospital).filter(|_| is_counted) {
                Some(roles) => self.world.hospitals.insert(hospital.clone(), world::joined(roles)),
                None => self.world.hospitals.remove(hospital),
            };
        }
    }
}
