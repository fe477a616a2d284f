//! Raft groups as the rest of Baton sees them: propose, read, know who leads.
//!
//! A [`Group`] is a handle; clones are the same group. [`Groups`](groups::Groups) owns all groups of a node. Proposals
//! are never repeated in here: what is decided twice is the caller's decision.

pub mod candidacy;
pub mod checkpoint;
pub mod error;
pub(crate) mod freshness;
pub mod groups;
pub mod leadership;
pub mod membership;
mod port;
#[cfg(test)]
mod tests;

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use baton_model::ids::{Epoch, ReplicaId};
use baton_ports::record_store::{RecordError, Records};
use baton_shard::entry::{Activate, Applied, Entry};
use baton_shard::gate::Gate;
use baton_storage::entry::encode;
use futures::FutureExt;
use openraft::async_runtime::watch::WatchReceiver;
use openraft::errors::ClientWriteError;
use openraft::impls::ProgressResponder;
use openraft::raft::{ClientWriteResult, ReadPolicy};
use tokio::sync::{oneshot, watch};
use tokio::task::unconstrained;

use self::candidacy::Candidacy;
use self::error::{ProposeError, ReadError};
use self::freshness::Freshness;
use self::leadership::Leadership;
use crate::network::incoming_snapshot::IncomingSnapshot;
use crate::state_machine::StateMachine;
use crate::state_machine::generations::GroupId;
use crate::state_machine::replica::{Replica, is_group_key};
use crate::state_machine::threads::StorageThreads;
use crate::type_config::{Payload, TypeConfig};

/// openraft's handle of a group.
pub(crate) type Raft = openraft::Raft<TypeConfig, StateMachine>;

/// The first wait before an activation is proposed again; each wait is twice the one before.
const ACTIVATE_WAIT_MIN: Duration = Duration::from_millis(1);
/// The longest wait. A leader has its lease within a heartbeat, or loses its leadership, which ends the waiting.
const ACTIVATE_WAIT_MAX: Duration = Duration::from_millis(50);

/// One group of this node.
#[derive(Clone)]
pub struct Group {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) id: GroupId,
    pub(crate) replica_id: ReplicaId,
    pub(crate) raft: Raft,
    pub(crate) replica: Arc<Replica>,
    pub(crate) readers: StorageThreads,
    pub(crate) leadership: watch::Receiver<Leadership>,
    /// Ends when openraft has let go of the records.
    pub(crate) released: watch::Receiver<()>,
    /// Whether this replica votes and stands.
    pub(crate) candidacy: Candidacy,
    /// What its leaders said about how far they are.
    pub(crate) freshness: Freshness,
    /// A snapshot that is on its way here.
    pub(crate) incoming: tokio::sync::Mutex<Option<IncomingSnapshot>>,
}

impl Inner {
    pub(crate) fn may_vote(&self) -> bool {
        self.candidacy.may_vote()
    }

    pub(crate) fn may_lead(&self) -> bool {
        self.candidacy.may_lead()
    }
}

/// How far a group is, for people and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupStatus {
    /// The current term.
    pub term: u64,
    /// The last entry in the local log.
    pub last_log_index: Option<u64>,
    /// The last entry that is committed, as far as this replica knows. The difference to `applied` is the apply lag.
    pub committed: Option<u64>,
    /// The last entry that is applied.
    pub applied: Option<u64>,
    /// The last entry that the log no longer holds.
    pub purged: Option<u64>,
    /// The voters, by replica.
    pub voters: Vec<ReplicaId>,
}

impl Group {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// Its id.
    pub fn id(&self) -> GroupId {
        self.inner.id
    }

    /// This node's replica of it.
    pub fn replica_id(&self) -> ReplicaId {
        self.inner.replica_id
    }

