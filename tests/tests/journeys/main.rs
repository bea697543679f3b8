//! Whole stories over HTTP, as browsers tell them.

mod consult;
