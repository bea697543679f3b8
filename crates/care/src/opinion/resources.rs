//! How a signed opinion is written as FHIR and read back: the only place that knows (docs/FHIR.md).
//!
//! Composition (the words, final; its key images are Media, see `media`), DocumentReference (the printed sheet and the evidence), Provenance (both signatures).

use super::print::Replaced;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::case::{Who, write_who};
use platform::pki::Signature;
use records::without_versions;
use serde_json::{Value, json};

/// SHA-256 of bytes kept as a blob.
pub(super) const BLOB: &str = "urn:consilium:blob:sha256";
/// Names the printed sheet to whoever holds it, and to nobody else (`verify`).
pub const VERIFY: &str = "urn:consilium:verify-code";
/// Why the version before was replaced.
const AMENDMENT: &str = "urn:consilium:ext:amendment-reason";
/// The opinion's number and version.
const OPINION: &str = "urn:consilium:opinion";
/// A section's words exactly as typed; the narrative beside them is for readers.
const AS_TYPED: &str = "urn:consilium:ext:as-typed";
/// Which section.
const SECTION: &str = "urn:consilium:opinion-section";
/// The section that refers to the key images.
const KEY_IMAGES: &str = "key-images";
/// The certificate of a signature's key, PEM.
const CERTIFICATE: &str = "urn:consilium:ext:certificate";
/// Its subject, in words.
const SUBJECT: &str = "urn:consilium:ext:certificate-subject";
const ASTM: &str = "urn:iso-astm:E1762-95:2013";
/// ASTM E1762: the author's signature, and one that verifies it.
const AUTHOR: &str = "1.2.840.10065.1.12.1.1";
const VERIFICATION: &str = "1.2.840.10065.1.12.1.5";
const ALGORITHM: &str = "application/x-ecdsa-p256-sha256";

/// What the doctor wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What was seen.
    pub findings: String,
    /// What it means.
    pub opinion: String,
    /// What to do.
    pub advice: String,
}

impl Text {
    fn sections(&self) -> [(&'static str, &'static str, &str); 3] {
        [
            ("findings", "所见 Findings", &self.findings),
            ("opinion", "会诊意见 Opinion", &self.opinion),
            ("advice", "建议 Advice", &self.advice),
        ]
    }
}

/// What an opinion is about, and who gives it.
#[derive(Debug, Clone)]
pub struct About<'a> {
    /// The ServiceRequest.
    pub case: &'a Reference,
    /// Its number.
    pub number: &'a str,
    /// The Patient.
    pub patient: &'a Reference,
    /// The asking hospital, which keeps it.
    pub custodian: &'a kernel::Id,
    /// Who signs.
    pub by: Who,
    /// When.
    pub at: Time,
    /// 1 for the first.
    pub version: u32,
    /// The version before, of an amendment.
    pub replaces: Option<&'a Replaced>,
    /// Made for show.
    pub demonstration: bool,
}

/// The Composition. `images` are the Media of its key images, in order.
pub fn composition(text: &Text, images: &[Reference], about: &About<'_>) -> Value {
    let section = |(code, title, typed): (&str, &str, &str)| {
        let typed_out = typed.trim();
        (!typed_out.is_empty()).then(|| {
            json!({
                "extension": [{ "url": AS_TYPED, "valueString": typed }],
                "title": title,
                "code": { "coding": [{ "system": SECTION, "code": code }] },
                "text": { "status": "generated", "div": narrative(typed) },
            })
        })
    };
    let mut sections: Vec<Value> = text.sections().into_iter().filter_map(section).collect();
    if !images.is_empty() {
        sections.push(json!({
            "title": "关键影像 Key images",
            "code": { "coding": [{ "system": SECTION, "code": KEY_IMAGES }] },
            "entry": images.iter().map(|at| json!({ "reference": at.to_string() })).collect::<Vec<_>>(),
        }));
    }
    let at = about.at.to_string();
    let mut body = json!({
        "resourceType": "Composition",
        "identifier": { "system": OPINION, "value": format!("{}/{}", about.number, about.version) },
        "status": if about.replaces.is_some() { "amended" } else { "final" },
        "type": { "coding": [{ "system": "http://loinc.org", "code": "11488-4", "display": "Consult note" }] },
        "subject": { "reference": about.patient.to_string() },
        "date": at,
        "author": [write_who(&about.by)],
        "title": "远程会诊意见书 Teleconsultation opinion",
        "attester": [
            { "mode": "professional", "time": at, "party": practitioner(&about.by) },
            { "mode": "official", "time": at, "party": organization(&about.by.hospital) },
        ],
        "custodian": organization(about.custodian),
        "event": [{ "detail": [{ "reference": about.case.to_string() }] }],
        "section": sections,
    });
    if let Some(before) = about.replaces {
        body["extension"] = json!([{ "url": AMENDMENT, "valueString": before.reason }]);
        body["relatesTo"] = json!([{ "code": "replaces", "targetReference": { "reference": before.at.to_string() } }]);
    }
    mark(&mut body, about);
    body
}

