//! How the database is reached: its address, TLS, the pools, and what each connection is set to.

use crate::StoreError;
use deadpool_postgres::{Connect, Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod};
use futures::FutureExt;
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Notification};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Longest that one statement may take, and that a transaction may stand idle: older ones hold back the vacuum, and locks.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest that anybody waits for a connection.
const WAIT: Duration = Duration::from_secs(10);

/// The lock between those who serve a store and who wants it for itself.
pub(super) const SERVED: &str = "served";
/// What is said to who wants to serve meanwhile.
const HELD: &str = "the database is held by a copy or an archiving: wait for its end";

/// How long a process that ended may still hold its locks: the database gives them back when it has noticed the end.
const LET_GO: &str = "3s";

/// Takes an advisory lock by `function`, for as long as the connection lives; false when another holds it.
pub(super) async fn hold(db: &Client, function: &str, key: i64) -> Result<bool, tokio_postgres::Error> {
    db.batch_execute(&format!("SET lock_timeout='{LET_GO}'")).await?;
    let held = db.query_one(&format!("SELECT 1 FROM (SELECT {function}($1)) held"), &[&key]).await;
    db.batch_execute("RESET lock_timeout").await?;
    match held {
        Err(e) if e.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => Ok(false),
        held => held.map(|_| true),
    }
}

/// Where the database is and how to speak to it. Shown without its password.
#[derive(Clone)]
pub(super) struct Link {
    config: Config,
    tls: Option<Arc<rustls::ClientConfig>>,
    pub(super) schema: String,
    /// How often the database said that the copies have not confirmed a commit.
    pub(super) unconfirmed: Arc<AtomicU64>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hosts, name) = (self.config.get_hosts(), self.config.get_dbname());
        f.debug_struct("Link").field("hosts", &hosts).field("database", &name).field("schema", &self.schema).finish()
    }
}

impl Link {
    /// `url` as libpq takes it; a password that stands elsewhere is handed in.
    pub(super) fn new(
        url: &str,
        password: Option<&str>,
        schema: &str,
        tls: Option<Arc<rustls::ClientConfig>>,
    ) -> Result<Self, StoreError> {
        // What the parser says of a bad address could show its password.
        let mut config = Config::from_str(url)
            .map_err(|_| StoreError::Engine("the database's address is not postgres://user@host/database".into()))?;
        if let Some(password) = password
            && config.get_password().is_none()
        {
            config.password(password);
        }
        let plain = schema.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if schema.is_empty() || schema.len() > 40 || !plain {
            return Err(StoreError::Engine(format!("{schema}: a schema's name is of a-z, 0-9 and _")));
        }
        // Certificates are always looked at: a line that may be encrypted, or not, is not.
        match &tls {
            Some(_) => config.ssl_mode(SslMode::Require),
            None if !is_local(&config) => {
                return Err(StoreError::Engine("a database on another machine is reached with TLS only".into()));
            }
            None => config.ssl_mode(SslMode::Disable),
        };
        let ms = PATIENCE.as_millis();
        let own = format!(
            "-c search_path={schema} -c statement_timeout={ms} -c idle_in_transaction_session_timeout={ms} -c jit=off \
             -c client_min_messages=warning -c synchronous_commit=on"
        );
        // Searches are probes of indexes that are in memory, each of a few milliseconds: the planner is told so. What an
        // administrator says of these two in the URL goes before.
        let small = "-c random_page_cost=1.1 -c max_parallel_workers_per_gather=0";
        let options = format!("{small} {} {own}", config.get_options().unwrap_or_default());
        config.options(options).application_name(schema).keepalives(true).keepalives_idle(Duration::from_secs(10));
        config.connect_timeout(PATIENCE);
        Ok(Self { config, tls, schema: schema.to_owned(), unconfirmed: Arc::default() })
    }

    /// The schema's name in SQL.
    pub(super) fn quoted(&self) -> String {
        format!("\"{}\"", self.schema)
    }

