//! People, their posts, departments and places as the administration keeps them, ended ones too: how they are laid over what
//! stands in the record already, and read back. What others wrote into a resource stays there.

use super::resources::{self, code_of, english, id, read_english, refers, text};
use super::{Hospital, Person, Role, Room};
use crate::codes;
use fhir::ResourceType;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Id, Level, Time};
use serde_json::{Value, json};

/// The department of a post.
const DEPARTMENT: &str = "urn:consilium:ext:department";
/// In which time zone somebody works (HL7 extensions pack 5.2, `timezone`): a code of the IANA database.
const TIME_ZONE: &str = "http://hl7.org/fhir/StructureDefinition/timezone";
/// The kind of an Organization that is a department.
const DEPARTMENT_KIND: &str = "department";

/// What a Location physically is: `wa` ward, `bd` bed.
const PHYSICAL: &str = "http://terminology.hl7.org/CodeSystem/location-physical-type";
/// What a Location serves as: `HU` hospital unit, `ICU` intensive care unit.
const SERVICE_PLACE: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
/// Bed status: `O` occupied, `U` unoccupied.
const BED_STATUS: &str = "http://terminology.hl7.org/CodeSystem/v2-0116";
/// Occupied.
const OCCUPIED: &str = "O";

/// A person as the administration keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The Practitioner's id.
    pub id: Id,
    /// May work here.
    pub active: bool,
    /// The name as the person writes it.
    pub name: String,
    /// The name in Latin letters.
    pub name_en: Option<String>,
    /// The professional title.
    pub title: Option<String>,
    /// The title in English.
    pub title_en: Option<String>,
    /// The number of the licence to practise.
    pub licence: Option<String>,
    /// The last day on which it holds, as FHIR `date`; none: no end is known.
    pub licence_until: Option<String>,
    /// A telephone.
    pub phone: Option<String>,
    /// Languages spoken (BCP 47).
    pub languages: Vec<String>,
    /// The time zone they work in (IANA); none: the site's.
    pub time_zone: Option<String>,
}

/// What a person is at a hospital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The PractitionerRole's id.
    pub id: Id,
    /// Not ended.
    pub active: bool,
    /// Who.
    pub person: Id,
    /// Where.
    pub hospital: Id,
    /// What.
    pub role: kernel::Role,
    /// Specialty codes.
    pub specialties: Vec<String>,
    /// In which department.
    pub department: Option<Id>,
}

/// A hospital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// What others see of it.
    pub hospital: Hospital,
    /// Not closed.
    pub active: bool,
}

/// A department or a room of a hospital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The id of the Organization or Location.
    pub id: Id,
    /// What it is.
    pub kind: PlaceKind,
    /// Not closed.
    pub active: bool,
    /// Its name in Chinese.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Whose it is.
    pub hospital: Id,
    /// The ward of a bed.
    pub ward: Option<Id>,
    /// Somebody lies in this bed.
    pub taken: bool,
}

/// What a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    /// A department.
    Department,
    /// A consulting room.
    Room,
    /// A room that is never busy.
    Virtual,
    /// A ward.
    Ward,
    /// An intensive care unit.
    Icu,
    /// A bed of a ward or an intensive care unit.
    Bed,
}

impl PlaceKind {
    /// All of them.
    const ALL: [Self; 6] = [Self::Department, Self::Room, Self::Virtual, Self::Ward, Self::Icu, Self::Bed];

    /// The code in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Room => "room",
            Self::Virtual => "virtual",
            Self::Ward => "ward",
            Self::Icu => "icu",
            Self::Bed => "bed",
        }
    }

    /// Reads [`PlaceKind::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }

    /// Whether beds stand in it.
    pub fn has_beds(self) -> bool {
        matches!(self, Self::Ward | Self::Icu)
    }

    /// Whether terminals and devices stand there.
    pub fn holds_devices(self) -> bool {
        !matches!(self, Self::Department | Self::Virtual)
    }

    /// What may not have one name at one hospital, nor become one another.
    pub fn sort(self) -> u8 {
        match self {
            Self::Department => 0,
            Self::Room | Self::Virtual => 1,
            Self::Ward | Self::Icu => 2,
            Self::Bed => 3,
        }
    }
}

