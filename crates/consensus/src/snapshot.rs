//! A replica's rows as a stream of checksummed chunks, for a peer or for a file.
//!
//! Nothing is read before the stream is pulled, and then from a view that stands still, so that a snapshot costs nothing
//! until somebody wants it and never stops an apply. What a replica is (its gate, position and membership) travels as
//! rows like any other.

pub mod chunk;
pub(crate) mod file;
pub mod local;

use baton_ports::record_store::{KeyRange, Order, RecordError, Records, Row, Rows};
use baton_shard::entry::RowWrite;

use self::chunk::{Chunk, ChunkError};
use crate::type_config::TypeConfig;

/// Up to which entry a snapshot goes, and the membership as of it.
pub type SnapshotMeta = openraft::alias::SnapshotMetaOf<TypeConfig>;

/// Rows that one chunk holds before it is closed, in bytes of keys and values. A single larger row makes a larger chunk.
const CHUNK_BYTES: usize = 1 << 20;

/// The rows of a replica at one instant, chunk by chunk. Pull it on a storage thread: it reads the disk.
pub struct SnapshotData {
    chunks: Chunks,
}

/// Chunks, read as they are pulled.
pub type Chunks = Box<dyn Iterator<Item = Result<Chunk, SnapshotError>> + Send>;

impl SnapshotData {
    /// The rows of a view, read as the stream is pulled.
    pub fn of(view: &dyn Records) -> Self {
        let rows = view.range(KeyRange::all(), Order::Ascending);
        Self { chunks: Box::new(Cutter { rows, held: None, number: 0, ended: false }) }
    }

    /// Chunks that come from elsewhere: a file, or a peer. They are checked as they are pulled.
    pub fn from_chunks(chunks: impl Iterator<Item = Result<Chunk, SnapshotError>> + Send + 'static) -> Self {
        Self { chunks: Box::new(chunks) }
    }

    /// The chunks as they are, to pass on.
    pub fn into_chunks(self) -> Chunks {
        self.chunks
    }

    /// The rows, a chunk at a time, each checked to be the next one and the last to be marked so. After an error it ends.
    pub fn chunks(self) -> impl Iterator<Item = Result<Vec<RowWrite>, SnapshotError>> {
        Checked { chunks: self.chunks, next: 0, ended: false }
    }
}

impl std::fmt::Debug for SnapshotData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SnapshotData")
    }
}

/// Why a snapshot cannot be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The rows it is made of cannot be read.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// Its source failed.
    #[error("a snapshot cannot be read")]
    Io(#[from] std::io::Error),
    /// A chunk is damaged.
    #[error("chunk {number} of a snapshot is damaged")]
    Chunk {
        /// Which one, from 0.
        number: u32,
        /// How.
        #[source]
        source: ChunkError,
    },
    /// A chunk is missing or comes twice.
    #[error("chunk {found} of a snapshot came where chunk {expected} belongs")]
    OutOfOrder {
        /// The number that was due.
        expected: u32,
        /// The number that came.
        found: u32,
    },
    /// It ends before its last chunk.
    #[error("a snapshot ends before chunk {expected}")]
    CutShort {
        /// The number that was due.
        expected: u32,
    },
}

/// Cuts rows into chunks.
struct Cutter {
    rows: Rows,
    /// A row that was read to see whether there is one more.
    held: Option<Row>,
    number: u32,
    ended: bool,
}

impl Iterator for Cutter {
    type Item = Result<Chunk, SnapshotError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let chunk = self.cut();
        self.ended = chunk.as_ref().map_or(true, |chunk| chunk.last);
        Some(chunk)
    }
}

impl Cutter {
    fn cut(&mut self) -> Result<Chunk, SnapshotError> {
        let mut rows = Vec::new();
        let mut bytes = 0;
        let mut row = self.held.take().map_or_else(|| self.rows.next().transpose(), |row| Ok(Some(row)))?;
        while let Some(next) = row {
            let size = next.key.len() + next.value.len();
            if bytes + size > CHUNK_BYTES && !rows.is_empty() {
                self.held = Some(next);
                break;
            }
            bytes += size;
            rows.push(next);
            row = self.rows.next().transpose()?;
        }
        let number = self.number;
        self.number += 1;
        Ok(Chunk::of(number, self.held.is_none(), &rows))
    }
}

/// Chunks that follow each other up to the last.
struct Checked {
    chunks: Chunks,
    next: u32,
    ended: bool,
}

impl Iterator for Checked {
    type Item = Result<Vec<RowWrite>, SnapshotError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let rows = self.check();
        self.ended |= rows.is_err();
        Some(rows)
    }
}

impl Checked {
    fn check(&mut self) -> Result<Vec<RowWrite>, SnapshotError> {
        let expected = self.next;
        let chunk = self.chunks.next().ok_or(SnapshotError::CutShort { expected })??;
        if chunk.number != expected {
            return Err(SnapshotError::OutOfOrder { expected, found: chunk.number });
        }
        self.next += 1;
        self.ended = chunk.last;
        chunk.rows().map_err(|source| SnapshotError::Chunk { number: expected, source })
    }
}

#[cfg(test)]
mod tests;
