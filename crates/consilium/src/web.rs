//! The built web app, inside the binary.

use bytes::Bytes;
use platform::web::{Asset, Assets};
use std::borrow::Cow;

#[derive(rust_embed::Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Serves `web/dist` as it was when the binary was built.
pub struct Embedded;

impl Assets for Embedded {
    fn get(&self, path: &str) -> Option<Asset> {
        let file = Dist::get(path)?;
        let bytes = match file.data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => bytes.into(),
        };
        Some(Asset { bytes, mime: file.metadata.mimetype().to_owned(), sha256: file.metadata.sha256_hash() })
    }
}
