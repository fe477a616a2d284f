//! Who decides about what, and where they are reached: what a node that was asked needs to know to ask the right one.

use std::time::Duration;

use baton_model::ids::{NodeId, ShardId};
use baton_model::text_id::CustomerId;

/// The newest this node knows of who leads what. It may be behind: whoever is asked in error says so.
pub trait Routing: Send + Sync + 'static {
    /// The shard of a customer; fixed for ever.
    fn shard_of(&self, customer: &CustomerId) -> ShardId;

    /// Every shard, in order. Empty until the cluster's nodes are there.
    fn shards(&self) -> Vec<ShardId>;

    /// Who decides about the customers of a shard.
    fn shard(&self, shard: ShardId) -> Route;

    /// Who has the rows of a shard, the best to ask first: only this node if it has them.
    fn holders(&self, shard: ShardId) -> Vec<PeerNode>;

    /// Who decides about documents, nodes and settings.
    fn system(&self) -> Route;

    /// This node.
    fn here(&self) -> PeerNode;

    /// Every other node, in the order of their numbers.
    fn peers(&self) -> Vec<PeerNode>;
}

/// Where a call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// This node answers.
    Here,
    /// Another one does.
    Peer(PeerNode),
    /// Nobody does, right now.
    Nobody {
        /// Why, in words.
        reason: String,
        /// When it makes sense to try again.
        after: Duration,
    },
}

/// A node, as others reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerNode {
    /// Which.
    pub node: NodeId,
    /// Where peers call, as `host:port`.
    pub peer_address: String,
    /// Where services call, as `host:port`.
    pub grpc_address: String,
}
