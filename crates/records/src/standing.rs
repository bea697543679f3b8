//! Where a resource stands and how it is indexed: what all engines keep alike, so that they answer alike.

use fhir::search::{DAY_MS, Definitions};
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};

/// Periods longer than a day stand under a number of their own, so that a range scan over the short ones has a lower bound.
pub(crate) const LONG: i64 = 0x4000_0000;
/// Identifiers of logical references stand under a number of their own, in the table of tokens.
pub(crate) const LOGICAL: i64 = 0x8000_0000;

/// Where a resource stands: the numbers of its custodian, its patient and its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) custodian: i64,
    pub(crate) patient: i64,
    pub(crate) case: i64,
}

/// Under which number the members of a type stand, in the table of tokens, with code 0.
pub(crate) fn members(ty: ResourceType) -> i64 {
    i64::from(ty.number()) << 8
}

/// The number of `_lastUpdated`.
pub(crate) fn last_updated(ty: ResourceType) -> i64 {
    Definitions::r4().param(ty, "_lastUpdated").map_or(0, |p| i64::from(p.number))
}

/// A period with the number that it stands under.
pub(crate) fn dated((number, from, to): &(u32, i64, i64)) -> (i64, i64, i64) {
    let number = i64::from(*number);
    (if to - from > DAY_MS { number | LONG } else { number }, *from, *to)
}

/// A grant without an end.
pub(crate) const NO_END: i64 = i64::MAX;

pub(crate) const PATIENT: i64 = 0;
pub(crate) const CASE: i64 = 1;
pub(crate) const RESOURCE: i64 = 2;

/// Types that every person sees.
const DIRECTORY: [ResourceType; 5] = [
    ResourceType::HEALTHCARE_SERVICE,
    ResourceType::LOCATION,
    ResourceType::ORGANIZATION,
    ResourceType::PRACTITIONER,
    ResourceType::PRACTITIONER_ROLE,
];

pub(crate) fn is_directory(ty: ResourceType) -> bool {
    DIRECTORY.contains(&ty)
}

/// Where a resource stands, as far as sight goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scoped {
    pub(crate) rid: i64,
    pub(crate) ty: u16,
    pub(crate) custodian: i64,
    pub(crate) patient: i64,
    pub(crate) case: i64,
}

/// A version as it stands in the tables.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) scope: Scoped,
    pub(crate) at: Reference,
    pub(crate) version: u64,
    pub(crate) stored_at: Time,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) custodian: Id,
    pub(crate) case: Option<Reference>,
    pub(crate) patient: Option<Reference>,
}

/// An instant as it stands in columns.
pub(crate) fn time(ms: i64) -> Time {
    Time::from_millisecond(ms).unwrap_or(if ms < 0 { Time::MIN } else { Time::MAX })
}
