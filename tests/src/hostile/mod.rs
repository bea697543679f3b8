//! What strangers may send, thrown at what reads it: each target takes any bytes, and panics when the program does what it
//! never may: panic, answer 5xx, answer what is no JSON, lose what it acknowledged.
//!
//! Called by `tests/tests/hostile.rs` with seeded mutations, some seconds each, and by `fuzz/` with libFuzzer, which looks for
//! inputs that reach what none reached before. What was found becomes a seed here and a test where it was mended.

mod face;
pub mod mutate;
mod seeds;

pub use face::{Answer, As, Face};

use axum::http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use serde_json::Value;
use std::io::Write as _;
use wire::dicom;

/// Something that reads what strangers send.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// What it is given at first.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// The reader.
    pub run: Run,
}

/// How a target is run.
#[derive(Clone, Copy)]
pub enum Run {
    /// On bytes alone.
    Bytes(fn(&[u8])),
    /// Against a small record.
    Face(fn(&mut Face, &[u8])),
}

/// All of them, by name.
pub const TARGETS: &[Target] = &[
    Target { name: "bundle", seeds: || texts(seeds::BUNDLES), run: Run::Face(bundle) },
    Target { name: "date", seeds: dates, run: Run::Bytes(date) },
    Target { name: "dicom", seeds: files, run: Run::Bytes(dicom_file) },
    Target { name: "json", seeds: jsons, run: Run::Bytes(json) },
    Target { name: "page", seeds: || texts(&["", "_", "AAAA", "Wzd-_w"]), run: Run::Face(page) },
    Target { name: "patch", seeds: || texts(seeds::PATCHES), run: Run::Face(patch) },
    Target { name: "request", seeds: || texts(seeds::REQUESTS), run: Run::Face(request) },
    Target { name: "resource", seeds: || texts(seeds::RESOURCES), run: Run::Face(resource) },
    Target { name: "search", seeds: || texts(seeds::SEARCHES), run: Run::Face(search) },
    Target { name: "sheet", seeds: sheets, run: Run::Face(sheet) },
    Target { name: "validate", seeds: || texts(seeds::RESOURCES), run: Run::Bytes(validate) },
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|t| t.name == name)
}

