//! The clocks of a consultation: how long each step may take by urgency, and which clock runs in which state. Pure.
//!
//! The limits are settings (`platform::settings::Timers`). What runs is written into the case when a step is taken, so a
//! changed setting does not move the clocks of cases under way.

use super::model::Consult;
use super::state::{Kind, State, Urgency};
use jiff::SignedDuration;
use kernel::Time;
use platform::settings::Timers;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimerKind {
    /// A dispatcher looks at the request.
    FirstLook,
    /// An expert is in the room.
    ExpertInRoom,
    /// The opinion is signed.
    SignedOpinion,
    /// The asking doctor answers.
    Acknowledge,
}

/// A clock that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Timer {
    /// Which.
    pub kind: TimerKind,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub started: Time,
    /// When it has run out.
    #[schema(value_type = String, format = DateTime)]
    pub due: Time,
}

/// How long one clock runs at an urgency.
pub fn allowed(limits: &Timers, urgency: Urgency, kind: TimerKind) -> SignedDuration {
    let minutes = match urgency {
        Urgency::Emergency => &limits.emergency,
        Urgency::Urgent => &limits.urgent,
        Urgency::Routine => &limits.routine,
    };
    SignedDuration::from_mins(i64::from(match kind {
        TimerKind::FirstLook => minutes.first_look_minutes,
        TimerKind::ExpertInRoom => minutes.expert_in_room_minutes,
        TimerKind::SignedOpinion => minutes.signed_opinion_minutes,
        TimerKind::Acknowledge => minutes.acknowledge_minutes,
    }))
}

/// Which clock runs in a state. Without a room nobody is waited for in it: a record consultation's next clock is its opinion.
pub fn kind_in(state: State, kind: Kind) -> Option<TimerKind> {
    match (state, kind) {
        (State::Submitted | State::Transferred, _) => Some(TimerKind::FirstLook),
        (
            State::Triaged
            | State::Scheduled
            | State::Waiting
            | State::NoShow
            | State::Escalated
            | State::ConvertedAsync,
            Kind::Live,
        ) => Some(TimerKind::ExpertInRoom),
        (State::Triaged | State::Scheduled | State::Waiting | State::NoShow, Kind::Record)
        | (State::Escalated | State::ConvertedAsync, Kind::Record)
        | (State::InSession | State::Suspended | State::OpinionDrafted, _) => Some(TimerKind::SignedOpinion),
        (State::Signed | State::Delivered, _) => Some(TimerKind::Acknowledge),
        (
            State::Draft
            | State::Returned
            | State::Acknowledged
            | State::FollowedUp
            | State::Closed
            | State::Declined
            | State::Cancelled,
            _,
        ) => None,
    }
}

/// The clock in force. The first two run from the submission; the opinion's from the beginning of the session (without
/// one, from the submission); the answer's from the signature.
pub fn in_force(case: &Consult, limits: &Timers) -> Option<Timer> {
    let kind = kind_in(case.state(), case.ask.kind)?;
    let started = match kind {
        TimerKind::FirstLook | TimerKind::ExpertInRoom => case.ask.clock_from,
        TimerKind::SignedOpinion => case.stage.session_started().unwrap_or(case.ask.clock_from),
        TimerKind::Acknowledge => case.stage.advice().map_or(case.since, |a| a.at),
    };
    Some(Timer { kind, started, due: started + allowed(limits, case.ask.urgency, kind) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_missions() {
        let limits = Timers::default();
        let kinds = [TimerKind::FirstLook, TimerKind::ExpertInRoom, TimerKind::SignedOpinion, TimerKind::Acknowledge];
        let minutes = |urgency| kinds.map(|kind| allowed(&limits, urgency, kind).as_mins());
        assert_eq!(minutes(Urgency::Emergency), [3, 10, 30, 15]);
        assert_eq!(minutes(Urgency::Urgent), [15, 240, 120, 60]);
        assert_eq!(minutes(Urgency::Routine), [30, 1440, 1440, 1440]);
    }

    #[test]
    fn an_ended_case_has_no_clock_and_an_open_one_with_the_centre_has() {
        for &state in State::ALL {
            for kind in [Kind::Live, Kind::Record] {
                let runs = kind_in(state, kind).is_some();
                let idle = state.is_end()
                    || matches!(state, State::Draft | State::Returned | State::Acknowledged | State::FollowedUp);
                assert_eq!(runs, !idle, "{state:?}");
                if kind == Kind::Record {
                    assert_ne!(kind_in(state, kind), Some(TimerKind::ExpertInRoom), "{state:?}");
                }
            }
        }
    }
}
