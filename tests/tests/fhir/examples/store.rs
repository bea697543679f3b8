//! Puts examples into the program, and reads them back.

use super::super::{OWN, sent};
use super::known::Fail;
use super::{AT_ONCE, Example};
use ::fhir::Reference;
use futures::{StreamExt, stream};
use kernel::Id;
use records::{Act, Change, CommitError, Viewer, Write};
use serde_json::Value;
use std::collections::HashSet;
use testkit::{Client, TestApp};

/// From so many bytes on they come one at a time: two such at once are slower than a request may be.
const LARGE: usize = 256 * 1024;

/// Puts them as an import does, and says which are refused.
pub async fn by_put(client: &Client, all: &[Example]) -> HashSet<String> {
    let (large, small): (Vec<&Example>, Vec<&Example>) = all.iter().partition(|e| e.text.len() >= LARGE);
    let mut refused = HashSet::new();
    for example in large {
        refused.extend(put(client, example).await);
    }
    let small = stream::iter(small).map(|example| put(client, example));
    refused.extend(small.buffer_unordered(AT_ONCE).filter_map(async |refused| refused).collect::<Vec<_>>().await);
    refused
}

/// Puts one, and says its name when it is refused. One stands in two files: the second makes it again.
async fn put(client: &Client, example: &Example) -> Option<String> {
    for _ in 0..TRIES {
        let path = format!("/fhir/{}", example.at);
        let answer = sent(client, "PUT", &path, &HEADERS, Some(&example.text)).await;
        match answer.status {
            200 | 201 => return None,
            404 | 413 | 422 => return Some(example.at.clone()),
            // A machine that does other things as well took too long over a large one.
            503 => {}
            status => panic!("{}: {status} {}", example.at, answer.text()),
        }
    }
    panic!("{} is not taken in {TRIES} tries", example.at)
}

const TRIES: usize = 10;
const HEADERS: [(&str, &str); 2] = [("content-type", "application/fhir+json"), ("prefer", "return=minimal")];

/// An example that is stored, and through whom it is reached.
pub struct Placed<'e> {
    pub example: &'e Example,
    pub at: Reference,
    pub through: Through<'e>,
}

/// Who is asked for it.
pub enum Through<'e> {
    /// The face.
    Face(&'e Client),
    /// The store behind it, for what the face refuses: its index is judged all the same.
    Store(&'e TestApp),
}

/// Where each can be asked for. What the face refuses is put into the store itself; what that refuses as well is nowhere.
pub async fn places<'e>(
    app: &'e TestApp,
    client: &'e Client,
    all: &'e [Example],
    refused: &HashSet<String>,
) -> Vec<Placed<'e>> {
    let mut places = vec![];
    for example in all {
        let Ok(at) = example.at.parse::<Reference>() else { continue };
        let mut through = Through::Face(client);
        if refused.contains(&example.at) {
            let body = serde_json::from_str(&example.text).unwrap();
            let write = Write::new(at.clone(), body, Id::new(OWN).unwrap());
            match app.platform().store.commit(Change::of(Act::system("test.examples")).write(write)).await {
                Ok(_) => through = Through::Store(app),
                Err(CommitError::Malformed { .. }) => continue,
                Err(other) => panic!("{at}: {other}"),
            }
        }
        places.push(Placed { example, at, through });
    }
    places
}

/// What does not come back as it was sent.
pub async fn changed(places: &[Placed<'_>]) -> Vec<Fail> {
    let read = stream::iter(places).map(|placed| async move {
        let now = match placed.through {
            Through::Face(client) => {
                let answer = client.get(&format!("/fhir/{}", placed.at)).await;
                assert_eq!(answer.status, 200, "{}: {}", placed.at, answer.text());
                answer.bytes
            }
            Through::Store(app) => {
                let found = app.platform().store.read(&Viewer::System, &placed.at).await.unwrap();
                found.unwrap().json.to_vec()
            }
        };
        (!is_same(&placed.example.text, std::str::from_utf8(&now).unwrap())).then(|| Fail::changed(&placed.example.at))
    });
    read.buffer_unordered(AT_ONCE).filter_map(async |fail| fail).collect().await
}

/// The same members and values, and every number as it was typed: `1.50` is not `1.5`. Version and time are the server's.
fn is_same(sent: &str, got: &str) -> bool {
    let plain = |text: &str| {
        let mut value: Value = serde_json::from_str(text).unwrap();
        let members = value.as_object_mut().unwrap();
        if let Some(meta) = members.get_mut("meta").and_then(Value::as_object_mut) {
            meta.remove("versionId");
            meta.remove("lastUpdated");
            if meta.is_empty() {
                members.remove("meta");
            }
        }
        value
    };
    plain(sent) == plain(got) && numbers(sent) == numbers(got)
}

/// The numbers of a document, as they are typed.
fn numbers(json: &str) -> Vec<&str> {
    let (mut all, mut rest) = (vec![], json);
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        rest = &rest[at..];
        let end = match rest.strip_prefix('"') {
            Some(text) => {
                let mut escaped = false;
                let quote = text.find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                quote.unwrap() + 2
            }
            None => {
                let end =
                    rest.find(|c: char| !matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+' | '-')).unwrap_or(rest.len());
                all.push(&rest[..end]);
                end
            }
        };
        rest = &rest[end..];
    }
    all
}

#[test]
fn what_is_the_same_and_what_is_not() {
    assert_eq!(numbers(r#"{"a1":[-1.50,{"b\"2":"3 \\"}],"c":1E3}"#), ["-1.50", "1E3"]);
    let sent = r#"{"meta":{"versionId":"7","lastUpdated":"2020"},"a":1.50}"#;
    assert!(is_same(sent, r#"{"meta":{"versionId":"1"},"a":1.50}"#));
    assert!(!is_same(sent, r#"{"a":1.5}"#) && !is_same(sent, r#"{"a":1.50,"b":null}"#));
}
