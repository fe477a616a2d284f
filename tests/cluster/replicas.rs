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

/// Differing rows that are shown.
const SHOWN_MAX: usize = 5;

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
                let differing = differing(rows, &other.groups[group]);
                assert!(differing.is_empty(), "{group}: nodes 1 and {} differ in {differing:?}", node.number());
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

/// The keys that only one has, or both with other values; the first ones.
fn differing<'r>(one: &'r Rows, other: &'r Rows) -> Vec<&'r Bytes> {
    let changed = one.iter().filter(|(key, value)| other.get(*key) != Some(value)).map(|(key, _)| key);
    let more = other.keys().filter(|key| !one.contains_key(*key));
    changed.chain(more).take(SHOWN_MAX).collect()
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

#[cfg(test)]
mod tests {
    //! Two replicas by hand.

    use super::*;

    fn check(one: &[(&'static str, &'static str)], other: &[(&'static str, &'static str)], expected: &[&str]) {
        let rows = |rows: &[(&'static str, &'static str)]| -> Rows {
            rows.iter().map(|(key, value)| (Bytes::from(*key), Bytes::from(*value))).collect()
        };
        assert_eq!(differing(&rows(one), &rows(other)), expected);
    }

    #[test]
    fn a_row_that_is_missing_more_or_other_is_found() {
        check(&[("a", "1"), ("b", "2")], &[("a", "1"), ("b", "2")], &[]);
        check(&[("a", "1"), ("b", "2")], &[("a", "1")], &["b"]);
        check(&[("a", "1")], &[("a", "1"), ("c", "3")], &["c"]);
        check(&[("a", "1"), ("b", "2")], &[("a", "1"), ("b", "3")], &["b"]);
    }
}
