//! The rows of one replica, in memory.

use std::collections::BTreeMap;
use std::ops::Bound;

use baton_ports::record_store::{KeyRange, Order, RecordError, Records, Row, Rows};
use baton_shard::entry::RowWrite;
use bytes::Bytes;

/// Ordered rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MemoryRows(BTreeMap<Bytes, Bytes>);

impl MemoryRows {
    /// Writes the rows of a batch.
    pub fn write(&mut self, writes: &[RowWrite]) {
        for row in writes {
            match &row.value {
                Some(value) => self.0.insert(row.key.clone(), value.clone()),
                None => self.0.remove(&row.key),
            };
        }
    }
}

impl Records for MemoryRows {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        Ok(self.0.get(key).cloned())
    }

    fn range(&self, range: KeyRange, order: Order) -> Rows {
        if range.is_empty() {
            return Box::new(std::iter::empty());
        }
        let bounds: (Bound<Bytes>, Bound<Bytes>) = (range.start, range.end);
        let row = |(key, value): (&Bytes, &Bytes)| Ok(Row { key: key.clone(), value: value.clone() });
        let mut rows: Vec<Result<Row, RecordError>> = self.0.range(bounds).map(row).collect();
        if order == Order::Descending {
            rows.reverse();
        }
        Box::new(rows.into_iter())
    }
}
