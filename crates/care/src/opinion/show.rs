//! `opinion.show`: the signed opinion, its latest version or an older one. The asking hospital's first opening delivers it.

use super::media::KeyImage;
use super::signed::{self, Which};
use axum::Json;
use axum::extract::{Path, Query};
use kernel::{Id, Time};
use platform::directory::PersonRef;
use platform::{Op, Problem};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A signed opinion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpinionShow)]
pub struct Output {
    /// What was seen.
    findings: String,
    /// What it means.
    opinion: String,
    /// What to do.
    advice: String,
    /// What was marked in images, in the order of the sheet.
    images: Vec<ImageShown>,
    /// When it was signed.
    #[schema(value_type = String, format = DateTime)]
    signed_at: Time,
    /// By whom.
    by: PersonRef,
    /// 1 for the first.
    version: u32,
    /// Whether there is none after it.
    latest: bool,
    /// All versions, latest first.
    versions: Vec<VersionShown>,
    /// The signature.
    signature: SignatureShown,
}

/// A key image. Its picture is at `…/opinion/images/{id}`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpinionImage)]
pub struct ImageShown {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Study Instance UID.
    study: String,
    /// Series Instance UID.
    series: String,
    /// SOP Instance UID.
    instance: String,
    /// From 1.
    frame: u32,
    /// The place in the series as a reader counts: "12/24".
    number: String,
    /// The specialist's words.
    note: String,
    /// The viewer's own: window, zoom, measurements.
    #[schema(value_type = Object)]
    view: Map<String, Value>,
    /// The day of the study.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    /// CT, MR, ...
    modality: String,
    /// Of study and series.
    description: String,
    /// Pixels of the picture.
    width: u32,
    /// Pixels of the picture.
    height: u32,
}

impl From<KeyImage> for ImageShown {
    fn from(KeyImage { id, mark, picture }: KeyImage) -> Self {
        Self {
            id,
            study: mark.study,
            series: mark.series,
            instance: mark.instance,
            frame: mark.frame,
            number: mark.number,
            note: mark.note,
            view: mark.view,
            date: mark.date,
            modality: mark.modality,
            description: mark.description,
            width: picture.width,
            height: picture.height,
        }
    }
}

/// A version in the list of all.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpinionVersion)]
pub struct VersionShown {
    /// 1 for the first.
    version: u32,
    /// When it was signed.
    #[schema(value_type = String, format = DateTime)]
    signed_at: Time,
    /// Why the one before was replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What was seen.
    findings: String,
    /// What it means.
    opinion: String,
    /// What to do.
    advice: String,
}

/// What a screen says of the signature.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpinionSignature)]
pub struct SignatureShown {
    /// The algorithm.
    algorithm: &'static str,
    /// Whose certificate.
    certificate_subject: String,
    /// SHA-256 of what was signed.
    manifest_sha256: String,
    /// SHA-256 of the opinion as it stands in the store; the manifest names the same.
    content_sha256: String,
}

/// The signed opinion.
#[utoipa::path(get, path = "/api/consults/{id}/opinion", operation_id = "opinion.show", tag = "opinion",
    params(("id" = String, Path), Which), responses((status = 200, body = Output), (status = 404, description = "opinion.none")))]
pub async fn show(op: Op, Path(id): Path<Id>, Query(which): Query<Which>) -> Result<Json<Output>, Problem> {
    let signed = signed::read(&op, "opinion.show", &id, which).await?;
    let shown = signed.shown;
    let versions: Vec<VersionShown> = signed
        .versions
        .into_iter()
        .map(|v| VersionShown {
            version: v.version,
            signed_at: v.at,
            reason: v.reason,
            findings: v.text.findings,
            opinion: v.text.opinion,
            advice: v.text.advice,
        })
        .collect();
    Ok(Json(Output {
        findings: shown.text.findings,
        opinion: shown.text.opinion,
        advice: shown.text.advice,
        images: shown.images.into_iter().map(ImageShown::from).collect(),
        signed_at: shown.at,
        by: signed.by,
        version: shown.version,
        latest: versions.iter().all(|v| v.version <= shown.version),
        versions,
        signature: SignatureShown {
            algorithm: "ECDSA P-256, SHA-256",
            certificate_subject: shown.subject,
            manifest_sha256: shown.manifest_sha256,
            content_sha256: shown.content_sha256,
        },
    }))
}
