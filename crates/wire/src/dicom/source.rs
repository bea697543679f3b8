//! Bytes that can be read at a place: a slice in tests, a file in the product.

use super::DicomError;
use std::io;

/// Something with a length that gives bytes from a place.
pub trait Source {
    /// How many bytes there are.
    fn len(&self) -> u64;
    /// Fills `into` with the bytes from `at` on, all of them or an error.
    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()>;
    /// Whether there is nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Source for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(at).map_err(|_| io::ErrorKind::UnexpectedEof)?;
        let end = start.checked_add(into.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        into.copy_from_slice(self.get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        Source::len(self.as_slice())
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.as_slice().read_at(at, into)
    }
}

/// Reads `len` bytes from `at`; the caller has bounded `len`.
pub(super) fn read(source: &(impl Source + ?Sized), at: u64, len: usize) -> Result<Vec<u8>, DicomError> {
    let mut bytes = vec![0; len];
    source.read_at(at, &mut bytes).map_err(|e| DicomError::Source(e.kind()))?;
    Ok(bytes)
}
