//! The events of a customer in memory: by name and time for rules, by message id for repeats, by arrival for retention.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use baton_model::event::Event;
use baton_model::history::{History, InputNumber, StoredEvent};
use baton_model::text_id::MessageId;
use baton_model::value::weight;
use jiff::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use crate::{HistoryRow, Input, Settings};

/// The events that are kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventLog {
    history: History,
    /// By the hash of the message id, which is compared faster than the id; of one hash there may be several ids.
    by_message: BTreeMap<(u64, InputNumber), Arc<StoredEvent>>,
    /// In the order of their numbers.
    by_arrival: VecDeque<Arc<StoredEvent>>,
    weight: usize,
}

/// The most bytes of the events that are kept of a customer, roughly; the oldest leave first. As much as the most events of an
/// ordinary size, so that few large ones cannot fill the memory of a node.
const WEIGHT_MAX: usize = 8 * 1024 * 1024;

/// What an event takes beside its fields.
const EVENT_WEIGHT: usize = 200;

fn hash(id: &MessageId) -> u64 {
    xxh3_64(id.as_str().as_bytes())
}

fn weight_of(event: &StoredEvent) -> usize {
    EVENT_WEIGHT + weight(&event.properties) + weight(&event.context)
}

impl EventLog {
    /// The log that rows tell of.
    pub fn of_rows(rows: Vec<HistoryRow>) -> Self {
        let mut log = Self::default();
        for row in rows {
            match row.input {
                Input::Event { event, .. } => log.insert(event),
                Input::SetAside { event: Some(event), .. } => log.insert_unseen(event),
                _ => {}
            }
        }
        log
    }

    /// What rules look back over.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Adds an event.
    pub fn insert(&mut self, event: Arc<StoredEvent>) {
        self.history.insert(Arc::clone(&event));
        self.insert_unseen(event);
    }

    /// Adds an event that no rule sees: it only makes a retry a repeat.
    pub fn insert_unseen(&mut self, event: Arc<StoredEvent>) {
        self.weight += weight_of(&event);
        self.by_message.insert((hash(&event.message_id), event.number), Arc::clone(&event));
        if self.by_arrival.back().is_none_or(|newest| newest.number < event.number) {
            self.by_arrival.push_back(event);
        } else if let Err(at) = self.find(event.number) {
            self.by_arrival.insert(at, event);
        }
    }

    fn find(&self, number: InputNumber) -> Result<usize, usize> {
        self.by_arrival.binary_search_by_key(&number, |event| event.number)
    }

    /// Removes the event of that number.
    pub fn remove(&mut self, number: InputNumber) {
        if let Some(event) = self.find(number).ok().and_then(|at| self.by_arrival.remove(at)) {
            self.weight -= weight_of(&event);
            self.by_message.remove(&(hash(&event.message_id), number));
            self.history.remove(&event);
        }
    }

    /// Removes the events below `number`.
    pub fn remove_before(&mut self, number: InputNumber) {
        while let Some(first) = self.by_arrival.front().map(|first| first.number).filter(|first| *first < number) {
            self.remove(first);
        }
    }

    /// The number below which events leave so that no more than [`History::LEN_MAX`] and [`WEIGHT_MAX`] stay; `None` if there
    /// is room.
    pub fn overflow(&self) -> Option<InputNumber> {
        let (mut len, mut left) = (self.by_arrival.len(), self.weight);
        let mut last = None;
        for event in &self.by_arrival {
            if len <= History::LEN_MAX && left <= WEIGHT_MAX {
                break;
            }
            len -= 1;
            left -= weight_of(event);
            last = Some(InputNumber(event.number.0 + 1));
        }
        last
    }

    /// Whether an event was taken before: one with that message id within `dedup_retention` of receive time, or one with that
    /// message id and that client timestamp for as long as history is kept.
    pub fn is_repeat(&self, event: &Event, at: Timestamp, settings: &Settings) -> bool {
        let hash = hash(&event.message_id);
        let same_hash = self.by_message.range((hash, InputNumber(0))..=(hash, InputNumber(u64::MAX)));
        same_hash.map(|(_, known)| known).filter(|known| known.message_id == event.message_id).any(|known| {
            let age = at.duration_since(known.received_at);
            let same_time = event.client_timestamp.is_some() && known.client_timestamp == event.client_timestamp;
            age <= settings.dedup_retention || (same_time && age <= settings.history_retention)
        })
    }
}
