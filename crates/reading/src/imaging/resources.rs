//! How a study and a document are written as FHIR, and read back: the only place that knows.

use super::store::rows::SeriesFound;
use super::store::rows::StudyRow;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use serde_json::{Map, Value, json};

/// SHA-256 of a document's bytes, on its DocumentReference.
pub(crate) const BLOB: &str = "urn:consilium:blob:sha256";
const DICOM_UID: &str = "urn:dicom:uid";
const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// The ImagingStudy of a study, from its rows.
pub(crate) fn imaging_study(study: &StudyRow, series: &[SeriesFound]) -> Value {
    let modality = |code: &str| json!({ "system": DCM, "code": code });
    let mut modalities: Vec<&str> = series.iter().map(|s| s.series.modality.as_str()).collect();
    modalities.sort_unstable();
    modalities.dedup();
    let mut body = Map::new();
    body.insert("resourceType".into(), "ImagingStudy".into());
    body.insert("identifier".into(), json!([{ "system": DICOM_UID, "value": format!("urn:oid:{}", study.study.uid) }]));
    body.insert("status".into(), "available".into());
    body.insert("modality".into(), modalities.into_iter().map(modality).collect());
    body.insert("subject".into(), subject(study.patient.as_ref()));
    if let Some(started) = study.study.date.as_deref().and_then(date) {
        body.insert("started".into(), started.into());
    }
    body.insert("basedOn".into(), json!([{ "reference": case_reference(&study.case).to_string() }]));
    body.insert("numberOfSeries".into(), series.len().into());
    body.insert("numberOfInstances".into(), series.iter().map(|s| s.instances).sum::<u64>().into());
    if let Some(description) = &study.study.description {
        body.insert("description".into(), description.as_str().into());
    }
    let of_series = |found: &SeriesFound| {
        let series = &found.series;
        let mut one = Map::new();
        one.insert("uid".into(), series.uid.as_str().into());
        if let Some(number) = series.number.and_then(|n| u32::try_from(n).ok()) {
            one.insert("number".into(), number.into());
        }
        one.insert("modality".into(), modality(&series.modality));
        if let Some(description) = &series.description {
            one.insert("description".into(), description.as_str().into());
        }
        one.insert("numberOfInstances".into(), found.instances.into());
        if let Some(part) = &series.body_part {
            one.insert("bodySite".into(), json!({ "display": part }));
        }
        Value::Object(one)
    };
    body.insert("series".into(), series.iter().map(of_series).collect());
    body.into()
}

/// A case by its id.
pub(crate) fn case_reference(case: &Id) -> Reference {
    Reference::new(ResourceType::SERVICE_REQUEST, case.clone())
}

fn subject(patient: Option<&Id>) -> Value {
    match patient {
        Some(id) => json!({ "reference": format!("Patient/{id}") }),
        None => json!({ "display": "not yet identified" }),
    }
}

/// `YYYYMMDD` as a FHIR date; a day that no calendar has is left out rather than carried on.
fn date(dicom: &str) -> Option<String> {
    jiff::civil::Date::strptime("%Y%m%d", dicom).ok().map(|day| day.to_string())
}

/// A document of a case.
pub(crate) struct Document {
    pub id: Id,
    pub name: String,
    pub media_type: String,
    pub bytes: u64,
    pub sha256: [u8; 32],
    pub at: Time,
}

/// The DocumentReference of a document.
pub(crate) fn document_reference(document: &Document, case: &Id, patient: Option<&Id>, author: &Id) -> Value {
    json!({
        "resourceType": "DocumentReference",
        "identifier": [{ "system": BLOB, "value": hex::encode(document.sha256) }],
        "status": "current",
        "subject": subject(patient),
        "date": document.at.to_string(),
        "author": [{ "reference": format!("PractitionerRole/{author}") }],
        "content": [{ "attachment": {
            "contentType": document.media_type,
            "url": format!("/api/consults/{case}/documents/{}", document.id),
            "size": document.bytes,
            "title": document.name,
            "creation": document.at.to_string(),
        } }],
        "context": { "related": [{ "reference": case_reference(case).to_string() }] },
    })
}

/// Reads it back; none when it is no document of ours.
pub(crate) fn document(id: &Id, body: &Value) -> Option<Document> {
    let identifiers = body["identifier"].as_array()?;
    let hash = identifiers.iter().find(|i| i["system"] == BLOB)?["value"].as_str()?;
    let attachment = &body["content"][0]["attachment"];
    Some(Document {
        id: id.clone(),
        name: attachment["title"].as_str().unwrap_or_default().to_owned(),
        media_type: attachment["contentType"].as_str()?.to_owned(),
        bytes: attachment["size"].as_u64().unwrap_or_default(),
        sha256: hex::decode(hash).ok()?.try_into().ok()?,
        at: attachment["creation"].as_str()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_back_as_it_was_written() {
        let id = |text: &str| Id::new(text).unwrap();
        let written = Document {
            id: id("d"),
            name: "出院小结.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: 12,
            sha256: [7; 32],
            at: "2026-11-21T02:00:00Z".parse().unwrap(),
        };
        let body = document_reference(&written, &id("c"), Some(&id("p")), &id("r"));
        let read = document(&id("d"), &body).unwrap();
        assert_eq!((read.name, read.bytes, read.sha256, read.at), (written.name, 12, [7; 32], written.at));
    }

    #[test]
    fn days_that_are_none_are_left_out() {
        for (dicom, fhir) in [("20200206", Some("2020-02-06")), ("20200231", None), ("2020", None), ("", None)] {
            assert_eq!(date(dicom).as_deref(), fhir, "{dicom}");
        }
    }
}
