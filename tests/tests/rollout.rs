//! How long it takes until so many hospitals are joined and accepted: the real program, a real `consilium gateway join` for each,
//! every probe on loopback, both sides' confirmation. `cargo xtask bench rollout` runs it with the release program.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::program::{Caller, Program, binary};
use tokio::sync::Semaphore;

const PASSWORD: &str = "consilium-demo";
/// Of the province in February 2020: 2 provincial, 18 municipal, 106 county hospitals.
const HOSPITALS: u32 = 126;

/// A hospital that does not exist yet, with an administrator of its own.
async fn found(admin: &Caller, number: u32) -> Result<(String, Caller)> {
    let id = format!("rollout-{number}");
    let site = json!({"id": id, "name": format!("第{number}县人民医院"), "name_en": format!("County Hospital {number}"),
        "level": "county", "parent": "xinyang"});
    admin.expect("POST", "/api/admin/hospitals", Some(&site), (201, "")).await?;
    let account = format!("rollout.{number}");
    let person = json!({"account": account, "person": {"name": "王院", "name_en": "Wang Yuan", "title": "院长", "languages": ["zh"]},
        "posts": [{"hospital": id, "role": "hospital-administrator"}]});
    let link = admin.send("POST", "/api/admin/people", Some(&person)).await?;
    let token = link.body["token"].as_str().with_context(|| format!("{link:?}"))?;
    let welcome = json!({"token": token, "password": PASSWORD});
    admin.expect("POST", "/api/welcome", Some(&welcome), (200, "")).await?;
    Ok((id, Caller::sign_in(&admin.url, &account).await?))
}

/// From the invitation to the second confirmation.
async fn join(admin: &Caller, own: &Caller, hospital: &str, dir: &Path) -> Result<Duration> {
    let begun = Instant::now();
    let invite = json!({"hospital": hospital, "contact": "王院", "phone": "0376-1"});
    let invitation = admin.expect("POST", "/api/admin/join/invitations", Some(&invite), (200, "")).await?;
    let line = invitation["line"].as_str().context("a line")?;
    let mut command = Command::new(binary()?);
    command.args(["gateway", "join", line, "--hospital", hospital, "--dir"]).arg(dir);
    let ended = tokio::task::spawn_blocking(move || command.output()).await??;
    let said = [ended.stdout, ended.stderr].concat();
    ensure!(ended.status.success(), "{hospital}: {}", String::from_utf8_lossy(&said));
    let path = format!("/api/admin/join/{hospital}/accept");
    let nothing = json!({});
    admin.expect("POST", &path, Some(&nothing), (200, "")).await?;
    let accepted = own.expect("POST", &path, Some(&nothing), (200, "")).await?;
    ensure!(accepted["accepted"] == true, "{hospital}: {accepted}");
    Ok(begun.elapsed())
}

/// All of them, as many at a time as there are cores; each one's time, and the time of all.
async fn roll_out(hospitals: u32) -> Result<(Vec<Duration>, Duration)> {
    let folder = tempfile::tempdir()?;
    let program = Program::demo(&folder.path().join("centre")).await?;
    let admin = Caller::sign_in(&program.url, "admin").await?;
    let mut all = vec![];
    for number in 1..=hospitals {
        all.push(found(&admin, number).await?);
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let places = Arc::new(Semaphore::new(cores));
    let begun = Instant::now();
    let mut joining = vec![];
    for (id, own) in all {
        let (admin, places, dir) = (admin.clone(), places.clone(), folder.path().join(&id));
        joining.push(tokio::spawn(async move {
            let _place = places.acquire().await?;
            join(&admin, &own, &id, &dir).await
        }));
    }
    let mut took = vec![];
    for one in joining {
        took.push(one.await??);
    }
    let total = begun.elapsed();
    let board = accepted(&admin).await?;
    ensure!(board == hospitals as usize, "{board} of {hospitals} are accepted on the board");
    took.sort();
    Ok((took, total))
}

/// How many the board says are accepted, page by page.
async fn accepted(admin: &Caller) -> Result<usize> {
    let (mut after, mut count) = (String::new(), 0);
    loop {
        let page = admin.expect("GET", &format!("/api/admin/join?count=50{after}"), None, (200, "")).await?;
        let rows = page["rows"].as_array().context("rows")?;
        count += rows.iter().filter(|row| row["state"] == "accepted").count();
        match &page["next"] {
            Value::String(next) => after = format!("&after={next}"),
            _ => return Ok(count),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hospitals_are_joined_and_accepted_at_once() {
    let (took, _) = roll_out(3).await.unwrap();
    assert_eq!(took.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a minute and more: cargo xtask bench rollout"]
async fn a_province_is_joined_and_accepted() {
    let told = std::env::var_os("ROLLOUT_HOSPITALS").and_then(|text| text.into_string().ok());
    let hospitals = told.and_then(|text| text.parse().ok()).unwrap_or(HOSPITALS);
    let (took, total) = roll_out(hospitals).await.unwrap();
    let ms = |at: usize| took.get(at).map_or(0, Duration::as_millis);
    println!(
        "rollout: {hospitals} hospitals joined and accepted in {:.1} s (goal 82 s for 126); one: p50 {} ms, longest {} ms",
        total.as_secs_f64(),
        ms(took.len() / 2),
        ms(took.len() - 1)
    );
}
