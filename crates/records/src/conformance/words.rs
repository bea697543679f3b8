//! Full text: what is a word, what is found by it, who finds it.

use super::*;
use crate::StoreError;

fn note(text: &str) -> Value {
    json!({"note": [{"text": text}]})
}

fn narrative(text: &str, beside: &str) -> Value {
    json!({"text": {"status": "additional", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>{text}</p></div>")},
        "note": [{"text": beside}]})
}

async fn check(f: &Fixture, cases: &[(&str, &str, &[&str])]) {
    for (name, value, expect) in cases {
        let mut found = f.found("Observation", &[(name, value)]).await;
        found.sort();
        let expect: Vec<String> = expect.iter().map(|id| format!("Observation/{id}")).collect();
        assert_eq!(found, expect, "{name}={value}");
        let counted = f.store.count(&Viewer::System, &query("Observation", &[(name, value)]), 100).await.unwrap();
        assert_eq!(counted, expect.len() as u64, "{name}={value}");
    }
}

pub async fn found_by_their_words(f: Fixture) {
    f.put(
        "h",
        &[
            ("Observation/a", narrative("双肺<b>磨玻璃</b>影，请会诊", "Fever for 3 days")),
            ("Observation/b", narrative("fever &amp; COUGH", "未见结节")),
            ("Observation/c", note("肺癌术后，CT复查 naïve Müller-Weiss")),
            (
                "Observation/d",
                json!({"code": {"text": "fever chart", "coding": [{"code": "cough", "display": "Körpertemperatur"}]},
                "valueQuantity": {"value": 38.5, "unit": "celsius"}}),
            ),
            ("Observation/e", json!({"status": "final"})),
            ("Patient/p", json!({"name": [{"text": "fever cough"}]})),
        ],
    )
    .await;
    check(
        &f,
        &[
            ("_content", "fever", &["a", "b", "d"]),
            ("_text", "fever", &["b"]),
            ("_content", "FEVER cough", &["b"]),
            ("_content", "cough", &["b"]),
            ("_content", "磨玻璃影", &["a"]),
            ("_text", "磨玻璃影", &["a"]),
            ("_content", "玻璃", &["a"]),
            ("_content", "璃磨", &[]),
            ("_content", "肺", &["a", "c"]),
            ("_content", "癌", &["c"]),
            ("_content", "影", &["a"]),
            ("_text", "肺", &["a"]),
            ("_content", "节", &["b"]),
            ("_text", "节", &[]),
            ("_content", "复查 CT", &["c"]),
            ("_content", "naive muller", &["c"]),
            ("_content", "korper*", &["d"]),
            ("_content", "korper", &[]),
            ("_content", "fever NOT cough", &["a", "d"]),
            ("_content", "fever -磨玻璃影 -chart", &["b"]),
            ("_content", "癌 OR cough", &["b", "c"]),
            ("_content", "癌,cough", &["b", "c"]),
            ("_text", "fever OR 会诊", &["a", "b"]),
            ("_text", "会诊 NOT fever", &["a"]),
            ("_text", "影 NOT 肺", &[]),
            ("_content", "celsius", &[]),
            ("_content", "final", &[]),
            ("_content", "div OR xmlns OR additional", &[]),
            ("_content", r"days\,", &["a"]),
        ],
    )
    .await;
    // As a filter beside a criterion that is narrower, at a hop, and the other way round.
    assert_eq!(f.found("Observation", &[("_id", "a"), ("_content", "fever")]).await, ["Observation/a"]);
    assert_eq!(f.found("Observation", &[("_id", "a"), ("_content", "癌")]).await, Vec::<String>::new());
    f.put("h", &[("DiagnosticReport/r", json!({"result": [{"reference": "Observation/c"}]}))]).await;
    assert_eq!(f.found("DiagnosticReport", &[("result._content", "肺癌")]).await, ["DiagnosticReport/r"]);
    assert_eq!(
        f.found("Observation", &[("_has:DiagnosticReport:result:_content", "nothing")]).await,
        Vec::<String>::new()
    );
    for (name, value) in [
        ("_content", "\"a b\""),
        ("_text", "-a"),
        ("_content", "…"),
        ("_content:exact", "a"),
        ("_text:missing", "true"),
    ] {
        let refused = f.store.search(&Viewer::System, &query("Observation", &[(name, value)])).await;
        assert!(matches!(refused, Err(StoreError::BadQuery(_))), "{name}={value}: {refused:?}");
    }
}

pub async fn words_follow_their_resource(f: Fixture) {
    let found = async |word: &str| f.found("Observation", &[("_content", word)]).await;
    f.put("h", &[("Observation/o", note("first 第一版")), ("Observation/p", note("first"))]).await;
    assert_eq!(found("first").await, ["Observation/o", "Observation/p"]);
    f.put("h", &[("Observation/o", note("second 第二版"))]).await;
    assert_eq!(found("first").await, ["Observation/p"]);
    assert_eq!(found("第一").await, Vec::<String>::new());
    assert_eq!(found("第二版").await, ["Observation/o"]);
    // Twice in one change, and beside a change that fails: what is kept counts.
    let twice = change("test.twice")
        .write(write("Observation/o", &note("third"), "h"))
        .write(write("Observation/o", &note("fourth"), "h"))
        .write(write("Observation/q", &note("fourth"), "h"));
    f.commit(twice).await.unwrap();
    assert_eq!(found("third").await, Vec::<String>::new());
    assert_eq!(found("fourth").await, ["Observation/o", "Observation/q"]);
    let mut stale = change("test.stale").write(write("Observation/o", &note("fifth"), "h"));
    stale.expect.push(crate::Expect { at: at("Observation/o"), version: 1 });
    f.commit(stale).await.unwrap_err();
    assert_eq!(found("fifth").await, Vec::<String>::new());
    let gone = Write { body: None, ..write("Observation/q", &json!({}), "h") };
    f.commit(change("test.gone").write(gone)).await.unwrap();
    assert_eq!(found("fourth").await, ["Observation/o"]);
    f.put("h", &[("Observation/o", json!({"status": "final"}))]).await;
    assert_eq!(found("fourth").await, Vec::<String>::new());
    f.put("h", &[("Observation/q", note("again"))]).await;
    assert_eq!(found("again").await, ["Observation/q"]);
}

pub async fn words_are_seen_with_their_resource(f: Fixture) {
    f.put("h1", &[("Observation/a", note("secret 密")), ("Observation/b", note("open"))]).await;
    f.put("h2", &[("Observation/c", note("secret"))]).await;
    for (viewer, expected) in [
        (person(Some("h1"), &[]), vec!["Observation/a"]),
        (person(Some("h2"), &[]), vec!["Observation/c"]),
        (person(None, &["person:x"]), vec![]),
    ] {
        assert_eq!(f.found_by(&viewer, &query("Observation", &[("_content", "secret")])).await, expected);
        let hidden = query("Observation", &[("_content", "密 secret")]);
        assert_eq!(f.store.count(&viewer, &hidden, 10).await.unwrap(), u64::from(expected.contains(&"Observation/a")));
    }
}

/// Thousands of words in one resource, and one word in hundreds of resources.
pub async fn many_words(f: Fixture) {
    let long: String = (0..20_000).map(|n| format!("w{n:05} ")).collect();
    f.put("h", &[("Observation/long", note(&long))]).await;
    assert_eq!(f.found("Observation", &[("_content", "w00000")]).await, ["Observation/long"]);
    // 128 KB of words are kept: 6 bytes each.
    assert_eq!(f.found("Observation", &[("_content", "w19999")]).await, ["Observation/long"]);
    let more: String = (0..30_000).map(|n| format!("w{n:05} ")).collect();
    f.put("h", &[("Observation/long", note(&more))]).await;
    assert_eq!(f.found("Observation", &[("_content", "w29999")]).await, Vec::<String>::new());
    for n in 0..300 {
        f.put("h", &[(&format!("Observation/o{n:03}"), note(&format!("common n{n}")))]).await;
    }
    let mut query = query("Observation", &[("_content", "common")]).count(70);
    let mut all = vec![];
    loop {
        let page = f.store.search(&Viewer::System, &query).await.unwrap();
        all.extend(page.matches.iter().map(|r| r.at.to_string()));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    let expected: Vec<String> = (0..300).map(|n| format!("Observation/o{n:03}")).collect();
    assert_eq!(all, expected);
}
