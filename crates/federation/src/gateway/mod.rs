//! The hospital's side: `consilium gateway join`, `probe` and `run`, on a machine behind the hospital's firewall.
//!
//! Called by the command line. Everything goes outward over HTTPS, through a proxy where the environment names one
//! (`HTTPS_PROXY`). The key is made here and never leaves; it lies with its certificate in one file of mode 0600. It must never
//! send anything before the centre's authority was found to be the one that the invitation names, and never read the
//! hospital's patients.

mod dicom;
mod folder;
mod join;
mod line;
mod outbox;
mod probes;
mod run;
mod stun;
mod trouble;
mod trust;

pub use join::{Asked, join};
pub use line::Line;
pub use probes::all as probe;
pub use run::run;
pub use trouble::Trouble;

use crate::join::probe::Probe;
use kernel::Clock;
use std::path::Path;

/// The program's version, as the centre shows it.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The line of a gateway that has joined from this folder.
pub async fn open(dir: &Path, clock: &dyn Clock) -> Result<Line, Trouble> {
    let joined = folder::joined(dir)?.ok_or_else(|| Trouble::NotJoined(dir.to_owned()))?;
    Line::open(joined, clock).await
}

/// Tells the centre what the probes found. What cannot be sent now is kept, and sent by `gateway run`.
pub async fn tell(dir: &Path, line: &Line, probes: &[Probe], clock: &dyn Clock) -> Result<(), Trouble> {
    outbox::put(dir, probes)?;
    outbox::send(dir, line, clock).await
}
