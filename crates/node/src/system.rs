//! The system group: who the cluster is, where its shards are, and its documents.
//!
//! Every node holds a replica of it and reads its own rows. Only its leader writes, one batch at a time, and each batch
//! follows from rows that the leader has applied: whoever writes holds the course.

pub(crate) mod founding;
pub(crate) mod joining;
pub(crate) mod spread;
pub(crate) mod tending;
pub(crate) mod topology;

use std::sync::Arc;

use baton_consensus::group::Group;
use baton_model::ids::{DefinitionsVersion, Epoch, NodeId, Seq};
use baton_ports::clock::Clock;
use baton_ports::replica::{Replica, read_rows};
use baton_shard::entry::{Activate, Applied, Batch, Entry, RowWrite};
use baton_storage::records::ReadError;
use tokio::sync::{Mutex, MutexGuard, watch};

use self::topology::Topology;

/// This node's part in the system group.
pub(crate) struct SystemGroup {
    group: Group,
    replica: Arc<dyn Replica>,
    clock: Arc<dyn Clock>,
    node: NodeId,
    topology: watch::Sender<Arc<Topology>>,
    /// Where the next batch stands; `None` while this node does not lead the group. Held while writing.
    course: Mutex<Option<(Epoch, Seq)>>,
}

/// Why nothing was written. Nothing of it is applied, unless it says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WriteError {
    /// Another node writes.
    #[error("this node does not lead the system group")]
    NotLeading,
    /// The batch was overtaken.
    #[error("another node took the system group over; try again")]
    Overtaken,
    /// It may be applied.
    #[error("{reason}; try again: what is done already changes nothing")]
    Unknown {
        /// What happened.
        reason: String,
    },
}

/// The rows of the system group cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rows of the system group cannot be read: {reason}")]
pub struct SystemRowsError {
    /// Why.
    pub(crate) reason: String,
}

impl SystemGroup {
    pub(crate) fn new(group: Group, clock: Arc<dyn Clock>, node: NodeId) -> Arc<Self> {
        let replica: Arc<dyn Replica> = Arc::new(group.clone());
        Arc::new(Self { group, replica, clock, node, topology: watch::Sender::default(), course: Mutex::new(None) })
    }

    /// The group itself.
    pub(crate) fn group(&self) -> &Group {
        &self.group
    }

    /// Its replica here.
    pub(crate) fn replica(&self) -> Arc<dyn Replica> {
        Arc::clone(&self.replica)
    }

    /// This node.
    pub(crate) fn node(&self) -> NodeId {
        self.node
    }

    /// Becomes the writer, if this node leads: everything that was written before is applied here.
    pub(crate) async fn lead(&self) -> Result<Course<'_>, WriteError> {
        let mut course = self.course.lock().await;
        let gate = self.replica.gate();
        // Another node's activation, or a batch that is not ours, ends the course.
        let ours = course.is_some_and(|(epoch, seq)| gate.epoch == epoch && gate.seq == seq);
        if !ours {
            let entry = Entry::Activate(Activate { node: self.node, at: self.clock.now() });
            *course = match self.replica.propose(entry).await {
                Ok(Applied::Activated(epoch)) => Some((epoch, Seq(0))),
                other => {
                    tracing::debug!(?other, "the system group could not be activated");
                    return Err(WriteError::NotLeading);
                }
            };
        }
        Ok(Course { system: self, course })
    }

    /// Reads rows as they are applied here.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn baton_ports::record_store::Records) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, SystemRowsError> {
        let failed = |reason: String| SystemRowsError { reason };
        let found = read_rows(self.replica(), read).await.map_err(|error| failed(error.to_string()))?;
        found.map_err(|error| failed(error.to_string()))
    }
}

/// The right to write, in order.
pub(crate) struct Course<'a> {
    system: &'a SystemGroup,
    course: MutexGuard<'a, Option<(Epoch, Seq)>>,
}

impl Course<'_> {
    /// The version of the documents as of what is applied.
    pub(crate) fn version(&self) -> DefinitionsVersion {
        self.system.replica.gate().definitions_version
    }

    /// Writes rows as one batch, and returns when it is applied here.
    pub(crate) async fn write(
        &mut self,
        writes: Vec<RowWrite>,
        definitions_version: DefinitionsVersion,
    ) -> Result<(), WriteError> {
        // Whatever goes wrong ends this course: the next writer opens a new epoch.
        let Some((epoch, seq)) = self.course.take() else { return Err(WriteError::NotLeading) };
        let seq = Seq(seq.0 + 1);
        let batch = Batch { epoch, seq, definitions_version, at: self.system.clock.now(), writes };
        match self.system.replica.propose(Entry::Batch(batch)).await {
            Ok(Applied::Taken) => {
                *self.course = Some((epoch, seq));
                Ok(())
            }
            Ok(_) => Err(WriteError::Overtaken),
            Err(error) => Err(WriteError::Unknown { reason: error.to_string() }),
        }
    }
}
