//! `directory.export`: the people or hospitals I manage as a file that `directory.import` reads back.

use super::people::{Find, found};
use super::plan_sites::level_word;
use super::sheet::{self, Format};
use super::{Directory, area};
use crate::{Lang, Op, Problem};
use axum::extract::Query;
use axum::http::header;
use axum::response::IntoResponse;
use records::Change;
use serde::Deserialize;
use utoipa::IntoParams;

/// What, and how.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Wanted {
    /// `people`, `hospitals`; or `people-template`, `hospitals-template`: the heads alone.
    what: String,
    /// `csv`, `csv-gb18030` or `xlsx`.
    format: String,
    /// Only people of this hospital.
    #[serde(default)]
    hospital: Option<String>,
    /// The language of heads and words: `zh-CN` or `en`; that of the request when absent.
    #[serde(default)]
    lang: Option<String>,
}

/// A file of the people or hospitals I manage. No cell of it is a formula.
#[utoipa::path(get, path = "/api/admin/export", operation_id = "directory.export", tag = "directory", params(Wanted),
    responses((status = 200, description = "text/csv or a workbook")))]
pub async fn export(op: Op, Query(wanted): Query<Wanted>) -> Result<impl IntoResponse, Problem> {
    op.may("directory.export", &area::facts(&op, &op.actor().hospital), None).await?;
    let format = Format::from_code(&wanted.format).ok_or_else(Problem::not_found)?;
    let lang = wanted.lang.as_deref().and_then(Lang::from_tag).unwrap_or_else(|| op.lang());
    let (columns, lines) = match wanted.what.as_str() {
        "people" => (sheet::PEOPLE, people(&op, wanted.hospital, lang).await?),
        "hospitals" => (sheet::HOSPITALS, hospitals(&op, lang)),
        "people-template" => (sheet::PEOPLE, vec![]),
        "hospitals-template" => (sheet::HOSPITALS, vec![]),
        _ => return Err(Problem::not_found()),
    };
    let count = lines.len();
    let heads = columns.iter().map(|c| c.head(lang).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(heads).chain(lines).collect();
    let bytes = tokio::task::spawn_blocking(move || sheet::write(&rows, format)).await.map_err(Problem::internal)??;
    if count > 0 {
        // Names leave the house: an act of its own, durable before the file goes out.
        let mut change = Change::of(op.act("directory.export"));
        change.act.params.insert("what".into(), wanted.what.as_str().into());
        change.act.params.insert("lines".into(), count.into());
        op.commit(change).await?;
    }
    let name = format!("attachment; filename=\"consilium-{}.{}\"", wanted.what, format.ending());
    let headers = [
        (header::CONTENT_TYPE, format.mime().to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes))
}

async fn people(op: &Op, hospital: Option<String>, lang: Lang) -> Result<Vec<Vec<String>>, Problem> {
    let directory = &op.platform().directory;
    let mut lines = vec![];
    for (profile, posts) in found(op, &Find { hospital, ..Find::default() }).await? {
        let account = op.store().account_of(&profile.id).await?.map(|a| a.name).unwrap_or_default();
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        for post in posts.iter().filter(|post| area::holds(op, &post.hospital)) {
            lines.push(vec![
                account.clone(),
                profile.name.clone(),
                text(&profile.name_en),
                site_name(directory, &post.hospital, lang),
                sheet::role_word(post.role, lang).to_owned(),
                post.department.as_ref().map(|id| place_name(directory, id, lang)).unwrap_or_default(),
                sheet::specialties_word(&post.specialties, lang),
                text(&profile.title),
                text(&profile.title_en),
                text(&profile.licence),
                sheet::languages_word(&profile.languages, lang),
                text(&profile.phone),
            ]);
        }
    }
    Ok(lines)
}

fn hospitals(op: &Op, lang: Lang) -> Vec<Vec<String>> {
    let mine = op.platform().directory.sites().into_iter().filter(|s| s.active && area::holds(op, &s.hospital.id));
    mine.map(|site| {
        let h = &site.hospital;
        let parent = h.parent.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![h.id.to_string(), h.name.clone(), h.name_en.clone(), level_word(h.level, lang).to_owned(), parent]
    })
    .collect()
}

fn site_name(directory: &Directory, id: &kernel::Id, lang: Lang) -> String {
    let site = directory.hospital_ref(id);
    site.map(|h| if lang == Lang::Zh { h.name } else { h.name_en }).unwrap_or_default()
}

fn place_name(directory: &Directory, id: &kernel::Id, lang: Lang) -> String {
    let place = directory.place(id);
    place.map(|p| if lang == Lang::Zh { p.name.clone() } else { p.name_en.clone() }).unwrap_or_default()
}
