//! The first rows of a cluster: itself and its first node.

use baton_model::ids::{ClusterId, NodeId, ReplicaId};
use baton_storage::records::{ClusterRecord, NodeRecord, cluster_write, node_write};

use super::{SystemGroup, WriteError};
use crate::birth::Founding;
use crate::config::ClusterConfig;

/// The first node's number.
pub(crate) const FIRST_NODE: NodeId = NodeId(1);
/// The id of the first node's replica of the system group.
pub(crate) const FIRST_REPLICA: ReplicaId = ReplicaId(1);

impl SystemGroup {
    /// Writes the first rows, unless they are there. Only the node on which the cluster was born does.
    pub(crate) async fn found(
        &self,
        cluster: ClusterId,
        shard_count: u32,
        founding: &Founding,
        first: NodeRecord,
        settings: &ClusterConfig,
    ) -> Result<(), WriteError> {
        let mut course = self.lead().await?;
        let known = self.read_topology().await.map_err(|error| WriteError::Unknown { reason: error.to_string() })?;
        if known.cluster.is_some() {
            return Ok(());
        }
        let record = ClusterRecord {
            cluster,
            shard_count,
            nodes_wanted: founding.nodes,
            token_hash: founding.token_hash.clone(),
            next_node: FIRST_NODE.0 + 1,
            next_replica: FIRST_REPLICA.0 + 1,
            fallback_zone: settings.fallback_zone.clone(),
            trigger_max_age_hours: settings.trigger_max_age_hours,
            dedup_days: settings.dedup_days,
            history_days: settings.history_days,
            records_days: settings.records_days,
            test_clock: None,
        };
        let version = course.version();
        course.write(vec![cluster_write(&record), node_write(&first)], version).await
    }
}
