//! What the program says to the person at the terminal. Logs go to stderr, this to stdout.

use std::fmt::Display;
use std::io::Write;

/// One line. A closed terminal is no reason to stop.
pub fn tell(line: impl Display) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}
