//! A store made of a backup, where none is; all of it, or nothing that could be opened.

use super::files::read_object;
use super::manifest::{self, Kept, Manifest, Run};
use super::pack::{Block, What};
use super::proof::{self, Came, EXTRA, Proof};
use super::shelf::{Shelf, write_private};
use super::tables::columns;
use crate::blobs::{io, place};
use crate::copy::{BATCH, Cell, Follows, Place, Side, TABLES, Table, is_empty, sum};
use crate::{StoreError, Verified};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The mark of a store that a restore was begun into.
const MARK: i64 = i64::from_le_bytes(*b"restore1");
/// The same in the folder of the installation.
const UNFINISHED: &str = "restore-unfinished";

/// Where it goes.
pub struct Target<'a> {
    /// The store.
    pub place: &'a Place,
    /// Tables of slices.
    pub slices: &'a [Table],
    /// What makes them on SQLite.
    pub sqlite_schemas: &'a [&'static str],
    /// The folder of the installation, which is empty or not there.
    pub data_dir: &'a Path,
    /// Where the files of attachments go.
    pub blob_dir: &'a Path,
    /// The last run not after this ledger number; the newest when none.
    pub at: Option<u64>,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// From which chain.
    pub chain: u32,
    /// Up to which run of it.
    pub run: u32,
    /// The ledger, whole. Entries that had waited for their number have one.
    pub verified: Verified,
    /// Rows by table.
    pub tables: Vec<(String, u64)>,
    /// Attachments, and their bytes.
    pub blobs: (u64, u64),
    /// Files of the installation.
    pub files: u64,
    /// Whether the keys of the installation were among them.
    pub keys: bool,
    /// Attachments that the backup never had, by SHA-256.
    pub missing: Vec<String>,
}

/// Makes a store of a backup.
pub async fn restore(
    shelf: &dyn Shelf,
    target: &Target<'_>,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Restored, StoreError> {
    let runs = chosen(shelf, target.at).await?;
    let Some(Run { manifest: last, .. }) = runs.last() else {
        return Err(StoreError::Engine(format!("there is no backup in {}", shelf.name())));
    };
    fits(last, target.slices)?;
    make_room(target.data_dir)?;
    let side = match empty_side(target).await {
        Ok(side) => side,
        Err(e) => {
            clear(target.data_dir)?;
            return Err(e);
        }
    };
    let made = Making { shelf, target, side: &side, last, bytes: 0, files: 0, coming: None, waiting: vec![] };
    match made.all(&runs, told).await {
        Ok(restored) => {
            let unfinished = target.data_dir.join(UNFINISHED);
            fs::remove_file(&unfinished).map_err(|e| io(&format!("remove {}", unfinished.display()), &e))?;
            Ok(restored)
        }
        Err(e) => {
            // Best effort: what is left of it is marked, and cannot be opened.
            let _left = side.clear(&every(target.slices)).await;
            drop(side);
            let _left = clear(target.data_dir);
            Err(e)
        }
    }
}

/// The runs up to the one wanted: of the newest chain, or of an older one when that one begins later.
async fn chosen(shelf: &dyn Shelf, at: Option<u64>) -> Result<Vec<Run>, StoreError> {
    let listed = shelf.list("").await?;
    let mut first = None;
    for (chain, numbers) in manifest::chains(&listed).into_iter().rev() {
        let mut runs = manifest::runs(shelf, chain, numbers.last().copied().unwrap_or(1)).await?;
        let Some(at) = at else { return Ok(runs) };
        first = runs.first().map(|run| run.manifest.number);
        runs.retain(|run| run.manifest.number <= at);
        if !runs.is_empty() {
            return Ok(runs);
        }
    }
    match (first, at) {
        (Some(first), Some(at)) => {
            Err(StoreError::Engine(format!("the backup in {} begins at number {first}, after {at}", shelf.name())))
        }
        _ => Ok(vec![]),
    }
}

/// The tables are those that this program has.
fn fits(manifest: &Manifest, slices: &[Table]) -> Result<(), StoreError> {
    for (name, kept) in &manifest.tables {
        if matches!(name.as_str(), "version" | "waiting") {
            continue;
        }
        let own = TABLES.iter().chain(slices).find(|table| table.name == name);
        if own.is_none_or(|table| columns(table) != kept.columns) {
            return Err(StoreError::Engine(format!(
                "table {name} of the backup is none of this program's: restore with version {}, then upgrade",
                manifest.program
            )));
        }
    }
    Ok(())
}

fn every(slices: &[Table]) -> Vec<&Table> {
    TABLES.iter().chain(slices).collect()
}

