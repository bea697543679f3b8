//! A notice: something the public should know, in both languages, and how it is kept: a DocumentReference with a text in each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fhir::{Reference, ResourceType};
use kernel::{Id, Time};
use platform::Problem;
use records::{Query, Store, StoreError, Viewer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Marks a notice; its value is the kind.
pub const NOTICE: &str = "urn:consilium:public-notice";
/// So many stand on the page.
pub const NOTICES_MAX: usize = 30;
/// Characters of a title.
const TITLE_MAX: usize = 80;
/// Characters of a text.
const TEXT_MAX: usize = 3_000;

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PublicNoticeKind)]
pub enum Kind {
    /// Whom to call.
    Contact,
    /// How to protect oneself and others.
    Prevention,
}

impl Kind {
    /// All, in the order of the page.
    pub const ALL: [Self; 2] = [Self::Contact, Self::Prevention];

    fn code(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Prevention => "prevention",
        }
    }
}

/// The same words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PublicWords)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A notice as it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its id; newer ones come later.
    pub id: Id,
    /// The version kept.
    pub version: u64,
    /// What it is about.
    pub kind: Kind,
    /// 1 to 80 characters.
    pub title: Words,
    /// 1 to 3,000 characters, lines apart.
    pub text: Words,
    /// When this was said.
    pub at: Time,
}

impl Notice {
    /// The notice if its words can be published.
    pub fn checked(self) -> Result<Self, Problem> {
        let fits = |words: &str, most: usize, lines: bool| {
            let is_bad = |c: char| c.is_control() && !(lines && c == '\n');
            !words.is_empty() && words.chars().count() <= most && !words.chars().any(is_bad)
        };
        let trimmed = |words: &Words| Words { zh: words.zh.trim().to_owned(), en: words.en.trim().to_owned() };
        let notice = Self { title: trimmed(&self.title), text: trimmed(&self.text), ..self };
        for (field, words, most, lines) in
            [("title", &notice.title, TITLE_MAX, false), ("text", &notice.text, TEXT_MAX, true)]
        {
            if !fits(&words.zh, most, lines) || !fits(&words.en, most, lines) {
                let detail = format!("The {field} must be there in both languages, each of at most {most} characters.");
                return Err(Problem::unfit("public.words", detail).with("field", field).with("most", most));
            }
        }
        Ok(notice)
    }

    /// Where it is kept.
    pub fn at(id: &Id) -> Reference {
        Reference::new(ResourceType::DOCUMENT_REFERENCE, id.clone())
    }

    /// As FHIR; one that is withdrawn is superseded by nothing.
    pub fn write(&self, is_current: bool) -> Value {
        let content = |language: &str, title: &str, text: &str| {
            json!({"attachment": {"contentType": "text/plain; charset=utf-8", "language": language, "title": title,
                "data": STANDARD.encode(text)}})
        };
        json!({
            "resourceType": "DocumentReference", "id": self.id.as_str(),
            "status": if is_current { "current" } else { "superseded" },
            "type": {"coding": [{"system": NOTICE, "code": self.kind.code()}]},
            "date": self.at.to_string(),
            "content": [content("zh-CN", &self.title.zh, &self.text.zh), content("en", &self.title.en, &self.text.en)],
        })
    }

    /// Reads [`Notice::write`]; none when it is something else, or withdrawn.
    pub fn read(id: &Id, version: u64, body: &Value) -> Option<Self> {
        if body["status"] != "current" {
            return None;
        }
        let mut codes = body["type"]["coding"].as_array()?.iter();
        let said = &codes.find(|coding| coding["system"] == NOTICE)?["code"];
        let kind = Kind::ALL.into_iter().find(|kind| said == kind.code())?;
        let content = |language: &str| {
            let mut all = body["content"].as_array()?.iter().map(|content| &content["attachment"]);
            let found = all.find(|attachment| attachment["language"] == language)?;
            let text = STANDARD.decode(found["data"].as_str()?).ok()?;
            Some((found["title"].as_str()?.to_owned(), String::from_utf8(text).ok()?))
        };
        let ((zh, text_zh), (en, text_en)) = (content("zh-CN")?, content("en")?);
        Some(Self {
            id: id.clone(),
            version,
            kind,
            title: Words { zh, en },
            text: Words { zh: text_zh, en: text_en },
            at: body["date"].as_str()?.parse().ok()?,
        })
    }
}

/// All that are published: whom to call first, then the oldest first.
pub async fn published(store: &dyn Store) -> Result<Vec<Notice>, StoreError> {
    let query = Query::of(ResourceType::DOCUMENT_REFERENCE).with("type", format!("{NOTICE}|"));
    let query = query.with("status", "current").count(NOTICES_MAX);
    let mut found = vec![];
    for resource in &store.search(&Viewer::System, &query).await?.matches {
        found.extend(Notice::read(&resource.at.id, resource.version, &resource.value()?));
    }
    found.sort_by(|a: &Notice, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice() -> Notice {
        let words = |zh: &str, en: &str| Words { zh: zh.into(), en: en.into() };
        Notice {
            id: Id::new("n1").unwrap(),
            version: 3,
            kind: Kind::Contact,
            title: words("心理热线", "Counselling"),
            text: words("请拨打热线。\n夜间亦可。", "Call the line.\nAt night too."),
            at: "2026-11-23T01:02:03Z".parse().unwrap(),
        }
    }

    #[test]
    fn what_is_written_is_read_until_it_is_withdrawn() {
        let notice = notice();
        assert_eq!(Notice::read(&notice.id, 3, &notice.write(true)), Some(notice.clone()));
        assert_eq!(Notice::read(&notice.id, 3, &notice.write(false)), None);
        assert_eq!(
            Notice::read(&notice.id, 3, &json!({"resourceType": "DocumentReference", "status": "current"})),
            None
        );
    }

    #[test]
    fn words_are_there_in_both_languages_and_bounded() {
        let with = |zh: String, en: &str| Notice { title: Words { zh, en: en.into() }, ..notice() };
        assert_eq!(with(" 热线 ".into(), "Line").checked().unwrap().title.zh, "热线");
        assert!(with("长".repeat(80), "x").checked().is_ok());
        for (zh, en) in [(String::new(), "x"), ("长".repeat(81), "x"), ("a\nb".into(), "x"), ("x".into(), " ")] {
            assert_eq!(with(zh, en).checked().unwrap_err().code, "public.words");
        }
        let long = Words { zh: "字".repeat(3_001), en: "x".into() };
        assert_eq!(Notice { text: long, ..notice() }.checked().unwrap_err().code, "public.words");
    }
}
