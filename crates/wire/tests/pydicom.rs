//! Every test file of PyPI `pydicom` and `pydicom-data`, read by us and by pydicom, and compared.
//!
//! `CONSILIUM_PYTHON` names an interpreter that has both packages (`cargo xtask test` makes one); else `target/venv` is
//! tried. Without any the test says so and compares nothing; `cargo xtask test` never runs it like that.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};
use wire::dicom::{Description, DicomError, Frames, describe, inflate};

fn interpreter() -> Option<PathBuf> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv/bin/python");
    std::env::var_os("CONSILIUM_PYTHON").map(PathBuf::from).or_else(|| ours.exists().then_some(ours))
}

fn told_by_pydicom() -> Option<Vec<Map<String, Value>>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle.py");
    let output = Command::new(interpreter()?).arg(script).output().expect("the interpreter runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    Some(lines.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect())
}

/// pydicom reads what there is of a file that was cut short. We say so, and where.
fn refused_on_purpose(path: &str, error: &DicomError) -> bool {
    path.contains("truncated") && matches!(error, DicomError::Truncated { .. })
}

fn frame(bytes: &[u8], described: &Description, number: u32) -> Vec<u8> {
    if let Frames::Deflated { from, offset, len, .. } = described.frames {
        let data = inflate(bytes, from).expect("inflates");
        return data[(offset + len * u64::from(number - 1)) as usize..][..len as usize].to_vec();
    }
    let ranges = described.frames.ranges(number).expect("a frame");
    ranges.into_iter().flat_map(|r| bytes[r.start as usize..r.end as usize].to_vec()).collect()
}

/// Fragments are padded to even length; pydicom joins them as they are, and so do we.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn differences(told: &Map<String, Value>, bytes: &[u8], ours: &Description) -> Vec<String> {
    let mut found = Vec::new();
    let mut same = |what: &str, theirs: &str, ours: &str| {
        if theirs.trim_end_matches(['\0', ' ']) != ours {
            found.push(format!("{what}: {theirs:?}, ours {ours:?}"));
        }
    };
    let text = |key: &str| told.get(key).and_then(Value::as_str).unwrap_or_default();
    same("id", text("id"), ours.patient.id.reveal());
    same("study", text("study"), &ours.study.uid);
    same("series", text("series"), &ours.series.uid);
    same("instance", text("instance"), &ours.image.uid);
    if !text("modality").is_empty() {
        same("modality", text("modality"), &ours.series.modality);
    }
    same("rows", &told["rows"].to_string(), &ours.image.rows.to_string());
    same("columns", &told["columns"].to_string(), &ours.image.columns.to_string());
    let position: Vec<f64> = told["position"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    if position.len() == 3 && ours.image.plane.position.map(Vec::from) != Some(position.clone()) {
        found.push(format!("position: {position:?}, ours {:?}", ours.image.plane.position));
    }
    if let (Some(frames), true) = (told.get("frames").and_then(Value::as_array), ours.frames != Frames::None) {
        for (number, theirs) in (1..).zip(frames) {
            if Some(sha256(&frame(bytes, ours, number)).as_str()) != theirs.as_str() {
                found.push(format!("frame {number} differs"));
            }
        }
    }
    if let Some(json) = told.get("json").and_then(Value::as_object) {
        compare("", json, &ours.metadata, &mut found);
    }
    found
}

fn compare(at: &str, theirs: &Map<String, Value>, ours: &Map<String, Value>, found: &mut Vec<String>) {
    for (tag, theirs) in theirs {
        let large = theirs.get("BulkDataURI").is_some() || theirs.get("InlineBinary").is_some();
        if tag == "00080005" || tag.ends_with("0000") || large || theirs.get("Value").is_none() {
            continue;
        }
        let Some(ours) = ours.get(tag) else {
            found.push(format!("{at}{tag} is missing: {theirs}"));
            continue;
        };
        let (theirs_values, ours_values) = (theirs["Value"].as_array(), ours.get("Value").and_then(Value::as_array));
        if theirs["vr"] == "SQ" {
            for (theirs, ours) in theirs_values.into_iter().flatten().zip(ours_values.into_iter().flatten()) {
                if let (Some(theirs), Some(ours)) = (theirs.as_object(), ours.as_object()) {
                    compare(&format!("{at}{tag}/"), theirs, ours, found);
                }
            }
            if theirs_values.map_or(0, Vec::len) != ours_values.map_or(0, Vec::len) {
                found.push(format!("{at}{tag}: another number of items"));
            }
        } else if !alike(&theirs["Value"], ours.get("Value").unwrap_or(&Value::Null)) {
            found.push(format!("{at}{tag}: {theirs}, ours {ours}"));
        }
    }
}

/// Numbers alike to seven digits, whether or not they are written as text; text alike but for its padding.
fn alike(theirs: &Value, ours: &Value) -> bool {
    let number = |v: &Value| v.as_f64().or_else(|| v.as_str()?.trim().parse().ok());
    match (theirs, ours) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            let text = |v: Option<&Value>| {
                v.and_then(Value::as_str).unwrap_or_default().trim_end_matches(['^', ' ']).to_owned()
            };
            ["Alphabetic", "Ideographic", "Phonetic"].iter().all(|k| text(a.get(*k)) == text(b.get(*k)))
        }
        (Value::String(a), Value::String(b)) => a.trim_matches([' ', '\0']) == b.trim_matches([' ', '\0']),
        (Value::Null, Value::String(s)) | (Value::String(s), Value::Null) => s.trim_matches([' ', '\0']).is_empty(),
        (a, b) => match (number(a), number(b)) {
            (Some(a), Some(b)) => a == b || (a - b).abs() <= (1e-7 * a.abs()).max(1e-40),
            _ => a == b,
        },
    }
}

#[test]
fn reads_every_file_as_pydicom_does() {
    let Some(told) = told_by_pydicom() else {
        println!("no interpreter with pydicom: nothing compared (set CONSILIUM_PYTHON)");
        return;
    };
    let (mut described, mut refused, mut wrong) = (0, BTreeMap::<&str, usize>::new(), Vec::new());
    for told in &told {
        let path = told["path"].as_str().expect("a path");
        let bytes = std::fs::read(path).expect("the file");
        let an_instance = told.get("study").and_then(Value::as_str).is_some_and(|uid| !uid.is_empty());
        match describe(&bytes) {
            Ok(_) if !an_instance => described += 1,
            Ok(ours) => {
                described += 1;
                wrong.extend(differences(told, &bytes, &ours).into_iter().map(|d| format!("{path}: {d}")));
            }
            Err(error) if !an_instance || refused_on_purpose(path, &error) => {
                *refused.entry(error.code()).or_default() += 1;
            }
            Err(error) => wrong.push(format!("{path}: {error}")),
        }
    }
    println!("{} files, {described} described, refused {refused:?}", told.len());
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
    assert!(described >= 150, "only {described} files were described");
}
