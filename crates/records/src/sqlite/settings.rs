//! Settings that hospitals change: every change is a row, the last one counts.

use crate::standing::time;
use crate::{ClaimHeld, CommitError, Setting, StoreError};
use fhir::{Reference, ResourceType};
use kernel::Id;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A setting of the whole installation stands under no hospital's id.
fn scope(hospital: Option<&Id>) -> &str {
    hospital.map_or("", Id::as_str)
}

pub(super) fn put(db: &Connection, changes: &[Setting]) -> Result<(), CommitError> {
    for change in changes {
        let (key, hospital) = (change.key.as_str(), scope(change.hospital.as_ref()));
        let last: Option<(i64, String)> = db
            .prepare_cached(
                "SELECT number, person FROM setting WHERE key=? AND hospital=? ORDER BY number DESC LIMIT 1",
            )?
            .query_row([key, hospital], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        let number = last.as_ref().map_or(0, |(number, _)| *number) + 1;
        if number != change.number.cast_signed() {
            let by = last.map_or(Ok(change.by.clone()), |(_, by)| person(by))?;
            let by = Reference::new(ResourceType::PRACTITIONER, by);
            return Err(CommitError::Taken(ClaimHeld { key: format!("setting/{key}"), by, until: None }));
        }
        let value = change.value.as_ref().map(ToString::to_string);
        db.prepare_cached("INSERT INTO setting(key, hospital, number, value, at, person, why) VALUES(?,?,?,?,?,?,?)")?
            .execute(params![
                key,
                hospital,
                number,
                value,
                change.at.as_millisecond(),
                change.by.as_str(),
                change.why
            ])?;
    }
    Ok(())
}

const ROW: &str = "SELECT key, hospital, number, value, at, person, why FROM setting";

pub(super) fn latest(db: &Connection) -> Result<Vec<Setting>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "{ROW} s WHERE number=(SELECT max(number) FROM setting l WHERE l.key=s.key AND l.hospital=s.hospital)"
    ))?;
    statement.query_map([], row)?.map(|row| row?).collect()
}

pub(super) fn history(db: &Connection, key: &str, hospital: Option<&Id>) -> Result<Vec<Setting>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("{ROW} WHERE key=? AND hospital=? ORDER BY number DESC LIMIT 500"))?;
    statement.query_map([key, scope(hospital)], row)?.map(|row| row?).collect()
}

fn row(r: &Row) -> rusqlite::Result<Result<Setting, StoreError>> {
    let (key, hospital, number): (String, String, i64) = (r.get(0)?, r.get(1)?, r.get(2)?);
    let (value, at, by, why): (Option<String>, i64, String, String) = (r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?);
    let read = || {
        let corrupt = |_| StoreError::Corrupt(format!("the value of setting {key}"));
        Ok(Setting {
            hospital: if hospital.is_empty() { None } else { Some(person(hospital)?) },
            number: number.cast_unsigned(),
            value: value.map(|text| serde_json::from_str(&text)).transpose().map_err(corrupt)?,
            at: time(at),
            by: person(by)?,
            why,
            key: key.clone(),
        })
    };
    Ok(read())
}

fn person(id: String) -> Result<Id, StoreError> {
    Id::new(id).map_err(|_| StoreError::Corrupt("a setting names nobody".into()))
}
