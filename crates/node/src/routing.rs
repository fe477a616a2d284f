//! Who leads what, as this node's replicas know.

use std::sync::Arc;
use std::time::Duration;

use baton_consensus::group::Group;
use baton_consensus::group::leadership::Leadership;
use baton_model::ids::{NodeId, ShardId, Slot, WorkspaceId};
use baton_model::text_id::CustomerId;
use baton_ports::routing::{PeerNode, Route, Routing};
use baton_storage::records::NodeRecord;

use crate::shards::Shards;
use crate::system::SystemGroup;

/// When a caller may ask again where nobody leads: about an election.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(250);

/// The routes of a node.
pub(crate) struct Routes {
    pub(crate) here: PeerNode,
    pub(crate) shard_count: u32,
    pub(crate) system: Arc<SystemGroup>,
    pub(crate) shards: Arc<Shards>,
}

impl Routing for Routes {
    fn shard_of(&self, customer: &CustomerId) -> ShardId {
        Slot::of(WorkspaceId(0), customer).shard(self.shard_count)
    }

    fn shards(&self) -> Vec<ShardId> {
        self.system.topology().shards.keys().copied().collect()
    }

    fn shard(&self, shard: ShardId) -> Route {
        if let Some(served) = self.shards.get(shard) {
            return self.leader(&served.group, &format!("shard {shard} has no leader"));
        }
        let topology = self.system.topology();
        match topology.shards.get(&shard).and_then(|record| record.replicas.first()) {
            // Whoever is to lead knows who does.
            Some(placed) if placed.node != self.here.node => self.peer(placed.node),
            Some(_) => nobody(format!("shard {shard} is being started")),
            None => {
                let (there, wanted) = (topology.nodes.len(), topology.cluster.as_ref().map_or(0, |c| c.nodes_wanted));
                nobody(format!("waiting for nodes {there}/{wanted}"))
            }
        }
    }

    fn holders(&self, shard: ShardId) -> Vec<PeerNode> {
        if self.shards.get(shard).is_some() {
            return vec![self.here.clone()];
        }
        let topology = self.system.topology();
        let placed = topology.shards.get(&shard).into_iter().flat_map(|record| &record.replicas);
        let nodes = placed.filter(|placed| placed.node != self.here.node);
        nodes.filter_map(|placed| topology.nodes.get(&placed.node)).map(peer_node).collect()
    }

    fn system(&self) -> Route {
        self.leader(self.system.group(), "the system group has no leader")
    }

    fn here(&self) -> PeerNode {
        self.here.clone()
    }

    fn peers(&self) -> Vec<PeerNode> {
        let topology = self.system.topology();
        topology.nodes.values().filter(|node| node.node != self.here.node).map(peer_node).collect()
    }
}

impl Routes {
    fn leader(&self, group: &Group, nobody_leads: &str) -> Route {
        match &*group.leadership().borrow() {
            Leadership::Leading { .. } => Route::Here,
            Leadership::Following { leader: Some(hint) } => match &hint.member {
                Some(member) => self.peer(member.node),
                None => nobody(nobody_leads.to_owned()),
            },
            Leadership::Following { leader: None } => nobody(nobody_leads.to_owned()),
            Leadership::Stopped => nobody("the replica of this node has stopped".to_owned()),
        }
    }

    fn peer(&self, node: NodeId) -> Route {
        let topology = self.system.topology();
        let record = topology.nodes.get(&node);
        record.map_or_else(|| nobody(format!("node {node} is not known yet")), |node| Route::Peer(peer_node(node)))
    }
}

fn peer_node(node: &NodeRecord) -> PeerNode {
    PeerNode { node: node.node, peer_address: node.peer_address.clone(), grpc_address: node.grpc_address.clone() }
}

fn nobody(reason: String) -> Route {
    Route::Nobody { reason, after: ASK_AGAIN_AFTER }
}
