//! How a key image is written as FHIR and read back: the only place that knows (docs/FHIR.md). R4 has no ImagingSelection;
//! a Media holds the picture, and an extension says where it was taken from.

use super::key_image::{Mark, Marked, Picture};
use super::resources::{About, BLOB, Kept, mark as tag};
use fhir::{Reference, ResourceType};
use kernel::Id;
use platform::case::write_who;
use serde_json::{Map, Value, json};

/// Where a key image was taken from and how it is shown.
const KEY_IMAGE: &str = "urn:consilium:ext:key-image";
const DICOM_UID: &str = "urn:dicom:uid";
const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";

/// A key image of a signed opinion.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyImage {
    /// The Media.
    pub id: Id,
    /// Where, and how it is shown.
    pub mark: Mark,
    /// What was on the glass.
    pub picture: Picture,
}

/// The Media.
pub fn media(at: &Reference, of: &Marked, kept: Kept, case: &Id, about: &About<'_>) -> Value {
    let mark = &of.mark;
    let view = Value::Object(mark.view.clone()).to_string();
    let part = |name: &str, value: &str| json!({ "url": name, "valueString": value });
    let mut parts = vec![
        json!({ "url": "imagingStudy", "valueReference": { "reference": mark.imaging_study } }),
        part("study", &mark.study),
        part("series", &mark.series),
        part("instance", &mark.instance),
        json!({ "url": "frame", "valuePositiveInt": mark.frame }),
        part("number", &mark.number),
        part("presentation", &view),
        part("description", &mark.description),
    ];
    if let Some(date) = &mark.date {
        parts.push(json!({ "url": "date", "valueDateTime": date }));
    }
    // An empty string is no value in FHIR.
    parts.retain(|part| part["valueString"] != "");
    let mut body = json!({
        "resourceType": "Media",
        "extension": [{ "url": KEY_IMAGE, "extension": parts }],
        "identifier": [{ "system": DICOM_UID, "value": format!("urn:oid:{}", mark.instance) }],
        "basedOn": [{ "reference": about.case.to_string() }],
        "status": "completed",
        "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/media-type", "code": "image" }] },
        "modality": { "coding": [{ "system": DCM, "code": mark.modality }] },
        "subject": { "reference": about.patient.to_string() },
        "createdDateTime": about.at.to_string(),
        "operator": write_who(&about.by),
        "width": of.width,
        "height": of.height,
        "content": {
            "extension": [{ "url": BLOB, "valueString": hex::encode(kept.sha256) }],
            "contentType": "image/png",
            "url": format!("/api/consults/{case}/opinion/images/{}", at.id),
            "size": kept.bytes,
            "creation": about.at.to_string(),
        },
    });
    if !mark.note.is_empty() {
        body["note"] = json!([{ "text": mark.note }]);
    }
    tag(&mut body, about);
    body
}

/// Reads it back; none when it is no key image of ours.
pub fn read(id: &Id, body: &Value) -> Option<KeyImage> {
    let parts = body["extension"].as_array()?.iter().find(|e| e["url"] == KEY_IMAGE)?["extension"].as_array()?;
    let part = |name: &str| parts.iter().find(|p| p["url"] == name);
    let text = |name: &str| part(name).and_then(|p| p["valueString"].as_str()).unwrap_or_default().to_owned();
    let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
    let blob = body["content"]["extension"].as_array()?.iter().find(|e| e["url"] == BLOB)?["valueString"].as_str()?;
    let view: Map<String, Value> = serde_json::from_str(&text("presentation")).ok()?;
    Some(KeyImage {
        id: id.clone(),
        mark: Mark {
            imaging_study: part("imagingStudy")?["valueReference"]["reference"].as_str()?.to_owned(),
            study: text("study"),
            series: text("series"),
            instance: text("instance"),
            frame: number(&part("frame")?["valuePositiveInt"])?,
            number: text("number"),
            note: body["note"][0]["text"].as_str().unwrap_or_default().to_owned(),
            view,
            date: part("date").and_then(|p| p["valueDateTime"].as_str()).map(str::to_owned),
            modality: body["modality"]["coding"][0]["code"].as_str().unwrap_or_default().to_owned(),
            description: text("description"),
        },
        picture: Picture {
            kept: Kept {
                sha256: hex::decode(blob).ok()?.try_into().ok()?,
                bytes: usize::try_from(body["content"]["size"].as_u64()?).ok()?,
            },
            width: number(&body["width"])?,
            height: number(&body["height"])?,
        },
    })
}

/// The reference to a key image; none only if FHIR had no Media.
pub fn at(id: Id) -> Option<Reference> {
    Some(Reference::new(ResourceType::from_name("Media")?, id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::case::Who;

    #[test]
    fn a_key_image_is_read_back_as_it_was_written() {
        let id = |text: &str| Id::new(text).unwrap();
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
            demonstration: false,
        };
        let view = json!({"voi": {"center": -600, "width": 1500}, "marks": [{"kind": "length"}]});
        let mark = Mark {
            imaging_study: "ImagingStudy/s".into(),
            study: "1.2.3".into(),
            series: "1.2.3.4".into(),
            instance: "1.2.3.4.5".into(),
            frame: 2,
            number: "12/24".into(),
            note: "结节 8 mm".into(),
            view: view.as_object().unwrap().clone(),
            date: Some("2026-02-06".into()),
            modality: "CT".into(),
            description: String::new(),
        };
        assert_eq!(mark.window().as_deref(), Some("W 1500 L -600"));
        let marked = Marked { mark: mark.clone(), png: vec![1, 2].into(), width: 30, height: 20 };
        let kept = Kept { sha256: [7; 32], bytes: 2 };
        let body = media(&at(id("m")).unwrap(), &marked, kept, &id("c"), &about);
        let picture = Picture { kept, width: 30, height: 20 };
        assert_eq!(read(&id("m"), &body), Some(KeyImage { id: id("m"), mark, picture }));
        assert!(!body.to_string().contains("\"\""), "no empty value");
    }
}
