//! The hospitals of the demonstration, from `hospitals.tsv`: the 126 of the network in the tree of seven levels, each with
//! its place on the map, its consulting rooms and its departments.
//!
//! Names are real places of Henan put before the kind of hospital; positions are the middles of the divisions they serve.

use super::{beds, devices};
use anyhow::{Context, Result};
use fhir::{Reference, ResourceType};
use kernel::{Id, Level};
use platform::codes;
use platform::directory::profile::{Place, PlaceKind};
use platform::directory::{self, resources};
use records::Write;
use serde_json::{Value, json};

const TABLE: &str = include_str!("hospitals.tsv");
/// The code of a Location that says where a hospital stands.
const SITE: &str = "site";

/// A hospital or centre.
#[derive(Debug, Clone, Copy)]
pub struct Hospital {
    /// The Organization's id.
    pub id: &'static str,
    /// Where it stands in the tree.
    pub level: Level,
    /// The hospital above it.
    pub above: Option<&'static str>,
    /// The name in Chinese.
    pub name: &'static str,
    /// The name in English.
    pub english: &'static str,
    /// Longitude and latitude, WGS 84, as decimals.
    position: Option<(&'static str, &'static str)>,
}

impl Hospital {
    /// Whether it is one of the network's hospitals: provincial, municipal or county.
    pub fn is_of_the_network(&self) -> bool {
        matches!(self.level, Level::Province | Level::City | Level::County)
    }

    fn read(line: &'static str) -> Result<Self> {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().context("a cell is missing");
        let (id, level, above, _division) = (cell()?, cell()?, cell()?, cell()?);
        let (name, english, longitude, latitude) = (cell()?, cell()?, cell()?, cell()?);
        let given = |text: &'static str| (!text.is_empty()).then_some(text);
        Ok(Self {
            id,
            level: Level::from_code(level).context("no such level")?,
            above: given(above),
            name,
            english,
            position: given(longitude).zip(given(latitude)),
        })
    }
}

/// All of them, highest first.
pub fn all() -> Result<Vec<Hospital>> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| Hospital::read(line).with_context(|| format!("hospitals.tsv: {line}"))).collect()
}

/// These alone, each below the nearest of them that stands above it.
pub fn only(wanted: &[&str]) -> Result<Vec<Hospital>> {
    let all = all()?;
    let nearest = |mut above: Option<&'static str>| {
        // The table is a tree, every hospital below an earlier one: upwards there is an end.
        while let Some(id) = above.filter(|id| !wanted.contains(id)) {
            above = all.iter().find(|h| h.id == id).and_then(|h| h.above);
        }
        above
    };
    let kept = all.iter().filter(|h| wanted.contains(&h.id));
    Ok(kept.map(|h| Hospital { above: nearest(h.above), ..*h }).collect())
}

/// What is written of a hospital: itself, where it stands, its rooms and, where wanted, its departments, wards, beds and devices.
pub fn write(h: &Hospital, with_departments: bool) -> Result<Vec<Write>> {
    let id = Id::new(h.id)?;
    let put = |ty, at: Id, body| Write::new(Reference::new(ty, at), body, id.clone());
    let body = resources::write_hospital(&directory::Hospital {
        id: id.clone(),
        name: h.name.into(),
        name_en: h.english.into(),
        level: h.level,
        parent: h.above.map(Id::new).transpose()?,
    });
    let mut writes = vec![put(ResourceType::ORGANIZATION, id.clone(), body)];
    if let Some(position) = h.position {
        let at = Id::new(format!("{}-site", h.id))?;
        writes.push(put(ResourceType::LOCATION, at.clone(), site(h, &at, position)?));
    }
    let physical = physical_rooms(h).iter().map(|(name, english)| (*name, *english, false));
    for (number, (name, english, is_virtual)) in physical.chain([("虚拟会诊室", "Virtual room", true)]).enumerate()
    {
        let room = if is_virtual { format!("{}-virtual", h.id) } else { format!("{}-room-{}", h.id, number + 1) };
        let room = directory::Room {
            id: Id::new(room)?,
            name: name.into(),
            name_en: english.into(),
            hospital: id.clone(),
            is_virtual,
        };
        writes.push(put(ResourceType::LOCATION, room.id.clone(), resources::write_room(&room)));
    }
    for (code, name, english) in departments(h.level).filter(|_| with_departments) {
        let department = Place {
            id: Id::new(format!("{}-dept-{code}", h.id))?,
            kind: PlaceKind::Department,
            active: true,
            name: name.into(),
            name_en: english.into(),
            hospital: id.clone(),
            ward: None,
            taken: false,
        };
        writes.push(put(department.ty(), department.id.clone(), department.lay(None)));
    }
    if with_departments {
        writes.extend(beds::write(h)?);
        writes.extend(devices::write(h)?);
    }
    Ok(writes)
}

