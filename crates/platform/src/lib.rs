//! What every operation stands on: who is signed in, what they may, how a change is kept and announced, how problems look.
//!
//! Called by all domain crates and by the binary. It must never know a domain rule: no consultation, no diagnosis.

pub mod case;
pub mod clients;
pub mod codes;
pub mod directory;
pub mod draft;
pub mod drill;
pub mod events;
pub mod glass;
mod health;
mod http;
pub mod identity;
pub mod jobs;
pub mod notify;
pub mod paper;
pub mod permission;
pub mod pki;
pub mod presence;
pub mod session;
pub mod settings;
pub mod setup;
pub mod telemetry;
pub mod turn;
pub mod uploads;
pub mod web;

pub use directory::Directory;
pub use http::lang::Lang;
pub use http::op::{Op, viewer_of};
pub use http::outcome;
pub use http::problem::Problem;
pub use http::wrap;
pub use settings::Settings;

use kernel::{Clock, Ids};
use records::{Change, CommitError, Receipt, Store, StoreError};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, Weak};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;

/// The font of all that is printed: Noto Sans CJK SC, cut down; see the README beside it.
pub static FONT: &[u8] = include_bytes!("../assets/font/NotoSansCJKsc-Regular.subset.otf");

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
    /// Hands ledger entries to whoever listens.
    pub events: events::Hub,
    /// What everybody is to be told.
    pub notices: notify::Notices,
    /// Hashes and checks passwords.
    pub passwords: session::password::Passwords,
    /// Large files on their way in.
    pub uploads: uploads::Uploads,
    /// When each session was used last.
    pub idle: session::idle::Idle,
    /// What the hospitals have set.
    pub chosen: settings::Chosen,
    /// Seals the secrets of second factors.
    pub vault: session::vault::Vault,
    /// Seals where pages ended.
    pub pages: session::vault::Vault,
    /// Programs that sign in with a token.
    pub clients: clients::Clients,
    /// Wrong passwords by name and address.
    pub attempts: session::limit::Limiter,
    /// Visits to public pages: never in the way of signing in.
    pub visits: session::limit::Limiter,
    /// Tables of hospitals and people being worked on.
    pub imports: directory::import_progress::Imports,
    /// Who stands in which room, once rooms are kept.
    pub presence: OnceLock<Weak<dyn presence::Presence>>,
    /// Where people reach this installation, once it listens; the setting goes before.
    pub reached_at: OnceLock<String>,
    /// Cancelled when the server stops: streams end then.
    pub stopping: CancellationToken,
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
    /// The address under which people reach this installation, without a slash at its end.
    pub fn url(&self) -> &str {
        let set = self.settings.http.public_url.trim_end_matches('/');
        if !set.is_empty() {
            return set;
        }
        self.reached_at.get().map_or("http://localhost", String::as_str)
    }

    /// Reads the directory, joins the parts, and begins to follow the ledger.
    pub async fn open(parts: Parts) -> Result<Shared, StoreError> {
        let Parts { store, clock, ids, settings, data_dir, secure, demo } = parts;
        let sealed = *store.sealed().borrow();
        let directory = Directory::load(&*store).await?;
        let pki = pki::Pki::open(&data_dir, clock.now()).map_err(|e| StoreError::Engine(e.to_string()))?;
        let vault = session::vault::Vault::open(&data_dir, &*ids).map_err(|e| StoreError::Engine(e.to_string()))?;
        let pages = session::vault::Vault::of_file(&data_dir, "pages.key", &*ids)
            .map_err(|e| StoreError::Engine(e.to_string()))?;
        let chosen = settings::Chosen::load(&*store, settings.clone()).await?;
        let uploads = uploads::Uploads::open(&data_dir, settings.uploads.clone())
            .map_err(|e| StoreError::Engine(format!("open the folder of uploads: {e}")))?;
        let stopping = CancellationToken::new();
        let platform = Arc::new(Self {
            directory,
            uploads,
            pki,
            events: events::Hub::default(),
            notices: notify::Notices::default(),
            passwords: session::password::Passwords::new(&*ids),
            idle: session::idle::Idle::new(chosen.idle(), chosen.longest()),
            chosen,
            vault,
            pages,
            clients: clients::Clients::default(),
            attempts: session::limit::Limiter::default(),
            visits: session::limit::Limiter::default(),
            imports: directory::import_progress::Imports::default(),
            presence: OnceLock::new(),
            reached_at: OnceLock::new(),
            stopping: stopping.clone(),
            store,
            clock,
            ids,
            settings,
            data_dir,
            secure,
            demo,
        });
        tokio::spawn(events::follow(Arc::downgrade(&platform), sealed));
        tokio::spawn(uploads::keep_house(Arc::downgrade(&platform), stopping));
        Ok(platform)
    }
}

impl Platform {
    /// Refuses while nothing can be saved: before a body is taken that would fill what is left.
    pub fn disk_takes(&self) -> Result<(), Problem> {
        self.store.disk().borrow().refusal().map_or(Ok(()), |why| Err(why.into()))
    }

    /// Ends when nothing can be saved any more: beside the taking of a body, which would else fill the reserve.
    pub async fn disk_stops(&self) -> Problem {
        let mut disk = self.store.disk();
        let now = disk.wait_for(|disk| disk.refusal().is_some()).await.map(|disk| disk.refusal());
        now.ok().flatten().unwrap_or(StoreError::Closed).into()
    }

    /// Keeps a change that a machine or a job makes, marked as a person's is: of a demonstration, of a drill.
    pub async fn commit(&self, mut change: Change) -> Result<Receipt, CommitError> {
        http::op::mark(self, &mut change);
        self.store.commit(change).await
    }

    /// The timers of a consultation that are in force now.
    pub fn timers(&self) -> settings::Timers {
        self.chosen.timers()
    }

    /// Takes in what was changed of the settings.
    pub async fn take_settings(&self) -> Result<(), StoreError> {
        self.chosen.refresh(&*self.store).await?;
        self.idle.set(self.chosen.idle(), self.chosen.longest());
        Ok(())
    }
}

/// The work inside that follows a change.
pub fn jobs() -> Vec<Arc<dyn jobs::JobHandler>> {
    vec![Arc::new(directory::licence::LicenceEnds)]
}

/// The work that goes outside, each by workers of its own and so many of them: a server that does not answer must not hold up
/// another, nor one call those who are called with it.
pub fn job_handlers() -> [(Arc<dyn jobs::JobHandler>, usize); 2] {
    [(Arc::new(notify::mail::SendMail::default()), 2), (Arc::new(notify::sms::SendSms::default()), 6)]
}

/// Marks a resource as belonging to a demonstration.
pub fn mark_demonstration(body: &mut serde_json::Value) {
    let tag = serde_json::json!({"system": codes::TAG, "code": "demonstration"});
    let tags = &mut body["meta"]["tag"];
    match tags.as_array_mut() {
        Some(tags) if tags.contains(&tag) => {}
        Some(tags) => tags.push(tag),
        None => *tags = serde_json::json!([tag]),
    }
}

/// The routes of this crate.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .merge(clients::router())
        .merge(directory::router())
        .merge(draft::router())
        .merge(events::router())
        .merge(health::router())
        .merge(jobs::router())
        .merge(notify::router())
        .merge(session::router())
        .merge(settings::router())
        .merge(setup::router())
        .merge(uploads::router())
}
