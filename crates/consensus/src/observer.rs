//! What consensus tells of its work, for metrics.

use std::time::Duration;

use crate::state_machine::generations::GroupId;

/// Is told what groups do. Called on async workers: count and return.
pub trait Observer: Send + Sync + 'static {
    /// Machine time since any fixed instant; never goes back. Consensus reads no other clock for what it reports.
    fn machine_time(&self) -> Duration;

    /// Entries were applied as one batch.
    fn applied(&self, done: &ApplyDone);

    /// A checkpoint made everything applied before it durable.
    fn checkpointed(&self, took: Duration);
}

/// Entries that were applied as one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApplyDone {
    /// The group.
    pub group: GroupId,
    /// How many entries.
    pub entries: usize,
    /// Bytes of their payloads.
    pub bytes: usize,
    /// How long they waited until the local log held them durably.
    pub waited: Duration,
    /// How long writing their rows took, with the wait for a storage thread.
    pub took: Duration,
}

/// An observer that looks away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn machine_time(&self) -> Duration {
        Duration::ZERO
    }

    fn applied(&self, _done: &ApplyDone) {}

    fn checkpointed(&self, _took: Duration) {}
}
