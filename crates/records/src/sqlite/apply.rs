//! A change inside the writer's transaction.

use super::index::{add_type, drop_type, put_words, replace};
use super::{accounts, blobs, claims, clients, drafts, jobs, ledger, settings, sign_ins};
use crate::body;
use crate::chain::Head;
use crate::prepare::{Body, Prepared, extract};
use crate::standing::{CASE, NO_END, PATIENT, RESOURCE, Standing, time};
use crate::{CommitError, Expect, Grant, Receipt, Revoke, Scope, StoreError, Stored, Write};
use fhir::search::{Rows, Words, hash};
use fhir::{Reference, ResourceType};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// How many names are remembered with their numbers.
const REMEMBERED: usize = 50_000;

/// The writer's hands: the open transaction and what it remembers between changes.
pub(super) struct Apply<'d> {
    pub(super) db: &'d Connection,
    pub(super) head: Head,
    /// The instant of this group, in milliseconds.
    pub(super) at: i64,
    next_rid: i64,
    names: HashMap<Reference, i64>,
    /// Phrases that are there: hashes of the text, and of what it stands for.
    phrases: HashSet<(i64, i64)>,
    /// Words to be written before COMMIT, in one go: the full-text index writes a segment at each savepoint that it sees.
    words: Vec<(i64, Option<Arc<Words>>, bool)>,
}

/// What stands in `resource` and `scope` before a write.
struct Before {
    rid: i64,
    /// Whether there is a row for it, be it only for its name.
    named: bool,
    version: i64,
    at: i64,
    body: Option<Vec<u8>>,
    standing: Option<Standing>,
}

impl<'d> Apply<'d> {
    pub(super) fn new(db: &'d Connection, head: Head, next_rid: i64) -> Self {
        Self { db, head, at: 0, next_rid, names: HashMap::new(), phrases: HashSet::new(), words: vec![] }
    }

    /// After a rollback: what it remembered may not be there.
    pub(super) fn forget(&mut self, head: Head) {
        self.head = head;
        self.names.clear();
        self.phrases.clear();
    }

    /// Where the words of the next change begin.
    pub(super) fn mark(&self) -> usize {
        self.words.len()
    }

    /// Drops the words of changes that were not kept.
    pub(super) fn forget_words(&mut self, mark: usize) {
        self.words.truncate(mark);
    }

    /// Writes the words of the group.
    pub(super) fn write_words(&mut self) -> Result<(), StoreError> {
        for (rid, words, had) in self.words.drain(..) {
            put_words(self.db, rid, words.as_deref(), had)?;
        }
        Ok(())
    }

    /// Keeps what a hash stands for.
    pub(super) fn phrase(&mut self, (text, whole): &(String, i64)) -> rusqlite::Result<()> {
        let key = (hash(text), *whole);
        if self.phrases.contains(&key) {
            return Ok(());
        }
        let sql = "INSERT OR IGNORE INTO phrase(text, hash) VALUES(?,?)";
        self.db.prepare_cached(sql)?.execute(params![text, whole])?;
        if self.phrases.len() >= REMEMBERED {
            self.phrases.clear();
        }
        self.phrases.insert(key);
        Ok(())
    }

    pub(super) fn change(&mut self, prepared: &Prepared) -> Result<Receipt, CommitError> {
        let change = &prepared.change;
        change.expect.iter().try_for_each(|expect| self.expect(expect))?;
        claims::release(self.db, &change.releases)?;
        claims::take(self.db, &change.claims, self.at)?;
        let mut stored = Vec::with_capacity(change.writes.len());
        for ((write, body), sha256) in change.writes.iter().zip(&prepared.bodies).zip(&prepared.digests) {
            let version = self.write(write, body.as_ref())?;
            stored.push(Stored { at: write.at.clone(), version, sha256: *sha256 });
        }
        change.grants.iter().try_for_each(|grant| self.grant(grant))?;
        change.revokes.iter().try_for_each(|revoke| self.revoke(revoke))?;
        jobs::put(self.db, &change.jobs)?;
        accounts::apply(self.db, &change.accounts, &change.sessions)?;
        clients::apply(self.db, &change.clients)?;
        sign_ins::note(self.db, &change.sign_ins)?;
        settings::put(self.db, &change.settings)?;
        drafts::done(self.db, &change.drafts_done)?;
        blobs::name(self.db, &prepared.blobs, self.at)?;
        blobs::hold(self.db, &change.blob_holds, &change.blob_frees)?;
        for batch in &change.bulk {
            batch.insert_sqlite(self.db)?;
        }
        let number = ledger::append(self, &change.act, &stored, &change.bulk)?;
        Ok(Receipt { at: time(self.at), number: Some(number), stored })
    }

