//! The archive's tables on SQLite.

use super::packed::{pack, unpack};
use super::rows::{HeldRow, Holding, InstanceRow, Instances, SeriesFound, StudyRow};
use kernel::Id;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use serde::de::DeserializeOwned;
use wire::dicom::Subject;

/// Made when the store is opened.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS dicom_study(
  id TEXT PRIMARY KEY, uid TEXT NOT NULL, case_id TEXT NOT NULL, row TEXT NOT NULL, UNIQUE(case_id, uid));
CREATE INDEX IF NOT EXISTS dicom_study_uid ON dicom_study(uid);
CREATE TABLE IF NOT EXISTS dicom_series(
  id INTEGER PRIMARY KEY, study TEXT NOT NULL, uid TEXT NOT NULL, modality TEXT NOT NULL, number INTEGER, facts TEXT NOT NULL,
  attributes TEXT NOT NULL, base BLOB NOT NULL, UNIQUE(study, uid));
CREATE TABLE IF NOT EXISTS dicom_instance(
  id INTEGER PRIMARY KEY, study TEXT NOT NULL, series INTEGER NOT NULL, uid TEXT NOT NULL, number INTEGER NOT NULL, sha256 BLOB NOT NULL,
  bytes INTEGER NOT NULL, not_shown TEXT, attributes TEXT NOT NULL, place TEXT NOT NULL, metadata BLOB NOT NULL, UNIQUE(study, uid));
CREATE INDEX IF NOT EXISTS dicom_instance_series ON dicom_instance(series, number, id);
CREATE TABLE IF NOT EXISTS attachment_held(
  case_id TEXT NOT NULL, upload TEXT NOT NULL, seq INTEGER NOT NULL, row TEXT NOT NULL, PRIMARY KEY(case_id, upload, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attachment_confirmed(
  case_id TEXT NOT NULL, identity BLOB NOT NULL, PRIMARY KEY(case_id, identity)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attachment_subject(
  case_id TEXT NOT NULL, subject TEXT NOT NULL, PRIMARY KEY(case_id, subject)) WITHOUT ROWID;
";

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))
}

fn parsed<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text).map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

fn broken(column: usize, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, error.into())
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

impl Instances {
    pub(super) fn write_sqlite(&self, tx: &Connection) -> Result<()> {
        let study = &self.study;
        tx.prepare_cached("INSERT OR IGNORE INTO dicom_study(id, uid, case_id, row) VALUES(?1, ?2, ?3, ?4)")?
            .execute(params![study.id.as_str(), study.study.uid, study.case.as_str(), json(study)?])?;
        for subject in &self.subjects {
            tx.prepare_cached("INSERT OR IGNORE INTO attachment_subject(case_id, subject) VALUES(?1, ?2)")?
                .execute(params![study.case.as_str(), json(subject)?])?;
        }
        for series in &self.series {
            let base = pack(series.base.as_bytes(), &[]).map_err(failed)?;
            tx.prepare_cached(
                "INSERT OR IGNORE INTO dicom_series(study, uid, modality, number, facts, attributes, base) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                study.id.as_str(),
                series.series.uid,
                series.series.modality,
                series.series.number,
                json(&series.series)?,
                series.attributes,
                base
            ])?;
        }
        self.instances.iter().try_for_each(|instance| insert(tx, &study.id, instance))
    }
}

fn insert(tx: &Connection, study: &Id, instance: &InstanceRow) -> Result<()> {
    let (series, base): (i64, Vec<u8>) = tx
        .prepare_cached("SELECT id, base FROM dicom_series WHERE study = ?1 AND uid = ?2")?
        .query_row(params![study.as_str(), instance.series], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let packed = pack(instance.metadata.as_bytes(), &unpack(&base, &[]).map_err(failed)?).map_err(failed)?;
    let place = InstanceRow { attributes: String::new(), metadata: String::new(), ..instance.clone() };
    tx.prepare_cached(
        "INSERT INTO dicom_instance(study, series, uid, number, sha256, bytes, not_shown, attributes, place, metadata)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        study.as_str(),
        series,
        instance.uid,
        instance.number,
        instance.sha256,
        instance.bytes as i64,
        instance.not_shown,
        instance.attributes,
        json(&place)?,
        packed
    ])?;
    Ok(())
}

