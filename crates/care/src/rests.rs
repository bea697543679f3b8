//! Whether a step rests on what the person saw.

/// What of a case a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rests {
    /// A decision about what was on the screen: somebody else's step in between is a conflict.
    On(u64),
    /// True whatever happened since, as long as the state allows it: an expert's yes or no, a session's beginning, an offer.
    Since(u64),
}

impl Rests {
    /// Whether it still stands at this version.
    pub fn stands_at(self, version: u64) -> bool {
        match self {
            Self::On(seen) => seen == version,
            Self::Since(seen) => seen <= version,
        }
    }
}
