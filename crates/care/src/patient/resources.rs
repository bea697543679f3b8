//! How a patient is written as FHIR and read back: the only place that knows.

use super::identifier::{DRILL, IdentifierKind, PASSPORT, RESIDENT, TEMPORARY};
use super::model::{self, Age, NewPatient};
use fhir::Reference;
use jiff::civil::Date;
use platform::directory::HospitalRef;
use records::without_versions;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// On a HumanName: how it is looked for, `wangxiaoming` and `wxm`. Searched by our parameter `name-key`.
pub const NAME_KEY: &str = "urn:consilium:extension:name-key";
/// ISO 21090: this name is a syllabic writing of the other (HL7 FHIR R4, iso21090-EN-representation).
const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
/// What is known of a person nobody knows.
const FOUND_AT: &str = "urn:consilium:extension:found-at";
const MARKS: &str = "urn:consilium:extension:marks";
const APPROX_AGE: &str = "urn:consilium:extension:approximate-age";

/// A patient as people see one: enough not to mistake one for another.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PatientCard {
    /// The Patient's id.
    pub id: String,
    /// The name, or its mask; empty for an unknown person.
    pub name: String,
    /// How it sounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinyin: Option<String>,
    /// Administrative sex.
    pub sex: String,
    /// As precise as it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// Age today; estimated for an unknown person.
    pub age: Option<Age>,
    /// The second thing to tell people apart by.
    pub identifier: CardIdentifier,
    /// Telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// To be identified later.
    pub unknown: bool,
    /// Nobody: made up for a drill, and so is all that is done for them.
    pub drill: bool,
    /// Where somebody unknown was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_at: Option<String>,
    /// Marks, clothes, belongings of somebody unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marks: Option<String>,
    /// Other records of the same person, as a human has confirmed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linked: Vec<String>,
    /// The record's version: what a change of it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Name and number are masked for this reader.
    pub masked: bool,
    /// The hospital that keeps this record.
    pub hospital: HospitalRef,
}

/// An identifier as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardIdentifier {
    /// Its kind.
    pub kind: IdentifierKind,
    /// Its value; masked or absent for those who need not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// The Patient resource.
pub fn write(id: &kernel::Id, patient: &NewPatient, hospital: &kernel::Id) -> Value {
    let (kind, value) = &patient.identifier;
    let identifier = match (kind, value) {
        (IdentifierKind::Resident, Some(v)) => {
            json!({ "use": "official", "type": coding("NI"), "system": RESIDENT, "value": v })
        }
        (IdentifierKind::Passport, Some(v)) => {
            json!({ "use": "official", "type": coding("PPN"), "system": PASSPORT, "value": v })
        }
        (IdentifierKind::Drill, _) => json!({ "use": "temp", "system": DRILL, "value": temporary(id) }),
        _ => json!({ "use": "temp", "system": TEMPORARY, "value": temporary(id) }),
    };
    let mut body = Map::new();
    body.insert("resourceType".into(), "Patient".into());
    if let Some(unknown) = &patient.unknown {
        let extensions: Vec<Value> = [
            unknown.found_at.as_ref().map(|t| json!({ "url": FOUND_AT, "valueString": t })),
            unknown.marks.as_ref().map(|t| json!({ "url": MARKS, "valueString": t })),
            unknown.approx_age.map(|years| {
                json!({ "url": APPROX_AGE, "valueAge": { "value": years, "unit": "a", "system": "http://unitsofmeasure.org", "code": "a" } })
            }),
        ]
        .into_iter()
        .flatten()
        .collect();
        if !extensions.is_empty() {
            body.insert("extension".into(), extensions.into());
        }
    }
    body.insert("identifier".into(), json!([identifier]));
    body.insert("active".into(), true.into());
    if let Some(name) = &patient.name {
        let sound = fhir::pinyin::read(&name.family, &name.given);
        let given: Vec<&str> = [name.given.as_str()].into_iter().filter(|g| !g.is_empty()).collect();
        let mut written = json!({
            "extension": [
                { "url": NAME_KEY, "valueString": format!("{}{}", sound.family, sound.given) },
                { "url": NAME_KEY, "valueString": sound.initials },
            ],
            "use": "official", "text": name.text, "family": name.family,
        });
        if !given.is_empty() {
            written["given"] = json!(given);
        }
        let mut names = vec![written];
        if !name.text.is_ascii() {
            let mut syllabic = json!({
                "extension": [{ "url": REPRESENTATION, "valueCode": "SYL" }],
                "text": sound.text(), "family": sound.family,
            });
            if !sound.given.is_empty() {
                syllabic["given"] = json!([sound.given]);
            }
            names.push(syllabic);
        }
        body.insert("name".into(), names.into());
    }
    if let Some(phone) = &patient.phone {
        body.insert("telecom".into(), json!([{ "system": "phone", "value": phone }]));
    }
    body.insert("gender".into(), patient.sex.code().into());
    if let Some(date) = &patient.birth_date {
        body.insert("birthDate".into(), date.as_str().into());
    }
    body.insert("managingOrganization".into(), json!({ "reference": format!("Organization/{hospital}") }));
    let mut body = body.into();
    if *kind == IdentifierKind::Drill {
        platform::drill::label(&mut body);
    }
    body
}