/// Which version a Composition is, when it was signed, which it replaces and why.
pub struct Standing {
    /// 1 for the first.
    pub version: u32,
    /// When it was signed.
    pub at: Time,
    /// The Composition before.
    pub replaces: Option<Id>,
    /// Why that was replaced.
    pub reason: Option<String>,
}

/// Reads a [`Standing`].
pub fn read_standing(composition: &Value) -> Option<Standing> {
    let version = composition["identifier"]["value"].as_str()?.rsplit_once('/')?.1.parse().ok()?;
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let replaces = items(&composition["relatesTo"]).into_iter().find(|r| r["code"] == "replaces");
    let reason = items(&composition["extension"]).into_iter().find(|e| e["url"] == AMENDMENT);
    Some(Standing {
        version,
        at: composition["date"].as_str()?.parse().ok()?,
        replaces: replaces.and_then(|r| {
            let at: Reference = r["targetReference"]["reference"].as_str()?.parse().ok()?;
            Some(at.id)
        }),
        reason: reason.and_then(|r| r["valueString"].as_str().map(str::to_owned)),
    })
}

pub(super) fn mark(body: &mut Value, about: &About<'_>) {
    if about.demonstration {
        body["meta"] = json!({ "tag": [{ "system": platform::codes::TAG, "code": "demonstration" }] });
    }
}

/// The doctor's words out of a Composition.
pub fn read_text(composition: &Value) -> Text {
    let of = |code: &str| {
        let sections = composition["section"].as_array().map(Vec::as_slice).unwrap_or_default();
        let section = sections.iter().find(|s| s["code"]["coding"][0]["code"] == code);
        let extensions = section.and_then(|s| s["extension"].as_array()).map(Vec::as_slice).unwrap_or_default();
        let typed = extensions.iter().find(|e| e["url"] == AS_TYPED).and_then(|e| e["valueString"].as_str());
        typed.unwrap_or_default().to_owned()
    };
    Text { findings: of("findings"), opinion: of("opinion"), advice: of("advice") }
}

/// The Media of a Composition's key images, in order.
pub fn read_images(composition: &Value) -> Vec<Reference> {
    let sections = composition["section"].as_array().map(Vec::as_slice).unwrap_or_default();
    let section = sections.iter().find(|s| s["code"]["coding"][0]["code"] == KEY_IMAGES);
    let entries = section.and_then(|s| s["entry"].as_array()).map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter_map(|e| e["reference"].as_str()?.parse().ok()).collect()
}

/// Bytes kept as a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Their hash.
    pub sha256: [u8; 32],
    /// How many.
    pub bytes: usize,
}

/// The files of a version.
pub struct Issue<'a> {
    /// Names the sheet to whoever holds it.
    pub code: &'a str,
    /// The printed sheet.
    pub pdf: Kept,
    /// The evidence.
    pub evidence: Kept,
    /// The sheet's language.
    pub language: &'a str,
}

