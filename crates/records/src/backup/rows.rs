//! The rows of a run, out of one snapshot of the store: everything, or what came since the run before.

use super::manifest::{Kept, Manifest};
use super::out::Out;
use super::proof::{Sum, Version, archived, current, entry, past};
use super::tables::{LEDGER, NAMES, RESOURCE, SCOPE, columns, kept_name};
use crate::StoreError;
use crate::archive::Tally;
use crate::chain::{Head, Sealed, Walk, decode};
use crate::copy::{Cell, Follows, Side, TABLES, Table, VERSIONS, WAITING, sum};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// How many resources are read at once: each may have 8 MiB.
const AT_ONCE: usize = 64;
/// How many names are remembered as written.
const REMEMBERED: usize = 200_000;
/// How many subjects of bulk batches are gathered.
const SUBJECTS: usize = 20_000;

/// What the rows came to.
pub(super) struct Done {
    pub(super) head: Head,
    pub(super) waiting: u64,
    pub(super) versions: u64,
    pub(super) tables: BTreeMap<String, Kept>,
    /// Attachments that are held, by SHA-256.
    pub(super) held: BTreeSet<String>,
}

/// The work between a snapshot and the objects.
pub(super) struct Rows<'r, 'a> {
    pub(super) side: &'r Side,
    pub(super) out: &'r mut Out<'a>,
    /// The run before, when this one follows it.
    pub(super) before: Option<&'r Manifest>,
    pub(super) slices: &'r [Table],
    pub(super) told: &'r mut (dyn FnMut(&str) + Send),
    vouched: Sum,
    stored: Sum,
    versions: u64,
    /// Versions that entries listed and that were not looked up yet.
    open: Vec<(i64, String, i64)>,
    /// Numbers of names that rows mention.
    mentioned: BTreeSet<i64>,
    written: HashSet<i64>,
    subjects: BTreeSet<String>,
    earliest: Option<i64>,
    held: BTreeSet<String>,
    tally: Tally,
}

impl<'r, 'a> Rows<'r, 'a> {
    pub(super) fn new(
        side: &'r Side,
        out: &'r mut Out<'a>,
        before: Option<&'r Manifest>,
        slices: &'r [Table],
        told: &'r mut (dyn FnMut(&str) + Send),
    ) -> Self {
        let (vouched, stored, open, mentioned, written, subjects, held) = Default::default();
        let versions = before.map_or(0, |m| m.versions);
        Self {
            side,
            out,
            before,
            slices,
            told,
            vouched,
            stored,
            versions,
            open,
            mentioned,
            written,
            subjects,
            earliest: None,
            held,
            tally: Tally::default(),
        }
    }

    /// All of it.
    pub(super) async fn write(mut self) -> Result<Done, StoreError> {
        let head = self.ledger().await?;
        let waiting = self.waiting().await?;
        self.look_up().await?;
        if self.vouched != self.stored {
            return Err(StoreError::Corrupt(
                "the ledger vouches for other versions than the tables hold: `consilium audit verify` says which"
                    .into(),
            ));
        }
        if self.before.is_none() {
            let (stored, vouched) = (self.side.versions().await?, self.vouched.count);
            if stored != vouched {
                let why =
                    format!("{stored} versions are stored, entries vouch for {vouched}: `consilium audit verify`");
                return Err(StoreError::Corrupt(why));
            }
        }
        let mut tables = BTreeMap::new();
        for table in [&RESOURCE, &VERSIONS, &LEDGER, &WAITING] {
            let kept = Kept { columns: columns(table), rows: 0, sha256: None, run: None };
            tables.insert(kept_name(table).to_owned(), kept);
        }
        for table in TABLES.iter().chain(self.slices) {
            let kept = match (table.follows, self.before) {
                (Follows::Whole, _) => self.whole(table).await?,
                (Follows::Own, _) if !matches!(table.name, "scope" | "blob" | "ledger_archived") => continue,
                (Follows::Own | Follows::Subject(_), None) => self.all(table).await?,
                (Follows::Own, Some(_)) if table.name == "scope" => self.counted(table).await?,
                (Follows::Own, Some(before)) if table.name == "ledger_archived" => {
                    // Each row came with the act that it names.
                    self.some(table, ("act", ">", &Cell::Integer(before.number.cast_signed()))).await?;
                    self.counted(table).await?
                }
                (Follows::Own, Some(_)) => {
                    if let Some(at) = self.earliest {
                        self.some(table, ("named", ">=", &Cell::Integer(at))).await?;
                    }
                    self.counted(table).await?
                }
                (Follows::Subject(column), Some(_)) => {
                    for subject in self.subjects.clone() {
                        self.some(table, (column, "=", &Cell::Text(subject))).await?;
                    }
                    self.counted(table).await?
                }
            };
            tables.insert(table.name.to_owned(), kept);
        }
        self.tally.end()?;
        self.name().await?;
        Ok(Done { head, waiting, versions: self.versions, tables, held: self.held })
    }

