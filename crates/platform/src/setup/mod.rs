//! The first start: a one-time link with which the administrator makes the first account.
//!
//! The secret of the link lies in the data folder (0600) until it is used; the store knows nothing of it. A link is good for
//! a day; a later start makes another. Once anybody has an administrator's role there is none any more.

pub mod first;

use crate::{Platform, Shared};
use jiff::SignedDuration;
use kernel::{Role, Time};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long a link is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The file of the link's secret and its end.
fn secret_file(platform: &Platform) -> PathBuf {
    platform.data_dir.join("setup-link")
}

/// Whether nobody administers this installation yet.
fn is_untouched(platform: &Platform) -> bool {
    platform.directory.nobody_is(Role::PlatformAdministrator)
}

/// The secret that is kept, unless its day has passed.
fn kept(platform: &Platform) -> Option<String> {
    let text = std::fs::read_to_string(secret_file(platform)).ok()?;
    let (secret, until) = text.trim().split_once(' ')?;
    let until: Time = until.parse().ok()?;
    (platform.clock.now() < until).then(|| secret.to_owned())
}

/// The secret of the one-time link, made when there is none that is good; none once there is an administrator.
pub fn secret(platform: &Platform) -> std::io::Result<Option<String>> {
    let file = secret_file(platform);
    if !is_untouched(platform) {
        return Ok(None);
    }
    if let Some(kept) = kept(platform) {
        return Ok(Some(kept));
    }
    let mut chance = [0; 32];
    platform.ids.fill(&mut chance);
    let secret = hex::encode(chance);
    let mut out = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
    out.write_all(format!("{secret} {}", platform.clock.now() + GOOD_FOR).as_bytes())?;
    out.sync_all()?;
    Ok(Some(secret))
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(first::first))
}
