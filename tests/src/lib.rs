//! What the tests of the whole program share: the built binary under a harness that kills it, a liar in front of it,
//! a disk that fills or fails under it.
//!
//! Called by `tests/tests/*` and `fuzz/`. It must never reach inside the program: everything goes through its command line and HTTP,
//! but for the readers of bytes that [`hostile`] throws bytes at.

pub mod cast;
pub mod hostile;
pub mod liar;
pub mod mount;
pub mod program;
