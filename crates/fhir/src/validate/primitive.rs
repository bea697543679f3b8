//! The forms of FHIR's primitive types: the expressions of the specification, and dates that exist.

use serde_json::Value;

/// Most characters of a string (FHIR R4, data type `string`: 1 MB).
const STRING_MAX: usize = 1_048_576;
/// Most characters of a number. The specification names no bound; 18 digits must be kept, and nobody measures more than this.
const NUMBER_MAX: usize = 1_000;

/// The primitive types of R4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Primitive {
    Base64Binary,
    Boolean,
    Canonical,
    Code,
    Date,
    DateTime,
    Decimal,
    Id,
    Instant,
    Integer,
    Markdown,
    Oid,
    PositiveInt,
    String,
    Time,
    UnsignedInt,
    Uri,
    Url,
    Uuid,
    Xhtml,
}

const NAMES: [(&str, Primitive); 20] = [
    ("base64Binary", Primitive::Base64Binary),
    ("boolean", Primitive::Boolean),
    ("canonical", Primitive::Canonical),
    ("code", Primitive::Code),
    ("date", Primitive::Date),
    ("dateTime", Primitive::DateTime),
    ("decimal", Primitive::Decimal),
    ("id", Primitive::Id),
    ("instant", Primitive::Instant),
    ("integer", Primitive::Integer),
    ("markdown", Primitive::Markdown),
    ("oid", Primitive::Oid),
    ("positiveInt", Primitive::PositiveInt),
    ("string", Primitive::String),
    ("time", Primitive::Time),
    ("unsignedInt", Primitive::UnsignedInt),
    ("uri", Primitive::Uri),
    ("url", Primitive::Url),
    ("uuid", Primitive::Uuid),
    ("xhtml", Primitive::Xhtml),
];

/// Why a value is not of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Another kind of JSON value is wanted.
    Kind(&'static str),
    /// The form is not that of the type.
    Form(&'static str),
    /// Longer than the type allows.
    Long(usize),
}

impl Primitive {
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, primitive)| *primitive)
    }

    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }

    /// Whether it names something, perhaps `#` something inside the resource.
    pub(super) fn is_uri(self) -> bool {
        matches!(self, Self::Canonical | Self::Uri | Self::Url)
    }

    /// Judges a value that is neither null nor an array.
    pub(super) fn judge(self, value: &Value) -> Result<(), Fault> {
        match (self, value) {
            (Self::Boolean, Value::Bool(_)) => Ok(()),
            (Self::Boolean, _) => Err(Fault::Kind("true or false")),
            (Self::Decimal | Self::Integer | Self::PositiveInt | Self::UnsignedInt, Value::Number(n)) => {
                self.number(n.as_str())
            }
            (Self::Decimal | Self::Integer | Self::PositiveInt | Self::UnsignedInt, _) => Err(Fault::Kind("a number")),
            (_, Value::String(text)) => self.text(text),
            _ => Err(Fault::Kind("a string")),
        }
    }

    fn number(self, literal: &str) -> Result<(), Fault> {
        if literal.len() > NUMBER_MAX {
            return Err(Fault::Long(NUMBER_MAX));
        }
        let (low, high, form) = match self {
            Self::Integer => (i64::from(i32::MIN), i64::from(i32::MAX), "a whole number of 32 bits"),
            Self::PositiveInt => (1, i64::from(i32::MAX), "a whole number from 1 to 2147483647"),
            Self::UnsignedInt => (0, i64::from(i32::MAX), "a whole number from 0 to 2147483647"),
            // What JSON calls a number is what FHIR calls a decimal.
            _ => return Ok(()),
        };
        let whole = literal.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let fits = whole && literal.parse::<i64>().is_ok_and(|n| (low..=high).contains(&n));
        let negative_zero = literal == "-0" && self != Self::Integer;
        if fits && !negative_zero { Ok(()) } else { Err(Fault::Form(form)) }
    }

    fn text(self, text: &str) -> Result<(), Fault> {
        if text.is_empty() {
            return Err(Fault::Form("a string that is not empty"));
        }
        let form = |good: bool, form: &'static str| if good { Ok(()) } else { Err(Fault::Form(form)) };
        match self {
            Self::String | Self::Markdown | Self::Xhtml => {
                // Bytes are at most four to a character: most texts need no counting.
                if text.len() > STRING_MAX && text.chars().count() > STRING_MAX && self == Self::String {
                    return Err(Fault::Long(STRING_MAX));
                }
                let clean = text.bytes().all(|b| b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r'));
                form(clean, "text without control characters")
            }
            Self::Code => form(is_code(text), "a code: no space at either end, no two in a row"),
            Self::Id => form(is_id(text), "an id: 1 to 64 of A-Z a-z 0-9 - ."),
            Self::Uri | Self::Url | Self::Canonical => form(!text.bytes().any(is_space), "a URI without spaces"),
            Self::Oid => form(is_oid(text), "an OID: urn:oid:1.2.3"),
            Self::Uuid => form(is_uuid(text), "a UUID: urn:uuid: and 32 small hexadecimal digits with dashes"),
            Self::Date => form(date(text) == Some(""), "a date: YYYY, YYYY-MM or YYYY-MM-DD, and on the calendar"),
            Self::DateTime => form(
                date(text).is_some_and(|rest| rest.is_empty() || has_day(text) && zoned_time(rest)),
                "a dateTime: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz, and on the calendar",
            ),
            Self::Instant => form(
                date(text).is_some_and(|rest| has_day(text) && zoned_time(rest)),
                "an instant: YYYY-MM-DDThh:mm:ss+zz:zz, and on the calendar",
            ),
            Self::Time => form(clock(text) == Some(""), "a time: hh:mm:ss"),
            Self::Base64Binary => form(is_base64(text), "base64"),
            _ => Ok(()),
        }
    }
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = is_space(bytes[0]) || is_space(bytes[bytes.len() - 1]);
    !ends && !bytes.windows(2).any(|pair| is_space(pair[0]) && is_space(pair[1]))
}

