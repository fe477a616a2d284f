//! Placements of many sizes: every node has as much as the others, and zones differ as far as there are.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::*;

fn nodes(zones: &[&str]) -> BTreeMap<NodeId, NodeRecord> {
    let node = |(index, zone): (usize, &&str)| {
        let node = NodeId(index as u64 + 1);
        let record = NodeRecord {
            node,
            system_replica: ReplicaId(node.0),
            nonce: String::new(),
            peer_address: String::new(),
            grpc_address: String::new(),
            zone: (*zone).to_owned(),
            joined_at: Timestamp::UNIX_EPOCH,
        };
        (node, record)
    };
    zones.iter().enumerate().map(node).collect()
}

/// Checks a placement; returns how many replicas, and how many first ones, each node has.
fn check(shard_count: u32, zones: &[&str], zones_of_a_shard: usize) -> Vec<(usize, usize)> {
    let nodes = nodes(zones);
    let shards = spread(shard_count, &nodes, 100);
    let ids: Vec<u64> = shards.iter().flat_map(|shard| shard.replicas.iter().map(|placed| placed.replica.0)).collect();
    assert_eq!(ids, (100..100 + ids.len() as u64).collect::<Vec<_>>(), "ids are dense and given out once");
    for shard in &shards {
        let on: BTreeSet<NodeId> = shard.replicas.iter().map(|placed| placed.node).collect();
        assert_eq!(on.len(), zones.len().min(REPLICAS), "no two replicas of a shard on a node");
        let spread: BTreeSet<&str> = on.iter().map(|node| nodes[node].zone.as_str()).collect();
        assert_eq!(spread.len(), zones_of_a_shard, "shard {}", shard.shard);
    }
    let of = |node: &NodeId| {
        let all = shards.iter().flat_map(|shard| &shard.replicas).filter(|placed| placed.node == *node).count();
        let first = shards.iter().filter(|shard| shard.replicas[0].node == *node).count();
        (all, first)
    };
    nodes.keys().map(of).collect()
}

#[test]
fn replicas_and_leads_are_even() {
    assert_eq!(check(4, &["a"], 1), [(4, 4)]);
    assert_eq!(check(32, &["a", "a", "a"], 1), [(32, 11), (32, 11), (32, 10)]);
    assert_eq!(check(12, &["a", "b", "c", "a", "b", "c"], 3), [(6, 2); 6]);
    // The only node of a zone is in every shard: zones come before evenness.
    assert_eq!(check(10, &["a", "b", "c", "a", "b"], 3), [(4, 2), (4, 2), (10, 2), (6, 2), (6, 2)]);
}

#[test]
fn zones_differ_as_far_as_there_are() {
    check(32, &["a", "a", "b", "b", "c", "c"], 3);
    check(32, &["a", "a", "a", "b"], 2);
}
