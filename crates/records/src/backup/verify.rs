//! Everything is read back and proven, and what is wrong is named.

use super::files::read_object;
use super::manifest::{self, Run};
use super::pack::{Block, What};
use super::proof::{EXTRA, Proof};
use super::shelf::Shelf;
use crate::StoreError;

/// So many faults are named.
const MOST: usize = 100;

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Chains, and runs in all.
    pub chains: u32,
    /// Runs in all.
    pub runs: u32,
    /// Objects, and their bytes.
    pub objects: (u64, u64),
    /// The newest chain: where the ledger stands, how many versions it vouches for, how many attachments are there.
    pub number: u64,
    /// Versions that the numbered entries of the newest chain vouch for.
    pub versions: u64,
    /// Attachments of the newest chain.
    pub blobs: u64,
    /// Attachments that the newest run says were missing.
    pub missing: Vec<String>,
    /// What is wrong, each by name. Empty: all of it is whole.
    pub faults: Vec<String>,
}

/// Reads all chains of a place back.
pub async fn verify(shelf: &dyn Shelf, told: &mut (dyn FnMut(&str) + Send)) -> Result<Checked, StoreError> {
    let listed = shelf.list("").await?;
    let mut checked = Checked::default();
    for (chain, runs) in manifest::chains(&listed) {
        checked.chains += 1;
        match manifest::runs(shelf, chain, runs.last().copied().unwrap_or(1)).await {
            Ok(runs) => one(shelf, &runs, &mut checked, told).await?,
            Err(e) => fault(&mut checked, e)?,
        }
    }
    if checked.chains == 0 {
        return Err(StoreError::Engine(format!("there is no backup in {}", shelf.name())));
    }
    Ok(checked)
}

/// What is damaged is noted, and the rest read; what could not be read at all ends it.
fn fault(checked: &mut Checked, error: StoreError) -> Result<(), StoreError> {
    match error {
        StoreError::Corrupt(why) => checked.faults.push(why),
        StoreError::Broken { number, why } => checked.faults.push(format!("ledger, entry {number}: {why}")),
        other => return Err(other),
    }
    if checked.faults.len() >= MOST {
        return Err(StoreError::Corrupt(format!("{}; and more", checked.faults.join("; "))));
    }
    Ok(())
}

async fn one(
    shelf: &dyn Shelf,
    runs: &[Run],
    checked: &mut Checked,
    told: &mut (dyn FnMut(&str) + Send),
) -> Result<(), StoreError> {
    let mut proof = Some(Proof::new());
    for Run { manifest, .. } in runs {
        checked.runs += 1;
        for object in &manifest.objects {
            checked.objects = (checked.objects.0 + 1, checked.objects.1 + object.bytes);
            told(&format!("object {} of chain {}", checked.objects.0, manifest.chain));
            let mut blocks = match read_object(shelf, object).await {
                Ok(blocks) => blocks,
                Err(e) => {
                    fault(checked, e)?;
                    // What follows rests on it: it is only looked at object by object.
                    proof = None;
                    continue;
                }
            };
            while let Some(going) = &mut proof {
                let taken = match blocks.next() {
                    Ok(None) => break,
                    Ok(Some(Block::Rows { table, rows })) => going.rows(manifest, &table, &rows),
                    Ok(Some(Block::Piece { what: What::Blob, name, size, from, mode, bytes })) => {
                        going.piece(manifest, (&name, size, from, mode == EXTRA), &bytes).map(|_| ())
                    }
                    Ok(Some(Block::Piece { .. })) => Ok(()),
                    Err(e) => Err(e),
                };
                if let Err(e) = taken {
                    fault(checked, in_object(e, &object.name))?;
                    proof = None;
                }
            }
        }
        if let Some(going) = &mut proof
            && let Err(e) = going.end(manifest)
        {
            fault(checked, e)?;
            proof = None;
        }
    }
    if let (Some(proof), Some(Run { manifest, .. })) = (proof, runs.last()) {
        (checked.number, checked.versions, checked.blobs) = (manifest.number, proof.versions, proof.blobs);
        checked.missing.clone_from(&manifest.missing);
    }
    Ok(())
}

fn in_object(error: StoreError, object: &str) -> StoreError {
    match error {
        StoreError::Corrupt(why) => StoreError::Corrupt(format!("object {object}: {why}")),
        StoreError::Broken { number, why } => {
            StoreError::Corrupt(format!("object {object}: ledger, entry {number}: {why}"))
        }
        other => other,
    }
}
