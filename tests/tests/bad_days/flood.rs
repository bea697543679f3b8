//! More than anybody means well with: sign-ins by the ten thousand, bodies of sixty megabytes.

use anyhow::{Context, Result, ensure};
use futures::stream;
use reqwest::Body;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tests::program::{Caller, Program};

const ATTEMPTS: u32 = 10_000;
const AT_ONCE: u32 = 32;
/// What a flood may cost while it lasts, in megabytes: bounds, not measurements.
const MEMORY_MB: u64 = 200;

/// Tries to sign in until all attempts are made; the answers by status.
async fn guess(nobody: Caller, made: Arc<AtomicU32>) -> Result<BTreeMap<u16, u32>> {
    let mut told = BTreeMap::new();
    loop {
        let n = made.fetch_add(1, Ordering::SeqCst);
        if n >= ATTEMPTS {
            return Ok(told);
        }
        // Every tenth is for somebody who exists.
        let name = if n.is_multiple_of(10) { "zhou.ming".to_owned() } else { format!("guess.{n}") };
        let tried = nobody.request("POST", "/api/session").json(&json!({"name": name, "password": "guess"}));
        let answer = tried.send().await.with_context(|| format!("attempt {n}"))?;
        let status = answer.status().as_u16();
        if status == 429 {
            let wait = answer.headers().get("retry-after").context("when to come again")?.to_str()?.parse::<u64>()?;
            ensure!((1..=600).contains(&wait), "{wait} s");
        }
        *told.entry(status).or_insert(0) += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_wrong_passwords_stop_nobody_who_works() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut program = Program::demo(&folder.path().join("data")).await?;
    let doctor = Caller::sign_in(&program.url, "chen.tao").await?;
    let before = (program.memory_mb()?, program.metric("consilium_ledger_number").await?);
    let (made, over) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let guessers: Vec<_> =
        (0..AT_ONCE).map(|_| tokio::spawn(guess(Caller::nobody(&program.url), made.clone()))).collect();
    let working = tokio::spawn({
        let (over, made) = (over.clone(), made.clone());
        async move {
            // How often the doctor was served before the flood was over.
            let mut served = 0;
            while !over.load(Ordering::SeqCst) {
                doctor.expect("GET", "/api/consults", None, (200, "")).await?;
                served += u32::from(made.load(Ordering::SeqCst) < ATTEMPTS);
            }
            anyhow::Ok((doctor, served))
        }
    });
    let mut told = BTreeMap::<u16, u32>::new();
    for guesser in guessers {
        for (status, count) in guesser.await?? {
            *told.entry(status).or_insert(0) += count;
        }
    }
    over.store(true, Ordering::SeqCst);
    let (doctor, served) = working.await??;
    assert_eq!(told.values().sum::<u32>(), ATTEMPTS, "{told:?}");
    assert!(told.keys().all(|status| [401, 429].contains(status)), "{told:?}");
    let heard = told.get(&401).copied().unwrap_or(0);
    assert!((1..=100).contains(&heard), "of one address a hundred are looked at: {told:?}");
    assert!(served >= 20, "only {served} answers for who works while {ATTEMPTS} guesses came");

    let after = (program.memory_mb()?, program.metric("consilium_ledger_number").await?);
    assert!(after.0 < before.0 + MEMORY_MB, "{} MB, then {} MB", before.0, after.0);
    assert!(after.1 - before.1 <= f64::from(heard) + 50.0, "entries from {} to {}", before.1, after.1);
    // Whoever comes from elsewhere is not kept out with them.
    let elsewhere = Caller::from_address(&program.url, Ipv4Addr::new(127, 0, 0, 2))?;
    let known = json!({"name": "zhao.min", "password": "consilium-demo"});
    elsewhere.expect("POST", "/api/session", Some(&known), (200, "")).await?;
    doctor.expect("GET", "/api/session", None, (200, "")).await?;
    program.stop()?;
    let (whole, said) = Program::verify(&program.data)?;
    ensure!(whole, "{said}");
    println!(
        "{ATTEMPTS} attempts: {told:?}, {served} answers meanwhile, {} to {} MB, {} entries",
        before.0,
        after.0,
        after.1 - before.1
    );
    Ok(())
}

/// Sixty megabytes that claim to be JSON, made as they are sent.
fn sixty_megabytes() -> Body {
    Body::wrap_stream(stream::iter((0..60 * 16).map(|_| Ok::<_, std::io::Error>(vec![b' '; 64 << 10]))))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_megabytes_of_json_are_refused_in_words_and_not_held() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let program = Program::demo(&folder.path().join("data")).await?;
    let doctor = Caller::sign_in(&program.url, "zhou.ming").await?;
    let before = program.memory_mb()?;
    let sent = (0..12).map(|n| {
        let (doctor, says_length) = (doctor.clone(), n % 2 == 0);
        async move {
            let mut request = doctor.request("POST", "/api/drafts/consult").header("content-type", "application/json");
            if says_length {
                request = request.header("content-length", (60 << 20).to_string());
            }
            let answer = request.body(sixty_megabytes()).send().await.with_context(|| format!("line {n}"))?;
            let status = answer.status().as_u16();
            let body: serde_json::Value = answer.json().await?;
            ensure!((status, body["code"].as_str()) == (413, Some("request.too-large")), "line {n}: {status} {body}");
            anyhow::Ok(())
        }
    });
    let mut highest = 0;
    let all = futures::future::try_join_all(sent);
    tokio::pin!(all);
    loop {
        tokio::select! {
            ended = &mut all => { ended?; break; }
            () = tokio::time::sleep(std::time::Duration::from_millis(20)) => highest = highest.max(program.memory_mb()?),
        }
    }
    assert!(highest < before + MEMORY_MB, "{before} MB, then {highest} MB for 720 MB sent");
    // Who sends in pieces what fits is heard.
    let small = Body::wrap_stream(stream::iter([Ok::<_, std::io::Error>("{\"body\":"), Ok("{}}")]));
    let request = doctor.request("POST", "/api/drafts/consult").header("content-type", "application/json");
    assert_eq!(request.body(small).send().await?.status(), 201);
    println!("720 MB refused; {before} MB before, {highest} MB at most");
    Ok(())
}