/// 1 to 64 of `A-Z a-z 0-9 - .`
pub(super) fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// `urn:oid:[0-2](\.(0|[1-9][0-9]*))+`
pub(super) fn is_oid(text: &str) -> bool {
    let Some(oid) = text.strip_prefix("urn:oid:") else { return false };
    let mut arcs = oid.split('.');
    let number =
        |arc: &str| !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'));
    matches!(arcs.next(), Some("0" | "1" | "2")) && oid.contains('.') && arcs.all(number)
}

/// `urn:uuid:` and a UUID in small letters.
pub(super) fn is_uuid(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else { return false };
    uuid.len() == 36
        && uuid.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
        })
}

/// What follows the date that a text begins with: `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, on the calendar.
fn date(text: &str) -> Option<&str> {
    let year = digits(text, 0, 4).filter(|year| *year > 0)?;
    if text.as_bytes().get(4) != Some(&b'-') {
        return text.get(4..);
    }
    let month = digits(text, 5, 2).filter(|month| (1..=12).contains(month))?;
    if text.as_bytes().get(7) != Some(&b'-') {
        return text.get(7..);
    }
    let day = digits(text, 8, 2)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if (1..=last).contains(&day) { text.get(10..) } else { None }
}

fn has_day(text: &str) -> bool {
    text.as_bytes().get(10) == Some(&b'T')
}

/// `Thh:mm:ss(.f+)?(Z|+hh:mm)`, zones up to 14 hours.
fn zoned_time(text: &str) -> bool {
    let Some(zone) = text.strip_prefix('T').and_then(clock) else { return false };
    if zone == "Z" {
        return true;
    }
    let hours = digits(zone, 1, 2).filter(|_| zone.starts_with(['+', '-']));
    let minutes = digits(zone, 4, 2).filter(|_| zone.len() == 6 && zone.as_bytes()[3] == b':');
    matches!((hours, minutes), (Some(0..=13), Some(0..=59)) | (Some(14), Some(0)))
}

/// What follows `hh:mm:ss(.f+)?`.
fn clock(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    digits(text, 0, 2).filter(|h| *h < 24 && bytes.get(2) == Some(&b':'))?;
    digits(text, 3, 2).filter(|m| *m < 60 && bytes.get(5) == Some(&b':'))?;
    // 60 is a leap second.
    digits(text, 6, 2).filter(|s| *s <= 60)?;
    let rest = text.get(8..)?;
    let Some(fraction) = rest.strip_prefix('.') else { return Some(rest) };
    let end = fraction.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(fraction.len());
    if end == 0 { None } else { fraction.get(end..) }
}

