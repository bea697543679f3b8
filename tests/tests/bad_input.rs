//! What a hurried, wrong or hostile browser sends to the program as it is installed: a clear answer, and nothing lost.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::program::{Caller, Program};

async fn demo() -> Result<(tempfile::TempDir, Program)> {
    let folder = tempfile::tempdir()?;
    let program = Program::demo(&folder.path().join("data")).await?;
    Ok((folder, program))
}

/// A problem that names its code and belongs to a request one can find in the log.
fn problem(body: &Value, status: u16) -> &str {
    assert_eq!(body["status"].as_u64(), Some(u64::from(status)), "{body}");
    assert!(body["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{body}");
    assert!(body["detail"].as_str().is_some_and(|d| d.len() > 10), "{body}");
    body["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_session_that_ends_while_writing_loses_nothing() -> Result<()> {
    let (_folder, program) = demo().await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let draft = doctor.send("POST", "/api/drafts/consult", Some(&json!({"body": {"complaint": "发热"}}))).await?;
    assert_eq!(draft.status, 201, "{draft:?}");
    let path = format!("/api/drafts/consult/{}", draft.body["id"].as_str().context("an id")?);
    let kept = json!({"revision": draft.body["revision"], "body": {"complaint": "发热三天"}});
    let kept = doctor.send("PUT", &path, Some(&kept)).await?;
    assert_eq!(kept.status, 200, "{kept:?}");

    assert_eq!(doctor.send("DELETE", "/api/session", None).await?.status, 204);
    let next = json!({"revision": kept.body["revision"], "body": {"complaint": "发热三天,气促"}});
    let refused = doctor.send("PUT", &path, Some(&next)).await?;
    assert_eq!((refused.status, problem(&refused.body, 401)), (401, "session.none"));

    let again = Caller::sign_in(&program.url, "zhou.ming").await?;
    let shown = again.send("GET", &path, None).await?;
    assert_eq!(shown.body["body"]["complaint"], "发热三天", "{shown:?}");
    let saved = again.send("PUT", &path, Some(&next)).await?;
    assert_eq!(saved.status, 200, "what was typed meanwhile must be welcome: {saved:?}");
    Ok(())
}

#[tokio::test]
async fn a_draft_is_its_writers_alone_and_two_windows_do_not_overwrite_each_other() -> Result<()> {
    let (_folder, program) = demo().await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let other = Caller::sign_in(&program.url, "zhao.min").await?;
    let draft = doctor.send("POST", "/api/drafts/consult", Some(&json!({"body": {"n": 1}}))).await?;
    let path = format!("/api/drafts/consult/{}", draft.body["id"].as_str().context("an id")?);
    assert_eq!(other.send("GET", &path, None).await?.status, 404);
    let save = |n: u32| json!({"revision": draft.body["revision"], "body": {"n": n}});
    assert_eq!(doctor.send("PUT", &path, Some(&save(2))).await?.status, 200);
    let late = doctor.send("PUT", &path, Some(&save(3))).await?;
    assert_eq!((late.status, problem(&late.body, 409)), (409, "draft.conflict"));
    assert_eq!(doctor.send("GET", &path, None).await?.body["body"]["n"], 2);
    Ok(())
}

#[tokio::test]
async fn a_name_of_three_hundred_characters_is_kept_whole_or_refused_by_name() -> Result<()> {
    let (_folder, program) = demo().await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let name = "赵钱孙李周吴郑王冯陈".repeat(30);
    let patient = json!({
        "name": name, "sex": "male", "birth_date": "1950",
        "identifier": {"kind": "passport", "value": "E30030030"},
    });
    let answer = doctor.send("POST", "/api/patients", Some(&patient)).await?;
    if answer.status == 201 {
        assert_eq!(answer.body["name"].as_str(), Some(name.as_str()), "cut silently");
        let path = format!("/api/patients/{}", answer.body["id"].as_str().context("an id")?);
        assert_eq!(doctor.send("GET", &path, None).await?.body["name"].as_str(), Some(name.as_str()));
    } else {
        assert_eq!((answer.status, problem(&answer.body, 422)), (422, "patient.invalid"));
        let fields = answer.body["params"]["fields"].as_array().or(answer.body["fields"].as_array());
        assert!(fields.is_some_and(|f| f.iter().any(|f| f["path"] == "name")), "{answer:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_checksum_names_its_field() -> Result<()> {
    let (_folder, program) = demo().await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let patient =
        json!({"name": "测试", "sex": "male", "identifier": {"kind": "resident", "value": "110101199003070018"}});
    let answer = doctor.send("POST", "/api/patients", Some(&patient)).await?;
    assert_eq!((answer.status, problem(&answer.body, 422)), (422, "patient.invalid"));
    assert!(answer.body.to_string().contains("identifier"), "{answer:?}");
    Ok(())
}

#[tokio::test]
async fn bodies_are_bounded_and_must_be_what_they_say() -> Result<()> {
    let (_folder, program) = demo().await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let large = json!({"body": {"complaint": "长".repeat(500_000)}});
    let answer = doctor.send("POST", "/api/drafts/consult", Some(&large)).await?;
    assert_eq!((answer.status, problem(&answer.body, 413)), (413, "request.too-large"));

    for (kind, body) in
        [("application/json", "{\"body\": "), ("application/json", "[]"), ("text/plain", "{\"body\":{}}")]
    {
        let sent = doctor.request("POST", "/api/drafts/consult").header("content-type", kind).body(body);
        let answer = sent.send().await?;
        let status = answer.status().as_u16();
        assert!((400..=422).contains(&status), "{kind} {body}: {status}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{kind} {body}");
        problem(&answer.json().await?, status);
    }
    let deep = format!("{{\"body\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    let sent = doctor.request("POST", "/api/drafts/consult").header("content-type", "application/json").body(deep);
    assert!((400..=422).contains(&sent.send().await?.status().as_u16()));
    assert_eq!(doctor.send("GET", "/api/session", None).await?.status, 200, "it goes on serving");
    Ok(())
}

#[tokio::test]
async fn another_sites_page_cannot_act_for_me() -> Result<()> {
    let (_folder, program) = demo().await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let client = reqwest::Client::new();
    let forged = client
        .post(format!("{}/api/drafts/consult", program.url))
        .header("origin", "https://evil.example")
        .header("cookie", &doctor.cookie)
        .json(&json!({"body": {}}))
        .send()
        .await?;
    assert_eq!(forged.status(), 403);
    assert_eq!(problem(&forged.json().await?, 403), "origin.foreign");
    Ok(())
}

#[tokio::test]
async fn signing_in_tells_nothing_about_names_and_tires_of_guessing() -> Result<()> {
    let (_folder, program) = demo().await?;
    let nobody = Caller::nobody(&program.url);
    let told = async |name: &str| {
        let answer = nobody.send("POST", "/api/session", Some(&json!({"name": name, "password": "wrong"}))).await?;
        anyhow::Ok((answer.status, answer.body["code"].clone(), answer.body["detail"].clone()))
    };
    assert_eq!(told("zhou.ming").await?, told("no.such.person").await?);
    let mut last = 401;
    for _ in 0..50 {
        last = told("zhou.ming").await?.0;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429, "fifty guesses and no end");
    Ok(())
}

#[tokio::test]
async fn not_signed_in_is_401_everywhere_and_not_yours_is_404() -> Result<()> {
    let (_folder, program) = demo().await?;
    let owner = Caller::sign_in(&program.url, "zhou.ming").await?;
    let rows = owner.send("GET", "/api/consults", None).await?;
    let case = rows.body["rows"][0]["id"].as_str().context("the demonstration has a case of this doctor")?.to_owned();
    let patient = rows.body["rows"][0]["patient"]["id"].as_str().context("with a patient")?.to_owned();
    let nobody = Caller::nobody(&program.url);
    let stranger = Caller::sign_in(&program.url, "zhao.min").await?;
    let guarded = [
        ("GET", format!("/api/consults/{case}")),
        ("GET", format!("/api/consults/{case}/access")),
        ("GET", format!("/api/consults/{case}/files")),
        ("GET", format!("/api/consults/{case}/opinion")),
        ("GET", format!("/api/consults/{case}/opinion.pdf")),
        ("GET", format!("/api/consults/{case}/opinion/evidence")),
        ("POST", format!("/api/consults/{case}/room")),
        ("POST", format!("/api/consults/{case}/messages")),
        ("POST", format!("/api/consults/{case}/cancel")),
        ("GET", format!("/api/patients/{patient}")),
    ];
    for (method, path) in &guarded {
        // What each takes: an unfit body is refused before anybody asks whose case it is.
        let body = match path.rsplit('/').next() {
            Some("messages") => json!({"text": "x"}),
            Some("cancel") => json!({"version": 1, "reason": "x"}),
            _ => json!({}),
        };
        let body = (*method == "POST").then_some(&body);
        let answer = nobody.send(method, path, body).await?;
        assert_eq!((answer.status, problem(&answer.body, 401)), (401, "session.none"), "{method} {path}");
        let answer = stranger.send(method, path, body).await?;
        assert_eq!(answer.status, 404, "{method} {path} for a doctor of another hospital: {answer:?}");
    }
    assert_eq!(owner.send("GET", &format!("/api/consults/{case}"), None).await?.status, 200);
    for path in ["/api/consults", "/api/patients?q=a", "/api/hospitals", "/events", "/dicom-web/studies"] {
        assert_eq!(nobody.send("GET", path, None).await?.status, 401, "{path}");
    }
    Ok(())
}

/// Sends bytes as they are, over a connection of its own, and reads what comes until the other end closes.
async fn raw(url: &str, pieces: &[&[u8]]) -> Result<String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut line = tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await?;
    for piece in pieces {
        line.write_all(piece).await?;
    }
    let mut said = vec![];
    line.read_to_end(&mut said).await?;
    Ok(String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test]
async fn an_address_without_end_is_refused_in_words() -> Result<()> {
    let (_folder, program) = demo().await?;
    for (bytes, status, code) in
        [(70_000, "414", "request.address-too-long"), (1_000_000, "431", "request.head-too-large")]
    {
        for (path, media) in
            [("/fhir/Patient?family=", "application/fhir+json"), ("/api/patients?q=", "application/problem+json")]
        {
            let long = "a".repeat(bytes);
            let head = format!(" HTTP/1.1\r\nhost: {}\r\n\r\n", program.url.trim_start_matches("http://"));
            let said = raw(&program.url, &[b"GET ", path.as_bytes(), long.as_bytes(), head.as_bytes()]).await?;
            let (head, body) = said.split_once("\r\n\r\n").context("an answer")?;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{bytes}: {head}");
            assert!(head.contains(media), "{path}: {head}");
            let body: Value = serde_json::from_str(body)?;
            let told = if path.starts_with("/fhir") {
                &body["issue"][0]["details"]["coding"][0]["code"]
            } else {
                &body["code"]
            };
            assert_eq!(told, code, "{body}");
        }
    }
    let said = raw(&program.url, &[b"NONSENSE\r\n\r\n"]).await?;
    assert!(said.starts_with("HTTP/1.1 400 ") && said.contains("request.unreadable"), "{said}");
    Ok(())
}

/// A body as large as is taken may be in memory once as bytes and once as values; one that is larger, not even that.
#[tokio::test]
async fn what_is_too_large_takes_no_memory_and_writes_nothing() -> Result<()> {
    let (_folder, program) = demo().await?;
    let admin = Caller::sign_in(&program.url, "admin").await?;
    let new =
        json!({"name": "his", "hospital": "guangshan", "strict": true, "create_by_put": false, "unrestricted": false});
    let token = admin.expect("POST", "/api/admin/clients", Some(&new), (200, "")).await?["token"].clone();
    let token = token.as_str().context("a token")?.to_owned();
    let client = reqwest::Client::new();
    let patients = async || -> Result<Value> {
        let count = client.get(format!("{}/fhir/Patient?_total=accurate&_count=0", program.url)).bearer_auth(&token);
        Ok(count.send().await?.json::<Value>().await?["total"].clone())
    };
    let before = patients().await?;
    assert!(before.as_u64().is_some_and(|n| n > 0), "{before}");
    let one = r#"{"request":{"method":"POST","url":"Patient"},"resource":{"resourceType":"Patient"}}"#;
    let many = format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{}]}}"#, vec![one; 50_000].join(","));
    let deep = format!(r#"{{"resourceType":"Patient","x":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let digits = format!(r#"{{"resourceType":"Patient","multipleBirthInteger":{}}}"#, "7".repeat(1_000_000));
    let spaces = " ".repeat(60 << 20);
    for (what, path, body, status, most) in [
        ("60 MB that say so", "/fhir/Patient", &spaces, 413_u16, 40_u64),
        ("nested 10,000 deep", "/fhir/Patient", &deep, 400, 40),
        ("a number of 1 MB", "/fhir/Patient", &digits, 400, 40),
        ("50,000 entries", "/fhir", &many, 413, 160),
    ] {
        program.forget_peak()?;
        let held = program.memory_mb()?;
        let request = client.post(format!("{}{path}", program.url)).bearer_auth(&token);
        let answer = request.header("content-type", "application/fhir+json").body(body.clone()).send().await?;
        assert_eq!(answer.status(), status, "{what}");
        let grown = program.peak_mb()?.saturating_sub(held);
        assert!(grown <= most, "{what}: {grown} MB more than the {held} MB before");
    }
    program.forget_peak()?;
    let held = program.memory_mb()?;
    let pieces = futures::stream::iter((0..60).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1 << 20])));
    let request = client.post(format!("{}/fhir/Patient", program.url)).bearer_auth(&token);
    let answer = request.body(reqwest::Body::wrap_stream(pieces)).send().await?;
    assert_eq!(answer.status(), 413, "60 MB piecemeal");
    let grown = program.peak_mb()?.saturating_sub(held);
    assert!(grown <= 144, "60 MB piecemeal, 32 of which are gathered: {grown} MB more than the {held} MB before");
    assert_eq!(patients().await?, before, "something was written");
    Ok(())
}
