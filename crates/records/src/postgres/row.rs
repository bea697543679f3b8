//! Stored versions, read by name or by number.

use super::names::reference;
use super::pipe::{Db, rows_of};
use super::sight::Eyes;
use crate::StoreError;
use crate::standing::{Row, Scoped, time};
use fhir::{Reference, ResourceType};
use kernel::Id;
use tokio_postgres::Row as Columns;

macro_rules! current {
    ($rest:literal) => {
        concat!(
            "SELECT r.rid, r.ty, r.id, r.ver, r.at, r.body, s.cust, s.pat, s.kase, c.id, k.ty, k.id, p.id FROM resource r
             JOIN scope s ON s.rid=r.rid LEFT JOIN resource c ON c.rid=s.cust LEFT JOIN resource k ON k.rid=s.kase
             LEFT JOIN resource p ON p.rid=s.pat ",
            $rest
        )
    };
}

/// What one sees of a row by custody and by grants, as the database says it.
const SEEN: &str = current!(
    "WHERE r.ty=$1 AND r.id=$2 AND r.ver>0 AND (s.cust=(SELECT rid FROM resource o WHERE o.ty=$3 AND o.id=$4)
     OR EXISTS(SELECT 1 FROM access_grant g WHERE g.subject=ANY($5) AND g.until>$6
     AND ((g.kind=0 AND s.pat>0 AND g.rid=s.pat) OR (g.kind=1 AND s.kase>0 AND g.rid=s.kase) OR (g.kind<>0 AND g.rid=r.rid))))"
);

/// The current version, a deleted one included, if it may be seen.
pub(super) async fn seen(db: &Db, eyes: &Eyes, at: &Reference) -> Result<Option<Row>, StoreError> {
    let (ty, id) = (i32::from(at.ty.number()), at.id.as_str());
    let rows = match eyes {
        Eyes::Some { custody, subjects, now } if !crate::standing::is_directory(at.ty) => {
            let organization = i32::from(ResourceType::ORGANIZATION.number());
            let custody = custody.as_ref().map(Id::as_str);
            rows_of(db, SEEN, &[&ty, &id, &organization, &custody, subjects, now]).await?
        }
        _ => rows_of(db, current!("WHERE r.ty=$1 AND r.id=$2 AND r.ver>0"), &[&ty, &id]).await?,
    };
    rows.first().map(read).transpose()
}

/// Those of these numbers that are there, in the order of the numbers.
pub(super) async fn by_rids(db: &Db, rids: &[i64]) -> Result<Vec<Row>, StoreError> {
    if rids.is_empty() {
        return Ok(vec![]);
    }
    let sql = current!(
        "JOIN unnest($1::int8[]) WITH ORDINALITY w(rid, n) ON w.rid=r.rid WHERE r.body IS NOT NULL ORDER BY w.n"
    );
    rows_of(db, sql, &[&rids]).await?.iter().map(read).collect()
}

/// Versions before `before`, newest first; not the current one.
pub(super) async fn older(db: &Db, now: &Row, before: u64, limit: usize) -> Result<Vec<Row>, StoreError> {
    let sql = "SELECT ver, at, body FROM resource_history WHERE rid=$1 AND ver<$3 ORDER BY ver DESC LIMIT $2";
    let rows = rows_of(db, sql, &[&now.scope.rid, &(limit as i64), &before.cast_signed()]).await?;
    Ok(rows.iter().map(|r| past(now, r)).collect())
}

pub(super) async fn version(db: &Db, now: Row, version: u64) -> Result<Option<Row>, StoreError> {
    if now.version == version {
        return Ok(Some(now));
    }
    let sql = "SELECT ver, at, body FROM resource_history WHERE rid=$1 AND ver=$2";
    let rows = rows_of(db, sql, &[&now.scope.rid, &version.cast_signed()]).await?;
    Ok(rows.first().map(|r| past(&now, r)))
}

fn past(now: &Row, r: &Columns) -> Row {
    Row {
        scope: now.scope,
        at: now.at.clone(),
        version: r.get::<_, i64>(0).cast_unsigned(),
        stored_at: time(r.get(1)),
        body: r.get(2),
        custodian: now.custodian.clone(),
        case: now.case.clone(),
        patient: now.patient.clone(),
    }
}

fn read(r: &Columns) -> Result<Row, StoreError> {
    let (rid, ty): (i64, i32) = (r.get(0), r.get(1));
    let corrupt = || StoreError::Corrupt(format!("row {rid} of resource"));
    let case = match (r.get::<_, Option<i32>>(10), r.get::<_, Option<String>>(11)) {
        (Some(ty), Some(id)) => Some(reference(ty, id).ok_or_else(corrupt)?),
        _ => None,
    };
    let patient: Option<String> = r.get(12);
    let patient = patient
        .map(|id| Ok::<_, StoreError>(Reference::new(ResourceType::PATIENT, Id::new(id).map_err(|_| corrupt())?)));
    let number = u16::try_from(ty).map_err(|_| corrupt())?;
    Ok(Row {
        scope: Scoped { rid, ty: number, custodian: r.get(6), patient: r.get(7), case: r.get(8) },
        at: reference(ty, r.get(2)).ok_or_else(corrupt)?,
        version: r.get::<_, i64>(3).cast_unsigned(),
        stored_at: time(r.get(4)),
        body: r.get(5),
        custodian: r.get::<_, Option<String>>(9).and_then(|id| Id::new(id).ok()).ok_or_else(corrupt)?,
        case,
        patient: patient.transpose()?,
    })
}
