//! What a local cluster is started with.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use toml::Table;

/// What a local cluster is started with. Begin with [`Config::new`] and change what differs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The `baton` to run; see [`binary_of_sources`](crate::binary_of_sources).
    pub binary: PathBuf,
    /// How many nodes, at least one. They are numbered from 1, as their files are.
    pub nodes: usize,
    /// Where everything is kept; made if it is missing, refused if it holds a cluster. A temporary folder if not given.
    pub folder: Option<PathBuf>,
    /// 32 hexadecimal digits; drawn at birth if not given. A fixed one makes the ids of sends repeatable.
    pub cluster_id: Option<String>,
    /// How many shards the cluster is born with.
    pub shard_count: u32,
    /// How leaders are elected; the defaults of the product if not given.
    pub elections: Option<Elections>,
    /// Whether nodes reach each other through relays, so that the network can be broken.
    pub relays: bool,
    /// What all nodes get.
    pub every_node: NodeOptions,
    /// What one node gets on top, by its number.
    pub one_node: BTreeMap<usize, NodeOptions>,
    /// How long the start of one node, or the birth of the cluster, may take.
    pub start_max: Duration,
}

/// What a node gets beyond what the launcher decides.
#[derive(Debug, Clone, Default)]
pub struct NodeOptions {
    /// Keys of its configuration file, such as `delivery`. They win over those of the launcher; tables are merged.
    pub settings: Table,
    /// Flags of `baton serve`. A relative path in them lies in the folder of the node.
    pub flags: Vec<String>,
    /// Variables on top of the environment of this process.
    pub environment: BTreeMap<String, String>,
}

/// How leaders are elected: the keys of section `raft`. Milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elections {
    /// Between two heartbeats of a leader.
    pub heartbeat_ms: u64,
    /// A follower that hears nothing for this long at least stands for election.
    pub election_min_ms: u64,
    /// And for this long at most.
    pub election_max_ms: u64,
}

impl Config {
    /// Some nodes with 32 shards, in a temporary folder, without relays.
    pub fn new(binary: impl Into<PathBuf>, nodes: usize) -> Self {
        Self {
            binary: binary.into(),
            nodes,
            folder: None,
            cluster_id: None,
            shard_count: 32,
            elections: None,
            relays: false,
            every_node: NodeOptions::default(),
            one_node: BTreeMap::new(),
            start_max: START_MAX,
        }
    }
}

impl Elections {
    /// For tests that do not measure fail-over: a machine that is busy with other tests causes no elections.
    pub const CALM: Self = Self { heartbeat_ms: 250, election_min_ms: 1_000, election_max_ms: 2_000 };
}

/// Longer than a start takes on a busy machine: a node that is not there by then never will be.
const START_MAX: Duration = Duration::from_mins(1);
