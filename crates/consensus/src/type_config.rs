//! The types that openraft is instantiated with: one declaration for the shards' groups and the system group alike.
//!
//! * A group member is a `u64` ([`baton_model::ids::ReplicaId`] outside this crate), given out once and never reused.
//! * There is one leader per term (the standard leader id), so a term names its leader.
//! * A log entry carries bytes. What they mean is the state machine's business, how they are framed the log store's.

use std::fmt;

use baton_model::ids::{Epoch, NodeId};
use baton_shard::entry::Applied;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

openraft::declare_raft_types!(
    /// Baton's instantiation of openraft.
    pub TypeConfig:
        D = Payload,
        R = Outcome,
        NodeId = u64,
        Node = Member,
        LeaderId = openraft::impls::leader_id_std::LeaderId<Self::Term, Self::NodeId>,
);

/// A log id of this instantiation.
pub type LogId = openraft::alias::LogIdOf<TypeConfig>;
/// A vote of this instantiation.
pub type Vote = openraft::alias::VoteOf<TypeConfig>;
/// A log entry of this instantiation.
pub type LogEntry = openraft::alias::EntryOf<TypeConfig>;

/// The encoded [`baton_shard::entry::Entry`] of a log entry.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload(pub Bytes);

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.0.len())
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// Where a group member runs. Part of the group's committed membership, which is the truth about its members.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Member {
    /// The node that holds the replica.
    pub node: NodeId,
    /// Where its peers reach that node, as `host:port`.
    pub address: String,
    /// The failure domain that the node is in.
    pub zone: String,
}

/// What applying a proposal came to: [`Applied`], which openraft hands back to the proposer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// See [`Applied::Activated`].
    Activated(Epoch),
    /// See [`Applied::Taken`].
    Taken,
    /// See [`Applied::Refused`].
    Refused,
    /// See [`Applied::Internal`].
    Internal,
}

impl From<Applied> for Outcome {
    fn from(applied: Applied) -> Self {
        match applied {
            Applied::Activated(epoch) => Self::Activated(epoch),
            Applied::Taken => Self::Taken,
            Applied::Refused => Self::Refused,
            Applied::Internal => Self::Internal,
        }
    }
}

impl From<Outcome> for Applied {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Activated(epoch) => Self::Activated(epoch),
            Outcome::Taken => Self::Taken,
            Outcome::Refused => Self::Refused,
            Outcome::Internal => Self::Internal,
        }
    }
}
