//! `consilium client`: programs that read and write a hospital's record over FHIR, added and ended on the machine.

use crate::cli::Data;
use crate::database;
use crate::tell::tell;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use kernel::{Clock, Id, RandomIds, SystemClock};
use platform::clients::{self, NewClient};
use records::{Client, Store};
use std::sync::Arc;

/// What is done with clients.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add a client and print its token, which is shown this once; a server of a file's records must not be running
    Add(Add),
    /// List the clients, ended ones too
    List(Data),
    /// End a client: its token opens nothing any more; a server of a file's records must not be running
    End(End),
}

/// A client to be added.
#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    of: Data,
    /// What it is called
    #[arg(long)]
    name: String,
    /// The id of the hospital whose record it reads and writes
    #[arg(long, value_name = "ID")]
    hospital: String,
    /// What happens to a resource that does not fit its profile
    #[arg(long, value_enum, default_value_t = Validation::Reject)]
    validation: Validation,
    /// Let it choose ids (PUT of what is not there), as an import does
    #[arg(long)]
    create_by_put: bool,
    /// Let it see the record of all hospitals, as a migration does
    #[arg(long)]
    unrestricted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Validation {
    /// Refused
    Reject,
    /// Kept, and named
    Warn,
}

/// A client to be ended.
#[derive(Debug, Args)]
pub struct End {
    #[command(flatten)]
    of: Data,
    /// What it is called
    #[arg(long)]
    name: String,
}

impl Command {
    /// Does it.
    pub async fn run(self) -> Result<()> {
        match self {
            Self::Add(told) => add(told).await,
            Self::List(of) => list(&of).await,
            Self::End(told) => end(told).await,
        }
    }
}

async fn add(told: Add) -> Result<()> {
    let new = NewClient {
        hospital: Id::new(told.hospital).context("--hospital")?,
        name: told.name,
        strict: told.validation == Validation::Reject,
        create_by_put: told.create_by_put,
        unrestricted: told.unrestricted,
    };
    let store = open(&told.of).await?;
    let token = clients::added(&*store, &RandomIds, SystemClock.now(), new).await;
    store.close().await;
    tell(token?);
    Ok(())
}

async fn end(told: End) -> Result<()> {
    let store = open(&told.of).await?;
    let ended = clients::ended(&*store, SystemClock.now(), &told.name).await;
    store.close().await;
    tell(format_args!("{} is ended", ended?.name));
    Ok(())
}

async fn list(of: &Data) -> Result<()> {
    let store = open(of).await?;
    let all = store.clients().await;
    store.close().await;
    for client in all? {
        tell(line(&client));
    }
    Ok(())
}

fn line(client: &Client) -> String {
    let mut words = vec![client.name.clone(), client.hospital.to_string()];
    words.push(if client.strict { "validation=reject" } else { "validation=warn" }.to_owned());
    let said = [(client.create_by_put, "create-by-put"), (client.unrestricted, "unrestricted")];
    words.extend(said.into_iter().filter(|(is, _)| *is).map(|(_, word)| word.to_owned()));
    words.push(format!("added={:.0}", client.added_at));
    words.extend(client.ended_at.map(|at| format!("ended={at:.0}")));
    words.join("\t")
}

async fn open(of: &Data) -> Result<Arc<dyn Store>> {
    let database = of.at.settings()?;
    if database.is_sqlite() && !of.data.join("records").is_dir() {
        bail!("there is no installation in {}", of.data.display());
    }
    database::open(&database, &of.data, Arc::new(SystemClock))
        .await
        .context("where the records are a file, stop the server first")
}
