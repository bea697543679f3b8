//! What hashes stand for: texts that a process has seen in the table are not sent again.

use super::index::columns;
use super::pipe::Pipe;
use fhir::search::hash;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

/// How many are remembered.
const REMEMBERED: usize = 200_000;

columns! {
    /// Rows of `phrase`.
    Rows { text: String, hash: i64 }
}

/// Phrases that are in the table.
#[derive(Debug, Default)]
pub(super) struct Phrases(Mutex<HashSet<(i64, i64)>>);

impl Phrases {
    /// Those that may be new, in the order of the key, so that two who insert the same ones do not wait for each other.
    pub(super) fn fresh(&self, all: &[(String, i64)]) -> Rows {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut fresh: Vec<(String, i64)> =
            all.iter().filter(|(text, whole)| !known.contains(&(hash(text), *whole))).cloned().collect();
        fresh.sort_unstable();
        fresh.dedup();
        let mut rows = Rows::default();
        fresh.into_iter().for_each(|row| rows.push(row));
        rows
    }

    /// Remembers what a committed transaction wrote.
    pub(super) fn remember(&self, rows: &Rows) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + rows.text.len() > REMEMBERED {
            known.clear();
        }
        known.extend(rows.text.iter().map(|text| hash(text)).zip(rows.hash.iter().copied()));
    }

    /// After a connection was lost: the database may have forgotten what it had not made durable.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Sends them.
pub(super) fn add<'a>(pipe: &mut Pipe<'a>, rows: &'a Rows) {
    if !rows.text.is_empty() {
        pipe.add(
            "INSERT INTO phrase(text, hash) SELECT * FROM unnest($1::text[], $2::int8[]) ON CONFLICT DO NOTHING",
            &[&rows.text, &rows.hash],
        );
    }
}
