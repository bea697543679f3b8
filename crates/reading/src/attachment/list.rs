//! `GET /api/consults/{case}/files`: what a case holds, and what waits.

use super::confirm::held;
use crate::imaging::case::{self, Case};
use crate::imaging::compare::{self, Person};
use crate::imaging::resources;
use crate::imaging::store::Archive;
use crate::imaging::store::rows::{SeriesFound, StudyRow};
use axum::Json;
use axum::extract::Path;
use fhir::ResourceType;
use kernel::{Duty, Id};
use platform::{Op, Problem};
use records::{Query, Viewer};
use serde::Serialize;
use utoipa::ToSchema;

/// Documents of one case.
const DOCUMENTS_MAX: usize = 500;

/// The files of a case.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseFiles)]
pub struct Output {
    studies: Vec<Study>,
    documents: Vec<Doc>,
    held: Vec<Held>,
}

/// A study.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseStudy)]
pub struct Study {
    /// Study Instance UID.
    uid: String,
    /// Its ImagingStudy.
    id: String,
    /// `YYYYMMDD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    modality: String,
    series: Vec<Series>,
    instances: u64,
    bytes: u64,
    /// The person named in it is not the case's patient; somebody confirmed it, or the patient was changed later.
    patient_differs: bool,
}

/// A series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseSeries)]
pub struct Series {
    uid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    modality: String,
    instances: u64,
    /// Whether some of it can be shown.
    shown: bool,
    /// Why not: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<String>,
    /// Where a picture of its middle slice is.
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail: Option<String>,
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaseDocument)]
pub struct Doc {
    id: String,
    name: String,
    mime: String,
    bytes: u64,
    at: String,
}

/// A file that waits for a human.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeldFile)]
pub struct Held {
    upload: String,
    name: String,
    in_file: Person,
    in_case: Person,
    /// In what the two differ.
    differs: Vec<&'static str>,
}

/// Lists the files of a case.
#[utoipa::path(get, path = "/api/consults/{case}/files", operation_id = "attachment.list", tag = "attachment",
    params(("case" = String, Path)), responses((status = 200, body = Output)))]
pub async fn list(op: Op, Path(case): Path<Id>) -> Result<Json<Output>, Problem> {
    let case = case::open(&op, "attachment.list", &case).await?;
    let masked = op.may("attachment.list", &case.facts, Some(&case.at)).await?.duties.contains(&Duty::MaskName);
    let person = case::patient(&op, &case).await?.as_ref().map(compare::in_case);
    let studies = studies(&op, &case).await?;
    let studies = studies.into_iter().map(|(row, series)| study(row, series, person.as_ref())).collect();
    let mut waiting = Vec::new();
    // Another person's name is shown to those alone who must decide on it.
    if !masked {
        for row in held(&op, &case.at.id).await? {
            let in_file = compare::in_file(&row.ready.subject);
            let in_case = person.clone().unwrap_or_default();
            let differs = compare::differences(&in_file, &in_case);
            waiting.push(Held { upload: row.upload, name: row.ready.name, in_file, in_case, differs });
        }
    }
    op.note_read("attachment.list", case.patient.clone(), Some(case.at.clone()), None).await?;
    Ok(Json(Output { studies, documents: documents(&op, &case).await?, held: waiting }))
}

async fn studies(op: &Op, case: &Case) -> Result<Vec<(StudyRow, Vec<SeriesFound>)>, Problem> {
    let mut found = Archive::of(op.store()).case_with_series(&case.at.id).await?;
    // Newest first; a study without a date last.
    found.sort_by(|a, b| (&b.0.study.date, &b.0.study.time).cmp(&(&a.0.study.date, &a.0.study.time)));
    Ok(found)
}

fn study(row: StudyRow, series: Vec<SeriesFound>, person: Option<&Person>) -> Study {
    let in_file = compare::in_file(&row.subject);
    let mut modalities: Vec<String> = series.iter().map(|s| s.series.modality.clone()).collect();
    modalities.sort_unstable();
    modalities.dedup();
    Study {
        patient_differs: person.is_some_and(|p| !compare::differences(&in_file, p).is_empty()),
        instances: series.iter().map(|s| s.instances).sum(),
        bytes: series.iter().map(|s| s.bytes).sum(),
        modality: modalities.join("/"),
        series: series
            .into_iter()
            .map(|s| Series {
                thumbnail: (s.shown > 0)
                    .then(|| format!("/dicom-web/studies/{}/series/{}/thumbnail", row.study.uid, s.series.uid)),
                uid: s.series.uid,
                number: s.series.number,
                description: s.series.description,
                modality: s.series.modality,
                instances: s.instances,
                shown: s.shown > 0,
                why_not: s.why_not.filter(|_| s.shown == 0),
            })
            .collect(),
        id: row.id.to_string(),
        uid: row.study.uid,
        date: row.study.date,
        time: row.study.time,
        description: row.study.description,
    }
}

async fn documents(op: &Op, case: &Case) -> Result<Vec<Doc>, Problem> {
    let query = Query::of(ResourceType::DOCUMENT_REFERENCE).with("related", case.at.to_string()).count(DOCUMENTS_MAX);
    let found = op.store().search(&Viewer::System, &query).await?.matches;
    let mut documents = Vec::new();
    for resource in found.iter().filter(|d| d.case.as_ref() == Some(&case.at)) {
        if let Some(d) = resources::document(&resource.at.id, &resource.value()?) {
            let (id, at) = (d.id.to_string(), d.at.to_string());
            documents.push(Doc { id, name: d.name, mime: d.media_type, bytes: d.bytes, at });
        }
    }
    documents.sort_by(|a, b| a.at.cmp(&b.at));
    Ok(documents)
}
