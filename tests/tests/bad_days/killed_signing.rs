//! kill -9 while an expert signs: the opinion is signed, whole and proven, or it is not there at all.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::time::Duration;
use tests::cast::{Cast, signed, words};
use tests::program::{Answer, Program, cycles, progress};

/// Kills at another moment of signing in each cycle: how many were found signed, how many not, and what the
/// ledger says.
async fn kill_in_signing(data: &Path, cycles: u32) -> Result<(u32, u32, String)> {
    let mut program = Program::demo(data).await?;
    let mut cast = Cast::sign_in(&program.url).await?;
    let mut found = (0, 0);
    for cycle in 0..cycles {
        progress(cycle, cycles);
        let id = cast.case().await.with_context(|| format!("cycle {cycle}"))?;
        let words_now = words(&cast.expert, &id).await?;
        let path = format!("/api/consults/{id}/opinion");
        let signing = tokio::spawn({
            let (expert, path) = (cast.expert.clone(), path.clone());
            async move { expert.send("POST", &path, Some(&words_now)).await }
        });
        // From "not begun" to "answered": what a signature takes on this machine lies in between.
        wait(&signing, cycle).await;
        program.kill()?;
        let acknowledged = matches!(signing.await?, Ok(Answer { status: 200, .. }));
        drop(program);
        program = Program::demo(data).await?;
        cast = cast.through(&program.url);
        let is_signed = signed(&cast, &id).await.with_context(|| format!("cycle {cycle}"))?;
        ensure!(is_signed || !acknowledged, "cycle {cycle}: acknowledged and gone");
        if is_signed {
            found.0 += 1;
        } else {
            found.1 += 1;
            let words = words(&cast.expert, &id).await?;
            cast.expert.expect("POST", &path, Some(&words), (200, "")).await.context("signed after all")?;
            ensure!(signed(&cast, &id).await?, "signed after all");
        }
    }
    program.stop()?;
    let (whole, said) = Program::verify(data)?;
    ensure!(whole, "{said}");
    Ok((found.0, found.1, said))
}

/// Every fourth signature is waited for; the others are given less and more time.
async fn wait<T>(signing: &tokio::task::JoinHandle<T>, cycle: u32) {
    let answered = async {
        while !signing.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let patience =
        if cycle % 4 == 3 { Duration::from_secs(30) } else { Duration::from_millis((cycle * 37 % 400).into()) };
    let _ = tokio::time::timeout(patience, answered).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_in_signing_leave_no_half_signed_opinion() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (signed, unsigned, said) = kill_in_signing(&folder.path().join("data"), 12).await?;
    println!("12 kills in signing: {signed} were signed, {unsigned} were not, none by half; {said}");
    assert!(signed > 0 && unsigned > 0, "{signed} signed, {unsigned} not: only one side was tried");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: `cargo xtask bench crash`"]
async fn many_kills_in_signing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cycles = cycles(50);
    let (signed, unsigned, said) = kill_in_signing(&folder.path().join("data"), cycles).await?;
    println!(
        "crash: {cycles} cycles, {signed} acknowledged, 0 lost; signed, {unsigned} were not, none by half; {said}"
    );
    Ok(())
}
