//! An opinion over HTTP: signed once with the password, proven, delivered when the asking doctor opens it.

use kernel::Id;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use testkit::{Client, TestApp};

const OPINION: &str = "考虑急性颅内出血，建议立即头颅 CT 并准备转运。";

/// An emergency of somebody nobody knows, whose expert 李伟 sits in the room.
struct Case {
    app: TestApp,
    id: String,
    zhou: Client,
    li: Client,
}

impl Case {
    async fn in_session() -> Self {
        let app = TestApp::start().await;
        let (zhou, chen, li) = (
            app.login("zhou.ming").await,
            app.login("chen.tao").await,
            app.login_as("li.wei", Some("specialist")).await,
        );
        let form = json!({"form": "emergency", "patient": null, "urgency": "emergency", "kind": "live",
            "purpose": "昏迷，瞳孔不等大", "specialty": "critical-care", "callback_phone": "0376-8881234",
            "consent": {"emergency_reason": "意识不清，家属未到"}});
        let draft = zhou.post("/api/drafts/consult", &json!({"body": form})).await.ok();
        let handed_in = json!({"draft": draft["id"], "revision": draft["revision"]});
        let id = zhou.post("/api/consults", &handed_in).await.ok()["id"].as_str().unwrap().to_owned();
        let me = li.get("/api/session").await.ok();
        let case = Self { app, id, zhou, li };
        case.step(&chen, "first-look", json!({})).await;
        case.step(&chen, "assign", json!({"experts": [me["role"]["id"]], "minutes": 30})).await;
        case.step(&case.li, "accept", json!({})).await;
        case.step(&case.li, "start", json!({})).await;
        case
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/consults/{}{rest}", self.id)
    }

    async fn version(&self, who: &Client) -> Value {
        who.get(&self.path("")).await.ok()["version"].clone()
    }

    async fn step(&self, who: &Client, step: &str, mut body: Value) {
        body["version"] = self.version(who).await;
        who.post(&self.path(&format!("/{step}")), &body).await.ok();
    }

    async fn words(&self, password: &str, opinion: &str) -> Value {
        json!({"version": self.version(&self.li).await, "password": password, "findings": "GCS 6",
            "opinion": opinion, "advice": "1. 气道保护；\n2. 头颅 CT。"})
    }

