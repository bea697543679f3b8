//! What happens when a clock of a consultation runs out, step by step, known before it happens. Pure.
//!
//! `timer` says which clock is in force; here stands what follows from it: who is told when, when a standby is asked, when
//! somebody is replaced. `escalation` does it, the case page and the list show what comes next. It must never do IO.

use super::model::{Booking, Consult, ROOM_OPENS_BEFORE, Stage};
use super::state::{Absent, Kind, State, Urgency};
use super::timer::{Timer, TimerKind};
use jiff::SignedDuration;
use kernel::Time;
use platform::settings::Timers;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// An emergency is asked: who is on call for the specialty hears of it at once, all in parallel; where nobody is, every
    /// expert of it.
    Ring,
    /// Nobody at the centre has looked.
    FirstLook,
    /// In an emergency: no named expert has said yes.
    Accept,
    /// The room opens: who is expected in it is reminded.
    Remind,
    /// Who should be in the room now is called.
    Call,
    /// Another expert is asked to stand by.
    Standby,
    /// The dispatcher is told that somebody is late.
    Dispatcher,
    /// The standby takes over; without one the case is a no-show.
    Swap,
    /// The asking side did not come: the case is a no-show.
    Absent,
    /// No expert was in the room in time.
    ExpertInRoom,
    /// The session is interrupted for long; its room is kept.
    Line,
    /// The opinion is not signed.
    Opinion,
    /// The asking doctor has not answered.
    Acknowledge,
    /// As long again has passed: the hospital's administrators are told.
    Administrator,
}

impl Rung {
    /// Its code, as in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::FirstLook => "first-look",
            Self::Accept => "accept",
            Self::Remind => "remind",
            Self::Call => "call",
            Self::Standby => "standby",
            Self::Dispatcher => "dispatcher",
            Self::Swap => "swap",
            Self::Absent => "absent",
            Self::ExpertInRoom => "expert-in-room",
            Self::Line => "line",
            Self::Opinion => "opinion",
            Self::Acknowledge => "acknowledge",
            Self::Administrator => "administrator",
        }
    }

    /// The act in the ledger.
    pub fn act(self) -> &'static str {
        match self {
            Self::Ring => "timer.ring",
            Self::FirstLook => "timer.first_look",
            Self::Accept => "timer.accept",
            Self::Remind => "timer.remind",
            Self::Call => "timer.call",
            Self::Standby => "timer.standby",
            Self::Dispatcher => "timer.dispatcher",
            Self::Swap => "timer.swap",
            Self::Absent => "timer.no_show",
            Self::ExpertInRoom => "timer.expert_in_room",
            Self::Line => "timer.line",
            Self::Opinion => "timer.opinion",
            Self::Acknowledge => "timer.acknowledge",
            Self::Administrator => "timer.administrator",
        }
    }
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The asking doctor.
    Asking,
    /// The dispatchers of the centre.
    Desk,
    /// The experts invited.
    Experts,
    /// Who is on call for the specialty asked; all its experts where nobody is.
    Ring,
    /// The expert who stands by.
    Standby,
    /// The administrators of the asking hospital.
    AskingAdministrators,
    /// The administrators of the hospital that runs the centre.
    CentreAdministrators,
}

/// Something that will happen unless the case moves before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// What.
    pub rung: Rung,
    /// When.
    pub at: Time,
    /// Which side is late, where somebody is waited for.
    pub side: Option<Absent>,
    /// Who is told.
    pub tells: Vec<Party>,
}

/// Who has been in the room since it opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Here {
    /// One of the experts.
    pub expert: bool,
    /// Somebody of the asking hospital.
    pub asking: bool,
}

/// Everything that happens by itself to a case as it stands, in order of time. `clock` is the one in force.
pub fn plan(case: &Consult, clock: Option<Timer>, limits: &Timers, here: Here) -> Vec<Ahead> {
    let mut all = vec![];
    if let Some(clock) = clock {
        overdue(case, clock, &mut all);
    }
    let emergency = case.ask.urgency == Urgency::Emergency;
    let soon = minutes(limits.late.emergency_minutes);
    let willing = case.stage.booking().is_some_and(|b| b.experts.iter().any(|e| e.accepted.is_some()));
    match &case.stage {
        Stage::Submitted | Stage::Transferred if emergency => {
            all.push(ahead(Rung::Ring, case.ask.clock_from, &[Party::Ring]));
        }
        Stage::Triaged | Stage::Scheduled(_) if emergency && !willing => {
            all.push(ahead(Rung::Accept, case.ask.clock_from + soon, &[Party::Desk, Party::Asking]));
        }
        // Raised to an emergency: rung at once, whatever stage it was in before.
        Stage::Escalated(_) if emergency => {
            all.push(ahead(Rung::Ring, case.ask.clock_from, &[Party::Ring]));
            if !willing {
                all.push(ahead(Rung::Accept, case.ask.clock_from + soon, &[Party::Desk, Party::Asking]));
            }
        }
        Stage::Suspended(_) => {
            let kept = minutes(limits.late.room_kept_minutes);
            all.push(ahead(Rung::Line, case.since + kept, &[Party::Desk, Party::Asking, Party::Experts]));
        }
        _ => {}
    }
    if let Stage::Scheduled(booking) | Stage::Waiting(booking) = &case.stage
        && case.ask.kind == Kind::Live
    {
        let opens = booking.start - ROOM_OPENS_BEFORE;
        // Who has heard of it since, or is there, needs no reminder.
        if case.since < opens && here != (Here { expert: true, asking: true }) {
            all.push(ahead(Rung::Remind, opens, &[Party::Experts, Party::Asking]));
        }
        late(case, booking, clock, limits, here, &mut all);
    }
    all.sort_by_key(|a| (a.at, a.rung));
    all
}

