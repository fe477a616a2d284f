//! What the handle asks of the log thread.

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::error::LogFailed;
use super::group::Purged;
use super::record::Row;

/// Called once when a change is durable, or when it is certain that it never will be. It runs on the log thread, in the
/// order in which changes were asked for, and must not block.
pub type Done = Box<dyn FnOnce(Result<(), LogFailed>) + Send>;

/// One thing for the log thread to do.
pub(super) enum Command {
    Write(Write),
    Checkpoint(oneshot::Sender<Result<Checkpointed, LogFailed>>),
}

/// One change of one group.
pub(super) struct Write {
    pub group: u32,
    pub change: Change,
    pub done: Done,
    /// The room that the change takes up in the queue, given back when it is done.
    pub room: Option<OwnedSemaphorePermit>,
}

pub(super) enum Change {
    Append { first: u64, entries: Vec<Bytes> },
    Truncate { end: u64 },
    Purge(Purged),
    PutRow { row: Row, value: Bytes },
    Drop,
}

/// What a checkpoint of the log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpointed {
    /// Segments that were no longer needed and are gone.
    pub segments_removed: usize,
    /// Groups whose entries keep an older segment from going. Purge these next, also if they are idle.
    pub pinning_groups: Vec<u32>,
}
