//! `join.heartbeat`: a gateway says every 15 seconds that it is there, how its clock and its line are, and what waits.
//!
//! Kept in memory, and as the job that would say it is out; a change of the record is made only when something is so now that
//! was not so before: heard of again, another version, a clock that went wrong or right.

use super::caller::Caller;
use super::enrol;
use super::live::Heard;
use super::resources::gateway_at;
use super::{loading, outage, silence, telling};
use axum::Json;
use kernel::Time;
use platform::Problem;
use records::{Change, CommitError, Expect, Write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A clock that is off by more is shown, milliseconds.
pub const CLOCK_OFF_MS: i64 = 60_000;
/// No clock is said to be further off: a century.
const CLOCK_MAX_MS: i64 = 100 * 366 * 86_400_000;
/// No round trip is longer.
const ROUND_TRIP_MAX_MS: f64 = 600_000.0;

/// How it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = JoinHeartbeat)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The program's version.
    pub version: String,
    /// The gateway's clock is so much ahead of the centre's, milliseconds; measured by the gateway.
    pub clock_ms: i64,
    /// The round trip of the last heartbeat, milliseconds; none at the first.
    pub round_trip_ms: Option<f64>,
    /// Of the last 20 heartbeats so many in a hundred were not answered; none at the first.
    pub loss_percent: Option<f64>,
    /// Reports that wait to be sent.
    pub queue: u32,
}

/// What the gateway is to know.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = JoinHeard)]
pub struct Output {
    /// The centre's time, milliseconds since 1970.
    pub now_ms: i64,
    /// The centre's version.
    pub version: String,
    /// The certificate's end.
    #[schema(value_type = String, format = DateTime)]
    pub until: Time,
}

/// Takes a heartbeat.
#[utoipa::path(post, path = "/api/join/heartbeat", operation_id = "join.heartbeat", tag = "join", request_body = Input,
    responses((status = 200, body = Output), (status = 401, description = "join.not-signed, join.clock, join.expired"),
        (status = 422, description = "join.version, join.figure")))]
pub async fn heartbeat(caller: Caller) -> Result<Json<Output>, Problem> {
    let input: Input = caller.json()?;
    let version = enrol::version(&input.version)?;
    let share = |max: f64| move |value: f64| value.is_finite() && (0.0..=max).contains(&value);
    let sound = input.clock_ms.abs() <= CLOCK_MAX_MS
        && input.round_trip_ms.is_none_or(share(ROUND_TRIP_MAX_MS))
        && input.loss_percent.is_none_or(share(100.0));
    if !sound {
        return Err(Problem::unfit("join.figure", "A figure of this heartbeat is out of its bounds."));
    }
    caller.live.hear(
        &caller.gateway.id,
        Heard {
            at: caller.now,
            clock_ms: input.clock_ms,
            round_trip_ms: input.round_trip_ms,
            loss_percent: input.loss_percent,
            queue: input.queue,
        },
    );
    // Before the change: were it the other way round, a crash between the two would leave nobody to say that it is out.
    caller.platform.store.job_put(silence::job(&caller.gateway.id, caller.now)).await?;
    let clock_off = input.clock_ms.abs() > CLOCK_OFF_MS;
    note(&caller, version, clock_off).await?;
    let until = caller.gateway.until;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Ok(Json(Output { now_ms: caller.now.as_millisecond(), version, until }))
}

/// Writes down what is so now and was not before.
async fn note(caller: &Caller, version: String, clock_off: bool) -> Result<(), Problem> {
    let before = &caller.gateway;
    let was_out = matches!(before.heard, Some((false, _)));
    let is_new = !matches!(before.heard, Some((true, _)));
    if !is_new && before.version == version && before.clock_off == clock_off {
        return Ok(());
    }
    let mut gateway = before.clone();
    (gateway.version, gateway.clock_off) = (version, clock_off);
    if is_new {
        gateway.heard = Some((true, caller.now));
    }
    let at = gateway_at(&gateway.id);
    let mut act = caller.act(if was_out { "join.back" } else { "join.heartbeat" });
    telling::of_hospital(&caller.platform, &mut act, &gateway.hospital);
    act.params.insert("clock_off".into(), clock_off.into());
    let mut change = Change::of(act).write(Write::next(at.clone(), gateway.write(), gateway.hospital.clone()));
    change.expect.push(Expect { at, version: caller.version });
    if was_out {
        if let Some(last) = outage::last_of(&caller.platform, &gateway.id).await?.filter(|last| last.is.is_silent()) {
            outage::put(&mut change, &last.is.back(caller.now), last.version);
        }
        if let Some(join) = loading::join(&caller.platform, &gateway.hospital).await? {
            telling::both_sides(&caller.platform, &mut change, &join.is);
        }
    }
    match caller.platform.commit(change).await {
        // Something else was written down just now; the next heartbeat, in 15 seconds, sees it.
        Ok(_) | Err(CommitError::Stale { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
