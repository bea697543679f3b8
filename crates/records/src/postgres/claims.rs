//! Unique keys with an end.

use super::apply::Failed;
use super::error::text;
use super::pipe::{Db, Pipe, rows_of};
use crate::standing::{NO_END, time};
use crate::{Change, ClaimHeld, CommitError, StoreError};
use kernel::Time;
use tokio_postgres::Row;

/// What a change gives back and takes, each key once, in the order in which keys are locked.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    keys: Vec<String>,
    released: Vec<String>,
    released_by: Vec<String>,
    taken: Vec<String>,
    holders: Vec<String>,
    untils: Vec<i64>,
    now: i64,
    /// As the change named them.
    order: Vec<String>,
}

impl Wanted {
    pub(super) fn of(change: &Change, now: i64) -> Result<Self, CommitError> {
        let mut this = Self { now, ..Self::default() };
        for (key, by) in &change.releases {
            this.released.push(text(key));
            this.released_by.push(by.to_string());
        }
        let mut last: std::collections::BTreeMap<String, (String, i64)> = std::collections::BTreeMap::new();
        for claim in &change.claims {
            let (key, holder) = (text(&claim.key), claim.by.to_string());
            let until = claim.until.map_or(NO_END, Time::as_millisecond);
            if let Some((by, end)) = last.get(&key)
                && *by != holder
                && *end > now
            {
                return Err(CommitError::Taken(read(key, by, *end)?));
            }
            this.order.push(key.clone());
            last.insert(key, (holder, until));
        }
        for (key, (holder, until)) in last {
            this.taken.push(key);
            this.holders.push(holder);
            this.untils.push(until);
        }
        this.keys = this.taken.iter().chain(&this.released).cloned().collect();
        Ok(this)
    }

    /// Adds the statements; where the answer of the taking stands, if anything is taken.
    pub(super) fn add<'a>(&'a self, pipe: &mut Pipe<'a>) -> Option<usize> {
        if self.keys.is_empty() {
            return None;
        }
        pipe.add("SELECT key FROM claim WHERE key=ANY($1) ORDER BY key FOR UPDATE", &[&self.keys]);
        if !self.released.is_empty() {
            pipe.add(
                "DELETE FROM claim c USING unnest($1::text[], $2::text[]) g(key, holder)
                 WHERE c.key=g.key AND c.holder=g.holder",
                &[&self.released, &self.released_by],
            );
        }
        (!self.taken.is_empty()).then(|| {
            pipe.add(
                "INSERT INTO claim(key, holder, until)
                 SELECT key, holder, until FROM unnest($1::text[], $2::text[], $3::int8[]) n(key, holder, until)
                 ORDER BY key COLLATE \"C\"
                 ON CONFLICT(key) DO UPDATE SET holder=excluded.holder, until=excluded.until
                 WHERE claim.until<=$4 OR claim.holder=excluded.holder RETURNING key",
                &[&self.taken, &self.holders, &self.untils, &self.now],
            )
        })
    }

    /// The first key that was not to be had.
    pub(super) fn refused(&self, had: &[Row]) -> Option<String> {
        let had: Vec<&str> = had.iter().map(|r| r.get(0)).collect();
        self.order.iter().find(|key| !had.contains(&key.as_str())).cloned()
    }
}

/// Who holds a key that was refused.
pub(super) async fn taken(db: &Db, key: &str) -> Result<CommitError, Failed> {
    let rows = rows_of(db, "SELECT holder, until FROM claim WHERE key=$1", &[&key]).await?;
    // Whoever held it has given it back since: the next try will have it.
    let Some(row) = rows.first() else { return Err(Failed::Outrun) };
    Ok(CommitError::Taken(read(key.to_owned(), row.get(0), row.get(1))?))
}

/// Those in force whose key starts with `prefix`.
pub(super) async fn held(db: &Db, prefix: &str, now: Time) -> Result<Vec<ClaimHeld>, StoreError> {
    let sql = "SELECT key, holder, until FROM claim
               WHERE key>=$1 AND starts_with(key, $1) AND key<$2 AND until>$3 ORDER BY key LIMIT 10000";
    of_prefix(db, sql, prefix, now).await
}

/// Of those the last.
pub(super) async fn last(db: &Db, prefix: &str, now: Time) -> Result<Option<ClaimHeld>, StoreError> {
    let sql = "SELECT key, holder, until FROM claim
               WHERE key>=$1 AND starts_with(key, $1) AND key<$2 AND until>$3 ORDER BY key DESC LIMIT 1";
    Ok(of_prefix(db, sql, prefix, now).await?.pop())
}

async fn of_prefix(db: &Db, sql: &str, prefix: &str, now: Time) -> Result<Vec<ClaimHeld>, StoreError> {
    let prefix = text(prefix);
    let rows = rows_of(db, sql, &[&prefix, &format!("{prefix}\u{10FFFF}"), &now.as_millisecond()]).await?;
    rows.iter().map(|r| read(r.get(0), r.get(1), r.get(2))).collect()
}

fn read(key: String, holder: &str, until: i64) -> Result<ClaimHeld, StoreError> {
    let by = holder.parse().map_err(|_| StoreError::Corrupt(format!("the holder of claim {key}")))?;
    Ok(ClaimHeld { key, by, until: (until != NO_END).then(|| time(until)) })
}
