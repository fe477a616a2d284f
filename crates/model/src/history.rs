//! The events a customer had, ordered by when they happened.
//!
//! Rules look back over it: windows are half-open `(t - w, t]` in event time. Events of one instant keep the order in which
//! they arrived.

use std::collections::{BTreeMap, VecDeque};
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
    /// Of each name, in the order of [`place`]. Nearly every event is newer than all others, so it goes to the end.
    by_name: BTreeMap<EventName, VecDeque<Arc<StoredEvent>>>,
    len: usize,
}

/// Where an event stands among those of its name: by when it happened, then by when it arrived.
fn place(event: &StoredEvent) -> (Timestamp, InputNumber) {
    (event.occurred_at, event.number)
}

impl History {
    /// The most events kept of a customer; the oldest leave first.
    pub const LEN_MAX: usize = 10_000;

    /// Adds an event, or replaces the one in its place.
    pub fn insert(&mut self, event: Arc<StoredEvent>) {
        let Some(events) = self.by_name.get_mut(&event.name) else {
            self.by_name.insert(event.name.clone(), VecDeque::from([event]));
            self.len += 1;
            return;
        };
        if events.back().is_some_and(|newest| place(newest) < place(&event)) {
            events.push_back(event);
            self.len += 1;
            return;
        }
        match events.binary_search_by_key(&place(&event), |known| place(known)) {
            Ok(at) => events[at] = event,
            Err(at) => {
                events.insert(at, event);
                self.len += 1;
            }
        }
    }

    /// Removes an event.
    pub fn remove(&mut self, event: &StoredEvent) {
        let Some(events) = self.by_name.get_mut(&event.name) else {
            return;
        };
        if let Ok(at) = events.binary_search_by_key(&place(event), |known| place(known)) {
            events.remove(at);
            self.len -= 1;
        }
        if events.is_empty() {
            self.by_name.remove(&event.name);
        }
    }

    /// The events of that name that happened in `(after, until]`, oldest first; `after = None` is the beginning of time.
    pub fn named_within(
        &self,
        name: &EventName,
        after: Option<Timestamp>,
        until: Timestamp,
    ) -> impl DoubleEndedIterator<Item = &Arc<StoredEvent>> {
        let events = self.by_name.get(name);
        events.into_iter().flat_map(move |events| {
            let from = after.map_or(0, |after| events.partition_point(|event| event.occurred_at <= after));
            let newer = events.back().is_some_and(|newest| newest.occurred_at > until);
            let to = if newer { events.partition_point(|event| event.occurred_at <= until) } else { events.len() };
            events.range(from..to.max(from))
        })
    }

    /// All events, by name and then oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<StoredEvent>> {
        self.by_name.values().flatten()
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

#[cfg(test)]
mod tests;