impl Holding {
    pub(super) fn write_sqlite(&self, tx: &Connection) -> Result<()> {
        match self {
            Self::Hold(row) => tx.execute(
                "INSERT OR REPLACE INTO attachment_held(case_id, upload, seq, row) VALUES(?1, ?2, ?3, ?4)",
                params![row.case.as_str(), row.upload, row.seq, json(row)?],
            ),
            Self::Confirm { case, identity } => tx.execute(
                "INSERT OR IGNORE INTO attachment_confirmed(case_id, identity) VALUES(?1, ?2)",
                params![case.as_str(), identity],
            ),
            Self::Release { case, upload, seq } => tx.execute(
                "DELETE FROM attachment_held WHERE case_id = ?1 AND upload = ?2 AND seq = ?3",
                params![case.as_str(), upload, seq],
            ),
        }?;
        Ok(())
    }
}

/// The study of a case with this UID.
pub(crate) fn study_of_case(db: &Connection, case: &Id, uid: &str) -> Result<Option<StudyRow>> {
    db.prepare_cached("SELECT row FROM dicom_study WHERE case_id = ?1 AND uid = ?2")?
        .query_row(params![case.as_str(), uid], |r| parsed(r, 0))
        .optional()
}

/// A study by its ImagingStudy's id.
pub(crate) fn study(db: &Connection, id: &Id) -> Result<Option<StudyRow>> {
    db.prepare_cached("SELECT row FROM dicom_study WHERE id = ?1")?
        .query_row([id.as_str()], |r| parsed(r, 0))
        .optional()
}

/// Studies by their ImagingStudies' ids, in their order.
pub(crate) fn studies(db: &Connection, ids: &[Id]) -> Result<Vec<StudyRow>> {
    ids.iter().filter_map(|id| study(db, id).transpose()).collect()
}

/// All studies of a case.
pub(crate) fn studies_of_case(db: &Connection, case: &Id) -> Result<Vec<StudyRow>> {
    db.prepare_cached("SELECT row FROM dicom_study WHERE case_id = ?1")?
        .query_map([case.as_str()], |r| parsed(r, 0))?
        .collect()
}

/// All studies with this UID: each case has its own, as its hospital sent it.
pub(crate) fn studies_with_uid(db: &Connection, uid: &str) -> Result<Vec<StudyRow>> {
    db.prepare_cached("SELECT row FROM dicom_study WHERE uid = ?1")?.query_map([uid], |r| parsed(r, 0))?.collect()
}

/// The series of a study, by number.
pub(crate) fn series_of(db: &Connection, study: &Id) -> Result<Vec<SeriesFound>> {
    db.prepare_cached(
        "SELECT s.id, s.facts, s.attributes, count(i.id), coalesce(sum(i.bytes), 0),
           coalesce(sum(i.not_shown IS NULL AND i.id IS NOT NULL), 0), max(i.not_shown)
         FROM dicom_series s LEFT JOIN dicom_instance i ON i.series = s.id WHERE s.study = ?1 GROUP BY s.id
         ORDER BY s.number IS NULL, s.number, s.id",
    )?
    .query_map([study.as_str()], |r| {
        Ok(SeriesFound {
            id: r.get(0)?,
            series: parsed(r, 1)?,
            attributes: r.get(2)?,
            instances: r.get::<_, i64>(3)? as u64,
            bytes: r.get::<_, i64>(4)? as u64,
            shown: r.get::<_, i64>(5)? as u64,
            why_not: r.get(6)?,
        })
    })?
    .collect()
}

