//! Whom the files of a case name, for the slice that ties the case to a patient.

use super::compare;
use super::ingest::keep::{confirmed_as, identity_of};
use super::store::rows::Holding;
use super::store::sqlite;
use async_trait::async_trait;
use kernel::Id;
use platform::identity::{Differing, Identities};
use platform::{Op, Problem};
use records::Engine;
use serde_json::{Value, json};
use std::sync::Arc;

/// The archive's answer.
pub(crate) struct InFiles;

#[async_trait]
impl Identities for InFiles {
    async fn differing(&self, op: &Op, case: &Id, patient: &Value) -> Result<Vec<Differing>, Problem> {
        let person = compare::in_case(patient);
        let patient = patient["id"].as_str().and_then(|id| Id::new(id).ok());
        let Engine::Sqlite(store) = op.store().engine();
        let (of, keys) = (case.clone(), patient);
        let named = store.read_with(move |db| {
            let mut open = vec![];
            for subject in sqlite::subjects_of_case(db, &of)? {
                let key = confirmed_as(&identity_of(&subject), keys.as_ref());
                if !sqlite::confirmed(db, &of, &key)? {
                    open.push((subject, key));
                }
            }
            Ok(open)
        });
        let mut differing = vec![];
        for (subject, key) in named.await? {
            let in_file = compare::in_file(&subject);
            let differs = compare::differences(&in_file, &person);
            if !differs.is_empty() {
                differing.push(Differing {
                    identity: hex::encode(key),
                    in_file: json!(in_file),
                    in_case: json!(person),
                    differs,
                    same: Arc::new(Holding::Confirm { case: case.clone(), identity: key }),
                });
            }
        }
        Ok(differing)
    }
}
