//! A report that waits to be sent. The newest alone counts, so there is one.

use super::{Line, Trouble};
use crate::join::probe::Probe;
use crate::join::report::Input;
use kernel::Clock;
use platform::pki::file;
use std::path::{Path, PathBuf};

fn at(dir: &Path) -> PathBuf {
    dir.join("report.json")
}

/// Reports that wait.
pub fn waiting(dir: &Path) -> u32 {
    u32::from(at(dir).exists())
}

/// Keeps a report until it is sent.
pub fn put(dir: &Path, probes: &[Probe]) -> Result<(), Trouble> {
    let report = Input { probes: probes.to_vec() };
    let text = serde_json::to_string(&report).map_err(|e| Trouble::Answer(e.to_string()))?;
    Ok(file::write(&at(dir), &text)?)
}

/// Sends what waits.
pub async fn send(dir: &Path, line: &Line, clock: &dyn Clock) -> Result<(), Trouble> {
    let path = at(dir);
    let Some(text) = file::read(&path)? else { return Ok(()) };
    let unread = |e: serde_json::Error| Trouble::File { path: path.clone(), why: format!("damaged: {e}; delete it") };
    let report: Input = serde_json::from_str(&text).map_err(unread)?;
    let () = line.post("/api/join/report", &report, clock).await?;
    std::fs::remove_file(&path).map_err(|e| Trouble::File { path: path.clone(), why: e.to_string() })
}