impl Profile {
    /// Whether the licence holds on a day. One without an end holds: who may not practise any more has no post.
    pub fn may_practise(&self, day: Date) -> bool {
        self.licence_until.as_deref().and_then(|until| until.parse::<Date>().ok()).is_none_or(|until| day <= until)
    }

    /// The zone they work in, when it is another than the site's.
    pub fn zone(&self) -> Option<TimeZone> {
        self.time_zone.as_deref().and_then(|zone| TimeZone::get(zone).ok())
    }

    /// What others see of the person.
    pub fn person(&self) -> Person {
        Person {
            id: self.id.clone(),
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            title: self.title.clone(),
            title_en: self.title_en.clone(),
        }
    }

    /// Reads a Practitioner, ended ones too.
    pub fn read(v: &Value) -> Option<Self> {
        let mut alive = v.clone();
        alive["active"] = true.into();
        let Person { id, name, name_en, title, title_en } = resources::read_person(&alive)?;
        let licence = v["identifier"].as_array().into_iter().flatten().find(|i| i["system"] == codes::LICENCE);
        let phone = v["telecom"].as_array().into_iter().flatten().find(|t| t["system"] == "phone");
        let spoken = v["communication"].as_array().into_iter().flatten();
        let zone = v["extension"].as_array().into_iter().flatten().find(|e| e["url"] == TIME_ZONE);
        Some(Self {
            active: v["active"] != false,
            licence: licence.and_then(|i| i["value"].as_str()).map(str::to_owned),
            licence_until: licence.and_then(|i| i["period"]["end"].as_str()).map(str::to_owned),
            phone: phone.and_then(|t| t["value"].as_str()).map(str::to_owned),
            languages: spoken.filter_map(|c| c["coding"][0]["code"].as_str().map(str::to_owned)).collect(),
            time_zone: zone.and_then(|e| e["valueCode"].as_str()).map(str::to_owned),
            id,
            name,
            name_en,
            title,
            title_en,
        })
    }

    /// The Practitioner: this, over `before`.
    pub fn lay(&self, before: Option<Value>) -> Value {
        let written = resources::write_person(&self.person());
        let mut body = before.unwrap_or_else(|| json!({}));
        for member in ["resourceType", "id", "name", "qualification"] {
            set(&mut body, member, written.get(member).cloned());
        }
        set(&mut body, "active", Some(self.active.into()));
        let mut licence = self.licence.as_ref().map(|value| json!({"system": codes::LICENCE, "value": value}));
        if let (Some(licence), Some(until)) = (&mut licence, &self.licence_until) {
            licence["period"] = json!({"end": until});
        }
        replace(&mut body, "identifier", |i| i["system"] == codes::LICENCE, licence);
        let phone = self.phone.as_ref().map(|value| json!({"system": "phone", "use": "work", "value": value}));
        replace(&mut body, "telecom", |t| t["system"] == "phone", phone);
        let spoken = self.languages.iter().map(|code| json!({"coding": [{"system": "urn:ietf:bcp:47", "code": code}]}));
        let spoken: Vec<Value> = spoken.collect();
        set(&mut body, "communication", (!spoken.is_empty()).then(|| spoken.into()));
        let zone = self.time_zone.as_ref().map(|zone| json!({"url": TIME_ZONE, "valueCode": zone}));
        replace(&mut body, "extension", |e| e["url"] == TIME_ZONE, zone);
        body
    }
}

impl Post {
    /// What others see of it.
    pub fn role(&self) -> Role {
        Role {
            id: self.id.clone(),
            person: self.person.clone(),
            hospital: self.hospital.clone(),
            role: self.role,
            specialties: self.specialties.clone(),
        }
    }

