//! Starting another program from the root of the tree, and hearing what it says.

use crate::{node, paths};
use anyhow::{Context, Result, bail};
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// A program to start. It runs in the root of the tree unless `dir` says otherwise, and finds our Node first.
pub struct Cmd {
    program: OsString,
    args: Vec<OsString>,
    dir: PathBuf,
    env: Vec<(OsString, OsString)>,
}

/// What a program said and how it ended.
pub struct Said {
    /// It ended with code 0.
    pub ok: bool,
    /// Standard output and standard error as they came, without colours.
    pub text: String,
}

impl Cmd {
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self { program: program.as_ref().into(), args: Vec::new(), dir: paths::root(), env: Vec::new() }
    }

    /// `cargo`, the one that started us.
    pub fn cargo() -> Self {
        Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().into());
        self
    }

    pub fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, args: I) -> Self {
        self.args.extend(args.into_iter().map(|a| a.as_ref().to_owned()));
        self
    }

    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = dir.into();
        self
    }

    pub fn env(mut self, key: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((key.as_ref().into(), value.as_ref().into()));
        self
    }

    /// The line a person would type.
    pub fn line(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.args);
        words.map(|w| w.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }

    /// The command as the standard library wants it, free of what `cargo run` left in our environment: build scripts
    /// watch those variables, and would run again each time somebody builds from another place.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(&self.dir).env("PATH", node::path());
        for (key, _) in std::env::vars_os() {
            let name = key.to_string_lossy();
            let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|p| name.starts_with(p));
            if ours
                || ["CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "RUST_RECURSION_COUNT", "OUT_DIR"].contains(&&*name)
            {
                command.env_remove(&key);
            }
        }
        command.envs(self.env.iter().map(|(k, v)| (k, v)));
        command
    }

    /// Runs it with our own terminal; an error names the line that failed.
    pub fn run(&self) -> Result<()> {
        let status =
            self.command().stdin(Stdio::null()).status().with_context(|| format!("start `{}`", self.line()))?;
        if !status.success() {
            bail!("`{}` ended with {status}", self.line());
        }
        Ok(())
    }

    /// Runs it silently and gives its standard output.
    pub fn stdout(&self) -> Result<String> {
        let out = self
            .command()
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .with_context(|| format!("start `{}`", self.line()))?;
        if !out.status.success() {
            bail!("`{}` ended with {}\n{}", self.line(), out.status, String::from_utf8_lossy(&out.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&out.stdout).into_owned())
    }

    /// Runs it, shows what it says while it says it, and keeps the words. A program that is silent for 20 seconds is
    /// reported as still running, so that nobody takes a long step for a dead one.
    pub fn tee(&self) -> Result<Said> {
        let mut child = self
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("start `{}`", self.line()))?;
        let text = Arc::new(Mutex::new(String::new()));
        let (heard, silence) = mpsc::channel::<()>();
        let pipes: [Option<Box<dyn Read + Send>>; 2] =
            [child.stdout.take().map(|p| Box::new(p) as _), child.stderr.take().map(|p| Box::new(p) as _)];
        let ears: Vec<_> = pipes.into_iter().flatten().map(|p| listen(p, Arc::clone(&text), heard.clone())).collect();
        drop(heard);
        let mut quiet_s = 0;
        loop {
            match silence.recv_timeout(Duration::from_secs(20)) {
                Ok(()) => quiet_s = 0,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    quiet_s += 20;
                    println!("    … still running, silent for {quiet_s} s");
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
        }
        for ear in ears {
            let _ = ear.join();
        }
        let status = child.wait().with_context(|| format!("wait for `{}`", self.line()))?;
        if !status.success() {
            println!("    `{}` ended with {status}", self.line());
        }
        let text = text.lock().map(|t| t.clone()).unwrap_or_default();
        Ok(Said { ok: status.success(), text })
    }
}

fn listen(
    pipe: Box<dyn Read + Send>,
    text: Arc<Mutex<String>>,
    heard: mpsc::Sender<()>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let words = String::from_utf8_lossy(&line).into_owned();
            let _ = write!(std::io::stdout(), "    {words}");
            if let Ok(mut all) = text.lock() {
                all.push_str(&without_colours(&words));
            }
            let _ = heard.send(());
            line.clear();
        }
    })
}

/// Drops the escape sequences of a terminal.
fn without_colours(words: &str) -> String {
    let mut plain = String::with_capacity(words.len());
    let mut chars = words.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            for end in chars.by_ref() {
                if end.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_dropped_and_words_stay() {
        assert_eq!(without_colours("\u{1b}[32m12\u{1b}[0m passed 会诊"), "12 passed 会诊");
    }

    #[test]
    fn a_failing_program_is_not_ok_and_its_words_are_kept() {
        let said = Cmd::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]).tee().unwrap();
        assert!(!said.ok);
        assert!(said.text.contains("out") && said.text.contains("err"));
    }
}
