//! How far the log was durable at the last checkpoint or orderly end, in a file of its own: `version u8 | segment u64 | offset u64 |
//! checksum u32`, little endian.
//!
//! The log alone cannot tell a torn tail from a durable one that was cut off. With this note the part that a checkpoint
//! rests on is never taken for a torn tail, nor is anything of a log that was closed.

use std::io;

use super::disk::LogDisk;

const NAME: &str = "synced";
const NEW_NAME: &str = "synced.new";
const VERSION: u8 = 1;
const LEN: usize = 21;

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub segment: u64,
    /// One past the last durable byte.
    pub offset: u64,
}

/// Replaces the note and returns when the new one is durable.
pub(super) fn write(disk: &dyn LogDisk, position: Position) -> io::Result<()> {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&position.segment.to_le_bytes());
    bytes.extend_from_slice(&position.offset.to_le_bytes());
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    let file = disk.create(NEW_NAME)?;
    file.write_at(&bytes, 0)?;
    file.sync()?;
    disk.rename(NEW_NAME, NAME)?;
    disk.sync_names()
}

/// Reads the note; `None` before the first checkpoint. A note that is damaged is an error: it was renamed into place
/// after it was durable.
pub(super) fn read(disk: &dyn LogDisk, names: &[String]) -> io::Result<Option<Position>> {
    if !names.iter().any(|name| name == NAME) {
        return Ok(None);
    }
    let mut bytes = [0; LEN];
    disk.open(NAME)?.read_at(&mut bytes, 0)?;
    let (content, checksum) = bytes.split_at(LEN - 4);
    if content[0] != VERSION || checksum != crc32fast::hash(content).to_le_bytes() {
        let reason = format!("{}/{NAME} is damaged: rebuild this node from its peers", disk.describe());
        return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
    }
    let number = |at: usize| content[at..at + 8].iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    Ok(Some(Position { segment: number(1), offset: number(9) }))
}
