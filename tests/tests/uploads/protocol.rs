//! Each word of tus 1.0 that we say we speak, and the bounds.

use super::sender::{announce, create, draft, head, noise, number, offset, patch, pdf, piece, take, text};
use jiff::SignedDuration;
use platform::Settings;
use testkit::TestApp;

#[tokio::test]
async fn a_file_in_three_pieces_becomes_a_document() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let (draft, bytes) = (draft(&zhou).await, pdf(300_000));
    let created = announce(&zhou, bytes.len()).await;
    assert_eq!(created.status, 201);
    let at = text(&created.headers, "location");
    assert!(text(&created.headers, "upload-expires").ends_with(" GMT"));
    assert_eq!(number(&created.headers, "upload-offset"), 0);
    take(&zhou, &draft, &at).await.refused(409, "uploads.incomplete");
    for (from, to) in [(0, 100_000), (100_000, 100_001), (100_001, 300_000)] {
        let answer = patch(&zhou, &at, from, &bytes[from..to]).await;
        assert_eq!((answer.status, number(&answer.headers, "upload-offset")), (204, to), "{}", answer.text());
        assert_eq!(text(&answer.headers, "tus-resumable"), "1.0.0");
    }
    let state = head(&zhou, &at).await;
    assert_eq!((number(&state.headers, "upload-offset"), number(&state.headers, "upload-length")), (300_000, 300_000));
    assert!(text(&state.headers, "upload-metadata").starts_with("filename Q1Q"));
    assert_eq!(text(&state.headers, "cache-control"), "no-store");

    let taken = take(&zhou, &draft, &at).await.ok();
    assert_eq!(taken["files"][0]["name"], "CT 报告.pdf");
    let document = taken["files"][0]["document"].as_str().unwrap().to_owned();
    let opened = zhou.get(&format!("/api/consults/{draft}/documents/{document}")).await;
    assert_eq!(opened.bytes, bytes);
    assert_eq!(take(&zhou, &draft, &at).await.ok(), taken, "asked twice, answered the same");
    let parts = app.folder().join("uploads");
    let left: Vec<_> = std::fs::read_dir(&parts).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_str().unwrap().ends_with(".part")), "{left:?}");
}

#[tokio::test]
async fn says_what_it_speaks_and_refuses_the_rest() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let offer = app.nobody().send(app.nobody().request("OPTIONS", "/api/uploads")).await;
    assert_eq!(offer.status, 204);
    assert_eq!(text(&offer.headers, "tus-extension"), "creation,creation-with-upload,expiration,checksum,termination");
    assert_eq!(text(&offer.headers, "tus-checksum-algorithm"), "sha1,sha256");
    assert_eq!(number(&offer.headers, "tus-max-size"), 4 << 30);
    assert_eq!(text(&offer.headers, "tus-version"), "1.0.0");

    let at = create(&zhou, 10).await;
    let old = zhou.request("PATCH", &at).header("tus-resumable", "0.2.2").header("upload-offset", "0").body("x");
    let old = zhou.send(old).await;
    assert_eq!(text(&old.headers, "tus-resumable"), "1.0.0");
    old.refused(412, "uploads.version");
    let plain = zhou.request("PATCH", &at).header("tus-resumable", "1.0.0").header("upload-offset", "0").body("x");
    zhou.send(plain).await.refused(415, "uploads.media_type");
    let problem = patch(&zhou, &at, 3, b"xyz").await.refused(409, "uploads.offset");
    assert_eq!(problem["params"]["offset"], 0);
    patch(&zhou, &at, 0, &[b'x'; 11]).await.refused(413, "uploads.too_long");
    assert_eq!(offset(&zhou, &at).await, 0);
    for (name, value) in
        [("upload-length", "-1"), ("upload-length", "+5"), ("upload-length", "9e3"), ("upload-defer-length", "1")]
    {
        let request = zhou.request("POST", "/api/uploads").header("tus-resumable", "1.0.0").header(name, value);
        zhou.send(request).await.refused(400, "uploads.header");
    }
    for metadata in ["name =", "filename not/base64!", " , ", &"a ".repeat(3000)] {
        let request =
            zhou.request("POST", "/api/uploads").header("tus-resumable", "1.0.0").header("upload-length", "5");
        zhou.send(request.header("upload-metadata", metadata)).await.refused(400, "uploads.header");
    }
    announce(&zhou, (4 << 30) + 1).await.refused(413, "uploads.too_large");
    let wrong = zhou.request("POST", &at).header("tus-resumable", "1.0.0").header("x-http-method-override", "PUT");
    zhou.send(wrong).await.refused(400, "uploads.header");
}

#[tokio::test]
async fn a_piece_with_a_checksum_is_taken_whole_or_not_at_all() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let at = create(&zhou, 15).await;
    assert_eq!(patch(&zhou, &at, 0, b"hello").await.status, 204);
    // SHA-1 and SHA-256 of `hello world`, as the standard and `sha256sum` write them.
    let (sha1, sha256) = ("Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=");
    let with = |value: String| piece(&zhou, &at, 5).header("upload-checksum", value);
    zhou.send(with(format!("sha1 {sha1}")).body("hello worle")).await.refused(413, "uploads.too_long");
    let long = create(&zhou, 30).await;
    let with = |from: usize, value: String| piece(&zhou, &long, from).header("upload-checksum", value);
    let wrong = zhou.send(with(0, format!("sha1 {sha1}")).body("hello worle")).await;
    wrong.refused(460, "uploads.checksum");
    assert_eq!(offset(&zhou, &long).await, 0, "thrown away");
    assert_eq!(zhou.send(with(0, format!("sha1 {sha1}")).body("hello world")).await.status, 204);
    assert_eq!(zhou.send(with(11, format!("sha256 {sha256}")).body("hello world")).await.status, 204);
    assert_eq!(offset(&zhou, &long).await, 22);
    for value in ["md5 XrY7u+Ae7tCTyyK7j1rNww==", "sha1", "sha1 short", "sha1 ****"] {
        zhou.send(with(22, value.to_owned()).body("x")).await.refused(400, "uploads.header");
    }
}

