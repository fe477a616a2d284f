//! Snapshots of this node's replicas as files, for a node that has no peers to fetch its records from.
//!
//! One folder per group, one file per snapshot, named after the last entry in it: `<index>.<term>.snapshot`. A file is its
//! chunks in order; one that does not end with the last chunk is not a snapshot. The two newest are kept, so that one may
//! be damaged, and the log is purged no further than the older of them: either of them and the log above it are the
//! records.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{SnapshotData, SnapshotError};
use crate::state_machine::generations::GroupId;
use crate::type_config::LogId;

/// Snapshots kept of each group.
pub const KEPT: usize = 2;
/// How a file ends that is being written.
const PARTIAL: &str = "partial";
/// How the name of a whole one ends.
const WHOLE: &str = "snapshot";

/// The folder of a node's local snapshots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSnapshots {
    folder: PathBuf,
    log_bytes_min: u64,
}

/// A file in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSnapshot {
    /// The last entry in it.
    pub last_log_id: LogId,
    /// Its size.
    pub bytes: u64,
    path: PathBuf,
}

impl LocalSnapshots {
    /// Snapshots in `folder`, which need not exist. A group gets a new one when it has applied at least `log_bytes_min`
    /// bytes, and as many as its last snapshot is long, since that one: so writing them at most doubles what is
    /// written, and the log that they hold back is at most twice as long as the records.
    pub fn new(folder: impl Into<PathBuf>, log_bytes_min: u64) -> Self {
        Self { folder: folder.into(), log_bytes_min }
    }

    /// Whether a group that applied so many bytes since its last snapshot is due for one.
    pub fn is_due(&self, group: GroupId, applied_bytes: u64) -> io::Result<bool> {
        let last_bytes = self.list(group)?.first().map_or(0, |newest| newest.bytes);
        Ok(applied_bytes >= self.log_bytes_min.max(last_bytes))
    }

    /// A group's snapshots, newest first.
    pub fn list(&self, group: GroupId) -> io::Result<Vec<LocalSnapshot>> {
        let folder = self.folder_of(group);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if let Some(last_log_id) = parse_name(&entry.path()) {
                found.push(LocalSnapshot { last_log_id, bytes: entry.metadata()?.len(), path: entry.path() });
            }
        }
        found.sort_by_key(|snapshot| std::cmp::Reverse(snapshot.last_log_id));
        Ok(found)
    }

    /// Writes a snapshot; when it is durable, all but the newest [`KEPT`] go.
    pub fn write(&self, group: GroupId, last_log_id: LogId, snapshot: SnapshotData) -> Result<(), SnapshotError> {
        let folder = self.folder_of(group);
        fs::create_dir_all(&folder)?;
        remove_partial(&folder)?;
        let whole =
            folder.join(format!("{:020}.{}.{WHOLE}", last_log_id.index, last_log_id.committed_leader_id().term));
        let partial = whole.with_extension(PARTIAL);
        let mut file = BufWriter::new(File::create(&partial)?);
        for chunk in snapshot.into_chunks() {
            for part in chunk?.encode() {
                file.write_all(&part)?;
            }
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&partial, &whole)?;
        File::open(&folder)?.sync_all()?;
        File::open(&self.folder)?.sync_all()?;
        for old in self.list(group)?.iter().skip(KEPT) {
            fs::remove_file(&old.path)?;
        }
        Ok(())
    }

    fn folder_of(&self, group: GroupId) -> PathBuf {
        self.folder.join(format!("group-{group}"))
    }
}

impl LocalSnapshot {
    /// Its chunks, read as they are pulled.
    pub fn read(&self) -> Result<SnapshotData, SnapshotError> {
        super::file::read(&self.path)
    }
}

/// Removes what a crash left half written.
fn remove_partial(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == PARTIAL) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn parse_name(path: &Path) -> Option<LogId> {
    let mut parts = path.file_name()?.to_str()?.split('.');
    let (index, term, ending) = (parts.next()?, parts.next()?, parts.next()?);
    if ending != WHOLE || parts.next().is_some() {
        return None;
    }
    Some(LogId::new_term_index(term.parse().ok()?, index.parse().ok()?))
}

#[cfg(test)]
mod tests;