/// The folder is there and empty but for the mark.
fn make_room(dir: &Path) -> Result<(), StoreError> {
    if dir.join(UNFINISHED).is_file() {
        clear(dir)?;
    }
    let busy = fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if busy {
        return Err(StoreError::Engine(format!("{} is not empty: name a folder that is", dir.display())));
    }
    write_private(&dir.join(UNFINISHED), 0o600, b"a restore into this folder was begun and not ended\n")
}

/// Takes away what a restore put into a folder that had been empty; the mark last.
fn clear(dir: &Path) -> Result<(), StoreError> {
    let failed = |e: std::io::Error| io(&format!("clear {}", dir.display()), &e);
    for entry in fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            fs::remove_dir_all(&path).map_err(failed)?;
        } else if path.file_name().is_some_and(|name| name != UNFINISHED) {
            fs::remove_file(&path).map_err(failed)?;
        }
    }
    fs::remove_file(dir.join(UNFINISHED)).map_err(failed)
}

async fn empty_side(target: &Target<'_>) -> Result<Side, StoreError> {
    let side = Side::target(target.place, target.sqlite_schemas).await?;
    if side.mark().await? == Some(MARK) {
        side.clear(&every(target.slices)).await?;
    } else if !is_empty(&side).await? || side.mark().await?.is_some() {
        return Err(StoreError::Engine("the database is not empty".into()));
    }
    side.set_mark(MARK).await?;
    Ok(side)
}

/// An attachment on its way.
struct Coming {
    file: File,
    path: PathBuf,
}

struct Making<'m> {
    shelf: &'m dyn Shelf,
    target: &'m Target<'m>,
    side: &'m Side,
    last: &'m Manifest,
    bytes: u64,
    files: u64,
    coming: Option<Coming>,
    waiting: Vec<Vec<Cell>>,
}

