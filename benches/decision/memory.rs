//! Rows in memory, so that reading a customer costs what decoding costs and nothing of a disk.

use std::collections::BTreeMap;

use baton_model::text_id::CustomerId;
use baton_ports::record_store::{KeyRange, Order, RecordError, Records, Row, Rows};
use baton_shard::entry::RowWrite;
use baton_storage::records::decision_writes;
use bytes::Bytes;

use crate::shop::Shop;

#[derive(Default)]
pub struct Memory(BTreeMap<Bytes, Bytes>);

impl Memory {
    /// The rows of a customer with that many events.
    pub fn of_customer(shop: &Shop, events: usize) -> (Self, CustomerId) {
        let mut memory = Self::default();
        let (customer, _) = shop.life(events, |customer, decision| memory.write(decision_writes(customer, decision)));
        (memory, customer.id().clone())
    }

    fn write(&mut self, writes: Vec<RowWrite>) {
        for RowWrite { key, value } in writes {
            match value {
                Some(value) => self.0.insert(key, value),
                None => self.0.remove(&key),
            };
        }
    }
}

impl Records for Memory {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        Ok(self.0.get(key).cloned())
    }

    fn range(&self, range: KeyRange, order: Order) -> Rows {
        if range.is_empty() {
            return Box::new(std::iter::empty());
        }
        let found = self.0.range::<Bytes, _>((range.start, range.end));
        let mut rows: Vec<_> = found.map(|(key, value)| Ok(Row { key: key.clone(), value: value.clone() })).collect();
        if order == Order::Descending {
            rows.reverse();
        }
        Box::new(rows.into_iter())
    }
}