fn in_english(text: &str) -> Value {
    json!({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": [
        {"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": text}]}]})
}

/// Where a hospital stands.
fn site(h: &Hospital, at: &Id, (longitude, latitude): (&str, &str)) -> Result<Value> {
    let number = |text: &str| serde_json::from_str::<Value>(text).context("a position is a decimal");
    Ok(json!({
        "resourceType": "Location", "id": at, "status": "active", "mode": "instance", "name": h.name,
        "_name": in_english(h.english),
        "type": [{"coding": [{"system": codes::PLACE, "code": SITE}]}],
        "position": {"longitude": number(longitude)?, "latitude": number(latitude)?},
        "managingOrganization": {"reference": format!("Organization/{}", h.id)},
    }))
}

/// Chinese and English names.
fn physical_rooms(h: &Hospital) -> &'static [(&'static str, &'static str)] {
    match h.level {
        Level::Province if h.id == "province" => &[
            ("会诊室一", "Consulting room 1"),
            ("会诊室二", "Consulting room 2"),
            ("会诊室三", "Consulting room 3"),
            ("多学科会诊室", "MDT room"),
        ],
        Level::Province | Level::City | Level::County => &[("会诊室", "Consulting room")],
        _ => &[],
    }
}

/// Specialty, Chinese and English name; a provincial hospital has them all.
const DEPARTMENTS: &[(&str, &str, &str)] = &[
    ("respiratory", "呼吸与危重症医学科", "Respiratory medicine"),
    ("critical-care", "重症医学科", "Critical care"),
    ("infectious", "感染性疾病科", "Infectious diseases"),
    ("cardiology", "心血管内科", "Cardiology"),
    ("neurosurgery", "神经外科", "Neurosurgery"),
    ("neurology", "神经内科", "Neurology"),
    ("obstetrics", "产科", "Obstetrics"),
    ("paediatrics", "儿科", "Paediatrics"),
    ("radiology", "放射科", "Radiology"),
    ("endocrinology", "内分泌科", "Endocrinology"),
    ("thoracic-surgery", "胸外科", "Thoracic surgery"),
    ("general-surgery", "普通外科", "General surgery"),
    ("nephrology", "肾内科", "Nephrology"),
    ("haematology", "血液内科", "Haematology"),
    ("oncology", "肿瘤科", "Oncology"),
    ("orthopaedics", "骨科", "Orthopaedics"),
];

fn departments(level: Level) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let has = move |code: &str| match level {
        Level::Province => true,
        Level::City => matches!(code, "respiratory" | "critical-care" | "cardiology" | "neurology" | "radiology"),
        Level::County => matches!(code, "critical-care" | "general-surgery"),
        _ => false,
    };
    DEPARTMENTS.iter().copied().filter(move |(code, ..)| has(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_network_of_2020_in_a_tree_of_seven_levels() {
        let all = all().unwrap();
        let of = |level| all.iter().filter(|h| h.level == level).count();
        assert_eq!((of(Level::Province), of(Level::City), of(Level::County)), (2, 18, 106));
        assert_eq!(all.iter().filter(|h| h.is_of_the_network()).count(), 126);
        assert!(Level::ALL.into_iter().all(|level| of(level) > 0), "a level is empty");
        for field in [|h: &Hospital| h.id, |h: &Hospital| h.name, |h: &Hospital| h.english] {
            let different: HashSet<_> = all.iter().map(field).collect();
            assert_eq!(different.len(), all.len(), "two hospitals are called the same");
        }
        for (place, h) in all.iter().enumerate() {
            let above = all[..place].iter().find(|o| Some(o.id) == h.above);
            assert!(above.is_some_and(|o| o.level <= h.level) || h.level == Level::International, "{} floats", h.id);
        }
    }

    #[test]
    fn every_hospital_of_the_network_stands_in_henan() {
        for h in all().unwrap().iter().filter(|h| h.is_of_the_network()) {
            let (longitude, latitude) = h.position.expect(h.id);
            let (longitude, latitude): (f64, f64) = (longitude.parse().unwrap(), latitude.parse().unwrap());
            assert!((110.3..116.7).contains(&longitude) && (31.3..36.4).contains(&latitude), "{}", h.id);
        }
    }

    #[test]
    fn a_few_hang_on_the_nearest_above_them() {
        let kept = only(&["province", "xinyang", "guangshan", "lushi"]).unwrap();
        let told: Vec<_> = kept.iter().map(|h| (h.id, h.above)).collect();
        let province = Some("province");
        assert_eq!(
            told,
            [("province", None), ("xinyang", province), ("lushi", province), ("guangshan", Some("xinyang"))]
        );
    }
}
