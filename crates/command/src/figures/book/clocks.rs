//! Which clocks of a case were kept: read from the versions of its Task, in each of which the clock in force stands
//! (`restriction.period`), so that a limit changed later moves nothing that is over. Pure.

use kernel::Time;

/// Which clock (the table of timers; docs/FHIR.md says which runs in which state).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockKind {
    /// A dispatcher looks at the request.
    FirstLook,
    /// An expert is in the room.
    ExpertInRoom,
    /// The opinion is signed.
    SignedOpinion,
    /// The asking doctor answers.
    Acknowledge,
}

impl ClockKind {
    /// All, in the order of their running.
    #[cfg(test)]
    pub const ALL: [Self; 4] = [Self::FirstLook, Self::ExpertInRoom, Self::SignedOpinion, Self::Acknowledge];

    /// The clock of a state, as `care::consult::timer` sets it.
    fn in_state(state: &str, live: bool) -> Option<Self> {
        Some(match state {
            "submitted" | "transferred" => Self::FirstLook,
            "triaged" | "scheduled" | "waiting" | "no-show" | "escalated" | "converted-async" if live => {
                Self::ExpertInRoom
            }
            "triaged" | "scheduled" | "waiting" | "no-show" | "escalated" | "converted-async" | "in-session"
            | "suspended" | "opinion-drafted" => Self::SignedOpinion,
            "signed" | "delivered" => Self::Acknowledge,
            _ => return None,
        })
    }

    /// Whether coming into this state is what the clock waited for. A case that is called off, refused or handled in another
    /// way stops its clock, and counts neither as kept nor, unless it had run out, as late.
    fn is_reached(self, state: &str) -> bool {
        match self {
            Self::FirstLook => state != "cancelled",
            Self::ExpertInRoom => state == "in-session",
            Self::SignedOpinion => matches!(state, "signed" | "delivered"),
            Self::Acknowledge => matches!(state, "acknowledged" | "followed-up" | "closed"),
        }
    }
}

/// A clock of one case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Clock {
    late: bool,
    reached: bool,
    due: Option<Time>,
}

/// The clocks of a case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clocks([Clock; 4]);

/// What a version of the Task says of the clocks.
#[derive(Debug, Clone)]
pub struct At<'a> {
    /// The state.
    pub state: &'a str,
    /// When it came into being.
    pub at: Time,
    /// When the clock in force runs out.
    pub due: Option<Time>,
    /// By video.
    pub live: bool,
}

impl Clocks {
    /// From the versions of a Task, oldest first.
    pub fn of<'a>(versions: impl IntoIterator<Item = At<'a>>) -> Self {
        let mut clocks = [Clock::default(); 4];
        let mut running: Option<(ClockKind, Time)> = None;
        for version in versions {
            let next = ClockKind::in_state(version.state, version.live).zip(version.due);
            if let Some((kind, due)) = running {
                let clock = &mut clocks[kind as usize];
                clock.late |= version.at > due;
                clock.reached |= next.map(|(next, _)| next) != Some(kind) && kind.is_reached(version.state);
            }
            running = next;
        }
        if let Some((kind, due)) = running {
            clocks[kind as usize].due = Some(due);
        }
        Self(clocks)
    }

    /// What the clock waited for came, and in time.
    pub fn is_kept(&self, kind: ClockKind) -> bool {
        let clock = self.0[kind as usize];
        clock.reached && !clock.late
    }

    /// It ran out, whatever came afterwards.
    pub fn is_late(&self, kind: ClockKind, now: Time) -> bool {
        let clock = self.0[kind as usize];
        clock.late || clock.due.is_some_and(|due| due < now)
    }

    /// It was kept or it ran out. A clock that runs and has not run out is neither.
    pub fn is_decided(&self, kind: ClockKind, now: Time) -> bool {
        self.is_kept(kind) || self.is_late(kind, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn at(minutes: i64) -> Time {
        Time::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    fn clocks(steps: &[(&str, i64, Option<i64>)], live: bool) -> Clocks {
        Clocks::of(steps.iter().map(|&(state, when, due)| At { state, at: at(when), due: due.map(at), live }))
    }

    #[test]
    fn a_case_on_time_keeps_all_and_one_instant_is_not_late() {
        let all = clocks(
            &[
                ("submitted", 0, Some(15)),
                ("triaged", 15, Some(240)),
                ("scheduled", 20, Some(240)),
                ("in-session", 240, Some(360)),
                ("suspended", 250, Some(360)),
                ("signed", 360, Some(420)),
                ("acknowledged", 420, None),
                ("closed", 9_000, None),
            ],
            true,
        );
        for kind in ClockKind::ALL {
            assert!(all.is_kept(kind) && !all.is_late(kind, at(10_000)), "{kind:?}");
        }
    }

    #[test]
    fn late_is_late_even_when_it_came_and_while_nothing_comes() {
        let late = clocks(&[("submitted", 0, Some(15)), ("triaged", 16, Some(240))], true);
        assert!(late.is_late(ClockKind::FirstLook, at(16)) && !late.is_kept(ClockKind::FirstLook));
        let expert = ClockKind::ExpertInRoom;
        assert!(!late.is_decided(expert, at(240)) && late.is_late(expert, at(241)), "its clock runs");
    }

    #[test]
    fn what_is_called_off_is_neither_unless_it_was_late_before() {
        let off = |when| clocks(&[("submitted", 0, Some(15)), ("cancelled", when, None)], true);
        assert!(!off(10).is_decided(ClockKind::FirstLook, at(99)));
        assert!(off(16).is_late(ClockKind::FirstLook, at(99)));
        let returned = clocks(&[("submitted", 0, Some(15)), ("returned", 3, None)], true);
        assert!(returned.is_kept(ClockKind::FirstLook), "who sends it back has looked");
        let declined = clocks(&[("triaged", 0, Some(15)), ("declined", 3, None)], true);
        assert!(!declined.is_decided(ClockKind::ExpertInRoom, at(99)));
    }

    #[test]
    fn on_the_record_there_is_no_room() {
        let record = clocks(&[("triaged", 0, Some(60)), ("signed", 30, Some(90))], false);
        assert!(record.is_kept(ClockKind::SignedOpinion) && !record.is_decided(ClockKind::ExpertInRoom, at(999)));
    }
}
