//! `opinion.verify`: is the sheet in my hand genuine, and is it the latest version? A page for whoever holds one, without
//! signing in.
//!
//! The code on the sheet is 128 bits of chance: who has no sheet finds no page. The page says who signed, when, which
//! version, and whether another replaced it. It must never say whose opinion it is: no patient, no case, no words.

mod page;

use super::resources::{VERIFY, read_document, read_standing, stored_bytes};
use super::signed::signer;
use crate::consult::find;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fhir::{Reference, ResourceType};
use jiff::Zoned;
use platform::session::Came;
use platform::{Lang, Op, Problem, Shared};
use records::Viewer;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

/// Codes that lead nowhere, from one address in ten minutes.
const MISSES: u32 = 30;
/// Pages opened from one address in ten minutes: a hospital's desk checks many, a program that tries codes checks more.
const OPENED: u32 = 600;
/// Characters of the check code that is printed.
const PRINTED: usize = 16;
/// Characters of one typed by hand that say enough.
const TYPED_MIN: usize = 8;

/// What is printed for whoever holds the sheet.
#[derive(Debug, Clone)]
pub struct Check {
    /// Where the code leads.
    pub address: String,
    /// SHA-256 of the opinion's stored bytes.
    pub content: String,
}

impl Check {
    /// The beginning of the hash, in fours.
    pub fn code(&self) -> String {
        grouped(&self.content)
    }
}

fn grouped(hash: &str) -> String {
    let letters: Vec<char> = hash.chars().take(PRINTED).collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// A new code.
pub fn new_code(op: &Op) -> String {
    let mut chance = [0; 16];
    op.platform().ids.fill(&mut chance);
    hex::encode(chance)
}

/// Where a code leads.
pub fn address(op: &Op, code: &str) -> String {
    format!("{}/verify/{code}", op.platform().url())
}

/// What is asked beside the code.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// `zh` or `en`; else as the browser says.
    lang: Option<String>,
    /// The check code or a longer beginning of the file's or the opinion's SHA-256, as typed.
    check: Option<String>,
}

/// What is known of a sheet.
#[derive(Debug)]
struct Known {
    version: u32,
    signed_at: Zoned,
    doctor: String,
    title: String,
    hospital: String,
    content: String,
    file: String,
    /// The latest version and when it was signed, when it is another.
    replaced: Option<(u32, Zoned)>,
    demonstration: bool,
}

/// Says whether a printed opinion is genuine and the latest.
#[utoipa::path(get, path = "/verify/{code}", operation_id = "opinion.verify", tag = "opinion",
    params(("code" = String, Path, description = "from the sheet"), Asked),
    responses((status = 200, description = "a page: genuine, latest or replaced", content_type = "text/html"),
        (status = 404, description = "a page: no such sheet was issued here", content_type = "text/html"),
        (status = 429, description = "session.too-many")))]
pub async fn verify(
    State(platform): State<Shared>,
    from: Came,
    headers: HeaderMap,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let now = platform.clock.now();
    let network = from.network();
    let (opened, missed) = (format!("verify:{network}"), format!("verify-miss:{network}"));
    platform.visits.attempt(&opened, OPENED, now)?;
    platform.visits.attempt(&missed, MISSES, now)?;
    let lang = asked.lang.as_deref().and_then(Lang::from_tag).unwrap_or_else(|| Lang::of(&headers));
    let known = known(&platform, &code, lang).await?;
    let mut chance = [0; 16];
    platform.ids.fill(&mut chance);
    let nonce = hex::encode(chance);
    let Some(known) = known else {
        return Ok(page::answer(StatusCode::NOT_FOUND, &page::unknown(lang, &nonce), &nonce));
    };
    platform.visits.forgive(&missed);
    let typed = asked.check.as_deref().map(|typed| Typed::read(typed, &known));
    Ok(page::answer(StatusCode::OK, &page::known(lang, &nonce, &known, typed), &nonce))
}

/// What a typed check code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Typed {
    /// It is this opinion's or this file's.
    Same,
    /// It is not.
    Differs,
    /// Too little to tell.
    Short,
}

impl Typed {
    fn read(typed: &str, known: &Known) -> Self {
        let typed: String = typed.chars().filter(char::is_ascii_hexdigit).take(64).collect::<String>().to_lowercase();
        match typed.len() {
            0..TYPED_MIN => Self::Short,
            _ if known.content.starts_with(&typed) || known.file.starts_with(&typed) => Self::Same,
            _ => Self::Differs,
        }
    }
}

