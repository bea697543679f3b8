//! Large files by tus 1.0: what was acknowledged is there, whatever happens to the line or the program, and it is its
//! sender's alone.
#![expect(clippy::unwrap_used, reason = "a failed expectation is a panic here")]

mod uploads {
    pub mod broken;
    pub mod protocol;
    pub mod sender;
}
