//! What a reference may look like, and what it may point at.

use super::definitions::Definitions;
use super::primitive::{is_id, is_oid, is_uuid};

/// What the text of a reference says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target<'r> {
    /// `#id`, or `#` for the resource around.
    Inside(&'r str),
    /// A resource of this type, here or elsewhere.
    Of(&'r str),
    /// A URL or URN that does not say of which type.
    Unknown,
}

/// Reads a reference: `Type/id`, `Type/id/_history/version`, `Type?criteria` (resolved when a transaction is stored), a URL,
/// a URN, `#id`.
pub(super) fn read<'r>(all: &Definitions, text: &'r str) -> Option<Target<'r>> {
    if let Some(id) = text.strip_prefix('#') {
        return Some(Target::Inside(id));
    }
    if let Some((ty, _)) = text.split_once('?').filter(|(ty, _)| all.resource(ty).is_some()) {
        return Some(Target::Of(ty));
    }
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let known =
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    if known {
        if text.starts_with("urn:uuid:") {
            return is_uuid(&text.to_ascii_lowercase()).then_some(Target::Unknown);
        }
        if text.starts_with("urn:oid:") {
            return is_oid(text).then_some(Target::Unknown);
        }
        let web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        let typed = if web { last(all, text) } else { None };
        return Some(typed.map_or(Target::Unknown, Target::Of));
    }
    // Nothing may stand in front of a relative one.
    let ty = last(all, text)?;
    text.starts_with(ty).then_some(Target::Of(ty))
}

/// The type in `…/Type/id` or `…/Type/id/_history/version`.
fn last<'r>(all: &Definitions, text: &'r str) -> Option<&'r str> {
    let mut parts = text.rsplitn(5, '/');
    let (a, b) = (parts.next()?, parts.next()?);
    let (id, ty) = if b == "_history" && is_id(a) { (parts.next()?, parts.next()?) } else { (a, b) };
    (is_id(id) && all.resource(ty).is_some()).then_some(ty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let all = Definitions::r4();
        for (text, target) in [
            ("Patient/7", Some(Target::Of("Patient"))),
            ("Patient/7/_history/2", Some(Target::Of("Patient"))),
            ("https://a.b/fhir/Patient/7/_history/2", Some(Target::Of("Patient"))),
            ("https://a.b/x.html", Some(Target::Unknown)),
            ("urn:uuid:c757873d-ec9a-4326-a141-556f43239520", Some(Target::Unknown)),
            ("urn:uuid:7", None),
            ("#p1", Some(Target::Inside("p1"))),
            ("#", Some(Target::Inside(""))),
            ("Practitioner?identifier=a|b", Some(Target::Of("Practitioner"))),
            ("Patients/7", None),
            ("x/Patient/7", None),
            ("Patient", None),
            ("Patient/", None),
            ("Patient/a_b", None),
            ("/Patient/7", None),
            ("", None),
        ] {
            assert_eq!(read(all, text), target, "{text}");
        }
    }
}
