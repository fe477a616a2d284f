//! Who belongs to a group, and who is to lead it.
//!
//! Changes are made by the leader, one at a time, and are entries like any other: the group's committed membership is the
//! truth about its members.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use baton_model::ids::ReplicaId;
use openraft::ChangeMembers;
use openraft::async_runtime::watch::WatchReceiver;
use openraft::errors::{ClientWriteError, RaftError};

use super::Group;
use super::leadership::Leadership;
use crate::type_config::{Member, TypeConfig};

/// How long a new leader may take to be elected after a transfer. openraft refuses writes meanwhile and cannot be called
/// back; after this the old leader's lease has ended and any voter may stand.
const TRANSFER_WAIT_MAX: Duration = Duration::from_secs(2);

/// Who belongs to a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members {
    /// Who votes.
    pub voters: BTreeSet<ReplicaId>,
    /// Everybody, voters and those who only follow.
    pub all: BTreeMap<ReplicaId, Member>,
}

/// Why the members were not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// This replica does not lead.
    #[error("this replica does not lead the group")]
    NotLeader,
    /// openraft refused, or it is not known what became of it.
    #[error("the members were not changed: {reason}")]
    Refused {
        /// Why.
        reason: String,
    },
}

/// Why the leadership stayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// This replica does not lead.
    #[error("this replica does not lead the group")]
    NotLeader,
    /// The replica does not vote, or is behind.
    #[error("replica {to} cannot take over: {reason}")]
    NotReady {
        /// Who was to lead.
        to: ReplicaId,
        /// Why it cannot.
        reason: &'static str,
    },
    /// Nobody else was elected in time.
    #[error("replica {to} was not elected within {TRANSFER_WAIT_MAX:?}")]
    NotElected {
        /// Who was to lead.
        to: ReplicaId,
    },
}

impl Group {
    /// Who belongs to the group, as far as this replica knows.
    pub fn members(&self) -> Members {
        let metrics = self.inner.raft.metrics();
        let metrics = metrics.borrow_watched();
        let membership = &metrics.membership_config;
        Members {
            voters: membership.voter_ids().map(ReplicaId).collect(),
            all: membership.nodes().map(|(id, member)| (ReplicaId(*id), member.clone())).collect(),
        }
    }

    /// Adds a replica that follows and does not vote. Adding it again changes nothing but where it runs.
    pub async fn add_learner(&self, replica: ReplicaId, member: Member) -> Result<(), ChangeError> {
        let changed = self.inner.raft.add_learner(replica.0, member, false).await;
        changed.map(|_| ()).map_err(ChangeError::of)
    }

    /// Makes these replicas the voters; each belongs to the group already. Others stay and only follow.
    pub async fn change_voters(&self, voters: BTreeSet<ReplicaId>) -> Result<(), ChangeError> {
        let voters: BTreeSet<u64> = voters.into_iter().map(|replica| replica.0).collect();
        let change = ChangeMembers::ReplaceAllVoters(voters);
        self.inner.raft.change_membership(change, true).await.map(|_| ()).map_err(ChangeError::of)
    }

    /// How far each member's log is known to agree with this leader's; empty on a follower.
    pub fn matched(&self) -> BTreeMap<ReplicaId, Option<u64>> {
        let metrics = self.inner.raft.data_metrics();
        let metrics = metrics.borrow_watched();
        let progress = metrics.replication.iter().flatten();
        progress.map(|(id, matched)| (ReplicaId(*id), matched.map(|log_id| log_id.index))).collect()
    }

    /// Hands the leadership to another voter that holds the whole log, and returns when somebody else leads. Between the
    /// two nobody takes entries: stop proposing before.
    pub async fn transfer_leadership(&self, to: ReplicaId) -> Result<(), TransferError> {
        if !self.leads() {
            return Err(TransferError::NotLeader);
        }
        let not_ready = |reason| TransferError::NotReady { to, reason };
        if !self.members().voters.contains(&to) {
            return Err(not_ready("it does not vote"));
        }
        let matched = self.matched().get(&to).copied().flatten();
        if matched < self.status().last_log_index {
            return Err(not_ready("its log is behind"));
        }
        let raft = &self.inner.raft;
        raft.trigger().transfer_leader(to.0).await.map_err(|_| TransferError::NotLeader)?;
        let mut leadership = self.leadership();
        let elected = leadership.wait_for(|now| !matches!(now, Leadership::Leading { .. }));
        match tokio::time::timeout(TRANSFER_WAIT_MAX, elected).await {
            Ok(_) => Ok(()),
            Err(_) => Err(TransferError::NotElected { to }),
        }
    }
}

impl ChangeError {
    fn of(error: RaftError<TypeConfig, ClientWriteError<TypeConfig>>) -> Self {
        match error {
            RaftError::APIError(ClientWriteError::ForwardToLeader(_)) => Self::NotLeader,
            other => Self::Refused { reason: other.to_string() },
        }
    }
}
