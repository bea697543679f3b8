//! A signed opinion as it is kept, for the operations that show it.

use super::media::{self, KeyImage};
use super::resources::{Kept, Text, read_document, read_images, read_provenance, read_text, stored_bytes};
use crate::consult::{Loaded, enter};
use axum::http::StatusCode;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::directory::PersonRef;
use platform::{Op, Problem};
use records::Viewer;
use sha2::{Digest, Sha256};

/// What is kept of a signed opinion. DocumentReference and Provenance have the Composition's id.
pub struct Signed {
    /// The case.
    pub case: Loaded,
    /// The doctor's words.
    pub text: Text,
    /// What was marked in images.
    pub images: Vec<KeyImage>,
    /// Who signed.
    pub by: PersonRef,
    /// When.
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

/// The opinion of a case, if this person may read it. A first opening by the asking hospital delivers it.
pub async fn read(op: &Op, operation: &'static str, id: &Id) -> Result<Signed, Problem> {
    let (case, _) = enter(op, operation, id).await?;
    let Some(advice) = case.consult.stage.advice().cloned() else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "opinion.none",
            "No opinion has been signed in this case yet.",
        ));
    };
    let missing = |what: &str| Problem::internal(format!("{what} of opinion {} is not there", advice.opinion));
    let resource = async |ty| -> Result<serde_json::Value, Problem> {
        let at = Reference::new(ty, advice.opinion.clone());
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
    let hospital = advice.booking.experts.iter().find(|e| e.person == advice.by).map(|e| e.hospital.clone());
    let by = hospital.and_then(|h| op.platform().directory.person_ref_at(&advice.by, &h));
    let signed = Signed {
        text: read_text(&composition),
        images,
        by: by.ok_or_else(|| missing("signer"))?,
        at: advice.at,
        pdf,
        evidence,
        subject,
        manifest_sha256,
        content_sha256: hex::encode(Sha256::digest(stored_bytes(&composition).map_err(Problem::internal)?)),
        at_composition: Reference::new(ResourceType::COMPOSITION, advice.opinion),
        case,
    };
    let case_at = signed.case.at.case.clone();
    op.note_read(operation, Some(signed.case.patient.clone()), Some(case_at), Some(signed.at_composition.clone()))
        .await?;
    deliver(op, &signed.case).await?;
    Ok(signed)
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
