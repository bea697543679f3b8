//! The commands of docs/SIGNATURES.md, as a stranger would type them, with Debian's openssl.

use super::manifest;
use super::proof::Proof;
use bytes::Bytes;
use kernel::Id;
use platform::pki::{Pki, SealOf, Signatory};
use std::io::{Cursor, Read};
use std::path::Path;
use std::process::{Command, Output};

const DOCUMENT: &str = include_str!("../../../../docs/SIGNATURES.md");

/// Every shell block, in order, as one script that stops at the first failure.
fn script() -> String {
    let blocks: Vec<&str> =
        DOCUMENT.split("```sh\n").skip(1).map(|rest| rest.split_once("```").expect("an end of the block").0).collect();
    assert!(blocks.len() >= 4);
    format!("set -euo pipefail\n{}", blocks.join("\n"))
}

fn verify(folder: &Path) -> Output {
    Command::new("bash").args(["-c", &script()]).current_dir(folder).output().expect("bash and openssl")
}

/// An evidence package of an opinion signed at `at`, unpacked.
fn unpacked(at: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let at = at.parse().unwrap();
    let pki = Pki::open(&dir.path().join("data"), at).unwrap();
    let who = Signatory {
        person: Id::new("0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f").unwrap(),
        name: "李伟".to_owned(),
        title: Some("主任医师".to_owned()),
        hospital: "河南省人民医院".to_owned(),
    };
    let keys = pki.enrol(&who, "consilium-demo", at).unwrap();
    let (content, pdf) = (br#"{"status":"final","dose":2.50}"#.as_slice(), b"%PDF-1.7 of a test".as_slice());
    let pictures = [Bytes::from_static(b"one picture"), Bytes::from_static(b"and another")];
    let of = manifest::Of {
        replaces: None,
        opinion: "Composition/0192f0c1-0000-7cc3-98c4-dc0c0c07398f".to_owned(),
        case: "20261121-0007",
        version: 1,
        signer: manifest::Signer {
            person: format!("Practitioner/{}", who.person),
            role: "PractitionerRole/r".to_owned(),
            hospital: "Organization/h".to_owned(),
            name: &who.name,
            title: who.title.as_deref(),
            hospital_name: &who.hospital,
        },
        signed_at: at,
    };
    let manifest = manifest::bytes(of, content, pdf, &pictures).unwrap();
    let signature = pki.unlock(&keys, "consilium-demo").unwrap().sign(&manifest);
    let seal = SealOf { hospital: Id::new("h").unwrap(), name: who.hospital.clone() };
    let seal = pki.seal(&seal, &manifest, at).unwrap();
    let proof = Proof {
        manifest: &manifest,
        content,
        pdf,
        pictures: &pictures,
        signature: &signature,
        seal: &seal,
        authority_pem: pki.signatures_pem(),
        root_pem: pki.root_pem(),
    };
    let zip = proof.zip().unwrap();
    assert_eq!(zip, proof.zip().unwrap(), "no clock in the package");
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let mut bytes = vec![];
        file.read_to_end(&mut bytes).unwrap();
        std::fs::write(dir.path().join(file.name().unwrap().as_ref()), bytes).unwrap();
    }
    dir
}

#[test]
fn the_commands_of_the_document_verify_an_opinion() {
    // One of today and one whose certificates have long ended.
    for at in ["2026-11-21T04:00:00Z", "2004-02-29T23:59:59.123Z"] {
        let dir = unpacked(at);
        let out = verify(dir.path());
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(out.status.success(), "{said}\n{}", String::from_utf8_lossy(&out.stderr));
        for wanted in [
            "opinion.json: as signed",
            "opinion.pdf: as signed",
            "key-image-2.png: as signed",
            "signer.pem: OK",
            "seal.pem: OK",
            "李伟",
        ] {
            assert!(said.contains(wanted), "{wanted} is missing in\n{said}");
        }
        assert_eq!(said.matches("Verified OK").count(), 2, "{said}");
    }
}

#[test]
fn one_changed_byte_anywhere_is_noticed() {
    for name in ["manifest.json", "opinion.json", "opinion.pdf", "key-image-2.png", "signature.der", "seal.der"] {
        let dir = unpacked("2026-11-21T04:00:00Z");
        let path = dir.path().join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.len() - 3;
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(!verify(dir.path()).status.success(), "{name}");
    }
}

#[test]
fn a_picture_that_is_missing_is_noticed() {
    let dir = unpacked("2026-11-21T04:00:00Z");
    std::fs::remove_file(dir.path().join("key-image-1.png")).unwrap();
    assert!(!verify(dir.path()).status.success());
}

#[test]
fn nobody_elses_certificate_will_do() {
    let (mine, other) = (unpacked("2026-11-21T04:00:00Z"), unpacked("2026-11-21T04:00:00Z"));
    for name in ["signer.pem", "seal.pem", "authority.pem", "root.pem"] {
        let path = mine.path().join(name);
        let own = std::fs::read(&path).unwrap();
        std::fs::copy(other.path().join(name), &path).unwrap();
        assert!(!verify(mine.path()).status.success(), "{name}");
        std::fs::write(&path, own).unwrap();
    }
    assert!(verify(mine.path()).status.success());
    // The seal is no doctor's signature.
    std::fs::copy(mine.path().join("seal.pem"), mine.path().join("signer.pem")).unwrap();
    std::fs::copy(mine.path().join("seal.der"), mine.path().join("signature.der")).unwrap();
    assert!(!verify(mine.path()).status.success());
}
