//! `consilium gateway`: a hospital's machine joins the centre, is probed, and stays in touch.

use crate::tell::tell;
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use federation::gateway::{self, Asked, Line};
use federation::join::probe::{OF_BROWSER, Probe, ProbeState};
use kernel::{Clock, SystemClock};
use platform::{Settings, telemetry};
use std::path::PathBuf;
use tokio::signal::unix::{SignalKind, signal};

/// What is done with a gateway.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Join the centre with an invitation, then try the line. May be repeated: it goes on where it ended
    Join(Join),
    /// Try the line again and tell the centre
    Probe(Folder),
    /// Stay in touch: a heartbeat every 15 seconds, the certificate renewed in time. For a service that always runs
    Run(Folder),
}

/// Which gateway.
#[derive(Debug, Args)]
pub struct Folder {
    /// The folder of its key and certificate
    #[arg(long, value_name = "DIR", default_value = "/var/lib/consilium-gateway")]
    dir: PathBuf,
}

/// A hospital joins.
#[derive(Debug, Args)]
pub struct Join {
    /// The line that the centre gave you, csl1.…; good once, for 24 hours
    invitation: String,
    /// The id of your hospital: refuses an invitation of another
    #[arg(long, value_name = "ID")]
    hospital: Option<String>,
    #[command(flatten)]
    folder: Folder,
}

impl Command {
    /// Does it.
    pub async fn run(self) -> Result<()> {
        let log = Settings::default().log;
        telemetry::start(&log.filter, log.json, std::io::stderr);
        let clock = SystemClock;
        match self {
            Self::Join(told) => {
                let dir = &told.folder.dir;
                let asked = Asked { invitation: &told.invitation, hospital: told.hospital.as_deref(), dir };
                let line = gateway::join(&asked, &clock).await?;
                tell(format_args!(
                    "{} ({}) has joined; its certificate is good until {}.",
                    line.joined.name, line.joined.hospital, line.joined.until
                ));
                probe(&told.folder, &line, &clock).await?;
                tell(format_args!("Now let it run always: consilium gateway run --dir {}", dir.display()));
                Ok(())
            }
            Self::Probe(told) => {
                let line = gateway::open(&told.dir, &clock).await?;
                probe(&told, &line, &clock).await
            }
            Self::Run(told) => Ok(gateway::run(&told.dir, &clock, stop()?).await?),
        }
    }
}

/// Tries all and says what came of it; fails when something did not pass.
async fn probe(folder: &Folder, line: &Line, clock: &dyn Clock) -> Result<()> {
    let probes = gateway::probe(line, clock).await;
    probes.iter().for_each(|one| tell(said(one)));
    for name in OF_BROWSER {
        tell(format_args!("  {name:<12} not yet tried: in a browser of the consulting room"));
    }
    gateway::tell(&folder.dir, line, &probes, clock).await?;
    let failed: Vec<&str> = probes.iter().filter(|p| p.state != ProbeState::Passed).map(|p| p.name.as_str()).collect();
    if !failed.is_empty() {
        let dir = folder.dir.display();
        bail!("did not pass: {}. Mend it, then: consilium gateway probe --dir {dir}", failed.join(", "));
    }
    Ok(())
}

fn said(probe: &Probe) -> String {
    let figures: Vec<String> = probe.figures.iter().map(|f| format!("{} {} {}", f.name, f.value, f.unit)).collect();
    let state = probe.state.code();
    let words = if probe.said.is_empty() { String::new() } else { format!(" ({})", probe.said) };
    format!("  {:<12} {state}: {}{words}", probe.name, figures.join(", "))
}

/// Ctrl-C or SIGTERM.
fn stop() -> Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
