//! The configuration file of a node, as the launcher writes it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use toml::{Table, Value};

use crate::config::{Config, NodeOptions};

/// What the file of one node says about the cluster around it.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) number: usize,
    pub(crate) grpc: SocketAddr,
    pub(crate) http: SocketAddr,
    /// Its folder.
    pub(crate) home: &'a Path,
    /// How it and its peers find each other.
    pub(crate) peers: Peers,
    /// The id, if it is known.
    pub(crate) cluster_id: Option<&'a str>,
    /// Lets it join.
    pub(crate) join_token: Option<&'a str>,
}

/// How a node and its peers find each other.
#[derive(Debug)]
pub(crate) struct Peers {
    /// Where it listens for them.
    pub(crate) listen: SocketAddr,
    /// Where they listen. Empty for the node on which the cluster is born: it joins nobody.
    pub(crate) seeds: Vec<SocketAddr>,
    /// What it dials instead of a peer's own address.
    pub(crate) dial: BTreeMap<SocketAddr, SocketAddr>,
}

/// The whole file: what the launcher decides, then what all nodes get, then what this one gets.
pub(crate) fn file(config: &Config, place: &Place<'_>) -> Table {
    let mut file = decided(config, place);
    for options in options(config, place.number) {
        merge(&mut file, &options.settings);
    }
    file
}

/// The options that hold for a node, in the order in which they win.
pub(crate) fn options(config: &Config, number: usize) -> impl Iterator<Item = &NodeOptions> {
    std::iter::once(&config.every_node).chain(config.one_node.get(&number))
}

fn decided(config: &Config, place: &Place<'_>) -> Table {
    let mut node = Table::new();
    node.insert("zone".to_owned(), Value::String(format!("zone-{}", place.number)));
    node.insert("grpc".to_owned(), text(&place.grpc));
    node.insert("http".to_owned(), text(&place.http));
    let mut cluster = Table::new();
    cluster.insert("shard_count".to_owned(), Value::Integer(config.shard_count.into()));
    let known = [("id", place.cluster_id), ("join_token", place.join_token)];
    cluster.extend(known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), text(&value?)))));
    let peers = &place.peers;
    node.insert("peer".to_owned(), text(&peers.listen));
    node.insert("advertise_peer".to_owned(), text(&peers.listen));
    if !peers.dial.is_empty() {
        let dial = peers.dial.iter().map(|(peer, relay)| (peer.to_string(), text(relay)));
        node.insert("dial".to_owned(), Value::Table(dial.collect()));
    }
    if !peers.seeds.is_empty() {
        cluster.insert("seeds".to_owned(), Value::Array(peers.seeds.iter().map(text).collect()));
    }
    let mut file = Table::new();
    file.insert("node".to_owned(), Value::Table(node));
    file.insert("cluster".to_owned(), Value::Table(cluster));
    if let Some(elections) = config.elections {
        let milliseconds = [
            ("heartbeat_ms", elections.heartbeat_ms),
            ("election_min_ms", elections.election_min_ms),
            ("election_max_ms", elections.election_max_ms),
        ];
        let integer = |value: u64| Value::Integer(i64::try_from(value).unwrap_or(i64::MAX));
        let raft = milliseconds.into_iter().map(|(key, value)| (key.to_owned(), integer(value)));
        file.insert("raft".to_owned(), Value::Table(raft.collect()));
    }
    let dir = place.home.join("data").display().to_string();
    file.insert("storage".to_owned(), Value::Table(Table::from_iter([("dir".to_owned(), Value::String(dir))])));
    file
}

fn text(value: &impl ToString) -> Value {
    Value::String(value.to_string())
}

/// Tables are merged, anything else is replaced.
fn merge(file: &mut Table, more: &Table) {
    for (key, value) in more {
        match (file.get_mut(key), value) {
            (Some(Value::Table(table)), Value::Table(more)) => merge(table, more),
            _ => {
                file.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests;
