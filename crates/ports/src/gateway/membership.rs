//! Founding a cluster and joining one.

use std::fmt;

use baton_model::ids::{ClusterId, NodeId, ReplicaId};
use futures::future::BoxFuture;

/// Founds a cluster, and takes nodes into it.
pub trait Membership: Send + Sync {
    /// Founds a cluster with this node as its first. The token is shown this once; only its hash is kept.
    fn found(&self, request: FoundRequest) -> BoxFuture<'_, Result<Founded, MembershipError>>;

    /// Makes a node of the cluster. Only the leader of the system group can.
    fn join(&self, request: JoinRequest) -> BoxFuture<'_, Result<Joined, MembershipError>>;

    /// What this node's wall clock says, in milliseconds since 1970.
    fn wall_clock_ms(&self) -> i64;

    /// Whether this node takes no leads for now, because its disk is almost full.
    fn declines_leads(&self) -> bool;
}

/// What the cluster is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRequest {
    /// How many nodes are to be there before the shards are made.
    pub nodes: u32,
    /// Its id; made up if there is none.
    pub cluster: Option<ClusterId>,
}

/// A cluster was founded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founded {
    /// Its id.
    pub cluster: ClusterId,
    /// What a node needs to join.
    pub token: JoinToken,
}

/// A node that wants to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// What it shows.
    pub token: JoinToken,
    /// Tells a repetition from a wiped disk.
    pub nonce: String,
    /// Where its peers reach it.
    pub peer_address: String,
    /// Where services reach it.
    pub grpc_address: String,
    /// Its failure domain.
    pub zone: String,
    /// What it is configured with, if it is.
    pub shard_count: Option<u32>,
}

/// A node joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Its number.
    pub node: NodeId,
    /// Its replica of the system group.
    pub system_replica: ReplicaId,
    /// Shards of the cluster.
    pub shard_count: u32,
}

/// A secret that lets a node join.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinToken(pub String);

impl fmt::Debug for JoinToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinToken(…)")
    }
}

/// Why nobody was founded or joined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MembershipError {
    /// There is a cluster already.
    #[error("this node belongs to cluster {cluster} already")]
    Founded {
        /// Which.
        cluster: ClusterId,
    },
    /// The token is not the cluster's.
    #[error("cluster.join_token is not the token of this cluster: write the one that `baton cluster init` showed")]
    WrongToken,
    /// The node is configured for another number of shards.
    #[error("cluster.shard_count is {configured} and the cluster has {actual}: write {actual}, or leave it out")]
    ShardCount {
        /// What the node says.
        configured: u32,
        /// What the cluster has.
        actual: u32,
    },
    /// A field of the request is wrong.
    #[error("{field}: {message}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What is wrong and what to write instead.
        message: String,
    },
    /// Somebody else decides, or nobody can right now. Nothing was changed, or repeating it changes nothing.
    #[error("not now: {reason}; try again")]
    Unavailable {
        /// Why.
        reason: String,
    },
}
