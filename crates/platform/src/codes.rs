//! The code systems of our own, as they stand in resources.

/// Levels of hospitals (`kernel::Level`).
pub const LEVEL: &str = "urn:consilium:level";
/// Roles of people (`kernel::Role`).
pub const ROLE: &str = "urn:consilium:role";
/// Kinds of place that are no room: `site`, where a hospital stands.
pub const PLACE: &str = "urn:consilium:place";
/// Kinds of room: `consulting` or `virtual`.
pub const ROOM: &str = "urn:consilium:room";
/// Specialties.
pub const SPECIALTY: &str = "urn:consilium:specialty";
/// Tasks of our own: `break-glass`.
pub const TASK: &str = "urn:consilium:task";
/// What a review found.
pub const REVIEW: &str = "urn:consilium:review";
/// Marks on resources: `demonstration`.
pub const TAG: &str = "urn:consilium:tag";
/// Professional titles.
pub const TITLE: &str = "urn:consilium:title";
/// Licences to practise.
pub const LICENCE: &str = "urn:consilium:licence";
/// Kinds of a hospital's parts: `department`.
pub const UNIT: &str = "urn:consilium:unit";
/// Languages that people speak, for the forms.
pub const LANGUAGES: &[&str] = &["zh", "en", "yue", "ug", "bo", "mn", "fr", "es", "ru", "ar", "pt", "ja", "ko", "de"];
/// Staff numbers.
pub const STAFF: &str = "urn:consilium:staff";

/// Specialties that the forms know, in the order shown.
pub const SPECIALTIES: &[&str] = &[
    "respiratory",
    "critical-care",
    "infectious",
    "cardiology",
    "neurosurgery",
    "neurology",
    "obstetrics",
    "paediatrics",
    "radiology",
    "endocrinology",
    "thoracic-surgery",
    "general-surgery",
    "nephrology",
    "haematology",
    "oncology",
    "orthopaedics",
];
