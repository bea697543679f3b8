//! The Python environment of the tests (`target/venv`), with the versions pinned in `tests/python/requirements.txt`.

use crate::run::Cmd;
use crate::{needs, paths};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// The environment's interpreter.
pub fn interpreter() -> PathBuf {
    paths::target().join("venv/bin/python")
}

/// Makes the environment unless it already holds these versions.
pub fn ensure() -> Result<()> {
    needs::python()?;
    let list = paths::root().join("tests/python/requirements.txt");
    let want = std::fs::read_to_string(&list).with_context(|| format!("read {}", list.display()))?;
    let venv = paths::target().join("venv");
    let stamp = venv.join("consilium-stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == want) {
        println!("    PyPI packages unchanged");
        return Ok(());
    }
    std::fs::create_dir_all(paths::target())?;
    Cmd::new("python3").args(["-m", "venv", "--clear"]).arg(&venv).run()?;
    Cmd::new(venv.join("bin/pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(&list)
        .run()?;
    std::fs::write(&stamp, want).with_context(|| format!("write {}", stamp.display()))
}
