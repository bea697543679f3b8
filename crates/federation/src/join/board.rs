//! `join.board`: how far each hospital below the administrator has come.

use super::live::{Heard, Live};
use super::loading;
use super::model::{Confirmed, Join, State};
use super::probe::{Probe, failing, sheet};
use super::resources::Gateway;
use super::silence;
use axum::extract::Query;
use axum::{Extension, Json};
use kernel::{Id, Time};
use platform::directory::{HospitalRef, PersonRef, area};
use platform::{Op, Problem};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Rows of a page when nothing is said, and at most.
const ROWS: usize = 50;
const ROWS_MAX: usize = 200;

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The hospital with which the page before ended.
    #[param(value_type = Option<String>)]
    after: Option<Id>,
    /// How many, 1 to 200; 50 when nothing is said.
    count: Option<usize>,
}

/// A page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinBoard)]
pub struct Output {
    /// Hospitals, the highest level first, then by name.
    rows: Vec<Row>,
    /// Hand this back as `after` for the next page; none at the end.
    #[schema(value_type = Option<String>)]
    next: Option<Id>,
}

/// A hospital.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinRow)]
pub struct Row {
    hospital: HospitalRef,
    /// `none`, `invited`, `late` (its invitation has ended), `joined` (no probe yet), `failing`, `probed` (all passed; waits for
    /// acceptance), `accepted`, `out` (silent for a minute), `withdrawn`.
    state: &'static str,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    since: Option<Time>,
    /// Whom the centre calls.
    contact: Option<ContactRow>,
    /// The invitation's end.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
    /// Probes that did not pass.
    failing: Vec<String>,
    /// All probes with their figures, once there is a gateway.
    probes: Vec<ProbeRow>,
    /// The gateway.
    gateway: Option<GatewayRow>,
    /// Who confirmed for the centre.
    centre: Option<ConfirmedRow>,
    /// Who confirmed for the hospital.
    own: Option<ConfirmedRow>,
}

/// A probe, and of what is tried in a browser who tried it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinProbeRow)]
pub struct ProbeRow {
    /// The probe.
    #[serde(flatten)]
    probe: Probe,
    /// By whom, and when.
    tried: Option<ConfirmedRow>,
}

/// Whom to call.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinContact)]
pub struct ContactRow {
    name: String,
    phone: String,
}

/// A confirmation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinConfirmed)]
pub struct ConfirmedRow {
    by: Option<PersonRef>,
    #[schema(value_type = String, format = DateTime)]
    at: Time,
}

/// A gateway.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinGateway)]
pub struct GatewayRow {
    /// The program's version.
    version: String,
    /// The certificate's end.
    #[schema(value_type = String, format = DateTime)]
    until: Time,
    /// Its clock is off by more than a minute.
    clock_off: bool,
    /// When it was heard of last by this machine of the centre.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Time>,
    /// Its clock is so much ahead, milliseconds.
    clock_ms: Option<i64>,
    /// The round trip of its last heartbeat, milliseconds.
    round_trip_ms: Option<f64>,
    /// Heartbeats that were not answered, percent.
    loss_percent: Option<f64>,
    /// Reports that wait there to be sent.
    queue: Option<u32>,
}

/// How far the hospitals that I manage have come.
#[utoipa::path(get, path = "/api/admin/join", operation_id = "join.board", tag = "join", params(Asked),
    responses((status = 200, body = Output)))]
pub async fn board(
    op: Op,
    Query(asked): Query<Asked>,
    Extension(live): Extension<Arc<Live>>,
) -> Result<Json<Output>, Problem> {
    let own = if area::runs_all(&op) { Default::default() } else { area::facts(&op, &op.actor().hospital) };
    op.may("join.board", &own, None).await?;
    let count = asked.count.unwrap_or(ROWS).clamp(1, ROWS_MAX);
    let all: Vec<_> = op.platform().directory.hospitals().into_iter().filter(|h| area::holds(&op, &h.id)).collect();
    let from = asked.after.and_then(|after| all.iter().position(|h| h.id == after)).map_or(0, |at| at + 1);
    let page = &all[from.min(all.len())..(from + count).min(all.len())];
    let mut rows = vec![];
    for hospital in page {
        rows.push(row(&op, &live, HospitalRef::from(&**hospital)).await?);
    }
    let next = (from + count < all.len()).then(|| page.last().map(|h| h.id.clone())).flatten();
    Ok(Json(Output { rows, next }))
}