fn digits(text: &str, from: usize, count: usize) -> Option<u32> {
    let part = text.as_bytes().get(from..from + count)?;
    part.iter().all(u8::is_ascii_digit).then(|| part.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}

/// Groups of four, padding at the end alone, space between groups as the specification allows.
fn is_base64(text: &str) -> bool {
    let (mut length, mut padding) = (0_usize, 0);
    for b in text.bytes() {
        match b {
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {}
            space if is_space(space) => continue,
            _ => return false,
        }
        length += 1;
    }
    length > 0 && length % 4 == 0 && padding <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ty: &str, good: &[&str], bad: &[&str]) {
        let ty = Primitive::named(ty).unwrap();
        for (texts, expect) in [(good, true), (bad, false)] {
            for text in texts {
                let value = serde_json::from_str(text).unwrap();
                assert_eq!(ty.judge(&value).is_ok(), expect, "{ty:?} {text}");
            }
        }
    }

    #[test]
    fn forms() {
        check("boolean", &["true"], &["\"true\"", "1", "{}"]);
        check("integer", &["0", "-0", "-2147483648", "2147483647"], &["2147483648", "1.0", "1e2", "\"1\"", "true"]);
        check("unsignedInt", &["0", "7"], &["-1", "-0", "2147483648"]);
        check("positiveInt", &["1"], &["0", "-1", "99999999999999999999"]);
        let long = "1".repeat(1001);
        check("decimal", &["0.10", "1E-22", "-1.00e+245", "123456789012345678901234567890.0"], &["\"1\"", &long]);
        check(
            "date",
            &["\"2024-02-29\"", "\"1900\"", "\"2026-11\""],
            &[
                "\"2023-02-29\"",
                "\"0000\"",
                "\"2026-13\"",
                "\"2026-1\"",
                "\"2026-11-31\"",
                "\"2026-11-22T\"",
                "\"\"",
                "\"20261122\"",
                "\"２０２６\"",
            ],
        );
        check(
            "dateTime",
            &["\"2026\"", "\"2026-11-22\"", "\"2026-11-22T08:00:00+08:00\"", "\"2016-12-31T23:59:60.123Z\""],
            &[
                "\"2026-11-22T08:00+08:00\"",
                "\"2026-11-22T08:00:00\"",
                "\"2026-11T08:00:00Z\"",
                "\"2026-11-22T24:00:00Z\"",
                "\"2026-11-22T08:00:00+14:30\"",
                "\"2026-11-22T08:00:00.Z\"",
                "\"2026-11-22 08:00:00Z\"",
            ],
        );
        check(
            "instant",
            &["\"2026-11-22T08:00:00.5-13:59\""],
            &["\"2026-11-22\"", "\"2026\"", "\"2026-11-22T08:00:00Zx\""],
        );
        check("time", &["\"08:00:00\"", "\"08:00:00.25\""], &["\"08:00\"", "\"8:00:00\"", "\"08:00:00Z\""]);
        check("code", &["\"a b\"", "\"male\""], &["\" a\"", "\"a \"", "\"a  b\"", "\"\""]);
        check("id", &["\"A-1.b\""], &["\"a_b\"", "\"a b\"", &format!("\"{}\"", "x".repeat(65))]);
        check(
            "oid",
            &["\"urn:oid:1.2.0\""],
            &["\"1.2.3\"", "\"urn:oid:3.1\"", "\"urn:oid:1.02\"", "\"urn:oid:1\"", "\"urn:oid:1.\""],
        );
        check(
            "uuid",
            &["\"urn:uuid:c757873d-ec9a-4326-a141-556f43239520\""],
            &["\"urn:uuid:C757873D-ec9a-4326-a141-556f43239520\"", "\"c757873d-ec9a-4326-a141-556f43239520\""],
        );
        check("uri", &["\"urn:x\"", "\"http://a/b?c\""], &["\"a b\"", "\"\"", "7"]);
        check("string", &["\" 王\\n\\t\""], &["\"a\\u0000\"", "\"\\u001b\"", "\"\"", "{}"]);
        check(
            "base64Binary",
            &["\"AAAA\"", "\"AA==\"", "\"AAAA AAA=\"", "\"AAAA\\nAAAA\""],
            &["\"AAA\"", "\"A===\"", "\"AA=A\"", "\"AA_A\"", "\" \""],
        );
    }
}