    pub(super) fn seal_head(&self, before: Head) -> Result<(), StoreError> {
        if self.head.number != before.number {
            ledger::keep_head(self.db, self.head)?;
        }
        Ok(())
    }

    /// The number of `Type/id`, reserved when nothing of that name exists yet: a reference may point at what comes later.
    pub(super) fn rid(&mut self, at: &Reference) -> rusqlite::Result<i64> {
        if let Some(rid) = self.known(at)? {
            return Ok(rid);
        }
        let rid = self.next(at);
        self.db.prepare_cached("INSERT INTO resource(rid, ty, id, ver, at) VALUES(?,?,?,0,0)")?.execute(params![
            rid,
            at.ty.number(),
            at.id.as_str()
        ])?;
        Ok(rid)
    }

    fn known(&mut self, at: &Reference) -> rusqlite::Result<Option<i64>> {
        if let Some(rid) = self.names.get(at) {
            return Ok(Some(*rid));
        }
        let rid = super::row::rid_of(self.db, at)?;
        if let Some(rid) = rid {
            self.remember(at, rid);
        }
        Ok(rid)
    }

    /// A number for a name that has none.
    fn next(&mut self, at: &Reference) -> i64 {
        let rid = self.next_rid;
        self.next_rid += 1;
        self.remember(at, rid);
        rid
    }

    fn remember(&mut self, at: &Reference, rid: i64) {
        if self.names.len() >= REMEMBERED {
            self.names.clear();
        }
        self.names.insert(at.clone(), rid);
    }

    fn expect(&mut self, expect: &Expect) -> Result<(), CommitError> {
        let actual: Option<i64> = self
            .db
            .prepare_cached("SELECT ver FROM resource WHERE ty=? AND id=?")?
            .query_row(params![expect.at.ty.number(), expect.at.id.as_str()], |r| r.get(0))
            .optional()?;
        let actual = actual.unwrap_or(0).cast_unsigned();
        if actual == expect.version {
            return Ok(());
        }
        Err(CommitError::Stale { at: expect.at.clone(), expected: expect.version, actual })
    }

    fn write(&mut self, write: &Write, body: Option<&Body>) -> Result<u64, CommitError> {
        let before = self.before(&write.at)?;
        if write.must_be_new && before.version > 0 {
            return Err(CommitError::Exists(write.at.clone()));
        }
        if body.is_none() && before.body.is_none() {
            return Err(CommitError::Malformed { at: write.at.clone(), why: "there is nothing to delete".into() });
        }
        let standing = self.stand(write, body, &before)?;
        let (rid, version) = (before.rid, before.version + 1);
        let old = match &before.body {
            Some(packed) => rows_of(&write.at, packed)?,
            None => Rows::default(),
        };
        let none = Rows::default();
        let new = body.map_or(&none, |b| &b.rows);
        let modified = (before.body.is_some()).then_some(before.at);
        if before.body.is_some() && (body.is_none() || before.standing != Some(standing)) {
            drop_type(self.db, write.at.ty, rid)?;
        }
        replace(self, write.at.ty, rid, (&old, modified, before.standing), (new, body.map(|_| self.at), standing))?;
        if body.is_some() && (before.body.is_none() || before.standing != Some(standing)) {
            add_type(self.db, write.at.ty, rid, standing)?;
        }
        let words = body.map(|b| b.words.clone());
        if before.body.is_some() || words.as_ref().is_some_and(|words| !words.is_empty()) {
            self.words.push((rid, words, before.body.is_some()));
        }
        if before.version > 0 {
            self.db
                .prepare_cached("INSERT INTO resource_history(rid, ver, at, body) VALUES(?,?,?,?)")?
                .execute(params![rid, before.version, before.at, before.body])?;
        }
        let packed = body.map(|b| &b.packed);
        if before.named {
            let sql = "UPDATE resource SET ver=?, at=?, body=? WHERE rid=?";
            self.db.prepare_cached(sql)?.execute(params![version, self.at, packed, rid])?;
        } else {
            let sql = "INSERT INTO resource(rid, ty, id, ver, at, body) VALUES(?,?,?,?,?,?)";
            let (ty, id) = (write.at.ty.number(), write.at.id.as_str());
            self.db.prepare_cached(sql)?.execute(params![rid, ty, id, version, self.at, packed])?;
        }
        Ok(version.cast_unsigned())
    }

