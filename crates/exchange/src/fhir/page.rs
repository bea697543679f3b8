//! Where a page ended, sealed: a client hands it back as it got it, for the same search, or is refused.

use super::caller::Caller;
use super::refusal::Refusal;
use sha2::{Digest, Sha256};

/// The parameter that carries it.
pub const PARAM: &str = "_page";

/// What a token is good for: this caller, this address, these parameters.
pub struct Place {
    purpose: String,
}

impl Place {
    /// Of a search at `path` with the parameters that are used.
    pub fn new(caller: &Caller, path: &str, params: &[(String, String)]) -> Self {
        let actor = caller.op.actor();
        let mut hash = Sha256::new();
        for (name, value) in params {
            for part in [name, value] {
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
        }
        let asked = hex::encode(hash.finalize());
        Self { purpose: format!("fhir-page:{}:{}:{path}:{asked}", actor.person, actor.role.code()) }
    }

    /// The token for where a page ended.
    pub fn seal(&self, caller: &Caller, end: &str) -> String {
        let platform = caller.op.platform();
        let sealed = platform.pages.seal(end.as_bytes(), &self.purpose, &*platform.ids);
        sealed.replace('+', "-").replace('/', "_").replace('=', "")
    }

    /// Where the page before ended.
    pub fn open(&self, caller: &Caller, token: &str) -> Result<String, Refusal> {
        let mut text = token.replace('-', "+").replace('_', "/");
        while !text.len().is_multiple_of(4) {
            text.push('=');
        }
        let opened = caller.op.platform().pages.open_sealed(&text, &self.purpose);
        opened.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
            Refusal::bad(
                "fhir.page",
                "This page is not of this search, or its address was changed. Begin at the first page.",
            )
        })
    }
}

/// Where a page ended: which of the types, and where in it.
#[derive(Debug, Default)]
pub struct Spot {
    /// Which of the types, from 0.
    pub of: usize,
    /// The store's own token.
    pub after: Option<String>,
}

impl Spot {
    /// As it is sealed.
    pub fn write(&self) -> String {
        format!("{}.{}", self.of, self.after.as_deref().unwrap_or_default())
    }

    /// Reads what was sealed.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let refused = || Refusal::bad("fhir.page", "This page is not of this search.");
        let (of, after) = text.split_once('.').ok_or_else(refused)?;
        let after = (!after.is_empty()).then(|| after.to_owned());
        Ok(Self { of: of.parse().map_err(|_| refused())?, after })
    }
}
