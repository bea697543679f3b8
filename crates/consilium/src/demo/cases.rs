//! Six cases, each told through the operations of those who took part.

use super::ShiftedClock;
use crate::app::App;
use anyhow::Result;
use jiff::SignedDuration;

/// One case.
pub struct Story {
    /// For the terminal.
    pub title: &'static str,
    /// How long ago it began.
    pub ago: SignedDuration,
}

/// The cases, oldest first.
pub fn stories() -> Vec<Story> {
    vec![]
}

/// Makes a case come about.
pub async fn tell(_app: &App, _clock: &ShiftedClock, _story: &Story) -> Result<()> {
    Ok(())
}
