//! Snapshots over a sled tree, which has none of its own.
//!
//! Each open snapshot keeps the rows that were changed under it, as they were before their first change. A reader looks
//! there first and into the tree for the rest. A write notes the old rows and changes the tree under one lock, so that a
//! reader sees a batch whole or not at all. Without an open snapshot a write costs nothing more.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, Weak};

use baton_ports::record_store::{KeyRange, Order, RecordError, Records, Row, Rows, check_keys};
use baton_shard::entry::RowWrite;
use bytes::Bytes;
use sled::IVec;

use super::failed;

/// Rows that a range reads under one hold of the lock: enough to pay for it, few enough not to hold a writer up.
const PAGE_ROWS: usize = 128;

/// Rows as they were before they changed under a snapshot; `None` for one that did not exist.
type Before = BTreeMap<Bytes, Option<Bytes>>;

/// A tree and the snapshots that are open on it.
pub(super) struct Versioned {
    tree: sled::Tree,
    snapshots: RwLock<Vec<Weak<RwLock<Before>>>>,
}

impl Versioned {
    pub(super) fn new(tree: sled::Tree) -> Self {
        Self { tree, snapshots: RwLock::default() }
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        let value = self.tree.get(key).map_err(|e| failed("read a record", e))?;
        Ok(value.map(|value| copied(&value)))
    }

    pub(super) fn write(&self, writes: &[RowWrite]) -> Result<(), RecordError> {
        check_keys(writes)?;
        let mut snapshots = self.snapshots.write().unwrap_or_else(PoisonError::into_inner);
        snapshots.retain(|snapshot| snapshot.strong_count() > 0);
        for before in snapshots.iter().filter_map(Weak::upgrade) {
            let mut before = before.write().unwrap_or_else(PoisonError::into_inner);
            for row in writes {
                if !before.contains_key(&row.key) {
                    before.insert(row.key.clone(), self.get(&row.key)?);
                }
            }
        }
        let mut batch = sled::Batch::default();
        for row in writes {
            match &row.value {
                Some(value) => batch.insert(row.key.as_ref(), value.as_ref()),
                None => batch.remove(row.key.as_ref()),
            }
        }
        self.tree.apply_batch(batch).map_err(|e| failed("write records", e))
    }

    pub(super) fn snapshot(self: &Arc<Self>) -> Snapshot {
        let before = Arc::new(RwLock::new(Before::new()));
        let mut snapshots = self.snapshots.write().unwrap_or_else(PoisonError::into_inner);
        // Here as well as in a write, or a keyspace that is only read would remember every reader.
        snapshots.retain(|snapshot| snapshot.strong_count() > 0);
        snapshots.push(Arc::downgrade(&before));
        drop(snapshots);
        Snapshot { versioned: self.clone(), before }
    }

    /// Keeps writers out while a reader looks at a snapshot's rows and at the tree.
    fn still(&self) -> RwLockReadGuard<'_, Vec<Weak<RwLock<Before>>>> {
        self.snapshots.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rows of a tree at one instant.
#[derive(Clone)]
pub(super) struct Snapshot {
    versioned: Arc<Versioned>,
    before: Arc<RwLock<Before>>,
}

impl Records for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        let _still = self.versioned.still();
        let before = self.before.read().unwrap_or_else(PoisonError::into_inner);
        before.get(key).map_or_else(|| self.versioned.get(key), |value| Ok(value.clone()))
    }

    fn range(&self, range: KeyRange, order: Order) -> Rows {
        Box::new(Pages { snapshot: self.clone(), rest: Some(range), order, page: Vec::new().into_iter() })
    }
}

impl Snapshot {
    /// Reads up to [`PAGE_ROWS`] rows from the beginning of `range` in `order`.
    fn page(&self, range: &KeyRange, order: Order) -> Result<Vec<Row>, RecordError> {
        let bounds = (range.start.clone(), range.end.clone());
        let _still = self.versioned.still();
        let before = self.before.read().unwrap_or_else(PoisonError::into_inner);
        let changed = before.range::<Bytes, _>(bounds.clone());
        let stored = self.versioned.tree.range::<Bytes, _>(bounds);
        match order {
            Order::Ascending => merge(changed, stored, Ordering::Less),
            Order::Descending => merge(changed.rev(), stored.rev(), Ordering::Greater),
        }
    }
}

/// Merges rows as they were before their change with rows of the tree. A key that both have is the changed one's.
/// `earlier` is how a key that comes first compares with one that comes later.
fn merge<'a>(
    changed: impl Iterator<Item = (&'a Bytes, &'a Option<Bytes>)>,
    stored: impl Iterator<Item = sled::Result<(IVec, IVec)>>,
    earlier: Ordering,
) -> Result<Vec<Row>, RecordError> {
    let mut changed = changed.peekable();
    let mut stored = stored.peekable();
    let mut page = Vec::with_capacity(PAGE_ROWS);
    while page.len() < PAGE_ROWS {
        let order = match (changed.peek(), stored.peek()) {
            (None, None) => break,
            (Some((key, _)), Some(Ok((other, _)))) => key.as_ref().cmp(other.as_ref()),
            (Some(_), None) => earlier,
            (None, Some(_)) | (_, Some(Err(_))) => earlier.reverse(),
        };
        if order == earlier.reverse() {
            let Some(row) = stored.next() else { break };
            let (key, value) = row.map_err(|e| failed("read records in order", e))?;
            page.push(Row { key: copied(&key), value: copied(&value) });
            continue;
        }
        if order == Ordering::Equal {
            stored.next();
        }
        if let Some((key, Some(value))) = changed.next() {
            page.push(Row { key: key.clone(), value: value.clone() });
        }
    }
    Ok(page)
}

/// A range, read page by page.
struct Pages {
    snapshot: Snapshot,
    /// What is still to be read; `None` after the last page or an error.
    rest: Option<KeyRange>,
    order: Order,
    page: std::vec::IntoIter<Row>,
}

impl Iterator for Pages {
    type Item = Result<Row, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.page.next() {
            return Some(Ok(row));
        }
        let range = self.rest.take().filter(|range| !range.is_empty())?;
        let page = match self.snapshot.page(&range, self.order) {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        let full = page.len() == PAGE_ROWS;
        if let Some(last) = page.last().filter(|_| full) {
            let cut = Bound::Excluded(last.key.clone());
            self.rest = Some(match self.order {
                Order::Ascending => KeyRange { start: cut, end: range.end },
                Order::Descending => KeyRange { start: range.start, end: cut },
            });
        }
        self.page = page.into_iter();
        self.page.next().map(Ok)
    }
}

fn copied(bytes: &IVec) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

#[cfg(test)]
mod tests;
