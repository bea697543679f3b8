//! Metadata of instances, small: each against the first of its series.

use std::io;

/// Instances are compressed at a level that costs less than writing them.
const LEVEL: i32 = 3;
/// Metadata of one instance may come out so large.
const METADATA_MAX: usize = 64 << 20;

/// The length, then the bytes compressed against `base`.
pub(super) fn pack(bytes: &[u8], base: &[u8]) -> io::Result<Vec<u8>> {
    let len = u32::try_from(bytes.len()).ok().filter(|len| *len as usize <= METADATA_MAX);
    let mut packed = len.ok_or_else(|| io::Error::other("metadata are too large"))?.to_le_bytes().to_vec();
    let body = zstd::bulk::Compressor::with_dictionary(LEVEL, base).and_then(|mut c| c.compress(bytes));
    packed.extend_from_slice(&body?);
    Ok(packed)
}

/// What [`pack`] packed.
pub(super) fn unpack(packed: &[u8], base: &[u8]) -> io::Result<Vec<u8>> {
    let (len, body) = packed.split_first_chunk().ok_or_else(|| io::Error::other("no length"))?;
    let len = (u32::from_le_bytes(*len) as usize).min(METADATA_MAX);
    zstd::bulk::Decompressor::with_dictionary(base).and_then(|mut d| d.decompress(body, len))
}
