//! The archive's rows, read on whichever engine they stand: each question one snapshot.

use super::rows::{HeldRow, InstanceRow, SeriesFound, StudyRow};
use super::{postgres, sqlite};
use kernel::Id;
use records::{Engine, Store, StoreError};
use std::collections::HashSet;
use wire::dicom::Subject;

/// What a case has already of what comes.
pub(crate) struct Known {
    pub study: Option<StudyRow>,
    pub series: HashSet<String>,
    /// In the order of what was asked.
    pub hashes: Vec<Option<[u8; 32]>>,
}

/// Asks the archive of a store.
#[derive(Clone, Copy)]
pub(crate) struct Archive<'s>(Engine<'s>);

/// One question, by the same words on both engines.
macro_rules! ask {
    ($engine:expr, |$db:ident| $on:ident :: $call:ident($($arg:expr),*)) => {
        match $engine {
            Engine::Sqlite(store) => store.read_with(move |$db| sqlite::$call($db, $($arg),*)).await,
            Engine::Postgres(store) => {
                store.read_with(move |$db| Box::pin(async move { postgres::$call($db, $($arg),*).await })).await
            }
        }
    };
}

impl<'s> Archive<'s> {
    pub(crate) fn of(store: &'s dyn Store) -> Self {
        Self(store.engine())
    }

    /// A study by its ImagingStudy's id, with its series.
    pub(crate) async fn study_and_series(self, id: &Id) -> Result<(Option<StudyRow>, Vec<SeriesFound>), StoreError> {
        let id = id.clone();
        match self.0 {
            Engine::Sqlite(store) => {
                store.read_with(move |db| Ok((sqlite::study(db, &id)?, sqlite::series_of(db, &id)?))).await
            }
            Engine::Postgres(store) => {
                let read = store.read_with(move |db| {
                    Box::pin(async move { Ok((postgres::study(db, &id).await?, postgres::series_of(db, &id).await?)) })
                });
                read.await
            }
        }
    }

    /// Studies by their ImagingStudies' ids, in their order.
    pub(crate) async fn studies(self, ids: Vec<Id>) -> Result<Vec<StudyRow>, StoreError> {
        ask!(self.0, |db| on::studies(&ids))
    }

    /// All studies of a case.
    pub(crate) async fn studies_of_case(self, case: &Id) -> Result<Vec<StudyRow>, StoreError> {
        let case = case.clone();
        ask!(self.0, |db| on::studies_of_case(&case))
    }

    /// The same, each with its series.
    pub(crate) async fn case_with_series(self, case: &Id) -> Result<Vec<(StudyRow, Vec<SeriesFound>)>, StoreError> {
        let case = case.clone();
        match self.0 {
            Engine::Sqlite(store) => {
                let read = store.read_with(move |db| {
                    let studies = sqlite::studies_of_case(db, &case)?.into_iter();
                    studies.map(|study| sqlite::series_of(db, &study.id).map(|series| (study, series))).collect()
                });
                read.await
            }
            Engine::Postgres(store) => {
                let read = store.read_with(move |db| {
                    Box::pin(async move {
                        let mut found = vec![];
                        for study in postgres::studies_of_case(db, &case).await? {
                            let series = postgres::series_of(db, &study.id).await?;
                            found.push((study, series));
                        }
                        Ok(found)
                    })
                });
                read.await
            }
        }
    }

    /// All studies with this UID: each case has its own, as its hospital sent it.
    pub(crate) async fn studies_with_uid(self, uid: &str) -> Result<Vec<StudyRow>, StoreError> {
        let uid = uid.to_owned();
        ask!(self.0, |db| on::studies_with_uid(&uid))
    }

    /// The series of a study, by number.
    pub(crate) async fn series_of(self, study: &Id) -> Result<Vec<SeriesFound>, StoreError> {
        let study = study.clone();
        ask!(self.0, |db| on::series_of(&study))
    }

    /// The series of a study with this UID.
    pub(crate) async fn series_with_uid(self, study: &Id, uid: &str) -> Result<Option<SeriesFound>, StoreError> {
        Ok(self.series_of(study).await?.into_iter().find(|s| s.series.uid == uid))
    }

