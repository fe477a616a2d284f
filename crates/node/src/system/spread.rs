//! Where the replicas of new shards go: on nodes of different zones as far as there are, every node with as many as the
//! others, and every node first in as many.

use std::collections::BTreeMap;

use baton_model::ids::{NodeId, ReplicaId, ShardId};
use baton_storage::records::{NodeRecord, PlacedReplica, ShardRecord};

/// Replicas of a shard, if there are as many nodes: one may be lost, and two still agree.
const REPLICAS: usize = 3;

/// Places `shard_count` new shards on the nodes. Replicas are numbered from `next_replica` on.
pub(crate) fn spread(shard_count: u32, nodes: &BTreeMap<NodeId, NodeRecord>, next_replica: u64) -> Vec<ShardRecord> {
    let nodes = interleave_zones(nodes);
    let mut ids = (next_replica..).map(ReplicaId);
    let rows = (0..shard_count).map(ShardId).map(|shard| {
        let start = shard.0 as usize % nodes.len().max(1);
        let turn = nodes.iter().cycle().skip(start).take(nodes.len());
        let replicas = choose(turn).into_iter().zip(&mut ids);
        let replicas = replicas.map(|(node, replica)| PlacedReplica { replica, node }).collect();
        ShardRecord { shard, replicas }
    });
    rows.collect()
}

/// Nodes so that neighbours are of different zones where possible.
fn interleave_zones(nodes: &BTreeMap<NodeId, NodeRecord>) -> Vec<&NodeRecord> {
    let mut zones: BTreeMap<&str, Vec<&NodeRecord>> = BTreeMap::new();
    for node in nodes.values() {
        zones.entry(&node.zone).or_default().push(node);
    }
    let longest = zones.values().map(Vec::len).max().unwrap_or(0);
    (0..longest).flat_map(|place| zones.values().filter_map(move |zone| zone.get(place).copied())).collect()
}

/// The first nodes of a turn, those of a new zone before those of a zone that is taken.
fn choose<'a>(turn: impl Iterator<Item = &'a &'a NodeRecord>) -> Vec<NodeId> {
    let (mut chosen, mut spare, mut zones) = (Vec::new(), Vec::new(), Vec::new());
    for node in turn {
        if zones.contains(&&node.zone) {
            spare.push(node.node);
        } else {
            zones.push(&node.zone);
            chosen.push(node.node);
        }
    }
    chosen.extend(spare);
    chosen.truncate(REPLICAS);
    chosen
}

#[cfg(test)]
mod tests;
