//! Archives: the file first, durable and proven, then the act with what is left of each entry, in one transaction, then the bytes go.
//!
//! Whatever ends it in between, the same command finishes it. Before the act nothing is changed, and the file that is there must
//! be the one that would be written again; after it the ledger is whole with the bytes as without them.

use super::file::{self, Out, Reader, Written};
use super::{Archive, YOUNGEST};
use crate::blobs::io;
use crate::chain::{Head, Walk, decode, link};
use crate::copy::{BATCH, Cell, Follows, Kind, Place, Side, TABLES, Table};
use crate::{Act, StoreError, Verified, folder};
use kernel::Time;
use std::fs;
use std::path::{Path, PathBuf};

/// How many numbers are looked at for one transaction that lets bytes go.
const CLEARED_AT_ONCE: u64 = 20_000;

/// The ledger with what is left of archived entries, and by which act each was archived.
const MARKED: Table = Table {
    name:
        "(SELECT l.number, l.at, l.hash, l.entry, a.act FROM ledger l LEFT JOIN ledger_archived a ON a.number=l.number
            UNION ALL SELECT number, 0, hash, NULL, act FROM ledger_archived a
            WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.number=a.number)) e",
    columns: &[
        ("number", Kind::Integer),
        ("at", Kind::Integer),
        ("hash", Kind::Bytes),
        ("entry", Kind::Bytes),
        ("act", Kind::Integer),
    ],
    key: 1,
    counts: false,
    follows: Follows::Own,
};

/// What is to be archived.
pub struct Wish<'a> {
    /// Looks before this instant.
    pub before: Time,
    /// The file; it must not be there, unless an archiving into it broke off.
    pub to: &'a Path,
    /// Acts that stay although they are looks: somebody's rule rests on them.
    pub stays: &'a (dyn Fn(&Act) -> bool + Sync),
    /// The time.
    pub now: Time,
}

/// What was archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// As the ledger says it.
    pub archive: Archive,
    /// Whether this finished what had broken off.
    pub finished: bool,
    /// The ledger, proven with the file before the bytes went.
    pub verified: Verified,
}

/// Archives old looks of a store that nobody serves; none when there are none.
pub async fn take(
    place: &Place,
    wish: &Wish<'_>,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Option<Taken>, StoreError> {
    if wish.now.duration_since(wish.before) < YOUNGEST {
        let newest = wish.now.saturating_sub(YOUNGEST).unwrap_or(Time::MIN);
        let why = format!(
            "entries younger than {} days stay in the ledger: --before must not be after {newest:.0}",
            YOUNGEST.as_hours() / 24
        );
        return Err(StoreError::Engine(why));
    }
    let side = Side::source(place).await?;
    if side.mark().await?.is_some() {
        return Err(StoreError::Engine("a copy into this store was not ended".into()));
    }
    if let Some(archive) = begun(&side, wish.to).await? {
        return finish(&side, wish.to, archive, true, told).await.map(Some);
    }
    let part = part_of(wish.to)?;
    let Some((head, written)) = write(&side, &part, wish, told).await? else {
        return fs::remove_file(&part).map(|()| None).map_err(|e| io("remove what was begun", &e));
    };
    told("reading the file back");
    prove(&part, &written)?;
    name(&part, wish.to, &written)?;
    let archive = seal(&side, wish, head, &written, told).await?;
    finish(&side, wish.to, archive, false, told).await.map(Some)
}

fn part_of(to: &Path) -> Result<PathBuf, StoreError> {
    let name = to.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| StoreError::Engine(format!("{} names no file", to.display())))?;
    Ok(to.with_file_name(format!("{name}.part")))
}

/// The archiving that the file is of, when it was sealed: bytes may be left to go.
async fn begun(side: &Side, to: &Path) -> Result<Option<Archive>, StoreError> {
    if !to.exists() {
        return Ok(None);
    }
    let (sha256, _) = file::sha256(to)?;
    for (number, bytes) in side.archivings().await? {
        let archive = Archive::of(number, &decode(number, &bytes)?)?;
        if let Some(archive) = archive.filter(|archive| archive.file_sha256 == sha256) {
            if side.left_of(&archive).await? == 0 {
                let why = format!("{} has what entry {number} archived; nothing is left to do", to.display());
                return Err(StoreError::Engine(why));
            }
            return Ok(Some(archive));
        }
    }
    Ok(None)
}

/// Goes along the whole ledger, proving it, and writes what is to be taken; its end, and what was written.
async fn write(
    side: &Side,
    part: &Path,
    wish: &Wish<'_>,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Option<(Head, Written)>, StoreError> {
    let failed = |e: std::io::Error| io(&format!("write {}", part.display()), &e);
    let cut = wish.before.as_millisecond();
    let (mut out, mut walk) = (Out::create(part, wish.before).map_err(failed)?, Walk::new(&[]));
    loop {
        let after = [Cell::Integer(walk.head().number.cast_signed())];
        let rows = side.read(&MARKED, Some(&after)).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let before = walk.head();
            let (number, hash, entry, archived) = marked(row).ok_or_else(|| StoreError::Broken {
                number: before.number + 1,
                why: "its row cannot be read".into(),
            })?;
            let Some((at, bytes)) = entry else {
                walk.pass(number, hash)?;
                continue;
            };
            let sealed = walk.step(number, hash, bytes, at)?;
            if at < cut && !archived && sealed.is_look() && !(wish.stays)(&sealed.act) {
                out.add(before.hash, walk.head(), bytes).map_err(failed)?;
            }
        }
        told(&format!("entries up to {}", walk.head().number));
    }
    let head = walk.head();
    walk.end(side.head().await?, 0)?;
    let written = out.end().map_err(failed)?;
    Ok((written.sequence.count > 0).then_some((head, written)))
}

