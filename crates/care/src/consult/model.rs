//! The states of a consultation and the steps between them (MISSION, rules of the domain). Pure.
//!
//! Called by the operations beside it and by `resources`, which writes a [`Consult`] down and reads it back. It must never
//! do IO, read a clock or know FHIR. Who may take a step is `kernel::decide`'s; *when* it can be taken is here. Each state
//! carries only the facts that are true in it; a step consumes the state it leaves.

use super::state::{Absent, FormKind, Kind, State, Step, Urgency, Verdict};
use jiff::SignedDuration;
use kernel::{Id, Time};

/// An expert who says yes this long before the start, or later, opens the waiting room without the others.
pub const ROOM_OPENS_BEFORE: SignedDuration = SignedDuration::from_mins(15);
/// Experts that one case can have.
pub const EXPERTS_MAX: usize = 8;
/// Longest booking.
pub const BOOKING_MAX: SignedDuration = SignedDuration::from_hours(8);

/// A consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consult {
    /// What holds in every state.
    pub ask: Ask,
    /// The state, with its facts.
    pub stage: Stage,
    /// When it came into that state.
    pub since: Time,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which form.
    pub form: FormKind,
    /// How soon.
    pub urgency: Urgency,
    /// Live or on the record.
    pub kind: Kind,
    /// From when the centre's clocks run: the submission, the last resubmission, transfer or rise in urgency.
    pub clock_from: Time,
    /// It was returned once; it cannot be again.
    pub returned: bool,
}

/// The states of MISSION, each with what is true in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Being written.
    Draft,
    /// Handed to the centre.
    Submitted,
    /// With the asking doctor, for amendment.
    Returned,
    /// Looked at.
    Triaged,
    /// Experts invited.
    Scheduled(Booking),
    /// Experts willing.
    Waiting(Booking),
    /// Talking.
    InSession(Session),
    /// Interrupted.
    Suspended(Session),
    /// Over; a record consultation had no session.
    OpinionDrafted(Booking, Option<Time>),
    /// Signed.
    Signed(Advice),
    /// Opened by the asking doctor.
    Delivered(Advice),
    /// Answered.
    Acknowledged(Advice, Answer),
    /// Outcome known.
    FollowedUp(Advice, Answer),
    /// Done.
    Closed(Advice, Answer),
    /// Refused for good; the experts, if any were named, keep what they saw for a while.
    Declined(Option<Booking>),
    /// Withdrawn; the same.
    Cancelled(Option<Booking>),
    /// With another centre.
    Transferred,
    /// On as a record consultation; the experts, if any were named, stay.
    ConvertedAsync(Option<Booking>),
    /// More urgent than thought; the experts, if any were named, stay until the dispatcher decides anew.
    Escalated(Option<Booking>),
    /// Somebody did not come.
    NoShow(Booking, Absent),
}

/// Who, when, where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// At least one.
    pub experts: Vec<Expert>,
    /// From.
    pub start: Time,
    /// To.
    pub end: Time,
    /// The Location; none for a record consultation and for a virtual room of the case's own.
    pub room: Option<Id>,
    /// The Device by which the asking hospital joins; none: by whatever there is.
    pub terminal: Option<Id>,
}

/// An expert invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expert {
    /// The PractitionerRole.
    pub role: Id,
    /// The Practitioner.
    pub person: Id,
    /// The Organization.
    pub hospital: Id,
    /// When they said yes.
    pub accepted: Option<Time>,
}

/// A session under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who and where.
    pub booking: Booking,
    /// When it began.
    pub started: Time,
}

/// A signed opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Who advised.
    pub booking: Booking,
    /// The Composition: the latest version.
    pub opinion: Id,
    /// Which version, 1 for the first.
    pub version: u32,
    /// The Practitioner who signed.
    pub by: Id,
    /// When this version was signed.
    pub at: Time,
    /// When the first was: that is when the case was advised on.
    pub first_at: Time,
}

/// The asking doctor's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Adopted, partly, not.
    pub verdict: Verdict,
    /// Why, for partly and not.
    pub reason: Option<String>,
    /// The Practitioner.
    pub by: Id,
    /// When.
    pub at: Time,
}

/// Why a step cannot be taken now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The state does not allow it.
    #[error("cannot {} a case that is {}", step.code(), state.code())]
    WrongState {
        /// Where it stands.
        state: State,
        /// What was tried.
        step: Step,
    },
    /// An emergency is never returned.
    #[error("an emergency is never returned")]
    NeverReturn,
    /// It was returned before.
    #[error("a case is returned once only")]
    ReturnedBefore,
    /// Not one of the experts.
    #[error("not one of the experts invited")]
    NotInvited,
    /// Not the one who signed.
    #[error("only who signed the opinion can amend it")]
    NotSigner,
    /// The expert has not said yes.
    #[error("the expert has not accepted")]
    NotAccepted,
    /// The expert has said yes already.
    #[error("accepted already")]
    AcceptedBefore,
    /// A record consultation has no session, and a live one is concluded only after its session.
    #[error("not for a {} consultation", .0.code())]
    NotForKind(Kind),
    /// Nobody is absent before the time.
    #[error("not before {0}")]
    TooEarly(Time),
    /// Partly and not need a reason.
    #[error("a reason is needed")]
    NoReason,
    /// No expert, too many, twice the same, or an impossible time.
    #[error("not a booking")]
    NotABooking,
}

