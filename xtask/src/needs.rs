//! What the machine must have: Debian packages, installed by apt when we may, named exactly when we may not.

use crate::run::Cmd;
use anyhow::{Result, bail};
use std::path::Path;

/// How we know that a package is there.
enum Probe {
    Program(&'static str),
    File(&'static str),
    Python(&'static str),
    /// Debian's, of a version that we serve.
    Postgres,
}

struct Need {
    probe: Probe,
    package: &'static str,
}

const BUILD: &[Need] = &[
    Need { probe: Probe::Program("cc"), package: "build-essential" },
    Need { probe: Probe::Program("cmake"), package: "cmake" },
    Need { probe: Probe::Program("pkg-config"), package: "pkg-config" },
];

const TESTS: &[Need] = &[
    Need { probe: Probe::Program("chromium"), package: "chromium" },
    Need { probe: Probe::File("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), package: "fonts-noto-cjk" },
    Need { probe: Probe::Program("curl"), package: "curl" },
    Need { probe: Probe::Program("jq"), package: "jq" },
    Need { probe: Probe::Program("openssl"), package: "openssl" },
    Need { probe: Probe::Program("pdftotext"), package: "poppler-utils" },
    Need { probe: Probe::Postgres, package: "postgresql" },
    Need { probe: Probe::Python("ensurepip, venv"), package: "python3-venv" },
];

/// What makes lines thin and cuts them, and the TURN server of a firewall's inside: of use to root alone.
const LINES: &[Need] = &[
    Need { probe: Probe::Program("ip"), package: "iproute2" },
    Need { probe: Probe::Program("nft"), package: "nftables" },
    Need { probe: Probe::Program("turnserver"), package: "coturn" },
];

/// What asks servers for as much as they give.
const LOAD: &[Need] = &[Need { probe: Probe::Program("wrk"), package: "wrk" }];

/// Tells tests that what they need is there: a test that is passed over fails then.
pub fn told(cmd: Cmd) -> Cmd {
    let cmd = cmd.env("NEEDS_POSTGRES", "1");
    let root = Cmd::new("id").arg("-u").stdout().is_ok_and(|id| id.trim() == "0");
    if root && Path::new("/dev/fuse").exists() { cmd.env("NEEDS_FUSE", "1") } else { cmd }
}

/// What building and serving need.
pub fn build() -> Result<()> {
    install(BUILD)
}

/// What only the tests need, on top.
pub fn tests() -> Result<()> {
    install(BUILD)?;
    install(TESTS)
}

/// What the tests of thin, changed and walled lines need. Who is not root is told by those tests what was passed over.
pub fn lines() -> Result<()> {
    if Cmd::new("id").args(["-u"]).stdout()?.trim() == "0" { install(LINES) } else { Ok(()) }
}

/// What the bench of the record needs.
pub fn load() -> Result<()> {
    install(LOAD)
}

/// What a Python environment needs.
pub fn python() -> Result<()> {
    install(&TESTS[TESTS.len() - 1..])
}

fn install(needs: &[Need]) -> Result<()> {
    let missing: Vec<&str> = needs.iter().filter(|n| !there(&n.probe)).map(|n| n.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    apt(&missing)
}

/// Installs Debian packages, or says which line would.
pub fn apt(packages: &[&str]) -> Result<()> {
    let line = format!("apt-get update && apt-get install -y --no-install-recommends {}", packages.join(" "));
    let root = Cmd::new("id").arg("-u").stdout().is_ok_and(|id| id.trim() == "0");
    if !root || !on_path("apt-get") {
        bail!(
            "these Debian packages are missing: {}. Run this, then start again:\n\n    sudo sh -c '{line}'\n",
            packages.join(", ")
        );
    }
    println!("    missing: {}; installing by apt", packages.join(", "));
    let quiet = |args: &[&str]| Cmd::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive").tee();
    let mut words = vec!["install", "-y", "-qq", "--no-install-recommends"];
    words.extend(packages);
    if !quiet(&["update", "-qq"])?.ok || !quiet(&words)?.ok {
        bail!("apt could not install {}; run it yourself to see why:\n\n    {line}\n", packages.join(", "));
    }
    Ok(())
}

fn there(probe: &Probe) -> bool {
    match probe {
        Probe::Program(name) => on_path(name),
        Probe::Postgres => std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().any(|dir| {
            let version = dir.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
            version.is_some_and(|v| v >= 15) && dir.path().join("bin/initdb").is_file()
        }),
        Probe::File(path) => Path::new(path).exists(),
        Probe::Python(modules) => Cmd::new("python3").args(["-c", &format!("import {modules}")]).stdout().is_ok(),
    }
}

/// Whether a program of this name stands on the path.
pub fn on_path(name: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|p| std::env::split_paths(&p).any(|d| d.join(name).is_file()))
}
