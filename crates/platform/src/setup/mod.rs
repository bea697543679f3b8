//! The first start: a one-time link with which the administrator makes the first account.
//!
//! The secret of the link lies in the data folder (0600) until it is used; the store knows nothing of it. Once anybody
//! has an administrator's role the link is dead for ever.

pub mod first;

use crate::{Platform, Shared};
use kernel::Role;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The file of the link's secret.
fn secret_file(platform: &Platform) -> PathBuf {
    platform.data_dir.join("setup-link")
}

/// Whether nobody administers this installation yet.
fn is_untouched(platform: &Platform) -> bool {
    platform.directory.nobody_is(Role::PlatformAdministrator)
}

/// The secret of the one-time link, made at the first start; none once there is an administrator.
pub fn secret(platform: &Platform) -> std::io::Result<Option<String>> {
    let file = secret_file(platform);
    if !is_untouched(platform) {
        return Ok(None);
    }
    if let Ok(kept) = std::fs::read_to_string(&file) {
        return Ok(Some(kept));
    }
    let mut chance = [0; 32];
    platform.ids.fill(&mut chance);
    let secret = hex::encode(chance);
    let mut out = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    out.write_all(secret.as_bytes())?;
    out.sync_all()?;
    Ok(Some(secret))
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(first::first))
}
