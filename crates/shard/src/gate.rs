//! Which entries a shard takes: the rule that fences every older activation.
//!
//! Invariant: a batch is taken only if its epoch is the shard's current one, its seq is the last taken one + 1 and its
//! documents are not older than those of the last one. The gate is a row of the shard, written with each entry, so replicas and snapshots agree about it.

use baton_model::ids::{DefinitionsVersion, Epoch, Seq};
use jiff::Timestamp;

use crate::entry::{Activate, Applied, Batch};

/// The fence of a shard, and the marks that never go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// The current activation; [`Epoch`] 0 before the first one.
    pub epoch: Epoch,
    /// The last batch taken in it; 0 before the first one.
    pub seq: Seq,
    /// The newest documents that a taken batch was decided under.
    pub definitions_version: DefinitionsVersion,
    /// The latest shard time of any entry taken.
    pub at: Timestamp,
}

impl Default for Gate {
    fn default() -> Self {
        Self { epoch: Epoch(0), seq: Seq(0), definitions_version: DefinitionsVersion(0), at: Timestamp::UNIX_EPOCH }
    }
}

impl Gate {
    /// Opens the epoch named by `index`, the log index of the `Activate` entry.
    pub fn activate(&mut self, index: u64, activate: &Activate) -> Applied {
        assert!(index > self.epoch.0, "log indexes only grow: {index} after epoch {}", self.epoch);
        self.epoch = Epoch(index);
        self.seq = Seq(0);
        self.at = self.at.max(activate.at);
        Applied::Activated(self.epoch)
    }

    /// Takes or refuses a batch. A refused batch changes nothing.
    pub fn admit(&mut self, batch: &Batch) -> Applied {
        let in_order = batch.epoch == self.epoch && batch.seq.0 == self.seq.0 + 1;
        if !in_order || batch.definitions_version < self.definitions_version {
            return Applied::Refused;
        }
        self.seq = batch.seq;
        self.definitions_version = batch.definitions_version;
        self.at = self.at.max(batch.at);
        Applied::Taken
    }
}

#[cfg(test)]
mod tests;