/// Somebody who was unknown, with who it is: the record stays the same, and so does the name it had meanwhile.
pub fn identified(before: &Value, who: Value) -> Value {
    let mut body = who;
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut identifiers = items(&body["identifier"]);
    for mut old in items(&before["identifier"]).into_iter().filter(|i| i["system"] == TEMPORARY) {
        identifiers.retain(|i| i["system"] != TEMPORARY);
        old["use"] = "old".into();
        identifiers.push(old);
    }
    body["identifier"] = identifiers.into();
    let kept: Vec<Value> =
        items(&before["extension"]).into_iter().filter(|e| e["url"] == FOUND_AT || e["url"] == MARKS).collect();
    if !kept.is_empty() {
        body["extension"] = kept.into();
    }
    for member in ["link", "meta"] {
        if before[member].is_object() || before[member].is_array() {
            body[member] = before[member].clone();
        }
    }
    without_versions(body)
}

/// Who somebody is, as another record of the same hospital says: to be written into the record of somebody unknown. The
/// number stays the other record's own; here it is told again.
pub fn same_as(known: &Value) -> Value {
    let mut body = json!({ "resourceType": "Patient" });
    for member in ["identifier", "active", "name", "telecom", "gender", "birthDate", "managingOrganization"] {
        if !known[member].is_null() {
            body[member] = known[member].clone();
        }
    }
    if let Some(identifiers) = body["identifier"].as_array_mut() {
        // A client that is only warned may have stored what is no identifier at all.
        identifiers.retain(|i| i.is_object() && i["system"] != TEMPORARY);
        identifiers.iter_mut().for_each(|i| i["use"] = "secondary".into());
    }
    body
}

/// What identifying took over from the other record goes with the link: the person is unknown again, under the name they
/// had meanwhile. Whoever was identified by papers, or is called otherwise than the other, stays who they are.
pub fn parted(patient: &Value, other: &Value) -> Value {
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut identifiers = items(&patient["identifier"]);
    let taken_over = identifiers.iter().any(|i| i["system"] == TEMPORARY && i["use"] == "old")
        && identifiers.iter().all(|i| i["system"] == TEMPORARY || i["use"] == "secondary")
        && patient["name"] == other["name"];
    let mut body = patient.clone();
    if !taken_over {
        return body;
    }
    identifiers.retain(|i| i["system"] == TEMPORARY);
    identifiers.iter_mut().for_each(|i| i["use"] = "temp".into());
    body["identifier"] = identifiers.into();
    if let Some(members) = body.as_object_mut() {
        for member in ["name", "telecom", "birthDate"] {
            members.shift_remove(member);
        }
    }
    body
}

/// The records that are said to be the same person's.
pub fn links(patient: &Value) -> Vec<Reference> {
    let links = patient["link"].as_array().map(Vec::as_slice).unwrap_or_default();
    links.iter().filter_map(|l| l["other"]["reference"].as_str()?.parse().ok()).collect()
}

/// The same with a link to another record, or without it.
pub fn with_link(patient: &Value, other: &Reference, linked: bool) -> Value {
    let mut body = without_versions(patient.clone());
    let reference = other.to_string();
    let mut links: Vec<Value> = patient["link"].as_array().cloned().unwrap_or_default();
    links.retain(|l| l["other"]["reference"] != reference.as_str());
    if linked {
        links.push(json!({ "other": { "reference": reference }, "type": "seealso" }));
    }
    if let Some(members) = body.as_object_mut() {
        members.shift_remove("link");
        if !links.is_empty() {
            members.insert("link".to_owned(), links.into());
        }
    }
    body
}

fn coding(code: &str) -> Value {
    json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": code }] })
}

/// A name for somebody without one, short enough to be said on the telephone: the end of the id, where its chance is.
fn temporary(id: &kernel::Id) -> String {
    let tail: String = id.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("X-{}", tail[tail.len().saturating_sub(6)..].to_ascii_uppercase())
}

