//! How the administration's changes become writes: over what stands in the record, expecting the version that was read.

use super::device::Device;
use super::licence;
use super::profile::{Place, Post, Profile, Site};
use crate::{Op, Problem};
use fhir::{Reference, ResourceType};
use kernel::Id;
use records::{Change, Expect, Viewer, Write};
use serde_json::Value;

/// What stands in the record now, and its version (0: nothing ever did; else what stood there was deleted in that one).
pub async fn before(op: &Op, at: &Reference) -> Result<(Option<Value>, u64), Problem> {
    if let Some(resource) = op.store().read(&Viewer::System, at).await? {
        return Ok((Some(resource.written()?), resource.version));
    }
    let versions = op.store().history(&Viewer::System, at).await?;
    Ok((None, versions.first().map_or(0, |deleted| deleted.version)))
}

/// Adds a write of `at`: what `lay` makes of what stands there. Nobody else may have changed it meanwhile.
pub async fn add(
    op: &Op,
    change: &mut Change,
    at: Reference,
    custodian: &Id,
    lay: impl FnOnce(Option<Value>) -> Value,
) -> Result<(), Problem> {
    let (body, version) = before(op, &at).await?;
    change.expect.push(Expect { at: at.clone(), version });
    change.act.about.push(at.clone());
    change.writes.push(Write::next(at, lay(body), custodian.clone()));
    Ok(())
}

/// Adds something of a new id: nothing stands there, so nothing is read. Where something does, nothing is kept.
pub fn add_new(change: &mut Change, at: Reference, custodian: &Id, body: Value) {
    change.writes.push(Write::new(at, body, custodian.clone()));
}

/// Adds a person.
pub async fn person(op: &Op, change: &mut Change, profile: &Profile, custodian: &Id) -> Result<(), Problem> {
    let at = Reference::new(ResourceType::PRACTITIONER, profile.id.clone());
    change.jobs.extend(licence::job(profile, &op.platform().settings.time_zone(), op.now()));
    add(op, change, at, custodian, |before| profile.lay(before)).await
}

/// Adds a post.
pub async fn post(op: &Op, change: &mut Change, post: &Post) -> Result<(), Problem> {
    let at = Reference::new(ResourceType::PRACTITIONER_ROLE, post.id.clone());
    add(op, change, at, &post.hospital, |before| post.lay(before, op.now())).await
}

/// Adds a hospital.
pub async fn site(op: &Op, change: &mut Change, site: &Site) -> Result<(), Problem> {
    let at = Reference::new(ResourceType::ORGANIZATION, site.hospital.id.clone());
    add(op, change, at, &site.hospital.id, |before| site.lay(before)).await
}

/// Adds a department or a room.
pub async fn place(op: &Op, change: &mut Change, place: &Place) -> Result<(), Problem> {
    let at = Reference::new(place.ty(), place.id.clone());
    add(op, change, at, &place.hospital, |before| place.lay(before)).await
}

/// Adds a terminal or a device.
pub async fn device(op: &Op, change: &mut Change, device: &Device) -> Result<(), Problem> {
    add(op, change, device.at(), &device.hospital, |before| device.lay(before)).await
}