#[tokio::test]
async fn first_bytes_come_with_the_announcement_and_a_post_stands_in_for_patch() {
    let app = TestApp::start().await;
    let zhou = app.login("zhou.ming").await;
    let request = zhou.request("POST", "/api/uploads").header("tus-resumable", "1.0.0").header("upload-length", "9");
    let created = zhou.send(request.header("content-type", "application/offset+octet-stream").body("abcde")).await;
    assert_eq!((created.status, number(&created.headers, "upload-offset")), (201, 5), "{}", created.text());
    let at = text(&created.headers, "location");
    let instead = |method: &str| {
        let request =
            zhou.request("POST", &at).header("tus-resumable", "1.0.0").header("x-http-method-override", method);
        request.header("upload-offset", "5").header("content-type", "application/offset+octet-stream")
    };
    let appended = zhou.send(instead("PATCH").body("fghi")).await;
    assert_eq!((appended.status, number(&appended.headers, "upload-offset")), (204, 9));
    assert_eq!(number(&zhou.send(instead("HEAD")).await.headers, "upload-offset"), 9);
    assert_eq!(zhou.send(instead("DELETE")).await.status, 204);
    assert_eq!(head(&zhou, &at).await.status, 404);
}

#[tokio::test]
async fn a_part_is_its_senders_alone() {
    let app = TestApp::start().await;
    let (zhou, zhao) = (app.login("zhou.ming").await, app.login("zhao.min").await);
    let (draft, other) = (draft(&zhou).await, draft(&zhao).await);
    let bytes = pdf(1000);
    let at = create(&zhou, bytes.len()).await;
    assert_eq!(patch(&zhou, &at, 0, &bytes).await.status, 204);
    assert_eq!(head(&zhao, &at).await.status, 404);
    patch(&zhao, &at, 0, b"x").await.refused(404, "not_found");
    zhao.send(zhao.request("DELETE", &at).header("tus-resumable", "1.0.0")).await.refused(404, "not_found");
    take(&zhao, &other, &at).await.refused(404, "not_found");
    take(&zhao, &draft, &at).await.refused(404, "not_found");
    assert_eq!(head(&app.nobody(), &at).await.status, 401);
    announce(&app.nobody(), 5).await.refused(401, "session.none");
    assert_eq!(take(&zhou, &draft, &at).await.status, 200, "its sender's it is");
}

#[tokio::test]
async fn what_is_not_completed_in_time_is_gone() {
    let app = TestApp::at("2026-03-02T00:30:00Z".parse().unwrap()).await;
    let zhou = app.login("zhou.ming").await;
    let created = announce(&zhou, 2000).await;
    assert_eq!(text(&created.headers, "upload-expires"), "Tue, 03 Mar 2026 00:30:00 GMT");
    let at = text(&created.headers, "location");
    assert_eq!(patch(&zhou, &at, 0, &noise(1000)).await.status, 204);
    app.clock().advance(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    let zhou = app.login("zhou.ming").await;
    assert_eq!(app.platform().uploads.sweep(app.platform().clock.now()).await, 0);
    assert_eq!(offset(&zhou, &at).await, 1000);
    app.clock().advance(SignedDuration::from_secs(1));
    assert_eq!(head(&zhou, &at).await.status, 410);
    patch(&zhou, &at, 1000, &noise(1000)).await.refused(410, "uploads.expired");
    assert_eq!(app.platform().uploads.sweep(app.platform().clock.now()).await, 1);
    assert_eq!(head(&zhou, &at).await.status, 404);
    let left =
        std::fs::read_dir(app.folder().join("uploads")).unwrap().flatten().filter(|e| e.path().is_file()).count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn more_than_there_is_room_for_is_refused_before_it_is_sent() {
    let mut settings = Settings::default();
    (settings.uploads.person_gb, settings.uploads.hospital_gb, settings.uploads.total_gb) = (2, 3, 4);
    let app = TestApp::with(settings, None).await;
    let (zhou, gb) = (app.login("zhou.ming").await, 1 << 30);
    let refused = |problem: serde_json::Value| problem["params"]["what"].as_str().unwrap().to_owned();
    let first = create(&zhou, 2 * gb).await;
    assert_eq!(refused(announce(&zhou, 1).await.refused(507, "uploads.no_room")), "upload of yours");
    let ended = zhou.send(zhou.request("DELETE", &first).header("tus-resumable", "1.0.0")).await;
    assert_eq!(ended.status, 204);
    create(&zhou, 2 * gb).await;
    // Another hospital, and the whole.
    let chen = app.login("chen.tao").await;
    create(&chen, 2 * gb).await;
    let wei = app.login("li.wei").await;
    let said = refused(announce(&wei, 1).await.refused(507, "uploads.no_room"));
    assert!(said == "upload on this server", "{said}");
}