    /// Reads a PractitionerRole, ended ones too.
    pub fn read(v: &Value) -> Option<Self> {
        let mut alive = v.clone();
        alive["active"] = true.into();
        let Role { id, person, hospital, role, specialties } = resources::read_role(&alive)?;
        let extensions = v["extension"].as_array().into_iter().flatten();
        let department = extensions.filter(|e| e["url"] == DEPARTMENT);
        let department = department.filter_map(|e| refers(&e["valueReference"], ResourceType::ORGANIZATION)).next();
        Some(Self { id, active: v["active"] != false, person, hospital, role, specialties, department })
    }

    /// The PractitionerRole: this, over `before`; ended at `now` when it is not active any more.
    pub fn lay(&self, before: Option<Value>, now: Time) -> Value {
        let written = resources::write_role(&self.role());
        let was_active = before.as_ref().is_none_or(|b| b["active"] != false);
        let mut body = before.unwrap_or_else(|| json!({}));
        for member in ["resourceType", "id", "practitioner", "organization", "code", "specialty"] {
            set(&mut body, member, written.get(member).cloned());
        }
        set(&mut body, "active", Some(self.active.into()));
        if was_active && !self.active {
            body["period"]["end"] = now.to_string().into();
        } else if self.active && body["period"]["end"].is_string() {
            set(&mut body, "period", None);
        }
        let department = self.department.as_ref();
        let department = department
            .map(|id| json!({"url": DEPARTMENT, "valueReference": {"reference": format!("Organization/{id}")}}));
        replace(&mut body, "extension", |e| e["url"] == DEPARTMENT, department);
        body
    }
}

impl Site {
    /// Reads an Organization that is a hospital, closed ones too.
    pub fn read(v: &Value) -> Option<Self> {
        let mut alive = v.clone();
        alive["active"] = true.into();
        Some(Self { hospital: resources::read_hospital(&alive)?, active: v["active"] != false })
    }

    /// The Organization: this, over `before`.
    pub fn lay(&self, before: Option<Value>) -> Value {
        let written = resources::write_hospital(&self.hospital);
        let mut body = before.unwrap_or_else(|| json!({}));
        for member in ["resourceType", "id", "name", "_name", "partOf"] {
            set(&mut body, member, written.get(member).cloned());
        }
        replace(&mut body, "type", |t| code_of(&json!([t]), codes::LEVEL).is_some(), Some(written["type"][0].clone()));
        set(&mut body, "active", Some(self.active.into()));
        body
    }

    /// Its level.
    pub fn level(&self) -> Level {
        self.hospital.level
    }
}

impl Place {
    /// Reads an Organization that is a department, or a Location that is a room; closed ones too.
    pub fn read(v: &Value) -> Option<Self> {
        let name = text(&v["name"]);
        let name_en = read_english(&v["_name"]).unwrap_or_else(|| name.clone());
        if v["resourceType"] == "Organization" {
            let hospital = refers(&v["partOf"], ResourceType::ORGANIZATION)?;
            let is_one = code_of(&v["type"], codes::UNIT)? == DEPARTMENT_KIND;
            let (kind, active) = (PlaceKind::Department, v["active"] != false);
            return is_one.then_some(Self {
                id: id(v)?,
                kind,
                active,
                name,
                name_en,
                hospital,
                ward: None,
                taken: false,
            });
        }
        if let Some(kind) = bedded(v) {
            let ward = refers(&v["partOf"], ResourceType::LOCATION);
            return Some(Self {
                id: id(v)?,
                kind,
                active: v["status"] == "active",
                name,
                name_en,
                hospital: refers(&v["managingOrganization"], ResourceType::ORGANIZATION)?,
                ward: ward.filter(|_| kind == PlaceKind::Bed),
                taken: v["operationalStatus"]["code"] == OCCUPIED,
            });
        }
        let mut alive = v.clone();
        alive["status"] = "active".into();
        let Room { id, hospital, is_virtual, .. } = resources::read_room(&alive)?;
        let kind = if is_virtual { PlaceKind::Virtual } else { PlaceKind::Room };
        let active = v["status"] == "active";
        Some(Self { id, kind, active, name, name_en, hospital, ward: None, taken: false })
    }

