//! What was asked beside the body: parameters, conditions, preferences, the form of the answer.

use super::refusal::{Refusal, shown};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use bytes::Bytes;

/// Longest query taken, in bytes.
const QUERY_MAX: usize = 16 * 1024;

/// What the client would like of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Return {
    /// Headers alone.
    Minimal,
    /// The resource as it stands now.
    #[default]
    Representation,
    /// An OperationOutcome.
    Outcome,
}

/// A request without its body.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Parameters of the address, in order, without those of the form.
    pub params: Vec<(String, String)>,
    /// `If-Match`.
    pub if_match: Option<String>,
    /// `If-None-Match`.
    pub if_none_match: Option<String>,
    /// `If-Modified-Since`.
    pub if_modified_since: Option<String>,
    /// `If-None-Exist`.
    pub if_none_exist: Option<String>,
    /// `Prefer: return=`, when it was said.
    pub wants: Option<Return>,
    /// `Prefer: handling=strict`.
    pub strict: bool,
    /// `_pretty=true`.
    pub pretty: bool,
}

impl Ask {
    /// Of a query and headers.
    pub fn new(query: &str, headers: &HeaderMap) -> Result<Self, Refusal> {
        let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let mut ask = Self {
            params: pairs(query)?,
            if_match: text(header::IF_MATCH),
            if_none_match: text(header::IF_NONE_MATCH),
            if_modified_since: text(header::IF_MODIFIED_SINCE),
            if_none_exist: text(HeaderName::from_static("if-none-exist")),
            ..Self::default()
        };
        for told in headers.get_all("prefer").iter().filter_map(|v| v.to_str().ok()) {
            ask.prefer(told);
        }
        let accepts: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|v| v.to_str().ok()).collect();
        ask.form(&accepts.join(","))?;
        Ok(ask)
    }

    fn prefer(&mut self, told: &str) {
        for part in told.split([',', ';']).map(str::trim) {
            match part {
                "return=minimal" => self.wants = Some(Return::Minimal),
                "return=representation" => self.wants = Some(Return::Representation),
                "return=OperationOutcome" => self.wants = Some(Return::Outcome),
                "handling=strict" => self.strict = true,
                "handling=lenient" => self.strict = false,
                _ => {}
            }
        }
    }

    /// Takes `_format` and `_pretty` out, and refuses a form that is not spoken here.
    pub fn form(&mut self, accept: &str) -> Result<(), Refusal> {
        let mut format = None;
        self.params.retain(|(name, value)| match name.as_str() {
            "_format" => {
                format = Some(value.clone());
                false
            }
            "_pretty" => {
                self.pretty = value == "true";
                false
            }
            _ => true,
        });
        let told = format.as_deref().unwrap_or(accept);
        if told.is_empty() || told.split(',').any(is_json) {
            return Ok(());
        }
        Err(Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            "fhir.json-alone",
            format!("FHIR is spoken here as JSON (application/fhir+json) alone, not as {}.", shown(told)),
        ))
    }
}

/// Whether a media type of `Accept`, or a word of `_format`, asks for JSON or lets us choose.
fn is_json(told: &str) -> bool {
    let told = told.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // A plus in an address that was not encoded has become a space.
    let json = ["json", "text/json", "application/json", "application/fhir+json", "application/fhir json"];
    json.contains(&told.as_str()) || ["*/*", "application/*"].contains(&told.as_str())
}

/// A query, or a form, decoded.
pub fn pairs(query: &str) -> Result<Vec<(String, String)>, Refusal> {
    if query.len() > QUERY_MAX {
        return Err(Refusal::new(
            StatusCode::URI_TOO_LONG,
            "fhir.query-too-long",
            format!("A query of {} bytes: at most {QUERY_MAX} are taken.", query.len()),
        ));
    }
    Ok(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

impl<S: Sync> FromRequestParts<S> for Ask {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Self::new(parts.uri.query().unwrap_or_default(), &parts.headers)
    }
}

/// The body of a request, whole.
pub struct Sent(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let read = Bytes::from_request(request, state).await;
        let refused = |e: BytesRejection| Refusal::new(e.status(), "fhir.body-unreadable", e.body_text());
        read.map(Self).map_err(refused)
    }
}

/// The version that an entity tag of ours names: `W/"3"`.
pub fn version_of(tag: &str) -> Option<u64> {
    tag.trim().trim_start_matches("W/").trim_matches('"').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str, headers: &[(&'static str, &str)]) -> Result<Ask, Refusal> {
        let headers = headers.iter().map(|(n, v)| (HeaderName::from_static(n), v.parse().unwrap())).collect();
        Ask::new(query, &headers)
    }

    #[test]
    fn forms_that_are_spoken() {
        for (query, accept, expected) in [
            ("", "", true),
            ("", "application/fhir+json", true),
            ("", "application/fhir+json;q=1.0, application/json;q=0.9", true),
            ("", "text/html, */*;q=0.1", true),
            ("", "application/fhir+xml", false),
            ("", "text/html", false),
            ("_format=xml", "application/json", false),
            ("_format=json", "application/fhir+xml", true),
            ("_format=application/fhir+json", "", true),
            ("_format=application%2Ffhir%2Bxml", "", false),
        ] {
            let accepts = [("accept", accept)];
            match asked(query, if accept.is_empty() { &[] } else { &accepts }) {
                Ok(_) => assert!(expected, "{query} {accept}"),
                Err(refusal) => assert!(!expected && refusal.status == 406, "{query} {accept}"),
            }
        }
    }

    #[test]
    fn preferences_and_pairs() {
        let ask =
            asked("a=1&name:exact=%E7%8E%8B&_pretty=true&b=x+y", &[("prefer", "return=minimal; handling=strict")]);
        let ask = ask.unwrap();
        assert_eq!((ask.wants, ask.strict, ask.pretty), (Some(Return::Minimal), true, true));
        let pairs: Vec<_> = ask.params.iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(pairs, ["a=1", "name:exact=王", "b=x y"]);
        assert_eq!(asked(&"x".repeat(QUERY_MAX + 1), &[]).unwrap_err().status, 414);
        assert_eq!(version_of("W/\"12\""), Some(12));
        assert_eq!(version_of("\"x\""), None);
    }
}
