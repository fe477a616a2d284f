//! The timers of a shard that are due soon, in memory; the others stay on disk.
//!
//! Invariant: every timer row that is due at or before [`NearTimers::horizon`] and is not being fired is here.

use std::collections::BTreeSet;

use baton_customer::TimerKey;
use baton_model::text_id::CustomerId;
use jiff::Timestamp;

/// One armed timer: due, whose, which. Rows are ordered so.
pub(crate) type ArmedTimer = (Timestamp, CustomerId, TimerKey);

/// The near window of a shard's timers.
#[derive(Debug)]
pub(crate) struct NearTimers {
    armed: BTreeSet<ArmedTimer>,
    horizon: Timestamp,
}

impl Default for NearTimers {
    fn default() -> Self {
        Self { armed: BTreeSet::new(), horizon: Timestamp::MIN }
    }
}

impl NearTimers {
    /// Timers due at or before this instant are held here.
    pub(crate) fn horizon(&self) -> Timestamp {
        self.horizon
    }

    /// Moves the horizon. Call it before the rows up to it are read, so that rows armed meanwhile are not missed.
    pub(crate) fn extend_to(&mut self, horizon: Timestamp) {
        self.horizon = self.horizon.max(horizon);
    }

    /// Moves the horizon back, because not all rows up to it could be held, and forgets what lies beyond.
    pub(crate) fn cut_at(&mut self, horizon: Timestamp) {
        self.horizon = horizon;
        while self.armed.last().is_some_and(|(due, _, _)| *due > horizon) {
            self.armed.pop_last();
        }
    }

    /// Takes a timer in, if it is near.
    pub(crate) fn arm(&mut self, timer: ArmedTimer) {
        if timer.0 <= self.horizon {
            self.armed.insert(timer);
        }
    }

    /// Forgets a timer.
    pub(crate) fn disarm(&mut self, timer: &ArmedTimer) {
        self.armed.remove(timer);
    }

    /// Forgets the latest ones above `most`, and the horizon with them. All of one instant stay or go together.
    pub(crate) fn keep_at_most(&mut self, most: usize) {
        if let Some((due, _, _)) = self.armed.iter().nth(most) {
            self.cut_at(*due);
        }
    }

    /// When the first one is due.
    pub(crate) fn earliest(&self) -> Option<Timestamp> {
        self.armed.first().map(|(due, _, _)| *due)
    }

    /// Takes out the first one that is due at or before `now`.
    pub(crate) fn pop_due(&mut self, now: Timestamp) -> Option<ArmedTimer> {
        let due = self.armed.first().is_some_and(|(due, _, _)| *due <= now);
        if due { self.armed.pop_first() } else { None }
    }

    /// How many are due at `now`.
    pub(crate) fn due(&self, now: Timestamp) -> usize {
        self.armed.iter().take_while(|(due, _, _)| *due <= now).count()
    }

    /// How many are held.
    pub(crate) fn len(&self) -> usize {
        self.armed.len()
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests;