async fn known(platform: &Shared, code: &str, lang: Lang) -> Result<Option<Known>, Problem> {
    if code.len() != 32 || !code.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let store = &*platform.store;
    let token = format!("{VERIFY}|{}", code.to_lowercase());
    let query = records::Query::of(ResourceType::DOCUMENT_REFERENCE).with("identifier", token).count(1);
    let Some(sheet) = store.search(&Viewer::System, &query).await?.matches.into_iter().next() else { return Ok(None) };
    let Some(case) = &sheet.case else { return Ok(None) };
    let missing = |what: &str| Problem::internal(format!("{what} of {} is not there", sheet.at));
    let case = find(store, &case.id).await?.ok_or_else(|| missing("the case"))?;
    let advice = case.consult.stage.advice().ok_or_else(|| missing("the signature"))?;
    let at = Reference::new(ResourceType::COMPOSITION, sheet.at.id.clone());
    let composition = store.read(&Viewer::System, &at).await?.ok_or_else(|| missing("the opinion"))?.value()?;
    let standing = read_standing(&composition).ok_or_else(|| missing("the version"))?;
    let (pdf, _) = read_document(&sheet.value()?).ok_or_else(|| missing("the file"))?;
    let by = signer(&platform.directory, advice)?;
    let zone = platform.settings.time_zone();
    let english = |own: &str, english: Option<&str>| match english.filter(|e| lang == Lang::En && !e.is_empty()) {
        Some(english) => format!("{english} ({own})"),
        None => own.to_owned(),
    };
    let title = match lang {
        Lang::En => by.title_en.clone().or(by.title.clone()),
        Lang::Zh => by.title.clone(),
    };
    Ok(Some(Known {
        version: standing.version,
        signed_at: standing.at.to_zoned(zone.clone()),
        doctor: english(&by.name, by.name_en.as_deref()),
        title: title.unwrap_or_default(),
        hospital: english(&by.hospital.name, Some(&by.hospital.name_en)),
        content: hex::encode(Sha256::digest(stored_bytes(&composition).map_err(Problem::internal)?)),
        file: hex::encode(pdf.sha256),
        replaced: (advice.opinion != sheet.at.id).then(|| (advice.version, advice.at.to_zoned(zone))),
        demonstration: platform.demo,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Known {
        let signed_at: Zoned = "2026-11-21T10:41:07+08:00[Asia/Shanghai]".parse().unwrap();
        Known {
            version: 1,
            signed_at: signed_at.clone(),
            doctor: "李伟<script>".to_owned(),
            title: "主任医师".to_owned(),
            hospital: "河南省人民医院".to_owned(),
            content: "ab12cd34ef567890".repeat(4),
            file: "00ff00ff00ff00ff".repeat(4),
            replaced: Some((3, signed_at)),
            demonstration: false,
        }
    }

    #[test]
    fn what_is_typed_is_compared_as_people_type() {
        let known = sheet();
        for (typed, said) in [
            ("AB12 cd34 EF56 7890", Typed::Same),
            ("ab12cd34", Typed::Same),
            ("00ff-00ff-00ff", Typed::Same),
            ("ab12 cd34 ef56 7891", Typed::Differs),
            ("ab12cd3", Typed::Short),
            ("  ", Typed::Short),
            (&"f".repeat(10_000), Typed::Differs),
        ] {
            assert_eq!(Typed::read(typed, &known), said, "{typed}");
        }
        assert_eq!(grouped(&known.content), "ab12 cd34 ef56 7890");
    }

    #[test]
    fn the_page_says_replaced_in_both_languages_and_does_no_harm() {
        for (lang, replaced) in [(Lang::Zh, "已被第 3 版替代"), (Lang::En, "replaced by version 3")] {
            let html = page::known(lang, "n", &sheet(), Some(Typed::Differs));
            assert!(html.contains(replaced), "{html}");
            assert!(html.contains("&lt;script&gt;") && !html.contains("李伟<script>"), "names are escaped");
            assert!(html.contains("nonce=\"n\"") && html.contains("ab12 cd34 ef56 7890"));
        }
        let latest = page::known(Lang::En, "n", &Known { replaced: None, ..sheet() }, None);
        assert!(latest.contains("Genuine, and the latest version") && !latest.contains("replaced by"));
    }
}
