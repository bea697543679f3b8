//! One run: a snapshot's rows, then the files they name, then the manifest.

use super::files;
use super::manifest::{self, Manifest};
use super::out::Out;
use super::rows::{Done, Rows};
use super::shelf::{Listed, Shelf};
use super::tables::{LEDGER, columns, kept_name};
use super::{Source, Wish};
use crate::StoreError;
use crate::chain::Head;
use crate::copy::{Cell, Follows, Side, TABLES, Table, VERSIONS, WAITING};
use kernel::Time;
use std::collections::BTreeMap;

/// What is left of a run that ended before its manifest goes after so long, where nobody can hold the place.
const LEFT_MS: i64 = 24 * 3_600_000;

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its place.
    pub chain: u32,
    /// Its place in the chain; 1 has everything.
    pub run: u32,
    /// Why a chain was begun anew without having been asked for.
    pub anew: Option<String>,
    /// The ledger's number that it stands at.
    pub number: u64,
    /// Entries that came.
    pub entries: u64,
    /// Versions of resources that came.
    pub versions: u64,
    /// Attachments that came, and their bytes.
    pub blobs: (u64, u64),
    /// Objects that were written, and their bytes.
    pub objects: (u64, u64),
    /// Attachments that are named and were not there, or not whole, by SHA-256.
    pub missing: Vec<String>,
}

/// Takes one run of a backup. `told` hears what is being done, often.
pub async fn take(
    shelf: &dyn Shelf,
    source: &Source<'_>,
    wish: &Wish<'_>,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Taken, StoreError> {
    let began_at = wish.clock.now();
    let hold = shelf.hold().await?;
    let listed = shelf.list("").await?;
    let chains = manifest::chains(&listed);
    clear_up(shelf, &listed, &chains, hold.is_some(), began_at).await?;
    let last = match chains.last_key_value() {
        Some((chain, runs)) => Some(manifest::read(shelf, *chain, runs.last().copied().unwrap_or(1)).await?),
        None => None,
    };
    let side = Side::snapshot(source.place).await?;
    let anew = last.as_ref().filter(|_| !wish.full).and_then(|run| other_tables(&run.manifest, source.slices));
    let before = last.as_ref().filter(|_| !wish.full && anew.is_none());
    if let Some(before) = before {
        follows(&side, &before.manifest, shelf).await?;
    }
    let (chain, run) = match (before, &last) {
        (Some(before), _) => (before.manifest.chain, before.manifest.run + 1),
        (None, Some(last)) => (last.manifest.chain + 1, 1),
        (None, None) => (1, 1),
    };
    let mut chance = [0; 4];
    wish.ids.fill(&mut chance);
    let mut out = Out::new(shelf, manifest::folder(chain, run, &hex::encode(chance)));
    let written = write(&mut out, side, source, before.map(|b| &b.manifest), told).await;
    let (done, kept) = match written {
        Ok(done) => done,
        Err(e) => {
            out.give_up().await;
            return Err(e);
        }
    };
    let taken = Taken {
        chain,
        run,
        anew,
        number: done.head.number,
        entries: done.head.number - before.map_or(0, |b| b.manifest.number) + done.waiting,
        versions: done.versions - before.map_or(0, |b| b.manifest.versions),
        blobs: (kept.blobs, kept.bytes),
        objects: (out.objects.len() as u64, out.objects.iter().map(|object| object.bytes).sum()),
        missing: kept.missing.clone(),
    };
    let manifest = Manifest {
        form: manifest::form(),
        program: wish.program.to_owned(),
        chain,
        run,
        before: before.map(|b| b.sha256.clone()),
        began_at,
        ended_at: wish.clock.now(),
        number: done.head.number,
        hash: hex::encode(done.head.hash),
        waiting: done.waiting,
        versions: done.versions,
        tables: done.tables,
        objects: out.objects.clone(),
        blobs: kept.blobs,
        blob_bytes: kept.bytes,
        held: kept.held,
        missing: kept.missing,
        keys: source.keys,
    };
    finish(out, &manifest).await?;
    if let Some(keep) = wish.keep {
        forget(shelf, &chains, chain, keep.max(1)).await?;
    }
    Ok(taken)
}

