//! The folder that holds the log, as the log sees it: flat names, positioned reads and writes, two kinds of sync.
//!
//! * What was written is there after a power loss only once [`LogFile::sync`] returned; a created, renamed or removed
//!   name only once [`LogDisk::sync_names`] returned.
//! * [`FolderDisk`] is a real folder, locked against a second process. [`super::power_loss::PowerLossDisk`] is one in
//!   memory that forgets what was not synced.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file whose lock says that a process uses the folder.
const LOCK_NAME: &str = "LOCK";

/// A folder of log files.
pub trait LogDisk: Send + Sync + 'static {
    /// Where it is, for error messages.
    fn describe(&self) -> String;
    /// All names in it, in no order.
    fn names(&self) -> io::Result<Vec<String>>;
    /// Opens an existing file for reading and writing.
    fn open(&self, name: &str) -> io::Result<Arc<dyn LogFile>>;
    /// Creates a file, or empties the one that has the name.
    fn create(&self, name: &str) -> io::Result<Arc<dyn LogFile>>;
    /// Gives a file another name, replacing the file that has it.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a name.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes the names durable.
    fn sync_names(&self) -> io::Result<()>;
}

/// One file of a [`LogDisk`].
pub trait LogFile: Send + Sync + 'static {
    /// Its length in bytes.
    fn size(&self) -> io::Result<u64>;
    /// Fills `buffer` from `offset`; an error if the file ends before that.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;
    /// Writes all of `bytes` at `offset`.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Reserves space up to `size` bytes, so that later writes neither grow the file nor find the disk full.
    fn allocate(&self, size: u64) -> io::Result<()>;
    /// Makes what was written durable.
    fn sync(&self) -> io::Result<()>;
}

/// A real folder, held by an exclusive lock until it is dropped.
#[derive(Debug)]
pub struct FolderDisk {
    folder: PathBuf,
    _lock: File,
}

impl FolderDisk {
    /// Opens `folder`, creating it if needed. An error if another process holds it.
    pub fn open(folder: &Path) -> io::Result<Self> {
        create_folder(folder)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(folder.join(LOCK_NAME))?;
        lock.try_lock().map_err(|e| {
            let reason = format!("{} is in use by another process ({e}): stop that node first", folder.display());
            io::Error::new(io::ErrorKind::WouldBlock, reason)
        })?;
        Ok(Self { folder: folder.to_owned(), _lock: lock })
    }
}

/// Creates the folder so that it is there after a power loss: what lies in it is no more durable than its own name.
fn create_folder(folder: &Path) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let existing = folder.ancestors().find(|ancestor| ancestor.is_dir()).map(Path::to_owned);
    std::fs::create_dir_all(&folder)?;
    for parent in folder.ancestors().skip(1) {
        match File::open(parent).and_then(|parent| parent.sync_all()) {
            // A folder that someone else made, in one that this process may not read, is theirs to make durable.
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => break,
            result => result?,
        }
        if existing.as_deref().is_none_or(|existing| existing == parent || existing == folder) {
            break;
        }
    }
    Ok(())
}

impl LogDisk for FolderDisk {
    fn describe(&self) -> String {
        self.folder.display().to_string()
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn LogFile>> {
        Ok(Arc::new(OpenOptions::new().read(true).write(true).open(self.folder.join(name))?))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn LogFile>> {
        let path = self.folder.join(name);
        Ok(Arc::new(OpenOptions::new().create(true).truncate(true).read(true).write(true).open(path)?))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.folder.join(from), self.folder.join(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.folder.join(name))
    }

    fn sync_names(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}

impl LogFile for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.read_exact_at(buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn allocate(&self, size: u64) -> io::Result<()> {
        match rustix::fs::fallocate(self, rustix::fs::FallocateFlags::empty(), 0, size) {
            // A file system without reservations still takes the writes.
            Err(rustix::io::Errno::OPNOTSUPP) | Ok(()) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }
}
