//! Reading entries back, from memory or from a segment.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::disk::LogFile;
use super::error::ReadError;
use super::group::Location;
use super::raft_log::LogEntry;
use super::record::{Kind, RECORD_HEADER_LEN, Record};
use super::state::State;

/// Where an entry is. Holding the file keeps its bytes, also when the segment is let go meanwhile.
pub(super) enum Found {
    InMemory(Bytes),
    OnDisk(Arc<dyn LogFile>, Location),
}

impl State {
    /// The visible entries of `range`, each with its index, up to about `bytes_max` but at least one.
    pub(super) fn find(&self, group: u32, range: Range<u64>, bytes_max: usize) -> Vec<(u64, Found)> {
        let Some(group) = self.groups.get(&group) else { return Vec::new() };
        let (first, end) = (range.start.max(group.first()), range.end.min(group.end()));
        let find = |index| {
            if let Some(bytes) = group.in_memory(index) {
                return Some((bytes.len(), Found::InMemory(bytes)));
            }
            let location = group.location(index)?;
            let file = self.segments.get(&location.segment)?.clone();
            Some((location.length as usize, Found::OnDisk(file, location)))
        };
        let mut all = Vec::new();
        let mut bytes: usize = 0;
        for index in first..end {
            let Some((length, found)) = find(index) else { break };
            bytes = bytes.saturating_add(length);
            if bytes > bytes_max && !all.is_empty() {
                break;
            }
            all.push((index, found));
        }
        all
    }
}

/// Reads what was found. Blocks if some of it is on disk.
pub(super) fn read_found(group: u32, found: Vec<(u64, Found)>) -> Result<Vec<LogEntry>, ReadError> {
    let read = |(index, found)| match found {
        Found::InMemory(bytes) => Ok(LogEntry { index, bytes }),
        Found::OnDisk(file, location) => read_entry(group, index, file.as_ref(), location),
    };
    found.into_iter().map(read).collect()
}

fn read_entry(group: u32, index: u64, file: &dyn LogFile, location: Location) -> Result<LogEntry, ReadError> {
    let mut bytes = vec![0; location.length as usize];
    file.read_at(&mut bytes, u64::from(location.offset)).map_err(|source| ReadError::Disk { group, index, source })?;
    let record = Record::decode(&mut bytes.as_slice());
    let is_it = record.is_some_and(|r| (r.kind, r.group, r.number) == (Kind::Entry, group, index));
    if !is_it {
        return Err(ReadError::Damaged { group, index });
    }
    Ok(LogEntry { index, bytes: Bytes::from(bytes).slice(RECORD_HEADER_LEN..) })
}
