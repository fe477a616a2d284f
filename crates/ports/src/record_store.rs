//! The records of a node behind one narrow port: named keyspaces of ordered rows, written in atomic batches.
//!
//! Invariants that every adapter keeps, and that one conformance suite checks:
//! - a batch is seen whole or not at all, by readers and after a crash;
//! - a written batch may be lost by a crash until [`RecordStore::persist`] returned, but never a batch before one that is
//!   kept: what is found after a crash is the rows as they were at one earlier instant. Only making and dropping a
//!   keyspace may count earlier than batches written before it;
//! - a range and a [`Keyspace::snapshot`] see the rows as they were when they were taken, and stop no writer;
//! - a dropped keyspace is gone, also after a reopen.
//!
//! Every call may block on a disk: call from storage threads, never from an async worker or an arbiter.

use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use baton_shard::entry::RowWrite;
use bytes::Bytes;

/// The longest key that every engine takes. No key is empty.
pub const KEY_BYTES_MAX: usize = 65_535;

/// A store of named keyspaces. It is closed when it and every keyspace and snapshot of it are dropped.
pub trait RecordStore: Send + Sync + 'static {
    /// Opens the keyspace `name`, and creates it if there is none.
    fn open(&self, name: &KeyspaceName) -> Result<Arc<dyn Keyspace>, RecordError>;

    /// The names of all keyspaces, in order.
    fn names(&self) -> Result<Vec<KeyspaceName>, RecordError>;

    /// Drops a keyspace with all its rows. Dropping one that does not exist is no error. Handles and snapshots of it
    /// that are still held must not be used any more.
    fn drop_keyspace(&self, name: &KeyspaceName) -> Result<(), RecordError>;

    /// Returns when every batch that was written before the call is on the disk, in all keyspaces.
    fn persist(&self) -> Result<(), RecordError>;
}

/// One set of ordered rows.
pub trait Keyspace: Records {
    /// Writes the rows as one atomic batch; later writes of the same key win. Durable only after
    /// [`RecordStore::persist`]. A key outside of 1 to [`KEY_BYTES_MAX`] bytes refuses the whole batch.
    fn write(&self, writes: &[RowWrite]) -> Result<(), RecordError>;

    /// The rows as they are now, unmoved by later writes. Costs memory only while rows change under it; drop it soon.
    fn snapshot(&self) -> Result<Arc<dyn Records>, RecordError>;
}

/// Rows that can be read: a keyspace as it is now, or a snapshot of one.
pub trait Records: Send + Sync {
    /// The value of a row.
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError>;

    /// The rows of `range` in the order asked for, read as the iterator is pulled. After an error it ends.
    fn range(&self, range: KeyRange, order: Order) -> Rows;
}

/// Rows in order, read lazily.
pub type Rows = Box<dyn Iterator<Item = Result<Row, RecordError>> + Send>;

/// One stored row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its key within the keyspace.
    pub key: Bytes,
    /// Its value.
    pub value: Bytes,
}

/// In which direction a range is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// From the smallest key up.
    Ascending,
    /// From the greatest key down.
    Descending,
}

/// A range of keys, in byte order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// Where it starts.
    pub start: Bound<Bytes>,
    /// Where it ends.
    pub end: Bound<Bytes>,
}

impl KeyRange {
    /// Every key.
    pub fn all() -> Self {
        Self { start: Bound::Unbounded, end: Bound::Unbounded }
    }

    /// The keys that start with `prefix`.
    pub fn prefix(prefix: impl Into<Bytes>) -> Self {
        let start: Bytes = prefix.into();
        let end = first_key_after_prefix(&start).map_or(Bound::Unbounded, Bound::Excluded);
        Self { start: Bound::Included(start), end }
    }

    /// The keys from `start` up to but without `end`.
    pub fn between(start: impl Into<Bytes>, end: impl Into<Bytes>) -> Self {
        Self { start: Bound::Included(start.into()), end: Bound::Excluded(end.into()) }
    }

    /// The keys of this range that come after `key`: to go on where a page ended, ascending.
    #[must_use]
    pub fn after(self, key: impl Into<Bytes>) -> Self {
        Self { start: Bound::Excluded(key.into()), end: self.end }
    }

    /// The keys of this range that come before `key`: to go on where a page ended, descending.
    #[must_use]
    pub fn before(self, key: impl Into<Bytes>) -> Self {
        Self { start: self.start, end: Bound::Excluded(key.into()) }
    }

    /// Whether no key can be in the range. Engines differ in what they make of an inverted range, so ask before.
    pub fn is_empty(&self) -> bool {
        match (&self.start, &self.end) {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
            (Bound::Included(start), Bound::Included(end)) => start > end,
            (Bound::Included(start) | Bound::Excluded(start), Bound::Excluded(end))
            | (Bound::Excluded(start), Bound::Included(end)) => start >= end,
        }
    }
}

/// The smallest key that is greater than every key with this prefix; `None` when there is no such key.
fn first_key_after_prefix(prefix: &[u8]) -> Option<Bytes> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end.into())
}

/// The name of a keyspace: 1 to 100 of `a-z 0-9 . - _`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyspaceName(String);

impl KeyspaceName {
    /// The longest name, well below the limit of every engine (255).
    pub const LENGTH_MAX: usize = 100;

    /// Checks a name.
    pub fn new(name: impl Into<String>) -> Result<Self, KeyspaceNameError> {
        let name = name.into();
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_');
        if name.is_empty() || name.len() > Self::LENGTH_MAX || !name.bytes().all(known) {
            return Err(KeyspaceNameError { name });
        }
        Ok(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyspaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot name a keyspace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` cannot name a keyspace: write 1 to 100 of a-z, 0-9, `.`, `-` and `_`")]
pub struct KeyspaceNameError {
    /// The text as it was given.
    pub name: String,
}

/// Refuses a batch with a key that not every engine takes.
pub fn check_keys(writes: &[RowWrite]) -> Result<(), RecordError> {
    let refused = writes.iter().map(|row| row.key.len()).find(|length| !(1..=KEY_BYTES_MAX).contains(length));
    refused.map_or(Ok(()), |length| Err(RecordError::KeyLength { length }))
}

/// Why the record store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A key is empty or too long. Nothing of its batch was written.
    #[error("a record key has {length} bytes: write 1 to {KEY_BYTES_MAX}")]
    KeyLength {
        /// Its length.
        length: usize,
    },
    /// The disk refused. After a failed write the store refuses every later one until the process starts again.
    #[error("the disk refused to {action}")]
    Io {
        /// What the store was doing.
        action: &'static str,
        /// What the disk or the engine said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Stored bytes are not what was written.
    #[error("records are corrupt, found when trying to {action}: rebuild this replica from its peers or a snapshot")]
    Corrupt {
        /// What the store was doing.
        action: &'static str,
        /// What the engine said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

#[cfg(test)]
mod tests;
