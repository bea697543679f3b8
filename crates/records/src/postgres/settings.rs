//! Settings that hospitals change: every change is a row, the last one counts.

use super::apply::Failed;
use super::error::text;
use super::pipe::{Db, rows_of, run};
use crate::standing::time;
use crate::{ClaimHeld, CommitError, Setting, StoreError};
use fhir::{Reference, ResourceType};
use kernel::Id;
use tokio_postgres::Row;

/// A setting of the whole installation stands under no hospital's id.
fn scope(hospital: Option<&Id>) -> &str {
    hospital.map_or("", Id::as_str)
}

pub(super) async fn put(db: &Db, changes: &[Setting]) -> Result<(), Failed> {
    for change in changes {
        let (key, hospital) = (change.key.as_str(), scope(change.hospital.as_ref()));
        let sql = "SELECT number, person FROM setting WHERE key=$1 AND hospital=$2 ORDER BY number DESC LIMIT 1";
        let rows = rows_of(db, sql, &[&key, &hospital]).await?;
        let last = rows.first().map(|r| (r.get::<_, i64>(0), r.get::<_, String>(1)));
        let number = last.as_ref().map_or(0, |(number, _)| *number) + 1;
        if number != change.number.cast_signed() {
            return Err(taken(key, last.map_or(Ok(change.by.clone()), |(_, by)| person(by))?));
        }
        let value = change.value.as_ref().map(ToString::to_string);
        let put = run(
            db,
            "INSERT INTO setting(key, hospital, number, value, at, person, why) VALUES($1,$2,$3,$4,$5,$6,$7)
             ON CONFLICT DO NOTHING",
            &[&key, &hospital, &number, &value, &change.at.as_millisecond(), &change.by.as_str(), &text(&change.why)],
        )
        .await?;
        if put == 0 {
            // Somebody else's was committed while this one waited for it.
            let rows = rows_of(db, sql, &[&key, &hospital]).await?;
            let by = rows.first().map_or(Ok(change.by.clone()), |r| person(r.get(1)))?;
            return Err(taken(key, by));
        }
    }
    Ok(())
}

fn taken(key: &str, by: Id) -> Failed {
    let by = Reference::new(ResourceType::PRACTITIONER, by);
    CommitError::Taken(ClaimHeld { key: format!("setting/{key}"), by, until: None }).into()
}

pub(super) async fn latest(db: &Db) -> Result<Vec<Setting>, StoreError> {
    let sql = "SELECT DISTINCT ON (key, hospital) key, hospital, number, value, at, person, why FROM setting
               ORDER BY key, hospital, number DESC";
    rows_of(db, sql, &[]).await?.iter().map(row).collect()
}

pub(super) async fn history(db: &Db, key: &str, hospital: Option<&Id>) -> Result<Vec<Setting>, StoreError> {
    let sql = "SELECT key, hospital, number, value, at, person, why FROM setting WHERE key=$1 AND hospital=$2
               ORDER BY number DESC LIMIT 500";
    rows_of(db, sql, &[&key, &scope(hospital)]).await?.iter().map(row).collect()
}

fn row(r: &Row) -> Result<Setting, StoreError> {
    let (key, hospital): (String, String) = (r.get(0), r.get(1));
    let value: Option<String> = r.get(3);
    let corrupt = |_| StoreError::Corrupt(format!("the value of setting {key}"));
    Ok(Setting {
        hospital: if hospital.is_empty() { None } else { Some(person(hospital)?) },
        number: r.get::<_, i64>(2).cast_unsigned(),
        value: value.map(|text| serde_json::from_str(&text)).transpose().map_err(corrupt)?,
        at: time(r.get(4)),
        by: person(r.get(5))?,
        why: r.get(6),
        key,
    })
}

fn person(id: String) -> Result<Id, StoreError> {
    Id::new(id).map_err(|_| StoreError::Corrupt("a setting names nobody".into()))
}