async fn write(
    out: &mut Out<'_>,
    side: Side,
    source: &Source<'_>,
    before: Option<&Manifest>,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<(Done, files::Kept), StoreError> {
    let done = Rows::new(&side, out, before, source.slices, told).write().await?;
    // The snapshot ends: what follows are files that never change.
    drop(side);
    files::installation(out, source).await?;
    out.flush().await?;
    let kept = files::blobs(out, source, before, &done.held, told).await?;
    out.flush().await?;
    Ok((done, kept))
}

/// The manifest, which makes a run of what was written.
async fn finish(out: Out<'_>, manifest: &Manifest) -> Result<(), StoreError> {
    let put = async {
        out.still_there().await?;
        out.shelf.put_new(&manifest::name(manifest.chain, manifest.run), manifest.write()?).await
    };
    match put.await {
        Ok(true) => Ok(()),
        Ok(false) => {
            let why = format!("another backup into {} ended first", out.shelf.name());
            out.give_up().await;
            Err(StoreError::Engine(why))
        }
        Err(e) => {
            out.give_up().await;
            Err(e)
        }
    }
}

/// Why a run cannot follow another: the tables are no longer those.
fn other_tables(before: &Manifest, slices: &[Table]) -> Option<String> {
    let mut now: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for table in TABLES.iter().chain(slices) {
        if table.follows != Follows::Own
            || matches!(table.name, "resource" | "scope" | "blob" | "ledger" | "ledger_archived")
        {
            now.insert(table.name, columns(table));
        }
    }
    for table in [&VERSIONS, &WAITING] {
        now.insert(kept_name(table), columns(table));
    }
    let then: BTreeMap<&str, Vec<String>> =
        before.tables.iter().map(|(name, kept)| (name.as_str(), kept.columns.clone())).collect();
    (now != then).then(|| format!("the run before is of version {}, whose tables were others", before.program))
}

/// The store is the one that was kept, at that number or later.
async fn follows(side: &Side, before: &Manifest, shelf: &dyn Shelf) -> Result<(), StoreError> {
    let head = before.head()?;
    if head == Head::default() {
        return Ok(());
    }
    let rows = side.matching(&LEDGER, &["number"], &[vec![Cell::Integer(head.number.cast_signed())]]).await?;
    let same = rows.first().is_some_and(|row| row.get(4) == Some(&Cell::Bytes(head.hash.to_vec())));
    if same {
        return Ok(());
    }
    Err(StoreError::Engine(format!(
        "{} holds another record, or a later state of it: entry {} is not the one kept there. If this is as it should be, \
         begin anew with --full",
        shelf.name(),
        head.number
    )))
}

/// Removes what runs left that ended before their manifest.
async fn clear_up(
    shelf: &dyn Shelf,
    listed: &[Listed],
    chains: &BTreeMap<u32, Vec<u32>>,
    alone: bool,
    now: Time,
) -> Result<(), StoreError> {
    for object in listed {
        let Some((chain, run)) = left(&object.name) else { continue };
        let whole = chains.get(&chain).and_then(|runs| runs.last()).is_some_and(|last| run <= *last);
        let old = now.as_millisecond() - object.at.as_millisecond() > LEFT_MS;
        if !whole && (alone || old) {
            shelf.remove(&object.name).await?;
        }
    }
    Ok(())
}

/// Chain and run of an object, or of half a manifest.
fn left(name: &str) -> Option<(u32, u32)> {
    let (chain, rest) = name.strip_prefix("chain-")?.split_once('/')?;
    let (run, rest) = rest.strip_prefix("run-")?.split_once('.')?;
    (rest != "json").then_some(())?;
    Some((chain.parse().ok()?, run.parse().ok()?))
}

/// Removes all chains but the newest few; of each the manifests first, the last of them first.
async fn forget(shelf: &dyn Shelf, chains: &BTreeMap<u32, Vec<u32>>, newest: u32, keep: u32) -> Result<(), StoreError> {
    let mut all: Vec<u32> = chains.keys().copied().collect();
    if all.last() != Some(&newest) {
        all.push(newest);
    }
    let many = all.len().saturating_sub(keep as usize);
    for chain in &all[..many] {
        for run in chains.get(chain).into_iter().flatten().rev() {
            shelf.remove(&manifest::name(*chain, *run)).await?;
        }
        for object in shelf.list(&format!("chain-{chain:04}/")).await? {
            shelf.remove(&object.name).await?;
        }
    }
    Ok(())
}
