//! Records in memory that can lose their power: as unkind as the port allows.
//!
//! After a power loss any prefix of the batches since the last persist is there; making and dropping keyspaces counts at
//! once, before batches that were written earlier. Any operation can be made to fail, and everything after it.

use std::collections::BTreeMap;
use std::io;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard};

use baton_ports::record_store::{
    KeyRange, Keyspace, KeyspaceName, Order, RecordError, RecordStore, Records, Row, Rows, check_keys,
};
use baton_shard::entry::RowWrite;
use bytes::Bytes;

type Table = BTreeMap<Bytes, Bytes>;

/// The store. Clones are the same store.
#[derive(Clone, Default)]
pub(crate) struct MemoryStore {
    disk: Arc<Mutex<Disk>>,
}

#[derive(Clone, Default)]
struct Disk {
    now: BTreeMap<KeyspaceName, Table>,
    durable: BTreeMap<KeyspaceName, Table>,
    since: Vec<(KeyspaceName, Vec<RowWrite>)>,
    operations_left: Option<u64>,
}

impl MemoryStore {
    /// Lets this many more changing operations succeed, and none after them.
    pub(crate) fn fail_after(&self, operations: u64) {
        self.disk().operations_left = Some(operations);
    }

    /// A store of its own, with what a power loss now leaves of this one.
    pub(crate) fn after_power_loss(&self, seed: u64) -> Self {
        let disk = self.disk();
        let mut kept = disk.durable.clone();
        let prefix = usize::try_from(seed).unwrap() % (disk.since.len() + 1);
        for (name, writes) in &disk.since[..prefix] {
            if let Some(table) = kept.get_mut(name) {
                write(table, writes);
            }
        }
        let disk = Disk { now: kept.clone(), durable: kept, ..Disk::default() };
        Self { disk: Arc::new(Mutex::new(disk)) }
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap()
    }
}

impl Disk {
    fn operate(&mut self, action: &'static str) -> Result<(), RecordError> {
        match &mut self.operations_left {
            None => Ok(()),
            Some(0) => Err(RecordError::Io { action, source: Box::new(io::Error::other("the power is gone")) }),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }
}

impl RecordStore for MemoryStore {
    fn open(&self, name: &KeyspaceName) -> Result<Arc<dyn Keyspace>, RecordError> {
        let mut disk = self.disk();
        if !disk.now.contains_key(name) {
            disk.operate("make a keyspace")?;
            disk.now.insert(name.clone(), Table::new());
            disk.durable.insert(name.clone(), Table::new());
        }
        Ok(Arc::new(MemoryKeyspace { store: self.clone(), name: name.clone() }))
    }

    fn names(&self) -> Result<Vec<KeyspaceName>, RecordError> {
        Ok(self.disk().now.keys().cloned().collect())
    }

    fn drop_keyspace(&self, name: &KeyspaceName) -> Result<(), RecordError> {
        let mut disk = self.disk();
        disk.operate("drop a keyspace")?;
        disk.now.remove(name);
        disk.durable.remove(name);
        Ok(())
    }

    fn persist(&self) -> Result<(), RecordError> {
        let mut disk = self.disk();
        disk.operate("persist")?;
        disk.durable = disk.now.clone();
        disk.since.clear();
        Ok(())
    }
}

struct MemoryKeyspace {
    store: MemoryStore,
    name: KeyspaceName,
}

impl MemoryKeyspace {
    fn table(&self) -> Table {
        self.store.disk().now.get(&self.name).cloned().unwrap_or_default()
    }
}

impl Keyspace for MemoryKeyspace {
    fn write(&self, writes: &[RowWrite]) -> Result<(), RecordError> {
        check_keys(writes)?;
        let mut disk = self.store.disk();
        disk.operate("write records")?;
        write(disk.now.entry(self.name.clone()).or_default(), writes);
        disk.since.push((self.name.clone(), writes.to_vec()));
        Ok(())
    }

    fn snapshot(&self) -> Result<Arc<dyn Records>, RecordError> {
        Ok(Arc::new(Still(self.table())))
    }
}

impl Records for MemoryKeyspace {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        Ok(self.table().get(key).cloned())
    }

    fn range(&self, range: KeyRange, order: Order) -> Rows {
        Still(self.table()).range(range, order)
    }
}

struct Still(Table);

impl Records for Still {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        Ok(self.0.get(key).cloned())
    }

    fn range(&self, range: KeyRange, order: Order) -> Rows {
        if range.is_empty() {
            return Box::new(std::iter::empty());
        }
        let bounds: (Bound<Bytes>, Bound<Bytes>) = (range.start, range.end);
        let row = |(key, value): (&Bytes, &Bytes)| Ok(Row { key: key.clone(), value: value.clone() });
        let mut rows: Vec<Result<Row, RecordError>> = self.0.range::<Bytes, _>(bounds).map(row).collect();
        if order == Order::Descending {
            rows.reverse();
        }
        Box::new(rows.into_iter())
    }
}

fn write(table: &mut Table, writes: &[RowWrite]) {
    for row in writes {
        match &row.value {
            Some(value) => table.insert(row.key.clone(), value.clone()),
            None => table.remove(&row.key),
        };
    }
}
