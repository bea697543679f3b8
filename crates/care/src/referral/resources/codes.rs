//! Code systems and extensions of a referral, beside those of `platform::codes` and `platform::case`.

pub use platform::case::SERVICE;

/// Numbers of referrals.
pub const NUMBER: &str = "urn:consilium:referral-number";
/// Where a referral stands.
pub const STATE: &str = "urn:consilium:referral-state";
/// What an asked hospital has said.
pub const ANSWER: &str = "urn:consilium:referral-answer";
/// Which way: `up`, `down`.
pub const DIRECTION: &str = "urn:consilium:referral-direction";
/// How ill.
pub const SEVERITY: &str = "urn:consilium:severity";
/// The level of care wanted.
pub const CARE: &str = "urn:consilium:care-level";
/// What is needed on the way.
pub const NEED: &str = "urn:consilium:transport-need";
/// With what the patient goes.
pub const VEHICLE: &str = "urn:consilium:vehicle";
/// Why a stay is over.
pub const OUTCOME: &str = "urn:consilium:referral-outcome";
/// Names of a Task's outputs.
pub const PART: &str = "urn:consilium:referral-part";
/// Sections of a discharge summary.
pub const SECTION: &str = "urn:consilium:discharge-section";
/// The handover's Questionnaire.
pub const HANDOVER: &str = "urn:consilium:questionnaire:handover|1";
/// The profile of a referral's ServiceRequest. The number behind `|` is the shape's: readers accept every older one.
pub const PROFILE: &str = "urn:consilium:profile:referral|1";

/// Extension: who gave an answer.
pub const BY: &str = "urn:consilium:ext:by";
/// Extension: a text exactly as typed, beside its narrative.
pub const AS_TYPED: &str = "urn:consilium:ext:as-typed";
/// Extension: a date on which the patient is to be seen again, and what for.
pub const FOLLOW_UP: &str = "urn:consilium:ext:follow-up";
/// Extension: what an entry of a summary was made from.
pub const MADE_FROM: &str = "urn:consilium:ext:made-from";

/// SNOMED CT.
pub const SNOMED: &str = "http://snomed.info/sct";
/// SNOMED CT, patient referral (procedure).
pub const PATIENT_REFERRAL: &str = "3457005";
/// LOINC.
pub const LOINC: &str = "http://loinc.org";
/// HL7 v3 service delivery locations: `HU` hospital unit, `ICU` intensive care unit.
pub const PLACE: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
/// HL7 v3 classes of encounters.
pub const CLASS: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
