//! QIDO-RS: `GET /dicom-web/studies`.

use super::masking::masked;
use super::{Seen, json_array, visible};
use crate::imaging::store::Archive;
use crate::imaging::store::rows::StudyRow;
use axum::extract::Query as UrlQuery;
use axum::http::StatusCode;
use axum::response::Response;
use fhir::ResourceType;
use kernel::Id;
use platform::{Op, Problem};
use records::Query;
use std::collections::HashMap;

/// So many are answered at most.
const LIMIT: usize = 200;

/// Searches the studies one may see, newest first. Matching: `StudyInstanceUID`, `PatientID`, `StudyDate` (a day or a range),
/// `ModalitiesInStudy`, `case` (ours); `limit` and `offset`.
#[utoipa::path(get, path = "/dicom-web/studies", operation_id = "dicomweb.studies", tag = "dicomweb",
    responses((status = 200, description = "DICOM JSON", content_type = "application/dicom+json")))]
pub async fn studies(op: Op, UrlQuery(query): UrlQuery<HashMap<String, String>>) -> Result<Response, Problem> {
    let wanted = Wanted::of(query)?;
    let seen = visible(&op, "dicomweb.studies", candidates(&op, &wanted).await?).await?;
    let mut objects = Vec::new();
    for study in seen.iter().filter(|s| wanted.fits(s)) {
        let series = Archive::of(op.store()).series_of(&study.row.id).await?;
        let mut modalities: Vec<&str> = series.iter().map(|s| s.series.modality.as_str()).collect();
        modalities.sort_unstable();
        modalities.dedup();
        if wanted.modality.as_deref().is_some_and(|m| !modalities.contains(&m)) {
            continue;
        }
        study.note(&op, "dicomweb.studies").await?;
        let attributes = if study.masked { masked(&study.row.attributes) } else { study.row.attributes.clone() };
        let instances: u64 = series.iter().map(|s| s.instances).sum();
        objects.push(format!(
            r#"{attributes},"00080061":{{"vr":"CS","Value":{}}},"00201206":{{"vr":"IS","Value":[{}]}},"00201208":{{"vr":"IS","Value":[{instances}]}}"#,
            serde_json::json!(modalities),
            series.len()
        ));
    }
    let page: Vec<String> = objects.into_iter().skip(wanted.offset).take(wanted.limit).collect();
    Ok(json_array(&page))
}

struct Wanted {
    study: Option<String>,
    case: Option<Id>,
    patient: Option<String>,
    date: Option<(String, String)>,
    modality: Option<String>,
    limit: usize,
    offset: usize,
}

impl Wanted {
    fn of(query: HashMap<String, String>) -> Result<Self, Problem> {
        let mut wanted =
            Self { study: None, case: None, patient: None, date: None, modality: None, limit: LIMIT, offset: 0 };
        for (name, value) in query {
            match name.as_str() {
                "StudyInstanceUID" | "0020000D" => wanted.study = Some(value),
                "case" => wanted.case = Some(Id::new(value).map_err(|_| unsupported("case"))?),
                "PatientID" | "00100020" => wanted.patient = Some(value),
                "ModalitiesInStudy" | "00080061" => wanted.modality = Some(value),
                "StudyDate" | "00080020" => {
                    let (from, to) = value.split_once('-').unwrap_or((&value, &value));
                    let to = if to.is_empty() { "99999999" } else { to };
                    wanted.date = Some((from.to_owned(), to.to_owned()));
                }
                "limit" => wanted.limit = value.parse::<usize>().map_err(|_| unsupported("limit"))?.min(LIMIT),
                "offset" => wanted.offset = value.parse().map_err(|_| unsupported("offset"))?,
                "includefield" | "fuzzymatching" => {}
                other => return Err(unsupported(other)),
            }
        }
        Ok(wanted)
    }

    fn fits(&self, seen: &Seen) -> bool {
        let date = seen.row.study.date.as_deref().unwrap_or_default();
        // Whoever may not see the number may not guess it either.
        self.patient.as_ref().is_none_or(|id| !seen.masked && id == seen.row.subject.id.reveal())
            && self.date.as_ref().is_none_or(|(from, to)| from.as_str() <= date && date <= to.as_str())
    }
}

fn unsupported(name: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "dicomweb.parameter",
        format!("Matching on {name} is not possible like this."),
    )
    .with("parameter", name)
}

async fn candidates(op: &Op, wanted: &Wanted) -> Result<Vec<StudyRow>, Problem> {
    let archive = Archive::of(op.store());
    if let Some(uid) = &wanted.study {
        let mut rows = archive.studies_with_uid(uid).await?;
        rows.retain(|row| wanted.case.as_ref().is_none_or(|case| row.case == *case));
        return Ok(rows);
    }
    if let Some(case) = &wanted.case {
        return Ok(archive.studies_of_case(case).await?);
    }
    let newest = Query::of(ResourceType::IMAGING_STUDY).with("_sort", "-started").count(LIMIT);
    let page = op.store().search(op.viewer(), &newest).await?;
    let ids: Vec<Id> = page.matches.into_iter().map(|found| found.at.id).collect();
    Ok(archive.studies(ids).await?)
}
