//! The language of a request.

use axum::http::{HeaderMap, header};

/// The languages we speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The first of ours in `Accept-Language`, Chinese when there is none.
    pub fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        wanted
            .split(',')
            .find_map(|tag| Self::from_tag(tag.split(';').next().unwrap_or_default().trim()))
            .unwrap_or_default()
    }

    /// Reads a language tag, `zh-CN` or `en`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The tag, `zh-CN` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_of_ours_wins() {
        for (header_value, expected) in
            [("en-GB,zh;q=0.8", Lang::En), ("fr, zh-TW;q=0.5, en", Lang::Zh), ("fr", Lang::Zh), ("", Lang::Zh)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, header_value.parse().unwrap());
            assert_eq!(Lang::of(&headers), expected, "{header_value}");
        }
    }
}