fn texts(of: &[&str]) -> Vec<Vec<u8>> {
    of.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn jsons() -> Vec<Vec<u8>> {
    [seeds::RESOURCES, seeds::BUNDLES, seeds::PATCHES].concat().iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn dates() -> Vec<Vec<u8>> {
    texts(&[
        "2026",
        "2026-02",
        "2026-02-04",
        "2026-02-04T07:30",
        "2026-02-04T07:30:00.123456+08:00",
        "-0001-12-31T23:59:60Z",
        "9999-12-31",
    ])
}

/// A small picture, and the head of one.
fn files() -> Vec<Vec<u8>> {
    let mut file = [vec![0; 128], b"DICM".to_vec()].concat();
    let mut element = |group: u16, tag: u16, vr: &[u8], value: &[u8]| {
        file.extend_from_slice(&group.to_le_bytes());
        file.extend_from_slice(&tag.to_le_bytes());
        file.extend_from_slice(vr);
        file.extend_from_slice(&u16::try_from(value.len()).unwrap_or_default().to_le_bytes());
        file.extend_from_slice(value);
    };
    element(2, 0x10, b"UI", b"1.2.840.10008.1.2.1\0");
    element(8, 5, b"CS", b"GB18030 ");
    element(8, 0x16, b"UI", b"1.2.840.10008.5.1.4.1.1.2\0");
    element(8, 0x18, b"UI", b"1.2.3.4\0");
    element(8, 0x60, b"CS", b"CT");
    element(0x10, 0x10, b"PN", b"Wang^Xiao ");
    element(0x10, 0x30, b"DA", b"19600501");
    element(0x20, 0x0D, b"UI", b"1.2.3\0");
    element(0x20, 0x0E, b"UI", b"1.2.3.1\0");
    for (tag, value) in [(2, 1_u16), (0x10, 2), (0x11, 2), (0x100, 16), (0x101, 12), (0x103, 0)] {
        element(0x28, tag, b"US", &value.to_le_bytes());
    }
    element(0x7FE0, 0x10, b"OW", &[0; 2]);
    vec![file[..300].to_vec(), file]
}

fn sheets() -> Vec<Vec<u8>> {
    let mut all = texts(seeds::SHEETS);
    all.push(encoding(seeds::SHEETS[0]));
    all.push(workbook());
    all
}

fn encoding(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// The least that is a workbook.
fn workbook() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in [
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#),
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        (
            "xl/worksheets/sheet1.xml",
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="XFD1"><v>1e9</v></c></row></sheetData></worksheet>"#,
        ),
    ] {
        zip.start_file(name, options).expect("into memory");
        zip.write_all(text.as_bytes()).expect("into memory");
    }
    zip.finish().expect("into memory").into_inner()
}

/// What is read is what was sent: written again it reads the same.
fn json(bytes: &[u8]) {
    if let Ok(value) = exchange::fhir::json::read(bytes) {
        let again = exchange::fhir::json::read(value.to_string().as_bytes());
        assert_eq!(again.ok(), Some(value), "{}", String::from_utf8_lossy(bytes));
    }
}

/// A range, if it is one, is not empty.
fn date(bytes: &[u8]) {
    if let Some((from, to)) = fhir::search::instant_range(&String::from_utf8_lossy(bytes)) {
        assert!(from < to, "{}", String::from_utf8_lossy(bytes));
    }
}

/// Judged, whatever it is.
fn validate(bytes: &[u8]) {
    if let Ok(value) = exchange::fhir::json::read(bytes) {
        let _issues = fhir::validate::validate(&value, fhir::validate::Options::default());
    }
}

fn dicom_file(bytes: &[u8]) {
    if let Some(kind) = wire::sniff(bytes) {
        let _size = wire::picture_size(kind, &mut std::io::Cursor::new(bytes));
    }
    let _told = dicom::describe(bytes);
}

/// No answer is our fault, and each is what it says it is.
fn judged(of: &str, answer: &Answer) {
    let told =
        || format!("{of}: {} {}", answer.status, String::from_utf8_lossy(&answer.body[..answer.body.len().min(2_000)]));
    assert!(!answer.status.is_server_error(), "{}", told());
    let media = answer.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if media.contains("json") && !answer.body.is_empty() {
        let value: Result<Value, _> = serde_json::from_slice(&answer.body);
        assert!(value.is_ok(), "no JSON: {}", told());
        let refused = answer.status.is_client_error() && media.contains("fhir");
        assert!(
            !refused || value.is_ok_and(|v| v["resourceType"] == "OperationOutcome"),
            "no OperationOutcome: {}",
            told()
        );
    }
}

fn fhir(face: &mut Face, method: &str, path: &str, media: &str, body: &[u8]) -> Answer {
    face.rest();
    let build = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, media);
    let answer = face.send(As::Client, build, body.to_vec());
    judged(&format!("{method} {path}"), &answer);
    answer
}

fn bundle(face: &mut Face, bytes: &[u8]) {
    fhir(face, "POST", "/fhir", "application/fhir+json", bytes);
}

/// What is created reads back as it was sent.
fn resource(face: &mut Face, bytes: &[u8]) {
    let sent = exchange::fhir::json::read(bytes).unwrap_or_default();
    let ty = sent["resourceType"].as_str().and_then(fhir::ResourceType::from_name).map_or("Patient", |ty| ty.name());
    let made = fhir(face, "POST", &format!("/fhir/{ty}"), "application/fhir+json", bytes);
    if made.status != 201 {
        return;
    }
    let id = made.json()["id"].as_str().expect("an id").to_owned();
    let mut back = fhir(face, "GET", &format!("/fhir/{ty}/{id}"), "", b"").json();
    let mut sent = sent;
    for own in ["id", "meta"] {
        for body in [&mut back, &mut sent] {
            body.as_object_mut().expect("an object").shift_remove(own);
        }
    }
    assert_eq!(back, sent);
    fhir(face, "GET", &format!("/fhir/{ty}/{id}?_summary=true"), "", b"");
    fhir(face, "DELETE", &format!("/fhir/{ty}/{id}"), "", b"");
}

fn patch(face: &mut Face, bytes: &[u8]) {
    let done = fhir(face, "PATCH", "/fhir/Patient/p1", "application/json-patch+json", bytes);
    if done.status == 200 {
        fhir(face, "PUT", "/fhir/Patient/p1", "application/fhir+json", seeds::RESOURCES[0].as_bytes());
    }
}

/// A type and parameters, as a form, which may hold what an address may not; and the page after.
fn search(face: &mut Face, bytes: &[u8]) {
    let at = bytes.iter().position(|b| *b == b'?').unwrap_or(0);
    let ty = std::str::from_utf8(&bytes[..at])
        .ok()
        .and_then(fhir::ResourceType::from_name)
        .map_or("Patient", |ty| ty.name());
    let asked = &bytes[(at + 1).min(bytes.len())..];
    let found = fhir(face, "POST", &format!("/fhir/{ty}/_search"), "application/x-www-form-urlencoded", asked).json();
    let links = found["link"].as_array().cloned().unwrap_or_default();
    let next = links.iter().find(|l| l["relation"] == "next").and_then(|l| l["url"].as_str());
    if let Some(path) = next.and_then(|url| url.find("/fhir").map(|at| &url[at..]))
        && path.len() < 16_000
    {
        let page = fhir(face, "GET", path, "", b"");
        assert_eq!(page.status, 200, "{path}");
    }
}

/// A token that we did not write is refused; ours is taken.
fn page(face: &mut Face, bytes: &[u8]) {
    let first = fhir(face, "GET", "/fhir/Patient?_count=1", "", b"").json();
    let mut links = first["link"].as_array().into_iter().flatten();
    let url = links.find(|l| l["relation"] == "next").and_then(|l| l["url"].as_str()).expect("a next page");
    let ours = url.split("_page=").nth(1).and_then(|t| t.split('&').next()).expect("a token").to_owned();
    // The input is laid over a token of ours, so that some of it is right.
    let over: Vec<u8> =
        ours.bytes().zip(bytes.iter().copied().chain(std::iter::repeat(0))).map(|(a, b)| a ^ b).collect();
    for token in [over.as_slice(), &bytes[..bytes.len().min(2_000)]] {
        let encoded: String = token.iter().map(|b| format!("%{b:02X}")).collect();
        let answer = fhir(face, "GET", &format!("/fhir/Patient?_count=1&_page={encoded}"), "", b"");
        // Both alphabets of Base64 say the same, with and without its padding; without a token it is the first page.
        let same = |text: &str| text.replace('-', "+").replace('_', "/").trim_end_matches('=').to_owned();
        let is_ours = same(&String::from_utf8_lossy(token)) == same(&ours);
        assert!(answer.status != 200 || is_ours || token.is_empty(), "{encoded} was taken");
        assert!(answer.status == 200 || token != ours.as_bytes(), "{encoded} is ours");
    }
}

/// A request as it comes over the line: a method, an address, headers, an empty line, a body.
fn request(face: &mut Face, bytes: &[u8]) {
    face.rest();
    let at = bytes.windows(2).position(|w| w == b"\n\n").unwrap_or(bytes.len());
    let (head, body) = (String::from_utf8_lossy(&bytes[..at]).into_owned(), &bytes[(at + 2).min(bytes.len())..]);
    let mut lines = head.lines();
    let (method, path) = lines.next().unwrap_or_default().split_once(' ').unwrap_or(("GET", "/"));
    let (Ok(method), Ok(uri)) = (Method::from_bytes(method.as_bytes()), path.parse::<Uri>()) else { return };
    // Streams do not end, and who closes every session asks nothing more.
    if uri.path() == "/events"
        || uri.path().starts_with("/ws")
        || uri.path().starts_with("/api/session") && method != Method::POST
    {
        return;
    }
    let is_api = uri.path().starts_with("/api");
    let mut build = Request::builder().method(method).uri(uri);
    for (name, value) in lines.filter_map(|l| l.split_once(": ")) {
        let own = ["host", "authorization", "transfer-encoding", "content-length"]
            .contains(&name.to_ascii_lowercase().as_str());
        if let (false, Ok(name), Ok(value)) = (own, HeaderName::try_from(name), HeaderValue::from_str(value)) {
            build = build.header(name, value);
        }
    }
    let who = if is_api { As::Administrator } else { As::Client };
    let answer = face.send(who, build, body.to_vec());
    judged(&head, &answer);
}

/// Looked at, never applied.
fn sheet(face: &mut Face, bytes: &[u8]) {
    face.rest();
    for what in ["people", "hospitals"] {
        let build = Request::post(format!("/api/admin/import?what={what}"))
            .header(header::CONTENT_TYPE, "application/octet-stream");
        judged(what, &face.send(As::Administrator, build, bytes.to_vec()));
    }
}
