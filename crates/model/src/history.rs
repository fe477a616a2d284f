//! The events a customer had, ordered by when they happened.
//!
//! Rules look back over it: windows are half-open `(t - w, t]` in event time. Events of one instant keep the order in which
//! they arrived.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use crate::event::EventKind;
use crate::text_id::{EventName, MessageId};
use crate::value::Fields;

/// The place of an input in its customer's life, dense from 1. A row of the history is keyed by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct InputNumber(pub u64);

/// An event as its customer took it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Its place in the customer's order of inputs.
    pub number: InputNumber,
    /// The client's name for it.
    pub message_id: MessageId,
    /// `timestamp` as the client wrote it; with the message id, what a late repeat is known by.
    pub client_timestamp: Option<String>,
    /// How it came.
    pub kind: EventKind,
    /// What rules call it.
    pub name: EventName,
    /// When it happened: places it in windows and aggregates.
    pub occurred_at: Timestamp,
    /// When it was taken.
    pub received_at: Timestamp,
    /// It triggered nothing: marked historical, or older than `trigger.max_age`.
    pub historical: bool,
    /// What happened, in detail.
    pub properties: Fields,
    /// Where and how.
    pub context: Fields,
}

/// The events of one customer by name and time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History {
    by_name: BTreeMap<EventName, BTreeMap<(Timestamp, InputNumber), Arc<StoredEvent>>>,
    len: usize,
}

impl History {
    /// The most events kept of a customer; the oldest leave first.
    pub const LEN_MAX: usize = 10_000;

    /// Adds an event.
    pub fn insert(&mut self, event: Arc<StoredEvent>) {
        let key = (event.occurred_at, event.number);
        let replaced = self.by_name.entry(event.name.clone()).or_default().insert(key, event);
        self.len += usize::from(replaced.is_none());
    }

    /// Removes an event.
    pub fn remove(&mut self, event: &StoredEvent) {
        let Some(events) = self.by_name.get_mut(&event.name) else {
            return;
        };
        let removed = events.remove(&(event.occurred_at, event.number));
        self.len -= usize::from(removed.is_some());
        if events.is_empty() {
            self.by_name.remove(&event.name);
        }
    }

    /// The events of that name, oldest first.
    pub fn named(&self, name: &EventName) -> impl DoubleEndedIterator<Item = &Arc<StoredEvent>> {
        self.by_name.get(name).into_iter().flat_map(BTreeMap::values)
    }

    /// The events of that name that happened in `(after, until]`, oldest first; `after = None` is the beginning of time.
    pub fn named_within(
        &self,
        name: &EventName,
        after: Option<Timestamp>,
        until: Timestamp,
    ) -> impl DoubleEndedIterator<Item = &Arc<StoredEvent>> {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let last = InputNumber(u64::MAX);
        let from = after.map_or(Unbounded, |after| Excluded((after, last)));
        let empty = after.is_some_and(|after| after >= until);
        let events = self.by_name.get(name).filter(|_| !empty);
        events.into_iter().flat_map(move |events| events.range((from, Included((until, last)))).map(|(_, event)| event))
    }

    /// All events, by name and then oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<StoredEvent>> {
        self.by_name.values().flat_map(BTreeMap::values)
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}
