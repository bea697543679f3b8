//! `POST /api/outbreak/cases`: report a notifiable case of a patient of the own hospital. The law's clock runs from when it was
//! found; a late report is taken, and shows that it was late.

use super::law;
use super::loading::{self, open_key, reported};
use super::model::{self, Class, Exposure, Report};
use super::resources;
use super::view::CaseView;
use super::watching;
use axum::Json;
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use jiff::civil::Date;
use kernel::decide::Facts;
use kernel::{Id, Time};
use platform::{Op, Problem};
use records::{Change, Claim, CommitError, Write};
use serde::Deserialize;
use utoipa::ToSchema;

/// What is reported.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OutbreakReport)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Whose illness: a patient of this hospital.
    #[schema(value_type = String)]
    patient: Id,
    /// A code of the list of notifiable diseases.
    disease: String,
    /// `suspected` or `clinical`. A case is confirmed by its own operation, which asks for the laboratory's result.
    class: Class,
    /// When it was found: the diagnosis, or the suspicion.
    #[schema(value_type = String, format = DateTime)]
    found_at: Time,
    /// First day of illness.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    onset: Option<Date>,
    /// Where it may come from.
    #[serde(default)]
    exposures: Vec<Exposure>,
    /// The draft that it was written in, which ends with it.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    draft: Option<Id>,
}

/// Reports a case.
#[utoipa::path(post, path = "/api/outbreak/cases", operation_id = "outbreak.report", tag = "outbreak", request_body = Input,
    responses((status = 201, body = CaseView), (status = 409, description = "outbreak.reported"),
        (status = 422, description = "outbreak.no_patient, outbreak.drill, outbreak.disease, outbreak.class, outbreak.when, outbreak.text, outbreak.too_many")))]
pub async fn report(op: Op, Json(input): Json<Input>) -> Result<(StatusCode, Json<CaseView>), Problem> {
    let at = Reference::new(ResourceType::PATIENT, input.patient.clone());
    let patient = op.store().read(op.viewer(), &at).await?;
    let custodian = Some(op.actor().hospital.clone());
    op.may("outbreak.report", &Facts { custodian, ..Facts::default() }, Some(&at)).await?;
    let Some(patient) = patient.filter(|p| p.custodian == op.actor().hospital) else {
        return Err(Problem::unfit("outbreak.no_patient", "This hospital has no such patient."));
    };
    if platform::drill::is_drill(&patient.value()?) {
        return Err(Problem::unfit(
            "outbreak.drill",
            "This patient is made up for a drill: nobody is reported as ill.",
        ));
    }
    let draft = input.draft.clone();
    let mut report = decide(&op, input, at)?;
    let mut change = Change::of(loading::act(&op, "outbreak.report", &report));
    change.drafts_done.extend(draft.map(|id| platform::draft::of(&op, "report", id)));
    let by = resources::at(&report.id);
    change.claims = vec![
        Claim { key: open_key(&report), by: by.clone(), until: None },
        Claim { key: format!("case-report/{}", report.number), by: by.clone(), until: None },
    ];
    change.writes.push(Write::new(by, resources::write(&report)?, report.hospital.clone()));
    change.jobs.push(watching::job(&op, &report));
    match op.try_commit(change).await {
        Ok(_) => report.version = 1,
        Err(CommitError::Taken(held)) => return Err(reported(&held.by.id)),
        Err(other) => return Err(other.into()),
    }
    Ok((StatusCode::CREATED, Json(CaseView::of(&op, &report).await?)))
}

/// The report as told, within the rules.
fn decide(op: &Op, input: Input, patient: Reference) -> Result<Report, Problem> {
    let (now, today) = (op.now(), loading::today(op));
    if law::disease(&input.disease).is_none() {
        return Err(Problem::unfit("outbreak.disease", "This disease is not in the list of notifiable diseases."));
    }
    if !matches!(input.class, Class::Suspected | Class::Clinical) {
        let detail = "A case is reported as suspected or clinical; what confirms or excludes it is told afterwards.";
        return Err(Problem::unfit("outbreak.class", detail));
    }
    let found_at = model::past("found_at", input.found_at, now)?;
    let onset = input.onset.map(|day| model::past_day("onset", day, today)).transpose()?;
    let id = op.new_id();
    // The last letters of an id are chance: numbers of a day need no counter that all hospitals wait for.
    let chance: String = id.as_str().chars().rev().filter(char::is_ascii_alphanumeric).take(8).collect();
    let day = today.strftime("%Y%m%d");
    let mut report = Report {
        number: format!("{day}-{}", chance.to_ascii_uppercase()),
        id,
        version: 0,
        hospital: op.actor().hospital.clone(),
        patient,
        disease: input.disease,
        class: input.class,
        class_at: found_at,
        found_at,
        reported_at: now,
        reporter: op.actor().into(),
        onset,
        exposures: vec![],
        evidence: vec![],
        gradings: vec![],
        contacts: vec![],
        outcome: None,
    };
    for exposure in input.exposures {
        report = report.exposed(exposure, today)?;
    }
    Ok(report)
}
