//! Which files of a sled folder still have to be synced.
//!
//! sled writes one growing file and, for each large value, a file of its own that never changes after it was written.
//! So the first kind is synced each time and the second kind once.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the large values.
const BLOBS: &str = "blobs";

/// A sled folder, and the large values in it that are on the disk.
pub(super) struct SyncedFiles {
    folder: PathBuf,
    blobs: BTreeSet<OsString>,
}

impl SyncedFiles {
    pub(super) fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), blobs: BTreeSet::new() }
    }

    /// Syncs what may not be on the disk: files first, then the folders that name them.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.sync_with(|path| File::open(path)?.sync_data())
    }

    fn sync_with(&mut self, mut sync: impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.is_file() {
                vanished(sync(&path))?;
            }
        }
        let blob_folder = self.folder.join(BLOBS);
        if blob_folder.is_dir() {
            self.sync_blobs(&blob_folder, &mut sync)?;
        }
        sync(&self.folder)
    }

    fn sync_blobs(&mut self, folder: &Path, sync: &mut impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
        let mut found = BTreeSet::new();
        let mut any_new = false;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            if !self.blobs.contains(&name) {
                any_new = true;
                if vanished(sync(&entry.path()))? {
                    continue;
                }
            }
            found.insert(name);
        }
        // Names of values that were deleted leave with the old set, so it stays as small as the folder.
        self.blobs = found;
        if any_new { sync(folder) } else { Ok(()) }
    }
}

/// Whether a file was deleted between listing and syncing it, as sled does with what it no longer needs.
fn vanished(synced: io::Result<()>) -> io::Result<bool> {
    match synced {
        Ok(()) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
