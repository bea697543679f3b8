//! The codes of a referral: where it stands, what an asked hospital has said, severity, needs. As in FHIR, the API and the
//! ledger.

use crate::codes::codes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

codes! {
    /// Where a referral stands.
    #[schema(as = ReferralState)]
    State {
        /// Hospitals are asked; offers may stand.
        Asked = "asked",
        /// A named bed is accepted; back home: the county takes the patient.
        Accepted = "accepted",
        /// The patient has left.
        OnTheWay = "on-the-way",
        /// The patient is there and has been handed over.
        Arrived = "arrived",
        /// The patient has gone from where they were referred to.
        Closed = "closed",
        /// Back home: the county said no.
        Declined = "declined",
        /// Withdrawn by who referred.
        Cancelled = "cancelled",
        /// The patient was brought back before arriving.
        TurnedBack = "turned-back",
    }
}

codes! {
    /// What can be done to a referral.
    #[schema(as = ReferralStep)]
    Step {
        /// More hospitals are asked.
        Ask = "ask",
        /// An asked hospital names a bed.
        Offer = "offer",
        /// An asked hospital says no.
        Decline = "decline",
        /// A hospital takes its offer back.
        Withdraw = "withdraw",
        /// The time for which beds were held has passed.
        Lapse = "lapse",
        /// A held bed is needed for somebody else.
        LoseBed = "lose-bed",
        /// One offer is chosen.
        Accept = "accept",
        /// The county takes its patient back.
        TakeBack = "take-back",
        /// The acceptance is taken back.
        Reopen = "reopen",
        /// Withdrawn.
        Cancel = "cancel",
        /// Transport is ordered, or ordered otherwise.
        Transport = "transport",
        /// The patient leaves.
        Depart = "depart",
        /// The patient will be there at another time.
        Eta = "eta",
        /// The patient is there.
        Arrive = "arrive",
        /// The patient is brought back.
        TurnBack = "turn-back",
        /// The patient is referred back home.
        SendBack = "send-back",
        /// The patient has gone.
        Close = "close",
    }
}

codes! {
    /// Which way.
    #[schema(as = ReferralDirection)]
    Direction {
        /// To a hospital that can do more.
        Up = "up",
        /// Back to the hospital that referred.
        Down = "down",
    }
}

codes! {
    /// What an asked hospital has said, or what became of it.
    #[schema(as = ReferralAnswer)]
    AnswerCode {
        /// Nothing yet.
        Waiting = "waiting",
        /// A bed is held until a time.
        Offered = "offered",
        /// The offer was chosen; back home: the county agreed.
        Chosen = "chosen",
        /// No, with a reason.
        Declined = "declined",
        /// The hospital took its offer back.
        Withdrawn = "withdrawn",
        /// The time of the hold has passed.
        Lapsed = "lapsed",
        /// The bed went to somebody else.
        Lost = "lost",
        /// Another hospital's offer was chosen.
        NotChosen = "not-chosen",
    }
}

codes! {
    /// How ill, by the guideline's words (MISSION G1).
    #[schema(as = ReferralSeverity)]
    Severity {
        /// 轻型.
        Mild = "mild",
        /// 普通型.
        Ordinary = "ordinary",
        /// 重型.
        Severe = "severe",
        /// 危重型.
        Critical = "critical",
    }
}

codes! {
    /// The level of care wanted.
    #[schema(as = ReferralCare)]
    Care {
        /// A ward.
        Ward = "ward",
        /// Intensive care.
        Icu = "icu",
    }
}

codes! {
    /// What the patient needs on the way.
    #[schema(as = ReferralNeed)]
    Need {
        /// To lie.
        Stretcher = "stretcher",
        /// Oxygen.
        Oxygen = "oxygen",
        /// A ventilator.
        Ventilator = "ventilator",
        /// A monitor.
        Monitor = "monitor",
        /// Infusion pumps.
        Infusion = "infusion",
        /// To be kept apart from others.
        Isolation = "isolation",
        /// A doctor on board.
        Doctor = "doctor",
        /// A nurse on board.
        Nurse = "nurse",
        /// An incubator.
        Incubator = "incubator",
    }
}

codes! {
    /// With what the patient goes.
    #[schema(as = ReferralVehicle)]
    Vehicle {
        /// The ambulance of the emergency service (120).
        Ambulance = "ambulance",
        /// An ambulance of one of the two hospitals.
        HospitalAmbulance = "hospital-ambulance",
        /// A negative-pressure ambulance.
        NegativePressure = "negative-pressure",
        /// A helicopter or aeroplane.
        Air = "air",
        /// The patient's own way.
        Own = "own",
    }
}

codes! {
    /// Why a stay at the hospital that was referred to is over.
    #[schema(as = ReferralOutcome)]
    Outcome {
        /// Back to the county, by a referral.
        BackHome = "back-home",
        /// Discharged.
        Discharged = "discharged",
        /// On to another hospital.
        MovedOn = "moved-on",
        /// Died.
        Died = "died",
    }
}

codes! {
    /// An answer of the handover's list.
    #[schema(as = HandoverAnswer)]
    YesNo {
        /// Done, there, in order.
        Yes = "yes",
        /// Not.
        No = "no",
    }
}

codes! {
    /// What is asked at the handover of a patient.
    #[schema(as = HandoverItem)]
    HandoverItem {
        /// Name and a second identifier compared with the wristband.
        Identity = "identity",
        /// The summary was read by who takes over.
        Summary = "summary",
        /// Vital signs measured at arrival.
        Vitals = "vitals",
        /// Airway and breathing support checked.
        Airway = "airway",
        /// Lines and catheters named, with their dates.
        Lines = "lines",
        /// Drugs under way and last given named.
        Drugs = "drugs",
        /// Allergies said aloud.
        Allergies = "allergies",
        /// Infection and isolation said.
        Isolation = "isolation",
        /// Papers and images handed over.
        Papers = "papers",
        /// The family is told where the patient is.
        Family = "family",
    }
}

impl State {
    /// Whether nothing more happens.
    pub fn is_end(self, direction: Direction) -> bool {
        match self {
            Self::Closed | Self::Declined | Self::Cancelled | Self::TurnedBack => true,
            // Home again: there is nobody left to close it.
            Self::Arrived => direction == Direction::Down,
            Self::Asked | Self::Accepted | Self::OnTheWay => false,
        }
    }
}
