//! The ImagingStudy that follows from the rows: written anew a moment after the last instance came, not with each of them.

use super::resources;
use super::store::Archive;
use async_trait::async_trait;
use fhir::{Reference, ResourceType};
use jiff::SignedDuration;
use kernel::{Id, Time};
use platform::jobs::JobHandler;
use platform::{Problem, Shared};
use records::{Act, Change, Expect, Job, Subject, Viewer, Write};
use serde_json::json;

const KIND: &str = "imaging.settle";
/// Waits so long for more instances.
const PAUSE: SignedDuration = SignedDuration::from_millis(800);

/// The job that settles a study.
pub(crate) fn job(study: &Id, audience: &[Subject], now: Time) -> Job {
    Job {
        key: format!("{KIND}/{study}"),
        kind: KIND.to_owned(),
        payload: json!({ "study": study, "audience": audience }),
        run_at: now + PAUSE,
    }
}

/// Does it.
pub(crate) struct Settle;

#[async_trait]
impl JobHandler for Settle {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, platform: &Shared, job: &Job) -> Result<(), Problem> {
        let id: Id = serde_json::from_value(job.payload["study"].clone()).map_err(Problem::internal)?;
        let audience: Vec<Subject> =
            serde_json::from_value(job.payload["audience"].clone()).map_err(Problem::internal)?;
        let (study, series) = Archive::of(&*platform.store).study_and_series(&id).await?;
        let Some(study) = study else { return Ok(()) };
        let at = Reference::new(ResourceType::IMAGING_STUDY, id);
        let Some(current) = platform.store.read(&Viewer::System, &at).await? else { return Ok(()) };
        let mut body = resources::imaging_study(&study, &series);
        let stored = current.value()?;
        if body.as_object().is_some_and(|body| body.iter().all(|(key, value)| stored.get(key) == Some(value))) {
            return Ok(());
        }
        // Marks stay: of a demonstration, of a drill.
        if let Some(meta) = current.written()?.get("meta") {
            body["meta"] = meta.clone();
        }
        let instances: u64 = series.iter().map(|s| s.instances).sum();
        let case = resources::case_reference(&study.case);
        let mut act = Act::system("attachment.settle");
        act.about = vec![at.clone()];
        act.patient = study.patient.map(|id| Reference::new(ResourceType::PATIENT, id));
        act.case = Some(case.clone());
        act.params.insert("instances".to_owned(), instances.into());
        act.params.insert("series".to_owned(), series.len().into());
        act.audience = audience;
        let mut change = Change::of(act).write(Write::next(at.clone(), body, study.custodian).in_case(case));
        change.expect.push(Expect { at, version: current.version });
        platform.commit(change).await?;
        Ok(())
    }
}