    async fn evidence(&self) -> BTreeMap<String, Vec<u8>> {
        let answer = self.zhou.get(&self.path("/opinion/evidence")).await;
        assert_eq!((answer.status, &answer.headers["content-type"].to_str().unwrap()), (200, &"application/zip"));
        let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes)).unwrap();
        let mut files = BTreeMap::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut bytes = vec![];
            file.read_to_end(&mut bytes).unwrap();
            files.insert(file.name().unwrap().into_owned(), bytes);
        }
        files
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_once_with_the_password_and_proven() {
    let case = Case::in_session().await;
    let path = case.path("/opinion");
    case.zhou.get(&path).await.refused(404, "opinion.none");
    let wrong = case.words("not-the-password", OPINION).await;
    case.li.post(&path, &wrong).await.refused(403, "opinion.wrong_password");
    let empty = case.words("consilium-demo", " \n").await;
    case.li.post(&path, &empty).await.refused(422, "opinion.empty");
    case.li
        .put(&format!("/api/drafts/opinion/{}", case.id), &json!({"revision": 0, "body": {"opinion": OPINION}}))
        .await
        .ok();

    let right = case.words("consilium-demo", OPINION).await;
    case.zhou.post(&path, &right).await.refused(404, "not_found");
    let signed = case.li.post(&path, &right).await.ok();
    assert_eq!(signed["state"], "signed");
    let draft = case.li.get(&format!("/api/drafts/opinion/{}", case.id)).await;
    assert_eq!(draft.status, 404, "the draft became the opinion");
    let again = case.words("consilium-demo", "改口").await;
    let refused = case.li.post(&path, &again).await.refused(409, "opinion.signed");
    assert_eq!((&refused["params"]["by"]["name"], &refused["params"]["at"]), (&json!("李伟"), &signed["signed_at"]));

    let shown = case.li.get(&path).await.ok();
    assert_eq!(case.li.get(&case.path("")).await.ok()["state"], "signed", "the expert's own look delivers nothing");
    assert_eq!((&shown["opinion"], &shown["findings"]), (&json!(OPINION), &json!("GCS 6")));
    assert_eq!(case.zhou.get(&path).await.ok()["advice"], "1. 气道保护；\n2. 头颅 CT。");
    assert_eq!(case.zhou.get(&case.path("")).await.ok()["state"], "delivered");

    let files = case.evidence().await;
    let pdf = case.zhou.get(&case.path("/opinion.pdf")).await;
    assert!(pdf.bytes.starts_with(b"%PDF-") && pdf.bytes == files["opinion.pdf"]);
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let content = &manifest["files"][0]["sha256"];
    assert_eq!(*content, shown["signature"]["content_sha256"], "what is stored is what was signed");
    let entries = case.app.platform().store.entries(0, 10_000).await.unwrap();
    // The demonstration has signed opinions of its own.
    let signed = entries.iter().filter(|e| e.act.what == "opinion.sign").flat_map(|e| &e.versions);
    let stored = signed.into_iter().find(|v| v.at.to_string() == manifest["opinion"].as_str().unwrap());
    assert_eq!(stored.expect("the Composition").sha256, content.as_str().unwrap(), "the ledger vouches for the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_are_not_tried_for_ever() {
    let case = Case::in_session().await;
    let most = case.app.platform().settings.session.attempts_per_name;
    let path = case.path("/opinion");
    let wrong = case.words("not-the-password", OPINION).await;
    for _ in 0..most {
        case.li.post(&path, &wrong).await.refused(403, "opinion.wrong_password");
    }
    // Each wrong try by itself stands among the looks that both sides see, and none in the timeline.
    let looks = case.zhou.get(&case.path("/access")).await.ok();
    let refused =
        looks["looks"].as_array().unwrap().iter().filter(|l| l["what"] == "opinion.sign" && l["allowed"] == false);
    assert_eq!(refused.count(), most as usize);
    let timeline = case.zhou.get(&case.path("")).await.ok()["timeline"].clone();
    assert!(timeline.as_array().unwrap().iter().all(|a| a["what"] != "opinion.sign"));
    let right = case.words("consilium-demo", OPINION).await;
    case.li.post(&path, &right).await.refused(429, "session.too-many");
    assert_eq!(case.li.get(&case.path("")).await.ok()["state"], "in-session");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_kept_wrapped_and_used_again() {
    let case = Case::in_session().await;
    let person = case.li.get("/api/session").await.ok()["person"]["id"].as_str().unwrap().to_owned();
    let person = Id::new(person).unwrap();
    let store = &case.app.platform().store;
    let before = store.account_of(&person).await.unwrap().unwrap();
    let words = case.words("consilium-demo", OPINION).await;
    case.li.post(&case.path("/opinion"), &words).await.ok();
    let after = store.account_of(&person).await.unwrap().unwrap();
    assert_eq!(after.password_hash, before.password_hash);
    let keys = after.keys.expect("a key");
    assert!(!keys.contains("PRIVATE KEY") && before.keys.is_none_or(|k| k == keys));
    let pki = &case.app.platform().pki;
    assert!(pki.unlock(&keys, "not-the-password").is_err() && pki.unlock(&keys, "consilium-demo").is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn key_images_are_held_against_the_case() {
    let case = Case::in_session().await;
    let path = case.path("/opinion");
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
    let mark = |of: &str| {
        json!({"body": {"case": of, "study": "1.2.3", "series": "1.2.3.4", "instance": "1.2.3.4.5", "frame": 1,
            "number": "1/1", "note": "", "view": {"zoom": 1}}})
    };
    let words = |images: Value| {
        let words = case.words("consilium-demo", OPINION);
        async move {
            let mut words = words.await;
            words["images"] = images;
            words
        }
    };
    // What is not among one's own drafts, and more than fit.
    let unknown = words(json!(["0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f"])).await;
    case.li.post(&path, &unknown).await.refused(422, "opinion.image");
    case.li.post(&path, &words(json!(vec!["x"; 13])).await).await.refused(422, "opinion.images");
    // A picture has a mark; a mark without its picture is none.
    let drafts = "/api/drafts/key-image";
    let picture = json!({"revision": 0, "body": {"png": png}});
    case.li.put("/api/drafts/key-picture/0192f0c1", &picture).await.refused(404, "not_found");
    let id = case.li.post(drafts, &mark(&case.id)).await.ok()["id"].as_str().unwrap().to_owned();
    case.li.post(&path, &words(json!([id])).await).await.refused(422, "opinion.image");
    case.li.put(&format!("/api/drafts/key-picture/{id}"), &picture).await.ok();
    // The study is not in the case; the mark belongs to another case.
    let refused = case.li.post(&path, &words(json!([id])).await).await.refused(422, "opinion.image");
    assert!(refused["detail"].as_str().unwrap().contains("study is not in this case"), "{refused}");
    let other = case.li.post(drafts, &mark("another")).await.ok()["id"].as_str().unwrap().to_owned();
    case.li.put(&format!("/api/drafts/key-picture/{other}"), &picture).await.ok();
    let refused = case.li.post(&path, &words(json!([other])).await).await.refused(422, "opinion.image");
    assert!(refused["detail"].as_str().unwrap().contains("another case"), "{refused}");
    // Dropped, it takes its picture with it.
    case.li.delete(&format!("{drafts}/{id}")).await;
    assert_eq!(case.li.get(&format!("/api/drafts/key-picture/{id}")).await.status, 404);
    case.li.post(&path, &words(json!([])).await).await.ok();
    assert_eq!(case.li.get(&path).await.ok()["images"], json!([]));
}
