//! One group's part of the log in memory: where its durable entries lie, its newest entries themselves, its rows.
//!
//! ```text
//!            first                tail_first      durable end          end
//!   purged ──┤ ├── located on disk ────┼──────────────┤                │
//!                                      ├── tail: in memory, cached or not yet durable ──┤
//! ```
//!
//! * What is not durable is in the tail; what is durable is located. In between both may hold an entry.
//! * The handle changes the visible end at once ([`Group::push`], [`Group::cut`]); the log thread follows with what is
//!   durable, in the same order.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use tokio::sync::watch;

use super::error::IndexGap;
use super::record::Row;

/// Where an entry's record lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Location {
    pub segment: u64,
    pub offset: u32,
    pub length: u32,
}

/// The last entry that was purged, and what consensus keeps of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purged {
    /// The highest index that is gone.
    pub through: u64,
    /// Bytes that consensus gave with it.
    pub mark: Bytes,
}

/// How far a group's log is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durable {
    /// All entries below this index.
    Below(u64),
    /// The log has stopped; nothing more becomes durable.
    Stopped,
}

#[derive(Debug)]
pub(super) struct Group {
    first: u64,
    located: VecDeque<Location>,
    tail_first: u64,
    tail: VecDeque<Bytes>,
    tail_bytes: usize,
    purged: Option<Purged>,
    rows: BTreeMap<Row, Bytes>,
    lazy_rows: BTreeMap<Row, Bytes>,
    cuts_in_flight: u32,
    durable: watch::Sender<Durable>,
}

impl Location {
    /// Stands for an entry that only a segment before the oldest one holds: purged later on, or lost.
    pub(super) const ELSEWHERE: Self = Self { segment: 0, offset: 0, length: 0 };
}

impl Default for Group {
    fn default() -> Self {
        Self {
            first: 0,
            located: VecDeque::new(),
            tail_first: 0,
            tail: VecDeque::new(),
            tail_bytes: 0,
            purged: None,
            rows: BTreeMap::new(),
            lazy_rows: BTreeMap::new(),
            cuts_in_flight: 0,
            durable: watch::Sender::new(Durable::Below(0)),
        }
    }
}

/// What the handle sees and changes.
impl Group {
    pub(super) fn purged(&self) -> Option<&Purged> {
        self.purged.as_ref()
    }

    /// One past the last visible entry.
    pub(super) fn end(&self) -> u64 {
        self.tail_first + self.tail.len() as u64
    }

    /// The first visible entry; the end if there is none.
    pub(super) fn first(&self) -> u64 {
        self.first.min(self.end())
    }

    pub(super) fn row(&self, row: Row) -> Option<Bytes> {
        self.lazy_rows.get(&row).or_else(|| self.rows.get(&row)).cloned()
    }

    pub(super) fn put_lazy_row(&mut self, row: Row, value: Bytes) {
        self.lazy_rows.insert(row, value);
    }

    pub(super) fn durable(&self) -> watch::Receiver<Durable> {
        self.durable.subscribe()
    }

    /// Makes entries from `index` on visible. They must follow the last one; a log that never held or purged anything
    /// begins wherever it is told to.
    pub(super) fn push(&mut self, group: u32, index: u64, entries: &[Bytes]) -> Result<(), IndexGap> {
        let untouched = self.purged.is_none() && self.located.is_empty() && self.tail.is_empty();
        if untouched && self.cuts_in_flight == 0 {
            self.first = index;
            self.tail_first = index;
        }
        if index != self.end() {
            return Err(IndexGap { group, expected: self.end(), found: index });
        }
        self.tail_bytes += entries.iter().map(Bytes::len).sum::<usize>();
        self.tail.extend(entries.iter().cloned());
        Ok(())
    }

    /// Hides entries from `end` on. [`Group::truncate`] follows when that is durable.
    pub(super) fn cut(&mut self, end: u64) {
        self.cuts_in_flight += 1;
        while self.tail_first + self.tail.len() as u64 > end {
            let Some(entry) = self.tail.pop_back() else { break };
            self.tail_bytes -= entry.len();
        }
        if self.tail.is_empty() {
            self.tail_first = self.tail_first.min(end.max(self.purged_end()));
        }
    }

    /// A visible entry, if it is still in memory.
    pub(super) fn in_memory(&self, index: u64) -> Option<Bytes> {
        let at = usize::try_from(index.checked_sub(self.tail_first)?).ok()?;
        self.tail.get(at).cloned()
    }

