//! `consilium`: an open telemedicine centre in a box.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    give_memory_back();
    consilium::cli::Cli::parse().run()
}

/// A password check takes 19 MB for a moment, a CT slice half of one. Left to itself the allocator learns to keep such
/// blocks for ever, once for each thread; a fixed bound makes it return them.
fn give_memory_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const LARGE: libc::c_int = 512 * 1024;
        // SAFETY: sets two numbers of the allocator before any other thread is there.
        unsafe {
            libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
            libc::mallopt(libc::M_ARENA_MAX, 4);
        }
    }
}
