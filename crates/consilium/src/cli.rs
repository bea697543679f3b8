//! The command line.

use crate::app::{self, App, Config};
use crate::demo::{self, ShiftedClock};
use crate::serve::{self, Listening};
use crate::tell::tell;
use crate::{archive, audit, backup, client, database, export, gateway};
use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use kernel::{Clock, SystemClock};
use platform::{Settings, telemetry};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// An open telemedicine centre in a box: consultations, images, rooms and opinions between the hospitals of a province.
#[derive(Debug, Parser)]
#[command(
    name = "consilium",
    version,
    about,
    after_help = "\
Try it:      consilium demo --data ./data/demo      then open the address it prints
Run it:      consilium serve --data /var/lib/consilium
             The first start prints a one-time link for the administrator.

Settings come from a TOML file (--config), then from the environment (CONSILIUM_HTTP_LISTEN and so on), then from
flags; the later wins. docs/settings.toml lists them all. Logs go to stderr and never hold anything about a patient.
Ctrl-C or SIGTERM stops the server: requests in hand end, nothing acknowledged is lost."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve an installation; the first start makes it
    Serve(Serve),
    /// Serve a demonstration: made-up hospitals, people, patients and cases, marked as such
    Demo(Demo),
    /// Print the API's description (OpenAPI)
    Openapi,
    /// The tables of a PostgreSQL database; a SQLite file brings itself forward
    #[command(subcommand)]
    Db(Db),
    /// Prove what is kept
    #[command(subcommand)]
    Audit(Audit),
    /// Keep the installation, records, files and keys, in another place; the server may be running. Later runs into the
    /// same place keep what came since. With --verify: prove a backup
    Backup(backup::Backup),
    /// Make the installation again from a backup, in an empty folder, on either engine
    Restore(backup::Restore),
    /// Add, list and end programs that use the record over FHIR
    #[command(subcommand)]
    Client(client::Command),
    /// A hospital's machine: join a centre, try the line, stay in touch
    #[command(subcommand)]
    Gateway(gateway::Command),
    /// Print every current resource as NDJSON
    #[command(hide = true)]
    Export(Data),
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Check the chain of the ledger and every version it vouches for; the server may be running
    Verify(Verify),
    /// Check the ledger and print its end, signed: keep it on another machine, for `verify --checkpoint`
    Checkpoint(Data),
    /// Take looks of long ago out of the ledger into a file, while nobody serves it; the chain still holds. With --read:
    /// print such a file
    Archive(archive::Archive),
}

#[derive(Debug, Subcommand)]
enum Db {
    /// Make the tables, or bring them forward to this version
    Migrate(Where),
    /// Say how far the tables have come; fails when they are not this version's
    Check(Where),
    /// Copy all records from a folder into a database, or back, while nobody serves either; goes on where it broke off.
    /// Files of attachments are not copied: they stay in the folder
    Copy(Copy),
}

#[derive(Debug, Args)]
struct Copy {
    /// The folder of the installation, or postgres://user@host/database
    #[arg(long, value_name = "DIR|URL")]
    from: String,
    /// The same of where the copy goes
    #[arg(long, value_name = "DIR|URL")]
    to: String,
    /// A TOML file of settings, for its section [database]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Which database, if any.
#[derive(Debug, Args)]
pub struct Where {
    /// The database, postgres://user@host/database
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// A TOML file of settings, for its section [database]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Which installation.
#[derive(Debug, Args)]
pub struct Data {
    /// The folder of the installation
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The database, where the records are not a file of the folder
    #[command(flatten)]
    pub(crate) at: Where,
}

#[derive(Debug, Args)]
struct Verify {
    #[command(flatten)]
    data: Data,
    /// A checkpoint kept elsewhere; finds who changed everything consistently, or put back an older copy
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The file of an archive: proves what was taken out of the ledger from its bytes too
    #[arg(long, value_name = "FILE")]
    archive: Vec<PathBuf>,
    /// Hash every file of the record (attachments, images) too: as long as it takes to read them all
    #[arg(long)]
    blobs: bool,
}

#[derive(Debug, Args)]
struct Serve {
    /// The folder of the installation: records, files, keys. Made when it is not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address and port. On loopback plain HTTP, elsewhere HTTPS [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// A TOML file of settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keep the records in PostgreSQL, postgres://user@host/database, instead of a file in the folder
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// PEM file of the server's certificate chain, instead of the installation's own authority
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<String>,
    /// PEM file of its key
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<String>,
}

#[derive(Debug, Args)]
struct Demo {
    #[command(flatten)]
    serve: Serve,
    /// Allow an address other than loopback: everybody who reaches it can sign in with the published password
    #[arg(long)]
    expose: bool,
}

impl Cli {
    /// Does what was asked; a failure is told on stderr.
    pub fn run(self) -> ExitCode {
        let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return failed(&error.into()),
        };
        match runtime.block_on(self.command.run()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        }
    }
}

#[expect(clippy::print_stderr, reason = "the last word to the person at the terminal")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("consilium: {error:#}");
    ExitCode::FAILURE
}