async fn row(op: &Op, live: &Live, hospital: HospitalRef) -> Result<Row, Problem> {
    let platform = op.platform();
    let Some(join) = loading::join(platform, &hospital.id).await?.map(|j| j.is) else {
        return Ok(Row {
            hospital,
            state: "none",
            since: None,
            contact: None,
            until: None,
            failing: vec![],
            probes: vec![],
            gateway: None,
            centre: None,
            own: None,
        });
    };
    let (mut gateway, mut probes, mut heard) = (None, None, None);
    if let State::Joined(joined) = &join.state {
        gateway = loading::gateway(platform, &joined.gateway).await?.map(|g| g.is);
        probes = loading::report(platform, &joined.gateway).await?.map(|r| r.is.probes);
        heard = live.last(&joined.gateway);
    }
    let (state, since) = standing(&join, gateway.as_ref(), heard, probes.as_deref(), op.now());
    let named = |by: &Confirmed| {
        let who = &by.who;
        ConfirmedRow { by: platform.directory.person_ref_at(&who.person, &who.hospital), at: by.at }
    };
    let (centre, own) = match &join.state {
        State::Joined(joined) => (joined.centre.as_ref().map(named), joined.own.as_ref().map(named)),
        _ => (None, None),
    };
    let shown = |all: Vec<Probe>| {
        all.into_iter().map(|probe| ProbeRow { tried: probe.tried.as_ref().map(named), probe }).collect()
    };
    Ok(Row {
        hospital,
        state,
        since: Some(since),
        contact: Some(ContactRow { name: join.contact.name, phone: join.contact.phone }),
        until: matches!(join.state, State::Invited).then_some(join.until),
        failing: probes.as_deref().map(failing).unwrap_or_default(),
        probes: shown(gateway.as_ref().map_or_else(Vec::new, |_| sheet(probes.unwrap_or_default()))),
        gateway: gateway.map(|g| GatewayRow {
            version: g.version,
            until: g.until,
            clock_off: g.clock_off,
            last_seen: heard.map(|h| h.at),
            clock_ms: heard.map(|h| h.clock_ms),
            round_trip_ms: heard.and_then(|h| h.round_trip_ms),
            loss_percent: heard.and_then(|h| h.loss_percent),
            queue: heard.map(|h| h.queue),
        }),
        centre,
        own,
    })
}

/// Where a hospital stands, and since when. Silence goes before all else that is so of a gateway.
fn standing(
    join: &Join,
    gateway: Option<&Gateway>,
    heard: Option<Heard>,
    probes: Option<&[Probe]>,
    now: Time,
) -> (&'static str, Time) {
    let joined = match &join.state {
        State::Withdrawn { .. } => return ("withdrawn", join.since),
        State::Invited if now > join.until => return ("late", join.until),
        State::Invited => return ("invited", join.since),
        State::Joined(joined) => joined,
    };
    let silent = heard.map(|h| h.at + silence::AFTER).filter(|end| *end < now);
    match (gateway.and_then(|g| g.heard), silent, probes) {
        (Some((false, since)), ..) => ("out", since),
        // The job that says so comes a moment later.
        (_, Some(since), _) => ("out", since),
        (_, _, None) => ("joined", join.since),
        (_, _, Some(probes)) if !failing(probes).is_empty() => ("failing", join.since),
        _ if joined.is_accepted() => ("accepted", join.since),
        _ => ("probed", join.since),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::model::tests::{id, invited, noon, who};
    use crate::join::probe::OF_GATEWAY;
    use crate::join::probe::tests::passed;
    use jiff::SignedDuration;

    #[test]
    fn each_standing() {
        let join = invited().joined(id("g"), "k".into(), noon());
        let by = |hospital: &str| Confirmed { who: who(hospital), at: noon() };
        let accepted = join.clone().confirmed(by("province")).unwrap().confirmed(by("guangshan")).unwrap();
        let gateway = |heard| Gateway {
            id: id("g"),
            hospital: id("guangshan"),
            point: vec![],
            chain_pem: String::new(),
            until: noon(),
            version: "1".into(),
            active: true,
            heard,
            clock_off: false,
        };
        let all: Vec<Probe> = OF_GATEWAY.iter().map(|name| passed(name)).collect();
        let heard = |seconds| Heard {
            at: noon() - SignedDuration::from_secs(seconds),
            clock_ms: 0,
            round_trip_ms: None,
            loss_percent: None,
            queue: 0,
        };
        let is = |join: &Join, g: Option<(bool, Time)>, h: Option<Heard>, probes: Option<&[Probe]>| {
            standing(join, Some(&gateway(g)), h, probes, noon()).0
        };
        assert_eq!(standing(&invited(), None, None, None, noon()).0, "invited");
        let late = invited().until + SignedDuration::from_millis(1);
        assert_eq!(standing(&invited(), None, None, None, late).0, "late");
        assert_eq!(is(&invited().withdrawn(noon()).unwrap(), None, None, None), "withdrawn");
        assert_eq!(is(&join, None, None, None), "joined");
        assert_eq!(is(&join, None, None, Some(&all[1..])), "failing");
        assert_eq!(is(&join, None, None, Some(&all)), "probed");
        assert_eq!(is(&accepted, Some((true, noon())), Some(heard(60)), Some(&all)), "accepted");
        assert_eq!(is(&accepted, Some((true, noon())), Some(heard(61)), Some(&all)), "out");
        assert_eq!(is(&accepted, Some((false, noon())), None, Some(&all)), "out", "known after a restart too");
        assert_eq!(is(&accepted, None, None, Some(&all[1..])), "failing", "accepted once, and broken since");
    }
}
