//! A PostgreSQL of the tests' own: one throw-away cluster a process, a schema a test.
//!
//! Debian's programs, started as a person without rights on a Unix socket in a folder that goes with them. The cluster ends
//! with the process that began it, however that ends. Nothing in it outlives a test: it does not wait for its disk, except
//! where a test asks for one that does.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Set by `cargo xtask test`: a test without PostgreSQL fails then, instead of saying that it was passed over.
const NEEDED: &str = "NEEDS_POSTGRES";

/// A running cluster.
pub struct Cluster {
    dir: tempfile::TempDir,
    bin: PathBuf,
    user: Option<&'static str>,
    options: String,
    /// Ends with our end of its standard input.
    watch: Child,
}

impl Cluster {
    /// The cluster that the tests of a process share; none where PostgreSQL 15 or later is not installed.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
        SHARED.get_or_init(|| Self::start("fsync=off synchronous_commit=off full_page_writes=off")).as_ref()
    }

    /// A cluster of its own, with these settings on top (`name=value`, blanks between).
    pub fn start(settings: &str) -> Option<Self> {
        let Some(bin) = programs() else {
            assert!(std::env::var_os(NEEDED).is_none(), "PostgreSQL 15 or later is not installed");
            return None;
        };
        let dir = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        let user = plain_user();
        if let Some(user) = user {
            done(Command::new("chown").arg(user).arg(dir.path()));
        }
        let data = dir.path().join("data");
        let mut init = as_user(user, &bin.join("initdb"));
        init.args(["-k", "-A", "trust", "-U", "consilium", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-D"]).arg(&data);
        done(&mut init);
        let mut options = format!("-k {} -h '' -c max_connections=400 -c shared_buffers=128MB", dir.path().display());
        for setting in settings.split_whitespace() {
            options += &format!(" -c {setting}");
        }
        // When this process ends, however, the pipe closes: the cluster is stopped and its folder removed.
        let stop = as_user(user, &bin.join("pg_ctl"));
        let words: Vec<String> = std::iter::once(stop.get_program())
            .chain(stop.get_args())
            .map(|w| format!("'{}'", w.to_string_lossy()))
            .collect();
        let script = format!(
            "cat >/dev/null; {} -m immediate -D '{}' stop; rm -rf '{}'",
            words.join(" "),
            data.display(),
            dir.path().display()
        );
        let mut watch = Command::new("sh");
        watch.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let watch = own_group(&mut watch).spawn().unwrap();
        let cluster = Self { dir, bin, user, options, watch };
        cluster.start_again();
        Some(cluster)
    }

    /// Starts it after [`Cluster::kill`] or [`Cluster::stop`], and waits until it answers.
    pub fn start_again(&self) {
        let mut start = self.control();
        start.args(["-w", "-t", "60", "-l"]).arg(self.dir.path().join("log")).args(["-o", &self.options, "start"]);
        done(&mut start);
    }

    /// Stops it as an administrator does who does not wait: who is connected is thrown out.
    pub fn stop(&self) {
        done(self.control().args(["-w", "-m", "fast", "stop"]));
    }

    /// kill -9 of all its processes.
    pub fn kill(&self) {
        let kept = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let postmaster: i32 = kept.lines().next().and_then(|pid| pid.trim().parse().ok()).unwrap();
        let signal = |pid: i32, signal| {
            if let Some(pid) = rustix::process::Pid::from_raw(pid) {
                let _gone = rustix::process::kill_process(pid, signal);
            }
        };
        // Held, so that no backend is born while those there are are looked for: one that is left keeps the next from starting.
        signal(postmaster, rustix::process::Signal::STOP);
        while parent(postmaster).is_some_and(|(_, state)| state != 'T') {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let all: Vec<i32> = std::iter::once(postmaster).chain(children(postmaster)).collect();
        all.iter().for_each(|pid| signal(*pid, rustix::process::Signal::KILL));
        while all.iter().any(|pid| is_alive(*pid)) {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        // Where nobody takes the dead away (a container without an init) their numbers still look like those of the living.
        for lock in [self.data().join("postmaster.pid"), self.dir.path().join(".s.PGSQL.5432.lock")] {
            let _gone = std::fs::remove_file(lock);
        }
    }

    fn control(&self) -> Command {
        let mut control = as_user(self.user, &self.bin.join("pg_ctl"));
        control.arg("-D").arg(self.data());
        control
    }

    /// Its address.
    pub fn url(&self) -> String {
        let host = self.dir.path().display().to_string().replace('/', "%2F");
        format!("postgres://consilium@{host}/postgres")
    }

    /// The address of a database of its own, for a whole program.
    pub fn database(&self) -> String {
        let name = format!("d{}", self.schema());
        let mut make = Command::new(self.bin.join("createdb"));
        done(make.arg("-h").arg(self.dir.path()).args(["-U", "consilium", "-T", "template0", &name]));
        self.url().replace("/postgres", &format!("/{name}"))
    }

    /// Where its programs lie.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// Where its data lies.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// The name of a schema that no other test has.
    pub fn schema(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        let _ended = self.watch.wait();
    }
}

/// The parent and the state of a process.
fn parent(pid: i32) -> Option<(i32, char)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut rest = stat.rsplit_once(") ")?.1.split(' ');
    let state = rest.next()?.chars().next()?;
    Some((rest.next()?.parse().ok()?, state))
}

fn children(of: i32) -> Vec<i32> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| parent(*pid).is_some_and(|(ppid, _)| ppid == of)).collect()
}

fn is_alive(pid: i32) -> bool {
    parent(pid).is_some_and(|(_, state)| state != 'Z')
}

/// Says that a test was passed over.
#[expect(clippy::print_stderr, reason = "who runs the tests is to see it")]
pub fn passed_over(test: &str) {
    eprintln!("passed over, PostgreSQL is not installed: {test}");
}

/// The newest of Debian's, or what stands on the path.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|dir| Some((dir.file_name().to_str()?.parse().ok()?, dir.path().join("bin"))))
        .filter(|(version, bin)| *version >= 15 && bin.join("initdb").is_file())
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin)
}

/// PostgreSQL refuses root: whom it runs as then.
fn plain_user() -> Option<&'static str> {
    rustix::process::geteuid().is_root().then(|| {
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        if users.lines().any(|l| l.starts_with("postgres:")) { "postgres" } else { "nobody" }
    })
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]);
    if user == "nobody" {
        command = Command::new("setpriv");
        command.args(["--reuid", user, "--regid", "nogroup", "--clear-groups", "--"]);
    }
    command.arg(program);
    command
}

/// An interrupt at the terminal is for the tests; the watch sees their end.
fn own_group(command: &mut Command) -> &mut Command {
    std::os::unix::process::CommandExt::process_group(command, 0)
}

fn done(command: &mut Command) {
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let status = running.wait().unwrap();
    let mut said = String::new();
    if !status.success() {
        running.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    }
    assert!(status.success(), "{command:?}: {said}");
}
