//! The codes of a consultation: states, steps, urgency, kind. As in FHIR, the API and the ledger.

use crate::codes::codes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

codes! {
    /// Where a consultation stands.
    State {
        /// Being written; lives in the drafts, not in the record.
        Draft = "draft",
        /// Handed to the centre.
        Submitted = "submitted",
        /// Sent back with an itemised list.
        Returned = "returned",
        /// Looked at by a dispatcher.
        Triaged = "triaged",
        /// Expert, time and room are named.
        Scheduled = "scheduled",
        /// The experts have said yes; the room is open.
        Waiting = "waiting",
        /// The parties talk.
        InSession = "in-session",
        /// Interrupted.
        Suspended = "suspended",
        /// The session is over, the opinion is being written.
        OpinionDrafted = "opinion-drafted",
        /// The opinion is signed.
        Signed = "signed",
        /// The asking doctor has opened the opinion.
        Delivered = "delivered",
        /// The asking doctor has said adopted, partly or not.
        Acknowledged = "acknowledged",
        /// The outcome is known.
        FollowedUp = "followed-up",
        /// Done.
        Closed = "closed",
        /// Refused with a reason, and no centre is left to offer it to.
        Declined = "declined",
        /// Withdrawn by the asking hospital.
        Cancelled = "cancelled",
        /// Handed to another centre, which has not looked yet.
        Transferred = "transferred",
        /// Goes on as a record consultation, without a room.
        ConvertedAsync = "converted-async",
        /// Raised in urgency, to be dispatched anew.
        Escalated = "escalated",
        /// Somebody did not come.
        NoShow = "no-show",
    }
}

codes! {
    /// What can be done to a consultation.
    Step {
        /// Draft to submitted.
        Submit = "request",
        /// A dispatcher has looked.
        FirstLook = "first-look",
        /// Sent back with a list.
        Return = "return",
        /// Sent again after a return.
        Resubmit = "resubmit",
        /// Refused by the centre.
        Decline = "decline",
        /// Handed to another centre.
        Transfer = "transfer",
        /// Raised in urgency.
        Escalate = "escalate",
        /// Live to record.
        Convert = "convert",
        /// Withdrawn.
        Cancel = "cancel",
        /// Experts, time, room.
        Assign = "assign",
        /// An expert says yes.
        Accept = "accept",
        /// An expert gives it back.
        HandBack = "hand-back",
        /// An expert asks for more; changes no state.
        Ask = "ask",
        /// The asking doctor answers an ask; changes no state.
        Supply = "supply",
        /// The paper of a consent that an emergency went ahead without; changes no state.
        Consent = "consent",
        /// The session begins.
        Start = "start",
        /// The session is interrupted.
        Suspend = "suspend",
        /// The session goes on.
        Resume = "resume",
        /// Somebody did not come.
        NoShow = "no-show",
        /// The session is over.
        Conclude = "conclude",
        /// The opinion is signed.
        Sign = "sign",
        /// Another version of the signed opinion, which the asking doctor answers anew.
        Amend = "amend",
        /// The opinion is opened by the asking doctor.
        Deliver = "deliver",
        /// Adopted, partly, not.
        Answer = "answer",
        /// The outcome.
        FollowUp = "follow-up",
        /// Done.
        Close = "close",
    }
}

codes! {
    /// How soon.
    Urgency {
        /// 特急: an expert in a virtual room within minutes.
        Emergency = "emergency",
        /// 加急.
        Urgent = "urgent",
        /// 常规.
        Routine = "routine",
    }
}

codes! {
    /// By video, or on the record alone.
    Kind {
        /// The parties meet in a room.
        Live = "live",
        /// The experts read and write.
        Record = "record",
    }
}

codes! {
    /// Which of the two forms was filled in.
    FormKind {
        /// A few fields; the rest follows while the expert is called.
        Emergency = "emergency",
        /// All of it.
        Full = "full",
    }
}

codes! {
    /// What the asking doctor did with the opinion.
    Verdict {
        /// As advised.
        Adopted = "adopted",
        /// In part, with a reason.
        Partly = "partly",
        /// Not, with a reason.
        Not = "not",
    }
}

codes! {
    /// Which side did not come.
    Absent {
        /// An expert.
        Expert = "expert",
        /// The asking side.
        Asking = "asking",
    }
}

impl State {
    /// Whether nothing more can happen.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Closed | Self::Declined | Self::Cancelled)
    }

    /// Whether the opinion is signed: from here on nobody can decline, cancel, move or rewrite the case.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::Signed | Self::Delivered | Self::Acknowledged | Self::FollowedUp | Self::Closed)
    }

    /// Whether a live case in this state has a room that the parties know of.
    pub fn has_room(self) -> bool {
        matches!(self, Self::Scheduled | Self::Waiting | Self::InSession | Self::Suspended)
    }
}

impl Urgency {
    /// One more urgent; an emergency stays one.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Routine => Self::Urgent,
            Self::Urgent | Self::Emergency => Self::Emergency,
        }
    }
}