    /// Hands an entry to the leader's log, behind all entries handed over before, without waiting. The answer comes with
    /// [`Submitted`]; further entries may be handed over before it, and keep their order.
    pub fn submit(&self, entry: &Entry) -> Result<Submitted, ProposeError> {
        if let Entry::Batch(batch) = entry
            && let Some(row) = batch.writes.iter().find(|row| !is_group_key(&row.key))
        {
            return Err(ProposeError::ReservedKey { key: row.key.clone() });
        }
        let (responder, answer) = ProgressResponder::complete_only();
        let handing_over = self.inner.raft.write(Payload(encode(entry))).responder(responder).into_future();
        // openraft takes an entry at once or, when its queue is full, not yet; a wait would lose the order. What is
        // dropped before it was taken is not appended.
        match unconstrained(handing_over).now_or_never() {
            Some(Ok(())) => Ok(Submitted { answer }),
            Some(Err(fatal)) => Err(ProposeError::Stopped { reason: fatal.to_string() }),
            None => Err(ProposeError::Busy),
        }
    }

    /// Hands an entry over and waits until it is applied here.
    pub async fn propose(&self, entry: &Entry) -> Result<Applied, ProposeError> {
        self.submit(entry)?.await
    }

    /// Opens an epoch: proposes `activate` until this leader, right after its election, may write. An activation may be
    /// proposed again, unlike anything else, because each that is applied simply opens another epoch.
    pub async fn activate(&self, activate: &Activate) -> Result<Epoch, ProposeError> {
        let entry = Entry::Activate(activate.clone());
        let mut wait = ACTIVATE_WAIT_MIN;
        loop {
            match self.propose(&entry).await {
                Ok(Applied::Activated(epoch)) => return Ok(epoch),
                Ok(other) => return Err(ProposeError::Stopped { reason: format!("an activation came to {other:?}") }),
                Err(ProposeError::NotLeader { hint: None }) if self.leads() => {}
                Err(error) => return Err(error),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(ACTIVATE_WAIT_MAX);
        }
    }

    /// Who leads, as it changes.
    pub fn leadership(&self) -> watch::Receiver<Leadership> {
        self.inner.leadership.clone()
    }

    /// The fence as of the last applied entry.
    pub fn gate(&self) -> Gate {
        self.inner.replica.gate()
    }

    /// The index of the last applied entry, as it moves.
    pub fn applied(&self) -> watch::Receiver<Option<u64>> {
        self.inner.replica.applied()
    }

    /// Reads the records as they are applied here, on a storage thread. What it sees is committed, and stands still while
    /// `read` runs; on a leader that wants to be sure that it is the newest, ask [`Self::linearizable`] first.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Records) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let replica = self.inner.replica.clone();
        let job = move || read(&*replica.view()?);
        Ok(self.inner.readers.run(job).await??)
    }

    /// Returns when this replica leads and has applied everything that was committed before the call.
    pub async fn linearizable(&self) -> Result<(), ReadError> {
        match self.inner.raft.ensure_linearizable(ReadPolicy::LeaseRead).await {
            Ok(_) => Ok(()),
            Err(error) => Err(ReadError::of_check(error)),
        }
    }

    /// How far the group is.
    pub fn status(&self) -> GroupStatus {
        let metrics = self.inner.raft.metrics();
        let metrics = metrics.borrow_watched();
        GroupStatus {
            term: metrics.current_term,
            last_log_index: metrics.last_log_index,
            committed: metrics.local_committed.map(|log_id| log_id.index),
            applied: metrics.last_applied.map(|log_id| log_id.index),
            purged: metrics.purged.map(|log_id| log_id.index),
            voters: metrics.membership_config.voter_ids().map(ReplicaId).collect(),
        }
    }

    fn leads(&self) -> bool {
        matches!(*self.inner.leadership.borrow(), Leadership::Leading { .. })
    }
}

/// An entry that was handed over; resolves when it is applied here, or when its fate is known.
#[must_use = "the answer says whether the entry was applied"]
pub struct Submitted {
    answer: oneshot::Receiver<ClientWriteResult<TypeConfig>>,
}

impl Future for Submitted {
    type Output = Result<Applied, ProposeError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(cx).map(|answer| match answer {
            Ok(Ok(written)) => Ok(written.data.into()),
            Ok(Err(ClientWriteError::ForwardToLeader(forward))) => Err(ProposeError::not_leader(forward)),
            // Discarded, or dropped with a Raft instance that ended: it may have been replicated.
            Ok(Err(_)) | Err(_) => Err(ProposeError::Unknown),
        })
    }
}
