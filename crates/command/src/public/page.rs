//! `GET /public`: the page for everybody. Made once a minute at most, whoever asks how often.

use super::{document, figures, notice};
use crate::Views;
use crate::figures::Day;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use kernel::{Role, Time};
use platform::{Lang, Platform, Problem, Shared};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::IntoParams;

/// Days shown, the last of them the last that is over.
const DAYS: i32 = 21;
/// For so long a page that was made is given out.
const GOOD_FOR: SignedDuration = SignedDuration::from_secs(60);

/// The pages that were made, one a language.
#[derive(Debug, Default)]
pub struct Made([Mutex<Option<One>>; 2]);

#[derive(Debug, Clone)]
struct One {
    until: Time,
    etag: HeaderValue,
    html: Arc<str>,
}

impl Made {
    /// What is told has changed.
    pub fn forget(&self) {
        for one in &self.0 {
            *one.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    fn of(&self, lang: Lang) -> &Mutex<Option<One>> {
        &self.0[lang as usize]
    }
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// `zh` or `en`; what the browser prefers when absent or another.
    #[serde(default)]
    lang: Option<String>,
}

/// The page for everybody.
#[utoipa::path(get, path = "/public", operation_id = "public.page", tag = "public", params(Asked),
    responses((status = 200, description = "The page", content_type = "text/html"), (status = 304),
        (status = 503, description = "figures.counting")))]
pub async fn page(
    State(platform): State<Shared>,
    Extension(views): Extension<Arc<Views>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let lang = asked.lang.as_deref().and_then(Lang::from_tag).unwrap_or_else(|| Lang::of(&headers));
    let now = platform.clock.now();
    let kept = views.page.of(lang).lock().unwrap_or_else(PoisonError::into_inner).clone();
    let one = match kept.filter(|one| now < one.until) {
        Some(one) => one,
        None => {
            let made = made(&platform, &views, lang, now).await?;
            *views.page.of(lang).lock().unwrap_or_else(PoisonError::into_inner) = Some(made.clone());
            made
        }
    };
    let said = [
        (header::ETAG, one.etag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=60")),
        (header::VARY, HeaderValue::from_static("accept-language")),
        (header::CONTENT_SECURITY_POLICY, document::policy()),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&one.etag) {
        return Ok((StatusCode::NOT_MODIFIED, said).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    Ok((said, kind, one.html.to_string()).into_response())
}

async fn made(platform: &Platform, views: &Views, lang: Lang, now: Time) -> Result<One, Problem> {
    let (zone, cut_off) = (platform.settings.time_zone(), platform.chosen.figures_cut_off());
    let last = last_over(now, cut_off, &zone);
    let days: Vec<Day> = (0..DAYS).rev().map(|n| Day::of(last.saturating_sub(n.days()), cut_off, &zone)).collect();
    let lines = figures::lines(&views.book.now(platform).await?.world, &days, now);
    let notices = notice::published(&*platform.store).await?;
    // Whose words they are: where the outbreak officer works.
    let officers = platform.directory.roles_with(Role::OutbreakOfficer);
    let of =
        officers.iter().min_by_key(|role| &role.id).and_then(|role| platform.directory.hospital_ref(&role.hospital));
    let shown = document::Shown {
        of,
        is_demo: platform.demo,
        days: days.iter().map(|day| day.date).collect(),
        cut_off,
        lines,
        notices,
    };
    let html = document::write(&shown, lang);
    let etag = format!("\"{}\"", STANDARD.encode(Sha256::digest(&html)));
    let etag = HeaderValue::try_from(etag).map_err(Problem::internal)?;
    Ok(One { until: now.saturating_add(GOOD_FOR).unwrap_or(Time::MAX), etag, html: html.into() })
}

/// The last day that is over: what runs is nobody's business yet.
fn last_over(now: Time, cut_off: i64, zone: &jiff::tz::TimeZone) -> Date {
    let today = now.to_zoned(zone.clone()).date();
    if Day::of(today, cut_off, zone).ends <= now { today } else { today.saturating_sub(1.day()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn the_running_day_is_not_told() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let last = |now: &str, cut_off| last_over(now.parse().unwrap(), cut_off, &zone).to_string();
        assert_eq!(last("2026-11-21T12:00:00Z", 24), "2026-11-20");
        assert_eq!(last("2026-11-21T12:00:00Z", 20), "2026-11-21", "20:00 there");
        assert_eq!(last("2026-11-21T11:59:59Z", 20), "2026-11-20");
        assert_eq!(last("2026-11-21T16:00:00Z", 24), "2026-11-21", "midnight there");
    }
}
