//! `settings.door`: what a browser needs to know before anybody has signed in.

use crate::Shared;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// What stands at the door.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingsDoor)]
pub struct Output {
    /// The language to begin in where none was chosen: `browser`, `zh-CN` or `en`.
    language: String,
}

/// The language to begin in.
#[utoipa::path(get, path = "/api/door", operation_id = "settings.door", tag = "settings",
    responses((status = 200, body = Output)))]
pub async fn door(State(platform): State<Shared>) -> Json<Output> {
    Json(Output { language: platform.chosen.first_language() })
}
