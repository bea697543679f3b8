//! `directory.person`: one person as their administrator sees them.

use super::area::Managed;
use super::people::{PersonRow, row};
use super::write;
use crate::{Op, Problem};
use axum::Json;
use axum::extract::Path;
use kernel::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// A person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryPerson)]
pub struct Output {
    /// As in the list.
    row: PersonRow,
    /// The number of the licence to practise.
    licence: Option<String>,
    /// The last day on which it holds.
    licence_until: Option<String>,
    /// A telephone.
    phone: Option<String>,
    /// Languages spoken.
    languages: Vec<String>,
    /// The time zone they work in (IANA); none: the site's.
    time_zone: Option<String>,
    /// The version that is shown; a change names it.
    version: u64,
    /// Whether name, account and password are mine to change: all of the person's posts are.
    wholly: bool,
    /// The signing certificates, the one in force first; ended ones are kept to prove what they signed.
    certificates: Vec<CertificateRow>,
    /// Until when the link last given is good, if it was not used.
    #[schema(value_type = Option<String>)]
    link_until: Option<Time>,
}

/// A signing certificate.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryCertificate)]
pub struct CertificateRow {
    /// Whose, as it says.
    subject: String,
    /// Until when it would have been good.
    #[schema(value_type = String)]
    not_after: Time,
    /// When it was ended; none while in force.
    #[schema(value_type = Option<String>)]
    ended_at: Option<Time>,
}

/// One person of those I manage.
#[utoipa::path(get, path = "/api/admin/people/{id}", operation_id = "directory.person", tag = "directory",
    params(("id" = String, Path)), responses((status = 200, body = Output)))]
pub async fn person(op: Op, Path(id): Path<String>) -> Result<Json<Output>, Problem> {
    let managed = Managed::find(&op, "directory.person", &id).await?;
    let posts: Vec<_> = managed.posts.iter().filter(|p| p.active).cloned().collect();
    let (_, version) = write::before(&op, &managed.at()).await?;
    let profile = &managed.profile;
    let account = op.store().account_of(&profile.id).await?;
    let keys = account.as_ref().and_then(|a| a.keys.as_deref());
    let certificates = keys.map(|keys| op.platform().pki.certificates(keys)).transpose().map_err(Problem::internal)?;
    let certificates = certificates.unwrap_or_default().into_iter();
    let links = op.store().claims(&format!("welcome/{}/", profile.id), op.now()).await?;
    Ok(Json(Output {
        row: row(&op, profile, &posts).await?,
        licence: profile.licence.clone(),
        licence_until: profile.licence_until.clone(),
        phone: profile.phone.clone(),
        languages: profile.languages.clone(),
        time_zone: profile.time_zone.clone(),
        version,
        wholly: managed.wholly,
        certificates: certificates
            .map(|c| CertificateRow { subject: c.subject, not_after: c.not_after, ended_at: c.ended_at })
            .collect(),
        link_until: links.iter().filter_map(|claim| claim.until).max(),
    }))
}
