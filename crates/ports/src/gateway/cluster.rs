//! What operators ask of the cluster.

use baton_model::ids::{ClusterId, DefinitionsVersion, Epoch, NodeId, Seq, ShardId};
use baton_model::text_id::CustomerId;
use futures::future::BoxFuture;
use jiff::Timestamp;

/// The operators' side of a node.
pub trait Cluster: Send + Sync {
    /// Nodes, shards and where they stand.
    fn view(&self) -> BoxFuture<'_, Result<ClusterView, ClusterError>>;

    /// Walks every enrolment of every shard: does each have something that wakes it, and do timers, index rows and
    /// counters agree with the sections they come from?
    fn check(&self) -> BoxFuture<'_, Result<CheckReport, ClusterError>>;

    /// Steps the test clock: everything due until `to` happens, in its order, then customer time stands at `to`.
    fn advance_clock(&self, to: Timestamp) -> BoxFuture<'_, Result<(), ClusterError>>;

    /// Development only: every shard of the cluster has come to `to`, so customer time stands there on this node, also after a
    /// restart.
    fn settle_clock(&self, to: Timestamp) -> BoxFuture<'_, Result<(), ClusterError>>;

    /// What is equal on every node.
    fn settings(&self) -> BoxFuture<'_, Result<ClusterSettings, ClusterError>>;
}

/// The cluster as one node sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterView {
    /// Its id.
    pub cluster: ClusterId,
    /// Every node.
    pub nodes: Vec<NodeView>,
    /// Every shard, in order.
    pub shards: Vec<ShardView>,
    /// The newest documents.
    pub definitions_version: DefinitionsVersion,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeView {
    /// Its id.
    pub node: NodeId,
    /// Where services reach it.
    pub address: String,
    /// What stands in the way of its serving; empty is ready.
    pub obstacles: Vec<String>,
    /// Its failure domain; empty if it has none.
    pub zone: String,
}

/// One shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardView {
    /// Which.
    pub shard: ShardId,
    /// Who leads it.
    pub leader: Option<NodeId>,
    /// Its activation.
    pub epoch: Epoch,
    /// The last batch applied.
    pub seq: Seq,
    /// The documents it decides under.
    pub definitions_version: DefinitionsVersion,
    /// Log entries that are durable and not yet applied.
    pub apply_lag: u64,
    /// Customers with an actor.
    pub active_customers: u64,
    /// Sends that wait for delivery.
    pub outbox: u64,
    /// The nodes with a replica of it; the first is to lead while it can.
    pub replicas: Vec<NodeId>,
}

/// What a walk over all enrolments found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Customers looked at.
    pub customers: u64,
    /// Enrolments looked at.
    pub enrolments: u64,
    /// Timer rows looked at.
    pub timers: u64,
    /// What is wrong, at most 1,000.
    pub violations: Vec<Violation>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub shard: ShardId,
    /// Whose, if it is about one customer.
    pub customer: Option<CustomerId>,
    /// What.
    pub what: String,
}

/// What is equal on every node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterSettings {
    /// Chosen at bootstrap, never changed.
    pub shard_count: u32,
    /// The zone of a customer who states none and whose journey names none.
    pub fallback_zone: String,
    /// An older event triggers nothing, in milliseconds.
    pub trigger_max_age_ms: i64,
    /// For how long a message id is remembered by itself, in milliseconds.
    pub dedup_retention_ms: i64,
    /// For how long events are kept, in milliseconds.
    pub history_retention_ms: i64,
    /// Whether customer time is stepped by `AdvanceClock`.
    pub test_clock: bool,
}

/// Why the cluster did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// Not in this state of the cluster.
    #[error("{reason}")]
    Refused {
        /// Why, and what to do instead.
        reason: String,
    },
    /// Not now.
    #[error("{reason}; try again")]
    Unavailable {
        /// Why.
        reason: String,
    },
}
