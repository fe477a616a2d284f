//! What a relay did. Only ever grows.

use std::ops::Add;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::Direction;

/// What a relay did since it was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Connections that were taken.
    pub connections: u64,
    /// Of these, closed by a cut.
    pub cut: u64,
    /// Of these, closed because they had lost bytes and bytes were to pass again.
    pub torn: u64,
    /// From the node that opened the connections.
    pub forth: Flow,
    /// To it.
    pub back: Flow,
}

/// What happened to the bytes of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Flow {
    /// Bytes that arrived.
    pub passed: u64,
    /// Bytes that were lost.
    pub dropped: u64,
    /// Bytes that had to wait because the direction was held.
    pub held: u64,
    /// Bytes that had to wait because the direction was delayed or throttled.
    pub slowed: u64,
}

impl Add for Flow {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            dropped: self.dropped + other.dropped,
            held: self.held + other.held,
            slowed: self.slowed + other.slowed,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) connections: Counter,
    pub(super) cut: Counter,
    pub(super) torn: Counter,
    forth: FlowCounters,
    back: FlowCounters,
}

#[derive(Debug, Default)]
pub(super) struct FlowCounters {
    pub(super) passed: Counter,
    pub(super) dropped: Counter,
    pub(super) held: Counter,
    pub(super) slowed: Counter,
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counters {
    pub(super) fn flow(&self, direction: Direction) -> &FlowCounters {
        match direction {
            Direction::Forth => &self.forth,
            Direction::Back => &self.back,
        }
    }

    pub(super) fn read(&self) -> Counts {
        Counts {
            connections: self.connections.read(),
            cut: self.cut.read(),
            torn: self.torn.read(),
            forth: self.forth.read(),
            back: self.back.read(),
        }
    }
}

impl FlowCounters {
    fn read(&self) -> Flow {
        Flow {
            passed: self.passed.read(),
            dropped: self.dropped.read(),
            held: self.held.read(),
            slowed: self.slowed.read(),
        }
    }
}

impl Counter {
    pub(super) fn add(&self, more: usize) {
        self.0.fetch_add(more as u64, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
