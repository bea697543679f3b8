//! `join.silence`: a gateway that was not heard of for a minute is out. Each heartbeat puts this job off by a minute, on
//! whichever node it comes in; so the job runs when none came. A centre that was down itself waits another minute: it heard nobody.

use super::loading;
use super::model::State;
use super::outage::model::Outage;
use super::resources::gateway_at;
use super::{outage, telling};
use async_trait::async_trait;
use jiff::SignedDuration;
use kernel::{Id, Time};
use platform::jobs::JobHandler;
use platform::{Problem, Shared};
use records::{Act, Change, CommitError, Expect, Job, Write};
use serde_json::json;

/// Silence for so long is out.
pub const AFTER: SignedDuration = SignedDuration::from_secs(60);
/// A job that comes so much too late was held up by the centre itself, which has heard nobody meanwhile.
const LATE: SignedDuration = SignedDuration::from_secs(30);
const KIND: &str = "join.silence";

/// The job that says so.
pub struct Silence;

/// Put off to a minute from now.
pub fn job(gateway: &Id, now: Time) -> Job {
    due(gateway, now, now + AFTER)
}

fn due(gateway: &Id, heard: Time, run_at: Time) -> Job {
    let payload = json!({"gateway": gateway, "heard": heard});
    Job { key: format!("{KIND}/{gateway}"), kind: KIND.to_owned(), payload, run_at }
}

#[async_trait]
impl JobHandler for Silence {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem> {
        let id = job.payload["gateway"].as_str().and_then(|text| Id::new(text).ok());
        let id = id.ok_or_else(|| Problem::internal("a job without a gateway"))?;
        let heard = job.payload["heard"].as_str().and_then(|at| at.parse().ok()).unwrap_or(job.run_at - AFTER);
        let now = platform.clock.now();
        if now.duration_since(job.run_at) > LATE {
            // Whoever is there says so within a minute.
            return platform.store.job_put(due(&id, heard, now + AFTER)).await.map_err(Into::into);
        }
        for _ in 0..loading::ATTEMPTS {
            let Some(change) = change(platform, &id, heard).await? else { return Ok(()) };
            match platform.commit(change).await {
                Ok(_) => return Ok(()),
                // A heartbeat came in between, or somebody wrote a word about the outage: it is looked at again.
                Err(CommitError::Stale { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// What says that a gateway is out since it was last heard of; none when it is not, or that was said.
async fn change(platform: &Shared, id: &Id, last_heard: Time) -> Result<Option<Change>, Problem> {
    let Some(found) = loading::gateway(platform, id).await? else { return Ok(None) };
    let (mut gateway, version) = (found.is, found.version);
    if !gateway.active || !matches!(gateway.heard, Some((true, _))) {
        return Ok(None);
    }
    let Some(join) = loading::join(platform, &gateway.hospital).await? else { return Ok(None) };
    if !matches!(&join.is.state, State::Joined(joined) if joined.gateway == *id) {
        return Ok(None);
    }
    let now = platform.clock.now();
    gateway.heard = Some((false, now));
    let at = gateway_at(id);
    let mut act = Act::system("join.out");
    act.hospital = Some(gateway.hospital.clone());
    act.about = vec![at.clone()];
    telling::of_hospital(platform, &mut act, &gateway.hospital);
    let mut change = Change::of(act).write(Write::next(at.clone(), gateway.write(), gateway.hospital.clone()));
    change.expect.push(Expect { at, version });
    let last = outage::last_of(platform, id).await?;
    let read = last.as_ref().map(|last| (last.is.id.clone(), last.version));
    let new = || platform.ids.new_id(now);
    let outage = Outage::silent(last.map(|last| last.is), new, id, &gateway.hospital, last_heard);
    let version = read.filter(|(id, _)| *id == outage.id).map_or(0, |(_, version)| version);
    outage::put(&mut change, &outage, version);
    telling::both_sides(platform, &mut change, &join.is);
    Ok(Some(change))
}
