//! Stored versions, read by name or by number.

use super::sight::Sight;
use crate::StoreError;
use crate::standing::{Row, Scoped, time};
use fhir::{Reference, ResourceType};
use kernel::Id;
use rusqlite::{Connection, OptionalExtension, Row as Columns, params};

const CURRENT: &str = "SELECT r.rid, r.ty, r.id, r.ver, r.at, r.body, s.cust, s.pat, s.kase, c.id, k.ty, k.id, p.id
 FROM resource r JOIN scope s ON s.rid=r.rid LEFT JOIN resource c ON c.rid=s.cust LEFT JOIN resource k ON k.rid=s.kase
 LEFT JOIN resource p ON p.rid=s.pat";

pub(super) fn rid_of(db: &Connection, at: &Reference) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT rid FROM resource WHERE ty=? AND id=?")?
        .query_row(params![at.ty.number(), at.id.as_str()], |r| r.get(0))
        .optional()
}

/// The current version, a deleted one included.
pub(super) fn current(db: &Connection, at: &Reference) -> Result<Option<Row>, StoreError> {
    let sql = format!("{CURRENT} WHERE r.ty=? AND r.id=? AND r.ver>0");
    let mut statement = db.prepare_cached(&sql)?;
    statement.query_row(params![at.ty.number(), at.id.as_str()], |r| Ok(read(r))).optional()?.transpose()
}

pub(super) fn by_rid(db: &Connection, rid: i64) -> Result<Option<Row>, StoreError> {
    let sql = format!("{CURRENT} WHERE r.rid=? AND r.body IS NOT NULL");
    db.prepare_cached(&sql)?.query_row([rid], |r| Ok(read(r))).optional()?.transpose()
}

/// Versions before `before`, newest first; not the current one.
pub(super) fn older(db: &Connection, now: &Row, before: u64, limit: usize) -> Result<Vec<Row>, StoreError> {
    let mut statement = db
        .prepare_cached("SELECT ver, at, body FROM resource_history WHERE rid=? AND ver<? ORDER BY ver DESC LIMIT ?")?;
    let rows = statement.query_map(params![now.scope.rid, before.cast_signed(), limit as i64], |r| past(now, r))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn version(db: &Connection, now: Row, version: u64) -> Result<Option<Row>, StoreError> {
    if now.version == version {
        return Ok(Some(now));
    }
    let mut statement = db.prepare_cached("SELECT ver, at, body FROM resource_history WHERE rid=? AND ver=?")?;
    Ok(statement.query_row(params![now.scope.rid, version as i64], |r| past(&now, r)).optional()?)
}

/// The current version if it may be seen.
pub(super) fn seen(db: &Connection, sight: Option<&Sight>, at: &Reference) -> Result<Option<Row>, StoreError> {
    Ok(current(db, at)?.filter(|row| sight.is_none_or(|s| s.sees(&row.scope))))
}

fn past(now: &Row, r: &Columns) -> rusqlite::Result<Row> {
    Ok(Row {
        scope: now.scope,
        at: now.at.clone(),
        version: r.get::<_, i64>(0)?.cast_unsigned(),
        stored_at: time(r.get(1)?),
        body: r.get(2)?,
        custodian: now.custodian.clone(),
        case: now.case.clone(),
        patient: now.patient.clone(),
    })
}

fn read(r: &Columns) -> Result<Row, StoreError> {
    let rid: i64 = r.get(0)?;
    let corrupt = || StoreError::Corrupt(format!("row {rid} of resource"));
    let reference = |ty: u16, id: String| Some(Reference { ty: ResourceType::from_number(ty)?, id: Id::new(id).ok()? });
    let ty: u16 = r.get(1)?;
    let case = match (r.get::<_, Option<u16>>(10)?, r.get::<_, Option<String>>(11)?) {
        (Some(ty), Some(id)) => Some(reference(ty, id).ok_or_else(corrupt)?),
        _ => None,
    };
    let patient =
        r.get::<_, Option<String>>(12)?.map(|id| reference(ResourceType::PATIENT.number(), id).ok_or_else(corrupt));
    Ok(Row {
        patient: patient.transpose()?,
        scope: Scoped { rid, ty, custodian: r.get(6)?, patient: r.get(7)?, case: r.get(8)? },
        at: reference(ty, r.get(2)?).ok_or_else(corrupt)?,
        version: r.get::<_, i64>(3)?.cast_unsigned(),
        stored_at: time(r.get(4)?),
        body: r.get(5)?,
        custodian: Id::new(r.get::<_, String>(9)?).map_err(|_| corrupt())?,
        case,
    })
}
