//! Outages: a gateway that falls silent opens a ticket, in the commit that says so, and the next heartbeat says that it is back.
//!
//! A ticket is a Task; its history is who did what. Called by `silence`, `heartbeat` and `withdraw`, which put its next version
//! beside their own write, and by the administrators of both sides. It must never decide whether a gateway is silent.

pub mod model;
pub mod resources;
pub mod step;

use super::loading::Loaded;
use fhir::ResourceType;
use kernel::Id;
use model::Outage;
use platform::{Platform, Problem, codes};
use records::{Change, Expect, Query, Viewer, Write};
use resources::{CODE, outage_at};

/// The newest outage of a gateway.
pub async fn last_of(platform: &Platform, gateway: &Id) -> Result<Option<Loaded<Outage>>, Problem> {
    let query = Query::of(ResourceType::TASK)
        .with("focus", format!("Device/{gateway}"))
        .with("code", format!("{}|{CODE}", codes::TASK))
        .with("_sort", "-authored-on")
        .count(1);
    let page = platform.store.search(&Viewer::System, &query).await?;
    let Some(found) = page.matches.first() else { return Ok(None) };
    Ok(Outage::read(&found.value()?).map(|is| Loaded { is, version: found.version }))
}

/// Puts what became of an outage into a change, resting on the version it was read at (0: it is new).
pub fn put(change: &mut Change, outage: &Outage, version: u64) {
    let at = outage_at(&outage.id);
    change.act.about.push(at.clone());
    change.act.params.insert("outage".into(), outage.id.as_str().into());
    change.expect.push(Expect { at: at.clone(), version });
    change.writes.push(Write::next(at, outage.write(), outage.hospital.clone()));
}
