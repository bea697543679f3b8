//! The sealer: one process of all gives the entries their numbers and chains their hashes, in batches.
//!
//! Who holds the advisory lock is it; the lock belongs to the connection on which it seals, so a sealer whose connection
//! ends has sealed its last entry before another begins. All processes listen: what was sealed is told by one notification a
//! batch, and a process that leaves an entry while another seals tells that one to look.

use super::link::Link;
use crate::StoreError;
use crate::chain::{Head, link};
use kernel::Clock;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch};
use tokio_postgres::{Client, Notification};

/// The lock of the one who seals.
pub(super) const LOCK: &str = "sealer";
/// Most entries of a batch.
const BATCH: i64 = 2_000;
/// A look without having been told, in case a word was lost.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long until a lost connection is tried again, and until another's lock is.
const AGAIN_AFTER: Duration = Duration::from_millis(300);
/// How many of the last numbers are remembered for those who ask late.
const REMEMBERED: usize = 65_536;
/// An entry that waits longer is told as a fault.
const LAG_MAX_MS: i64 = 5_000;
/// How long a change waits for its number.
const PATIENCE: Duration = Duration::from_secs(4);

/// What a process knows of the sealing.
#[derive(Debug)]
pub(super) struct Sealing {
    sealed: watch::Sender<u64>,
    numbers: Mutex<Numbers>,
    /// An entry was left, here or elsewhere.
    wake: Notify,
    /// The sealer is another process: it is to be told.
    tell: Notify,
    /// Whether this process seals.
    leads: AtomicBool,
    /// How many changes are under way that will ask for a number.
    expecting: AtomicUsize,
}

/// While it lives, the numbers of what is sealed are read, whoever seals.
pub(super) struct Expecting<'s>(&'s Sealing);

impl Drop for Expecting<'_> {
    fn drop(&mut self) {
        self.0.expecting.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Debug, Default)]
struct Numbers {
    /// By the entry's place in `ledger_open`.
    known: HashMap<i64, u64>,
    /// The same by number, to forget the oldest.
    order: BTreeMap<u64, i64>,
    waiting: HashMap<i64, oneshot::Sender<u64>>,
}

impl Sealing {
    pub(super) fn new(head: u64) -> Arc<Self> {
        Arc::new(Self {
            sealed: watch::Sender::new(head),
            numbers: Mutex::default(),
            wake: Notify::new(),
            tell: Notify::new(),
            leads: AtomicBool::new(false),
            expecting: AtomicUsize::new(0),
        })
    }

    /// To be called before an entry is committed whose number is asked for afterwards.
    pub(super) fn expect(&self) -> Expecting<'_> {
        self.expecting.fetch_add(1, Ordering::SeqCst);
        Expecting(self)
    }

    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.sealed.subscribe()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Numbers> {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An entry was committed.
    pub(super) fn left(&self) {
        if self.leads.load(Ordering::SeqCst) {
            self.wake.notify_one();
        } else {
            self.tell.notify_one();
        }
    }

    /// The number of the entry that stood at `seq`, as soon as it has one; none when that takes too long.
    pub(super) async fn number(&self, seq: i64) -> Option<u64> {
        let answer = {
            let mut numbers = self.lock();
            if let Some(number) = numbers.known.get(&seq) {
                return Some(*number);
            }
            let (tell, answer) = oneshot::channel();
            numbers.waiting.insert(seq, tell);
            answer
        };
        let number = tokio::time::timeout(PATIENCE, answer).await;
        if number.is_err() {
            self.lock().waiting.remove(&seq);
        }
        number.ok()?.ok()
    }

    fn is_waited_for(&self) -> bool {
        self.expecting.load(Ordering::SeqCst) > 0
    }

    /// These are sealed: who waits for them learns it, then all who follow the ledger.
    fn told(&self, numbers: &[(i64, u64)], head: u64) {
        let mut all = self.lock();
        for (seq, number) in numbers {
            if let Some(waits) = all.waiting.remove(seq) {
                let _gone = waits.send(*number);
            }
            all.known.insert(*seq, *number);
            all.order.insert(*number, *seq);
        }
        while all.order.len() > REMEMBERED
            && let Some((_, seq)) = all.order.pop_first()
        {
            all.known.remove(&seq);
        }
        drop(all);
        self.sealed.send_if_modified(|n| {
            let grows = head > *n;
            *n = head.max(*n);
            grows
        });
    }
}

