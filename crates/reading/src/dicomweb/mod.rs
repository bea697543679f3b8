//! `/dicom-web`: QIDO-RS and WADO-RS over the archive (PS3.18), for our viewer and for any other.
//!
//! Each request is allowed by the case the study belongs to; a study that nobody attached to a case of yours is not there.
//! Metadata come from rows and open no file. Whoever sees a case with the name masked gets no whole instance, since the
//! name stands in it, and metadata without the person.

mod frames;
mod instance;
mod instances;
mod masking;
mod multipart;
mod series;
mod series_metadata;
mod studies;
mod study_metadata;
mod thumbnail;

use crate::imaging::case::{self, Case};
use crate::imaging::store::Archive;
use crate::imaging::store::rows::StudyRow;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fhir::{Reference, ResourceType};
use futures::future::BoxFuture;
use kernel::{Duty, Id};
use platform::permission::{Need, need};
use platform::{Op, Problem, Shared};
use records::StoreError;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// DICOM JSON.
const JSON: &str = "application/dicom+json";
/// Bytes under an address never change, but who may see them does: the copy serves one session alone (`Vary`).
const FOREVER: &str = "private, max-age=604800, immutable";
/// What grows while files come in is asked for anew each time.
const CHECK: &str = "private, no-cache";

/// `/dicom-web`.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(studies::studies))
        .routes(routes!(series::series))
        .routes(routes!(instances::instances))
        .routes(routes!(study_metadata::study_metadata))
        .routes(routes!(series_metadata::series_metadata))
        .routes(routes!(instance::instance))
        .routes(routes!(frames::frames))
        .routes(routes!(thumbnail::thumbnail))
}

/// Which case's copy is meant, where a study was attached to several.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub struct Of {
    /// The case.
    #[param(value_type = Option<String>)]
    case: Option<Id>,
    /// The file bare, as a download, whatever the client would take.
    #[serde(default)]
    download: bool,
}

/// A study that the actor may see, by its case.
struct Seen {
    row: StudyRow,
    case: Case,
    /// The person must not be named.
    masked: bool,
}

impl Seen {
    fn at(&self) -> Reference {
        Reference::new(ResourceType::IMAGING_STUDY, self.row.id.clone())
    }

    /// Ledgers that it was looked at.
    async fn note(&self, op: &Op, what: &'static str) -> Result<(), Problem> {
        op.note_read(what, self.case.patient.clone(), Some(self.case.at.clone()), Some(self.at())).await
    }
}

/// What of these rows the actor may see.
async fn visible(op: &Op, operation: &'static str, rows: Vec<StudyRow>) -> Result<Vec<Seen>, Problem> {
    let Some(Need::May(action)) = need(operation) else {
        return Err(Problem::internal(format!("operation {operation} is not in the permission table")));
    };
    let mut seen = Vec::new();
    for row in rows {
        let Some(case) = case::find(op, &row.case).await? else { continue };
        let decision = op.decide_in_need(action, &case.facts, Some(&case.at)).await?;
        if decision.allow {
            seen.push(Seen { row, case, masked: decision.duties.contains(&Duty::MaskName) });
        }
    }
    Ok(seen)
}

/// All copies of a study that the actor may see; 404 when there is none.
async fn seen(op: &Op, operation: &'static str, uid: &str, of: &Of) -> Result<Vec<Seen>, Problem> {
    let mut rows = Archive::of(op.store()).studies_with_uid(uid).await?;
    rows.retain(|row| of.case.as_ref().is_none_or(|case| row.case == *case));
    let first = rows.first().map(|row| row.case.clone());
    let seen = visible(op, operation, rows).await?;
    match first {
        _ if !seen.is_empty() => Ok(seen),
        // Refused, and ledgered as such.
        Some(case) => match case::open(op, operation, &case).await {
            Ok(_) | Err(_) => Err(Problem::not_found()),
        },
        None => Err(Problem::not_found()),
    }
}

/// Answers from the first copy that has what is asked for.
async fn first<T>(
    op: &Op,
    seen: Vec<Seen>,
    find: impl for<'a> Fn(Archive<'a>, &'a Id) -> BoxFuture<'a, Result<Option<T>, StoreError>>,
) -> Result<(Seen, T), Problem> {
    for copy in seen {
        if let Some(found) = find(Archive::of(op.store()), &copy.row.id).await? {
            return Ok((copy, found));
        }
    }
    Err(Problem::not_found())
}

/// Whether the browser has this already.
fn unchanged(headers: &HeaderMap, etag: &str) -> Option<Response> {
    let same = headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == etag.as_bytes());
    same.then(|| (StatusCode::NOT_MODIFIED, [(header::ETAG, etag.to_owned())]).into_response())
}

/// An array of DICOM JSON objects, given as their members.
fn json_array(objects: &[String]) -> Response {
    let body = if objects.is_empty() { "[]".to_owned() } else { format!("[{{{}}}]", objects.join("},{")) };
    ([(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, CHECK), (header::VARY, "Cookie, Accept")], body)
        .into_response()
}