impl Command {
    async fn run(self) -> Result<()> {
        match self {
            Self::Serve(told) => serve(told).await,
            Self::Demo(told) => demonstrate(told).await,
            Self::Openapi => {
                tell(app::openapi()?);
                Ok(())
            }
            Self::Db(Db::Migrate(told)) => {
                tell(database::migrate(&told.settings()?).await?);
                Ok(())
            }
            Self::Db(Db::Check(told)) => {
                tell(database::check(&told.settings()?).await?);
                Ok(())
            }
            Self::Db(Db::Copy(told)) => {
                let settings = settings(told.config.as_ref())?.database;
                tell(database::copy(&settings, &told.from, &told.to).await?);
                Ok(())
            }
            Self::Audit(Audit::Verify(told)) => {
                let (data, database) = (&told.data.data, told.data.at.settings()?);
                tell(audit::verify(data, &database, (&told.checkpoint, &told.archive), SystemClock.now()).await?);
                if told.blobs {
                    tell(audit::verify_blobs(data, &database).await?);
                }
                Ok(())
            }
            Self::Audit(Audit::Checkpoint(told)) => {
                tell(audit::checkpoint(&told.data, &told.at.settings()?, SystemClock.now()).await?);
                Ok(())
            }
            Self::Audit(Audit::Archive(told)) => told.run().await,
            Self::Backup(told) => told.run().await,
            Self::Restore(told) => told.run().await,
            Self::Client(command) => command.run().await,
            Self::Gateway(command) => command.run().await,
            Self::Export(told) => export::export(&told.data, &told.at.settings()?).await,
        }
    }
}

/// Settings of the file and the environment.
fn settings(config: Option<&PathBuf>) -> Result<Settings> {
    let file = match config {
        Some(path) => Some(std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?),
        None => None,
    };
    Settings::read(file.as_deref(), &Settings::environment()).context("settings")
}

impl Where {
    pub(crate) fn settings(&self) -> Result<platform::settings::Database> {
        Ok(self.all()?.database)
    }

    /// All settings, with the database that was named.
    pub(crate) fn all(&self) -> Result<Settings> {
        let mut settings = settings(self.config.as_ref())?;
        if let Some(url) = &self.database {
            settings.database.url.clone_from(url);
        }
        Ok(settings)
    }
}

impl Serve {
    fn settings(&self) -> Result<Settings> {
        let mut settings = settings(self.config.as_ref())?;
        let flags = [
            (&self.listen, &mut settings.http.listen),
            (&self.database, &mut settings.database.url),
            (&self.tls_cert, &mut settings.http.tls_cert),
            (&self.tls_key, &mut settings.http.tls_key),
        ];
        for (flag, setting) in flags {
            if let Some(value) = flag {
                setting.clone_from(value);
            }
        }
        telemetry::guard_panics();
        Ok(settings)
    }
}

/// Plain HTTP on loopback alone: cameras and our cookie want a secure context.
fn is_secure(settings: &Settings, listen: SocketAddr) -> bool {
    !settings.http.tls_cert.is_empty() || !listen.ip().is_loopback()
}

async fn serve(told: Serve) -> Result<()> {
    let settings = told.settings()?;
    telemetry::start(&settings.log.filter, settings.log.json, std::io::stderr);
    let listener = serve::bind(&settings.http.listen)?;
    let listen = listener.local_addr()?;
    if demo::is_one(&told.data) {
        bail!(
            "{} holds a demonstration, whose passwords are published: serve it with `consilium demo`",
            told.data.display()
        );
    }
    let secure = is_secure(&settings, listen);
    let clock = Arc::new(SystemClock);
    let config = Config { data_dir: told.data, settings, clock, secure, demo: false, listen: listen.ip(), jobs: true };
    let app = App::open(config).await?;
    let setup = platform::setup::secret(&app.platform).context("make the one-time link")?;
    let serving = Listening::start(listener, app).await?;
    tell(format_args!("Consilium {} serves at {}", env!("CARGO_PKG_VERSION"), serving.url));
    if let Some(secret) = setup {
        tell(format_args!("Nobody administers it yet. Open this link once:\n  {}/setup?token={secret}", serving.url));
    }
    serving.until_told().await
}

async fn demonstrate(told: Demo) -> Result<()> {
    let settings = told.serve.settings()?;
    // The terminal shows what the demonstration says, not each request, unless a filter was set.
    let filter = if settings.log == Settings::default().log { "warn" } else { &settings.log.filter };
    telemetry::start(filter, settings.log.json, std::io::stderr);
    let listener = serve::bind(&settings.http.listen)?;
    let listen = listener.local_addr()?;
    if !listen.ip().is_loopback() && !told.expose {
        bail!(
            "a demonstration has published passwords: on {listen} anybody could sign in. Add --expose if that is wanted, \
             or listen on 127.0.0.1"
        );
    }
    let secure = is_secure(&settings, listen);
    let clock = Arc::new(ShiftedClock::default());
    let data_dir = told.serve.data;
    demo::claim(&data_dir)?;
    let config =
        Config { data_dir, settings, clock: clock.clone(), secure, demo: true, listen: listen.ip(), jobs: false };
    let mut app = App::open(config).await?;
    serve::reach(&app, listen);
    demo::fill(&app, &clock, &mut |line| tell(line)).await.context("fill the demonstration")?;
    app.work();
    let serving = Listening::start(listener, app).await?;
    tell(demo::table(&serving.url));
    serving.until_told().await
}
