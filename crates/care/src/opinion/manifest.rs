//! What is signed: a short text that names the opinion's bytes, who signs, and when.

use bytes::Bytes;
use hex::encode;
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The file names, in the manifest and in the evidence.
pub const CONTENT: &str = "opinion.json";
/// The printed opinion.
pub const PDF: &str = "opinion.pdf";

/// The manifest. Its bytes are made once, here, and are what both signatures stand over.
#[derive(Debug, Serialize)]
pub struct Manifest<'a> {
    format: &'static str,
    algorithm: &'static str,
    /// The Composition.
    pub opinion: String,
    /// The number of the case.
    pub case: &'a str,
    /// 1 for the first.
    pub version: u32,
    /// The version before, of an amendment.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<Replaces>,
    files: Vec<File>,
    /// Who signs.
    pub signer: Signer<'a>,
    signed_at: Timestamp,
}

/// The version that an amendment replaces.
#[derive(Debug, Serialize)]
pub struct Replaces {
    /// The Composition.
    pub opinion: String,
    /// Which version.
    pub version: u32,
    /// SHA-256 of its manifest, which both its signatures stand over.
    pub manifest_sha256: String,
    /// Why.
    pub reason: String,
}

/// A file and its hash.
#[derive(Debug, Serialize)]
struct File {
    name: String,
    bytes: usize,
    sha256: String,
}

/// Who signs, by id and in words.
#[derive(Debug, Serialize)]
pub struct Signer<'a> {
    /// The Practitioner.
    pub person: String,
    /// The PractitionerRole.
    pub role: String,
    /// The Organization.
    pub hospital: String,
    /// In words.
    pub name: &'a str,
    /// In words.
    pub title: Option<&'a str>,
    /// In words.
    pub hospital_name: &'a str,
}

/// What is signed beside the files.
#[derive(Debug)]
pub struct Of<'a> {
    /// The Composition.
    pub opinion: String,
    /// The number of the case.
    pub case: &'a str,
    /// 1 for the first.
    pub version: u32,
    /// The version before, of an amendment.
    pub replaces: Option<Replaces>,
    /// Who signs.
    pub signer: Signer<'a>,
    /// When.
    pub signed_at: Timestamp,
}

/// The name of a key image's picture, counted from 1.
pub fn picture(number: usize) -> String {
    format!("key-image-{number}.png")
}

/// The bytes to sign.
pub fn bytes(of: Of<'_>, content: &[u8], pdf: &[u8], pictures: &[Bytes]) -> Result<Vec<u8>, serde_json::Error> {
    let file = |name, bytes: &[u8]| File { name, bytes: bytes.len(), sha256: encode(Sha256::digest(bytes)) };
    let mut files = vec![file(CONTENT.to_owned(), content), file(PDF.to_owned(), pdf)];
    files.extend((1..).zip(pictures).map(|(number, png)| file(picture(number), png)));
    let Of { opinion, case, version, replaces, signer, signed_at } = of;
    let manifest = Manifest {
        format: "consilium-opinion-1",
        algorithm: "ECDSA P-256 with SHA-256, DER",
        opinion,
        case,
        version,
        replaces,
        files,
        signer,
        signed_at,
    };
    let mut bytes = serde_json::to_vec_pretty(&manifest)?;
    bytes.push(b'\n');
    Ok(bytes)
}
