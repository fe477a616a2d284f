//! The cluster as its rows say: kept up to date on every node, as its replica of the system group applies them.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_model::ids::{NodeId, ReplicaId, ShardId};
use baton_storage::records::{
    ClusterRecord, NodeRecord, ReadError, ShardRecord, cluster, cluster_write, nodes, shards,
};
use jiff::Timestamp;
use tokio::sync::watch;

use super::{SystemGroup, SystemRowsError, WriteError};
use crate::clock::TestClock;

/// Who belongs to the cluster, and where its shards are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Topology {
    /// The cluster, once it was founded.
    pub(crate) cluster: Option<ClusterRecord>,
    /// Its nodes.
    pub(crate) nodes: BTreeMap<NodeId, NodeRecord>,
    /// Its shards; none before all wanted nodes are there.
    pub(crate) shards: BTreeMap<ShardId, ShardRecord>,
}

impl Topology {
    /// Where customer time stands, if it was ever stepped.
    pub(crate) fn test_clock(&self) -> Option<Timestamp> {
        self.cluster.as_ref()?.test_clock
    }

    /// The replica of a shard that is on a node, if one is.
    pub(crate) fn replica_on(&self, shard: ShardId, node: NodeId) -> Option<ReplicaId> {
        let record = self.shards.get(&shard)?;
        record.replicas.iter().find(|placed| placed.node == node).map(|placed| placed.replica)
    }
}

impl SystemGroup {
    /// The newest that this node knows.
    pub(crate) fn topology(&self) -> Arc<Topology> {
        Arc::clone(&self.topology.borrow())
    }

    /// The topology as it changes.
    pub(crate) fn watch_topology(&self) -> watch::Receiver<Arc<Topology>> {
        self.topology.subscribe()
    }

    /// Reads the topology from the rows that are applied here.
    pub(crate) async fn read_topology(&self) -> Result<Topology, SystemRowsError> {
        self.read(|records| {
            let nodes = nodes(records)?.into_iter().map(|node| (node.node, node)).collect();
            let shards = shards(records)?.into_iter().map(|shard| (shard.shard, shard)).collect();
            Ok::<_, ReadError>(Topology { cluster: cluster(records)?, nodes, shards })
        })
        .await
    }

    /// Reads the topology now.
    pub(crate) async fn refresh(&self) -> Result<(), SystemRowsError> {
        let now = self.read_topology().await?;
        self.topology.send_if_modified(|before| {
            let changed = **before != now;
            if changed {
                *before = Arc::new(now);
            }
            changed
        });
        Ok(())
    }

    /// Reads the topology now, and whenever something was applied, until the replica stops.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut applied = self.group().applied();
        loop {
            if let Err(error) = self.refresh().await {
                tracing::error!(%error, "what this node knows of the cluster may be old");
            }
            if applied.changed().await.is_err() {
                return;
            }
        }
    }

    /// Notes where customer time was stepped to. Only the leader can.
    pub(crate) async fn write_test_clock(&self, to: Timestamp) -> Result<(), WriteError> {
        let mut course = self.lead().await?;
        let known = self.read_topology().await.map_err(|error| WriteError::Unknown { reason: error.to_string() })?;
        let Some(mut cluster) = known.cluster.filter(|cluster| cluster.test_clock.is_none_or(|at| at < to)) else {
            return Ok(());
        };
        cluster.test_clock = Some(to);
        let version = course.version();
        course.write(vec![cluster_write(&cluster)], version).await
    }

    /// Keeps a node's test clock where the cluster's stands, until the replica stops.
    pub(crate) async fn keep_test_clock(self: Arc<Self>, clock: Arc<TestClock>) {
        let mut topology = self.watch_topology();
        loop {
            if let Some(at) = topology.borrow_and_update().test_clock() {
                clock.step_to(at);
            }
            if topology.changed().await.is_err() {
                return;
            }
        }
    }
}
