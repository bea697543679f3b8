//! `directory.export`: the hospitals, places, devices and people I manage as a file that `directory.import` reads back.

use super::device::Device;
use super::people::{Find, found};
use super::plan_places::kind_word;
use super::plan_sites::level_word;
use super::profile::Place;
use super::sheet::{self, Format};
use super::{Directory, area};
use crate::codes::{DEVICES, word};
use crate::{Lang, Op, Problem};
use axum::extract::Query;
use axum::http::header;
use axum::response::IntoResponse;
use records::Change;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// What, and how.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Wanted {
    /// `hospitals`, `places`, `devices` or `people`; `network`: a workbook of all four. With `-template` after it: the heads alone.
    what: String,
    /// `csv`, `csv-gb18030` or `xlsx`; of the network `xlsx` alone.
    format: String,
    /// Only places, devices and people of this hospital.
    #[serde(default)]
    hospital: Option<String>,
    /// The language of heads and words: `zh-CN` or `en`; that of the request when absent.
    #[serde(default)]
    lang: Option<String>,
}

/// A file of the hospitals, places, devices or people I manage, or of all of them. No cell of it is a formula.
#[utoipa::path(get, path = "/api/admin/export", operation_id = "directory.export", tag = "directory", params(Wanted),
    responses((status = 200, description = "text/csv or a workbook")))]
pub async fn export(op: Op, Query(wanted): Query<Wanted>) -> Result<impl IntoResponse, Problem> {
    op.may("directory.export", &area::facts(&op, &op.actor().hospital), None).await?;
    let format = Format::from_code(&wanted.format).ok_or_else(Problem::not_found)?;
    let lang = wanted.lang.as_deref().and_then(Lang::from_tag).unwrap_or_else(|| op.lang());
    let (what, is_template) = match wanted.what.strip_suffix("-template") {
        Some(what) => (what, true),
        None => (wanted.what.as_str(), false),
    };
    let kinds = sheet::KINDS.iter().filter(|kind| kind.code == what || (what == "network" && format == Format::Xlsx));
    let (mut sheets, mut count) = (vec![], 0);
    for kind in kinds {
        let mut rows = vec![kind.columns.iter().map(|c| c.head(lang).to_owned()).collect()];
        match kind.code {
            _ if is_template => {}
            "hospitals" => rows.extend(hospitals(&op, lang)),
            "places" => rows.extend(places(&op, wanted.hospital.as_deref(), lang)),
            "devices" => rows.extend(devices(&op, wanted.hospital.as_deref(), lang)),
            _ => rows.extend(people(&op, wanted.hospital.clone(), lang).await?),
        }
        count += rows.len() - 1;
        sheets.push((kind.head(lang), rows));
    }
    if sheets.is_empty() {
        return Err(Problem::not_found());
    }
    let written = move || match sheets.as_slice() {
        [(_, rows)] => sheet::write(rows, format),
        all => sheet::write_book(&all.iter().map(|(name, rows)| (Some(*name), rows.as_slice())).collect::<Vec<_>>()),
    };
    let bytes = tokio::task::spawn_blocking(written).await.map_err(Problem::internal)??;
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
                text(&profile.licence_until),
                sheet::languages_word(&profile.languages, lang),
                text(&profile.time_zone),
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

fn places(op: &Op, hospital: Option<&str>, lang: Lang) -> Vec<Vec<String>> {
    let directory = &op.platform().directory;
    let mine = |place: &Place| {
        let wanted = hospital.is_none_or(|h| place.hospital.as_str() == h);
        place.active && wanted && area::holds(op, &place.hospital)
    };
    let mut all: Vec<_> = directory.places().into_iter().filter(|place| mine(place)).collect();
    all.sort_by(|a, b| (&a.hospital, &a.ward, &a.name).cmp(&(&b.hospital, &b.ward, &b.name)));
    let line = |place: &Arc<Place>| {
        vec![
            kind_word(place.kind, lang).to_owned(),
            place.hospital.to_string(),
            place.name.clone(),
            place.name_en.clone(),
            // By its id: two wards may have had one name.
            place.ward.as_ref().map(ToString::to_string).unwrap_or_default(),
            place.id.to_string(),
        ]
    };
    all.iter().map(line).collect()
}

fn devices(op: &Op, hospital: Option<&str>, lang: Lang) -> Vec<Vec<String>> {
    let mine = |device: &Device| {
        let wanted = hospital.is_none_or(|h| device.hospital.as_str() == h);
        device.active && wanted && area::holds(op, &device.hospital)
    };
    let mut all: Vec<_> = op.platform().directory.devices().into_iter().filter(|device| mine(device)).collect();
    all.sort_by(|a, b| (&a.hospital, &a.kind, &a.name).cmp(&(&b.hospital, &b.kind, &b.name)));
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let line = |device: &Arc<Device>| {
        vec![
            word(DEVICES, &device.kind, lang).to_owned(),
            device.hospital.to_string(),
            device.name.clone(),
            // By its id: beds of two wards may have one name.
            device.place.as_ref().map(ToString::to_string).unwrap_or_default(),
            text(&device.manufacturer),
            text(&device.model),
            text(&device.serial),
            device.id.to_string(),
        ]
    };
    all.iter().map(line).collect()
}

fn site_name(directory: &Directory, id: &kernel::Id, lang: Lang) -> String {
    let site = directory.hospital_ref(id);
    site.map(|h| if lang == Lang::Zh { h.name } else { h.name_en }).unwrap_or_default()
}

fn place_name(directory: &Directory, id: &kernel::Id, lang: Lang) -> String {
    let place = directory.place(id);
    place.map(|p| if lang == Lang::Zh { p.name.clone() } else { p.name_en.clone() }).unwrap_or_default()
}
