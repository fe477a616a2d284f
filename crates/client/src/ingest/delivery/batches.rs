//! The calls that are put together at one moment, within the bounds of requests and of calls under way.

use std::collections::BTreeMap;

use baton_wire::limits::{BATCH_EVENTS_MAX, REQUEST_BYTES_MAX};

use crate::address::Address;

/// Calls in the making.
pub(super) struct Batches {
    /// Calls that may still begin, in all.
    room: usize,
    per_node_max: usize,
    under_way: BTreeMap<Address, usize>,
    open: BTreeMap<Address, Batch>,
    full: Vec<(Address, Vec<usize>)>,
}

#[derive(Default)]
struct Batch {
    events: Vec<usize>,
    bytes: usize,
}

impl Batches {
    /// No calls yet, beside those under way to these places.
    pub(super) fn new<'a>(calls_max: usize, calls: impl Iterator<Item = &'a Address>) -> Self {
        let mut under_way: BTreeMap<Address, usize> = BTreeMap::new();
        let mut count = 0;
        for address in calls {
            count += 1;
            *under_way.entry(address.clone()).or_default() += 1;
        }
        let room = calls_max.saturating_sub(count);
        Self { room, per_node_max: calls_max.div_ceil(2), under_way, open: BTreeMap::new(), full: Vec::new() }
    }

    /// Whether nothing more can be added.
    pub(super) fn are_full(&self) -> bool {
        self.room == 0 && self.open.is_empty()
    }

    /// Adds events of one customer, with their sizes: as many as fit one call, from the first on. None if no call may begin.
    /// No event is larger than a request.
    pub(super) fn add(&mut self, to: &Address, events: impl IntoIterator<Item = (usize, usize)>) {
        let mut events = events.into_iter().peekable();
        let Some((_, first)) = events.peek() else { return };
        if self.open.get(to).is_some_and(|batch| !batch.has_room(*first)) {
            self.close(to);
        }
        if !self.open.contains_key(to) && !self.begin(to) {
            return;
        }
        let batch = self.open.entry(to.clone()).or_default();
        while let Some((event, size)) = events.next_if(|(_, size)| batch.has_room(*size)) {
            batch.events.push(event);
            batch.bytes += size;
        }
        if batch.events.len() == BATCH_EVENTS_MAX {
            self.close(to);
        }
    }

    /// The calls, the events of each in the order in which they were given.
    pub(super) fn into_calls(mut self) -> Vec<(Address, Vec<usize>)> {
        self.full.extend(self.open.into_iter().map(|(to, batch)| (to, batch.events)));
        for (_, events) in &mut self.full {
            events.sort_unstable();
        }
        self.full
    }

    fn begin(&mut self, to: &Address) -> bool {
        let under_way = self.under_way.entry(to.clone()).or_default();
        let may_begin = self.room > 0 && *under_way < self.per_node_max;
        if may_begin {
            *under_way += 1;
            self.room -= 1;
        }
        may_begin
    }

    fn close(&mut self, to: &Address) {
        if let Some(batch) = self.open.remove(to) {
            self.full.push((to.clone(), batch.events));
        }
    }
}

impl Batch {
    fn has_room(&self, size: usize) -> bool {
        self.events.len() < BATCH_EVENTS_MAX && self.bytes + size <= REQUEST_BYTES_MAX
    }
}
