//! A snapshot that comes from a leader: its parts go into a file, and the file is installed when it is whole.
//!
//! The file is read back as any snapshot is, with every checksum, so that nothing of the old rows is touched before all of
//! the new ones are here. A transfer that is interrupted goes on with the part that is due.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use baton_wire::pb::peer::v1::SnapshotPart;
use bytes::Bytes;

use crate::snapshot::chunk::{Chunk, HEADER_BYTES};
use crate::snapshot::{SnapshotData, SnapshotError, file};

/// How the file of a transfer ends.
const ENDING: &str = "incoming";

/// Removes what transfers left that ended with the process: their place was in memory, so they begin anew.
pub(crate) fn remove_left(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// A transfer that has begun.
#[derive(Debug)]
pub(crate) struct IncomingSnapshot {
    /// Names the transfer.
    meta: Bytes,
    next: u32,
    file: File,
    path: PathBuf,
}

/// What to tell the sender.
#[derive(Debug)]
pub(crate) enum Taken {
    /// The part that is due.
    Next(u32),
    /// All parts are here.
    Whole,
}

impl IncomingSnapshot {
    /// Begins a transfer in that folder; what an earlier one left there is gone.
    pub(crate) fn begin(folder: &Path, part: &SnapshotPart) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}-{}.{ENDING}", part.group, part.to));
        let file = File::create(&path)?;
        Ok(Self { meta: part.meta.clone(), next: 0, file, path })
    }

    /// Whether the part belongs to this transfer.
    pub(crate) fn is_of(&self, part: &SnapshotPart) -> bool {
        self.meta == part.meta
    }

    /// Takes a part if it is the one that is due.
    pub(crate) fn take(&mut self, part: &SnapshotPart) -> Result<Taken, SnapshotError> {
        if part.number != self.next {
            return Ok(Taken::Next(self.next));
        }
        let chunk = checked(part)?;
        self.file.write_all(&part.chunk)?;
        self.next += 1;
        Ok(if chunk.last { Taken::Whole } else { Taken::Next(self.next) })
    }

    /// What has come, to be installed.
    pub(crate) fn read(&self) -> Result<SnapshotData, SnapshotError> {
        file::read(&self.path)
    }
}

impl Drop for IncomingSnapshot {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "a received snapshot stays on the disk");
        }
    }
}

fn checked(part: &SnapshotPart) -> Result<Chunk, SnapshotError> {
    let damaged = |source| SnapshotError::Chunk { number: part.number, source };
    let Some((header, _)) = part.chunk.split_first_chunk::<HEADER_BYTES>() else {
        return Err(SnapshotError::CutShort { expected: part.number });
    };
    let chunk = Chunk::decode(header, part.chunk.slice(HEADER_BYTES..)).map_err(damaged)?;
    if chunk.number == part.number {
        Ok(chunk)
    } else {
        Err(SnapshotError::OutOfOrder { expected: part.number, found: chunk.number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_removes_what_a_crash_left_of_transfers_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        remove_left(&folder.path().join("never made")).unwrap();
        for name in ["1-12.incoming", "notes.txt"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        remove_left(folder.path()).unwrap();
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["notes.txt"]);
    }
}