    /// An instance without its metadata.
    pub(crate) async fn instance(self, study: &Id, uid: &str) -> Result<Option<InstanceRow>, StoreError> {
        let (study, uid) = (study.clone(), uid.to_owned());
        ask!(self.0, |db| on::instance(&study, &uid))
    }

    /// The instance in the middle of a series among those that can be shown.
    pub(crate) async fn middle(self, series: i64) -> Result<Option<InstanceRow>, StoreError> {
        ask!(self.0, |db| on::middle(series))
    }

    /// The attributes of a series' instances for an answer to a query.
    pub(crate) async fn attributes_of(self, series: i64) -> Result<Vec<String>, StoreError> {
        ask!(self.0, |db| on::attributes_of(series))
    }

    /// The metadata of a series' instances, in order.
    pub(crate) async fn metadata_of(self, series: i64) -> Result<Vec<String>, StoreError> {
        ask!(self.0, |db| on::metadata_of(series))
    }

    /// What of a case waits for a human.
    pub(crate) async fn held(self, case: &Id) -> Result<Vec<HeldRow>, StoreError> {
        let case = case.clone();
        ask!(self.0, |db| on::held(&case))
    }

    /// Whether a human has said that this identity is the case's patient.
    pub(crate) async fn confirmed(self, case: &Id, identity: [u8; 32]) -> Result<bool, StoreError> {
        let case = case.clone();
        ask!(self.0, |db| on::confirmed(&case, &identity))
    }

    /// Of everybody whom files of a case name, those whom nobody has said to be its patient; with what would say so.
    pub(crate) async fn unconfirmed(
        self,
        case: &Id,
        key: impl Fn(&Subject) -> [u8; 32] + Send + Sync + 'static,
    ) -> Result<Vec<(Subject, [u8; 32])>, StoreError> {
        let case = case.clone();
        match self.0 {
            Engine::Sqlite(store) => {
                let read = store.read_with(move |db| {
                    let mut open = vec![];
                    for subject in sqlite::subjects_of_case(db, &case)? {
                        let key = key(&subject);
                        if !sqlite::confirmed(db, &case, &key)? {
                            open.push((subject, key));
                        }
                    }
                    Ok(open)
                });
                read.await
            }
            Engine::Postgres(store) => {
                let read = store.read_with(move |db| {
                    Box::pin(async move {
                        let mut open = vec![];
                        for subject in postgres::subjects_of_case(db, &case).await? {
                            let key = key(&subject);
                            if !postgres::confirmed(db, &case, &key).await? {
                                open.push((subject, key));
                            }
                        }
                        Ok(open)
                    })
                });
                read.await
            }
        }
    }

    /// What a case has already of a study: of these instances and their series.
    pub(crate) async fn known(self, case: &Id, uid: &str, wanted: Vec<(String, String)>) -> Result<Known, StoreError> {
        let (case, uid) = (case.clone(), uid.to_owned());
        let nothing = |n: usize| Known { study: None, series: HashSet::new(), hashes: vec![None; n] };
        match self.0 {
            Engine::Sqlite(store) => {
                let read = store.read_with(move |db| {
                    let Some(study) = sqlite::study_of_case(db, &case, &uid)? else {
                        return Ok(nothing(wanted.len()));
                    };
                    let mut known = nothing(0);
                    for (instance, series) in wanted {
                        known.hashes.push(sqlite::stored_hash(db, &study.id, &instance)?);
                        if sqlite::has_series(db, &study.id, &series)? {
                            known.series.insert(series);
                        }
                    }
                    Ok(Known { study: Some(study), ..known })
                });
                read.await
            }
            Engine::Postgres(store) => {
                let read = store.read_with(move |db| {
                    Box::pin(async move {
                        let Some(study) = postgres::study_of_case(db, &case, &uid).await? else {
                            return Ok(nothing(wanted.len()));
                        };
                        let mut known = nothing(0);
                        for (instance, series) in wanted {
                            known.hashes.push(postgres::stored_hash(db, &study.id, &instance).await?);
                            if postgres::has_series(db, &study.id, &series).await? {
                                known.series.insert(series);
                            }
                        }
                        Ok(Known { study: Some(study), ..known })
                    })
                });
                read.await
            }
        }
    }
}