/// When the meeting's first minute is: whoever is not there then is late. In an emergency an expert who has said yes is late
/// when the clock for being in the room has run out; one who has not, from the invitation on.
pub fn expected(case: &Consult, booking: &Booking, clock: Option<Timer>) -> Time {
    let accepted = booking.experts.iter().filter_map(|e| e.accepted).max();
    match (case.ask.urgency, accepted) {
        (Urgency::Emergency, Some(accepted)) => {
            let due = clock.filter(|c| c.kind == TimerKind::ExpertInRoom).map_or(booking.start, |c| c.due);
            due.max(accepted).max(booking.start)
        }
        _ => booking.start,
    }
}

/// The ladder of a meeting to which one side does not come: the experts while none of them is there, then the asking side.
fn late(case: &Consult, booking: &Booking, clock: Option<Timer>, limits: &Timers, here: Here, all: &mut Vec<Ahead>) {
    let side = match here {
        Here { expert: false, .. } => Absent::Expert,
        Here { asking: false, .. } => Absent::Asking,
        _ => return,
    };
    let from = expected(case, booking, clock);
    let emergency = case.ask.urgency == Urgency::Emergency;
    let after = |usual: u32| from + minutes(if emergency { usual.min(limits.late.emergency_minutes) } else { usual });
    let mut push = |rung, at, tells: &[Party]| all.push(Ahead { side: Some(side), ..ahead(rung, at, tells) });
    let (standby, dispatcher, swap) =
        (after(limits.late.standby_minutes), after(limits.late.dispatcher_minutes), after(limits.late.swap_minutes));
    match side {
        Absent::Expert => {
            push(Rung::Call, from, &[Party::Experts, Party::Asking]);
            push(Rung::Standby, standby, &[Party::Standby, Party::Asking]);
            push(Rung::Dispatcher, dispatcher, &[Party::Desk, Party::Asking]);
            push(Rung::Swap, swap, &[Party::Desk, Party::Asking, Party::Experts, Party::Standby]);
        }
        Absent::Asking => {
            push(Rung::Call, from, &[Party::Asking]);
            push(Rung::Dispatcher, dispatcher, &[Party::Desk, Party::Asking]);
            // Who asks in an emergency stands at the bed: the dispatcher rings them up, the case waits.
            if !emergency {
                push(Rung::Absent, swap, &[Party::Desk, Party::Asking, Party::Experts]);
            }
        }
    }
}

/// The clock in force has run out: its party is told and who waits for it; as long again, and the administrators are.
fn overdue(case: &Consult, clock: Timer, all: &mut Vec<Ahead>) {
    let (rung, tells, above): (_, &[Party], _) = match clock.kind {
        TimerKind::FirstLook => (Rung::FirstLook, &[Party::Desk, Party::Asking], Party::CentreAdministrators),
        TimerKind::ExpertInRoom => (Rung::ExpertInRoom, &[Party::Desk, Party::Asking], Party::CentreAdministrators),
        TimerKind::SignedOpinion => {
            (Rung::Opinion, &[Party::Experts, Party::Desk, Party::Asking], Party::CentreAdministrators)
        }
        TimerKind::Acknowledge => (Rung::Acknowledge, &[Party::Asking], Party::AskingAdministrators),
    };
    // A meeting arranged for later than the clock is late by agreement.
    let agreed = clock.kind == TimerKind::ExpertInRoom && matches!(case.state(), State::Scheduled | State::Waiting);
    let start = case.stage.booking().map(|b| b.start).filter(|_| agreed);
    let due = start.map_or(clock.due, |start| clock.due.max(start));
    all.push(ahead(rung, due, tells));
    all.push(ahead(Rung::Administrator, due + clock.due.duration_since(clock.started), &[above]));
}

fn ahead(rung: Rung, at: Time, tells: &[Party]) -> Ahead {
    Ahead { rung, at, side: None, tells: tells.to_vec() }
}

