//! The built binary as a process: started on a free port, killed, stopped, and asked about its ledger.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running program.
pub struct Program {
    child: Child,
    /// The test ended it.
    ended: bool,
    /// Where its data is.
    pub data: PathBuf,
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// From the start of the process to its first yes.
    pub started: Duration,
}

/// The binary that cargo built beside this test, or the one `E2E_BIN` names.
pub fn binary() -> Result<PathBuf> {
    if let Some(told) = std::env::var_os("E2E_BIN") {
        return Ok(told.into());
    }
    let test = std::env::current_exe().context("where am I")?;
    let built = test.ancestors().nth(2).map(|dir| dir.join("consilium")).unwrap_or_default();
    if !built.exists() {
        bail!("{} is not there: run `cargo build -p consilium` first", built.display());
    }
    Ok(built)
}

/// Says every fifty cycles of a long run how far it is.
#[expect(clippy::print_stdout, reason = "somebody waits for a bench of minutes")]
pub fn progress(done: u32, of: u32) {
    if done > 0 && done.is_multiple_of(50) {
        println!("  {done} of {of} cycles");
    }
}

/// How often a long crash test kills: what `CRASH_CYCLES` says, or `usual`.
pub fn cycles(usual: u32) -> u32 {
    let told = std::env::var_os("CRASH_CYCLES").and_then(|text| text.into_string().ok());
    told.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// A port nobody listens on now.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

impl Program {
    /// Starts a demonstration in `data` and waits until it serves.
    pub async fn demo(data: &Path) -> Result<Self> {
        Self::demo_on(data, None).await
    }

    /// The same, with its record in this database.
    pub async fn demo_on(data: &Path, database: Option<&str>) -> Result<Self> {
        let port = free_port()?;
        std::fs::create_dir_all(data)?;
        let log = File::options().create(true).append(true).open(data.with_extension("log"))?;
        let begun = Instant::now();
        let child = Command::new(binary()?)
            .args(["demo", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(data)
            .args(database.iter().flat_map(|url| ["--database", url]))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("start consilium")?;
        let mut program = Self {
            child,
            ended: false,
            data: data.into(),
            url: format!("http://127.0.0.1:{port}"),
            started: Duration::ZERO,
        };
        loop {
            let ready = reqwest::get(format!("{}/health/ready", program.url)).await;
            if ready.is_ok_and(|r| r.status().is_success()) {
                break;
            }
            if let Some(status) = program.child.try_wait()? {
                bail!("consilium ended with {status}: {}", program.log());
            }
            if begun.elapsed() > Duration::from_secs(600) {
                bail!("consilium does not serve: {}", program.log());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        program.started = begun.elapsed();
        Ok(program)
    }

    /// Whether it says that it serves, and in which words; none when nobody answers.
    pub async fn ready(&self) -> Option<String> {
        let answer = reqwest::get(format!("{}/health/ready", self.url)).await.ok()?;
        answer.status().is_success().then_some(answer.text().await.ok()?)
    }

    /// One of its metrics.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        let all = reqwest::get(format!("{}/metrics", self.url)).await?.text().await?;
        let line = all.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.with_context(|| format!("no {name}"))?.parse().context("a number")
    }

    /// The memory it holds now, in megabytes.
    pub fn memory_mb(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS")?;
        Ok(line.split_whitespace().next().context("a number")?.parse::<u64>()? / 1024)
    }

    /// The most memory that it held since [`Program::forget_peak`], in megabytes.
    pub fn peak_mb(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
        Ok(line.split_whitespace().next().context("a number")?.parse::<u64>()? / 1024)
    }

    /// From now on the peak is counted anew.
    pub fn forget_peak(&self) -> Result<()> {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// What it wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data.with_extension("log")).unwrap_or_default()
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.ended = true;
        self.child.kill().context("kill -9")?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends it as an administrator would, and says how long it took and how it ended.
    pub fn stop(&mut self) -> Result<(Duration, bool)> {
        self.ended = true;
        let begun = Instant::now();
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let status = self.child.wait()?;
        Ok((begun.elapsed(), status.success()))
    }

    /// `consilium audit verify` over a folder that nobody serves.
    pub fn verify(data: &Path) -> Result<(bool, String)> {
        Self::audit(data, "verify", &[])
    }

    /// `consilium audit`: whether it ended well, and what it said.
    pub fn audit(data: &Path, what: &str, flags: &[&str]) -> Result<(bool, String)> {
        let out = Command::new(binary()?).args(["audit", what, "--data"]).arg(data).args(flags).output()?;
        let said = [out.stdout, out.stderr].concat();
        Ok((out.status.success(), String::from_utf8_lossy(&said).into_owned()))
    }
}

impl Drop for Program {
    #[expect(
        clippy::print_stderr,
        reason = "a test whose program is gone fails elsewhere, in words that do not say so"
    )]
    fn drop(&mut self) {
        if !self.ended
            && let Ok(Some(status)) = self.child.try_wait()
        {
            eprintln!("consilium had ended by itself with {status}");
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A person signed in to a program.
#[derive(Clone)]
pub struct Caller {
    client: reqwest::Client,
    /// Where the program is.
    pub url: String,
    /// The session's cookie as the browser would send it; empty when not signed in.
    pub cookie: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body, null when it is none.
    pub body: Value,
}

impl Caller {
    /// Somebody who is not signed in.
    pub fn nobody(url: &str) -> Self {
        Self { client: reqwest::Client::new(), url: url.into(), cookie: String::new() }
    }

    /// Signs a person of the demonstration in, in their first role.
    pub async fn sign_in(url: &str, name: &str) -> Result<Self> {
        let mut caller = Self::nobody(url);
        let told = json!({"name": name, "password": "consilium-demo"});
        let answer = caller.request("POST", "/api/session").json(&told).send().await?;
        let status = answer.status();
        let cookies = answer.headers().get_all("set-cookie").iter();
        let set = cookies.filter_map(|c| c.to_str().ok()).find(|c| c.contains("session="));
        caller.cookie = set.and_then(|c| c.split(';').next()).unwrap_or_default().to_owned();
        let me: Value = answer.json().await.unwrap_or_default();
        if status != 200 || caller.cookie.is_empty() {
            bail!("{name} could not sign in: {status} {me}");
        }
        if me["role"].is_null() {
            let role = json!({"role": me["roles"][0]["id"]});
            caller.send("PUT", "/api/session/role", Some(&role)).await?;
        }
        Ok(caller)
    }

    /// Somebody who is not signed in, at another of this machine's addresses.
    pub fn from_address(url: &str, address: std::net::Ipv4Addr) -> Result<Self> {
        let client = reqwest::Client::builder().local_address(std::net::IpAddr::from(address)).build()?;
        Ok(Self { client, url: url.into(), cookie: String::new() })
    }

    /// Sends JSON and wants this status and, of a refusal, this code.
    pub async fn expect(&self, method: &str, path: &str, body: Option<&Value>, told: (u16, &str)) -> Result<Value> {
        let answer = self.send(method, path, body).await?;
        let code = answer.body["code"].as_str().unwrap_or_default();
        if (answer.status, code) != told && (answer.status, "") != told {
            bail!("{method} {path}: {told:?} was expected: {answer:?}");
        }
        Ok(answer.body)
    }

    /// The same session in front of another address.
    pub fn through(&self, url: &str) -> Self {
        Self { client: reqwest::Client::new(), url: url.into(), cookie: self.cookie.clone() }
    }

    /// A request with our cookie and our origin.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap_or(reqwest::Method::GET);
        let request = self.client.request(method, format!("{}{path}", self.url)).header("origin", &self.url);
        if self.cookie.is_empty() { request } else { request.header("cookie", &self.cookie) }
    }

    /// Sends JSON and reads what comes back.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.with_context(|| format!("{method} {path}"))?;
        let status = answer.status().as_u16();
        Ok(Answer { status, body: answer.json().await.unwrap_or_default() })
    }
}
