//! A signed opinion as it is kept, each of its versions, for the operations that show it.

use super::media::{self, KeyImage};
use super::resources::{
    Kept, Text, read_document, read_images, read_provenance, read_standing, read_text, stored_bytes,
};
use crate::consult::model::Advice;
use crate::consult::{Loaded, enter};
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::directory::PersonRef;
use platform::{Directory, Op, Problem};
use records::Viewer;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

/// Versions followed back from the latest.
const VERSIONS_MAX: usize = 100;

/// Which version.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// 1 for the first; the latest when absent.
    pub version: Option<u32>,
}

/// What is kept of a signed opinion.
pub struct Signed {
    /// The case.
    pub case: Loaded,
    /// Who signed.
    pub by: PersonRef,
    /// The version asked for.
    pub shown: Version,
    /// All versions, latest first.
    pub versions: Vec<Brief>,
}

/// One version. DocumentReference and Provenance have the Composition's id.
pub struct Version {
    /// The doctor's words.
    pub text: Text,
    /// What was marked in images.
    pub images: Vec<KeyImage>,
    /// 1 for the first.
    pub version: u32,
    /// When it was signed.
    pub at: Time,
    /// The printed sheet.
    pub pdf: Kept,
    /// The evidence.
    pub evidence: Kept,
    /// The subject of the signer's certificate.
    pub subject: String,
    /// SHA-256 of what was signed.
    pub manifest_sha256: String,
    /// SHA-256 of the Composition as it stands in the store.
    pub content_sha256: String,
    /// Where.
    pub at_composition: Reference,
}

/// A version in a list.
#[derive(Debug, Clone)]
pub struct Brief {
    /// Its Composition.
    pub id: Id,
    /// 1 for the first.
    pub version: u32,
    /// When it was signed.
    pub at: Time,
    /// Why the one before was replaced.
    pub reason: Option<String>,
    /// Its words.
    pub text: Text,
}

/// The opinion of a case, if this person may read it. A first opening of the latest version by the asking hospital delivers
/// it.
pub async fn read(op: &Op, operation: &'static str, id: &Id, which: Which) -> Result<Signed, Problem> {
    let (case, _) = enter(op, operation, id).await?;
    let none = |detail: &str| Problem::new(StatusCode::NOT_FOUND, "opinion.none", detail);
    let Some(advice) = case.consult.stage.advice().cloned() else {
        return Err(none("No opinion has been signed in this case yet."));
    };
    let versions = versions(op, &advice).await?;
    let wanted = which.version.unwrap_or(advice.version);
    let found = versions.iter().find(|v| v.version == wanted).map(|v| v.id.clone());
    let found = found.ok_or_else(|| none("The opinion has no such version."))?;
    let shown = of_version(op, &case, &found).await?;
    let signed = Signed { by: signer(&op.platform().directory, &advice)?, shown, versions, case };
    let (at, case_at) = (signed.shown.at_composition.clone(), signed.case.at.case.clone());
    op.note_read(operation, Some(signed.case.patient.clone()), Some(case_at), Some(at)).await?;
    if wanted == advice.version {
        deliver(op, &signed.case).await?;
    }
    Ok(signed)
}

/// Who signed.
pub fn signer(directory: &Directory, advice: &Advice) -> Result<PersonRef, Problem> {
    let hospital = advice.booking.experts.iter().find(|e| e.person == advice.by).map(|e| e.hospital.clone());
    let by = hospital.and_then(|h| directory.person_ref_at(&advice.by, &h));
    by.ok_or_else(|| Problem::internal(format!("the signer of opinion {} is not there", advice.opinion)))
}

/// The version that this Composition is.
pub async fn of_version(op: &Op, case: &Loaded, opinion: &Id) -> Result<Version, Problem> {
    let missing =
        |what: &str| Problem::internal(format!("{what} of opinion {opinion} of {} is not there", case.number));
    let resource = async |ty| -> Result<Value, Problem> {
        let at = Reference::new(ty, opinion.clone());
        let found = op.store().read(&Viewer::System, &at).await?.ok_or_else(|| missing(ty.name()))?;
        Ok(found.value()?)
    };
    let composition = resource(ResourceType::COMPOSITION).await?;
    let mut images = vec![];
    for at in read_images(&composition) {
        let found = op.store().read(&Viewer::System, &at).await?.ok_or_else(|| missing(&at.to_string()))?;
        images.push(media::read(&at.id, &found.value()?).ok_or_else(|| missing(&at.to_string()))?);
    }
    let document = resource(ResourceType::DOCUMENT_REFERENCE).await?;
    let (pdf, evidence) = read_document(&document).ok_or_else(|| missing("blobs"))?;
    let provenance = resource(ResourceType::PROVENANCE).await?;
    let (subject, manifest_sha256) = read_provenance(&provenance).ok_or_else(|| missing("signature"))?;
    let standing = read_standing(&composition).ok_or_else(|| missing("version"))?;
    Ok(Version {
        text: read_text(&composition),
        images,
        version: standing.version,
        at: standing.at,
        pdf,
        evidence,
        subject,
        manifest_sha256,
        content_sha256: hex::encode(Sha256::digest(stored_bytes(&composition).map_err(Problem::internal)?)),
        at_composition: Reference::new(ResourceType::COMPOSITION, opinion.clone()),
    })
}

/// All versions, latest first: each names the one it replaces.
async fn versions(op: &Op, advice: &Advice) -> Result<Vec<Brief>, Problem> {
    let mut found: Vec<Brief> = vec![];
    let mut next = Some(advice.opinion.clone());
    while let Some(id) = next.take().filter(|_| found.len() < VERSIONS_MAX) {
        let at = Reference::new(ResourceType::COMPOSITION, id.clone());
        let missing = || Problem::internal(format!("{at} is not there"));
        let body = op.store().read(&Viewer::System, &at).await?.ok_or_else(missing)?.value()?;
        let standing = read_standing(&body).ok_or_else(missing)?;
        let text = read_text(&body);
        found.push(Brief { id, version: standing.version, at: standing.at, reason: standing.reason, text });
        next = standing.replaces;
    }
    Ok(found)
}

/// Two who open it together deliver it once.
async fn deliver(op: &Op, case: &Loaded) -> Result<(), Problem> {
    let Some(change) = case.deliver(op) else { return Ok(()) };
    match op.try_commit(change).await {
        Ok(_) | Err(records::CommitError::Stale { .. }) => Ok(()),
        Err(other) => Err(other.into()),
    }
}

/// Bytes of the opinion for download, never kept by a cache that others share.
pub async fn bytes(op: &Op, kept: Kept, kind: &'static str, name: String) -> Result<axum::response::Response, Problem> {
    use axum::http::header;
    use axum::response::IntoResponse;
    let found = op.store().blob(&kept.sha256, None).await?;
    let bytes = found.ok_or_else(|| Problem::internal(format!("blob {} is not there", hex::encode(kept.sha256))))?;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, format!("\"{}\"", hex::encode(kept.sha256))),
    ];
    Ok((headers, bytes).into_response())
}
