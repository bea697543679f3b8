//! `consilium`: an open telemedicine centre in a box.

use clap::Parser;
use std::process::ExitCode;

/// For the C libraries too (`override`): SQLite takes most of what is taken. A create costs a quarter less of the processor than with the
/// allocator of glibc, and what a password check or a CT slice took goes back to the system.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    consilium::cli::Cli::parse().run()
}
