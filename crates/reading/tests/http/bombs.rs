//! Files that are more than they seem, and more files than anybody sends: bounded, and said by name.

use crate::harness::{CASE, World, slices};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

fn zip_of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in files {
        writer.start_file(name, options).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0, 1, 2, 3, 4]);
    bytes
}

fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC0, 0, 17, 8];
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend([0; 40]);
    bytes
}

async fn why(world: &World, name: &str, bytes: Vec<u8>) -> Value {
    world.put("asker", "u-1", name, bytes).await.refused(422, "attachment.unreadable")["why"].clone()
}

async fn files(world: &World) -> Value {
    world.get("asker", &format!("/api/consults/{CASE}/files")).await.ok().json()
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_that_would_fill_the_disk_or_the_memory() {
    let world = World::new().await;
    // 400 MB of nothing in 400 kB.
    let bomb = zip_of([("bomb.dcm".to_owned(), vec![0; 400 << 20])]);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    assert_eq!(why(&world, "ratio.zip", bomb).await, "archive-too-large");
    let many = zip_of((0..20_001).map(|n| (format!("{n}"), vec![])));
    assert_eq!(why(&world, "many.zip", many).await, "archive-too-large");
    let mut nested = zip_of([("x.dcm".to_owned(), b"x".to_vec())]);
    for depth in 0..40 {
        nested = zip_of([(format!("{depth}.zip"), nested)]);
    }
    assert_eq!(why(&world, "nested.zip", nested).await, "archive-nested");
    assert_eq!(files(&world).await, json!({"studies": [], "documents": [], "held": []}));
    assert_eq!(std::fs::read_dir(world.platform.uploads.scratch()).unwrap().count(), 0, "nothing lies about");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_thousand_files_in_an_archive_are_taken() {
    let world = World::new().await;
    let slices = slices("Wang^Xiaodong=王小东", "M", "19491231", "1.2.3");
    let mut inside: Vec<(String, Vec<u8>)> =
        (0..19_997).map(|n| (format!("notes/{n}.txt"), b"note".to_vec())).collect();
    inside.extend(slices.into_iter().enumerate().map(|(n, slice)| (format!("CT/{n}"), slice)));
    let told = world.put("asker", "u-1", "disc.zip", zip_of(inside)).await.ok().json();
    let kinds = |kind: &str| told["files"].as_array().unwrap().iter().filter(|f| f["kind"] == kind).count();
    assert_eq!((kinds("refused"), kinds("dicom")), (19_997, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_of_billions_of_pixels() {
    let world = World::new().await;
    assert_eq!(why(&world, "huge.png", png(100_000, 70_000)).await, "picture-too-large");
    assert_eq!(why(&world, "huge.jpg", jpeg(65_500, 65_500)).await, "picture-too-large");
    assert_eq!(why(&world, "none.png", png(0, 7)).await, "picture-damaged");
    assert_eq!(why(&world, "none.jpg", b"\xFF\xD8\xFF\xE0\0".to_vec()).await, "picture-damaged");
    world.put("asker", "u-2", "phone.jpg", jpeg(12_000, 9_000)).await.ok();

    // A slice that says it has 65,535 x 65,535 pixels: kept as it is, never decoded.
    let mut slice = slices("Wang^Xiaodong=王小东", "M", "19491231", "1.2.3").remove(0);
    for tag in [[0x28, 0, 0x10, 0], [0x28, 0, 0x11, 0]] {
        let at = slice.windows(6).position(|w| w[..4] == tag && &w[4..] == b"US").unwrap();
        slice[at + 8..at + 10].copy_from_slice(&[0xFF, 0xFF]);
    }
    world.put("asker", "u-3", "huge.dcm", slice).await.ok();
    let study = files(&world).await["studies"][0].clone();
    let series = &study["series"][0];
    assert_eq!((&series["shown"], series["thumbnail"].is_null()), (&json!(false), true), "{study}");
    assert!(series["why_not"].is_string(), "{study}");
    let (uid, series) = (study["uid"].as_str().unwrap(), series["uid"].as_str().unwrap());
    let picture = world.get("asker", &format!("/dicom-web/studies/{uid}/series/{series}/thumbnail")).await;
    assert!(picture.status.is_client_error(), "{}", picture.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_twice_is_there_once() {
    let world = World::new().await;
    let slice = slices("Wang^Xiaodong=王小东", "M", "19491231", "1.2.3").remove(0);
    let pdf = b"%PDF-1.4 a summary".to_vec();
    let twice = [("a", &slice), ("b", &slice), ("c.pdf", &pdf), ("d.pdf", &pdf)];
    let zip = zip_of(twice.map(|(name, bytes)| (name.to_owned(), bytes.clone())));
    let told = world.put("asker", "u-1", "disc.zip", zip).await.ok().json();
    let again: Vec<_> = told["files"].as_array().unwrap().iter().filter(|f| f["duplicate"] == true).collect();
    assert_eq!(again.len(), 2, "{told}");
    world.put("asker", "u-2", "e.dcm", slice).await.ok();
    let listed = files(&world).await;
    assert_eq!((&listed["studies"][0]["instances"], listed["documents"].as_array().unwrap().len()), (&json!(1), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_patients_in_one_archive_stop_each_by_themselves_and_what_is_dropped_is_collected() {
    let world = World::new().await;
    let people = [
        ("Wang^Xiaodong=王小东", "19491231", "1.2.3"),
        ("Doe^Jane", "19700101", "1.2.4"),
        ("Roe^Richard", "19800202", "1.2.5"),
    ];
    let inside = people.iter().flat_map(|(name, birth, root)| {
        let slices = slices(name, "M", birth, root);
        slices.into_iter().enumerate().map(move |(n, slice)| (format!("{root}/{n}"), slice))
    });
    let zip = zip_of(inside);
    let told = world.put("asker", "u-1", "disc.zip", zip).await.refused(409, "attachment.patient_mismatch");
    let kinds = |kind: &str| told["files"].as_array().unwrap().iter().filter(|f| f["kind"] == kind).count();
    assert_eq!((kinds("dicom"), kinds("held")), (3, 6), "{told}");
    let listed = files(&world).await;
    assert_eq!(listed["studies"].as_array().unwrap().len(), 1, "the case's own study is there at once");
    let held = listed["held"].as_array().unwrap();
    let mut names: Vec<&str> = held.iter().map(|h| h["in_file"]["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((held.len(), names.len()), (6, 2), "{names:?}");

    // Dropped: a day later their bytes are gone, and the study that was filed is whole.
    world.clock.advance(SignedDuration::from_hours(30));
    assert_eq!(world.collect().await, 0, "what waits is kept");
    world.clock.advance(SignedDuration::from_hours(-30));
    let dropped = world.send("asker", "DELETE", &format!("/api/consults/{CASE}/files/u-1"), "*/*", "").await;
    assert_eq!(dropped.status, 204);
    assert_eq!(files(&world).await["held"], json!([]));
    assert_eq!(world.collect().await, 0, "not before a day has passed");
    world.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(world.collect().await, 6);
}
