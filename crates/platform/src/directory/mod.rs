//! Hospitals, people, roles, rooms and devices: a read model of Organization, Practitioner, PractitionerRole, Location and Device.
//!
//! Held in memory because every request asks it who somebody is; loaded at start and kept fresh by the ledger's tail. The
//! resources are the truth, and only [`resources`] knows how they are written. It must never hold anything about a patient.

pub mod area;
mod cache;
pub mod device;
pub mod device_change;
pub mod device_create;
pub mod devices;
pub mod export;
pub mod fields;
mod ground;
pub mod hospitals;
pub mod import;
pub mod import_progress;
pub mod import_undo;
pub mod imports;
pub(crate) mod licence;
pub(crate) mod link;
pub mod people;
pub mod person;
pub mod person_change;
pub mod person_close;
pub mod person_create;
pub mod person_enable;
pub mod person_factor;
pub mod person_reset;
pub mod person_sessions;
pub mod place_change;
pub mod place_create;
pub mod places;
pub mod plan;
mod plan_devices;
mod plan_people;
mod plan_places;
mod plan_sites;
pub mod posts;
pub mod profile;
pub mod resources;
mod sheet;
pub mod site_change;
pub mod site_create;
pub mod sites;
mod write;

pub use cache::Directory;
pub use sheet::{Format as TableFormat, write as write_table};

use axum::extract::DefaultBodyLimit;
use kernel::{Id, Level};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A hospital or centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hospital {
    /// The Organization's id.
    pub id: Id,
    /// Its name in Chinese.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Where it stands.
    pub level: Level,
    /// The hospital above.
    pub parent: Option<Id>,
}

/// Somebody who works at a hospital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The Practitioner's id.
    pub id: Id,
    /// The name as the person writes it.
    pub name: String,
    /// The name in Latin letters.
    pub name_en: Option<String>,
    /// The professional title.
    pub title: Option<String>,
    /// The title in English.
    pub title_en: Option<String>,
}

/// What a person is at a hospital.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The PractitionerRole's id.
    pub id: Id,
    /// Who.
    pub person: Id,
    /// Where.
    pub hospital: Id,
    /// What.
    pub role: kernel::Role,
    /// Specialty codes.
    pub specialties: Vec<String>,
}

/// A consulting room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// The Location's id.
    pub id: Id,
    /// Its name in Chinese.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// Whose it is.
    pub hospital: Id,
    /// Not a physical room: never busy.
    pub is_virtual: bool,
}

/// A hospital as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HospitalRef {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id,
    /// Its name in Chinese.
    pub name: String,
    /// Its name in English.
    pub name_en: String,
    /// The code of its level.
    pub level: String,
}

/// A person as the API shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonRef {
    /// The Practitioner's id.
    #[schema(value_type = String)]
    pub id: Id,
    /// The name as the person writes it.
    pub name: String,
    /// The name in Latin letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// The professional title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The title in English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_en: Option<String>,
    /// The hospital of the role in question.
    pub hospital: HospitalRef,
}

impl From<&Hospital> for HospitalRef {
    fn from(h: &Hospital) -> Self {
        Self { id: h.id.clone(), name: h.name.clone(), name_en: h.name_en.clone(), level: h.level.code().to_owned() }
    }
}

impl PersonRef {
    /// `person` as working at `hospital`.
    pub fn new(person: &Person, hospital: &Hospital) -> Self {
        Self {
            id: person.id.clone(),
            name: person.name.clone(),
            name_en: person.name_en.clone(),
            title: person.title.clone(),
            title_en: person.title_en.clone(),
            hospital: hospital.into(),
        }
    }
}

/// The routes of this slice.
pub fn router() -> OpenApiRouter<crate::Shared> {
    // The people of a province are more than other operations are sent.
    let import = OpenApiRouter::new()
        .routes(routes!(import_progress::import_progress, import::import))
        .layer(DefaultBodyLimit::max(crate::http::IMPORT_BODY_MAX));
    OpenApiRouter::new()
        .merge(import)
        .routes(routes!(hospitals::hospitals))
        .routes(routes!(export::export))
        .routes(routes!(imports::imports))
        .routes(routes!(import_undo::import_undo))
        .routes(routes!(sites::sites, site_create::site_create))
        .routes(routes!(site_change::site_change))
        .routes(routes!(places::places, place_create::place_create))
        .routes(routes!(place_change::place_change))
        .routes(routes!(devices::devices, device_create::device_create))
        .routes(routes!(device_change::device_change))
        .routes(routes!(people::people, person_create::person_create))
        .routes(routes!(person::person, person_change::person_change))
        .routes(routes!(person_enable::person_enable))
        .routes(routes!(person_reset::person_reset))
        .routes(routes!(person_factor::person_factor))
        .routes(routes!(person_sessions::person_sessions, person_close::person_close))
}
