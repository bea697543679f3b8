//! `GET /api/public/notices`: what the public is told in words, for whoever writes it and whoever shows it elsewhere.

use super::notice::{Kind, NOTICES_MAX, Notice, Words, published};
use axum::Json;
use axum::extract::State;
use kernel::{Id, Time};
use platform::{Problem, Shared};
use serde::Serialize;
use utoipa::ToSchema;

/// All notices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicNotices)]
pub struct Output {
    /// So many can be published.
    most: usize,
    /// In the order of the page.
    notices: Vec<Item>,
}

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicNoticeShown)]
pub struct Item {
    /// Its id.
    #[schema(value_type = String)]
    id: Id,
    /// Its version, named by who changes it.
    version: u64,
    /// What it is about.
    kind: Kind,
    /// Its title.
    title: Words,
    /// What it says, lines apart.
    text: Words,
    /// When this was said.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
}

impl From<Notice> for Item {
    fn from(Notice { id, version, kind, title, text, at }: Notice) -> Self {
        Self { id, version, kind, title, text, at }
    }
}

/// What the public is told in words.
#[utoipa::path(get, path = "/api/public/notices", operation_id = "public.notices", tag = "public",
    responses((status = 200, body = Output)))]
pub async fn notices(State(platform): State<Shared>) -> Result<Json<Output>, Problem> {
    let notices = published(&*platform.store).await?;
    Ok(Json(Output { most: NOTICES_MAX, notices: notices.into_iter().map(Item::from).collect() }))
}