impl Making<'_> {
    async fn all(mut self, runs: &[Run], told: &mut (dyn FnMut(&str) + Send)) -> Result<Restored, StoreError> {
        let mut proof = Proof::new();
        let objects: usize = runs.iter().map(|run| run.manifest.objects.len()).sum();
        let mut done = 0;
        for Run { manifest, .. } in runs {
            for object in &manifest.objects {
                done += 1;
                let mut blocks = read_object(self.shelf, object).await?;
                while let Some(block) = blocks.next()? {
                    self.block(&mut proof, manifest, block).await?;
                }
                self.side.settle()?;
                told(&format!("object {done} of {objects}"));
            }
            proof.end(manifest)?;
        }
        told("the ledger's end");
        self.end_of_ledger().await?;
        self.tables(told).await?;
        self.blobs_are_there().await?;
        told("proving the ledger");
        let verified = self.side.verify().await?;
        let entries = self.last.number + self.last.waiting;
        if verified.entries != entries {
            let why = format!("{} entries were kept, {} came", entries, verified.entries);
            return Err(StoreError::Corrupt(why));
        }
        let mut tables = vec![];
        for table in every(self.target.slices) {
            tables.push((table.name.to_owned(), self.side.count(table).await?));
        }
        self.side.finish().await?;
        self.side.settle()?;
        let (chain, run) = (self.last.chain, self.last.run);
        let blobs = (proof.blobs, self.bytes);
        let missing = self.last.missing.clone();
        Ok(Restored { chain, run, verified, tables, blobs, files: self.files, keys: self.last.keys, missing })
    }

    async fn block(&mut self, proof: &mut Proof, run: &Manifest, block: Block) -> Result<(), StoreError> {
        match block {
            Block::Rows { table, rows } => {
                proof.rows(run, &table, &rows)?;
                self.rows(run, &table, rows).await
            }
            Block::Piece { what: What::Blob, name, size, from, mode, bytes } => {
                let came = proof.piece(run, (&name, size, from, mode == EXTRA), &bytes)?;
                self.piece(&name, &bytes, &came).map_err(|e| io("write an attachment", &e))?;
                if came == Came::Whole {
                    self.bytes += size;
                }
                Ok(())
            }
            // The last run has all of them.
            Block::Piece { .. } if run.run != self.last.run => Ok(()),
            Block::Piece { name, mode, bytes, .. } => {
                let plain = name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
                if !plain || name == UNFINISHED {
                    return Err(StoreError::Corrupt(format!("{name} is no file of an installation")));
                }
                self.files += 1;
                write_private(&self.target.data_dir.join(name), mode & 0o777, &bytes)
            }
        }
    }

    async fn rows(&mut self, run: &Manifest, name: &str, rows: Vec<Vec<Cell>>) -> Result<(), StoreError> {
        let (name, rows) = match name {
            "waiting" if run.run == self.last.run => {
                self.waiting.extend(rows);
                return Ok(());
            }
            "waiting" => return Ok(()),
            "version" => {
                // The names are there for the proof alone.
                let bare = |mut row: Vec<Cell>| {
                    row.drain(2..4);
                    row
                };
                ("resource_history", rows.into_iter().map(bare).collect())
            }
            "ledger" => {
                // What is left of archived entries comes with its own table.
                let has_bytes = |row: &Vec<Cell>| row.last() != Some(&Cell::Null);
                ("ledger", rows.into_iter().filter(has_bytes).collect())
            }
            name => (name, rows),
        };
        let unknown = || StoreError::Corrupt(format!("there is no table {name}"));
        let table = TABLES.iter().chain(self.target.slices).find(|t| t.name == name).ok_or_else(unknown)?;
        if table.follows == Follows::Whole && self.last.tables.get(name).and_then(|kept| kept.run) != Some(run.run) {
            return Ok(());
        }
        for some in rows.chunks(BATCH) {
            if run.run == 1 && table.name != "resource" {
                self.side.write(table, some.to_vec()).await?;
            } else {
                self.side.put(table, &last_of_each(table, some)).await?;
            }
        }
        Ok(())
    }

    fn piece(&mut self, name: &str, bytes: &[u8], came: &Came) -> std::io::Result<()> {
        let mut coming = match self.coming.take() {
            Some(coming) => coming,
            None => {
                let tmp = self.target.blob_dir.join("tmp");
                fs::create_dir_all(&tmp)?;
                let path = tmp.join(name);
                Coming { file: File::create(&path)?, path }
            }
        };
        coming.file.write_all(bytes)?;
        match came {
            Came::Part => self.coming = Some(coming),
            Came::Unfit => fs::remove_file(&coming.path)?,
            Came::Whole => {
                let to = place(self.target.blob_dir, name);
                fs::create_dir_all(to.parent().unwrap_or(&to))?;
                fs::rename(&coming.path, to)?;
            }
        }
        Ok(())
    }

    /// Numbers what had waited, and keeps the end beside the chain.
    async fn end_of_ledger(&mut self) -> Result<(), StoreError> {
        let (rows, head) = proof::seal(self.last.head()?, &self.waiting)?;
        for table in TABLES {
            match table.name {
                "ledger" if !rows.is_empty() => {
                    for some in rows.chunks(BATCH) {
                        self.side.write(table, some.to_vec()).await?;
                    }
                }
                "ledger_head" if head.number > 0 => {
                    let number = Cell::Integer(head.number.cast_signed());
                    let row = vec![Cell::Integer(1), number, Cell::Bytes(head.hash.to_vec())];
                    self.side.write(table, vec![row]).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Tables are what the manifest says they were.
    async fn tables(&self, told: &mut (dyn FnMut(&str) + Send)) -> Result<(), StoreError> {
        for table in TABLES.iter().chain(self.target.slices) {
            let Some(Kept { rows, sha256, .. }) = self.last.tables.get(table.name) else { continue };
            if table.follows == Follows::Own && !matches!(table.name, "scope" | "blob" | "ledger_archived") {
                continue;
            }
            told(&format!("comparing {}", table.name));
            let same = match sha256 {
                Some(sha256) => {
                    let (count, hash) = sum(self.side, table).await?;
                    count == *rows && hex::encode(hash) == *sha256
                }
                None => self.side.count(table).await? == *rows,
            };
            if !same {
                return Err(StoreError::Corrupt(format!("{}: {rows} rows were kept, others came", table.name)));
            }
        }
        Ok(())
    }

    /// Every attachment that is named has its file, and all of them are durable.
    async fn blobs_are_there(&self) -> Result<(), StoreError> {
        let dir = self.target.blob_dir;
        fs::create_dir_all(dir.join("tmp")).map_err(|e| io("make the folder of blobs", &e))?;
        let Some(table) = TABLES.iter().find(|t| t.name == "blob") else { return Ok(()) };
        let missing: HashSet<&str> = self.last.missing.iter().map(String::as_str).collect();
        let mut after = None;
        loop {
            let rows = self.side.read(table, after.as_deref()).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last[..1].to_vec());
            for row in &rows {
                let [Cell::Bytes(sha), Cell::Integer(size), ..] = row.as_slice() else { continue };
                let name = hex::encode(sha);
                let there = fs::metadata(place(dir, &name)).is_ok_and(|file| file.len() == size.cast_unsigned());
                if !there && !missing.contains(name.as_str()) {
                    return Err(StoreError::Corrupt(format!("attachment {name} is named, and did not come")));
                }
            }
        }
        let whole = File::open(dir).and_then(|dir| Ok(rustix::fs::syncfs(dir)?));
        whole.map_err(|e| io("make the attachments durable", &e))
    }
}

/// The last row of each key: a statement cannot write one twice.
fn last_of_each(table: &Table, rows: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
    let mut seen = HashSet::new();
    let mut last: Vec<Vec<Cell>> = rows.iter().rev().filter(|row| seen.insert(&row[..table.key])).cloned().collect();
    last.reverse();
    last
}
