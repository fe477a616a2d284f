//! A disk of a few hundred MiB: a file system in memory, seen only by the processes that are started on it.
//!
//! It lives in a mount namespace of its own, and goes when the last process in it ends; nothing is left to clean up. Needs
//! root, or a machine that allows user namespaces.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use crate::Skipped;

const MIB: usize = 1024 * 1024;

/// The disk, and the process that keeps it.
pub(crate) struct SmallDisk {
    keeper: Child,
    /// The disk, as this process sees it.
    seen_at: PathBuf,
}

impl SmallDisk {
    /// Mounts a disk at `at`.
    pub(crate) async fn mount(at: &Path, size_mib: usize) -> Result<Self, Skipped> {
        std::fs::create_dir_all(at).unwrap();
        // The keeper ends with this test, which holds the other end of its input.
        let script = format!("mount -t tmpfs -o size={size_mib}m tmpfs \"$0\" && echo mounted && exec cat");
        let mut keeper = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount", "--", "sh", "-c", &script])
            .arg(at)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Skipped(format!("unshare does not run: {error}")))?;
        let mut mounted = [0; "mounted\n".len()];
        if keeper.stdout.as_mut().unwrap().read_exact(&mut mounted).await.is_err() {
            let output = keeper.wait_with_output().await.unwrap();
            let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Skipped(format!("no file system can be mounted: {told}")));
        }
        let root = PathBuf::from(format!("/proc/{}/root", keeper.id().unwrap()));
        Ok(Self { keeper, seen_at: root.join(at.strip_prefix("/").unwrap()) })
    }

    /// The words of a command that runs another one in `folder`, where this disk is seen.
    pub(crate) fn launcher(&self, folder: &Path) -> Vec<String> {
        let keeper = self.keeper.id().unwrap().to_string();
        let enter = ["nsenter", "--target", &keeper, "--user", "--mount", "--preserve-credentials", "--"];
        let go_there = ["sh", "-c", "cd \"$0\" && exec \"$@\""];
        let folder = folder.display().to_string();
        enter.into_iter().chain(go_there).map(str::to_owned).chain([folder]).collect()
    }

    /// Takes space away.
    pub(crate) fn balloon(&self) -> Balloon {
        let path = self.seen_at.join("balloon");
        let file = OpenOptions::new().create(true).append(true).open(&path).unwrap();
        Balloon { path, file }
    }

    /// What is left, in MiB.
    pub(crate) async fn free_mib(&self) -> usize {
        // `df` would ask for a disk that it finds in its own list of mounts, where this one is not.
        let asked = Command::new("stat").args(["--file-system", "--format=%a %S"]).arg(&self.seen_at).output().await;
        let told = String::from_utf8(asked.unwrap().stdout).unwrap();
        let numbers: Vec<usize> = told.split_whitespace().map(|number| number.parse().unwrap()).collect();
        numbers[0] * numbers[1] / MIB
    }
}

/// A file that takes space. Dropped, it gives all of it back.
pub(crate) struct Balloon {
    path: PathBuf,
    file: File,
}

impl Balloon {
    /// Takes so many MiB, or all there are if there are fewer. Says whether the disk is full.
    pub(crate) fn take(&mut self, mib: usize) -> bool {
        for _ in 0..mib {
            if !self.write(MIB) {
                // The last bytes, page by page.
                while self.write(4096) {}
                return true;
            }
        }
        false
    }

    fn write(&mut self, bytes: usize) -> bool {
        match self.file.write_all(&vec![b'x'; bytes]) {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::StorageFull => false,
            Err(error) => panic!("{error}"),
        }
    }
}

impl Drop for Balloon {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
