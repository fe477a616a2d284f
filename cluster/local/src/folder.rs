//! Where a cluster keeps everything: `node-<n>.toml`, `node-<n>.log`, and `node-<n>/` with the data.
//!
//! A temporary folder goes with the cluster, unless it is kept on purpose or because a test fails: then its path is said.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    temporary: Option<TempDir>,
}

impl Folder {
    /// The given folder, which may not hold a cluster, or a temporary one.
    pub(crate) fn open(given: Option<&Path>) -> io::Result<Self> {
        let Some(given) = given else {
            let temporary = tempfile::Builder::new().prefix("baton-cluster-").tempdir()?;
            return Ok(Self { path: temporary.path().to_path_buf(), temporary: Some(temporary) });
        };
        std::fs::create_dir_all(given)?;
        let folder = Self { path: given.canonicalize()?, temporary: None };
        if folder.settings(1).exists() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "it holds a cluster: name another folder"));
        }
        Ok(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The configuration file of a node.
    pub(crate) fn settings(&self, number: usize) -> PathBuf {
        self.path.join(format!("node-{number}.toml"))
    }

    /// What a node writes to stdout and stderr.
    pub(crate) fn log(&self, number: usize) -> PathBuf {
        self.path.join(format!("node-{number}.log"))
    }

    /// Where a node is started.
    pub(crate) fn home(&self, number: usize) -> PathBuf {
        self.path.join(format!("node-{number}"))
    }

    /// Leaves everything where it is.
    pub(crate) fn keep(&mut self) {
        if let Some(temporary) = &mut self.temporary {
            temporary.disable_cleanup(true);
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.keep();
            // Nobody is left to be told if this fails.
            let _ = writeln!(io::stderr(), "the folder of the cluster is kept: {}", self.path.display());
        }
    }
}
