//! The archive's tables on PostgreSQL.

use super::packed::{pack, unpack};
use super::rows::{HeldRow, Holding, InstanceRow, Instances, SeriesFound, StudyRow};
use kernel::Id;
use records::StoreError;
use records::postgres::{BulkError, Db, Row};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use wire::dicom::Subject;

/// Made when the store is opened.
pub const SCHEMA: &str = r#"
CREATE TABLE IF NOT EXISTS dicom_study(
  id TEXT COLLATE "C" PRIMARY KEY, uid TEXT COLLATE "C" NOT NULL, case_id TEXT COLLATE "C" NOT NULL, "row" TEXT NOT NULL, UNIQUE(case_id, uid));
CREATE INDEX IF NOT EXISTS dicom_study_uid ON dicom_study(uid);
CREATE TABLE IF NOT EXISTS dicom_series(
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, study TEXT COLLATE "C" NOT NULL, uid TEXT COLLATE "C" NOT NULL, modality TEXT NOT NULL,
  number BIGINT, facts TEXT NOT NULL, attributes TEXT NOT NULL, base BYTEA NOT NULL, UNIQUE(study, uid));
CREATE TABLE IF NOT EXISTS dicom_instance(
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, study TEXT COLLATE "C" NOT NULL, series BIGINT NOT NULL, uid TEXT COLLATE "C" NOT NULL,
  number BIGINT NOT NULL, sha256 BYTEA NOT NULL, bytes BIGINT NOT NULL, not_shown TEXT COLLATE "C", attributes TEXT NOT NULL, place TEXT NOT NULL,
  metadata BYTEA NOT NULL, UNIQUE(study, uid));
CREATE INDEX IF NOT EXISTS dicom_instance_series ON dicom_instance(series, number, id);
CREATE TABLE IF NOT EXISTS attachment_held(
  case_id TEXT COLLATE "C" NOT NULL, upload TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL, "row" TEXT NOT NULL, PRIMARY KEY(case_id, upload, seq));
CREATE TABLE IF NOT EXISTS attachment_confirmed(
  case_id TEXT COLLATE "C" NOT NULL, identity BYTEA NOT NULL, PRIMARY KEY(case_id, identity));
CREATE TABLE IF NOT EXISTS attachment_subject(
  case_id TEXT COLLATE "C" NOT NULL, subject TEXT COLLATE "C" NOT NULL, PRIMARY KEY(case_id, subject));
"#;

type Found<T> = Result<T, StoreError>;

fn json(value: &impl serde::Serialize) -> Result<String, BulkError> {
    serde_json::to_string(value).map_err(|e| BulkError::Rows(e.to_string()))
}

fn unfit(error: impl std::fmt::Display) -> BulkError {
    BulkError::Rows(error.to_string())
}

fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("a row of the archive: {error}"))
}

fn parsed<T: DeserializeOwned>(row: &Row, column: usize) -> Found<T> {
    serde_json::from_str(row.get(column)).map_err(corrupt)
}

fn all<T: DeserializeOwned>(rows: &[Row]) -> Found<Vec<T>> {
    rows.iter().map(|row| parsed(row, 0)).collect()
}

fn one<T: DeserializeOwned>(rows: &[Row]) -> Found<Option<T>> {
    rows.first().map(|row| parsed(row, 0)).transpose()
}

