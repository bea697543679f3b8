//! An opinion that was wrong is amended: both versions stay readable, the asking doctor is told, and whoever holds a print of
//! the first learns from its code that another replaces it.

use super::identity::slices;
use super::step;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::Duration;
use testkit::{Client, TestApp};

const PASSWORD: &str = "consilium-demo";

/// An emergency of somebody unknown with an opinion signed by 李伟.
pub async fn signed(app: &TestApp) -> (String, Client, Client) {
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let li = app.login_as("li.wei", Some("specialist")).await;
    let form = json!({"form": "emergency", "patient": null, "urgency": "emergency", "kind": "live",
        "purpose": "昏迷，瞳孔不等大", "specialty": "critical-care", "callback_phone": "0376-8881234",
        "consent": {"emergency_reason": "意识不清，家属未到"}});
    let draft = zhou.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let handed_in = json!({"draft": draft["id"], "revision": draft["revision"]});
    let id = zhou.post("/api/consults", &handed_in).await.ok()["id"].as_str().unwrap().to_owned();
    let me = li.get("/api/session").await.ok();
    step(&chen, &id, "assign", json!({"experts": [me["role"]["id"]], "minutes": 30})).await.ok();
    step(&li, &id, "accept", json!({})).await.ok();
    step(&li, &id, "start", json!({})).await.ok();
    step(&li, &id, "opinion", words("吗啡 10 mg", PASSWORD)).await.ok();
    (id, zhou, li)
}

fn words(advice: &str, password: &str) -> Value {
    json!({"password": password, "findings": "GCS 6", "opinion": "颅内出血", "advice": advice})
}

fn amendment(advice: &str, reason: &str, password: &str) -> Value {
    let mut body = words(advice, password);
    body["reason"] = reason.into();
    body
}

