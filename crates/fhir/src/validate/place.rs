//! Where in a resource something is: a chain on the stack, made into a text only when there is something to say.

use super::issue::quoted;

/// Most characters of a location.
const LONGEST: usize = 1000;

/// An element, and what it is in.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    above: Option<&'p Place<'p>>,
    name: &'p str,
    at: Option<usize>,
    /// Objects around it.
    pub(super) depth: usize,
}

impl<'p> Place<'p> {
    /// The resource itself.
    pub(super) fn root(name: &'p str) -> Self {
        Self { above: None, name, at: None, depth: 0 }
    }

    /// An element of it.
    pub(super) fn member(&'p self, name: &'p str) -> Self {
        Self { above: Some(self), name, at: None, depth: self.depth + 1 }
    }

    /// One of several.
    pub(super) fn item(&self, at: usize) -> Self {
        Self { at: Some(at), ..*self }
    }

    /// `Patient.contact[1].name`.
    pub(super) fn path(&self) -> String {
        let mut chain = Vec::new();
        let mut here = Some(self);
        while let Some(place) = here {
            chain.push(place);
            here = place.above;
        }
        let mut path = String::new();
        for place in chain.into_iter().rev() {
            if path.len() > LONGEST {
                path.push_str(".…");
                break;
            }
            if !path.is_empty() {
                path.push('.');
            }
            if plain(place.name) {
                path.push_str(place.name);
            } else {
                let name = quoted(place.name);
                path.push_str(&format!("`{}`", name.trim_matches('\'').replace('`', "\u{FFFD}")));
            }
            if let Some(at) = place.at {
                path.push_str(&format!("[{at}]"));
            }
        }
        path
    }
}

/// Whether a name needs no marks in FHIRPath.
fn plain(name: &str) -> bool {
    name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.is_empty()
        && !name.as_bytes()[0].is_ascii_digit()
}