    /// Where a durable entry lies.
    pub(super) fn location(&self, index: u64) -> Option<Location> {
        let at = usize::try_from(index.checked_sub(self.first)?).ok()?;
        self.located.get(at).copied()
    }

    fn purged_end(&self) -> u64 {
        self.purged.as_ref().map_or(0, |purged| purged.through + 1)
    }
}

/// What the log thread and the replay change: the durable part.
impl Group {
    /// One past the last durable entry.
    pub(super) fn durable_end(&self) -> u64 {
        self.first + self.located.len() as u64
    }

    pub(super) fn durable_first(&self) -> u64 {
        self.first
    }

    pub(super) fn rows(&self) -> &BTreeMap<Row, Bytes> {
        &self.rows
    }

    /// The segment of the oldest live entry.
    pub(super) fn oldest_segment(&self) -> Option<u64> {
        self.located.front().map(|location| location.segment)
    }

    /// The first live entry that no kept segment holds.
    pub(super) fn first_missing(&self) -> Option<u64> {
        let at = self.located.iter().position(|location| *location == Location::ELSEWHERE)?;
        Some(self.first + at as u64)
    }

    /// Notes that the entry is durable. `false` if it does not follow the one before.
    pub(super) fn locate(&mut self, index: u64, location: Location) -> bool {
        if self.located.is_empty() && self.purged.is_none() {
            self.first = index;
        }
        let follows = index == self.durable_end();
        if follows {
            self.located.push_back(location);
        }
        follows
    }

    /// Sets the live range that the oldest kept segment begins with; its entries lie in segments that are gone.
    pub(super) fn begin_at(&mut self, first: u64, end: u64) {
        self.first = first;
        self.located = (first..end).map(|_| Location::ELSEWHERE).collect();
    }

    /// Forgets durable entries from `end` on.
    pub(super) fn truncate(&mut self, end: u64) {
        let keep = usize::try_from(end.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.located.truncate(keep);
        if self.located.is_empty() {
            self.first = self.first.min(end.max(self.purged_end()));
        }
    }

    /// Notes that a [`Group::cut`] is durable.
    pub(super) fn cut_is_durable(&mut self) {
        self.cuts_in_flight = self.cuts_in_flight.saturating_sub(1);
    }

    /// Forgets entries through `purged.through`, also those that the group never held.
    pub(super) fn purge(&mut self, purged: Purged) {
        let first = purged.through + 1;
        if first <= self.purged_end() {
            return;
        }
        let gone = usize::try_from(first.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.located.drain(..gone.min(self.located.len()));
        self.first = if self.located.is_empty() { first } else { self.first.max(first) };
        while self.tail_first < first {
            let Some(entry) = self.tail.pop_front() else { break };
            self.tail_bytes -= entry.len();
            self.tail_first += 1;
        }
        self.tail_first = self.tail_first.max(first);
        self.purged = Some(purged);
    }

    pub(super) fn put_row(&mut self, row: Row, value: Bytes) {
        self.rows.insert(row, value);
    }

    /// Hands over the rows that waited for a batch of the group.
    pub(super) fn take_lazy_rows(&mut self) -> BTreeMap<Row, Bytes> {
        let lazy = std::mem::take(&mut self.lazy_rows);
        self.rows.extend(lazy.iter().map(|(row, value)| (*row, value.clone())));
        lazy
    }

    /// Lets the oldest durable entries leave memory until at most `bytes_max` remain.
    pub(super) fn shrink_tail(&mut self, bytes_max: usize) {
        while self.tail_bytes > bytes_max && self.cuts_in_flight == 0 && self.tail_first < self.durable_end() {
            let Some(entry) = self.tail.pop_front() else { break };
            self.tail_bytes -= entry.len();
            self.tail_first += 1;
        }
    }

    /// Ends a replay: what is durable is what is visible.
    pub(super) fn show_durable(&mut self) {
        self.tail_first = self.durable_end();
        self.publish();
    }

    /// Tells those who wait how far the log is durable.
    pub(super) fn publish(&self) {
        self.durable.send_replace(Durable::Below(self.durable_end()));
    }

    /// Tells those who wait that the log has stopped.
    pub(super) fn publish_stop(&self) {
        self.durable.send_replace(Durable::Stopped);
    }
}
