//! The running program.

use crate::{Client, logs};
use consilium::app::{App, Config, job_handlers};
use consilium::demo;
use consilium::serve::{Listening, bind};
use kernel::{Clock, ManualClock, SystemClock, Time};
use platform::settings::Database;
use platform::{Settings, Shared};
use records::conformance::cluster::Cluster;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// The program, serving on loopback in a folder of its own; gone with the value.
pub struct TestApp {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    folder: Option<TempDir>,
    serving: Option<Listening>,
    clock: Option<Arc<ManualClock>>,
    database: Database,
}

/// Set to `postgres`, programs keep their records there: the same stories on the other engine.
const ON: &str = "TESTS_ON";

/// Where a program of a test keeps its records.
fn database() -> Database {
    let on_postgres = std::env::var_os(ON).is_some_and(|on| on == "postgres");
    let cluster = on_postgres.then(|| Cluster::shared().expect("PostgreSQL"));
    Database { url: cluster.map_or_else(String::new, Cluster::database), ..Database::default() }
}

impl TestApp {
    /// Starts with the machine's clock.
    pub async fn start() -> Self {
        Self::with(Settings::default(), None).await
    }

    /// Starts at `at`; time passes when [`TestApp::clock`] is told, and jobs run by [`TestApp::run_jobs`].
    pub async fn at(at: Time) -> Self {
        Self::with(Settings::default(), Some(at)).await
    }

    /// Starts with settings of the test's.
    pub async fn with(settings: Settings, at: Option<Time>) -> Self {
        Self::on(database(), settings, at).await
    }

    /// Starts with its records in this database.
    pub async fn on(database: Database, mut settings: Settings, at: Option<Time>) -> Self {
        logs::catch();
        settings.database = database;
        let database = settings.database.clone();
        let folder = tempfile::tempdir().expect("a folder");
        let clock = at.map(|at| Arc::new(ManualClock::at(at)));
        let serving = serve(folder.path(), settings, clock.clone()).await;
        let platform = &serving.app().platform;
        if platform.directory.hospitals().is_empty() {
            demo::found(platform).await.expect("the people of the demonstration");
        }
        Self { url: serving.url.clone(), folder: Some(folder), serving: Some(serving), clock, database }
    }

    fn serving(&self) -> &Listening {
        self.serving.as_ref().expect("running")
    }

    /// What every operation uses.
    pub fn platform(&self) -> &Shared {
        &self.serving().app().platform
    }

    /// The clock of a program started with [`TestApp::at`].
    pub fn clock(&self) -> &ManualClock {
        self.clock.as_deref().expect("started with TestApp::at")
    }

    /// Where the program keeps its files.
    pub fn folder(&self) -> &Path {
        self.folder.as_ref().expect("running").path()
    }

    /// Somebody who is not signed in.
    pub fn nobody(&self) -> Client {
        Client::new(&self.url)
    }

    /// Signs a person of the demonstration in, in their only or first role.
    pub async fn login(&self, name: &str) -> Client {
        self.login_as(name, None).await
    }

    /// Signs a person in, in the role of this code.
    pub async fn login_as(&self, name: &str, role: Option<&str>) -> Client {
        let client = self.nobody();
        let me = client.sign_in(name, demo::PASSWORD).await.ok();
        if me["role"].is_null() || role.is_some_and(|r| me["role"]["role"] != r) {
            let roles = me["roles"].as_array().expect("roles");
            let wanted = roles.iter().find(|r| role.is_none_or(|code| r["role"] == code)).expect("such a role");
            client.put("/api/session/role", &serde_json::json!({"role": wanted["id"]})).await.ok();
        }
        client
    }

    /// All routes with the edge around them, for who asks without a socket.
    pub fn routes(&self) -> axum::Router {
        self.serving().app().routes.clone()
    }

    /// A program of a hospital's; `options` among `warn`, `create-by-put`, `unrestricted`.
    pub async fn client(&self, hospital: &str, options: &[&str]) -> Client {
        self.nobody().with_token(&self.token(hospital, options).await)
    }

    /// The token of such a program.
    pub async fn token(&self, hospital: &str, options: &[&str]) -> String {
        let platform = self.platform();
        let has = |option| options.contains(&option);
        let new = platform::clients::NewClient {
            name: platform.ids.new_id(platform.clock.now()).to_string(),
            hospital: kernel::Id::new(hospital).expect("an id"),
            strict: !has("warn"),
            create_by_put: has("create-by-put"),
            unrestricted: has("unrestricted"),
        };
        let added = platform::clients::added(&*platform.store, &*platform.ids, platform.clock.now(), new).await;
        added.expect("a client")
    }

    /// Runs all jobs that are due now.
    pub async fn run_jobs(&self) {
        let handlers = job_handlers();
        while platform::jobs::step(self.platform(), &handlers).await {}
    }

    /// Everything logged so far, at level debug.
    pub fn logs(&self) -> String {
        logs::caught()
    }

    /// Stops the program as SIGTERM does.
    pub async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.stop().await.expect("stops");
        }
    }

    /// Stops it and starts it again on the same folder, at another port.
    pub async fn restart(&mut self) {
        self.stop().await;
        let settings = Settings { database: self.database.clone(), ..Settings::default() };
        let serving = serve(self.folder(), settings, self.clock.clone()).await;
        self.url.clone_from(&serving.url);
        self.serving = Some(serving);
    }
}

async fn serve(folder: &Path, settings: Settings, clock: Option<Arc<ManualClock>>) -> Listening {
    let listener = bind("127.0.0.1:0").expect("a port");
    let listen = listener.local_addr().expect("an address").ip();
    let jobs = clock.is_none();
    let clock: Arc<dyn Clock> = match clock {
        Some(clock) => clock,
        None => Arc::new(SystemClock),
    };
    let data_dir = folder.to_owned();
    let config = Config { data_dir, settings, clock, secure: false, demo: true, listen, jobs };
    let app = App::open(config).await.expect("opens");
    Listening::start(listener, app).await.expect("serves")
}
