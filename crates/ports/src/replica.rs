//! One shard's replica on this node, as its actors see it: a log that takes proposals, and the rows that came of it.
//!
//! Invariants: proposals are appended in the order in which [`Replica::propose`] was called, not in the order in which
//! the futures are polled; a read shows applied rows only, which are committed by construction.

use std::sync::Arc;
use std::time::Instant;

use baton_model::ids::NodeId;
use baton_shard::entry::{Applied, Entry};
use baton_shard::gate::Gate;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use futures::stream::BoxStream;

use crate::record_store::Records;

/// One replica of one shard.
pub trait Replica: Send + Sync + 'static {
    /// Proposes an entry. The future ends when it is applied on this replica, or when its fate is known otherwise.
    fn propose(&self, entry: Entry) -> BoxFuture<'static, Result<Applied, ProposeError>>;

    /// Who leads, now and at every change. Changes in quick succession may be seen as one.
    fn leadership(&self) -> BoxStream<'static, Leadership>;

    /// Ends well once a quorum confirmed that this replica leads, so that a read begun afterwards is linearizable.
    fn confirm_leadership(&self) -> BoxFuture<'static, Result<(), ProposeError>>;

    /// The instant of which a read that begins after this ended is up to date at least: all that was acknowledged before it
    /// is in the rows. `None` if that is not known. No other replica is asked.
    fn fresh_as_of(&self) -> BoxFuture<'static, Option<Instant>>;

    /// Runs `job` on a storage thread, with the applied rows as they are at one instant.
    fn read(&self, job: ReadJob) -> BoxFuture<'static, Result<(), ReadFailed>>;

    /// The shard's fence as of the last applied entry.
    fn gate(&self) -> Gate;
}

/// A reader of rows.
pub type ReadJob = Box<dyn FnOnce(&dyn Records) + Send>;

/// The rows of a replica could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rows could not be read: {reason}")]
pub struct ReadFailed {
    /// What happened.
    pub reason: String,
}

/// Reads rows of a replica and hands back what was made of them.
pub async fn read_rows<T: Send + 'static>(
    replica: Arc<dyn Replica>,
    read: impl FnOnce(&dyn Records) -> T + Send + 'static,
) -> Result<T, ReadFailed> {
    let (found, finding) = oneshot::channel();
    let job = Box::new(move |records: &dyn Records| {
        // Whoever asked may have gone; then nobody wants the answer.
        let _ = found.send(read(records));
    });
    replica.read(job).await?;
    finding.await.map_err(|_| ReadFailed { reason: "the reader ended without an answer".to_owned() })
}

/// Who leads a shard, as this replica knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leadership {
    /// This replica leads, in that term.
    Leading {
        /// The Raft term; it only grows.
        term: u64,
    },
    /// Another one leads, or nobody known.
    Following {
        /// The leader's node, if it is known.
        leader: Option<NodeId>,
    },
}

/// Why an entry was not applied here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProposeError {
    /// It was never appended, so it will never be applied.
    #[error("this replica does not lead")]
    NotLeading {
        /// Who does, if it is known.
        leader: Option<NodeId>,
    },
    /// The replica takes no more entries for the moment. It was never appended either.
    #[error("this replica is busy")]
    Busy,
    /// It may or may not be applied.
    #[error("the outcome is unknown: {reason}")]
    Unknown {
        /// What happened.
        reason: String,
    },
    /// The replica has stopped: its log or its disk failed, or the node shuts down.
    #[error("the replica has stopped: {reason}")]
    Stopped {
        /// What happened.
        reason: String,
    },
}
