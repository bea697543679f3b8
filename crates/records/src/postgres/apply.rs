//! A change as one transaction: what it rests on is locked and read in one round trip, what it writes goes in a second.
//!
//! Locks are taken in one order by all (names, then resources by their number, then claims by their key), so that no two
//! changes wait for each other; should they still, the database ends one of them, and it is tried again.

use super::claims;
use super::error::{BulkError, is_collision, is_lost};
use super::names::Rids;
use super::pipe::{Args, Db, Pipe};
use super::plan::{self, Before, Plan};
use super::statements::add_rows;
use super::{Inner, accounts, blobs, clients, drafts, grants, jobs, phrases, settings, sign_ins};
use crate::chain;
use crate::prepare::Prepared;
use crate::standing::{Standing, time};
use crate::{CommitError, Receipt, StoreError};
use fhir::Reference;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often a change is tried anew when another was in its way.
const TRIES: usize = 4;
/// Longest that a transaction may take in all.
const PATIENCE: Duration = Duration::from_secs(15);
/// From so many writes on, deciding them is work for a thread of its own.
const MANY: usize = 16;

/// Why a try came to nothing.
#[derive(Debug)]
pub(super) enum Failed {
    /// A rule of the change.
    Refused(CommitError),
    /// The database.
    Database(tokio_postgres::Error),
    /// A name got its number from somebody else meanwhile, or the connection ended: nothing is kept, and another try may do.
    Outrun,
}

