//! The terminal by which the asking hospital joins a meeting: each of its meetings takes one, so that two of its patients are not
//! brought before the same screen. A hospital that keeps none in the directory joins by whatever stands there, and nothing is taken.

use crate::consult::model::Booking;
use crate::consult::state::{Kind, Urgency};
use crate::consult::{Loaded, slots};
use kernel::{Id, Time};
use platform::directory::device::Device;
use platform::{Platform, Problem};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How the keys begin.
pub const PREFIX: &str = "terminal/";

/// The claims of a terminal's time begin with this.
pub fn key(terminal: &Id) -> String {
    format!("{PREFIX}{terminal}/")
}

/// What a meeting joins by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// By whatever there is: it needs none, or the hospital keeps none.
    Any,
    /// By this one.
    One(Id),
    /// Each is taken for some of the time.
    AllTaken,
}

impl Choice {
    /// The terminal that is taken.
    pub fn taken(self) -> Option<Id> {
        match self {
            Self::One(id) => Some(id),
            Self::Any | Self::AllTaken => None,
        }
    }
}

/// Which terminal a booking takes: the one that the case has already, else the first by name that is free throughout. An
/// emergency waits for none: with all of them taken it joins by whatever there is.
pub async fn choose(platform: &Platform, case: &Loaded, booking: &Booking, now: Time) -> Result<Choice, Problem> {
    let terminals = kept(platform, case);
    if case.consult.ask.kind != Kind::Live || terminals.is_empty() {
        return Ok(Choice::Any);
    }
    let wanted: BTreeSet<Time> = slots(booking.start, booking.end).collect();
    for terminal in &terminals {
        let prefix = key(&terminal.id);
        let held = platform.store.claims(&prefix, now).await?;
        let others = held.iter().filter(|claim| claim.by != case.at.case);
        let mut times = others.filter_map(|claim| claim.key.strip_prefix(&prefix)?.parse::<Time>().ok());
        if !times.any(|from| wanted.contains(&from)) {
            return Ok(Choice::One(terminal.id.clone()));
        }
    }
    Ok(if case.consult.ask.urgency == Urgency::Emergency { Choice::Any } else { Choice::AllTaken })
}

/// The terminals of the asking hospital, the case's own first.
fn kept(platform: &Platform, case: &Loaded) -> Vec<Arc<Device>> {
    let mut terminals = platform.directory.devices();
    terminals.retain(|device| device.is_terminal() && device.hospital == case.custodian);
    let own = case.consult.stage.booking().and_then(|booking| booking.terminal.as_ref());
    terminals.sort_by_key(|device| (Some(&device.id) != own, device.name.clone(), device.id.clone()));
    terminals
}
