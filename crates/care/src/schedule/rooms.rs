//! `schedule.rooms`: the rooms, and when they are taken.

use super::busy::{Busy, Window, spells};
use axum::Json;
use axum::extract::Query;
use kernel::Id;
use kernel::decide::Facts;
use platform::directory::HospitalRef;
use platform::{Op, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// The rooms.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleRooms)]
pub struct Output {
    /// The own hospital's first, then by name.
    rooms: Vec<Room>,
}

/// A room.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleRoom)]
pub struct Room {
    /// The Location's id.
    #[schema(value_type = String)]
    id: Id,
    /// Its name in Chinese.
    name: String,
    /// Its name in English.
    name_en: String,
    /// Whose it is.
    hospital: HospitalRef,
    /// Never taken.
    r#virtual: bool,
    /// When it is taken.
    busy: Vec<Busy>,
}

/// The rooms, and when they are taken.
#[utoipa::path(get, path = "/api/rooms", operation_id = "schedule.rooms", tag = "schedule", params(Window),
    responses((status = 200, body = Output)))]
pub async fn rooms(op: Op, Query(window): Query<Window>) -> Result<Json<Output>, Problem> {
    op.may("schedule.rooms", &Facts::default(), None).await?;
    let directory = &op.platform().directory;
    let busy = spells(&op, "room/", window).await?;
    let mut rooms: Vec<Room> = directory
        .rooms(None)
        .iter()
        .filter_map(|room| {
            Some(Room {
                id: room.id.clone(),
                name: room.name.clone(),
                name_en: room.name_en.clone(),
                hospital: directory.hospital_ref(&room.hospital)?,
                r#virtual: room.is_virtual,
                busy: busy.get(&room.id).cloned().unwrap_or_default(),
            })
        })
        .collect();
    rooms.sort_by_key(|r| (r.hospital.id != op.actor().hospital, r.name.clone()));
    Ok(Json(Output { rooms }))
}
