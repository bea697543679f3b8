//! `consilium backup` and `restore` as an administrator runs them: beside a working server, killed in the middle, into a folder
//! and into S3, from one engine to the other; and what is made of it serves.

use anyhow::{Context, Result, ensure};
use records::conformance::cluster::{Cluster, passed_over};
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tests::cast::{Cast, cases, sheet, signed, words};
use tests::program::{Caller, Program, binary, free_port};

/// Runs the program to its end: whether that was good, and what it said.
fn consilium(words: &[&str], environment: &[(&str, &str)]) -> Result<(bool, String)> {
    let out = Command::new(binary()?).args(words).envs(environment.iter().copied()).output()?;
    let said = [out.stdout, out.stderr].concat();
    Ok((out.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

fn well(words: &[&str], environment: &[(&str, &str)]) -> Result<String> {
    let (ok, said) = consilium(words, environment)?;
    ensure!(ok, "{words:?}: {said}");
    Ok(said)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path")
}

async fn signed_case(cast: &Cast) -> Result<String> {
    let id = cast.case().await?;
    sign(cast, &id).await?;
    Ok(id)
}

async fn sign(cast: &Cast, id: &str) -> Result<()> {
    let signing = words(&cast.expert, id).await?;
    cast.expert.expect("POST", &format!("/api/consults/{id}/opinion"), Some(&signing), (200, "")).await?;
    Ok(())
}

/// Whether no file lies below; a folder that was made just before the end may.
fn is_bare(dir: &Path) -> bool {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).all(|path| path.is_dir() && is_bare(&path))
}

/// The messages of a case, by id.
async fn said_in(who: &Caller, case: &str) -> Result<Vec<String>> {
    let shown = who.expect("GET", &format!("/api/consults/{case}"), None, (200, "")).await?;
    let all = shown["messages"].as_array().context("messages")?;
    Ok(all.iter().filter_map(|m| m["id"].as_str()).map(ToOwned::to_owned).collect())
}

/// Sixteen who keep writing messages in a case, until told to stop; the ids of what was acknowledged.
struct Writers {
    stop: Arc<AtomicBool>,
    all: Vec<tokio::task::JoinHandle<Result<()>>>,
    acknowledged: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Writers {
    fn start(who: &Caller, case: &str) -> Self {
        let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Arc::new(std::sync::Mutex::new(vec![])));
        let path = format!("/api/consults/{case}/messages");
        let one = |n: usize| {
            let (who, stop, acknowledged, path) = (who.clone(), stop.clone(), Arc::clone(&acknowledged), path.clone());
            tokio::spawn(async move {
                // Some seconds' work; the case stays one that a page can show.
                for _ in 0..60 {
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                    let message = json!({"text": format!("第{n}位")});
                    let sent = who.expect("POST", &path, Some(&message), (201, "")).await?;
                    let id = sent["id"].as_str().context("an id")?.to_owned();
                    acknowledged.lock().map_err(|_| anyhow::anyhow!("another writer panicked"))?.push(id);
                }
                Ok(())
            })
        };
        Self { all: (0..16).map(one).collect(), stop, acknowledged }
    }

    fn so_far(&self) -> Vec<String> {
        self.acknowledged.lock().map(|all| all.clone()).unwrap_or_default()
    }

    async fn stop(self) -> Result<()> {
        self.stop.store(true, Ordering::SeqCst);
        for writer in self.all {
            writer.await??;
        }
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_is_kept_while_it_works_and_serves_again() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (data, kept) = (folder.path().join("data"), folder.path().join("kept"));
    let (data_text, kept_text) = (text(&data)?, text(&kept)?);
    let keep = ["backup", "--data", data_text, "--to", kept_text];
    let mut program = Program::demo(&data).await?;
    let cast = Cast::sign_in(&program.url).await?;
    let first = cast.case().await?;
    let writers = Writers::start(&cast.asking, &first);
    while writers.so_far().len() < 16 {
        tokio::task::yield_now().await;
    }
    let before = writers.so_far();
    let said = well(&keep, &[])?;
    ensure!(said.contains("kept: run 1 of chain 1") && said.contains("keys"), "{said}");

    // kill -9 in the middle of a whole one, as soon as it has begun to write; what came of it is nothing.
    let mut child =
        Command::new(binary()?).args(keep).arg("--full").stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let begun = Instant::now();
    while !kept.join("chain-0002").exists() && child.try_wait()?.is_none() {
        ensure!(begun.elapsed() < Duration::from_secs(120), "it never began");
        std::thread::yield_now();
    }
    child.kill()?;
    child.wait()?;
    let whole = kept.join("chain-0002/run-0001.json").exists();
    let said = well(&["backup", "--verify", "--from", kept_text], &[])?;
    ensure!(said.contains(if whole { "2 runs" } else { "1 chains, 1 runs" }), "{said}");

    writers.stop().await?;
    sign(&cast, &first).await?;
    let second = signed_case(&cast).await?;
    let number = said_number(&well(&keep, &[])?)?;
    let third = signed_case(&cast).await?;
    let (seen, pdf) = (cases(&cast.desk).await?, sheet(&cast, &third).await?);
    let said = well(&keep, &[])?;
    ensure!(said.contains("run 3 of chain 1") || whole, "{said}");
    ensure!(whole || is_bare(&kept.join("chain-0002")), "what was killed is cleared up");
    let said = well(&["backup", "--verify", "--from", kept_text], &[])?;
    ensure!(said.starts_with("whole") || said.contains("\nwhole"), "{said}");

    // Refused: into the folder that is kept, and onto an installation.
    let inside = data.join("kept");
    let (ok, said) = consilium(&["backup", "--data", data_text, "--to", text(&inside)?], &[])?;
    ensure!(!ok && said.contains("no backup"), "{said}");
    let (ok, said) = consilium(&["restore", "--from", kept_text, "--data", data_text], &[])?;
    ensure!(!ok && said.contains("not empty"), "{said}");

    // As it was, served again.
    let again = folder.path().join("again");
    let said = well(&["restore", "--from", kept_text, "--data", text(&again)?], &[])?;
    ensure!(said.contains("restored: run") && said.contains("the ledger is whole"), "{said}");
    let (whole_ledger, said) = Program::verify(&again)?;
    ensure!(whole_ledger, "{said}");
    let mut other = Program::demo(&again).await?;
    let made = Cast::sign_in(&other.url).await?;
    ensure!(cases(&made.desk).await? == seen, "the cases are others");
    for id in [&first, &second, &third] {
        ensure!(signed(&made, id).await?, "what was signed: {id}");
    }
    ensure!(sheet(&made, &third).await? == pdf, "the sheet is another one");
    let exchanged = said_in(&made.asking, &first).await?;
    ensure!(before.iter().all(|id| exchanged.contains(id)), "acknowledged before the first run");
    // Keys came along: what is signed now is signed by the same authority.
    signed_case(&made).await?;
    other.stop()?;

    // As it was at the second run: the third case is not there yet.
    let older = folder.path().join("older");
    well(&["restore", "--from", kept_text, "--data", text(&older)?, "--at", &number.to_string()], &[])?;
    let mut other = Program::demo(&older).await?;
    let made = Cast::sign_in(&other.url).await?;
    ensure!(signed(&made, &second).await?, "the second case");
    ensure!(!cases(&made.desk).await?.contains(&third), "the third case is there");
    other.stop()?;

    into_a_database_and_back(folder.path(), kept_text, &third).await?;
    program.stop()?;
    without_keys(folder.path(), data_text).await
}

/// The ledger's number that a run says it stands at.
fn said_number(said: &str) -> Result<u64> {
    let rest = said.split("at number ").nth(1).context("a number")?;
    rest.split_whitespace().next().context("a number")?.parse().context("a number")
}

async fn into_a_database_and_back(folder: &Path, kept: &str, case: &str) -> Result<()> {
    let Some(cluster) = Cluster::shared() else {
        passed_over("an installation is restored into a database");
        return Ok(());
    };
    let (there, database, back) = (folder.join("there"), cluster.database(), folder.join("back"));
    let (there_text, second) = (text(&there)?, folder.join("second"));
    well(&["restore", "--from", kept, "--data", there_text, "--database", &database], &[])?;
    well(&["audit", "verify", "--data", there_text, "--database", &database], &[])?;
    well(&["backup", "--data", there_text, "--database", &database, "--to", text(&second)?], &[])?;
    well(&["backup", "--verify", "--from", text(&second)?], &[])?;
    well(&["restore", "--from", text(&second)?, "--data", text(&back)?], &[])?;
    let mut program = Program::demo(&back).await?;
    let cast = Cast::sign_in(&program.url).await?;
    ensure!(signed(&cast, case).await?, "there and back");
    program.stop()?;
    Ok(())
}

async fn without_keys(folder: &Path, data: &str) -> Result<()> {
    let (kept, made) = (folder.join("keyless"), folder.join("made"));
    let said = well(&["backup", "--data", data, "--to", text(&kept)?, "--without-keys"], &[])?;
    ensure!(!said.contains("keys"), "{said}");
    let said = well(&["restore", "--from", text(&kept)?, "--data", text(&made)?], &[])?;
    ensure!(said.contains("without keys") && !made.join("secrets").exists(), "{said}");
    Ok(())
}

/// A SeaweedFS of the test's own, on loopback.
struct Seaweed {
    child: Child,
    url: String,
}

impl Drop for Seaweed {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

impl Seaweed {
    /// None where it is not installed (`tests/python/requirements.txt`) and need not be.
    async fn start(folder: &Path) -> Result<Option<Self>> {
        let told = std::env::var_os("E2E_WEED").map(PathBuf::from);
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/venv/bin/weed");
        let weed = told.unwrap_or(built);
        if !weed.is_file() {
            ensure!(std::env::var_os("NEEDS_S3").is_none(), "SeaweedFS is not installed: {}", weed.display());
            return Ok(None);
        }
        let (dir, config) = (folder.join("weed"), folder.join("weed.json"));
        fs::create_dir_all(&dir)?;
        let credentials = json!([{"accessKey": "key", "secretKey": "secret"}]);
        let identity = json!({"name": "t", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List"]});
        fs::write(&config, json!({"identities": [identity]}).to_string())?;
        let port = free_port()?;
        let (master, grpc) = (free_port()?, free_port()?);
        let mut command = Command::new(&weed);
        command.args(["server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-s3.iam=false", "-s3.port.iceberg=0"]);
        command.args(["-master.volumeSizeLimitMB=64", "-volume.max=30"]);
        command.arg(format!("-dir={}", dir.display())).arg(format!("-s3.config={}", config.display()));
        command.arg(format!("-s3.port={port}"));
        command.arg(format!("-master.port={master}")).arg(format!("-master.port.grpc={grpc}"));
        for name in ["volume.port", "filer.port", "volume.port.grpc"] {
            command.arg(format!("-{name}={}", free_port()?));
        }
        command.arg(format!("-filer.port.grpc={}", free_port()?)).arg(format!("-s3.port.grpc={}", free_port()?));
        let log = fs::File::create(folder.join("weed.log"))?;
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn().context("start weed")?;
        let mut seaweed = Self { child, url: format!("http://127.0.0.1:{port}") };
        let begun = Instant::now();
        loop {
            let made = reqwest::get(&seaweed.url).await;
            if made.is_ok_and(|answer| answer.status().as_u16() == 403) {
                make_bucket(&weed, &format!("127.0.0.1:{master}.{grpc}"))?;
                return Ok(Some(seaweed));
            }
            ensure!(seaweed.child.try_wait()?.is_none(), "weed: {}", fs::read_to_string(folder.join("weed.log"))?);
            ensure!(begun.elapsed() < Duration::from_secs(120), "weed does not serve");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn make_bucket(weed: &Path, master: &str) -> Result<()> {
    let mut shell = Command::new(weed)
        .args(["shell", &format!("-master={master}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let told = shell.stdin.take().context("its input")?.write_all(b"s3.bucket.create -name kept\n");
    let out = shell.wait_with_output()?;
    told?;
    ensure!(out.status.success(), "{}", String::from_utf8_lossy(&[out.stdout, out.stderr].concat()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_is_kept_in_s3() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (folder, data) = (folder.path(), folder.path().join("data"));
    let Some(seaweed) = Seaweed::start(folder).await? else {
        not_installed("an installation is kept in S3");
        return Ok(());
    };
    let mut program = Program::demo(&data).await?;
    let cast = Cast::sign_in(&program.url).await?;
    let case = signed_case(&cast).await?;
    let environment = [
        ("AWS_ENDPOINT_URL", seaweed.url.as_str()),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
    ];
    let (data, place) = (text(&data)?, "s3://kept/a/hospital");
    let keep = ["backup", "--data", data, "--to", place];
    let said = well(&keep, &environment)?;
    ensure!(said.contains("run 1 of chain 1"), "{said}");
    // Two at once: both may be whole, one after the other; or one was first, and the other says so.
    let start = || {
        let mut command = Command::new(binary()?);
        let command = command.args(keep).envs(environment).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().context("start a backup")
    };
    let both = [start()?, start()?].map(Child::wait_with_output);
    let mut good = 0;
    for out in both {
        let out = out?;
        let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
        ensure!(out.status.success() || said.contains("ended first"), "{said}");
        good += u32::from(out.status.success());
    }
    ensure!(good >= 1, "one of two is whole");
    let said = well(&["backup", "--verify", "--from", place], &environment)?;
    ensure!(said.contains(&format!("{} runs", good + 1)), "{good} of two: {said}");
    let (ok, said) = consilium(&["backup", "--verify", "--from", "s3://kept/another"], &environment)?;
    ensure!(!ok && said.contains("there is no backup"), "{said}");
    let far = [("AWS_ENDPOINT_URL", "http://192.0.2.1"), environment[1], environment[2]];
    let (ok, said) = consilium(&keep, &far)?;
    ensure!(!ok && said.contains("not encrypted"), "{said}");

    let made = folder.join("from-s3");
    well(&["restore", "--from", place, "--data", text(&made)?], &environment)?;
    program.stop()?;
    let mut program = Program::demo(&made).await?;
    let cast = Cast::sign_in(&program.url).await?;
    ensure!(signed(&cast, &case).await?, "from S3");
    program.stop()?;
    Ok(())
}

#[expect(clippy::print_stderr, reason = "who runs the tests is to see it")]
fn not_installed(test: &str) {
    eprintln!("passed over, SeaweedFS is not installed: {test}");
}
