//! How hospitals, people, roles and rooms are written as FHIR and read back: the only place that knows.

use super::{Hospital, Person, Role, Room};
use crate::codes;
use fhir::{Reference, ResourceType};
use kernel::{Id, Level};
use serde_json::{Map, Value, json};

/// HL7's extension for a text in another language.
const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";
/// HL7's extension saying how a name is written: `IDE` ideographic, `ABC` alphabetic.
const WRITTEN: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

pub(super) fn english(text: &str) -> Value {
    json!({"extension": [{"url": TRANSLATION, "extension": [
        {"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": text}]}]})
}

pub(super) fn read_english(value: &Value) -> Option<String> {
    let translations = value["extension"].as_array()?.iter().filter(|e| e["url"] == TRANSLATION);
    for parts in translations.filter_map(|t| t["extension"].as_array()) {
        let part = |url: &str| parts.iter().find(|p| p["url"] == url);
        if part("lang").is_some_and(|l| l["valueCode"] == "en") {
            return part("content")?["valueString"].as_str().map(str::to_owned);
        }
    }
    None
}

pub(super) fn code_of<'a>(concepts: &'a Value, system: &str) -> Option<&'a str> {
    let concepts = concepts.as_array()?;
    concepts
        .iter()
        .filter_map(|c| c["coding"].as_array())
        .flatten()
        .find(|c| c["system"] == system)
        .and_then(|c| c["code"].as_str())
}

pub(super) fn refers(value: &Value, ty: ResourceType) -> Option<Id> {
    let at: Reference = value["reference"].as_str()?.parse().ok()?;
    (at.ty == ty).then_some(at.id)
}

