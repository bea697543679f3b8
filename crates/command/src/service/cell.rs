//! The cells of a report: what each counts, out of what, by which rule. Pure. The one place that says so: the number and the
//! list behind it both ask here.

use super::measure::{accurate, agreement, answers, frequent, solving, timers, volume};
use crate::figures::{ClockKind, Row, Rule, Urgency, Verdict};
use kernel::Time;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A number of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ServiceCell)]
pub enum Cell {
    /// Handed in.
    All,
    /// 特急.
    Emergency,
    /// 加急.
    Urgent,
    /// 常规.
    Routine,
    /// By video.
    Live,
    /// On the record.
    Record,
    /// With a signed opinion.
    Signed,
    /// The first look was taken, or it ran out.
    FirstLookDue,
    /// It was taken in time.
    FirstLookKept,
    /// An expert was in the room, or it ran out.
    ExpertDue,
    /// In time.
    ExpertKept,
    /// The opinion was signed, or it ran out.
    OpinionDue,
    /// In time.
    OpinionKept,
    /// The asking doctor answered, or it ran out.
    AcknowledgeDue,
    /// In time.
    AcknowledgeKept,
    /// Answered by the asking doctor.
    Answered,
    /// Adopted.
    Adopted,
    /// Adopted in part.
    Partly,
    /// Not adopted.
    NotAdopted,
    /// Adopted fully or partly.
    Accurate,
    /// The sides spoke with each other.
    Exchanged,
    /// Followed up.
    FollowedUp,
    /// The problem was solved.
    Solved,
    /// Whether the diagnoses agree is not stated.
    AgreementNotStated,
}

impl Cell {
    /// All, in the order of a report.
    pub const ALL: [Self; 24] = [
        Self::All,
        Self::Emergency,
        Self::Urgent,
        Self::Routine,
        Self::Live,
        Self::Record,
        Self::Signed,
        Self::FirstLookDue,
        Self::FirstLookKept,
        Self::ExpertDue,
        Self::ExpertKept,
        Self::OpinionDue,
        Self::OpinionKept,
        Self::AcknowledgeDue,
        Self::AcknowledgeKept,
        Self::Answered,
        Self::Adopted,
        Self::Partly,
        Self::NotAdopted,
        Self::Accurate,
        Self::Exchanged,
        Self::FollowedUp,
        Self::Solved,
        Self::AgreementNotStated,
    ];

