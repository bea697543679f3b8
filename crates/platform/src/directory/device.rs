//! Terminals and devices as the administration keeps them, put out of use too: how they are laid over what stands in the
//! record already, and read back (FHIR R4 Device). Gateways and programs are Devices of other slices, and none of these.

use super::profile::set;
use super::resources::{code_of, id, refers, text};
use crate::codes;
use fhir::{Reference, ResourceType};
use kernel::Id;
use serde_json::{Value, json};

/// DICOM's own codes, where a kind is a modality (PS3.16, CID 29).
const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const MODALITIES: &[(&str, &str)] = &[
    ("ct", "CT"),
    ("mr", "MR"),
    ("x-ray", "DX"),
    ("ultrasound", "US"),
    ("endoscope", "ES"),
    ("ecg", "ECG"),
    ("slide-scanner", "SM"),
];

/// The kind that joins a consultation for a whole room: camera, microphone, screen.
pub const TERMINAL: &str = "terminal";

/// A terminal or a device of a hospital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The Device's id.
    pub id: Id,
    /// One of [`codes::DEVICES`].
    pub kind: String,
    /// In use.
    pub active: bool,
    /// As the hospital calls it.
    pub name: String,
    /// Whose it is.
    pub hospital: Id,
    /// The room, ward or bed where it stands.
    pub place: Option<Id>,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// The number of this one.
    pub serial: Option<String>,
}

impl Device {
    /// Where it stands in the record.
    pub fn at(&self) -> Reference {
        Reference::new(ResourceType::DEVICE, self.id.clone())
    }

    /// Whether a consultation can be joined by it.
    pub fn is_terminal(&self) -> bool {
        self.active && self.kind == TERMINAL
    }

    /// Reads a Device of the administration's.
    pub fn read(v: &Value) -> Option<Self> {
        let types = json!([v["type"]]);
        let kind = code_of(&types, codes::DEVICE).filter(|kind| codes::knows(codes::DEVICES, kind))?;
        let given = |member: &str| v[member].as_str().map(str::to_owned);
        Some(Self {
            id: id(v)?,
            kind: kind.to_owned(),
            active: v["status"] == "active",
            name: text(&v["deviceName"][0]["name"]),
            hospital: refers(&v["owner"], ResourceType::ORGANIZATION)?,
            place: refers(&v["location"], ResourceType::LOCATION),
            manufacturer: given("manufacturer"),
            model: given("modelNumber"),
            serial: given("serialNumber"),
        })
    }

    /// The Device: this, over `before`.
    pub fn lay(&self, before: Option<Value>) -> Value {
        let mut body = before.unwrap_or_else(|| json!({}));
        let modality = MODALITIES.iter().find(|(kind, _)| *kind == self.kind);
        let modality = modality.map(|(_, code)| json!({"system": DCM, "code": code}));
        let coding: Vec<Value> =
            [Some(json!({"system": codes::DEVICE, "code": self.kind})), modality].into_iter().flatten().collect();
        for (member, value) in [
            ("resourceType", Some(json!("Device"))),
            ("id", Some(json!(self.id))),
            ("status", Some(json!(if self.active { "active" } else { "inactive" }))),
            ("manufacturer", self.manufacturer.as_ref().map(|m| json!(m))),
            ("serialNumber", self.serial.as_ref().map(|s| json!(s))),
            ("deviceName", Some(json!([{"name": self.name, "type": "user-friendly-name"}]))),
            ("modelNumber", self.model.as_ref().map(|m| json!(m))),
            ("type", Some(json!({"coding": coding}))),
            ("owner", Some(json!({"reference": format!("Organization/{}", self.hospital)}))),
            ("location", self.place.as_ref().map(|place| json!({"reference": format!("Location/{place}")}))),
        ] {
            set(&mut body, member, value);
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_read_back_over_what_others_wrote() {
        let id = |text: &str| Id::new(text).unwrap();
        for (kind, ..) in codes::DEVICES {
            let device = Device {
                id: id("d"),
                kind: (*kind).to_owned(),
                active: true,
                name: "一号终端".into(),
                hospital: id("h"),
                place: Some(id("room-1")),
                manufacturer: Some("宝利通".into()),
                model: Some("G7500".into()),
                serial: Some("8L-2211".into()),
            };
            let body = device.lay(Some(json!({"lotNumber": "L7", "note": [{"text": "从旧院区搬来"}]})));
            assert_eq!(Device::read(&body), Some(device.clone()));
            assert_eq!(body["lotNumber"], "L7");
            let out = Device { active: false, place: None, manufacturer: None, model: None, serial: None, ..device };
            assert!(!out.is_terminal());
            assert_eq!(Device::read(&out.lay(Some(body))), Some(out));
        }
        assert!(MODALITIES.iter().all(|(kind, _)| codes::knows(codes::DEVICES, kind)));
    }

    #[test]
    fn gateways_and_programs_are_none() {
        let of = |ty: Value| json!({"resourceType": "Device", "id": "g", "status": "active", "type": ty, "owner": {"reference": "Organization/h"}});
        let gateway = of(json!({"coding": [{"system": codes::DEVICE, "code": "gateway"}]}));
        assert_eq!(Device::read(&gateway), None);
        assert_eq!(Device::read(&of(Value::Null)), None);
        assert_eq!(
            Device::read(&of(json!({"coding": [{"system": "http://snomed.info/sct", "code": "706004007"}]}))),
            None
        );
    }
}
