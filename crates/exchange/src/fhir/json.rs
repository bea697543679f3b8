//! JSON as it comes from outside: exactly what was sent, or a refusal that names why.
//!
//! Duplicate names, a nesting or a number beyond bounds, and what is no JSON at all are refused; decimals stay as typed.

use super::refusal::Refusal;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Deepest nesting of a resource, as the store takes it; a Bundle has its entries' above that.
const DEEPEST: usize = 80;
/// Longest number, in characters.
const DIGITS: usize = 128;
/// How `serde_json` hands over a number whose digits must stay.
const NUMBER: &str = "$serde_json::private::Number";
/// Names of the library's own begin so. Who reads an object of such a name again would take its text for something else, or not
/// be able to read it at all.
pub(super) const RESERVED: &str = "$serde_json::private::";

/// Reads a body.
pub fn read(body: &[u8]) -> Result<Value, Refusal> {
    if body.is_empty() {
        return Err(Refusal::bad("json.empty", "There is no body: a resource as JSON is needed."));
    }
    // Refused before a deep parse: each line of the message is from here, never from the body.
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = Strict(DEEPEST).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    let as_typed = |mut value| {
        if has_power(&value) {
            restore(&mut value, &mut powers(body).into_iter());
        }
        value
    };
    value.map(as_typed).map_err(|error| {
        let code = match error.classify() {
            serde_json::error::Category::Data => "json.refused",
            serde_json::error::Category::Eof => "json.cut-short",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => "json.unreadable",
        };
        Refusal::bad(code, format!("The body cannot be read as JSON: {error}."))
    })
}

struct Strict(usize);

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let deeper = self.0.checked_sub(1).ok_or_else(too_deep)?;
        let mut all = vec![];
        while let Some(item) = items.next_element_seed(Strict(deeper))? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let deeper = self.0.checked_sub(1).ok_or_else(too_deep)?;
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if name == NUMBER && all.is_empty() {
                return number(&members.next_value::<String>()?);
            }
            if name.starts_with(RESERVED) {
                return Err(A::Error::custom("a name that is reserved"));
            }
            if all.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the name {:?} stands twice", super::refusal::shown(&name))));
            }
            let value = members.next_value_seed(Strict(deeper))?;
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

fn too_deep<E: Error>() -> E {
    E::custom(format_args!("nested deeper than {DEEPEST}"))
}

fn number<E: Error>(text: &str) -> Result<Value, E> {
    if text.len() > DIGITS {
        return Err(E::custom(format_args!("a number of {} characters: at most {DIGITS} are taken", text.len())));
    }
    text.parse::<Number>().map(Value::Number).map_err(E::custom)
}

/// Whether a number has a power of ten. The library keeps every digit, but writes `1E3` as `1e+3`.
fn has_power(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_str().contains('e'),
        Value::Array(items) => items.iter().any(has_power),
        Value::Object(members) => members.values().any(has_power),
        _ => false,
    }
}

/// The numbers of a body with a power of ten, in order, as they were typed.
fn powers(body: &[u8]) -> Vec<&str> {
    let (mut all, mut rest) = (vec![], body);
    while let Some(at) = rest.iter().position(|c| matches!(c, b'"' | b'-' | b'0'..=b'9')) {
        rest = &rest[at..];
        let end =
            if rest[0] == b'"' { text_ends(rest) } else { rest.iter().position(ends_number).unwrap_or(rest.len()) };
        let (token, after) = rest.split_at(end);
        if token[0] != b'"' && token.iter().any(|c| matches!(c, b'e' | b'E')) {
            all.extend(std::str::from_utf8(token));
        }
        rest = after;
    }
    all
}

/// Behind the quote that ends the text which begins here.
fn text_ends(text: &[u8]) -> usize {
    let mut escaped = false;
    let quote = text.iter().skip(1).position(|c| {
        let ends = *c == b'"' && !escaped;
        escaped = *c == b'\\' && !escaped;
        ends
    });
    quote.map_or(text.len(), |at| at + 2)
}

fn ends_number(c: &u8) -> bool {
    !matches!(c, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')
}

/// Puts the numbers with a power as they were typed in the place of those that the library made of them, in the same order.
fn restore<'b>(value: &mut Value, typed: &mut impl Iterator<Item = &'b str>) {
    match value {
        Value::Number(number) if number.as_str().contains('e') => {
            if let Some(text) = typed.next() {
                // What stands in a body that was read is a number; to parse it would write it anew.
                *number = Number::from_string_unchecked(text.to_owned());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| restore(item, typed)),
        Value::Object(members) => members.values_mut().for_each(|member| restore(member, typed)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_comes_back() {
        for text in [
            r#"{"a":1.50,"b":[6.0e+1,1E3,"2e\"1",{"c1":-2.5E-07},0e0,0.10,-0,12345678901234567890.12345678901234567890],"c":{"d":null,"e":"\u0041王"}}"#,
            r#"[]"#,
            r#"{"_birthDate":{"extension":[{"url":"x"}]},"given":[null,"a"]}"#,
        ] {
            let read = read(text.as_bytes()).unwrap();
            assert_eq!(read.to_string(), text.replace("\\u0041", "A"));
            assert_eq!(
                serde_json::from_str::<Value>(&read.to_string()).unwrap(),
                serde_json::from_str::<Value>(text).unwrap()
            );
        }
    }

    #[test]
    fn what_is_refused_is_named() {
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        let less_deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        let digits = format!("{{\"a\":{}}}", "1".repeat(1_000_000));
        for (body, why) in [
            ("", "no body"),
            ("{", "EOF"),
            ("{\"a\":1}}", "trailing"),
            ("<Patient/>", "expected value"),
            (r#"{"a":1,"b":{"c":1,"c":2}}"#, r#"the name "c" stands twice"#),
            (r#"{"a":"\ud800"}"#, "hex escape"),
            (r#"{"a":"\udc00"}"#, "surrogate"),
            (r#"{"a":NaN}"#, "expected"),
            (r#"{"a":{"$serde_json::private::RawValue":"x"}}"#, "reserved"),
            (r#"{"a":{"b":1,"$serde_json::private::Number":"1"}}"#, "reserved"),
            (&deep, "nested deeper"),
            (&less_deep, "nested deeper"),
            (&digits, "a number of 1000000 characters"),
        ] {
            let refusal = read(body.as_bytes()).unwrap_err();
            let text = refusal.outcome()["issue"][0]["diagnostics"].as_str().unwrap().to_owned();
            assert!(refusal.status == 400 && text.contains(why), "{why}: {text}");
            assert!(text.len() < 300);
        }
        assert_eq!(read(b"{\"a\":\"\xff\xfe\"}").unwrap_err().status, 400);
    }
}