    /// The parts into which a cell falls without a rest, each with its whole.
    pub const PARTS: [(Self, &'static [Self]); 3] = [
        (Self::All, &[Self::Emergency, Self::Urgent, Self::Routine]),
        (Self::All, &[Self::Live, Self::Record]),
        (Self::Answered, &[Self::Adopted, Self::Partly, Self::NotAdopted]),
    ];

    /// Its head in Chinese and in English, as files have it.
    pub fn words(self) -> [&'static str; 2] {
        match self {
            Self::All => ["会诊", "Consultations"],
            Self::Emergency => ["特急", "Emergency"],
            Self::Urgent => ["加急", "Urgent"],
            Self::Routine => ["常规", "Routine"],
            Self::Live => ["视频", "By video"],
            Self::Record => ["病历", "On the record"],
            Self::Signed => ["已签章", "Signed"],
            Self::FirstLookDue => ["首次查看时限", "First look due"],
            Self::FirstLookKept => ["首次查看按时", "First look in time"],
            Self::ExpertDue => ["专家到场时限", "Expert due"],
            Self::ExpertKept => ["专家到场按时", "Expert in time"],
            Self::OpinionDue => ["签署意见时限", "Opinion due"],
            Self::OpinionKept => ["签署意见按时", "Opinion in time"],
            Self::AcknowledgeDue => ["回复时限", "Answer due"],
            Self::AcknowledgeKept => ["回复按时", "Answer in time"],
            Self::Answered => ["已回复", "Answered"],
            Self::Adopted => ["采纳", "Adopted"],
            Self::Partly => ["部分采纳", "Adopted in part"],
            Self::NotAdopted => ["未采纳", "Not adopted"],
            Self::Accurate => ["沟通准确", "Accurate"],
            Self::Exchanged => ["有往来", "With exchanges"],
            Self::FollowedUp => ["已随访", "Followed up"],
            Self::Solved => ["解决问题", "Problem solved"],
            Self::AgreementNotStated => ["诊断符合未记载", "Agreement not stated"],
        }
    }

    /// Out of what it is counted.
    pub fn of(self) -> Option<Self> {
        Some(match self {
            Self::All => return None,
            Self::FirstLookKept => Self::FirstLookDue,
            Self::ExpertKept => Self::ExpertDue,
            Self::OpinionKept => Self::OpinionDue,
            Self::AcknowledgeKept => Self::AcknowledgeDue,
            Self::Answered | Self::AgreementNotStated => Self::Signed,
            Self::Adopted | Self::Partly | Self::NotAdopted | Self::Accurate => Self::Answered,
            Self::Solved => Self::FollowedUp,
            _ => Self::All,
        })
    }

    /// The rule that says what it counts.
    pub fn rule(self) -> Rule {
        match self {
            Self::All | Self::Emergency | Self::Urgent | Self::Routine => volume::RULE,
            Self::Live | Self::Record | Self::Signed => volume::RULE,
            Self::FirstLookDue | Self::FirstLookKept | Self::ExpertDue | Self::ExpertKept => timers::RULE,
            Self::OpinionDue | Self::OpinionKept | Self::AcknowledgeDue | Self::AcknowledgeKept => timers::RULE,
            Self::Answered | Self::Adopted | Self::Partly | Self::NotAdopted => answers::RULE,
            Self::Accurate => accurate::RULE,
            Self::Exchanged => frequent::RULE,
            Self::FollowedUp | Self::Solved => solving::RULE,
            Self::AgreementNotStated => agreement::RULE,
        }
    }

    /// Whether knowing that a case is in it tells something of the patient: not for those who see no clinical content.
    pub fn is_clinical(self) -> bool {
        matches!(self, Self::FollowedUp | Self::Solved)
    }

    /// Whether a case counts.
    pub fn holds(self, row: &Row, now: Time) -> bool {
        use ClockKind as K;
        match self {
            Self::All => true,
            Self::Emergency => volume::is_of(row, Urgency::Emergency),
            Self::Urgent => volume::is_of(row, Urgency::Urgent),
            Self::Routine => volume::is_of(row, Urgency::Routine),
            Self::Live => row.live,
            Self::Record => !row.live,
            Self::Signed => volume::is_signed(row),
            Self::FirstLookDue => timers::is_due(row, K::FirstLook, now),
            Self::FirstLookKept => timers::is_kept(row, K::FirstLook),
            Self::ExpertDue => timers::is_due(row, K::ExpertInRoom, now),
            Self::ExpertKept => timers::is_kept(row, K::ExpertInRoom),
            Self::OpinionDue => timers::is_due(row, K::SignedOpinion, now),
            Self::OpinionKept => timers::is_kept(row, K::SignedOpinion),
            Self::AcknowledgeDue => timers::is_due(row, K::Acknowledge, now),
            Self::AcknowledgeKept => timers::is_kept(row, K::Acknowledge),
            Self::Answered => answers::is_answered(row),
            Self::Adopted => answers::is(row, Verdict::Adopted),
            Self::Partly => answers::is(row, Verdict::Partly),
            Self::NotAdopted => answers::is(row, Verdict::Not),
            Self::Accurate => accurate::is_accurate(row),
            Self::Exchanged => frequent::is_exchanged(row),
            Self::FollowedUp => solving::is_followed_up(row),
            Self::Solved => solving::is_solved(row),
            Self::AgreementNotStated => agreement::is_not_stated(row),
        }
    }
}
