//! What the leader of the system group sees to: that every node's replica is in the group, that up to five of them vote,
//! and that the shards are placed once all wanted nodes are there.
//!
//! Each look compares what is with what the rows say and does the next thing, so that a new leader goes on where the old
//! one stopped.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use baton_consensus::group::leadership::Leadership;
use baton_consensus::type_config::Member;
use baton_model::ids::ReplicaId;
use baton_storage::records::{NodeRecord, cluster_write, shard_write};

use super::spread::spread;
use super::{SystemGroup, WriteError};

/// Voters of the system group: two may be lost. More would only make every publish wait for more disks.
const VOTERS_MAX: usize = 5;
/// How often the leader looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// A replica that is at most so many entries behind may vote: it catches up while its vote is being added.
const LAG_MAX: u64 = 100;

/// Why a look did not do what it wanted. The next one tries again.
#[derive(Debug, thiserror::Error)]
enum TendError {
    #[error(transparent)]
    Members(#[from] baton_consensus::group::membership::ChangeError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Rows(#[from] super::SystemRowsError),
}

impl SystemGroup {
    /// Looks until the replica stops.
    pub(crate) async fn tend(self: Arc<Self>) {
        let leadership = self.group().leadership();
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = leadership.borrow().clone();
            match now {
                Leadership::Leading { .. } => {
                    if let Err(error) = self.look().await {
                        tracing::debug!(%error, "the system group is looked after again later");
                    }
                }
                Leadership::Following { .. } => {}
                Leadership::Stopped => return,
            }
        }
    }

    async fn look(&self) -> Result<(), TendError> {
        let topology = self.topology();
        let members = self.group().members();
        for node in topology.nodes.values() {
            let member = member_of(node);
            if members.all.get(&node.system_replica) != Some(&member) {
                self.group().add_learner(node.system_replica, member).await?;
            }
        }
        if let Some(replica) = self.ready_to_vote(&members.voters) {
            let mut voters = members.voters;
            voters.insert(replica);
            self.group().change_voters(voters).await?;
            tracing::info!(%replica, "a replica of the system group votes now");
        }
        let Some(cluster) = &topology.cluster else { return Ok(()) };
        if topology.shards.is_empty() && topology.nodes.len() >= cluster.nodes_wanted as usize {
            self.place_shards().await?;
        }
        Ok(())
    }

    /// A replica that follows closely and may vote.
    fn ready_to_vote(&self, voters: &BTreeSet<ReplicaId>) -> Option<ReplicaId> {
        if voters.len() >= VOTERS_MAX {
            return None;
        }
        let last = self.group().status().last_log_index?;
        let close = |matched: Option<u64>| matched.is_some_and(|matched| matched + LAG_MAX >= last);
        let mut followers = self.group().matched().into_iter();
        followers.find(|(replica, matched)| !voters.contains(replica) && close(*matched)).map(|(replica, _)| replica)
    }

    async fn place_shards(&self) -> Result<(), TendError> {
        let mut course = self.lead().await?;
        let topology = self.read_topology().await?;
        let Some(mut cluster) = topology.cluster.filter(|_| topology.shards.is_empty()) else { return Ok(()) };
        let shards = spread(cluster.shard_count, &topology.nodes, cluster.next_replica);
        let replicas: usize = shards.iter().map(|shard| shard.replicas.len()).sum();
        cluster.next_replica += replicas as u64;
        let mut writes = vec![cluster_write(&cluster)];
        writes.extend(shards.iter().map(shard_write));
        let version = course.version();
        course.write(writes, version).await?;
        tracing::info!(shards = shards.len(), nodes = topology.nodes.len(), "the shards are placed");
        Ok(())
    }
}

/// A node as a member of groups.
pub(crate) fn member_of(node: &NodeRecord) -> Member {
    Member { node: node.node, address: node.peer_address.clone(), zone: node.zone.clone() }
}
