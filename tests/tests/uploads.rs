//! Large files by tus 1.0: what was acknowledged is there, whatever happens to the line or the program, and it is its
//! sender's alone.

mod broken;
mod protocol;
mod sender;
