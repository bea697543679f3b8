//! A checkpoint of the ledger: made beside a running server, kept elsewhere, checked by the program and by openssl.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use tests::program::{Caller, Program};

/// What the commands of `docs/SIGNATURES.md` say in a folder.
fn openssl(dir: &Path) -> Result<String> {
    let said = include_str!("../../docs/SIGNATURES.md");
    let commands = said.split("```sh checkpoint\n").nth(1).and_then(|rest| rest.split("```").next());
    let commands = commands.ok_or_else(|| anyhow::anyhow!("docs/SIGNATURES.md has no commands for a checkpoint"))?;
    let out = Command::new("sh").args(["-euc", commands]).current_dir(dir).output()?;
    Ok(String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_checkpoint_is_made_beside_a_running_server_and_holds_later() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut program = Program::demo(&data).await?;
    let (well, first) = Program::audit(&data, "checkpoint", &[])?;
    ensure!(well, "{first}");
    let kept = folder.path().join("checkpoint.json");
    std::fs::write(&kept, &first)?;
    // More happens.
    let zhou = Caller::sign_in(&program.url, "zhou.ming").await?;
    zhou.send("POST", "/api/drafts/consult", Some(&json!({"body": {}}))).await?;
    let flags = ["--checkpoint", &kept.to_string_lossy()];
    let (well, said) = Program::audit(&data, "verify", &flags)?;
    ensure!(well && said.contains("through the checkpoint"), "{said}");
    let said = openssl(folder.path())?;
    assert_eq!(said.matches("OK").count(), 2, "{said}");

    // Somebody wrote another number into it.
    let mut forged: Value = serde_json::from_str(&first)?;
    forged["statement"] = forged["statement"].as_str().unwrap_or_default().replace("number: ", "number: 1").into();
    std::fs::write(&kept, forged.to_string())?;
    let (well, said) = Program::audit(&data, "verify", &flags)?;
    ensure!(!well && said.contains("was not signed by this installation, or was changed since"), "{said}");
    let said = openssl(folder.path())?;
    assert!(!said.contains("Verified OK"), "{said}");
    std::fs::write(&kept, "{}")?;
    let (well, said) = Program::audit(&data, "verify", &flags)?;
    ensure!(!well && said.contains("is not a checkpoint of Consilium"), "{said}");

    // One of another installation.
    let other = folder.path().join("other");
    Program::demo(&other).await?.stop()?;
    let (_, theirs) = Program::audit(&other, "checkpoint", &[])?;
    std::fs::write(&kept, theirs)?;
    let (well, said) = Program::audit(&data, "verify", &flags)?;
    ensure!(!well && said.contains("was not signed by this installation"), "{said}");
    program.stop()?;
    Ok(())
}