impl From<CommitError> for Failed {
    fn from(error: CommitError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<BulkError> for Failed {
    fn from(error: BulkError) -> Self {
        match error {
            BulkError::Database(e) => Self::Database(e),
            BulkError::Rows(why) => StoreError::Engine(why).into(),
        }
    }
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

/// A transaction's result: what was answered, and under which sequence its entry waits for the sealer.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) receipt: Receipt,
    pub(super) seq: i64,
}

/// Applies a change; answers when it is durable.
pub(super) async fn change(inner: &Inner, prepared: Arc<Prepared>) -> Result<Kept, CommitError> {
    let mut tries = 0;
    let mut outrun = 0;
    loop {
        let mut db = inner.writers.get().await?;
        let tried = tokio::time::timeout(PATIENCE, one(inner, &db, &prepared)).await;
        let Ok(tried) = tried else {
            drop(deadpool_postgres::Object::take(db));
            return Err(StoreError::Engine("a change took too long and was given up".into()).into());
        };
        let failed = match tried {
            Ok(kept) => return Ok(kept),
            Err(failed) => failed,
        };
        if inner.give_up(&mut db).await.is_err() {
            drop(deadpool_postgres::Object::take(db));
        }
        match failed {
            Failed::Outrun if outrun < TRIES * 4 => outrun += 1,
            Failed::Database(e) if is_collision(&e) && tries + 1 < TRIES => {
                metrics::counter!("records_commit_collisions").increment(1);
                tries += 1;
            }
            Failed::Refused(e) => return Err(e),
            Failed::Database(e) => {
                inner.saw(&e);
                return Err(e.into());
            }
            Failed::Outrun => return Err(StoreError::Engine("other changes were always first".into()).into()),
        }
    }
}

/// A connection that ended before COMMIT was sent has kept nothing: the same again, on another, is safe.
fn nothing_kept(failed: Failed) -> Failed {
    match failed {
        Failed::Database(e) if is_lost(&e) => Failed::Outrun,
        other => other,
    }
}

/// What stands, locked.
struct Ground {
    rids: Rids,
    /// By number. Names that are new to the database are not in it.
    before: HashMap<i64, Before>,
    /// Names that this transaction inserted.
    fresh: Vec<(Reference, i64)>,
    /// A claim that somebody else holds.
    refused: Option<String>,
}

async fn one(inner: &Inner, db: &Db, prepared: &Arc<Prepared>) -> Result<Kept, Failed> {
    let now = inner.clock.now().as_millisecond();
    let ground = stand(inner, db, prepared, now).await.map_err(nothing_kept)?;
    plan::as_expected(prepared, &ground.rids, &ground.before)?;
    if let Some(key) = &ground.refused {
        return Err(claims::taken(db, key).await?.into());
    }
    let plan = if prepared.change.writes.len() < MANY {
        plan::plan(prepared, &ground.rids, &ground.before, now)?
    } else {
        let (prepared, rids, before) = (prepared.clone(), ground.rids.clone(), ground.before.clone());
        tokio::task::spawn_blocking(move || plan::plan(&prepared, &rids, &before, now))
            .await
            .map_err(|_| StoreError::Engine("deciding a change panicked".into()))??
    };
    beside(inner, db, prepared, &ground.rids, plan.at).await.map_err(nothing_kept)?;
    let seq = write(inner, db, prepared, &ground, &plan).await?;
    inner.names.remember(ground.fresh);
    Ok(Kept { receipt: Receipt { at: time(plan.at), number: None, stored: plan.stored }, seq })
}

/// Numbers for all names, locks on all that is written or expected, and what stands there.
async fn stand(inner: &Inner, db: &Db, prepared: &Prepared, now: i64) -> Result<Ground, Failed> {
    let change = &prepared.change;
    let mentioned = plan::mentioned(prepared);
    let must_be_new = |at: &Reference| change.writes.iter().any(|w| w.must_be_new && w.at == *at);
    // What must be new is most likely new: asking for its number would be a round trip for nothing.
    let mut asked: Vec<Reference> = mentioned.iter().filter(|at| !must_be_new(at)).cloned().collect();
    asked.extend(change.expect.iter().filter(|e| e.version > 0).map(|e| e.at.clone()));
    let mut rids = inner.names.find(db, &asked).await?;
    for at in &mentioned {
        if let Some(rid) = inner.names.get(at) {
            rids.insert(at.clone(), rid);
        }
    }
    let unknown: Vec<&Reference> = mentioned.iter().filter(|at| !rids.contains_key(*at)).collect();
    let numbers = inner.names.take(db, unknown.len()).await?;
    let fresh: Vec<(Reference, i64)> = unknown.into_iter().cloned().zip(numbers).collect();
    let mut held: Vec<i64> = change.writes.iter().filter_map(|w| rids.get(&w.at).copied()).collect();
    held.extend(change.expect.iter().filter_map(|e| rids.get(&e.at).copied()));
    held.sort_unstable();
    held.dedup();
    rids.extend(fresh.iter().cloned());

    let ids: Vec<i64> = fresh.iter().map(|(_, rid)| *rid).collect();
    let types: Vec<i32> = fresh.iter().map(|(at, _)| i32::from(at.ty.number())).collect();
    let names: Vec<&str> = fresh.iter().map(|(at, _)| at.id.as_str()).collect();
    let (new_args, held_args): (Args, Args) = (&[&ids, &types, &names], &[&held]);
    let claims = claims::Wanted::of(change, now)?;
    let mut pipe = Pipe::new(db);
    pipe.add("BEGIN", &[]);
    let reserved = (!fresh.is_empty()).then(|| pipe.add(RESERVE, new_args));
    let read = (!held.is_empty()).then(|| {
        pipe.add("SELECT rid FROM resource WHERE rid=ANY($1) ORDER BY rid FOR UPDATE", held_args);
        let before = pipe.add(BEFORE, held_args);
        (before, pipe.add("SELECT rid, pt, target FROM index_reference WHERE rid=ANY($1)", held_args))
    });
    let taken = claims.add(&mut pipe);
    let rows = pipe.run().await?;
    if let Some(reserved) = reserved
        && rows[reserved].len() < fresh.len()
    {
        return outrun(inner, db, &fresh).await;
    }
    let mut before = HashMap::new();
    if let Some((states, references)) = read {
        for r in &rows[states] {
            let custodian: Option<i64> = r.get(4);
            let standing = custodian.map(|custodian| Standing { custodian, patient: r.get(5), case: r.get(6) });
            let state = Before { version: r.get(1), at: r.get(2), body: r.get(3), standing, targets: vec![] };
            before.insert(r.get::<_, i64>(0), state);
        }
        for r in &rows[references] {
            if let Some(state) = before.get_mut(&r.get::<_, i64>(0)) {
                state.targets.push((r.get(1), r.get(2)));
            }
        }
        if before.len() < held.len() {
            // Remembered, but no longer there: the database lost what it had not made durable.
            inner.names.forget();
            inner.phrases.forget();
            return Err(Failed::Outrun);
        }
    }
    Ok(Ground { rids, before, fresh, refused: taken.and_then(|taken| claims.refused(&rows[taken])) })
}

/// In the order of the unique index, so that two who insert the same names never wait for each other.
pub(super) const RESERVE: &str = "INSERT INTO resource(rid, ty, id, ver, at)
    SELECT rid, ty, id, 0, 0 FROM unnest($1::int8[], $2::int4[], $3::text[]) n(rid, ty, id) ORDER BY ty, id COLLATE \"C\"
    ON CONFLICT (ty, id) DO NOTHING RETURNING rid";
/// Read after the lock was waited for, by a statement of its own: what the lock waited for is seen.
const BEFORE: &str = "SELECT r.rid, r.ver, r.at, r.body, s.cust, s.pat, s.kase FROM resource r
    LEFT JOIN scope s ON s.rid=r.rid WHERE r.rid=ANY($1)";

/// Some of the names have a number already: learned, and tried anew.
async fn outrun(inner: &Inner, db: &Db, fresh: &[(Reference, i64)]) -> Result<Ground, Failed> {
    db.batch_execute("ROLLBACK").await?;
    let names: Vec<Reference> = fresh.iter().map(|(at, _)| at.clone()).collect();
    inner.names.find(db, &names).await?;
    Err(Failed::Outrun)
}

/// What is not resources: accounts, jobs, drafts and their like. Each takes what it needs of round trips; most changes have
/// none of them, or one.
async fn beside(inner: &Inner, db: &Db, prepared: &Prepared, rids: &Rids, at: i64) -> Result<(), Failed> {
    let change = &prepared.change;
    grants::apply(db, change, rids).await?;
    jobs::put(db, &change.jobs).await?;
    accounts::apply(db, &change.accounts, &change.sessions).await?;
    clients::apply(db, &change.clients).await?;
    sign_ins::note(db, &change.sign_ins).await?;
    settings::put(db, &change.settings).await?;
    drafts::done(db, &change.drafts_done).await?;
    // As the entry says it: by that a backup finds the files that an act named.
    blobs::apply(inner, db, change, at).await?;
    for batch in &change.bulk {
        batch.insert_postgres(db).await?;
    }
    Ok(())
}

/// All rows of the resources, the entry, and COMMIT.
async fn write(inner: &Inner, db: &Db, prepared: &Prepared, ground: &Ground, plan: &Plan) -> Result<i64, Failed> {
    let act = &prepared.change.act;
    let entry = chain::seal(plan.at, act, &plan.stored, &prepared.change.bulk)?;
    let of = |at: &Option<Reference>| at.as_ref().and_then(|at| ground.rids.get(at).copied());
    let (case, patient) = (of(&act.case), of(&act.patient));
    let phrases = inner.phrases.fresh(&plan.index.phrases);
    let mut pipe = Pipe::new(db);
    phrases::add(&mut pipe, &phrases);
    add_rows(&mut pipe, plan);
    let entered = pipe.add(
        "INSERT INTO ledger_open(at, kase, pat, entry) VALUES($1,$2,$3,$4) RETURNING seq",
        &[&plan.at, &case, &patient, &entry],
    );
    pipe.add("COMMIT", &[]);
    let unconfirmed = inner.link.unconfirmed.load(Ordering::SeqCst);
    let rows = pipe.run().await?;
    if inner.link.unconfirmed.load(Ordering::SeqCst) != unconfirmed {
        // It stands here, but the copies have not said that it stands there: nobody may be told that it is kept.
        return Err(StoreError::Engine("the copies of the database have not confirmed the change".into()).into());
    }
    inner.phrases.remember(&phrases);
    let seq = rows[entered].first().map(|r| r.get(0));
    Ok(seq.ok_or_else(|| StoreError::Engine("an entry got no place".into()))?)
}
