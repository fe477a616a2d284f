//! What the cluster is, in the system group: itself, its nodes, and where each shard's replicas are.
//!
//! Keys: kind 0x41 alone for the cluster; kind 0x42 and the node (u64); kind 0x43 and the shard (u32), big endian. One row for
//! each node that ever joined and for each shard. Values, layout version 1.

use baton_model::ids::{ClusterId, NodeId, ReplicaId, ShardId};
use baton_ports::record_store::{KeyRange, Order, Records};
use baton_shard::entry::RowWrite;
use bytes::Bytes;
use jiff::Timestamp;

use super::layout::{Layout, layout_struct, layout_words};
use super::{ReadError, key, layout};

/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

layout_words!(ClusterId, NodeId, ReplicaId, ShardId);

/// The cluster, and what is equal on every node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterRecord {
    /// Its id; part of every send id.
    pub cluster: ClusterId,
    /// How many shards it has, for ever.
    pub shard_count: u32,
    /// How many nodes must be there before the shards are made.
    pub nodes_wanted: u32,
    /// SHA-256 of the token that lets a node join, in hexadecimal digits.
    pub token_hash: String,
    /// The number that the next node gets.
    pub next_node: u64,
    /// The id that the next replica gets. Given out once each, and never again.
    pub next_replica: u64,
    /// The zone of customers about whom nothing better is known.
    pub fallback_zone: String,
    /// Hours after which an event updates what is known and triggers nothing.
    pub trigger_max_age_hours: u32,
    /// Days for which a message id alone makes an event a repeat.
    pub dedup_days: u32,
    /// Days for which events are kept.
    pub history_days: u32,
    /// Days for which decision records are kept.
    pub records_days: u32,
    /// Development only: where customer time stands. It is stepped, and never goes back.
    pub test_clock: Option<Timestamp>,
}

layout_struct!(ClusterRecord {
    cluster,
    shard_count,
    nodes_wanted,
    token_hash,
    next_node,
    next_replica,
    fallback_zone,
    trigger_max_age_hours,
    dedup_days,
    history_days,
    records_days,
    test_clock,
});

/// A node of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRecord {
    /// Its number.
    pub node: NodeId,
    /// The id of its replica of the system group.
    pub system_replica: ReplicaId,
    /// What it made up when it joined: a repetition has the same, a wiped disk another one.
    pub nonce: String,
    /// Where its peers reach it, as `host:port`.
    pub peer_address: String,
    /// Where services reach it, as `host:port`.
    pub grpc_address: String,
    /// Its failure domain.
    pub zone: String,
    /// When it joined, by the system group's time.
    pub joined_at: Timestamp,
}

layout_struct!(NodeRecord { node, system_replica, nonce, peer_address, grpc_address, zone, joined_at });

/// Where the replicas of a shard are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardRecord {
    /// Which.
    pub shard: ShardId,
    /// Its replicas. The first is the one that is to lead while it can.
    pub replicas: Vec<PlacedReplica>,
}

layout_struct!(ShardRecord { shard, replicas });

/// A replica and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacedReplica {
    /// Its id.
    pub replica: ReplicaId,
    /// The node it is on.
    pub node: NodeId,
}

layout_struct!(PlacedReplica { replica, node });

/// The row of the cluster.
pub fn cluster_write(cluster: &ClusterRecord) -> RowWrite {
    write(key::prefix(key::Kind::Cluster).into(), cluster)
}

/// The row of a node.
pub fn node_write(node: &NodeRecord) -> RowWrite {
    write(key::node(node.node), node)
}

/// The row of a shard.
pub fn shard_write(shard: &ShardRecord) -> RowWrite {
    write(key::shard(shard.shard), shard)
}

/// The cluster, once it was founded.
pub fn cluster(records: &dyn Records) -> Result<Option<ClusterRecord>, ReadError> {
    let key = key::prefix(key::Kind::Cluster);
    let row = records.get(&key)?;
    row.map(|value| layout::read_row(VERSION, &value).map_err(|cause| ReadError::row("cluster", &key, cause)))
        .transpose()
}

/// Every node, in the order of their numbers.
pub fn nodes(records: &dyn Records) -> Result<Vec<NodeRecord>, ReadError> {
    list(records, key::Kind::Node, "node")
}

/// Every shard, in order.
pub fn shards(records: &dyn Records) -> Result<Vec<ShardRecord>, ReadError> {
    list(records, key::Kind::Shard, "shard")
}

fn write<T: Layout>(key: Bytes, value: &T) -> RowWrite {
    RowWrite { key, value: Some(layout::row(VERSION, value)) }
}

fn list<T: Layout>(records: &dyn Records, kind: key::Kind, name: &'static str) -> Result<Vec<T>, ReadError> {
    let rows = records.range(KeyRange::prefix(key::prefix(kind)), Order::Ascending);
    rows.map(|row| {
        let row = row?;
        layout::read_row(VERSION, &row.value).map_err(|cause| ReadError::row(name, &row.key, cause))
    })
    .collect()
}