/// The DocumentReference: the printed sheet and the evidence.
pub fn document(about: &About<'_>, case: &kernel::Id, issue: &Issue<'_>) -> Value {
    let Issue { code, pdf, evidence, language } = issue;
    let of = about.version;
    let attachment = |kind: &str, path: &str, title: &str, kept: &Kept| {
        json!({ "attachment": {
            "extension": [{ "url": BLOB, "valueString": hex::encode(kept.sha256) }],
            "contentType": kind,
            "language": language,
            "url": format!("/api/consults/{case}/{path}?version={of}"),
            "size": kept.bytes,
            "title": title,
            "creation": about.at.to_string(),
        } })
    };
    let mut body = json!({
        "resourceType": "DocumentReference",
        "identifier": [{ "system": VERIFY, "value": code }],
        "status": "current",
        "docStatus": "final",
        "type": { "coding": [{ "system": "http://loinc.org", "code": "11488-4", "display": "Consult note" }] },
        "subject": { "reference": about.patient.to_string() },
        "date": about.at.to_string(),
        "author": [practitioner(&about.by)],
        "authenticator": practitioner(&about.by),
        "custodian": organization(about.custodian),
        "content": [
            attachment("application/pdf", "opinion.pdf", "opinion.pdf", pdf),
            attachment("application/zip", "opinion/evidence", "evidence.zip", evidence),
        ],
        "context": { "related": [{ "reference": about.case.to_string() }] },
    });
    if let Some(before) = about.replaces {
        let sheet = format!("DocumentReference/{}", before.at.id);
        body["relatesTo"] = json!([{ "code": "replaces", "target": { "reference": sheet } }]);
    }
    mark(&mut body, about);
    body
}

/// The blobs of a [`document`]: sheet, evidence.
pub fn read_document(document: &Value) -> Option<(Kept, Kept)> {
    let kept = |at: usize| {
        let attachment = &document["content"][at]["attachment"];
        let extension = attachment["extension"].as_array()?.iter().find(|e| e["url"] == BLOB)?;
        let sha256 = hex::decode(extension["valueString"].as_str()?).ok()?.try_into().ok()?;
        Some(Kept { sha256, bytes: usize::try_from(attachment["size"].as_u64()?).ok()? })
    };
    Some((kept(0)?, kept(1)?))
}