impl Refused {
    /// The code, for screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::NeverReturn => "never_return",
            Self::ReturnedBefore => "once",
            Self::NotInvited => "not_assigned",
            Self::NotSigner => "not_signer",
            Self::NotAccepted => "not_accepted",
            Self::AcceptedBefore => "accepted",
            Self::NotForKind(_) => "kind",
            Self::TooEarly(_) => "too_early",
            Self::NoReason => "no_reason",
            Self::NotABooking => "not_a_booking",
        }
    }
}

/// What a step answers.
pub type Stepped = Result<Consult, Refused>;

impl Stage {
    /// The state's code.
    pub fn state(&self) -> State {
        match self {
            Self::Draft => State::Draft,
            Self::Submitted => State::Submitted,
            Self::Returned => State::Returned,
            Self::Triaged => State::Triaged,
            Self::Scheduled(_) => State::Scheduled,
            Self::Waiting(_) => State::Waiting,
            Self::InSession(_) => State::InSession,
            Self::Suspended(_) => State::Suspended,
            Self::OpinionDrafted(..) => State::OpinionDrafted,
            Self::Signed(_) => State::Signed,
            Self::Delivered(_) => State::Delivered,
            Self::Acknowledged(..) => State::Acknowledged,
            Self::FollowedUp(..) => State::FollowedUp,
            Self::Closed(..) => State::Closed,
            Self::Declined(_) => State::Declined,
            Self::Cancelled(_) => State::Cancelled,
            Self::Transferred => State::Transferred,
            Self::ConvertedAsync(_) => State::ConvertedAsync,
            Self::Escalated(_) => State::Escalated,
            Self::NoShow(..) => State::NoShow,
        }
    }

    /// Who, when, where, if it is arranged.
    pub fn booking(&self) -> Option<&Booking> {
        match self {
            Self::Scheduled(b) | Self::Waiting(b) | Self::OpinionDrafted(b, _) | Self::NoShow(b, _) => Some(b),
            Self::InSession(s) | Self::Suspended(s) => Some(&s.booking),
            Self::ConvertedAsync(b) | Self::Escalated(b) | Self::Declined(b) | Self::Cancelled(b) => b.as_ref(),
            Self::Signed(a) | Self::Delivered(a) => Some(&a.booking),
            Self::Acknowledged(a, _) | Self::FollowedUp(a, _) | Self::Closed(a, _) => Some(&a.booking),
            _ => None,
        }
    }

    /// The signed opinion, if there is one.
    pub fn advice(&self) -> Option<&Advice> {
        match self {
            Self::Signed(a) | Self::Delivered(a) => Some(a),
            Self::Acknowledged(a, _) | Self::FollowedUp(a, _) | Self::Closed(a, _) => Some(a),
            _ => None,
        }
    }

    /// The asking doctor's answer, if there is one.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Acknowledged(_, a) | Self::FollowedUp(_, a) | Self::Closed(_, a) => Some(a),
            _ => None,
        }
    }

    /// When the session began, if one did and its opinion is not signed yet.
    pub fn session_started(&self) -> Option<Time> {
        match self {
            Self::InSession(s) | Self::Suspended(s) => Some(s.started),
            Self::OpinionDrafted(_, started) => *started,
            _ => None,
        }
    }
}

impl Booking {
    /// Checks that it can be: one to eight different experts, an end after the start, not longer than a day's work.
    pub fn new(experts: Vec<Expert>, start: Time, end: Time, room: Option<Id>) -> Result<Self, Refused> {
        let twice = experts.iter().enumerate().any(|(i, e)| experts[..i].iter().any(|o| o.person == e.person));
        let fits = (1..=EXPERTS_MAX).contains(&experts.len()) && !twice && start < end;
        if !fits || end.duration_since(start) > BOOKING_MAX {
            return Err(Refused::NotABooking);
        }
        Ok(Self { experts, start, end, room, terminal: None })
    }

    /// By which terminal the asking hospital joins.
    #[must_use]
    pub fn joined_by(self, terminal: Option<Id>) -> Self {
        Self { terminal, ..self }
    }

    /// Whether this person is among the experts.
    pub fn invites(&self, person: &Id) -> bool {
        self.experts.iter().any(|e| e.person == *person)
    }

    /// Whether this person has said yes.
    pub fn accepted_by(&self, person: &Id) -> bool {
        self.experts.iter().any(|e| e.person == *person && e.accepted.is_some())
    }
}
