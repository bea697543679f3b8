//! Power cuts: of what was acknowledged nothing is lost when only what was fsynced survives.
//!
//! A child process (this very test program) commits on a file system of our own, whose power fails in the midst of some write, fsync
//! or rename. What is left is mounted and looked at; then the next child goes on from it. Half of the cuts leave nothing that
//! was not fsynced, half leave some of it, torn. With a planted fault the same harness must find a loss.

mod child;
mod cuts;
mod left_behind;
mod looker;