/// The Provenance: what was signed and both signatures over its manifest.
pub fn provenance(
    about: &About<'_>,
    targets: &[&Reference],
    manifest_sha256: &[u8; 32],
    signature: &Signature,
    seal: &Signature,
) -> Value {
    let signed = |kind: &str, who: Value, by: &Signature| {
        json!({
            "extension": [
                { "url": CERTIFICATE, "valueString": by.certificate_pem },
                { "url": SUBJECT, "valueString": by.subject },
                { "url": BLOB, "valueString": hex::encode(manifest_sha256) },
            ],
            "type": [{ "system": ASTM, "code": kind }],
            "when": about.at.to_string(),
            "who": who,
            "targetFormat": "application/json",
            "sigFormat": ALGORITHM,
            "data": base64(&by.der),
        })
    };
    let mut body = json!({
        "resourceType": "Provenance",
        "target": targets.iter().map(|t| json!({ "reference": t.to_string() })).collect::<Vec<_>>(),
        "recorded": about.at.to_string(),
        "agent": [{
            "type": { "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "author" }] },
            "who": practitioner(&about.by),
            "onBehalfOf": organization(&about.by.hospital),
        }],
        "signature": [
            signed(AUTHOR, practitioner(&about.by), signature),
            signed(VERIFICATION, organization(&about.by.hospital), seal),
        ],
    });
    mark(&mut body, about);
    body
}

/// What a screen says of the author's signature: the certificate's subject, the manifest's hash.
pub fn read_provenance(provenance: &Value) -> Option<(String, String)> {
    let signatures = provenance["signature"].as_array()?;
    let author = signatures.iter().find(|s| s["type"][0]["code"] == AUTHOR)?;
    let of = |url: &str| {
        let extension = author["extension"].as_array()?.iter().find(|e| e["url"] == url)?;
        extension["valueString"].as_str().map(str::to_owned)
    };
    Some((of(SUBJECT)?, of(BLOB)?))
}

/// The bytes the store keeps of a resource, and hashes into the ledger: without type, id, version and time.
pub fn stored_bytes(body: &Value) -> Result<Vec<u8>, serde_json::Error> {
    let mut kept = without_versions(body.clone());
    if let Some(members) = kept.as_object_mut() {
        members.shift_remove("resourceType");
        members.shift_remove("id");
        if let Some(meta) = members.shift_remove("meta") {
            members.shift_insert(0, "meta".to_owned(), meta);
        }
    }
    serde_json::to_vec(&kept)
}

fn practitioner(who: &Who) -> Value {
    json!({ "reference": Reference::new(ResourceType::PRACTITIONER, who.person.clone()).to_string() })
}

fn organization(id: &kernel::Id) -> Value {
    json!({ "reference": Reference::new(ResourceType::ORGANIZATION, id.clone()).to_string() })
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Typed words as XHTML: a paragraph a line.
fn narrative(typed: &str) -> String {
    let mut out = String::from("<div xmlns=\"http://www.w3.org/1999/xhtml\">");
    for line in typed.lines().filter(|l| !l.trim().is_empty()) {
        out.push_str("<p>");
        for c in line.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                c if c.is_control() => {}
                c => out.push(c),
            }
        }
        out.push_str("</p>");
    }
    out.push_str("</div>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Id;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    #[test]
    fn words_come_back_as_typed_and_do_no_harm() {
        let (case, patient) =
            (Reference::new(ResourceType::SERVICE_REQUEST, id("c")), Reference::new(ResourceType::PATIENT, id("p")));
        let about = About {
            case: &case,
            number: "20261121-0001",
            patient: &patient,
            custodian: &id("county"),
            by: Who { role: id("r"), person: id("li"), hospital: id("province") },
            at: "2026-11-21T02:00:00Z".parse().unwrap(),
            version: 1,
            replaces: None,
            demonstration: true,
        };
        let text = Text {
            findings: "SpO2 < 93 % & falling\r\n\r\n  <script>alert(1)</script>".to_owned(),
            opinion: "重型".to_owned(),
            advice: String::new(),
        };
        let image = crate::opinion::media::at(id("m")).unwrap();
        let body = composition(&text, std::slice::from_ref(&image), &about);
        assert_eq!(read_images(&body), [image]);
        assert_eq!(read_text(&body), text);
        let divs = body["section"].to_string();
        assert!(!divs.contains("<script>alert(1)</script></p>") && divs.contains("&lt;script&gt;"), "{divs}");
        assert_eq!(body["section"].as_array().unwrap().len(), 3, "an empty section is not written");
        assert_eq!(body["meta"]["tag"][0]["code"], "demonstration");

        let first = read_standing(&body).unwrap();
        assert_eq!((first.version, first.replaces, first.reason), (1, None, None));
        let before = Replaced {
            at: Reference::new(ResourceType::COMPOSITION, id("first")),
            version: 1,
            signed_at: about.at,
            manifest_sha256: "00".to_owned(),
            reason: "剂量有误".to_owned(),
        };
        let amended = composition(&text, &[], &About { version: 2, replaces: Some(&before), ..about });
        assert_eq!((&amended["status"], &body["status"]), (&json!("amended"), &json!("final")));
        let second = read_standing(&amended).unwrap();
        assert_eq!(
            (second.version, second.replaces, second.reason.as_deref()),
            (2, Some(id("first")), Some("剂量有误"))
        );

        let mut read = body.clone();
        read["id"] = "x".into();
        read["meta"]["versionId"] = "1".into();
        read["meta"]["lastUpdated"] = "2026-11-21T02:00:00Z".into();
        assert_eq!(stored_bytes(&read).unwrap(), stored_bytes(&body).unwrap());
    }
}