/// What a camera reads from the sheet.
fn scanned(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftoppm")
        .args(["-gray", "-r", "150", "-f", "1", "-l", "1", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftoppm (Debian: poppler-utils)");
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), pdf).unwrap();
    let pgm = child.wait_with_output().unwrap().stdout;
    let mut head = pgm.splitn(4, |b| b.is_ascii_whitespace());
    let mut word = || std::str::from_utf8(head.next().unwrap()).unwrap().to_owned();
    let (_, width, height): (String, usize, usize) = (word(), word().parse().unwrap(), word().parse().unwrap());
    let pixels = &head.next().unwrap()[4..];
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    image.detect_grids()[0].decode().unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amended_opinion_is_a_version_of_its_own() {
    let app = TestApp::start().await;
    let (id, zhou, li) = signed(&app).await;
    let path = format!("/api/consults/{id}/opinion");
    zhou.get(&path).await.ok();
    step(&zhou, &id, "answer", json!({"answer": "adopted"})).await.ok();
    let mut heard = zhou.events(None).await;

    let right = amendment("吗啡 1 mg", "剂量笔误", PASSWORD);
    for (body, status, code) in [
        (amendment("吗啡 1 mg", " ", PASSWORD), 422, "consult.no_reason"),
        (amendment("吗啡 10 mg", "无改动", PASSWORD), 422, "opinion.unchanged"),
        (amendment("吗啡 1 mg", "剂量笔误", "not mine"), 403, "opinion.wrong_password"),
    ] {
        step(&li, &id, "opinion/amend", body).await.refused(status, code);
    }
    step(&zhou, &id, "opinion/amend", right.clone()).await.refused(404, "not_found");
    step(&li, &id, "opinion/amend", right).await.ok();

    let told = loop {
        let event = heard.next(Duration::from_secs(10)).await.expect("the asking doctor is told");
        if event.data["what"] == "opinion.amend" {
            break event;
        }
    };
    assert_eq!(told.data["params"]["version"], 2, "{told:?}");
    let inbox = zhou.get("/api/consults?waiting=me").await.ok();
    let row =
        inbox["rows"].as_array().unwrap().iter().find(|r| r["id"] == json!(id)).expect("waits for an answer again");
    assert_eq!((&row["state"], &row["timer"]["kind"]), (&json!("signed"), &json!("acknowledge")));
    let case = zhou.get(&format!("/api/consults/{id}")).await.ok();
    assert_eq!((&case["opinion"]["version"], &case["answer"]), (&json!(2), &Value::Null));

    let first = zhou.get(&format!("{path}?version=1")).await.ok();
    assert_eq!((&first["advice"], &first["latest"]), (&json!("吗啡 10 mg"), &json!(false)));
    assert_eq!(
        zhou.get(&format!("/api/consults/{id}")).await.ok()["state"],
        "signed",
        "an old version delivers nothing"
    );
    let second = zhou.get(&path).await.ok();
    assert_eq!(
        (&second["advice"], &second["latest"], &second["version"]),
        (&json!("吗啡 1 mg"), &json!(true), &json!(2))
    );
    let reasons: Vec<_> = second["versions"].as_array().unwrap().iter().map(|v| v["reason"].clone()).collect();
    assert_eq!(reasons, [json!("剂量笔误"), Value::Null]);
    assert_eq!(zhou.get(&format!("/api/consults/{id}")).await.ok()["state"], "delivered");
    zhou.get(&format!("{path}?version=3")).await.refused(404, "opinion.none");
    zhou.get(&format!("{path}?version=x")).await.refused(400, "request.unreadable");
    let old = zhou.get(&format!("/api/consults/{id}/opinion.pdf?version=1")).await.bytes;
    let new = zhou.get(&format!("/api/consults/{id}/opinion.pdf")).await.bytes;
    assert!(old.starts_with(b"%PDF-") && new.starts_with(b"%PDF-") && old != new);
    let store = &app.platform().store;
    let at = format!("ServiceRequest/{id}").parse().unwrap();
    let entries = store.entries_of_case(&at).await.unwrap();
    let composition = |what: &str| {
        let signed = entries.iter().find(|e| e.act.what == what && !e.versions.is_empty()).unwrap();
        signed.versions.iter().find(|v| v.at.ty == fhir::ResourceType::COMPOSITION).unwrap().clone()
    };
    let (one, two) = (composition("opinion.sign"), composition("opinion.amend"));
    let read = async |v: &records::Versioned| store.read(&records::Viewer::System, &v.at).await.unwrap().unwrap();
    assert_eq!(read(&one).await.version, 1, "what was signed is untouched");
    let body = read(&two).await.value().unwrap();
    assert_eq!(body["relatesTo"][0]["targetReference"]["reference"], one.at.to_string());
    store.verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_case_is_opened_by_an_amendment_for_three_days() {
    let app = TestApp::at("2026-11-21T02:00:00Z".parse().unwrap()).await;
    let (id, zhou, li) = signed(&app).await;
    zhou.get(&format!("/api/consults/{id}/opinion")).await.ok();
    step(&zhou, &id, "answer", json!({"answer": "adopted"})).await.ok();
    step(&zhou, &id, "close", json!({})).await.ok();
    app.clock().advance(jiff::SignedDuration::from_hours(71));
    let li_again = app.login_as("li.wei", Some("specialist")).await;
    step(&li_again, &id, "opinion/amend", amendment("复查 CT", "补充", PASSWORD)).await.ok();
    drop(li);
    let zhou = app.login("zhou.ming").await;
    let case = zhou.get(&format!("/api/consults/{id}")).await.ok();
    assert_eq!((&case["state"], &case["opinion"]["version"]), (&json!("signed"), &json!(2)));
    app.login("chen.tao").await.get(&format!("/api/consults/{id}")).await.ok();
    zhou.get(&format!("/api/consults/{id}/opinion")).await.ok();
    step(&zhou, &id, "answer", json!({"answer": "partly", "reason": "已转院"})).await.ok();
    step(&zhou, &id, "close", json!({})).await.ok();
    app.clock().advance(jiff::SignedDuration::from_hours(73));
    let late = app.login_as("li.wei", Some("specialist")).await;
    let body =
        json!({"version": 99, "password": PASSWORD, "reason": "x", "findings": "", "opinion": "y", "advice": ""});
    late.post(&format!("/api/consults/{id}/opinion/amend"), &body).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_a_print_learns_whether_it_is_genuine_and_the_latest() {
    let app = TestApp::start().await;
    let (id, zhou, li) = signed(&app).await;
    let pdf = zhou.get(&format!("/api/consults/{id}/opinion.pdf")).await.bytes;
    let address = scanned(&pdf);
    let path = address.strip_prefix(&app.url).unwrap_or_else(|| panic!("{address} is not at {}", app.url)).to_owned();
    let nobody = app.nobody();
    let page = async |query: &str| {
        let answer = nobody.get(&format!("{path}{query}")).await;
        assert_eq!(
            (answer.status, answer.headers["content-type"].to_str().unwrap()),
            (200, "text/html; charset=utf-8")
        );
        assert!(answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        answer.text()
    };
    let latest = page("?lang=zh").await;
    assert!(latest.contains("真实，且为最新版本") && latest.contains("李伟") && latest.contains("省"), "{latest}");
    let number = zhou.get(&format!("/api/consults/{id}")).await.ok()["number"].as_str().unwrap().to_owned();
    for secret in [number.as_str(), "颅内出血", "吗啡", "GCS", "X-", &id] {
        assert!(!latest.contains(secret), "{secret} is nobody's business");
    }
    let content = zhou.get(&format!("/api/consults/{id}/opinion")).await.ok()["signature"]["content_sha256"].clone();
    let content = content.as_str().unwrap();
    assert!(
        page(&format!("?lang=en&check={}", &content[..16])).await.contains("Same: it is the opinion that was issued")
    );
    assert!(page("?lang=en&check=0000000000000000").await.contains("Different: the sheet is not what was issued"));
    assert!(page("?lang=en&check=%3Cscript%3E").await.contains("Type 8 characters at least"));

    step(&li, &id, "opinion/amend", amendment("吗啡 1 mg", "剂量笔误", PASSWORD)).await.ok();
    assert!(page("?lang=en").await.contains("Genuine, but replaced by version 2"));
    let pdf = zhou.get(&format!("/api/consults/{id}/opinion.pdf")).await.bytes;
    let second = scanned(&pdf);
    assert_ne!(second, address, "each version has a code of its own");
    let path = second.strip_prefix(&app.url).unwrap();
    assert!(nobody.get(&format!("{path}?lang=en")).await.text().contains("Genuine, and the latest version"));

    // A code cannot be guessed, nor tried for ever.
    let unknown = nobody.get("/verify/00000000000000000000000000000000?lang=zh").await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text().contains("查无此意见书"));
    let mut last = 404;
    for n in 0..60 {
        last = nobody.get(&format!("/verify/{n:032x}")).await.status;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429, "sixty codes tried and no end");
}

/// A mark on the case's CT, as the viewer drafts it: the image and its picture.
async fn mark(li: &Client, case: &str, note: &str) -> String {
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
    let body = json!({"case": case, "study": "2.25.775.1", "series": "2.25.775.1.1", "instance": "2.25.775.1.1.1", "frame": 1,
        "number": "1/2", "note": note, "view": {"zoom": 1}});
    let id = li.post("/api/drafts/key-image", &json!({"body": body})).await.ok()["id"].as_str().unwrap().to_owned();
    let picture = json!({"revision": 0, "body": {"png": png}});
    li.put(&format!("/api/drafts/key-picture/{id}"), &picture).await.ok();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_marked_in_images_stays_with_an_amendment_unless_it_is_left_out() {
    let app = TestApp::start().await;
    let (zhou, chen) = (app.login("zhou.ming").await, app.login("chen.tao").await);
    let li = app.login_as("li.wei", Some("specialist")).await;
    let form = json!({"form": "emergency", "patient": null, "urgency": "emergency", "kind": "live",
        "purpose": "昏迷", "specialty": "critical-care", "callback_phone": "0376-8881234",
        "consent": {"emergency_reason": "意识不清"}});
    let draft = zhou.post("/api/drafts/consult", &json!({"body": form})).await.ok();
    let id = draft["id"].as_str().unwrap().to_owned();
    for (n, slice) in slices("", "", "5").into_iter().enumerate() {
        zhou.put_bytes(&format!("/api/consults/{id}/files/ct-{n}?name=f"), slice).await.ok();
    }
    zhou.post("/api/consults", &json!({"draft": id, "revision": draft["revision"]})).await.ok();
    app.run_jobs().await;
    let me = li.get("/api/session").await.ok();
    step(&chen, &id, "assign", json!({"experts": [me["role"]["id"]]})).await.ok();
    step(&li, &id, "accept", json!({})).await.ok();
    step(&li, &id, "start", json!({})).await.ok();
    let path = format!("/api/consults/{id}/opinion");
    let with = |mut body: Value, images: Value| {
        body["images"] = images;
        body
    };
    let first = [mark(&li, &id, "出血").await, mark(&li, &id, "中线").await];
    step(&li, &id, "opinion", with(words("吗啡 10 mg", PASSWORD), json!(first))).await.ok();
    let notes = async |query: &str| -> Vec<(String, String)> {
        let shown = zhou.get(&format!("{path}{query}")).await.ok();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        shown["images"].as_array().unwrap().iter().map(|i| (text(&i["id"]), text(&i["note"]))).collect()
    };
    let one = notes("").await;
    assert_eq!(one.iter().map(|(_, note)| note.as_str()).collect::<Vec<_>>(), ["出血", "中线"]);

    // Nothing said of images: they stay, in a resource of this version's own.
    step(&li, &id, "opinion/amend", amendment("吗啡 1 mg", "剂量笔误", PASSWORD)).await.ok();
    let two = notes("").await;
    assert_eq!(two.iter().map(|(_, note)| note.as_str()).collect::<Vec<_>>(), ["出血", "中线"]);
    assert!(two.iter().all(|image| !one.contains(image)), "{one:?} {two:?}");
    let same = with(amendment("吗啡 1 mg", "无改动", PASSWORD), json!([two[0].0, two[1].0]));
    step(&li, &id, "opinion/amend", same).await.refused(422, "opinion.unchanged");

    // One left out and a new one put before the other; the words stay.
    let new = mark(&li, &id, "脑疝").await;
    let images = json!([new, two[1].0]);
    step(&li, &id, "opinion/amend", with(amendment("吗啡 1 mg", "图像有误", PASSWORD), images)).await.ok();
    let three = notes("").await;
    assert_eq!(three.iter().map(|(_, note)| note.as_str()).collect::<Vec<_>>(), ["脑疝", "中线"]);
    assert_eq!(notes("?version=1").await, one, "what was signed is untouched");
    let picture = async |image: &str, query: &str| zhou.get(&format!("{path}/images/{image}{query}")).await.status;
    assert_eq!((picture(&one[0].0, "?version=1").await, picture(&one[0].0, "").await), (200, 404));
    // An image of a version that is not the one before is nobody's draft.
    let old = with(amendment("吗啡 2 mg", "再改", PASSWORD), json!([one[0].0]));
    step(&li, &id, "opinion/amend", old).await.refused(422, "opinion.image");
}