pub(super) fn id(value: &Value) -> Option<Id> {
    value["id"].as_str().and_then(|t| Id::new(t).ok())
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An Organization.
pub fn write_hospital(h: &Hospital) -> Value {
    let mut body = json!({
        "resourceType": "Organization",
        "id": h.id,
        "active": true,
        "type": [{"coding": [{"system": codes::LEVEL, "code": h.level.code()}]}],
        "name": h.name,
        "_name": english(&h.name_en),
    });
    if let Some(parent) = &h.parent {
        body["partOf"] = json!({"reference": format!("Organization/{parent}")});
    }
    body
}

/// Reads an Organization; none when it is not one of ours or not active.
pub fn read_hospital(v: &Value) -> Option<Hospital> {
    if v["active"] == false {
        return None;
    }
    let name = text(&v["name"]);
    Some(Hospital {
        id: id(v)?,
        level: Level::from_code(code_of(&v["type"], codes::LEVEL)?)?,
        parent: refers(&v["partOf"], ResourceType::ORGANIZATION),
        name_en: read_english(&v["_name"]).unwrap_or_else(|| name.clone()),
        name,
    })
}

/// A Practitioner.
pub fn write_person(p: &Person) -> Value {
    let mut names = vec![json!({"use": "official", "text": p.name,
        "extension": [{"url": WRITTEN, "valueCode": "IDE"}]})];
    if let Some(name_en) = &p.name_en {
        names.push(json!({"text": name_en, "extension": [{"url": WRITTEN, "valueCode": "ABC"}]}));
    }
    let mut body = Map::new();
    body.insert("resourceType".into(), "Practitioner".into());
    body.insert("id".into(), p.id.to_string().into());
    body.insert("active".into(), true.into());
    body.insert("name".into(), names.into());
    if let Some(title) = &p.title {
        let mut code = json!({"text": title});
        if let Some(title_en) = &p.title_en {
            code["coding"] = json!([{"system": codes::TITLE,
                "code": title_en.to_lowercase().replace(' ', "-"), "display": title_en}]);
        }
        body.insert("qualification".into(), json!([{"code": code}]));
    }
    Value::Object(body)
}

/// Reads a Practitioner.
pub fn read_person(v: &Value) -> Option<Person> {
    if v["active"] == false {
        return None;
    }
    let names = v["name"].as_array().map(Vec::as_slice).unwrap_or_default();
    let written = |how: &str| {
        names.iter().find(|n| {
            n["extension"].as_array().is_some_and(|e| e.iter().any(|e| e["url"] == WRITTEN && e["valueCode"] == how))
        })
    };
    let title = &v["qualification"][0]["code"];
    Some(Person {
        id: id(v)?,
        name: text(&written("IDE").or(names.first())?["text"]),
        name_en: written("ABC").and_then(|n| n["text"].as_str()).map(str::to_owned),
        title: title["text"].as_str().map(str::to_owned),
        title_en: title["coding"][0]["display"].as_str().map(str::to_owned),
    })
}

/// A PractitionerRole.
pub fn write_role(r: &Role) -> Value {
    let mut body = json!({
        "resourceType": "PractitionerRole",
        "id": r.id,
        "active": true,
        "practitioner": {"reference": format!("Practitioner/{}", r.person)},
        "organization": {"reference": format!("Organization/{}", r.hospital)},
        "code": [{"coding": [{"system": codes::ROLE, "code": r.role.code()}]}],
    });
    if !r.specialties.is_empty() {
        let specialties = r.specialties.iter();
        body["specialty"] = specialties.map(|s| json!({"coding": [{"system": codes::SPECIALTY, "code": s}]})).collect();
    }
    body
}

/// Reads a PractitionerRole.
pub fn read_role(v: &Value) -> Option<Role> {
    if v["active"] == false {
        return None;
    }
    let specialties = v["specialty"].as_array().map(Vec::as_slice).unwrap_or_default();
    let codings = specialties.iter().filter_map(|s| s["coding"].as_array()).flatten();
    Some(Role {
        id: id(v)?,
        person: refers(&v["practitioner"], ResourceType::PRACTITIONER)?,
        hospital: refers(&v["organization"], ResourceType::ORGANIZATION)?,
        role: kernel::Role::from_code(code_of(&v["code"], codes::ROLE)?)?,
        specialties: codings
            .filter(|c| c["system"] == codes::SPECIALTY)
            .filter_map(|c| c["code"].as_str().map(str::to_owned))
            .collect(),
    })
}

/// A Location.
pub fn write_room(r: &Room) -> Value {
    let kind = if r.is_virtual { "virtual" } else { "consulting" };
    json!({
        "resourceType": "Location",
        "id": r.id,
        "status": "active",
        "mode": "instance",
        "name": r.name,
        "_name": english(&r.name_en),
        "type": [{"coding": [{"system": codes::ROOM, "code": kind}]}],
        "managingOrganization": {"reference": format!("Organization/{}", r.hospital)},
    })
}

/// Reads a Location.
pub fn read_room(v: &Value) -> Option<Room> {
    if v["status"] != "active" {
        return None;
    }
    let name = text(&v["name"]);
    Some(Room {
        id: id(v)?,
        hospital: refers(&v["managingOrganization"], ResourceType::ORGANIZATION)?,
        is_virtual: code_of(&v["type"], codes::ROOM)? == "virtual",
        name_en: read_english(&v["_name"]).unwrap_or_else(|| name.clone()),
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let hospital = Hospital {
            id: id("h"),
            name: "光山县人民医院".into(),
            name_en: "Guangshan County People's Hospital".into(),
            level: Level::County,
            parent: Some(id("c")),
        };
        assert_eq!(read_hospital(&write_hospital(&hospital)), Some(hospital));
        let person = Person {
            id: id("p"),
            name: "李伟".into(),
            name_en: Some("Li Wei".into()),
            title: Some("主任医师".into()),
            title_en: Some("Chief physician".into()),
        };
        assert_eq!(read_person(&write_person(&person)), Some(person));
        let role = Role {
            id: id("r"),
            person: id("p"),
            hospital: id("h"),
            role: kernel::Role::Specialist,
            specialties: vec!["respiratory".into(), "critical-care".into()],
        };
        assert_eq!(read_role(&write_role(&role)), Some(role));
        let room = Room {
            id: id("l"),
            name: "会诊室一".into(),
            name_en: "Consulting room 1".into(),
            hospital: id("h"),
            is_virtual: false,
        };
        assert_eq!(read_room(&write_room(&room)), Some(room));
    }

    #[test]
    fn what_is_not_active_is_not_there() {
        let gone = json!({"resourceType": "Practitioner", "id": "p", "active": false, "name": [{"text": "x"}]});
        assert_eq!(read_person(&gone), None);
    }
}
