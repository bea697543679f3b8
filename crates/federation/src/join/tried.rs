//! `join.tried`: what a person found when they tried camera, microphone, loudspeaker or a call in a browser at the hospital: kept
//! with the gateway's probes, each with who tried it and when.

use super::loading::{decided, refused};
use super::model::{Confirmed, Refused, State};
use super::probe::{OF_BROWSER, Probe, after_browser};
use super::resources::{Report, join_at, report_at};
use super::{loading, telling};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use kernel::Id;
use platform::directory::area;
use platform::{Op, Problem};
use records::{Change, Expect, Write};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What was found.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = JoinTriedInput)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// What was tried, each once.
    probes: Vec<Probe>,
}

/// Keep what was tried in this browser.
#[utoipa::path(post, path = "/api/admin/join/{hospital}/tried", operation_id = "join.tried", tag = "join",
    params(("hospital" = String, Path)), request_body = Input, responses((status = 204),
        (status = 409, description = "join.not-joined"), (status = 422, description = "join.report")))]
pub async fn tried(op: Op, Path(hospital): Path<Id>, Json(input): Json<Input>) -> Result<StatusCode, Problem> {
    op.may("join.tried", &area::facts(&op, &hospital), Some(&join_at(&hospital))).await?;
    let names: BTreeSet<&str> = input.probes.iter().map(|p| p.name.as_str()).collect();
    let once = names.len() == input.probes.len() && (1..=OF_BROWSER.len()).contains(&names.len());
    if !once || !input.probes.iter().all(Probe::is_of_browser) {
        let text = "This is not what a trial in a browser finds. Load the page again and try once more.";
        return Err(Problem::unfit("join.report", text));
    }
    decided(&op, || Box::pin(change(&op, &hospital, &input.probes))).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(op: &Op, hospital: &Id, told: &[Probe]) -> Result<(Change, ()), Problem> {
    let found = loading::join(op.platform(), hospital).await?.ok_or_else(|| refused(Refused::NotJoined))?;
    let State::Joined(joined) = &found.is.state else { return Err(refused(Refused::NotJoined)) };
    let before = loading::report(op.platform(), &joined.gateway).await?;
    let (kept, at, version) = before.as_ref().map_or((&[][..], op.now(), 0), |b| (&b.is.probes, b.is.at, b.version));
    let by = Confirmed { who: op.actor().into(), at: op.now() };
    let (gateway, probes) = (joined.gateway.clone(), after_browser(kept, told.to_vec(), &by));
    let at_report = report_at(&gateway);
    let report = Report { gateway, hospital: hospital.clone(), at, probes };
    let mut act = op.act("join.tried");
    act.about = vec![at_report.clone()];
    telling::of_hospital(op.platform(), &mut act, hospital);
    let mut change = Change::of(act).write(Write::next(at_report.clone(), report.write(), hospital.clone()));
    change.expect.push(Expect { at: at_report, version });
    Ok((change, ()))
}
