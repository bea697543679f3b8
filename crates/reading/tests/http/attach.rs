//! Files of a case over HTTP: taken, taken twice, stopped at another patient's name, refused by name.

use crate::harness::{CASE, World, slices};
use records::Viewer;
use serde_json::{Value, json};
use std::io::Write as _;

const OURS: (&str, &str, &str) = ("Wang^Xiaodong=王^小东", "M", "19491231");

fn ours(root: &str) -> Vec<Vec<u8>> {
    slices(OURS.0, "M", OURS.2, root)
}

async fn files(world: &World) -> Value {
    world.get("asker", &format!("/api/consults/{CASE}/files")).await.ok().json()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_series_becomes_a_study_that_settles() {
    let world = World::new().await;
    for (number, bytes) in ours("1.2.3").into_iter().enumerate() {
        let answer = world.put("asker", &format!("u-{number}"), "slice.dcm", bytes.clone()).await.ok().json();
        assert_eq!(answer["files"][0]["kind"], "dicom");
        let again = world.put("asker", &format!("again-{number}"), "slice.dcm", bytes).await.ok().json();
        assert_eq!(again["files"][0]["duplicate"], true);
    }
    let listed = files(&world).await;
    let study = &listed["studies"][0];
    assert_eq!((study["instances"].as_u64(), study["patient_differs"].as_bool()), (Some(3), Some(false)), "{listed}");
    assert_eq!((&study["modality"], &study["series"][0]["shown"]), (&json!("CT"), &json!(true)));
    world.settle().await;
    let at = format!("ImagingStudy/{}", study["id"].as_str().unwrap()).parse().unwrap();
    let resource = world.platform.store.read(&Viewer::System, &at).await.unwrap().unwrap();
    let body = resource.value().unwrap();
    assert_eq!(
        (body["numberOfInstances"].as_u64(), body["subject"]["reference"].as_str()),
        (Some(3), Some("Patient/patient"))
    );
    assert_eq!(resource.case.map(|c| c.to_string()), Some(format!("ServiceRequest/{CASE}")));
    assert_eq!(resource.version, 2, "written when new and once more when it had settled");
    world.platform.store.verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_patients_name_is_a_stop_until_a_human_decides() {
    let world = World::new().await;
    let theirs = slices("Li^Si=李^四", "F", "19800101", "1.2.9");
    let told = world.put("asker", "u-1", "1.dcm", theirs[0].clone()).await.refused(409, "attachment.patient_mismatch");
    assert_eq!((&told["in_file"]["name"], &told["in_case"]["name"]), (&json!("李四"), &json!("王小东")));
    assert_eq!(told["differs"], json!(["name", "sex", "birth_date"]));
    world.put("asker", "u-2", "2.dcm", theirs[1].clone()).await.refused(409, "attachment.patient_mismatch");
    let listed = files(&world).await;
    assert_eq!(
        (listed["studies"].as_array().unwrap().len(), listed["held"].as_array().unwrap().len()),
        (0, 2),
        "{listed}"
    );

    let confirm = format!("/api/consults/{CASE}/files/u-1/confirm");
    let send = |reason: &str| world.send("asker", "POST", &confirm, "*/*", json!({ "reason": reason }).to_string());
    send("  ").await.refused(422, "attachment.reason");
    let kept = send("旧系统登记的姓名有误").await.ok().json();
    assert_eq!(kept["files"].as_array().unwrap().len(), 2, "one decision for all files of one person: {kept}");
    // And for those still to come.
    world.put("asker", "u-3", "3.dcm", theirs[2].clone()).await.ok();
    let listed = files(&world).await;
    assert_eq!((listed["held"].as_array().unwrap().len(), listed["studies"][0]["instances"].as_u64()), (0, Some(3)));
    assert_eq!(listed["studies"][0]["patient_differs"], true);
    let case = format!("ServiceRequest/{CASE}").parse().unwrap();
    let told = world.platform.store.entries_of_case(&case).await.unwrap();
    let confirmed = told.iter().find(|e| e.act.what == "attachment.confirm").expect("ledgered");
    assert_eq!(confirmed.act.why.as_deref(), Some("旧系统登记的姓名有误"));

    let third = slices("Zhao^Liu=赵^六", "M", "19491231", "1.2.8");
    world.put("asker", "u-4", "4.dcm", third[0].clone()).await.refused(409, "attachment.patient_mismatch");
    let drop = format!("/api/consults/{CASE}/files/u-4");
    assert_eq!(world.send("asker", "DELETE", &drop, "*/*", "").await.status, 204);
    let listed = files(&world).await;
    assert_eq!((listed["held"].as_array().unwrap().len(), listed["studies"].as_array().unwrap().len()), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_used_is_refused_by_name_and_changes_nothing() {
    let world = World::new().await;
    let whole = ours("1.2.3").remove(0);
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("notes.dcm", b"not a DICOM file".to_vec(), "not-dicom"),
        ("cut.dcm", whole[..whole.len() / 3].to_vec(), "dicom-truncated"),
        ("empty.dcm", vec![], "empty"),
        ("evil.zip", zip_of(&[("good.dcm", &whole), ("../evil.dcm", &whole)]), "archive-unsafe-name"),
        ("broken.zip", zip_of(&[("a.dcm", &whole)])[..200].to_vec(), "archive-damaged"),
        ("hollow.zip", zip_of(&[]), "archive-empty"),
    ];
    for (name, bytes, why) in cases {
        let told = world.put("asker", "u-1", name, bytes).await.refused(422, "attachment.unreadable");
        assert_eq!(told["why"], why, "{name}: {told}");
    }
    let listed = files(&world).await;
    assert_eq!(listed, json!({ "studies": [], "documents": [], "held": [] }));
    let incoming = std::fs::read_dir(world.platform.uploads.scratch()).unwrap().count();
    assert_eq!(incoming, 0, "nothing is left lying about");
    // The same image with other content does not take its place.
    world.put("asker", "u-2", "a.dcm", whole.clone()).await.ok();
    let mut other = whole;
    *other.last_mut().unwrap() ^= 1;
    let told = world.put("asker", "u-3", "b.dcm", other).await.refused(422, "attachment.unreadable");
    assert_eq!(told["why"], "differs-from-stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_gives_its_files_and_a_document_is_opened() {
    let world = World::new().await;
    let slices = ours("1.2.3");
    let pdf = b"%PDF-1.4 a summary".to_vec();
    let zip = zip_of(&[
        ("CT/1", &slices[0]),
        ("CT/2", &slices[1]),
        ("CT/3", &slices[2]),
        ("README.txt", b"hello"),
        ("summary.pdf", &pdf),
        ("nested.zip", &zip_of(&[("x", b"x")])),
    ]);
    let told = world.put("asker", "u-1", "disc.zip", zip).await.ok().json();
    let mut kinds: Vec<&str> = told["files"].as_array().unwrap().iter().map(|f| f["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["dicom", "dicom", "dicom", "document", "refused", "refused"], "{told}");
    let listed = files(&world).await;
    assert_eq!(
        (listed["studies"][0]["instances"].as_u64(), &listed["documents"][0]["mime"]),
        (Some(3), &json!("application/pdf"))
    );
    let document = format!("/api/consults/{CASE}/documents/{}", listed["documents"][0]["id"].as_str().unwrap());
    let opened = world.get("asker", &document).await.ok();
    assert_eq!((opened.bytes, opened.headers["content-type"].to_str().unwrap()), (pdf.clone(), "application/pdf"));
    let again = world.put("asker", "u-2", "again.pdf", pdf).await.ok().json();
    assert_eq!(again["files"][0]["duplicate"], true);
    world.get("other", &document).await.refused(404, "not_found");
    world.get("", &document).await.refused(401, "session.none");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_put_and_see() {
    let world = World::new().await;
    let slice = ours("1.2.3").remove(0);
    for who in ["other", "desk", "expert"] {
        world.put(who, "u-1", "a.dcm", slice.clone()).await.refused(404, "not_found");
    }
    world.put("", "u-1", "a.dcm", slice.clone()).await.refused(401, "session.none");
    world.put("asker", "u-1", "a.dcm", slice).await.ok();
    let list = format!("/api/consults/{CASE}/files");
    world.get("desk", &list).await.refused(404, "not_found");
    world.submit().await;
    for (who, may) in [("asker", true), ("desk", true), ("expert", true), ("stranger", false), ("other", false)] {
        assert_eq!(world.get(who, &list).await.status.is_success(), may, "{who}");
    }
}
