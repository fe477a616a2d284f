//! Watches the free space of the disk that holds the log.
//!
//! Below the watermark the node refuses proposals and gives its leaders away while the log still works. The reserve file
//! is then deleted, so that what is in flight finds room; it comes back when there is space for it and the watermark.

use std::io;
use std::path::PathBuf;

const RESERVE_NAME: &str = "reserve";

/// What to watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskGuardConfig {
    /// The folder whose disk is watched; the reserve file lies in it.
    pub folder: PathBuf,
    /// Free bytes below which the node stops taking proposals.
    pub watermark_bytes: u64,
    /// The size of the reserve file.
    pub reserve_bytes: u64,
}

/// Whether the node may take proposals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiskSpace {
    /// It may.
    Enough {
        /// Free bytes, without the reserve.
        free_bytes: u64,
    },
    /// It must not: proposals are refused and leaders given away.
    Low {
        /// Free bytes, with the reserve let go.
        free_bytes: u64,
    },
}

/// Watches one folder. [`DiskGuard::check`] blocks on the file system: call it from a thread that may.
#[derive(Debug)]
pub struct DiskGuard {
    config: DiskGuardConfig,
}

impl DiskGuardConfig {
    /// The default bounds for a folder: 512 MiB must stay free beside a reserve of 64 MiB.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, watermark_bytes: 512 << 20, reserve_bytes: 64 << 20 }
    }
}

impl DiskGuard {
    /// Creates the folder if needed.
    pub fn new(config: DiskGuardConfig) -> io::Result<Self> {
        std::fs::create_dir_all(&config.folder)?;
        Ok(Self { config })
    }

    /// Looks at the disk, and creates or deletes the reserve accordingly.
    pub fn check(&self) -> io::Result<DiskSpace> {
        let reserve = self.config.folder.join(RESERVE_NAME);
        let free_bytes = self.free_bytes()?;
        let has_reserve = reserve.try_exists()?;
        if free_bytes < self.config.watermark_bytes {
            if has_reserve {
                std::fs::remove_file(&reserve)?;
                return Ok(DiskSpace::Low { free_bytes: self.free_bytes()? });
            }
            return Ok(DiskSpace::Low { free_bytes });
        }
        if !has_reserve && free_bytes - self.config.watermark_bytes >= self.config.reserve_bytes {
            let file = std::fs::File::create(&reserve)?;
            rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, self.config.reserve_bytes)?;
            return Ok(DiskSpace::Enough { free_bytes: self.free_bytes()? });
        }
        Ok(DiskSpace::Enough { free_bytes })
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let space = rustix::fs::statvfs(&self.config.folder)?;
        Ok(space.f_bavail.saturating_mul(space.f_frsize))
    }
}
