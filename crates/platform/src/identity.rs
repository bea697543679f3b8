//! Whose files are these? Asked by the slice that ties a case to a patient, answered by the slice that keeps the files.
//!
//! The binary lays the answering side around all routes as an `axum::Extension`. It must never decide: a mismatch is a stop,
//! and a human with a reason goes on.

use crate::{Op, Problem};
use async_trait::async_trait;
use kernel::Id;
use records::BulkBatch;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// Longest reason, in characters.
const REASON_MAX: usize = 500;

/// The answering side, as routes get it.
pub type Files = Arc<dyn Identities>;

/// Knows whom the files of a case name.
#[async_trait]
pub trait Identities: Send + Sync + 'static {
    /// The people named in files of `case` who differ from `patient` (the Patient as stored), but for those of whom a
    /// human has said before that they are this patient.
    async fn differing(&self, op: &Op, case: &Id, patient: &Value) -> Result<Vec<Differing>, Problem>;
}

/// Somebody whom files of a case name, beside the patient.
#[derive(Debug, Clone)]
pub struct Differing {
    /// Names this person in this case: a hash.
    pub identity: String,
    /// As the files say.
    pub in_file: Value,
    /// As the record says.
    pub in_case: Value,
    /// In what the two differ.
    pub differs: Vec<&'static str>,
    /// To be written when a human says that they are one.
    pub same: Arc<dyn BulkBatch>,
}

/// A human's word that people named in files are the patient.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct SamePerson {
    /// The people of whom it is said, as the stop named them.
    pub identities: Vec<String>,
    /// Why.
    pub reason: String,
}

/// A human's word, taken.
#[derive(Debug, Clone)]
pub struct Settled {
    /// Why they are one person.
    pub reason: String,
    /// To be written with the change: files of these people are the patient's from now on.
    pub rows: Vec<Arc<dyn BulkBatch>>,
}

/// What a change writes and says when files name somebody else and a human has said that it is one person; else a stop that
/// shows both sides.
pub fn settle(
    differing: &[Differing],
    word: Option<&SamePerson>,
    code: &'static str,
) -> Result<Option<Settled>, Problem> {
    if differing.is_empty() {
        return Ok(None);
    }
    let said = |one: &Differing| word.is_some_and(|w| w.identities.contains(&one.identity));
    let Some(word) = word.filter(|_| differing.iter().all(said)) else {
        let people: Vec<Value> = differing
            .iter()
            .map(|d| json!({"identity": d.identity, "in_file": d.in_file, "in_case": d.in_case, "differs": d.differs}))
            .collect();
        let detail = "Files of this case name another person than the patient. Compare both, then say why they are one, \
                      or choose another patient.";
        return Err(Problem::conflict(code, detail).with("people", people));
    };
    let reason = word.reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX {
        let detail = format!("Say in 1 to {REASON_MAX} characters why this is the same person.");
        return Err(Problem::unfit("attachment.reason", detail).with("max", REASON_MAX));
    }
    Ok(Some(Settled { reason: reason.to_owned(), rows: differing.iter().map(|d| d.same.clone()).collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Nothing;

    #[async_trait::async_trait]
    impl BulkBatch for Nothing {
        fn kind(&self) -> &'static str {
            "nothing"
        }
        fn rows(&self) -> usize {
            0
        }
        fn digest(&self) -> [u8; 32] {
            [0; 32]
        }
        fn insert_sqlite(&self, _tx: &rusqlite::Connection) -> rusqlite::Result<()> {
            Ok(())
        }
        async fn insert_postgres(&self, _tx: &records::postgres::Db) -> Result<(), records::postgres::BulkError> {
            Ok(())
        }
    }

    fn differing(identity: &str) -> Differing {
        let (in_file, in_case) = (json!({"name": "李四"}), json!({"name": "王五"}));
        Differing { identity: identity.to_owned(), in_file, in_case, differs: vec!["name"], same: Arc::new(Nothing) }
    }

    fn word(identities: &[&str], reason: &str) -> SamePerson {
        SamePerson { identities: identities.iter().map(|i| (*i).to_owned()).collect(), reason: reason.to_owned() }
    }

    #[test]
    fn only_a_word_on_everybody_named_lets_it_pass() {
        let settled = |all: &[Differing], word: Option<&SamePerson>| settle(all, word, "x.patient_mismatch");
        assert!(settled(&[], None).unwrap().is_none());
        let two = [differing("a"), differing("b")];
        for word in [None, Some(word(&["a"], "旧系统登记有误"))] {
            let stop = settled(&two, word.as_ref()).unwrap_err();
            assert_eq!((stop.status.as_u16(), stop.code), (409, "x.patient_mismatch"));
            assert_eq!(stop.params["people"][1]["in_file"]["name"], "李四");
        }
        for reason in ["", " \n", &"字".repeat(REASON_MAX + 1)] {
            let stop = settled(&two, Some(&word(&["a", "b"], reason))).unwrap_err();
            assert_eq!(stop.code, "attachment.reason");
        }
        let said = settled(&two, Some(&word(&["b", "a"], " 旧系统登记有误 "))).unwrap().unwrap();
        assert_eq!((said.reason.as_str(), said.rows.len()), ("旧系统登记有误", 2));
    }
}