impl Instances {
    pub(super) async fn write_postgres(&self, tx: &Db) -> Result<(), BulkError> {
        let study = &self.study;
        let sql = r#"INSERT INTO dicom_study(id, uid, case_id, "row") VALUES($1, $2, $3, $4) ON CONFLICT DO NOTHING"#;
        let statement = tx.prepare_cached(sql).await?;
        tx.execute(&statement, &[&study.id.as_str(), &study.study.uid, &study.case.as_str(), &json(study)?]).await?;
        let mut subjects = self.subjects.iter().map(json).collect::<Result<Vec<_>, _>>()?;
        subjects.sort();
        let sql = "INSERT INTO attachment_subject(case_id, subject) SELECT $1, s FROM unnest($2::text[]) s ON CONFLICT DO NOTHING";
        tx.execute(&tx.prepare_cached(sql).await?, &[&study.case.as_str(), &subjects]).await?;
        let sql = "INSERT INTO dicom_series(study, uid, modality, number, facts, attributes, base)
                   VALUES($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let statement = tx.prepare_cached(sql).await?;
        for series in &self.series {
            let base = pack(series.base.as_bytes(), &[]).map_err(unfit)?;
            let (facts, number) = (&series.series, series.series.number);
            tx.execute(
                &statement,
                &[&study.id.as_str(), &facts.uid, &facts.modality, &number, &json(facts)?, &series.attributes, &base],
            )
            .await?;
        }
        insert(tx, &study.id, &self.instances).await
    }
}

/// All instances in one statement, each packed against its series.
async fn insert(tx: &Db, study: &Id, instances: &[InstanceRow]) -> Result<(), BulkError> {
    let statement = tx.prepare_cached("SELECT uid, id, base FROM dicom_series WHERE study=$1").await?;
    let mut series: HashMap<String, (i64, Vec<u8>)> = HashMap::new();
    for row in tx.query(&statement, &[&study.as_str()]).await? {
        series.insert(row.get(0), (row.get(1), unpack(row.get(2), &[]).map_err(unfit)?));
    }
    let (mut of, mut uids, mut numbers, mut hashes, mut bytes) = (vec![], vec![], vec![], vec![], vec![]);
    let (mut not_shown, mut attributes, mut places, mut metadata) = (vec![], vec![], vec![], vec![]);
    for instance in instances {
        let (id, base) =
            series.get(&instance.series).ok_or_else(|| unfit(format!("series {} has no row", instance.series)))?;
        let place = InstanceRow { attributes: String::new(), metadata: String::new(), ..instance.clone() };
        of.push(*id);
        uids.push(instance.uid.as_str());
        numbers.push(instance.number);
        hashes.push(instance.sha256.to_vec());
        bytes.push(instance.bytes.cast_signed());
        not_shown.push(instance.not_shown.as_deref());
        attributes.push(instance.attributes.as_str());
        places.push(json(&place)?);
        metadata.push(pack(instance.metadata.as_bytes(), base).map_err(unfit)?);
    }
    let sql = "INSERT INTO dicom_instance(study, series, uid, number, sha256, bytes, not_shown, attributes, place, metadata)
               SELECT $1, series, uid, number, sha256, bytes, not_shown, attributes, place, metadata
               FROM unnest($2::int8[], $3::text[], $4::int8[], $5::bytea[], $6::int8[], $7::text[], $8::text[], $9::text[], $10::bytea[])
               WITH ORDINALITY n(series, uid, number, sha256, bytes, not_shown, attributes, place, metadata, i) ORDER BY i";
    let statement = tx.prepare_cached(sql).await?;
    tx.execute(
        &statement,
        &[&study.as_str(), &of, &uids, &numbers, &hashes, &bytes, &not_shown, &attributes, &places, &metadata],
    )
    .await?;
    Ok(())
}

impl Holding {
    pub(super) async fn write_postgres(&self, tx: &Db) -> Result<(), BulkError> {
        match self {
            Self::Hold(row) => {
                let sql = r#"INSERT INTO attachment_held(case_id, upload, seq, "row") VALUES($1, $2, $3, $4)
                             ON CONFLICT(case_id, upload, seq) DO UPDATE SET "row"=excluded."row""#;
                tx.execute(sql, &[&row.case.as_str(), &row.upload, &i64::from(row.seq), &json(row)?]).await?
            }
            Self::Confirm { case, identity } => {
                let sql = "INSERT INTO attachment_confirmed(case_id, identity) VALUES($1, $2) ON CONFLICT DO NOTHING";
                tx.execute(sql, &[&case.as_str(), &identity.as_slice()]).await?
            }
            Self::Release { case, upload, seq } => {
                let sql = "DELETE FROM attachment_held WHERE case_id=$1 AND upload=$2 AND seq=$3";
                tx.execute(sql, &[&case.as_str(), upload, &i64::from(*seq)]).await?
            }
        };
        Ok(())
    }
}

/// The study of a case with this UID.
pub(super) async fn study_of_case(db: &Db, case: &Id, uid: &str) -> Found<Option<StudyRow>> {
    let sql = r#"SELECT "row" FROM dicom_study WHERE case_id=$1 AND uid=$2"#;
    one(&db.query(&db.prepare_cached(sql).await?, &[&case.as_str(), &uid]).await?)
}

/// A study by its ImagingStudy's id.
pub(super) async fn study(db: &Db, id: &Id) -> Found<Option<StudyRow>> {
    let sql = r#"SELECT "row" FROM dicom_study WHERE id=$1"#;
    one(&db.query(&db.prepare_cached(sql).await?, &[&id.as_str()]).await?)
}

/// Studies by their ImagingStudies' ids, in their order.
pub(super) async fn studies(db: &Db, ids: &[Id]) -> Found<Vec<StudyRow>> {
    let ids: Vec<&str> = ids.iter().map(Id::as_str).collect();
    let sql = r#"SELECT s."row" FROM unnest($1::text[]) WITH ORDINALITY w(id, n) JOIN dicom_study s ON s.id=w.id ORDER BY w.n"#;
    all(&db.query(&db.prepare_cached(sql).await?, &[&ids]).await?)
}

/// All studies of a case.
pub(super) async fn studies_of_case(db: &Db, case: &Id) -> Found<Vec<StudyRow>> {
    let sql = r#"SELECT "row" FROM dicom_study WHERE case_id=$1"#;
    all(&db.query(&db.prepare_cached(sql).await?, &[&case.as_str()]).await?)
}

/// All studies with this UID: each case has its own, as its hospital sent it.
pub(super) async fn studies_with_uid(db: &Db, uid: &str) -> Found<Vec<StudyRow>> {
    let sql = r#"SELECT "row" FROM dicom_study WHERE uid=$1"#;
    all(&db.query(&db.prepare_cached(sql).await?, &[&uid]).await?)
}

/// The series of a study, by number.
pub(super) async fn series_of(db: &Db, study: &Id) -> Found<Vec<SeriesFound>> {
    let sql = "SELECT s.id, s.facts, s.attributes, count(i.id), coalesce(sum(i.bytes), 0)::int8,
                 count(i.id) FILTER (WHERE i.not_shown IS NULL), max(i.not_shown)
               FROM dicom_series s LEFT JOIN dicom_instance i ON i.series=s.id WHERE s.study=$1 GROUP BY s.id
               ORDER BY s.number IS NULL, s.number, s.id";
    let rows = db.query(&db.prepare_cached(sql).await?, &[&study.as_str()]).await?;
    let read = |r: &Row| {
        Ok(SeriesFound {
            id: r.get(0),
            series: parsed(r, 1)?,
            attributes: r.get(2),
            instances: r.get::<_, i64>(3).cast_unsigned(),
            bytes: r.get::<_, i64>(4).cast_unsigned(),
            shown: r.get::<_, i64>(5).cast_unsigned(),
            why_not: r.get(6),
        })
    };
    rows.iter().map(read).collect()
}

/// The hash of an instance that a study has.
pub(super) async fn stored_hash(db: &Db, study: &Id, uid: &str) -> Found<Option<[u8; 32]>> {
    let sql = "SELECT sha256 FROM dicom_instance WHERE study=$1 AND uid=$2";
    let rows = db.query(&db.prepare_cached(sql).await?, &[&study.as_str(), &uid]).await?;
    rows.first().map(|r| r.get::<_, &[u8]>(0).try_into().map_err(corrupt)).transpose()
}

/// Whether a study has a series already.
pub(super) async fn has_series(db: &Db, study: &Id, uid: &str) -> Found<bool> {
    let sql = "SELECT 1 FROM dicom_series WHERE study=$1 AND uid=$2";
    Ok(!db.query(&db.prepare_cached(sql).await?, &[&study.as_str(), &uid]).await?.is_empty())
}

/// An instance without its metadata.
pub(super) async fn instance(db: &Db, study: &Id, uid: &str) -> Found<Option<InstanceRow>> {
    let sql = "SELECT place FROM dicom_instance WHERE study=$1 AND uid=$2";
    one(&db.query(&db.prepare_cached(sql).await?, &[&study.as_str(), &uid]).await?)
}

/// The instance in the middle of a series among those that can be shown.
pub(super) async fn middle(db: &Db, series: i64) -> Found<Option<InstanceRow>> {
    let sql = "SELECT place FROM dicom_instance WHERE series=$1 AND not_shown IS NULL ORDER BY number, id LIMIT 1
               OFFSET (SELECT count(*) / 2 FROM dicom_instance WHERE series=$1 AND not_shown IS NULL)";
    one(&db.query(&db.prepare_cached(sql).await?, &[&series]).await?)
}

/// The attributes of a series' instances for an answer to a query.
pub(super) async fn attributes_of(db: &Db, series: i64) -> Found<Vec<String>> {
    let sql = "SELECT attributes FROM dicom_instance WHERE series=$1 ORDER BY number, id";
    let rows = db.query(&db.prepare_cached(sql).await?, &[&series]).await?;
    Ok(rows.iter().map(|r| r.get(0)).collect())
}

/// The metadata of a series' instances, in order.
pub(super) async fn metadata_of(db: &Db, series: i64) -> Found<Vec<String>> {
    let rows = db.query(&db.prepare_cached("SELECT base FROM dicom_series WHERE id=$1").await?, &[&series]).await?;
    let Some(base) = rows.first() else { return Ok(vec![]) };
    let base = unpack(base.get(0), &[]).map_err(corrupt)?;
    let sql = "SELECT metadata FROM dicom_instance WHERE series=$1 ORDER BY number, id";
    let rows = db.query(&db.prepare_cached(sql).await?, &[&series]).await?;
    let read = |r: &Row| String::from_utf8(unpack(r.get(0), &base).map_err(corrupt)?).map_err(corrupt);
    rows.iter().map(read).collect()
}

/// What of a case waits for a human.
pub(super) async fn held(db: &Db, case: &Id) -> Found<Vec<HeldRow>> {
    let sql = r#"SELECT "row" FROM attachment_held WHERE case_id=$1 ORDER BY upload, seq"#;
    all(&db.query(&db.prepare_cached(sql).await?, &[&case.as_str()]).await?)
}

/// Everybody whom files of a case name: those written down one by one, and those of studies from before that was done.
pub(super) async fn subjects_of_case(db: &Db, case: &Id) -> Found<Vec<Subject>> {
    let sql = "SELECT subject FROM attachment_subject WHERE case_id=$1 ORDER BY subject";
    let mut found: Vec<Subject> = all(&db.query(&db.prepare_cached(sql).await?, &[&case.as_str()]).await?)?;
    for study in studies_of_case(db, case).await? {
        if !found.contains(&study.subject) {
            found.push(study.subject);
        }
    }
    Ok(found)
}

/// Whether a human has said that this identity is the case's patient.
pub(super) async fn confirmed(db: &Db, case: &Id, identity: &[u8; 32]) -> Found<bool> {
    let sql = "SELECT 1 FROM attachment_confirmed WHERE case_id=$1 AND identity=$2";
    Ok(!db.query(&db.prepare_cached(sql).await?, &[&case.as_str(), &identity.as_slice()]).await?.is_empty())
}
