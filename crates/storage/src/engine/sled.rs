//! Records in `sled` 0.34, a B-tree over a log.
//!
//! sled has no snapshots and its `flush` does not sync on Linux (it is `sync_file_range`), so this adapter adds both: see
//! [`snapshot`] and [`SyncedFiles`].

mod snapshot;
mod synced_files;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use baton_ports::record_store::{KeyRange, Keyspace, KeyspaceName, Order, RecordError, RecordStore, Records, Rows};
use baton_shard::entry::RowWrite;
use bytes::Bytes;

use self::snapshot::Versioned;
use self::synced_files::SyncedFiles;

/// The tree that sled always has, which holds no keyspace.
const DEFAULT_TREE: &[u8] = b"__sled__default";

/// A store of records in one folder.
pub struct SledStore {
    database: ::sled::Db,
    /// One for each open keyspace, shared by all its handles: its snapshots must see each other's writes.
    open: Mutex<BTreeMap<KeyspaceName, Arc<Versioned>>>,
    files: Mutex<SyncedFiles>,
}

impl SledStore {
    /// Opens the store in `folder`, and creates it if there is none.
    pub fn open(folder: &Path, cache_bytes: u64) -> Result<Self, RecordError> {
        let database = ::sled::Config::new()
            .path(folder)
            .cache_capacity(cache_bytes)
            .flush_every_ms(None)
            .open()
            .map_err(|e| failed("open the record store", e))?;
        Ok(Self { database, open: Mutex::default(), files: Mutex::new(SyncedFiles::of(folder)) })
    }
}

impl RecordStore for SledStore {
    fn open(&self, name: &KeyspaceName) -> Result<Arc<dyn Keyspace>, RecordError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(versioned) = open.get(name) {
            return Ok(Arc::new(SledKeyspace(versioned.clone())));
        }
        let tree = self.database.open_tree(name.as_str()).map_err(|e| failed("open a keyspace", e))?;
        let versioned = Arc::new(Versioned::new(tree));
        open.insert(name.clone(), versioned.clone());
        Ok(Arc::new(SledKeyspace(versioned)))
    }

    fn names(&self) -> Result<Vec<KeyspaceName>, RecordError> {
        let mut names = self
            .database
            .tree_names()
            .iter()
            .filter(|name| name.as_ref() != DEFAULT_TREE)
            .map(|name| {
                KeyspaceName::new(String::from_utf8_lossy(name))
                    .map_err(|e| RecordError::Corrupt { action: "list the keyspaces", source: Box::new(e) })
            })
            .collect::<Result<Vec<_>, _>>()?;
        names.sort();
        Ok(names)
    }

    fn drop_keyspace(&self, name: &KeyspaceName) -> Result<(), RecordError> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        self.database.drop_tree(name.as_str()).map(|_| ()).map_err(|e| failed("drop a keyspace", e))
    }

    fn persist(&self) -> Result<(), RecordError> {
        let action = "make records durable";
        self.database.flush().map_err(|e| failed(action, e))?;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.sync().map_err(|e| RecordError::Io { action, source: Box::new(e) })
    }
}

struct SledKeyspace(Arc<Versioned>);

impl Keyspace for SledKeyspace {
    fn write(&self, writes: &[RowWrite]) -> Result<(), RecordError> {
        self.0.write(writes)
    }

    fn snapshot(&self) -> Result<Arc<dyn Records>, RecordError> {
        Ok(Arc::new(self.0.snapshot()))
    }
}

impl Records for SledKeyspace {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        self.0.get(key)
    }

    fn range(&self, range: KeyRange, order: Order) -> Rows {
        self.0.snapshot().range(range, order)
    }
}

fn failed(action: &'static str, error: ::sled::Error) -> RecordError {
    match error {
        ::sled::Error::Corruption { .. } => RecordError::Corrupt { action, source: Box::new(error) },
        _ => RecordError::Io { action, source: Box::new(error) },
    }
}