/// Reads a Patient as a card.
pub fn card(patient: &Value, hospital: HospitalRef, today: Date) -> PatientCard {
    let text = |v: &Value| v.as_str().map(str::to_owned);
    let names = patient["name"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_syllabic =
        |name: &&Value| name["extension"].as_array().is_some_and(|x| x.iter().any(|e| e["url"] == REPRESENTATION));
    let name = names.iter().find(|n| !is_syllabic(n)).and_then(|n| text(&n["text"])).unwrap_or_default();
    let pinyin = names.iter().find(is_syllabic).and_then(|n| text(&n["text"]));
    let identifiers = patient["identifier"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |system: &str| identifiers.iter().find(|i| i["system"] == system).and_then(|i| text(&i["value"]));
    let identifier = [
        (IdentifierKind::Resident, RESIDENT),
        (IdentifierKind::Passport, PASSPORT),
        (IdentifierKind::Unknown, TEMPORARY),
        (IdentifierKind::Drill, DRILL),
    ]
    .into_iter()
    .find_map(|(kind, system)| of(system).map(|value| CardIdentifier { kind, value: Some(value) }))
    .unwrap_or(CardIdentifier { kind: IdentifierKind::Unknown, value: None });
    let birth_date = text(&patient["birthDate"]);
    let extensions = patient["extension"].as_array().map(Vec::as_slice).unwrap_or_default();
    let estimated = extensions.iter().find(|e| e["url"] == APPROX_AGE).and_then(|e| e["valueAge"]["value"].as_i64());
    let age = birth_date.as_deref().and_then(|d| model::age(d, today)).or_else(|| {
        estimated.and_then(|years| i32::try_from(years).ok()).map(|value| Age { value, unit: model::AgeUnit::Years })
    });
    PatientCard {
        id: text(&patient["id"]).unwrap_or_default(),
        unknown: name.is_empty() && identifier.kind == IdentifierKind::Unknown,
        drill: platform::drill::is_drill(patient),
        found_at: extensions.iter().find(|e| e["url"] == FOUND_AT).and_then(|e| text(&e["valueString"])),
        marks: extensions.iter().find(|e| e["url"] == MARKS).and_then(|e| text(&e["valueString"])),
        linked: links(patient).into_iter().map(|at| at.id.to_string()).collect(),
        version: patient["meta"]["versionId"].as_str().and_then(|v| v.parse().ok()),
        name,
        pinyin,
        sex: text(&patient["gender"]).unwrap_or_else(|| "unknown".into()),
        birth_date,
        age,
        identifier,
        phone: patient["telecom"]
            .as_array()
            .and_then(|t| t.iter().find(|t| t["system"] == "phone"))
            .and_then(|t| text(&t["value"])),
        masked: false,
        hospital,
    }
}

impl PatientCard {
    /// What a dispatcher sees: sex and age, the name masked, nothing to call or find the person by.
    #[must_use]
    pub fn masked(mut self) -> Self {
        self.name = model::mask(&self.name);
        self.pinyin = None;
        self.birth_date = None;
        self.phone = None;
        self.found_at = None;
        self.marks = None;
        self.linked = vec![];
        if self.identifier.kind != IdentifierKind::Unknown {
            self.identifier.value = None;
        }
        self.masked = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown() -> Value {
        json!({"resourceType": "Patient", "id": "u", "meta": {"versionId": "3", "tag": [{"code": "demonstration"}]},
            "extension": [{"url": FOUND_AT, "valueString": "国道旁"}, {"url": APPROX_AGE, "valueAge": {"value": 60}}],
            "identifier": [{"use": "temp", "system": TEMPORARY, "value": "X-12AB34"}], "gender": "male"})
    }

    #[test]
    fn what_is_no_identifier_is_not_taken_over() {
        let known = json!({"resourceType": "Patient", "identifier": ["x", null, {"system": RESIDENT, "value": "1"}]});
        assert_eq!(same_as(&known)["identifier"], json!([{"system": RESIDENT, "value": "1", "use": "secondary"}]));
        assert_eq!(same_as(&json!({"identifier": "x"}))["identifier"], "x");
    }

    #[test]
    fn who_was_unknown_keeps_the_name_it_had_meanwhile() {
        let known = json!({"resourceType": "Patient", "id": "k", "name": [{"text": "王小明"}], "gender": "male",
            "birthDate": "1960-05-01", "identifier": [{"use": "official", "system": RESIDENT, "value": "1"}]});
        let body = identified(&unknown(), same_as(&known));
        let of = |system: &str| {
            body["identifier"].as_array().unwrap().iter().find(|i| i["system"] == system).unwrap()["use"].clone()
        };
        assert_eq!((of(RESIDENT), of(TEMPORARY)), (json!("secondary"), json!("old")));
        assert_eq!((&body["name"][0]["text"], &body["birthDate"]), (&json!("王小明"), &json!("1960-05-01")));
        assert_eq!(body["extension"].as_array().unwrap().len(), 1, "found where, but no estimate of a known age");
        assert_eq!(body["meta"], json!({"tag": [{"code": "demonstration"}]}));
    }

    #[test]
    fn a_link_is_added_once_and_taken_back() {
        let other: Reference = "Patient/k".parse().unwrap();
        let linked = with_link(&unknown(), &other, true);
        assert_eq!(links(&linked), std::slice::from_ref(&other));
        assert_eq!(with_link(&linked, &other, true), linked, "once");
        let back = with_link(&linked, &other, false);
        assert!(back.get("link").is_none() && back["gender"] == "male", "{back}");
    }
}