    /// The type of its resource.
    pub fn ty(&self) -> ResourceType {
        match self.kind {
            PlaceKind::Department => ResourceType::ORGANIZATION,
            _ => ResourceType::LOCATION,
        }
    }

    /// The Organization or Location: this, over `before`.
    pub fn lay(&self, before: Option<Value>) -> Value {
        let mut body = before.unwrap_or_else(|| json!({}));
        if self.kind == PlaceKind::Department {
            let coding = json!({"coding": [{"system": codes::UNIT, "code": DEPARTMENT_KIND}]});
            for (member, value) in [
                ("resourceType", json!("Organization")),
                ("id", json!(self.id)),
                ("active", json!(self.active)),
                ("type", json!([coding])),
                ("name", json!(self.name)),
                ("_name", english(&self.name_en)),
                ("partOf", json!({"reference": format!("Organization/{}", self.hospital)})),
            ] {
                set(&mut body, member, Some(value));
            }
            return body;
        }
        set(&mut body, "status", Some(if self.active { "active" } else { "inactive" }.into()));
        if let Some((physical, service)) = physical(self.kind) {
            let ward = self.ward.as_ref().map(|ward| json!({"reference": format!("Location/{ward}")}));
            for (member, value) in [
                ("resourceType", Some(json!("Location"))),
                ("id", Some(json!(self.id))),
                ("mode", Some(json!("instance"))),
                ("name", Some(json!(self.name))),
                ("_name", Some(english(&self.name_en))),
                ("type", service.map(|code| json!([{"coding": [{"system": SERVICE_PLACE, "code": code}]}]))),
                ("physicalType", Some(json!({"coding": [{"system": PHYSICAL, "code": physical}]}))),
                ("managingOrganization", Some(json!({"reference": format!("Organization/{}", self.hospital)}))),
                ("partOf", ward),
            ] {
                set(&mut body, member, value);
            }
            // Who lies in it is its ward's to say, not the administration's.
            if self.kind == PlaceKind::Bed && body["operationalStatus"].is_null() {
                set(&mut body, "operationalStatus", Some(occupancy(self.taken)));
            }
            return body;
        }
        let room = Room {
            id: self.id.clone(),
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            hospital: self.hospital.clone(),
            is_virtual: self.kind == PlaceKind::Virtual,
        };
        let written = resources::write_room(&room);
        for member in ["resourceType", "id", "mode", "name", "_name", "type", "managingOrganization"] {
            set(&mut body, member, written.get(member).cloned());
        }
        body
    }
}

/// What a Location with beds, or a bed, is.
fn bedded(v: &Value) -> Option<PlaceKind> {
    match code_of(&json!([v["physicalType"]]), PHYSICAL)? {
        "bd" => Some(PlaceKind::Bed),
        "wa" if code_of(&v["type"], SERVICE_PLACE) == Some("ICU") => Some(PlaceKind::Icu),
        "wa" => Some(PlaceKind::Ward),
        _ => None,
    }
}

/// The physical type of a ward or bed, and what a ward serves as.
fn physical(kind: PlaceKind) -> Option<(&'static str, Option<&'static str>)> {
    match kind {
        PlaceKind::Ward => Some(("wa", Some("HU"))),
        PlaceKind::Icu => Some(("wa", Some("ICU"))),
        PlaceKind::Bed => Some(("bd", None)),
        _ => None,
    }
}

/// Whether somebody lies in a bed, as `Location.operationalStatus` (HL7 v2 table 0116, bed status).
pub fn occupancy(taken: bool) -> Value {
    json!({"system": BED_STATUS, "code": if taken { OCCUPIED } else { "U" }})
}

/// Sets a member, or takes it away.
pub(super) fn set(body: &mut Value, member: &str, value: Option<Value>) {
    let Some(map) = body.as_object_mut() else { return };
    match value {
        Some(value) => {
            map.insert(member.to_owned(), value);
        }
        None => {
            map.shift_remove(member);
        }
    }
}

