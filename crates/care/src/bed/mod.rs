//! Beds: which are free, held, taken; by ward, for a hospital and its region.
//!
//! A bed is a Location (`physicalType` `bd`) under a ward's, made by the administration. That somebody lies in it stands there
//! (`operationalStatus`), written by its ward here and by a referral that arrives; that it is held for somebody is a claim
//! with an end, `bed/<id>`, taken in the commit of the offer. While it is taken the claim is kept too, without an end, so
//! that of all who want a bed at once one gets it. This slice must never say who lies in a bed.

mod board;
mod free;
mod occupy;

use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::directory::profile::{Place, PlaceKind, occupancy};
use platform::{Op, Platform, Problem, Shared};
use records::{Change, ClaimHeld, Expect, Viewer, Write};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Decisions taken anew when somebody else was quicker.
const ATTEMPTS: usize = 3;

/// The claim of a bed.
pub fn key(bed: &Id) -> String {
    format!("bed/{bed}")
}

/// The bed of a claim.
fn bed_of(key: &str) -> Option<Id> {
    Id::new(key.strip_prefix("bed/")?).ok()
}

/// A bed as it stands in the record now.
#[derive(Debug, Clone)]
pub struct BedAt {
    /// The bed.
    pub place: Place,
    /// Neither it nor its ward is closed.
    pub open: bool,
    /// Who holds it, or lies in it.
    pub held: Option<ClaimHeld>,
    body: Value,
    version: u64,
    custodian: Id,
}

impl BedAt {
    /// Where it stands.
    pub fn at(&self) -> Reference {
        Reference::new(ResourceType::LOCATION, self.place.id.clone())
    }

    /// What a rule about it rests on: that it is as it was read.
    pub fn expect(&self) -> Expect {
        Expect { at: self.at(), version: self.version }
    }

    /// Adds to a change that somebody lies in it, or nobody does. Who holds it is the caller's to say, by its claim.
    pub fn put(&self, change: &mut Change, taken: bool) {
        let mut body = self.body.clone();
        body["operationalStatus"] = occupancy(taken);
        if !change.expect.iter().any(|e| e.at == self.at()) {
            change.expect.push(self.expect());
        }
        change.act.about.push(self.at());
        change.writes.push(Write::next(self.at(), body, self.custodian.clone()));
    }
}

/// The bed of this id; none when there is none.
pub async fn find(platform: &Platform, id: &Id, now: Time) -> Result<Option<BedAt>, Problem> {
    let at = Reference::new(ResourceType::LOCATION, id.clone());
    let Some(found) = platform.store.read(&Viewer::System, &at).await? else { return Ok(None) };
    let body = found.written()?;
    let Some(place) = Place::read(&body).filter(|p| p.kind == PlaceKind::Bed) else { return Ok(None) };
    let ward = place.ward.as_ref().and_then(|ward| platform.directory.place(ward));
    let open = place.active && ward.is_some_and(|w| w.active && w.kind.has_beds());
    let key = key(id);
    let held = platform.store.claims(&key, now).await?.into_iter().find(|c| c.key == key);
    Ok(Some(BedAt { open, held, body, version: found.version, custodian: found.custodian, place }))
}

/// Somebody else has the bed: which, until when. By whom is the ward's to know.
pub fn taken(op: &Op, held: &ClaimHeld) -> Problem {
    let place = bed_of(&held.key).and_then(|id| op.platform().directory.place(&id));
    let (name, name_en) = place.map(|p| (p.name.clone(), p.name_en.clone())).unwrap_or_default();
    let mut problem = Problem::conflict("bed.taken", format!("Bed {name_en} is taken or held."))
        .with("name", name)
        .with("name_en", name_en);
    if let Some(until) = held.until {
        problem = problem.with("until", until.to_string());
    }
    problem
}

/// `/api/beds`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(board::board)).routes(routes!(occupy::occupy)).routes(routes!(free::free))
}
