//! Whom the files of a case name, for the slice that ties the case to a patient.

use super::compare;
use super::ingest::keep::{confirmed_as, identity_of};
use super::store::Archive;
use super::store::rows::Holding;
use async_trait::async_trait;
use kernel::Id;
use platform::identity::{Differing, Identities};
use platform::{Op, Problem};
use serde_json::{Value, json};
use std::sync::Arc;
use wire::dicom::Subject;

/// The archive's answer.
pub(crate) struct InFiles;

#[async_trait]
impl Identities for InFiles {
    async fn differing(&self, op: &Op, case: &Id, patient: &Value) -> Result<Vec<Differing>, Problem> {
        let person = compare::in_case(patient);
        let patient = patient["id"].as_str().and_then(|id| Id::new(id).ok());
        let key = move |subject: &Subject| confirmed_as(&identity_of(subject), patient.as_ref());
        let named = Archive::of(op.store()).unconfirmed(case, key);
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
