//! Names that come from outside, and names we give.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

const LONGEST: usize = 128;

/// The text is empty, too long or holds control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a name: 1 to 128 bytes without control characters")]
pub struct InvalidName;

fn checked(name: impl Into<Arc<str>>) -> Result<Arc<str>, InvalidName> {
    let name = name.into();
    let fits = (1..=LONGEST).contains(&name.len()) && !name.chars().any(char::is_control);
    if fits { Ok(name) } else { Err(InvalidName) }
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) Arc<str>);

        impl $name {
            /// Checks and takes `name`.
            pub fn new(name: impl Into<Arc<str>>) -> Result<Self, InvalidName> {
                checked(name).map(Self)
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// Who takes part: one device of a person. Opaque here but for what stands before a `~`, which is the person: all
    /// its devices count as one and are not heard by each other.
    PeerName
}
name! {
    /// Where; opaque here.
    RoomName
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Sends the participant's camera and microphone.
    Publish,
    /// Brings the others.
    Receive,
}

/// One connection of a participant. Not a secret: who may use it is decided before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId {
    pub(crate) thread: u16,
    pub(crate) number: u64,
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.thread, self.number)
    }
}

impl FromStr for ConnectionId {
    type Err = InvalidName;
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let (thread, number) = text.split_once('-').ok_or(InvalidName)?;
        let thread = thread.parse().map_err(|_| InvalidName)?;
        Ok(Self { thread, number: number.parse().map_err(|_| InvalidName)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_ids_are_read_back() {
        for bad in ["", "a\nb", &"x".repeat(129)] {
            assert_eq!(PeerName::new(bad), Err(InvalidName), "{bad:?}");
        }
        assert!(RoomName::new("0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f").is_ok());
        let id = ConnectionId { thread: 1, number: 42 };
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "1", "x-1", "1-x", "1-2-3", "70000-1"] {
            assert_eq!(bad.parse::<ConnectionId>(), Err(InvalidName), "{bad}");
        }
    }
}
