//! `directory.licence_ends`: who holds a licence to practise, and the administrators of where they work, are told 60, 30 and 7 days
//! before it ends and the day after. Whatever writes a person puts the job off to the next of these days; the job looks at what
//! stands there when it runs, so an end that was changed otherwise is told of too. It must never end anything itself.

use super::Directory;
use super::profile::Profile;
use crate::jobs::JobHandler;
use crate::{Problem, Shared, notify};
use async_trait::async_trait;
use fhir::{Reference, ResourceType};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use kernel::{Id, Role, Time};
use records::{Act, Change, Claim, CommitError, Job, Subject};
use serde_json::json;

const KIND: &str = "directory.licence_ends";
/// So many days before its end it is told; -1: the first day on which it does not hold.
const BEFORE: [i64; 4] = [60, 30, 7, -1];
/// In the morning of these days, where the centre is.
const HOUR: i8 = 8;
/// No more are told.
const TOLD_MAX: usize = 50;

/// Put off to the next day on which it is told; none when no end is known, or it is over.
pub fn job(profile: &Profile, zone: &TimeZone, now: Time) -> Option<Job> {
    let until: Date = profile.licence_until.as_deref()?.parse().ok()?;
    let mornings = BEFORE.iter().filter_map(|days| {
        let day = until.checked_sub(days.days()).ok()?;
        Some(day.at(HOUR, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp())
    });
    let run_at = mornings.filter(|morning| *morning > now).min()?;
    Some(Job {
        key: format!("{KIND}/{}", profile.id),
        kind: KIND.to_owned(),
        payload: json!({"person": profile.id}),
        run_at,
    })
}

/// The last of the days that has come, by how many days before the end it is; none before the first and long after the end.
fn due(until: Date, today: Date) -> Option<i64> {
    let left = today.until(until).ok()?.get_days();
    BEFORE.into_iter().filter(|before| i64::from(left) <= *before && i64::from(left) > -30).min()
}

/// The job that tells.
pub struct LicenceEnds;

#[async_trait]
impl JobHandler for LicenceEnds {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem> {
        let id: Id = serde_json::from_value(job.payload["person"].clone()).map_err(Problem::internal)?;
        let (now, zone) = (platform.clock.now(), platform.settings.time_zone());
        let Some(profile) = platform.directory.profile(&id).filter(|profile| profile.active) else { return Ok(()) };
        let until = profile.licence_until.as_deref().and_then(|until| until.parse::<Date>().ok());
        let today = now.to_zoned(zone.clone()).date();
        if let Some((until, days)) = until.and_then(|until| Some((until, due(until, today)?))) {
            let at = Reference::new(ResourceType::PRACTITIONER, id.clone());
            let mut act = Act::system(KIND);
            act.about = vec![at.clone()];
            act.params.insert("name".into(), profile.name.as_str().into());
            act.params.insert("name_en".into(), profile.name_en.as_deref().unwrap_or(&profile.name).into());
            act.params.insert("until".into(), until.to_string().into());
            act.params.insert("over".into(), (days < 0).into());
            let mut change = Change::of(act);
            notify::tell(platform, &mut change, &told(&platform.directory, &id));
            // A job runs at least once, and is told of once.
            let key = format!("licence-ends/{id}/{until}/{days}");
            change.claims.push(Claim { key, by: at, until: Some(now + SignedDuration::from_hours(24 * 100)) });
            match platform.commit(change).await {
                Ok(_) | Err(CommitError::Taken(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(next) = self::job(&profile, &zone, now) {
            platform.store.job_put(next).await?;
        }
        Ok(())
    }
}

/// The person, and the administrators of each hospital where they work: the nearest above where it has none.
fn told(directory: &Directory, person: &Id) -> Vec<Subject> {
    let (tree, administrators) = (directory.tree(), directory.roles_with(Role::HospitalAdministrator));
    let mut told = vec![Subject::Person(person.clone())];
    for post in directory.posts_of(person).iter().filter(|post| post.active) {
        let chain =
            std::iter::successors(Some(post.hospital.clone()), |id| tree.get(id).and_then(|h| h.parent.clone()));
        let has_one = |id: &Id| administrators.iter().any(|role| role.hospital == *id);
        let Some(hospital) = chain.take(kernel::Level::ALL.len()).find(has_one) else { continue };
        for role in administrators.iter().filter(|role| role.hospital == hospital) {
            let one = Subject::Person(role.person.clone());
            if !told.contains(&one) {
                told.push(one);
            }
        }
    }
    told.truncate(TOLD_MAX);
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::fields::PersonFields;

    #[test]
    fn on_which_mornings_it_is_told() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let fields = |until: Option<&str>| -> PersonFields {
            serde_json::from_value(json!({"name": "李伟", "licence": "1", "licence_until": until})).unwrap()
        };
        let next = |until, now: &str| {
            let profile = fields(until).profile(Id::new("p").unwrap(), true);
            job(&profile, &zone, now.parse().unwrap()).map(|job| job.run_at.to_string())
        };
        let until = Some("2027-03-31");
        assert_eq!(next(until, "2026-11-23T00:00:00Z").unwrap(), "2027-01-30T00:00:00Z");
        assert_eq!(next(until, "2027-01-30T00:00:00Z").unwrap(), "2027-03-01T00:00:00Z");
        assert_eq!(next(until, "2027-03-20T00:00:00Z").unwrap(), "2027-03-24T00:00:00Z");
        assert_eq!(next(until, "2027-03-24T00:00:00Z").unwrap(), "2027-04-01T00:00:00Z", "the day after its last");
        assert_eq!(next(until, "2027-04-01T00:00:00Z"), None);
        assert_eq!(next(None, "2026-11-23T00:00:00Z"), None);
        let day = |text: &str| text.parse::<Date>().unwrap();
        for (today, told) in [
            ("2027-01-29", None),
            ("2027-01-30", Some(60)),
            ("2027-02-28", Some(60)),
            ("2027-03-01", Some(30)),
            ("2027-03-31", Some(7)),
            ("2027-04-01", Some(-1)),
            ("2027-04-30", None),
        ] {
            assert_eq!(due(day("2027-03-31"), day(today)), told, "{today}");
        }
    }
}
