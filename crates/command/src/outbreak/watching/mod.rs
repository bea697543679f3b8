//! Watching: after each report, confirmation and grading the cases of that disease in that county are judged by the alert rules,
//! as a job of the same commit. What is raised is kept as a resource and told to the outbreak officers. It must never change a case.

pub mod ears;
pub mod resources;
pub mod rules;

use super::law;
use super::model::{Class, Report};
use super::pairs::{self, Said};
use super::resources as cases;
use async_trait::async_trait;
use fhir::{Reference, ResourceType};
use jiff::ToSpan;
use jiff::civil::Date;
use kernel::{Id, Level, Role};
use platform::jobs::JobHandler;
use platform::{Op, Platform, Problem, Shared, notify};
use records::{Act, Change, Claim, CommitError, Job, Query, Subject, Viewer, Write};
use resources::Alert;
use rules::{LOOK_BACK_DAYS, Seen};
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;

/// The kind of the job.
const KIND: &str = "outbreak.watch";
/// Resources read at a time.
const PAGE: usize = 500;

/// The job that follows a change of a case.
pub fn job(op: &Op, report: &Report) -> Job {
    let place = place(op.platform(), &report.hospital);
    Job {
        key: format!("{KIND}/{place}/{}", report.disease),
        kind: KIND.to_owned(),
        payload: json!({"place": place, "disease": report.disease}),
        run_at: op.now(),
    }
}

/// The workers of this slice.
pub fn jobs() -> Vec<Arc<dyn JobHandler>> {
    vec![Arc::new(Watch)]
}

struct Watch;

#[async_trait]
impl JobHandler for Watch {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem> {
        let text = |name: &str| job.payload[name].as_str().unwrap_or_default();
        let place = Id::new(text("place")).map_err(Problem::internal)?;
        let disease = text("disease");
        let now = platform.clock.now();
        let day = now.to_zoned(platform.settings.time_zone()).date();
        let seen = seen(platform, &place, disease, day).await?;
        for raised in rules::raised(disease, day, &seen) {
            raise(platform, Alert::of(raised, place.clone(), disease, day, now)).await?;
        }
        Ok(())
    }
}

/// The hospitals from one upwards, itself the first.
fn upwards(platform: &Platform, hospital: &Id) -> Vec<(Id, Level)> {
    let tree = platform.directory.tree();
    let mut at = tree.get(hospital);
    let mut found = vec![];
    // There are seven levels: a cycle in bad data ends.
    for _ in Level::ALL {
        let Some(h) = at else { break };
        found.push((h.id.clone(), h.level));
        at = h.parent.as_ref().and_then(|parent| tree.get(parent));
    }
    found
}

/// The county's hospital above a hospital; one that is in no county stands for itself.
fn place(platform: &Platform, hospital: &Id) -> Id {
    let county = upwards(platform, hospital).into_iter().find(|(_, level)| *level == Level::County);
    county.map_or_else(|| hospital.clone(), |(id, _)| id)
}

/// The cases of a disease at a place that the rules look at.
async fn seen(platform: &Platform, place_of: &Id, disease: &str, day: Date) -> Result<Vec<Seen>, Problem> {
    let Some(known) = law::disease(disease) else { return Ok(vec![]) };
    let zone = platform.settings.time_zone();
    let from = day.saturating_sub(LOOK_BACK_DAYS.days()).to_zoned(zone.clone()).map_err(Problem::internal)?.timestamp();
    let mut query = Query::of(ResourceType::CONDITION)
        .with("identifier", format!("{}|", cases::NUMBER))
        .with("recorded-date", format!("ge{from}"))
        .count(PAGE);
    let mut found = vec![];
    loop {
        let page = platform.store.search(&Viewer::System, &query).await?;
        for condition in &page.matches {
            let Some(report) = cases::read(condition)? else { continue };
            let here = report.disease == known.code && place(platform, &report.hospital) == *place_of;
            if here && report.class != Class::Excluded {
                let day = report.reported_at.to_zoned(zone.clone()).date();
                found.push(Seen { grade: report.grade().map(|g| g.grade), id: report.id, day });
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    let alternates = alternates(platform).await?;
    found.retain(|seen| !alternates.contains(&seen.id));
    Ok(found)
}

/// Reports that are counted with another.
async fn alternates(platform: &Platform) -> Result<HashSet<Id>, Problem> {
    let mut query = Query::of(ResourceType::LINKAGE).count(PAGE);
    let mut found = HashSet::new();
    loop {
        let page = platform.store.search(&Viewer::System, &query).await?;
        for linkage in &page.matches {
            if let Some((pair, Said::Same)) = pairs::read(&linkage.value()?) {
                found.insert(pair.1);
            }
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(found);
        }
    }
}

/// Keeps an alert and tells it, once: who comes second finds it there.
async fn raise(platform: &Platform, alert: Alert) -> Result<(), Problem> {
    let at = Reference::new(ResourceType::DETECTED_ISSUE, platform.ids.new_id(alert.raised_at));
    let mut act = Act::system("outbreak.alert");
    act.about = vec![at.clone()];
    act.params.insert("rule".into(), alert.rule.as_str().into());
    act.params.insert("disease".into(), alert.disease.as_str().into());
    act.params.insert("place".into(), alert.place.as_str().into());
    let mut change = Change::of(act);
    change.claims.push(Claim { key: format!("outbreak-alert/{}", alert.key()), by: at.clone(), until: None });
    // It names cases of several hospitals: it is in the custody of who stands above all of them.
    let top = upwards(platform, &alert.place).pop().map_or_else(|| alert.place.clone(), |(id, _)| id);
    change.writes.push(Write::new(at, alert.write(), top));
    let officers = platform.directory.roles_with(Role::OutbreakOfficer);
    let told: Vec<Subject> = officers.iter().map(|r| Subject::Person(r.person.clone())).collect();
    notify::tell(platform, &mut change, &told);
    match platform.commit(change).await {
        Ok(_) | Err(CommitError::Taken(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
