//! Taking a node into the cluster: a row with its number and the id of its replica. The rest is tended to afterwards.

use baton_model::ids::{NodeId, ReplicaId};
use baton_ports::gateway::{JoinRequest, Joined, MembershipError};
use baton_storage::records::{NodeRecord, cluster_write, node_write};

use super::SystemGroup;
use crate::birth::{hash, is_nonce};

impl SystemGroup {
    /// Gives the caller its number. The same nonce gets the same one; a node whose disk was wiped has another nonce and
    /// becomes another node, because what its old replica promised is forgotten.
    pub(crate) async fn join(&self, request: JoinRequest) -> Result<Joined, MembershipError> {
        if !is_nonce(&request.nonce) {
            let message = "it is no nonce: draw 32 hexadecimal digits, and keep them before asking".to_owned();
            return Err(MembershipError::Invalid { field: "nonce", message });
        }
        check_address("peer_address", &request.peer_address)?;
        check_address("grpc_address", &request.grpc_address)?;
        let unavailable = |reason: String| MembershipError::Unavailable { reason };
        let mut course = self.lead().await.map_err(|error| unavailable(error.to_string()))?;
        let topology = self.read_topology().await.map_err(|error| unavailable(error.to_string()))?;
        let Some(mut cluster) = topology.cluster else {
            return Err(unavailable("the cluster is being founded".to_owned()));
        };
        if hash(&request.token) != cluster.token_hash {
            return Err(MembershipError::WrongToken);
        }
        if let Some(configured) = request.shard_count.filter(|count| *count != cluster.shard_count) {
            return Err(MembershipError::ShardCount { configured, actual: cluster.shard_count });
        }
        let shard_count = cluster.shard_count;
        if let Some(known) = topology.nodes.values().find(|node| node.nonce == request.nonce) {
            return Ok(Joined { node: known.node, system_replica: known.system_replica, shard_count });
        }
        if let Some(other) = topology.nodes.values().find(|node| node.peer_address == request.peer_address) {
            tracing::warn!(node = %other.node, address = request.peer_address, "another node joins at this address");
        }
        let record = NodeRecord {
            node: NodeId(cluster.next_node),
            system_replica: ReplicaId(cluster.next_replica),
            nonce: request.nonce,
            peer_address: request.peer_address,
            grpc_address: request.grpc_address,
            zone: request.zone,
            joined_at: self.clock.now(),
        };
        cluster.next_node += 1;
        cluster.next_replica += 1;
        let version = course.version();
        let written = course.write(vec![cluster_write(&cluster), node_write(&record)], version).await;
        written.map_err(|error| unavailable(error.to_string()))?;
        tracing::info!(node = %record.node, address = record.peer_address, zone = record.zone, "a node joined");
        Ok(Joined { node: record.node, system_replica: record.system_replica, shard_count })
    }
}

fn check_address(field: &'static str, address: &str) -> Result<(), MembershipError> {
    let valid = address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if valid {
        return Ok(());
    }
    let message = format!("`{address}` is no address: write host:port");
    Err(MembershipError::Invalid { field, message })
}
