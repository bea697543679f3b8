//! `consilium`: an open telemedicine centre in a box.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    consilium::cli::Cli::parse().run()
}
