//! A file system of a test's own: small enough to fill, or one that stops taking writes. Mounting is root's alone.

use anyhow::{Context, Result, ensure};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const MB: usize = 1 << 20;
/// Of capabilities(7): the one that mounts.
const CAP_SYS_ADMIN: u32 = 21;

/// A mounted file system, gone with the value.
pub struct Mount {
    folder: TempDir,
    /// The image of an ext4; none for a file system in memory.
    image: Option<PathBuf>,
    mounted: bool,
}

impl Mount {
    /// A file system of so many megabytes in memory; none, and a word on the terminal, for who may mount nothing.
    pub fn in_memory(megabytes: u32) -> Result<Option<Self>> {
        if !may_mount("") {
            return Ok(None);
        }
        let mut mount = Self { folder: tempfile::tempdir()?, image: None, mounted: false };
        mount.take(&["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])?;
        Ok(Some(mount))
    }

    /// An ext4 of so many megabytes in a file, that turns read-only at its first fault.
    pub fn ext4(megabytes: u64) -> Result<Option<Self>> {
        if !may_mount("/dev/loop-control") {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        let image = folder.path().join("image");
        File::create(&image)?.set_len(megabytes << 20)?;
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image))?;
        let mut mount = Self { folder, image: Some(image), mounted: false };
        mount.again()?;
        Ok(Some(mount))
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    fn take(&mut self, how: &[&str]) -> Result<()> {
        fs::create_dir_all(self.path())?;
        run(Command::new("mount").args(how).arg(self.path()))?;
        self.mounted = true;
        Ok(())
    }

    /// Mounts the same ext4 anew, as an administrator does who has mended it.
    pub fn again(&mut self) -> Result<()> {
        let image = self.image.clone().context("an ext4")?;
        if self.mounted {
            run(Command::new("umount").arg(self.path()))?;
            self.mounted = false;
            // 1: faults were found and mended.
            let mended = Command::new("e2fsck").args(["-f", "-y"]).arg(&image).stdout(Stdio::null()).status()?;
            ensure!(mended.code().is_some_and(|code| code <= 1), "e2fsck: {mended}");
        }
        self.take(&["-o", "loop,errors=remount-ro", &image.display().to_string()])
    }

    /// Writes until nothing more fits, or until `leave` megabytes are left; the file that took it.
    pub fn fill(&self, leave: usize) -> Result<PathBuf> {
        let path = self.path().join("filler");
        let mut filler = OpenOptions::new().create(true).append(true).open(&path)?;
        let kept = self.path().join("kept-free");
        fs::write(&kept, vec![0; leave * MB])?;
        for size in [MB, 4096, 1] {
            loop {
                match filler.write_all(&vec![0; size]) {
                    Ok(()) => {}
                    Err(e) if e.kind() == ErrorKind::StorageFull => break,
                    Err(e) => return Err(e).context("fill the disk"),
                }
            }
        }
        fs::remove_file(kept)?;
        Ok(path)
    }

    /// Bytes that are left.
    pub fn free(&self) -> Result<u64> {
        let out = Command::new("df").args(["--output=avail", "-B1"]).arg(self.path()).output()?;
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        said.lines().nth(1).context("df")?.trim().parse().with_context(|| said.clone())
    }

    /// Tells the kernel of a fault of this file system, which it answers by taking no more writes.
    pub fn break_down(&self) -> Result<()> {
        let mounts = fs::read_to_string("/proc/self/mounts")?;
        let at = self.path().display().to_string();
        let line = mounts.lines().find(|l| l.split(' ').nth(1) == Some(&at)).context("it is mounted")?;
        let device = line.split(' ').next().and_then(|d| d.rsplit('/').next()).context("a device")?;
        fs::write(format!("/sys/fs/ext4/{device}/trigger_fs_error"), "a test\n").context("break the file system")
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        if self.mounted {
            let _ = Command::new("umount").arg("-l").arg(self.path()).status();
        }
    }
}

/// Lets nobody write to a file, or everybody again: the files that are open too.
pub fn immutable(path: &Path, yes: bool) -> Result<()> {
    run(Command::new("chattr").arg(if yes { "+i" } else { "-i" }).arg(path))
}

fn run(command: &mut Command) -> Result<()> {
    let out = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    ensure!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
    Ok(())
}

/// Whether this process may mount at all, and with this device: root of a container often may not.
#[expect(clippy::print_stderr, reason = "a test that proves nothing must say so")]
fn may_mount(device: &str) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let capabilities = effective.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok()).unwrap_or(0);
    let may = capabilities >> CAP_SYS_ADMIN & 1 == 1 && (device.is_empty() || Path::new(device).exists());
    if !may {
        eprintln!("skipped: this needs the right to mount a file system {device}");
    }
    may
}