fn minutes(minutes: u32) -> SignedDuration {
    SignedDuration::from_mins(minutes.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consult::model::{Ask, Expert, Session};
    use crate::consult::state::FormKind;
    use crate::consult::timer;
    use kernel::Id;

    fn at(minute: i64) -> Time {
        Time::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn booking(start: i64, accepted: Option<i64>) -> Booking {
        let id = |text: &str| Id::new(text).unwrap();
        let expert = Expert { role: id("r"), person: id("li"), hospital: id("h"), accepted: accepted.map(at) };
        Booking::new(vec![expert], at(start), at(start + 30), None).unwrap()
    }

    fn told(urgency: Urgency, kind: Kind, stage: Stage, since: i64, here: Here) -> String {
        let ask = Ask { form: FormKind::Full, urgency, kind, clock_from: at(0), returned: false };
        let case = Consult { ask, stage, since: at(since) };
        let limits = Timers::default();
        let all = plan(&case, timer::in_force(&case, &limits), &limits, here);
        let minute = |time: Time| time.duration_since(at(0)).as_mins();
        all.iter().map(|a| format!("{}@{}", a.rung.code(), minute(a.at))).collect::<Vec<_>>().join(" ")
    }

    const NOBODY: Here = Here { expert: false, asking: false };

    #[test]
    fn a_late_expert_is_called_doubled_reported_and_replaced() {
        let routine = |stage, here| told(Urgency::Routine, Kind::Live, stage, 20, here);
        let ladder = "remind@45 call@60 standby@63 dispatcher@65 swap@70 expert-in-room@1440 administrator@2880";
        assert_eq!(routine(Stage::Scheduled(booking(60, None)), NOBODY), ladder);
        assert_eq!(routine(Stage::Waiting(booking(60, Some(30))), NOBODY), ladder, "a yes is not yet a presence");
        assert_eq!(
            routine(Stage::Waiting(booking(60, Some(30))), Here { expert: true, asking: false }),
            "remind@45 call@60 dispatcher@65 absent@70 expert-in-room@1440 administrator@2880",
            "then the asking side is the late one"
        );
        assert_eq!(
            routine(Stage::Waiting(booking(60, Some(30))), Here { expert: true, asking: true }),
            "expert-in-room@1440 administrator@2880"
        );
    }

    #[test]
    fn who_was_just_told_is_not_reminded() {
        let at_45 = |since| told(Urgency::Routine, Kind::Live, Stage::Scheduled(booking(60, None)), since, NOBODY);
        assert!(at_45(44).starts_with("remind@45 call@60"), "arranged a minute before");
        assert!(at_45(45).starts_with("call@60"), "arranged as the room opens");
        let record = told(Urgency::Routine, Kind::Record, Stage::Scheduled(booking(60, None)), 20, NOBODY);
        assert!(!record.contains("remind"), "on the record nobody meets");
    }

    #[test]
    fn an_emergency_is_faster() {
        let emergency = |stage, here| told(Urgency::Emergency, Kind::Live, stage, 1, here);
        assert_eq!(emergency(Stage::Submitted, NOBODY), "ring@0 first-look@3 administrator@6");
        assert_eq!(emergency(Stage::Triaged, NOBODY), "accept@3 expert-in-room@10 administrator@20");
        assert_eq!(
            emergency(Stage::Escalated(None), NOBODY),
            "ring@0 accept@3 expert-in-room@10 administrator@20",
            "raised to one, it is rung like one"
        );
        assert_eq!(
            emergency(Stage::Scheduled(booking(2, None)), NOBODY),
            "call@2 accept@3 standby@5 dispatcher@5 swap@5 expert-in-room@10 administrator@20"
        );
        assert_eq!(
            emergency(Stage::Waiting(booking(2, Some(4))), NOBODY),
            "call@10 expert-in-room@10 standby@13 dispatcher@13 swap@13 administrator@20",
            "who said yes has the whole clock"
        );
        assert!(
            !emergency(Stage::Waiting(booking(2, Some(4))), Here { expert: true, asking: false }).contains("absent")
        );
    }

    #[test]
    fn the_other_clocks() {
        let session = Session { booking: booking(30, Some(20)), started: at(30) };
        assert_eq!(
            told(Urgency::Urgent, Kind::Live, Stage::Suspended(session), 40, NOBODY),
            "line@55 opinion@150 administrator@270"
        );
        assert_eq!(
            told(Urgency::Routine, Kind::Record, Stage::Scheduled(booking(60, None)), 20, NOBODY),
            "opinion@1440 administrator@2880",
            "without a meeting nobody is late for it"
        );
        assert_eq!(
            told(Urgency::Urgent, Kind::Live, Stage::Scheduled(booking(600, None)), 20, NOBODY),
            "remind@585 call@600 expert-in-room@600 standby@603 dispatcher@605 swap@610 administrator@840",
            "a later time was agreed upon"
        );
    }

    #[test]
    fn what_has_no_clock_has_nothing_ahead() {
        for stage in [Stage::Draft, Stage::Returned, Stage::Declined(None), Stage::Cancelled(None)] {
            assert_eq!(told(Urgency::Emergency, Kind::Live, stage, 0, NOBODY), "");
        }
    }
}