    /// The number of an advisory lock of this store: other stores may stand in the same database.
    pub(super) fn key(&self, what: &str) -> i64 {
        let hash = Sha256::digest(format!("consilium {} {what}", self.schema));
        hash.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes))
    }

    /// The channel on which sealed numbers and wishes for them are told.
    pub(super) fn channel(&self) -> String {
        format!("consilium_{}", self.schema)
    }

    /// Connections that look.
    pub(super) fn pool(&self, places: usize) -> Result<Pool, StoreError> {
        self.pool_of(places, None)
    }

    /// Connections that write. Each shares the lock that who wants the database for itself has alone, so one excludes the other
    /// from the first moment, whoever seals.
    pub(super) fn pool_of_writers(&self, places: usize) -> Result<Pool, StoreError> {
        let key = self.key(SERVED);
        let shares = Hook::async_fn(move |db, _| {
            Box::pin(async move {
                if hold(db, "pg_advisory_lock_shared", key).await.map_err(HookError::Backend)? {
                    Ok(())
                } else {
                    Err(HookError::message(HELD))
                }
            })
        });
        self.pool_of(places, Some(shares))
    }

    fn pool_of(&self, places: usize, begin: Option<Hook>) -> Result<Pool, StoreError> {
        let manager = Manager::from_connect(
            self.config.clone(),
            self.clone(),
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let pool = Pool::builder(manager)
            .max_size(places)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(PATIENCE));
        let pool = match begin {
            Some(hook) => pool.post_create(hook),
            None => pool,
        };
        pool.build().map_err(|e| StoreError::Engine(e.to_string()))
    }

    /// A connection of its own, outside the pools; `heard` gets what is notified.
    pub(super) async fn own(
        &self,
        heard: impl Fn(Notification) + Send + 'static,
    ) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        let mut config = self.config.clone();
        // Where a line dies without a word, the database must know within three seconds: its end is what a lock ends with.
        let alive = "-c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2";
        config.options(format!("{} {alive}", config.get_options().unwrap_or_default()));
        self.clone().open(config, heard).await
    }

    async fn open(
        self,
        config: Config,
        heard: impl Fn(Notification) + Send + 'static,
    ) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        match &self.tls {
            Some(tls) => {
                let (client, connection) = config.connect(MakeRustlsConnect::new((**tls).clone())).await?;
                Ok((client, tokio::spawn(drive(connection, self.unconfirmed, heard))))
            }
            None => {
                let (client, connection) = config.connect(NoTls).await?;
                Ok((client, tokio::spawn(drive(connection, self.unconfirmed, heard))))
            }
        }
    }
}

impl Connect for Link {
    fn connect(&self, config: &Config) -> BoxFuture<'_, Result<(Client, JoinHandle<()>), tokio_postgres::Error>> {
        self.clone().open(config.clone(), |_| ()).boxed()
    }
}

/// Moves a connection's bytes until it ends.
async fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    unconfirmed: Arc<AtomicU64>,
    heard: impl Fn(Notification),
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    loop {
        match std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            Some(Ok(AsyncMessage::Notification(n))) => heard(n),
            Some(Ok(AsyncMessage::Notice(notice))) => {
                let text = notice.message();
                tracing::warn!(database.notice = text, "the database says: {text}");
                // "canceling the wait for synchronous replication", in whichever language: of these codes nothing else is
                // said to a transaction of ours. It comes before the answer to the COMMIT; who waits for that looks here.
                if [&SqlState::WARNING, &SqlState::ADMIN_SHUTDOWN].contains(&notice.code()) {
                    unconfirmed.fetch_add(1, Ordering::SeqCst);
                }
            }
            Some(Ok(_)) => {}
            Some(Err(e)) => {
                tracing::warn!(error = %e, "a connection to the database ended: {e}");
                return;
            }
            None => return,
        }
    }
}

/// Whether the database is reached without leaving this machine.
fn is_local(config: &Config) -> bool {
    let loopback = |name: &str| name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let hosts = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => loopback(name),
        Host::Unix(_) => true,
    });
    hosts && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

/// Whether the database at this address is reached without leaving this machine: then it needs no TLS.
pub fn is_on_this_machine(url: &str) -> bool {
    Config::from_str(url).is_ok_and(|config| is_local(&config))
}

/// Host, port, database and user of an address, as a line of `.pgpass` names them.
pub fn login(url: &str) -> Option<[String; 4]> {
    let config = Config::from_str(url).ok()?;
    let host = match config.get_hosts().first()? {
        Host::Tcp(name) => name.clone(),
        Host::Unix(_) => "localhost".to_owned(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let user = config.get_user()?.to_owned();
    Some([host, port.to_string(), config.get_dbname().unwrap_or(&user).to_owned(), user])
}

/// TLS that trusts these authorities, or the system's when none are handed in.
pub fn tls(
    authorities: Vec<rustls::pki_types::CertificateDer<'static>>,
) -> Result<Arc<rustls::ClientConfig>, StoreError> {
    let bad = |e: rustls::Error| StoreError::Engine(format!("TLS to the database: {e}"));
    let mut roots = rustls::RootCertStore::empty();
    if authorities.is_empty() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    for authority in authorities {
        roots.add(authority).map_err(bad)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(Arc::new(builder.map_err(bad)?.with_root_certificates(roots).with_no_client_auth()))
}
