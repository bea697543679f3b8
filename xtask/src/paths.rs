//! Where things are: the tree's root, cargo's target folder.

use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.parent().map(Path::to_path_buf).unwrap_or(manifest)
}

/// Cargo's target folder, also when `CARGO_TARGET_DIR` moves it.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if Path::new(&dir).is_absolute() => dir.into(),
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// The program we build, in the dev profile.
pub fn binary() -> PathBuf {
    target().join("debug/consilium")
}

/// The program as `cargo xtask bench` measures it.
pub fn release_binary() -> PathBuf {
    target().join("release/consilium")
}

/// Gigabytes free where this folder lies.
pub fn free_gb(folder: &Path) -> Option<u64> {
    let fs = rustix::fs::statvfs(folder).ok()?;
    Some(fs.f_bavail.saturating_mul(fs.f_frsize) / 1_000_000_000)
}

/// Every file that git knows or would know, below `under` (relative to the root), sorted.
pub fn tracked(under: &str) -> anyhow::Result<Vec<PathBuf>> {
    let list = crate::run::Cmd::new("git")
        .args(["ls-files", "-co", "--exclude-standard", "--", under])
        .stdout()
        .map_err(|e| e.context(format!("list the files below {under}")))?;
    let mut files: Vec<PathBuf> = list.lines().map(PathBuf::from).filter(|f| root().join(f).is_file()).collect();
    files.sort();
    files.dedup();
    Ok(files)
}
