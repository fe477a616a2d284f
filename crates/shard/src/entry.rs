//! What a group's log holds: activations, and batches of row writes.
//!
//! Shards and the system group use the same two entries. A row is bytes with a format version of its own; a replica
//! stores what it cannot read.

use baton_model::ids::{DefinitionsVersion, Epoch, NodeId, Seq};
use bytes::Bytes;
use jiff::Timestamp;

/// One entry of a group's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Opens an epoch, named by the index at which this entry is applied.
    Activate(Activate),
    /// Rows that the decisions of one epoch wrote.
    Batch(Batch),
}

/// A new leader's first entry: once applied, nothing of an earlier epoch can be applied any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activate {
    /// The node that leads. For people who read the log; nothing is decided by it.
    pub node: NodeId,
    /// The leader's shard time when it proposed. A shard's time never goes back.
    pub at: Timestamp,
}

/// The writes of the decisions that one proposal collected, in the order in which they were decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The activation that decided it.
    pub epoch: Epoch,
    /// Its place in that activation, dense from 1.
    pub seq: Seq,
    /// The documents under which it was decided; within a shard this never decreases.
    pub definitions_version: DefinitionsVersion,
    /// Shard time of its last decision.
    pub at: Timestamp,
    /// Later writes of the same key win.
    pub writes: Vec<RowWrite>,
}

/// One row, written or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWrite {
    /// The key within the shard's keyspace.
    pub key: Bytes,
    /// The new value; `None` deletes the row.
    pub value: Option<Bytes>,
}

/// What applying an entry came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// An `Activate` opened this epoch.
    Activated(Epoch),
    /// The batch's rows are written.
    Taken,
    /// The batch belongs to another epoch or is out of its order. It wrote nothing, on every replica alike.
    Refused,
    /// An entry of Raft itself (a blank or a membership change).
    Internal,
}