/// The hash of an instance that a study has.
pub(crate) fn stored_hash(db: &Connection, study: &Id, uid: &str) -> Result<Option<[u8; 32]>> {
    db.prepare_cached("SELECT sha256 FROM dicom_instance WHERE study = ?1 AND uid = ?2")?
        .query_row(params![study.as_str(), uid], |r| r.get(0))
        .optional()
}

/// Whether a study has a series already.
pub(crate) fn has_series(db: &Connection, study: &Id, uid: &str) -> Result<bool> {
    db.prepare_cached("SELECT 1 FROM dicom_series WHERE study = ?1 AND uid = ?2")?.exists(params![study.as_str(), uid])
}

/// An instance without its metadata.
pub(crate) fn instance(db: &Connection, study: &Id, uid: &str) -> Result<Option<InstanceRow>> {
    db.prepare_cached("SELECT place FROM dicom_instance WHERE study = ?1 AND uid = ?2")?
        .query_row(params![study.as_str(), uid], |r| parsed(r, 0))
        .optional()
}

/// The instance in the middle of a series among those that can be shown.
pub(crate) fn middle(db: &Connection, series: i64) -> Result<Option<InstanceRow>> {
    db.prepare_cached(
        "SELECT place FROM dicom_instance WHERE series = ?1 AND not_shown IS NULL ORDER BY number, id LIMIT 1
         OFFSET (SELECT count(*) / 2 FROM dicom_instance WHERE series = ?1 AND not_shown IS NULL)",
    )?
    .query_row([series], |r| parsed(r, 0))
    .optional()
}

/// The attributes of a series' instances for an answer to a query.
pub(crate) fn attributes_of(db: &Connection, series: i64) -> Result<Vec<String>> {
    db.prepare_cached("SELECT attributes FROM dicom_instance WHERE series = ?1 ORDER BY number, id")?
        .query_map([series], |r| r.get(0))?
        .collect()
}

/// The metadata of a series' instances, in order.
pub(crate) fn metadata_of(db: &Connection, series: i64) -> Result<Vec<String>> {
    let base: Vec<u8> =
        db.prepare_cached("SELECT base FROM dicom_series WHERE id = ?1")?.query_row([series], |r| r.get(0))?;
    let base = unpack(&base, &[]).map_err(|e| broken(0, e))?;
    db.prepare_cached("SELECT metadata FROM dicom_instance WHERE series = ?1 ORDER BY number, id")?
        .query_map([series], |r| {
            let bytes = unpack(r.get_ref(0)?.as_blob()?, &base).map_err(|e| broken(0, e))?;
            String::from_utf8(bytes).map_err(|e| broken(0, e))
        })?
        .collect()
}

/// What of a case waits for a human.
pub(crate) fn held(db: &Connection, case: &Id) -> Result<Vec<HeldRow>> {
    db.prepare_cached("SELECT row FROM attachment_held WHERE case_id = ?1 ORDER BY upload, seq")?
        .query_map([case.as_str()], |r| parsed(r, 0))?
        .collect()
}

/// Everybody whom files of a case name: those written down one by one, and those of studies from before that was done.
pub(crate) fn subjects_of_case(db: &Connection, case: &Id) -> Result<Vec<Subject>> {
    let mut found: Vec<Subject> = db
        .prepare_cached("SELECT subject FROM attachment_subject WHERE case_id = ?1")?
        .query_map([case.as_str()], |r| parsed(r, 0))?
        .collect::<Result<_>>()?;
    for study in studies_of_case(db, case)? {
        if !found.contains(&study.subject) {
            found.push(study.subject);
        }
    }
    Ok(found)
}

/// Whether a human has said that this identity is the case's patient.
pub(crate) fn confirmed(db: &Connection, case: &Id, identity: &[u8; 32]) -> Result<bool> {
    db.prepare_cached("SELECT 1 FROM attachment_confirmed WHERE case_id = ?1 AND identity = ?2")?
        .exists(params![case.as_str(), identity])
}
