//! Why a group did not do what it was asked, and what is certain about it.

use baton_model::ids::ReplicaId;
use baton_ports::record_store::RecordError;
use bytes::Bytes;
use openraft::errors::{ForwardToLeader, LinearizableReadError, RaftError};

use crate::state_machine::threads::JobLost;
use crate::type_config::{Member, TypeConfig};

/// Who probably leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderHint {
    /// The replica.
    pub replica: ReplicaId,
    /// Where it runs, when the membership says so.
    pub member: Option<Member>,
}

/// Why a proposal was not applied, or is not known to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProposeError {
    /// This replica does not lead, or has no lease yet. The entry was never appended and certainly is not applied.
    #[error("this replica does not lead the group")]
    NotLeader {
        /// Who does, if it is known.
        hint: Option<LeaderHint>,
    },
    /// Leadership was lost after the entry was appended. It may or may not be applied.
    #[error("leadership was lost while the entry was under way: it may or may not be applied")]
    Unknown,
    /// The group has stopped on this node. The entry was never appended and certainly is not applied.
    #[error("the group has stopped on this node: {reason}")]
    Stopped {
        /// Why.
        reason: String,
    },
    /// More entries wait for the group than its queue holds, far more than a shard has in flight. The entry was never
    /// appended and certainly is not applied.
    #[error("too many entries wait for the group")]
    Busy,
    /// The entry writes a row that is not the group's. It was never appended and certainly is not applied.
    #[error("the key {key:?} is empty or begins with a zero byte, which is reserved for consensus")]
    ReservedKey {
        /// The key.
        key: Bytes,
    },
}

impl ProposeError {
    /// Whether the entry is certainly not applied, now and for ever.
    pub fn is_certainly_not_applied(&self) -> bool {
        !matches!(self, Self::Unknown)
    }

    pub(crate) fn not_leader(forward: ForwardToLeader<TypeConfig>) -> Self {
        Self::NotLeader { hint: hint(forward) }
    }
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// This replica does not lead, or cannot prove that it does.
    #[error("this replica cannot prove that it leads the group")]
    NotLeader {
        /// Who does, if it is known.
        hint: Option<LeaderHint>,
    },
    /// The group has stopped on this node.
    #[error("the group has stopped on this node: {reason}")]
    Stopped {
        /// Why.
        reason: String,
    },
    /// The store failed.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// The reading itself did not come to an end.
    #[error(transparent)]
    Lost(#[from] JobLost),
}

impl ReadError {
    pub(crate) fn of_check(error: RaftError<TypeConfig, LinearizableReadError<TypeConfig>>) -> Self {
        match error {
            RaftError::APIError(LinearizableReadError::ForwardToLeader(forward)) => {
                Self::NotLeader { hint: hint(forward) }
            }
            RaftError::APIError(LinearizableReadError::QuorumNotEnough(_)) => Self::NotLeader { hint: None },
            RaftError::Fatal(fatal) => Self::Stopped { reason: fatal.to_string() },
        }
    }
}

fn hint(forward: ForwardToLeader<TypeConfig>) -> Option<LeaderHint> {
    forward.leader_id.map(|replica| LeaderHint { replica: ReplicaId(replica), member: forward.leader_node })
}
