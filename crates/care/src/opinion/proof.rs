//! The evidence: one ZIP with everything a stranger needs to verify an opinion with openssl (docs/SIGNATURES.md). Made at
//! the moment of signing and kept as it is, because authorities and programs change in fifteen years.

use super::manifest::{CONTENT, PDF, picture};
use bytes::Bytes;
use platform::pki::Signature;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter, result::ZipError};

/// What goes in.
pub struct Proof<'a> {
    /// What both signatures stand over.
    pub manifest: &'a [u8],
    /// The opinion's stored bytes.
    pub content: &'a [u8],
    /// The printed opinion.
    pub pdf: &'a [u8],
    /// The pictures of its key images.
    pub pictures: &'a [Bytes],
    /// The doctor's.
    pub signature: &'a Signature,
    /// The hospital's.
    pub seal: &'a Signature,
    /// Between the root and both certificates.
    pub authority_pem: &'a str,
    /// The installation's root.
    pub root_pem: &'a str,
}

impl Proof<'_> {
    /// The ZIP. No clock: every entry has the format's first date.
    pub fn zip(&self) -> Result<Vec<u8>, ZipError> {
        let files: [(&str, &[u8]); 9] = [
            ("manifest.json", self.manifest),
            (CONTENT, self.content),
            (PDF, self.pdf),
            ("signature.der", &self.signature.der),
            ("signer.pem", self.signature.certificate_pem.as_bytes()),
            ("seal.der", &self.seal.der),
            ("seal.pem", self.seal.certificate_pem.as_bytes()),
            ("authority.pem", self.authority_pem.as_bytes()),
            ("root.pem", self.root_pem.as_bytes()),
        ];
        let mut zip = ZipWriter::new(Cursor::new(vec![]));
        let how = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o644);
        for (name, bytes) in files {
            zip.start_file(name, how)?;
            zip.write_all(bytes)?;
        }
        for (number, png) in (1..).zip(self.pictures) {
            zip.start_file(picture(number), how)?;
            zip.write_all(png)?;
        }
        Ok(zip.finish()?.into_inner())
    }
}
