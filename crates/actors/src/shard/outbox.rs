//! The sends of a shard that wait for an attempt, in memory; every one of them is a row on disk.
//!
//! Sends wait in the order of their release. One that must be tried again waits for its own moment. When more wait than
//! may be held here, the rest is read from the rows once there is room.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use actix::SpawnHandle;
use baton_model::ids::SendId;
use baton_model::text_id::CustomerId;
use baton_ports::clock::MachineTime;

/// Sends of one shard that are held in memory; the rest stays on disk until there is room.
const OUTBOX_HELD_MAX: usize = 16_384;

/// A send that waits for an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WaitingSend {
    pub(crate) send: SendId,
    pub(crate) customer: CustomerId,
    /// When it came here, in machine time.
    pub(crate) since: MachineTime,
    /// Attempts that ended without a result, since it came here.
    pub(crate) attempts: u32,
    /// One of them may have been delivered.
    pub(crate) in_doubt: bool,
}

/// The outbox of one shard.
#[derive(Default)]
pub(crate) struct Outbox {
    ready: VecDeque<WaitingSend>,
    retries: BTreeMap<(MachineTime, SendId), WaitingSend>,
    attempting: BTreeSet<SendId>,
    /// Every send that is here in any of the three.
    known: BTreeSet<SendId>,
    /// Rows may be on disk that are not here.
    overflowed: bool,
    pub(crate) reading: bool,
    /// Wakes the shard for the next retry.
    pub(crate) alarm: Option<SpawnHandle>,
}

impl Outbox {
    /// A send was released. One that is known already stays where it is.
    pub(crate) fn release(&mut self, send: SendId, customer: CustomerId, since: MachineTime) {
        if self.known.len() >= OUTBOX_HELD_MAX {
            self.overflowed = true;
        } else if self.known.insert(send) {
            self.ready.push_back(WaitingSend { send, customer, since, attempts: 0, in_doubt: false });
        }
    }

    /// A send left the outbox. An attempt under way is not stopped; its end finds nothing to do.
    pub(crate) fn withdraw(&mut self, send: SendId) {
        if self.known.remove(&send) {
            self.attempting.remove(&send);
        }
    }

    /// The next send to attempt at `now`, if one is ready and fewer than `attempts_max` are under way.
    pub(crate) fn next(&mut self, now: MachineTime, attempts_max: usize) -> Option<WaitingSend> {
        while self.attempting.len() < attempts_max {
            let retry_due = self.retries.first_key_value().is_some_and(|((at, _), _)| *at <= now);
            let retry = if retry_due { self.retries.pop_first().map(|(_, waiting)| waiting) } else { None };
            let waiting = retry.or_else(|| self.ready.pop_front())?;
            // One that was withdrawn and released again may still stand here from before: only one attempt at a time.
            if self.known.contains(&waiting.send) && self.attempting.insert(waiting.send) {
                return Some(waiting);
            }
        }
        None
    }

    /// An attempt ended without a result: the send waits until `at`, unless it was withdrawn meanwhile.
    pub(crate) fn retry_at(&mut self, waiting: WaitingSend, at: MachineTime) {
        if self.attempting.remove(&waiting.send) {
            self.retries.insert((at, waiting.send), waiting);
        }
    }

    /// An attempt is over for good; if its row is still there, it will be read again.
    pub(crate) fn forget(&mut self, send: SendId) {
        self.known.remove(&send);
        self.attempting.remove(&send);
    }

    /// Whether every send that is here is one of `sends`.
    pub(crate) fn holds_only(&self, sends: &BTreeSet<SendId>) -> bool {
        self.known.is_subset(sends)
    }

    /// When the first retry is due.
    pub(crate) fn next_retry(&self) -> Option<MachineTime> {
        self.retries.first_key_value().map(|((at, _), _)| *at)
    }

    /// Whether rows should be read from disk: some may not be here, and there is room.
    pub(crate) fn wants_rows(&self) -> bool {
        self.overflowed && !self.reading && self.known.len() < OUTBOX_HELD_MAX / 2
    }

    /// Says that rows may be on disk that are not here.
    pub(crate) fn mark_unread(&mut self) {
        self.overflowed = true;
    }

    /// The rows are being read; returns how many to read.
    pub(crate) fn begin_reading(&mut self) -> usize {
        self.overflowed = false;
        self.reading = true;
        OUTBOX_HELD_MAX
    }

    /// Takes in rows that were read. A full read may have left some behind.
    pub(crate) fn take_rows(&mut self, rows: Vec<(SendId, CustomerId)>, since: MachineTime) {
        self.reading = false;
        self.overflowed |= rows.len() >= OUTBOX_HELD_MAX;
        for (send, customer) in rows {
            self.release(send, customer, since);
        }
    }

    /// How many sends are here.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether nothing waits, is under way, or is being read.
    pub(crate) fn is_quiet(&self) -> bool {
        self.known.is_empty() && !self.reading && !self.overflowed
    }

    /// Since when the send waits that came first.
    pub(crate) fn oldest(&self) -> Option<MachineTime> {
        let retry = self.retries.values().map(|waiting| waiting.since).min();
        self.ready.front().map(|waiting| waiting.since).into_iter().chain(retry).min()
    }

    /// Forgets everything: the epoch has ended.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests;
