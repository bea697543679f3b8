//! Reads a joining, a gateway, a report; and says in words why a step is refused.

use super::model::{Join, Refused};
use super::resources::{Gateway, Report, gateway_at, join_at, report_at};
use axum::http::StatusCode;
use fhir::Reference;
use kernel::Id;
use platform::{Op, Platform, Problem};
use records::{Change, CommitError, Resource, Viewer};
use serde_json::Value;
use std::pin::Pin;

/// As often as any operation is decided anew.
pub const ATTEMPTS: usize = 3;

/// A thing with the version it was read at, on which the next one rests.
pub struct Loaded<T> {
    /// Read.
    pub is: T,
    /// Its version.
    pub version: u64,
}

async fn load<T>(
    platform: &Platform,
    at: &Reference,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<Option<Loaded<T>>, Problem> {
    // Who may was asked before, of the hospital it belongs to.
    let Some(found) = platform.store.read(&Viewer::System, at).await? else { return Ok(None) };
    let Resource { version, .. } = found;
    Ok(read(&found.value()?).map(|is| Loaded { is, version }))
}

/// A decision under way: the change, and what is answered when it is kept.
pub type Deciding<'a, T> = Pin<Box<dyn Future<Output = Result<(Change, T), Problem>> + Send + 'a>>;

/// Decides and commits; anew, up to three times, when what it rested on has changed.
pub async fn decided<'a, T>(op: &'a Op, decide: impl Fn() -> Deciding<'a, T>) -> Result<T, Problem> {
    let mut attempt = 1;
    loop {
        let (change, output) = decide().await?;
        match op.try_commit(change).await {
            Ok(_) => return Ok(output),
            Err(CommitError::Stale { .. }) if attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// The joining of a hospital, if it was ever invited.
pub async fn join(platform: &Platform, hospital: &Id) -> Result<Option<Loaded<Join>>, Problem> {
    load(platform, &join_at(hospital), Join::read).await
}

/// A gateway.
pub async fn gateway(platform: &Platform, id: &Id) -> Result<Option<Loaded<Gateway>>, Problem> {
    load(platform, &gateway_at(id), Gateway::read).await
}

/// The last report of its probes.
pub async fn report(platform: &Platform, gateway: &Id) -> Result<Option<Loaded<Report>>, Problem> {
    load(platform, &report_at(gateway), Report::read).await
}

/// What is said to whoever is refused: what is so, and what to do.
pub fn refused(why: Refused) -> Problem {
    let gone = |code, text| Problem::new(StatusCode::GONE, code, text);
    match why {
        Refused::Unknown => Problem::new(
            StatusCode::FORBIDDEN,
            "join.unknown",
            "No invitation of this centre has this secret: it was mistyped, or a newer one took its place. Copy the whole line \
             again, or ask the centre for a new invitation.",
        ),
        Refused::Late => {
            gone("join.late", "This invitation was good for 24 hours and they are over. Ask the centre for a new one.")
        }
        Refused::Withdrawn => {
            gone("join.withdrawn", "The centre has taken this invitation back. Ask the centre for a new one.")
        }
        Refused::Used => Problem::conflict(
            "join.used",
            "Another machine has joined with this invitation. If that was you, go on with the folder it joined from; if not, \
             call the centre at once: it takes that machine's certificate back and gives you a new invitation.",
        ),
        Refused::OtherHospital => Problem::conflict(
            "join.other-hospital",
            "This invitation is another hospital's. Ask the centre for your own.",
        ),
        Refused::Over => Problem::conflict("join.over", "This was taken back already."),
        Refused::HasJoined => Problem::conflict(
            "join.joined",
            "A gateway of this hospital has joined. Take that back first; its key then opens nothing any more.",
        ),
        Refused::NotJoined => Problem::conflict("join.not-joined", "No gateway of this hospital has joined yet."),
    }
}