/// Keeps up the two connections, one that listens and one that seals, until `stop` says so.
pub(super) async fn run(link: Link, sealing: Arc<Sealing>, clock: Arc<dyn Clock>, stop: watch::Receiver<bool>) {
    tokio::join!(
        again_and_again("listening to the ledger", stop.clone(), || listen(&link, &sealing, &*clock)),
        again_and_again("sealing the ledger", stop.clone(), || lead(&link, &sealing)),
    );
}

async fn again_and_again<F>(what: &'static str, mut stop: watch::Receiver<bool>, work: impl Fn() -> F)
where
    F: Future<Output = Result<(), StoreError>>,
{
    loop {
        let ended = tokio::select! {
            ended = work() => ended,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        if let Err(e) = ended {
            tracing::warn!(error = %e, "{what} broke off and is begun anew: {e}");
        }
        tokio::select! {
            () = tokio::time::sleep(AGAIN_AFTER) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Follows what is sealed, by whomever; tells the sealer when this process has left something.
async fn listen(link: &Link, sealing: &Arc<Sealing>, clock: &dyn Clock) -> Result<(), StoreError> {
    let (heads, mut head) = watch::channel(0u64);
    let waker = sealing.clone();
    let heard = move |n: Notification| match n.payload().parse() {
        Ok(number) => drop(heads.send_if_modified(|head| std::mem::replace(head, number) != number)),
        Err(_) => waker.wake.notify_one(),
    };
    let (db, mut driver) = link.own(heard).await?;
    db.batch_execute(&format!("LISTEN {}", link.channel())).await?;
    let mut known = *sealing.sealed.borrow();
    loop {
        lag(&db, clock).await?;
        // After LISTEN, and every while: what was told before, or not at all.
        let reached = super::ledger::head(&db).await?.number;
        if reached > known {
            follow(&db, sealing, known, reached).await?;
            known = reached;
        }
        tokio::select! {
            changed = head.changed() => {
                if changed.is_err() {
                    return Err(StoreError::Engine("the connection ended".into()));
                }
                known = known.max(*sealing.sealed.borrow());
                let reached = *head.borrow_and_update();
                if reached > known {
                    follow(&db, sealing, known, reached).await?;
                    known = reached;
                }
            }
            () = sealing.tell.notified() => {
                db.execute("SELECT pg_notify($1, 'look')", &[&link.channel()]).await?;
            }
            () = tokio::time::sleep(LOOK_EVERY * 8) => {}
            _ = &mut driver => return Err(StoreError::Engine("the connection ended".into())),
        }
    }
}

/// How long the oldest entry has waited for the sealer; past the bound that is told loudly, by every process.
async fn lag(db: &Client, clock: &dyn Clock) -> Result<(), StoreError> {
    let oldest = db.query_opt("SELECT at FROM ledger_open ORDER BY seq LIMIT 1", &[]).await?;
    let since = oldest.map_or(0, |row| clock.now().as_millisecond().saturating_sub(row.get(0)).max(0));
    metrics::gauge!("records_sealer_lag_seconds").set(since as f64 / 1e3);
    if since > LAG_MAX_MS {
        tracing::error!(
            records.lag_ms = since,
            "entries have waited {since} ms for the sealer: nobody learns of new acts"
        );
    }
    Ok(())
}

/// Learns the numbers of `(from, to]` where anybody waits for one.
async fn follow(db: &Client, sealing: &Sealing, from: u64, to: u64) -> Result<(), StoreError> {
    let mut numbers = vec![];
    if sealing.is_waited_for() {
        let sql = "SELECT seq, number FROM ledger WHERE number>$1 AND number<=$2";
        let rows = db.query(sql, &[&from.cast_signed(), &to.cast_signed()]).await?;
        numbers.extend(rows.iter().map(|r| (r.get(0), r.get::<_, i64>(1).cast_unsigned())));
    }
    sealing.told(&numbers, to);
    Ok(())
}

/// Waits for the lock, then seals as long as the connection lives.
async fn lead(link: &Link, sealing: &Arc<Sealing>) -> Result<(), StoreError> {
    let (db, mut driver) = link.own(|_| ()).await?;
    let key = link.key(LOCK);
    loop {
        let won: bool = db.query_one("SELECT pg_try_advisory_lock($1)", &[&key]).await?.get(0);
        if won {
            break;
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
    tracing::info!("this process seals the ledger");
    let _leading = Leading::new(sealing);
    let mut seal = Seal::new(&db, link.channel()).await?;
    loop {
        // As long as batches are full there is more.
        while seal.batch(sealing).await? {}
        tokio::select! {
            () = sealing.wake.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = &mut driver => return Err(StoreError::Engine("the connection ended".into())),
        }
    }
}

/// While it lives, this process seals.
struct Leading<'s>(&'s Sealing);

impl<'s> Leading<'s> {
    fn new(sealing: &'s Sealing) -> Self {
        sealing.leads.store(true, Ordering::SeqCst);
        metrics::gauge!("records_sealer").set(1.0);
        Self(sealing)
    }
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        self.0.leads.store(false, Ordering::SeqCst);
        metrics::gauge!("records_sealer").set(0.0);
    }
}

struct Seal<'c> {
    db: &'c Client,
    head: Head,
    channel: String,
    open: tokio_postgres::Statement,
    close: tokio_postgres::Statement,
}

impl<'c> Seal<'c> {
    async fn new(db: &'c Client, channel: String) -> Result<Self, StoreError> {
        let open = "SELECT seq, entry FROM ledger_open ORDER BY seq LIMIT $1";
        // The bytes stay where they are: only numbers and hashes come back. Where the head is not the one that the hashes
        // rest on, or an entry is gone, the division ends all of it.
        let close = "WITH s AS (SELECT * FROM unnest($1::int8[], $2::int8[], $3::bytea[]) s(seq, number, hash)),
                     gone AS (DELETE FROM ledger_open o USING s WHERE o.seq=s.seq
                              RETURNING s.number, o.seq, o.at, o.kase, o.pat, s.hash, o.entry),
                     come AS (INSERT INTO ledger(number, seq, at, kase, pat, hash, entry)
                              SELECT number, seq, at, kase, pat, hash, entry FROM gone ORDER BY number RETURNING 1),
                     head AS (INSERT INTO ledger_head(one, number, hash) VALUES(1, $4, $5)
                              ON CONFLICT(one) DO UPDATE SET number=excluded.number, hash=excluded.hash
                              WHERE ledger_head.number=$6 RETURNING 1)
                     SELECT CASE WHEN (SELECT count(*) FROM come)=cardinality($1) AND (SELECT count(*) FROM head)=1
                     THEN pg_notify($7, $4::int8::text)::text ELSE (1/((SELECT count(*) FROM come)*0))::text END";
        let head = super::ledger::head(db).await?;
        Ok(Self { db, head, channel, open: db.prepare(open).await?, close: db.prepare(close).await? })
    }

    /// Seals what waits; whether there may be more.
    async fn batch(&mut self, sealing: &Sealing) -> Result<bool, StoreError> {
        let rows = self.db.query(&self.open, &[&BATCH]).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        let before = self.head;
        let mut head = before;
        let (mut seqs, mut numbers, mut hashes) = (vec![], vec![], vec![]);
        for row in &rows {
            head = link(head, row.get(1));
            seqs.push(row.get::<_, i64>(0));
            numbers.push(head.number.cast_signed());
            hashes.push(head.hash.to_vec());
        }
        let (hash, number) = (head.hash.as_slice(), head.number.cast_signed());
        let (before, channel) = (before.number.cast_signed(), &self.channel);
        // One statement, so one transaction: all of it is durable when it answers.
        self.db.query_one(&self.close, &[&seqs, &numbers, &hashes, &number, &hash, &before, channel]).await?;
        self.head = head;
        let told: Vec<(i64, u64)> = seqs.into_iter().zip(numbers.iter().map(|n| n.cast_unsigned())).collect();
        sealing.told(&told, head.number);
        metrics::counter!("records_sealed").increment(told.len() as u64);
        metrics::histogram!("records_seal_batch").record(told.len() as f64);
        Ok(rows.len() as i64 == BATCH)
    }
}
