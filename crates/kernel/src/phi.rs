//! Personal data that must not reach a log.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value about a person. `Debug` and `Display` print a mask; serialising it is a deliberate act and keeps the value.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phi<T>(pub T);

impl<T> Phi<T> {
    /// The value, for those who may.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T> fmt::Display for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_a_mask() {
        let name = Phi("王小明".to_owned());
        assert_eq!(format!("{name} {name:?} {:?}", Some(&name)), "*** *** Some(***)");
        assert_eq!(serde_json::to_string(&name).unwrap(), "\"王小明\"");
    }
}