    /// Entries after the run before, and the versions they wrote; the ledger's end.
    async fn ledger(&mut self) -> Result<Head, StoreError> {
        let head = self.before.map_or(Ok(Head::default()), Manifest::head)?;
        let mut walk = Walk::after(head);
        loop {
            let after = [Cell::Integer(walk.head().number.cast_signed())];
            let rows = self.side.read(&LEDGER, Some(&after)).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let unread =
                    || StoreError::Broken { number: walk.head().number + 1, why: "its row cannot be read".into() };
                if let Some((number, hash)) = archived(row) {
                    walk.pass(number, hash)?;
                    self.out.row("ledger", row).await?;
                    continue;
                }
                let (number, at, hash, bytes) = entry(row).ok_or_else(unread)?;
                let sealed = walk.step(number, hash, bytes, at)?;
                self.tally.act(number, &sealed)?;
                self.versions += sealed.versions.len() as u64;
                self.act(&sealed, &row[2..4]).await?;
                self.out.row("ledger", row).await?;
            }
            (self.told)(&format!("entries up to {}", walk.head().number));
        }
        let kept = self.side.read(table_named("ledger_head")?, None).await?;
        let kept = match kept.first().map(Vec::as_slice) {
            Some([_, Cell::Integer(number), Cell::Bytes(hash)]) => {
                hash.as_slice().try_into().ok().map(|hash| Head { number: number.cast_unsigned(), hash })
            }
            _ => Some(Head::default()),
        };
        if kept != Some(walk.head()) {
            let number = walk.head().number + 1;
            return Err(StoreError::Broken { number, why: "the chain ends elsewhere than was sealed last".into() });
        }
        Ok(walk.head())
    }

    /// Entries without a number yet: their versions are there, so they are.
    async fn waiting(&mut self) -> Result<u64, StoreError> {
        let (mut count, mut after) = (0, None);
        loop {
            let rows = self.side.read(&WAITING, after.as_deref()).await?;
            let Some(last) = rows.last() else { return Ok(count) };
            after = Some(last[..1].to_vec());
            for row in &rows {
                let Some(Cell::Bytes(bytes)) = row.last() else { continue };
                self.act(&decode(0, bytes)?, &row[2..4]).await?;
                self.out.row("waiting", row).await?;
                count += 1;
            }
        }
    }

    async fn act(&mut self, sealed: &Sealed, names: &[Cell]) -> Result<(), StoreError> {
        self.vouched.vouched(sealed);
        self.earliest = Some(self.earliest.map_or(sealed.at, |at| at.min(sealed.at)));
        self.mention(names);
        if sealed.has_bulk() && self.before.is_some() {
            let about = sealed.act.about.iter().chain(&sealed.act.case);
            self.subjects.extend(about.map(|at| at.id.as_str().to_owned()));
            if self.subjects.len() > SUBJECTS {
                let why = "too many studies came since the run before: begin anew, with --full";
                return Err(StoreError::Engine(why.into()));
            }
        }
        for version in &sealed.versions {
            let (ty, id) = (version.at.ty.number().into(), version.at.id.as_str().to_owned());
            self.open.push((ty, id, version.version.cast_signed()));
            if self.open.len() >= AT_ONCE {
                self.look_up().await?;
            }
        }
        Ok(())
    }

    fn mention(&mut self, names: &[Cell]) {
        for name in names {
            if let Cell::Integer(rid @ 1..) = name
                && !self.written.contains(rid)
            {
                self.mentioned.insert(*rid);
            }
        }
    }

    /// Reads the versions that entries listed.
    async fn look_up(&mut self) -> Result<(), StoreError> {
        let open = std::mem::take(&mut self.open);
        let names: BTreeSet<(i64, &str)> = open.iter().map(|(ty, id, _)| (*ty, id.as_str())).collect();
        let keys: Vec<Vec<Cell>> =
            names.iter().map(|(ty, id)| vec![Cell::Integer(*ty), Cell::Text((*id).to_owned())]).collect();
        let rows = self.side.matching(&RESOURCE, &["ty", "id"], &keys).await?;
        let mut found: HashMap<(i64, &str), (&Vec<Cell>, i64, i64)> = HashMap::new();
        for row in &rows {
            let Some(Version { rid, ty, id, ver, .. }) = current(row) else { return Err(unread("resource")) };
            found.insert((ty, id), (row, rid, ver));
        }
        let mut older = vec![];
        for (ty, id, version) in &open {
            // What is missing is missed when the sums are compared.
            let Some((row, rid, current_version)) = found.get(&(*ty, id.as_str())) else { continue };
            if version == current_version {
                self.stored.row(current(row))?;
                self.out.row("resource", row).await?;
            } else {
                older.push(vec![Cell::Integer(*rid), Cell::Integer(*version)]);
            }
        }
        for row in self.side.matching(&VERSIONS, &["rid", "ver"], &older).await? {
            self.stored.row(past(&row))?;
            self.out.row("version", &row).await?;
        }
        if self.before.is_some() {
            let rids: Vec<Vec<Cell>> = found.values().map(|(_, rid, _)| vec![Cell::Integer(*rid)]).collect();
            for row in self.side.matching(&SCOPE, &["rid"], &rids).await? {
                self.mention(&row[2..]);
                self.out.row("scope", &row).await?;
            }
        }
        self.name().await
    }

    /// Writes names that are mentioned and have no version yet; the others have come with theirs.
    async fn name(&mut self) -> Result<(), StoreError> {
        let mentioned = std::mem::take(&mut self.mentioned);
        if self.written.len() > REMEMBERED {
            self.written.clear();
        }
        self.written.extend(&mentioned);
        let keys: Vec<Vec<Cell>> = mentioned.into_iter().map(|rid| vec![Cell::Integer(rid)]).collect();
        for some in keys.chunks(500) {
            for mut row in self.side.matching(&NAMES, &["rid"], some).await? {
                if row.get(3) == Some(&Cell::Integer(0)) {
                    row.push(Cell::Null);
                    self.out.row("resource", &row).await?;
                }
            }
        }
        Ok(())
    }

    /// A table that is kept whole: written unless it is what it was.
    async fn whole(&mut self, table: &Table) -> Result<Kept, StoreError> {
        if let Some(before) = self.before.and_then(|m| m.tables.get(table.name)) {
            let (rows, hash) = sum(self.side, table).await?;
            if before.rows == rows && before.sha256.as_deref() == Some(hex::encode(hash).as_str()) {
                if table.name == "blob_hold" {
                    self.all_of(table, false).await?;
                }
                return Ok(before.clone());
            }
        }
        let mut kept = self.all(table).await?;
        kept.run = Some(self.before.map_or(1, |m| m.run + 1));
        Ok(kept)
    }

    async fn all(&mut self, table: &Table) -> Result<Kept, StoreError> {
        self.all_of(table, true).await
    }

    async fn all_of(&mut self, table: &Table, write: bool) -> Result<Kept, StoreError> {
        let (mut count, mut hash, mut after) = (0, Sha256::new(), None);
        loop {
            let rows = self.side.read(table, after.as_deref()).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last[..table.key].to_vec());
            count += rows.len() as u64;
            for row in &rows {
                row.iter().for_each(|cell| cell.hash(&mut hash));
                match table.name {
                    "scope" => self.mention(&row[2..]),
                    "ledger_archived" => self.tally.left(row)?,
                    "access_grant" => self.mention(&row[2..3]),
                    "blob_hold" => {
                        if let Cell::Bytes(sha) = &row[0] {
                            self.held.insert(hex::encode(sha));
                        }
                    }
                    _ => {}
                }
                if write {
                    self.out.row(table.name, row).await?;
                }
            }
            self.name().await?;
            (self.told)(&format!("{}: {count} rows", table.name));
        }
        Ok(Kept { columns: columns(table), rows: count, sha256: Some(hex::encode(hash.finalize())), run: None })
    }

    async fn some(&mut self, table: &Table, of: (&str, &str, &Cell)) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let rows = self.side.read_where(table, of, after.as_deref()).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some(last[..table.key].to_vec());
            for row in &rows {
                if table.name == "ledger_archived" {
                    self.tally.left(row)?;
                }
                self.out.row(table.name, row).await?;
            }
        }
    }

    async fn counted(&self, table: &Table) -> Result<Kept, StoreError> {
        Ok(Kept { columns: columns(table), rows: self.side.count(table).await?, sha256: None, run: None })
    }
}

fn unread(table: &str) -> StoreError {
    StoreError::Corrupt(format!("{table}: a row cannot be read"))
}

fn table_named(name: &str) -> Result<&'static Table, StoreError> {
    TABLES.iter().find(|t| t.name == name).ok_or_else(|| StoreError::Engine(format!("there is no table {name}")))
}
