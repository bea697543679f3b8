//! `calendar.feed`: the calendar of one person, as programs read it.

use super::kept::{Kept, hash_in};
use super::{entries, ical};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::session::Came;
use platform::{Lang, Problem, Shared};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

/// Readings from one address in ten minutes: behind it may stand a whole hospital, each telephone of which asks by itself.
/// Misses are not counted apart: a withdrawn link is asked for again and again, and no number of tries finds 256 bits.
const FROM_ONE: u32 = 3_000;
/// Readings of one link in ten minutes: a few programs of one person.
const OF_ONE: u32 = 60;

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// `zh` or `en`; what the program prefers when absent or another.
    #[serde(default)]
    pub(super) lang: Option<String>,
}

/// A person's consultations and duties, 30 days back and 180 ahead, as iCalendar (RFC 5545). Nothing in it says whose case it is.
#[utoipa::path(get, path = "/calendar/{file}", operation_id = "calendar.feed", tag = "calendar",
    params(("file" = String, Path, description = "a token of `calendar.link`, and `.ics`"), Asked),
    responses((status = 200, description = "the calendar", content_type = "text/calendar"), (status = 304),
        (status = 404, description = "no such link, withdrawn, or its person is not here any more"),
        (status = 429, description = "session.too-many")))]
pub async fn feed(
    State(platform): State<Shared>,
    from: Came,
    headers: HeaderMap,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let now = platform.clock.now();
    platform.visits.attempt(&format!("calendar-from:{}", from.network()), FROM_ONE, now)?;
    let hash = hash_in(&file).ok_or_else(Problem::not_found)?;
    let kept = Kept::find(&platform, &hash, now).await?.ok_or_else(Problem::not_found)?;
    platform.visits.attempt(&format!("calendar-of:{}", kept.person), OF_ONE, now)?;
    if !platform.store.account_of(&kept.person).await?.is_some_and(|account| account.enabled) {
        return Err(Problem::not_found());
    }
    let lang = asked.lang.as_deref().and_then(Lang::from_tag).unwrap_or_else(|| Lang::of(&headers));
    let events = entries::of(&platform, &kept.person, lang, now).await?;
    let name = if lang == Lang::Zh { "Consilium 会诊" } else { "Consilium consultations" };
    let text = ical::write(name, &events);
    let etag = format!("\"{}\"", hex::encode(Sha256::digest(&text)));
    let etag = HeaderValue::try_from(etag).map_err(Problem::internal)?;
    let said = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::VARY, HeaderValue::from_static("accept-language")),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, said).into_response());
    }
    let kind = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"consilium.ics\""),
    ];
    Ok((said, kind, text).into_response())
}
