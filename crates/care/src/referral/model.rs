//! A referral and its states (MISSION E1). Pure: it must never do IO, read a clock or know FHIR.
//!
//! Called by the operations beside it and by `resources`, which writes a [`Referral`] down and reads it back. Each state
//! carries only the facts that are true in it; a step consumes the state it leaves. That a referral up is accepted only
//! with a bed held for it is in the types: a [`Bed`] comes out of an offer, and [`Place`] needs one.

use super::state::{AnswerCode, Care, Direction, Need, Outcome, Severity, State, Step, Vehicle};
use jiff::SignedDuration;
use kernel::{Id, Time};
use platform::case::Who;

/// Hospitals that one referral can ask.
pub const ASKED_MAX: usize = 10;
/// Shortest and longest hold of an offered bed, in minutes.
pub const HOLD_MINUTES: std::ops::RangeInclusive<i64> = 15..=24 * 60;
/// Minutes of a hold when nothing is said: a county calls, agrees with the family, and answers within it.
pub const HOLD_MINUTES_DEFAULT: i64 = 120;
/// How long an accepted bed is kept for a patient who has not left.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// The latest arrival that can be announced, from now.
pub const ETA_MAX: SignedDuration = SignedDuration::from_hours(48);

/// A referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// What holds in every state.
    pub ask: Ask,
    /// The hospitals asked, in the order of asking.
    pub asked: Vec<Asked>,
    /// How the patient goes, once ordered.
    pub transport: Option<Transport>,
    /// The state, with its facts.
    pub stage: Stage,
    /// When it came into that state.
    pub since: Time,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Which way.
    pub direction: Direction,
    /// How ill.
    pub severity: Severity,
    /// The level of care.
    pub care: Care,
    /// What is needed on the way.
    pub needs: Vec<Need>,
}

/// A hospital that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The Task of its own.
    pub task: Id,
    /// Which.
    pub hospital: Id,
    /// When.
    pub asked_at: Time,
    /// What it says, or what became of that.
    pub answer: Answer,
    /// Since when.
    pub at: Time,
    /// Who said so; none for the system.
    pub by: Option<Who>,
    /// Why, as typed.
    pub why: Option<String>,
}

/// What an asked hospital says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Waiting,
    /// This bed, held.
    Offered(Bed),
    /// It was chosen, with this bed; back home without one.
    Chosen(Option<Bed>),
    /// No.
    Declined,
    /// Taken back.
    Withdrawn,
    /// The hold's time has passed.
    Lapsed,
    /// The bed went to somebody else.
    Lost,
    /// Another was chosen.
    NotChosen,
}

/// A bed held for a referral.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bed {
    /// The Location.
    pub id: Id,
    /// Until when it is held.
    pub until: Time,
}

/// A bed as it stands when a rule looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BedNow {
    /// The Location.
    pub id: Id,
    /// Whose.
    pub hospital: Id,
    /// It and its ward are not closed.
    pub open: bool,
    /// Somebody lies in it.
    pub taken: bool,
    /// Who holds it, if anybody does.
    pub held: Option<Held>,
}

/// Who holds a bed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// This referral.
    Here,
    /// Somebody else.
    Elsewhere,
}

/// Where the patient goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The hospital.
    pub hospital: Id,
    /// The named bed; none on the way home.
    pub bed: Option<Bed>,
    /// When it was accepted.
    pub at: Time,
    /// Who accepted.
    pub by: Who,
}

/// How the patient goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    /// With what.
    pub vehicle: Vehicle,
    /// Who drives or sends it.
    pub by: String,
    /// Where to reach the crew.
    pub phone: Option<String>,
    /// When it was ordered.
    pub at: Time,
}

/// The way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// When the patient left.
    pub departed: Time,
    /// When they will be there.
    pub eta: Time,
}

/// The states, each with what is true in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Hospitals are asked.
    Asked,
    /// One is accepted.
    Accepted(Place),
    /// The patient has left.
    OnTheWay(Place, Journey),
    /// The patient is there, since.
    Arrived(Place, Journey, Time),
    /// The stay is over.
    Closed(Place, Journey, Time, Outcome),
    /// The county said no.
    Declined,
    /// Withdrawn; from whom the patient was to be taken, if that was settled.
    Cancelled(Option<Place>),
    /// Brought back.
    TurnedBack(Place, Journey),
}

