//! What consensus needs of the way to other nodes. `rpc` is that way; tests put channels in its place.

use baton_wire::pb::peer::v1::{RaftFrame, SnapshotAnswer, SnapshotPart};
use futures::future::{BoxFuture, FutureExt};
use futures::stream::BoxStream;
use tokio::sync::mpsc;

use crate::type_config::Member;

/// The way to other nodes. It may lose, delay and cut, but not reorder what it passes on within one stream.
pub trait Transport: Send + Sync + 'static {
    /// Opens a stream of frames to the node of a member.
    fn open(&self, member: &Member) -> BoxFuture<'static, Result<Frames, TransportError>>;

    /// Hands one part of a snapshot to the node of a member and returns its answer.
    fn put_snapshot(
        &self,
        member: &Member,
        part: SnapshotPart,
    ) -> BoxFuture<'static, Result<SnapshotAnswer, TransportError>>;
}

/// An open stream: requests go out, answers come in. Dropping it closes it.
pub struct Frames {
    /// Where requests go. A send waits while the network takes no more.
    pub outgoing: mpsc::Sender<RaftFrame>,
    /// Where answers come from. It ends, or ends with an error, when the stream is cut.
    pub incoming: BoxStream<'static, Result<RaftFrame, TransportError>>,
}

/// Takes what comes from other nodes. Consensus implements it for the replicas of this node; `rpc` calls it.
pub trait Inbox: Send + Sync + 'static {
    /// Takes requests as they come and returns the answers, each as soon as it is there. It ends with `incoming`.
    fn accept(&self, incoming: BoxStream<'static, Result<RaftFrame, TransportError>>) -> BoxStream<'static, RaftFrame>;

    /// Takes one part of a snapshot.
    fn put_snapshot(&self, part: SnapshotPart) -> BoxFuture<'static, SnapshotAnswer>;
}

/// The other node was not reached, or no longer is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct TransportError {
    /// What happened.
    pub reason: String,
}

/// The way of a node that is by itself: it reaches nobody, and says so. Groups whose only voter is here need no more.
#[derive(Debug, Clone, Copy, Default)]
pub struct Alone;

impl Alone {
    fn refuse(member: &Member) -> TransportError {
        let Member { node, address, .. } = member;
        TransportError { reason: format!("this node is by itself and does not reach node {node} at {address}") }
    }
}

impl Transport for Alone {
    fn open(&self, member: &Member) -> BoxFuture<'static, Result<Frames, TransportError>> {
        futures::future::ready(Err(Self::refuse(member))).boxed()
    }

    fn put_snapshot(
        &self,
        member: &Member,
        _part: SnapshotPart,
    ) -> BoxFuture<'static, Result<SnapshotAnswer, TransportError>> {
        futures::future::ready(Err(Self::refuse(member))).boxed()
    }
}