    fn before(&mut self, at: &Reference) -> rusqlite::Result<Before> {
        let Some(rid) = self.known(at)? else {
            let rid = self.next(at);
            return Ok(Before { rid, named: false, version: 0, at: 0, body: None, standing: None });
        };
        let mut statement = self.db.prepare_cached(
            "SELECT r.ver, r.at, r.body, s.cust, s.pat, s.kase FROM resource r LEFT JOIN scope s ON s.rid=r.rid WHERE r.rid=?",
        )?;
        statement.query_row([rid], |r| {
            let custodian: Option<i64> = r.get(3)?;
            let standing = match custodian {
                Some(custodian) => Some(Standing { custodian, patient: r.get(4)?, case: r.get(5)? }),
                None => None,
            };
            Ok(Before { rid, named: true, version: r.get(0)?, at: r.get(1)?, body: r.get(2)?, standing })
        })
    }

    /// Custodian (set once), compartment (follows the body), case (kept when not named again).
    fn stand(&mut self, write: &Write, body: Option<&Body>, before: &Before) -> Result<Standing, CommitError> {
        let custodian = match before.standing {
            Some(standing) => standing.custodian,
            None => self.rid(&Reference::new(ResourceType::ORGANIZATION, write.custodian.clone()))?,
        };
        let patient = match body {
            Some(body) => match &body.patient {
                Some(patient) => self.rid(patient)?,
                None => 0,
            },
            // A deletion stays visible, in the history, to those who saw what was deleted.
            None => before.standing.map_or(0, |s| s.patient),
        };
        let case = match &write.case {
            Some(case) => self.rid(case)?,
            None => before.standing.map_or(0, |s| s.case),
        };
        let standing = Standing { custodian, patient, case };
        if before.standing != Some(standing) {
            self.db
                .prepare_cached(
                    "INSERT INTO scope(rid, ty, cust, pat, kase) VALUES(?,?,?,?,?)
                     ON CONFLICT(rid) DO UPDATE SET pat=excluded.pat, kase=excluded.kase",
                )?
                .execute(params![before.rid, write.at.ty.number(), custodian, patient, case])?;
        }
        if before.standing.is_none() {
            self.db
                .prepare_cached("INSERT INTO custody_count VALUES(?,?,1) ON CONFLICT(cust, ty) DO UPDATE SET n=n+1")?
                .execute(params![custodian, write.at.ty.number()])?;
        }
        Ok(standing)
    }

    fn scope(&mut self, scope: &Scope) -> rusqlite::Result<(i64, i64)> {
        Ok(match scope {
            Scope::Patient(at) => (PATIENT, self.rid(at)?),
            Scope::Case(at) => (CASE, self.rid(at)?),
            Scope::Resource(at) => (RESOURCE, self.rid(at)?),
        })
    }

    fn grant(&mut self, grant: &Grant) -> Result<(), CommitError> {
        let (kind, rid) = self.scope(&grant.scope)?;
        let (subject, until) = (grant.subject.to_string(), grant.until.map_or(NO_END, |t| t.as_millisecond()));
        self.db
            .prepare_cached(
                "INSERT INTO access_grant(subject, kind, rid, until) VALUES(?,?,?,?)
                 ON CONFLICT(subject, kind, rid) DO UPDATE SET until=max(until, excluded.until)",
            )?
            .execute(params![subject, kind, rid, until])?;
        self.access_changed(&subject)
    }

    fn revoke(&mut self, revoke: &Revoke) -> Result<(), CommitError> {
        let (kind, rid) = self.scope(&revoke.scope)?;
        let subject = revoke.subject.to_string();
        self.db
            .prepare_cached("UPDATE access_grant SET until=min(until, ?) WHERE subject=? AND kind=? AND rid=?")?
            .execute(params![revoke.until.as_millisecond(), subject, kind, rid])?;
        self.access_changed(&subject)
    }

    fn access_changed(&self, subject: &str) -> Result<(), CommitError> {
        self.db
            .prepare_cached("INSERT INTO access_version VALUES(?,1) ON CONFLICT(subject) DO UPDATE SET n=n+1")?
            .execute([subject])?;
        Ok(())
    }
}

/// The rows of an older version follow from its body: no table of "rows by resource" is kept for tokens and uris.
fn rows_of(at: &Reference, packed: &[u8]) -> Result<Rows, StoreError> {
    Ok(extract(at, &value_of(at, packed)?).0)
}

/// A stored body as it is indexed.
pub(super) fn value_of(at: &Reference, packed: &[u8]) -> Result<serde_json::Value, StoreError> {
    let raw = body::unpack(at, packed)?;
    serde_json::from_slice(&raw).map_err(|e| StoreError::Corrupt(format!("{at}: {e}")))
}
