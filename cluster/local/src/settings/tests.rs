//! The files as text: people read them when something failed.

use crate::config::Elections;

use super::*;

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// A node that listens and knows nobody.
fn alone() -> Peers {
    Peers { listen: address(20_003), seeds: Vec::new(), dial: BTreeMap::new() }
}

fn check(config: &Config, peers: Peers, secrets: Option<(&str, &str)>, expected: &str) {
    let place = Place {
        number: 2,
        grpc: address(20_001),
        http: address(20_002),
        home: Path::new("/c/node-2"),
        peers,
        cluster_id: secrets.map(|(id, _)| id),
        join_token: secrets.map(|(_, token)| token),
    };
    assert_eq!(file(config, &place).to_string().trim(), expected.trim());
}

#[test]
fn a_node_alone_asks_nobody() {
    let expected = r#"
[cluster]
shard_count = 32

[node]
advertise_peer = "127.0.0.1:20003"
grpc = "127.0.0.1:20001"
http = "127.0.0.1:20002"
peer = "127.0.0.1:20003"
zone = "zone-2"

[storage]
dir = "/c/node-2/data"
"#;
    check(&Config::new("baton", 1), alone(), None, expected);
}

#[test]
fn a_node_that_joins_knows_cluster_seeds_and_relays() {
    let peers = Peers {
        listen: address(20_003),
        seeds: vec![address(20_103)],
        dial: BTreeMap::from([(address(20_103), address(20_500))]),
    };
    let mut config = Config::new("baton", 2);
    config.elections = Some(Elections::CALM);
    let expected = r#"
[cluster]
id = "1d"
join_token = "secret"
seeds = ["127.0.0.1:20103"]
shard_count = 32

[node]
advertise_peer = "127.0.0.1:20003"
grpc = "127.0.0.1:20001"
http = "127.0.0.1:20002"
peer = "127.0.0.1:20003"
zone = "zone-2"

[node.dial]
"127.0.0.1:20103" = "127.0.0.1:20500"

[raft]
election_max_ms = 2000
election_min_ms = 1000
heartbeat_ms = 250

[storage]
dir = "/c/node-2/data"
"#;
    check(&config, peers, Some(("1d", "secret")), expected);
}

#[test]
fn the_settings_of_one_node_win_over_those_of_all_and_these_over_the_launchers() {
    let mut config = Config::new("baton", 1);
    config.every_node.settings =
        toml::from_str("node.zone = 'all'\ncluster.dedup_days = 1\nstorage.dir = 'all'").unwrap();
    let one = NodeOptions { settings: toml::from_str("node.zone = 'one'").unwrap(), ..NodeOptions::default() };
    config.one_node.insert(2, one);
    let expected = r#"
[cluster]
dedup_days = 1
shard_count = 32

[node]
advertise_peer = "127.0.0.1:20003"
grpc = "127.0.0.1:20001"
http = "127.0.0.1:20002"
peer = "127.0.0.1:20003"
zone = "one"

[storage]
dir = "all"
"#;
    check(&config, alone(), None, expected);
}
