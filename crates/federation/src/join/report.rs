//! `join.report`: what came of the probes, kept in the record; what came before is its history.

use super::caller::Caller;
use super::loading;
use super::probe::{OF_GATEWAY, Probe, after_gateway};
use super::resources::{Report, report_at};
use axum::http::StatusCode;
use platform::Problem;
use records::{Change, Expect, Write};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What was found.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = JoinReport)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The probes that were run, each once.
    pub probes: Vec<Probe>,
}

/// Takes what the probes found.
#[utoipa::path(post, path = "/api/join/report", operation_id = "join.report", tag = "join", request_body = Input,
    responses((status = 204), (status = 401, description = "join.not-signed, join.clock, join.expired"),
        (status = 422, description = "join.report")))]
pub async fn report(caller: Caller) -> Result<StatusCode, Problem> {
    let input: Input = caller.json()?;
    let names: BTreeSet<&str> = input.probes.iter().map(|p| p.name.as_str()).collect();
    let once = names.len() == input.probes.len() && (1..=OF_GATEWAY.len()).contains(&names.len());
    if !once || !input.probes.iter().all(Probe::is_of_gateway) {
        return Err(Problem::unfit(
            "join.report",
            "This is not what the probes of a gateway say. Update the program there.",
        ));
    }
    let (id, hospital) = (caller.gateway.id.clone(), caller.gateway.hospital.clone());
    let before = loading::report(&caller.platform, &id).await?;
    let kept = before.as_ref().map_or(&[][..], |b| &b.is.probes);
    let probes = after_gateway(kept, input.probes);
    let report = Report { gateway: id.clone(), hospital: hospital.clone(), at: caller.now, probes };
    let at = report_at(&id);
    let mut change = Change::of(caller.act("join.report")).write(Write::next(at.clone(), report.write(), hospital));
    change.expect.push(Expect { at, version: before.map_or(0, |b| b.version) });
    caller.platform.commit(change).await?;
    Ok(StatusCode::NO_CONTENT)
}
