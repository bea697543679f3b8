//! The objects of a run as they are written.

use super::manifest::Object;
use super::pack::{Packer, What, compress};
use super::shelf::Shelf;
use crate::StoreError;
use crate::copy::Cell;
use sha2::{Digest, Sha256};

/// Writes objects of bounded size into a folder of their own.
pub(super) struct Out<'a> {
    pub(super) shelf: &'a dyn Shelf,
    pub(super) folder: String,
    packer: Packer,
    pub(super) objects: Vec<Object>,
}

impl<'a> Out<'a> {
    pub(super) fn new(shelf: &'a dyn Shelf, folder: String) -> Self {
        Self { shelf, folder, packer: Packer::new(), objects: vec![] }
    }

    pub(super) async fn row(&mut self, table: &'static str, row: &[Cell]) -> Result<(), StoreError> {
        self.packer.row(table, row);
        if self.packer.is_full() { self.flush().await } else { Ok(()) }
    }

    pub(super) async fn piece(
        &mut self,
        what: What,
        name: &str,
        about: (u64, u64, u32),
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        self.packer.piece(what, name, about, bytes);
        if self.packer.is_full() { self.flush().await } else { Ok(()) }
    }

    /// Writes what was gathered.
    pub(super) async fn flush(&mut self) -> Result<(), StoreError> {
        let Some((raw, holds)) = self.packer.take() else { return Ok(()) };
        let size = raw.len() as u64;
        let packed = tokio::task::spawn_blocking(move || {
            let packed = compress(&raw)?;
            let sha256 = hex::encode(Sha256::digest(&packed));
            Ok::<_, StoreError>((packed, sha256))
        });
        let (packed, sha256) = packed.await.map_err(|_| StoreError::Engine("compressing panicked".into()))??;
        let name = format!("{}/{:06}.zst", self.folder, self.objects.len() + 1);
        let bytes = packed.len() as u64;
        self.shelf.put(&name, packed.into()).await?;
        self.objects.push(Object { name, bytes, sha256, size, holds });
        Ok(())
    }

    /// All objects are there, as long as they were written: nobody cleaned up meanwhile.
    pub(super) async fn still_there(&self) -> Result<(), StoreError> {
        let listed = self.shelf.list(&format!("{}/", self.folder)).await?;
        let there: std::collections::HashMap<&str, u64> =
            listed.iter().map(|object| (object.name.as_str(), object.bytes)).collect();
        match self.objects.iter().find(|object| there.get(object.name.as_str()) != Some(&object.bytes)) {
            Some(gone) => Err(StoreError::Engine(format!("{} is gone: somebody else clears up there", gone.name))),
            None => Ok(()),
        }
    }

    /// Takes away what was written.
    pub(super) async fn give_up(self) {
        for object in &self.objects {
            let _left = self.shelf.remove(&object.name).await;
        }
    }
}
