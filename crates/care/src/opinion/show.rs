//! `opinion.show`: the signed opinion. The asking hospital's first opening delivers it.

use super::media::KeyImage;
use super::signed;
use axum::Json;
use axum::extract::Path;
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
    params(("id" = String, Path)), responses((status = 200, body = Output), (status = 404, description = "opinion.none")))]
pub async fn show(op: Op, Path(id): Path<Id>) -> Result<Json<Output>, Problem> {
    let signed = signed::read(&op, "opinion.show", &id).await?;
    Ok(Json(Output {
        findings: signed.text.findings,
        opinion: signed.text.opinion,
        advice: signed.text.advice,
        images: signed.images.into_iter().map(ImageShown::from).collect(),
        signed_at: signed.at,
        by: signed.by,
        version: 1,
        signature: SignatureShown {
            algorithm: "ECDSA P-256, SHA-256",
            certificate_subject: signed.subject,
            manifest_sha256: signed.manifest_sha256,
            content_sha256: signed.content_sha256,
        },
    }))
}
