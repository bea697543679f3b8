//! HL7's FHIRPath suite, which no package of HL7 carries: taken from a crate that has a copy, pinned to one version and to the hash
//! of its archive, unpacked under `target/fhir`. Cargo downloads the archive; nothing of it is compiled.

use crate::paths;
use crate::run::Cmd;
use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// Crate MIT OR Apache-2.0; the suite in it is HL7's, CC0-1.0.
const NAME: &str = "rh-fhirpath";
const VERSION: &str = "0.3.0";
/// As the registry states it: SHA-256 of the archive.
const CHECKSUM: &str = "e7e3e3e8b4ac13e5cdf5587c3d0e4ae0cf518d137d50ab7c897c1078df4e5209";
/// Where in it the suite lies.
const SUITE: &str = "tests/fixtures/hl7_fhirpath_tests";

/// The suite, where the tests of `fhir` look for it.
pub fn ensure() -> Result<()> {
    let crated = format!("{NAME}-{VERSION}");
    let stamp = paths::target().join("fhir").join(&crated).join("consilium-stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == CHECKSUM) {
        println!("    {NAME} {VERSION}: unchanged");
        return Ok(());
    }
    // The command that tells of a package downloads it, and not what it needs.
    Cmd::cargo().args(["info", "--quiet", "--registry", "crates-io", &format!("{NAME}@{VERSION}")]).stdout()?;
    let archive = archive(&format!("{crated}.crate")).with_context(|| format!("find {crated}.crate"))?;
    let bytes = std::fs::read(&archive).with_context(|| format!("read {}", archive.display()))?;
    let have: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(have == CHECKSUM, "{NAME} {VERSION} is {have}, not the {CHECKSUM} that was reviewed");
    let folder = paths::target().join("fhir");
    let _ = std::fs::remove_dir_all(folder.join(&crated));
    std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    Cmd::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&folder).arg(format!("{crated}/{SUITE}")).run()?;
    std::fs::write(&stamp, CHECKSUM).with_context(|| format!("write {}", stamp.display()))?;
    println!("    {NAME} {VERSION}: fetched");
    Ok(())
}

/// A downloaded archive among those of all registries that cargo knows.
fn archive(name: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")))?;
    let registries = home.join("registry/cache").read_dir().ok()?;
    registries.flatten().map(|registry| registry.path().join(name)).find(|file| file.exists())
}
