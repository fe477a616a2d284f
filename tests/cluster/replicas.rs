//! The records on the disks of nodes that were stopped: every replica of a shard holds the same rows.

use std::collections::BTreeMap;
use std::fmt;

use baton_local_cluster::Node;
use baton_ports::record_store::{KeyRange, KeyspaceName, Order};
use baton_storage::engine::Engine;
use bytes::Bytes;

use crate::arena::SHARDS;

/// Rows of customers, timers and sends have kinds from here on (`storage/src/records.rs`). Those below say how far a replica
/// has come, which differs by who led last.
const KIND_MIN: u8 = 0x10;

/// Plenty for what a test writes.
const CACHE_BYTES: u64 = 8 << 20;

type Rows = BTreeMap<Bytes, Bytes>;

/// What the disks of all nodes hold.
#[derive(Debug)]
pub(crate) struct Replicas {
    /// On each of them.
    rows: usize,
    /// How many snapshots each node installed, by its number.
    pub(crate) snapshots: BTreeMap<usize, u64>,
}

impl Replicas {
    /// Compares all replicas of all shards.
    pub(crate) fn compare(nodes: &[Node]) -> Self {
        let disks: Vec<Disk> = nodes.iter().map(Disk::read).collect();
        let (first, others) = disks.split_first().unwrap();
        assert_eq!(first.groups.len(), SHARDS as usize, "{:?}", first.groups.keys());
        for (other, node) in others.iter().zip(&nodes[1..]) {
            assert!(
                other.groups.keys().eq(first.groups.keys()),
                "node {} has {:?}",
                node.number(),
                other.groups.keys()
            );
            for (group, rows) in &first.groups {
                compare_rows(group, rows, &other.groups[group], node.number());
            }
        }
        let rows = first.groups.values().map(Rows::len).sum();
        assert!(rows > 0, "nothing was written");
        Self { rows, snapshots: nodes.iter().map(Node::number).zip(disks.iter().map(|disk| disk.snapshots)).collect() }
    }
}

impl fmt::Display for Replicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows are the same on all nodes; snapshots that each installed: {:?}", self.rows, self.snapshots)
    }
}

fn compare_rows(group: &str, rows: &Rows, others: &Rows, number: usize) {
    let differs = |(key, value): &(&Bytes, &Bytes)| others.get(*key) != Some(value);
    let differing: Vec<_> = rows.iter().filter(differs).map(|(key, _)| key).take(5).collect();
    let more: Vec<_> = others.keys().filter(|key| !rows.contains_key(*key)).take(5).collect();
    let is_same = differing.is_empty() && more.is_empty();
    assert!(is_same, "{group}: of node 1, node {number} has other rows {differing:?}, and only it has {more:?}");
}

/// One disk.
struct Disk {
    groups: BTreeMap<String, Rows>,
    snapshots: u64,
}

impl Disk {
    fn read(node: &Node) -> Self {
        let store = Engine::Fjall.open(&node.home().join("data/customers"), CACHE_BYTES).unwrap();
        // A replica's rows are in the keyspace of its newest generation; every snapshot begins the next one.
        let mut newest: BTreeMap<String, (u64, KeyspaceName)> = BTreeMap::new();
        for name in store.names().unwrap() {
            let text = name.to_string();
            let Some((replica, generation)) = text.split_once(".generation-") else { continue };
            let group = replica.split_once('.').unwrap().0.to_owned();
            let generation: u64 = generation.parse().unwrap();
            if newest.get(&group).is_none_or(|(other, _)| *other < generation) {
                newest.insert(group, (generation, name));
            }
        }
        let snapshots = newest.values().map(|(generation, _)| generation - 1).sum();
        let rows = |(_, name): (u64, KeyspaceName)| -> Rows {
            let rows = store.open(&name).unwrap().range(KeyRange::all(), Order::Ascending);
            rows.map(|row| row.map(|row| (row.key, row.value)).unwrap()).filter(|(key, _)| key[0] >= KIND_MIN).collect()
        };
        Self { groups: newest.into_iter().map(|(group, name)| (group, rows(name))).collect(), snapshots }
    }
}
