//! What can go wrong with the log, one enum per operation.

use std::io;
use std::sync::Arc;

/// Why a log was not opened. None of these is repaired by guessing: a replica that forgets what it acknowledged breaks
/// its group.
#[derive(Debug, thiserror::Error)]
pub enum OpenLogError {
    /// The disk did not do what it was asked.
    #[error("cannot open the Raft log in {folder}")]
    Disk {
        /// The folder of the log.
        folder: String,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// Bytes that were durable have changed.
    #[error(
        "the Raft log is damaged: {folder}/{file} at offset {offset}: {reason}. This node must not start on it: stop it, \
         move its data folder away, and rebuild it from its peers as a new node"
    )]
    Damaged {
        /// The folder of the log.
        folder: String,
        /// The segment file.
        file: String,
        /// Where the damaged batch begins, in bytes from the start of the file.
        offset: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Segment files that the log needs are gone.
    #[error(
        "the Raft log in {folder} is incomplete: {reason}. This node must not start on it: put the missing files back, or \
         move its data folder away and rebuild it from its peers as a new node"
    )]
    Incomplete {
        /// The folder of the log.
        folder: String,
        /// What is missing.
        reason: String,
    },
}

/// The log has stopped for good: a write or a sync failed, and what reached the disk is unknown.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the Raft log has stopped: {reason}; restart this node after freeing space or replacing its disk")]
pub struct LogFailed {
    /// What failed.
    pub reason: Arc<str>,
}

impl From<LogFailed> for io::Error {
    fn from(failed: LogFailed) -> Self {
        Self::other(failed)
    }
}

/// Entries that would leave a hole behind the last one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("group {group}: entry {found} does not follow the log, whose next index is {expected}")]
pub struct IndexGap {
    /// The group.
    pub group: u32,
    /// The index that would have followed.
    pub expected: u64,
    /// The index that was given.
    pub found: u64,
}

/// Why entries were not appended.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// They do not follow the log. Nothing was written.
    #[error(transparent)]
    Gap(#[from] IndexGap),
    /// The log has stopped.
    #[error(transparent)]
    Failed(#[from] LogFailed),
}

/// Why entries were not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The disk did not do what it was asked.
    #[error("cannot read entry {index} of group {group}")]
    Disk {
        /// The group.
        group: u32,
        /// The entry.
        index: u64,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// What the disk holds is not what was written.
    #[error("entry {index} of group {group} is damaged on disk: rebuild this node from its peers")]
    Damaged {
        /// The group.
        group: u32,
        /// The entry.
        index: u64,
    },
    /// The log has stopped.
    #[error(transparent)]
    Failed(#[from] LogFailed),
}