type Marked<'r> = (u64, [u8; 32], Option<(i64, &'r [u8])>, bool);

fn marked(row: &[Cell]) -> Option<Marked<'_>> {
    let [Cell::Integer(number), Cell::Integer(at), Cell::Bytes(hash), entry, act] = row else { return None };
    let entry = match entry {
        Cell::Bytes(bytes) => Some((*at, bytes.as_slice())),
        _ => None,
    };
    Some((number.cast_unsigned(), hash.as_slice().try_into().ok()?, entry, *act != Cell::Null))
}

/// What lies there is what was written.
fn prove(part: &Path, written: &Written) -> Result<(), StoreError> {
    let found = file::read(part, |_| Ok(()))?;
    let same = (found.sha256, found.file_sha256, found.file_bytes)
        == (written.sequence.sha256(), written.sha256.clone(), written.bytes);
    if same { Ok(()) } else { Err(StoreError::Corrupt(format!("{} is not what was written", part.display()))) }
}

/// Gives the file its name, durably. One that is there already must be the same.
fn name(part: &Path, to: &Path, written: &Written) -> Result<(), StoreError> {
    let failed = |e: std::io::Error| io(&format!("name {}", to.display()), &e);
    if to.exists() {
        if file::sha256(to)?.0 != written.sha256 {
            fs::remove_file(part).map_err(failed)?;
            let why = format!("{} is there already, and is something else: name another file", to.display());
            return Err(StoreError::Engine(why));
        }
        fs::remove_file(part).map_err(failed)?;
    } else {
        fs::rename(part, to).map_err(failed)?;
    }
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder::sync(parent).map_err(failed)
}

/// Seals the act and what is left of each entry, all or nothing.
async fn seal(
    side: &Side,
    wish: &Wish<'_>,
    head: Head,
    written: &Written,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Archive, StoreError> {
    let sequence = &written.sequence;
    let archive = Archive {
        act: head.number + 1,
        at: wish.now,
        before: wish.before,
        from: sequence.from,
        to: sequence.to,
        count: sequence.count,
        sha256: sequence.sha256(),
        file: wish.to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        file_sha256: written.sha256.clone(),
        file_bytes: written.bytes,
    };
    side.run("BEGIN").await?;
    match sealed(side, wish, head, &archive, told).await {
        Ok(()) => side.run("COMMIT").await.map(|()| archive),
        Err(e) => {
            // The engine gives it up by itself when the connection ends, should this fail too.
            let _ended = side.run("ROLLBACK").await;
            Err(e)
        }
    }
}

async fn sealed(
    side: &Side,
    wish: &Wish<'_>,
    head: Head,
    archive: &Archive,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<(), StoreError> {
    let at = wish.now.as_millisecond();
    let bytes = crate::chain::seal(at, &archive.act(), &[], &[])?;
    let end = link(head, &bytes);
    let number = Cell::Integer(end.number.cast_signed());
    let mut file = Reader::open(wish.to)?;
    let (mut rows, mut count) = (vec![], 0);
    loop {
        let next = file.next()?;
        if let Some(entry) = &next {
            let hash = Cell::Bytes(entry.hash.to_vec());
            rows.push(vec![Cell::Integer(entry.number.cast_signed()), number.clone(), hash]);
        }
        if rows.len() == BATCH || next.is_none() && !rows.is_empty() {
            count += rows.len();
            side.add(named("ledger_archived")?, std::mem::take(&mut rows)).await?;
            told(&format!("{count} entries marked"));
        }
        if next.is_none() {
            break;
        }
    }
    let hash = Cell::Bytes(end.hash.to_vec());
    let entry = vec![number.clone(), Cell::Integer(at), Cell::Null, Cell::Null, hash.clone(), Cell::Bytes(bytes)];
    side.add(named("ledger")?, vec![entry]).await?;
    side.add(named("ledger_archive")?, vec![vec![number.clone()]]).await?;
    side.run("DELETE FROM ledger_head").await?;
    side.add(named("ledger_head")?, vec![vec![Cell::Integer(1), number, hash]]).await
}

/// Lets the bytes go, once the ledger and the file were proven together.
async fn finish(
    side: &Side,
    to: &Path,
    archive: Archive,
    finished: bool,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<Taken, StoreError> {
    told("proving the ledger and the file");
    let verified = side.prove(&[to.to_owned()]).await?;
    let act = archive.act;
    let mut from = archive.from;
    while from <= archive.to {
        let upto = archive.to.min(from + CLEARED_AT_ONCE - 1);
        side.run(&format!(
            "DELETE FROM ledger WHERE number>={from} AND number<={upto} AND number IN
             (SELECT number FROM ledger_archived WHERE number>={from} AND number<={upto} AND act={act})"
        ))
        .await?;
        side.settle()?;
        told(&format!("bytes gone up to entry {upto}"));
        from = upto + 1;
    }
    Ok(Taken { archive, finished, verified })
}

fn named(name: &str) -> Result<&'static Table, StoreError> {
    TABLES.iter().find(|t| t.name == name).ok_or_else(|| StoreError::Engine(format!("there is no table {name}")))
}
