//! Building the web app, and only when what it is made of has changed.

use crate::paths;
use crate::run::Cmd;
use anyhow::{Context, Result};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// `npm ci` in `folder` (relative to the root), unless its lock file is the one that was installed last.
pub fn install(folder: &str) -> Result<()> {
    let dir = paths::root().join(folder);
    let lock = std::fs::read(dir.join("package-lock.json")).with_context(|| format!("{folder}/package-lock.json"))?;
    let node = Cmd::new("node").arg("--version").stdout()?;
    let want = digest(|h| (lock, node).hash(h));
    let stamp = dir.join("node_modules/.consilium-stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == want) {
        println!("    {folder}: packages unchanged");
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"]).dir(&dir).run()?;
    std::fs::write(&stamp, want).with_context(|| format!("write {}", stamp.display()))
}

/// Builds `web/dist` unless it was built from these very sources.
pub fn build() -> Result<()> {
    let want = sources()?;
    let stamp = paths::target().join("web.stamp");
    let dist = paths::root().join("web/dist/index.html");
    if dist.exists() && std::fs::read_to_string(&stamp).is_ok_and(|have| have == want) {
        println!("    web: sources unchanged");
        return Ok(());
    }
    let _ = std::fs::remove_file(&stamp);
    npm(&["run", "build"]).dir(paths::root().join("web")).run()?;
    std::fs::create_dir_all(paths::target())?;
    std::fs::write(&stamp, want).with_context(|| format!("write {}", stamp.display()))
}

/// `npm` that neither asks nor reports.
pub fn npm(args: &[&str]) -> Cmd {
    Cmd::new("npm").args(args).env("NPM_CONFIG_UPDATE_NOTIFIER", "false").env("NPM_CONFIG_FUND", "false")
}

/// A digest over the name and content of all that goes into `web/dist`.
fn sources() -> Result<String> {
    let root = paths::root();
    let mut files: Vec<PathBuf> = paths::tracked("web")?;
    files.retain(|f| !f.starts_with("web/e2e"));
    let api = Path::new("docs/openapi.json");
    if root.join(api).exists() {
        files.push(api.into());
    }
    let mut parts = Vec::new();
    for file in files {
        let bytes = std::fs::read(root.join(&file)).with_context(|| format!("read {}", file.display()))?;
        parts.push((file, bytes));
    }
    Ok(digest(|h| parts.hash(h)))
}

/// A number over what is fed in, to see whether it is the same.
pub fn digest(feed: impl FnOnce(&mut DefaultHasher)) -> String {
    let mut hasher = DefaultHasher::new();
    feed(&mut hasher);
    format!("{:016x}", hasher.finish())
}
