//! What every operation stands on: who is signed in, what they may, how a change is kept and announced, how problems look.
//!
//! Called by all domain crates and by the binary. It must never know a domain rule: no consultation, no diagnosis.

pub mod codes;
pub mod directory;
mod http;
pub mod permission;
pub mod pki;
pub mod session;
pub mod settings;

pub use directory::Directory;
pub use http::lang::Lang;
pub use http::op::{Op, viewer_of};
pub use http::problem::Problem;
pub use settings::Settings;

use kernel::{Clock, Ids};
use records::{Store, StoreError};
use std::path::PathBuf;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What every operation may use.
pub struct Platform {
    /// The records.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub ids: Arc<dyn Ids>,
    /// Settings of the machine.
    pub settings: Settings,
    /// Who is who.
    pub directory: Directory,
    /// The installation's authority, the keys of persons, the seals of hospitals.
    pub pki: pki::Pki,
    /// Where the installation keeps its files.
    pub data_dir: PathBuf,
    /// Whether browsers reach us over HTTPS.
    pub secure: bool,
    /// Whether this is a demonstration: fixed accounts, marked data.
    pub demo: bool,
}

/// The state of every router.
pub type Shared = Arc<Platform>;

/// What the binary decides about an installation.
pub struct Parts {
    /// The records.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub ids: Arc<dyn Ids>,
    /// Settings of the machine.
    pub settings: Settings,
    /// Where the installation keeps its files.
    pub data_dir: PathBuf,
    /// Whether browsers reach us over HTTPS.
    pub secure: bool,
    /// Whether this is a demonstration.
    pub demo: bool,
}

impl Platform {
    /// Reads the directory and joins the parts.
    pub async fn open(parts: Parts) -> Result<Shared, StoreError> {
        let Parts { store, clock, ids, settings, data_dir, secure, demo } = parts;
        let directory = Directory::load(&*store).await?;
        let pki = pki::Pki::open(&data_dir, clock.now()).map_err(|e| StoreError::Engine(e.to_string()))?;
        Ok(Arc::new(Self { store, clock, ids, settings, directory, pki, data_dir, secure, demo }))
    }
}

/// The routes of this crate.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(directory::hospitals::hospitals))
}