/// Why a step cannot be taken now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The state does not allow it.
    #[error("cannot {} a referral that is {}", step.code(), state.code())]
    WrongState {
        /// Where it stands.
        state: State,
        /// What was tried.
        step: Step,
    },
    /// Not for a referral of this direction.
    #[error("not for a referral {}", .0.code())]
    WrongWay(Direction),
    /// Not one of the hospitals asked.
    #[error("this hospital was not asked")]
    NotAsked,
    /// Asked already.
    #[error("this hospital is asked already")]
    AskedBefore,
    /// No hospital, or too many.
    #[error("1 to {ASKED_MAX} hospitals can be asked, not the own")]
    HospitalsOutOfBounds,
    /// The hospital has an offer that stands.
    #[error("this hospital has offered a bed already")]
    OfferedBefore,
    /// The hospital has no offer that stands; what it said last, and why.
    #[error("this hospital has no offer that stands: {}", answer.code())]
    NoOffer {
        /// What became of it.
        answer: AnswerCode,
        /// Why, as typed.
        why: Option<String>,
    },
    /// The bed cannot be had: it is closed, taken, or held for somebody else.
    #[error("the bed is not free")]
    BedNotFree,
    /// The bed is another hospital's.
    #[error("the bed is not this hospital's")]
    NotTheirBed,
    /// No transport is ordered.
    #[error("no transport is ordered")]
    NoTransport,
    /// A time that cannot be.
    #[error("not a time of arrival")]
    NotATime,
    /// The patient is on the way to this bed.
    #[error("a patient is on the way to this bed")]
    Awaited,
}

impl Refused {
    /// The code, for screens.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongState { .. } => "referral.wrong_state",
            Self::WrongWay(_) => "referral.wrong_way",
            Self::NotAsked => "referral.not_asked",
            Self::AskedBefore => "referral.asked_before",
            Self::HospitalsOutOfBounds => "referral.hospitals",
            Self::OfferedBefore => "referral.offered_before",
            Self::NoOffer { .. } => "referral.no_offer",
            Self::BedNotFree => "referral.bed_not_free",
            Self::NotTheirBed => "referral.not_their_bed",
            Self::NoTransport => "referral.no_transport",
            Self::NotATime => "referral.not_a_time",
            Self::Awaited => "bed.awaited",
        }
    }
}

/// What a step answers.
pub type Stepped = Result<Referral, Refused>;

impl Answer {
    /// Its code.
    pub fn code(&self) -> AnswerCode {
        match self {
            Self::Waiting => AnswerCode::Waiting,
            Self::Offered(_) => AnswerCode::Offered,
            Self::Chosen(_) => AnswerCode::Chosen,
            Self::Declined => AnswerCode::Declined,
            Self::Withdrawn => AnswerCode::Withdrawn,
            Self::Lapsed => AnswerCode::Lapsed,
            Self::Lost => AnswerCode::Lost,
            Self::NotChosen => AnswerCode::NotChosen,
        }
    }

    /// The bed held, if one is.
    pub fn bed(&self) -> Option<&Bed> {
        match self {
            Self::Offered(bed) => Some(bed),
            Self::Chosen(bed) => bed.as_ref(),
            _ => None,
        }
    }
}

impl Stage {
    /// The state's code.
    pub fn state(&self) -> State {
        match self {
            Self::Asked => State::Asked,
            Self::Accepted(_) => State::Accepted,
            Self::OnTheWay(..) => State::OnTheWay,
            Self::Arrived(..) => State::Arrived,
            Self::Closed(..) => State::Closed,
            Self::Declined => State::Declined,
            Self::Cancelled(_) => State::Cancelled,
            Self::TurnedBack(..) => State::TurnedBack,
        }
    }

    /// Where the patient goes, if that is settled.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Accepted(p) | Self::OnTheWay(p, _) | Self::Arrived(p, ..) | Self::Closed(p, ..) => Some(p),
            Self::TurnedBack(p, _) => Some(p),
            Self::Cancelled(p) => p.as_ref(),
            Self::Asked | Self::Declined => None,
        }
    }

    /// The way, once begun.
    pub fn journey(&self) -> Option<&Journey> {
        match self {
            Self::OnTheWay(_, j) | Self::Arrived(_, j, _) | Self::Closed(_, j, ..) | Self::TurnedBack(_, j) => Some(j),
            _ => None,
        }
    }

    /// When the patient arrived.
    pub fn arrived(&self) -> Option<Time> {
        match self {
            Self::Arrived(_, _, at) | Self::Closed(_, _, at, _) => Some(*at),
            _ => None,
        }
    }
}

impl Referral {
    /// The state's code.
    pub fn state(&self) -> State {
        self.stage.state()
    }

    /// Whether nothing more happens.
    pub fn is_end(&self) -> bool {
        self.state().is_end(self.ask.direction)
    }

    /// What is held for it now: each bed with the end of its hold; none while the patient is on the way or there.
    pub fn holds(&self) -> Vec<(Id, Option<Time>)> {
        let of = |bed: &Bed, until| (bed.id.clone(), until);
        match &self.stage {
            Stage::Asked | Stage::Accepted(_) => {
                self.asked.iter().filter_map(|a| a.answer.bed()).map(|b| of(b, Some(b.until))).collect()
            }
            Stage::OnTheWay(p, _) | Stage::Arrived(p, ..) => p.bed.iter().map(|b| of(b, None)).collect(),
            _ => vec![],
        }
    }

    /// One asked hospital.
    pub fn of(&self, hospital: &Id) -> Option<&Asked> {
        self.asked.iter().find(|a| a.hospital == *hospital)
    }
}