/// Puts `value` in the place of those elements of a list that are ours; the others stay.
fn replace(body: &mut Value, member: &str, is_ours: impl Fn(&Value) -> bool, value: Option<Value>) {
    let mut list = body[member].as_array().cloned().unwrap_or_default();
    list.retain(|v| !is_ours(v));
    list.extend(value);
    set(body, member, (!list.is_empty()).then(|| list.into()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    fn li_wei() -> Profile {
        Profile {
            id: id("p"),
            active: true,
            name: "李伟".into(),
            name_en: Some("Li Wei".into()),
            title: Some("主任医师".into()),
            title_en: Some("Chief physician".into()),
            licence: Some("110410000001234".into()),
            licence_until: Some("2027-06-30".into()),
            phone: Some("0371-6500".into()),
            languages: vec!["zh".into(), "en".into()],
            time_zone: Some("Africa/Lusaka".into()),
        }
    }

    #[test]
    fn a_person_is_laid_over_what_others_wrote() {
        let before = json!({"gender": "male", "identifier": [{"system": "urn:other", "value": "7"}],
            "meta": {"tag": [{"code": "demonstration"}]}});
        let body = li_wei().lay(Some(before));
        assert_eq!(Profile::read(&body), Some(li_wei()));
        assert_eq!((&body["gender"], &body["identifier"][0]["value"]), (&json!("male"), &json!("7")));
        assert_eq!(resources::read_person(&body).unwrap().title.as_deref(), Some("主任医师"));
        let bare = Profile {
            active: false,
            title: None,
            title_en: None,
            licence: None,
            licence_until: None,
            phone: None,
            languages: vec![],
            time_zone: None,
            name_en: None,
            ..li_wei()
        };
        let ended = bare.lay(Some(body));
        assert_eq!(Profile::read(&ended), Some(bare));
        assert_eq!(ended["identifier"].as_array().unwrap().len(), 1);
        assert_eq!(resources::read_person(&ended), None, "nobody else sees who is ended");
    }

    #[test]
    fn a_post_ends_and_begins_again() {
        let now: Time = "2026-11-21T04:00:00Z".parse().unwrap();
        let post = Post {
            id: id("r"),
            active: true,
            person: id("p"),
            hospital: id("h"),
            role: kernel::Role::Specialist,
            specialties: vec!["respiratory".into()],
            department: Some(id("d")),
        };
        let body = post.lay(None, now);
        assert_eq!(Post::read(&body), Some(post.clone()));
        let ended = Post { active: false, ..post.clone() }.lay(Some(body), now);
        assert_eq!(ended["period"]["end"], "2026-11-21T04:00:00Z");
        assert_eq!(resources::read_role(&ended), None);
        let again = post.lay(Some(ended), now);
        assert!(again["period"].is_null() && resources::read_role(&again).is_some());
    }

    #[test]
    fn sites_and_places_are_read_back_and_not_mistaken() {
        let hospital = Hospital {
            id: id("h"),
            name: "光山县人民医院".into(),
            name_en: "Guangshan County People's Hospital".into(),
            level: Level::County,
            parent: Some(id("c")),
        };
        let site = Site { hospital, active: false };
        let body = site.lay(None);
        assert_eq!((Site::read(&body), Place::read(&body)), (Some(site), None));
        for kind in PlaceKind::ALL {
            let place = Place {
                id: id("l"),
                kind,
                active: true,
                name: "呼吸科".into(),
                name_en: "Respiratory".into(),
                hospital: id("h"),
                ward: (kind == PlaceKind::Bed).then(|| id("w")),
                taken: kind == PlaceKind::Bed,
            };
            let body = place.lay(None);
            assert_eq!((Place::read(&body), Site::read(&body)), (Some(place.clone()), None));
            let closed = Place { active: false, ..place };
            assert_eq!(Place::read(&closed.lay(Some(body))), Some(closed));
        }
    }
}
