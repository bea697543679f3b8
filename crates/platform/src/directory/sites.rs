//! `directory.sites`: the hospitals I manage, closed ones too, with how much there is in each.

use super::area;
use super::profile::PlaceKind;
use crate::{Op, Problem};
use axum::Json;
use kernel::Id;
use serde::Serialize;
use utoipa::ToSchema;

/// The hospitals.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectorySites)]
pub struct Output {
    /// Highest level first.
    sites: Vec<SiteRow>,
    /// Whether hospitals without one above may be made.
    runs_all: bool,
}

/// A hospital as its administrator sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectorySite)]
pub struct SiteRow {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// The code of its level.
    level: &'static str,
    /// The hospital above.
    #[schema(value_type = Option<String>)]
    parent: Option<Id>,
    /// Not closed.
    active: bool,
    /// People who work there.
    people: usize,
    /// Departments that are open.
    departments: usize,
    /// Rooms that are open.
    rooms: usize,
}

/// The hospitals I manage: the own and those below, or all.
#[utoipa::path(get, path = "/api/admin/hospitals", operation_id = "directory.sites", tag = "directory",
    responses((status = 200, body = Output)))]
pub async fn sites(op: Op) -> Result<Json<Output>, Problem> {
    op.may("directory.sites", &area::facts(&op, &op.actor().hospital), None).await?;
    let directory = &op.platform().directory;
    let (posts, places) = (directory.posts(), directory.places());
    let mine = directory.sites().into_iter().filter(|s| area::holds(&op, &s.hospital.id));
    let sites = mine.map(|site| {
        let id = &site.hospital.id;
        let mut people: Vec<_> = posts.iter().filter(|p| p.active && p.hospital == *id).map(|p| &p.person).collect();
        people.sort();
        people.dedup();
        let open = |kinds: &[PlaceKind]| {
            places.iter().filter(|p| p.active && p.hospital == *id && kinds.contains(&p.kind)).count()
        };
        SiteRow {
            id: id.clone(),
            name: site.hospital.name.clone(),
            name_en: site.hospital.name_en.clone(),
            level: site.level().code(),
            parent: site.hospital.parent.clone(),
            active: site.active,
            people: people.len(),
            departments: open(&[PlaceKind::Department]),
            rooms: open(&[PlaceKind::Room, PlaceKind::Virtual]),
        }
    });
    Ok(Json(Output { sites: sites.collect(), runs_all: area::runs_all(&op) }))
}
