//! The archive's DICOMweb face, as another viewer would use it.

use crate::harness::{World, id, slices};
use serde_json::{Value, json};

const STUDY: &str = "/dicom-web/studies";

async fn archive() -> (World, Vec<Vec<u8>>, String, String) {
    let world = World::new().await;
    let files = slices("Wang^Xiaodong=王^小东", "M", "19491231", "1.2.3");
    for (number, bytes) in files.iter().enumerate() {
        world.put("asker", &format!("u-{number}"), "slice.dcm", bytes.clone()).await.ok();
    }
    world.submit().await;
    world.settle().await;
    let studies = world.get("asker", STUDY).await.ok().json();
    let study = format!("{STUDY}/{}", studies[0]["0020000D"]["Value"][0].as_str().unwrap());
    let series = world.get("asker", &format!("{study}/series")).await.ok().json();
    let series = format!("{study}/series/{}", series[0]["0020000E"]["Value"][0].as_str().unwrap());
    (world, files, study, series)
}

fn uid(of: &Value) -> &str {
    of["00080018"]["Value"][0].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_metadata_frames_and_files() {
    let (world, files, study, series) = archive().await;
    let studies = world.get("asker", &format!("{STUDY}?StudyDate=20260101-20260301")).await.ok().json();
    assert_eq!(studies[0]["00201208"]["Value"][0], 3);
    assert_eq!(studies[0]["00100010"]["Value"][0]["Ideographic"], "王^小东");
    assert_eq!(world.get("asker", &format!("{STUDY}?StudyDate=20270101")).await.ok().json(), json!([]));
    world.get("asker", &format!("{STUDY}?Shoe=42")).await.refused(400, "dicomweb.parameter");

    let instances = world.get("asker", &format!("{series}/instances")).await.ok().json();
    assert_eq!(instances.as_array().unwrap().len(), 3);
    let metadata = world.get("asker", &format!("{study}/metadata")).await.ok();
    assert_eq!(metadata.headers["content-type"], "application/dicom+json");
    let etag = metadata.headers["etag"].clone();
    let metadata = metadata.json();
    assert_eq!(metadata, world.get("asker", &format!("{series}/metadata")).await.ok().json());
    let numbers = |tag: &str| metadata[0][tag]["Value"].as_array().unwrap().iter().all(Value::is_number);
    assert!(numbers("00200032") && numbers("00280030") && numbers("00281050"), "DS are numbers");
    let kept = world.send_with("asker", &format!("{study}/metadata"), "if-none-match", etag.to_str().unwrap()).await;
    assert_eq!((kept.status.as_u16(), kept.bytes.len()), (304, 0));

    for (number, one) in metadata.as_array().unwrap().iter().enumerate() {
        let instance = format!("{series}/instances/{}", uid(one));
        let described = files.iter().find(|f| wire::dicom::describe(*f).unwrap().image.uid == uid(one)).unwrap();
        let bare = world
            .send("asker", "GET", &format!("{instance}/frames/1"), "application/octet-stream; transfer-syntax=*", "")
            .await
            .ok();
        let pixels = 512 * 512 * 2;
        assert_eq!(bare.bytes, described[described.len() - pixels..], "slice {number}");
        assert!(bare.headers["cache-control"].to_str().unwrap().contains("private"));
        let parts = world
            .send(
                "asker",
                "GET",
                &format!("{instance}/frames/1"),
                "multipart/related; type=application/octet-stream; transfer-syntax=*",
                "",
            )
            .await
            .ok();
        assert!(parts.headers["content-type"].to_str().unwrap().starts_with("multipart/related"));
        assert_eq!(parts.headers["content-length"].to_str().unwrap(), parts.bytes.len().to_string());
        assert!(parts.bytes.windows(64).any(|w| w == &described[described.len() - 64..]));
        let file = world.get("asker", &format!("{instance}?download=true")).await.ok();
        assert_eq!(&file.bytes, described, "byte for byte as it came");
        world.get("asker", &format!("{instance}/frames/2")).await.refused(404, "not_found");
        world.get("asker", &format!("{instance}/frames/0")).await.refused(400, "dicomweb.parameter");
        let accept = "multipart/related; transfer-syntax=1.2.840.10008.1.2.4.90";
        world.send("asker", "GET", &format!("{instance}/frames/1"), accept, "").await.refused(406, "dicomweb.syntax");
    }
    let picture = world.get("asker", &format!("{series}/thumbnail")).await.ok();
    assert!(picture.bytes.starts_with(b"\x89PNG"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_sees_the_case_and_masked_for_the_desk() {
    let (world, _, study, series) = archive().await;
    let metadata = world.get("expert", &format!("{series}/metadata")).await.ok().json();
    let instance = format!("{series}/instances/{}", uid(&metadata[0]));
    let all = [
        format!("{study}/series"),
        format!("{study}/metadata"),
        format!("{series}/instances"),
        format!("{series}/metadata"),
        format!("{series}/thumbnail"),
        format!("{instance}/frames/1"),
        instance.clone(),
    ];
    for path in &all {
        world.get("", path).await.refused(401, "session.none");
        world.get("other", path).await.refused(404, "not_found");
        world.get("stranger", path).await.refused(404, "not_found");
        world.get("expert", path).await.ok();
        world.get("asker", path).await.ok();
        let masked = world.get("desk", path).await;
        assert_eq!(masked.status.is_success(), *path != instance, "{path}");
        let text = String::from_utf8_lossy(&masked.bytes);
        assert!(!text.contains("小东") && !text.contains("Xiaodong") && !text.contains("MRN-7"), "{path}");
    }
    let desk = world.get("desk", &format!("{series}/metadata")).await.ok().json();
    assert_eq!(desk[0]["00100010"]["Value"][0]["Alphabetic"], "王*东");
    for who in ["other", "stranger"] {
        assert_eq!(world.get(who, STUDY).await.ok().json(), json!([]));
    }
    // Entries for reads are gathered before they are written.
    let case = "ServiceRequest/case-1".parse().unwrap();
    world.flush_notes().await;
    let looks = world.platform.store.entries_of_case(&case).await.unwrap();
    let looked = |who: &str| looks.iter().any(|e| e.act.person == Some(id(who)) && e.act.what.starts_with("dicomweb."));
    assert!(looked("expert") && looked("desk"), "reads are ledgered");
}
