//! Records in `fjall`, a log-structured merge tree with one journal for all keyspaces.
//!
//! A batch is handed to the operating system when it is written, so a killed process loses nothing, and reaches the disk
//! when [`persist`](RecordStore::persist) syncs the journal. Journals that are full are synced by fjall before it starts
//! the next one, so persisting the newest persists all, and a power loss keeps a prefix of the batches.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use ::fjall::{Database, Guard, Iter, Keyspace as Tree, KeyspaceCreateOptions, PersistMode, Readable, Snapshot};
use baton_ports::record_store::{
    KeyRange, Keyspace, KeyspaceName, Order, RecordError, RecordStore, Records, Row, Rows, check_keys,
};
use baton_shard::entry::RowWrite;
use bytes::Bytes;

/// Rows of one keyspace kept in memory before they go to a table file. Many keyspaces share a node, and a smaller table
/// costs little more compaction; when it is full, a worker of fjall writes it out while a new one fills.
const MEMTABLE_BYTES_MAX: u64 = 16 << 20;
/// Journals on disk: what a start after a crash has to read again. When they are full, fjall writes out the tables that
/// hold the oldest one back.
const JOURNAL_BYTES_MAX: u64 = 256 << 20;
/// Threads of fjall that write tables and compact them.
const WORKER_THREADS: usize = 2;

/// A store of records in one folder.
pub struct FjallStore {
    database: Database,
}

impl FjallStore {
    /// Opens the store in `folder`, and creates it if there is none.
    pub fn open(folder: &Path, cache_bytes: u64) -> Result<Self, RecordError> {
        let database = Database::builder(folder)
            .cache_size(cache_bytes)
            .max_journaling_size(JOURNAL_BYTES_MAX)
            .worker_threads(WORKER_THREADS)
            .open()
            .map_err(|e| failed("open the record store", e))?;
        Ok(Self { database })
    }
}

impl RecordStore for FjallStore {
    fn open(&self, name: &KeyspaceName) -> Result<Arc<dyn Keyspace>, RecordError> {
        let options = || KeyspaceCreateOptions::default().max_memtable_size(MEMTABLE_BYTES_MAX);
        let tree = self.database.keyspace(name.as_str(), options).map_err(|e| failed("open a keyspace", e))?;
        Ok(Arc::new(FjallKeyspace { database: self.database.clone(), tree }))
    }

    fn names(&self) -> Result<Vec<KeyspaceName>, RecordError> {
        let mut names = self
            .database
            .list_keyspace_names()
            .iter()
            .map(|name| KeyspaceName::new(name.as_ref()).map_err(|e| corrupt("list the keyspaces", e)))
            .collect::<Result<Vec<_>, _>>()?;
        names.sort();
        Ok(names)
    }

    fn drop_keyspace(&self, name: &KeyspaceName) -> Result<(), RecordError> {
        if !self.database.keyspace_exists(name.as_str()) {
            return Ok(());
        }
        let action = "drop a keyspace";
        let tree =
            self.database.keyspace(name.as_str(), KeyspaceCreateOptions::default).map_err(|e| failed(action, e))?;
        self.database.delete_keyspace(tree).map_err(|e| failed(action, e))
    }

    fn persist(&self) -> Result<(), RecordError> {
        self.database.persist(PersistMode::SyncData).map_err(|e| failed("make records durable", e))
    }
}

struct FjallKeyspace {
    database: Database,
    tree: Tree,
}

impl Keyspace for FjallKeyspace {
    fn write(&self, writes: &[RowWrite]) -> Result<(), RecordError> {
        check_keys(writes)?;
        // All rows of a batch get one sequence number, so each key may appear only once.
        let last_of_each: BTreeMap<&[u8], Option<&[u8]>> =
            writes.iter().map(|row| (row.key.as_ref(), row.value.as_deref())).collect();
        let mut batch = ::fjall::OwnedWriteBatch::with_capacity(self.database.clone(), last_of_each.len());
        for (key, value) in last_of_each {
            match value {
                Some(value) => batch.insert(&self.tree, key, value),
                None => batch.remove(&self.tree, key),
            }
        }
        batch.commit().map_err(|e| failed("write records", e))
    }

    fn snapshot(&self) -> Result<Arc<dyn Records>, RecordError> {
        Ok(Arc::new(self.view()))
    }
}

impl FjallKeyspace {
    fn view(&self) -> FjallSnapshot {
        FjallSnapshot { tree: self.tree.clone(), snapshot: self.database.snapshot() }
    }
}

impl Records for FjallKeyspace {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        let value = self.tree.get(key).map_err(|e| failed("read a record", e))?;
        Ok(value.map(|value| Bytes::copy_from_slice(&value)))
    }

    fn range(&self, range: KeyRange, order: Order) -> Rows {
        // fjall's own range over a keyspace goes on to see later writes.
        self.view().range(range, order)
    }
}

struct FjallSnapshot {
    tree: Tree,
    snapshot: Snapshot,
}

impl Records for FjallSnapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        let value = self.snapshot.get(&self.tree, key).map_err(|e| failed("read a record", e))?;
        Ok(value.map(|value| Bytes::copy_from_slice(&value)))
    }

    fn range(&self, range: KeyRange, order: Order) -> Rows {
        if range.is_empty() {
            return Box::new(std::iter::empty());
        }
        rows(self.snapshot.range::<Bytes, _>(&self.tree, (range.start, range.end)), order)
    }
}

fn rows(iter: Iter, order: Order) -> Rows {
    match order {
        Order::Ascending => Box::new(until_error(iter.map(row))),
        Order::Descending => Box::new(until_error(iter.rev().map(row))),
    }
}

fn row(guard: Guard) -> Result<Row, RecordError> {
    let (key, value) = guard.into_inner().map_err(|e| failed("read records in order", e))?;
    Ok(Row { key: Bytes::copy_from_slice(&key), value: Bytes::copy_from_slice(&value) })
}

/// Passes rows on up to and with the first error: what an engine gives after one cannot be trusted.
fn until_error(rows: impl Iterator<Item = Result<Row, RecordError>>) -> impl Iterator<Item = Result<Row, RecordError>> {
    rows.scan(false, |failed, row| {
        if *failed {
            return None;
        }
        *failed = row.is_err();
        Some(row)
    })
}

fn failed(action: &'static str, error: ::fjall::Error) -> RecordError {
    use ::fjall::{Error, LsmError};
    match error {
        Error::Storage(LsmError::Io(source)) => RecordError::Io { action, source: Box::new(source) },
        Error::JournalRecovery(_)
        | Error::InvalidVersion(_)
        | Error::Decompress(_)
        | Error::InvalidTrailer
        | Error::InvalidTag(_)
        | Error::Unrecoverable
        | Error::Storage(_) => corrupt(action, error),
        _ => RecordError::Io { action, source: Box::new(error) },
    }
}

fn corrupt(action: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> RecordError {
    RecordError::Corrupt { action, source: Box::new(error) }
}
