//! Configurations as text, beside what is said about them.

use std::io::Write;

use super::*;

fn load(toml: &str) -> Result<LoadedConfig, String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(toml.as_bytes()).unwrap();
    LoadedConfig::load(Some(file.path()), &[]).map_err(|error| error.to_string())
}

#[test]
fn a_value_comes_from_the_file_else_it_is_the_default() {
    let loaded = load("[cluster]\nshard_count = 8\n").unwrap();
    assert_eq!((loaded.config.cluster.shard_count, loaded.config.raft.heartbeat_ms), (8, 150));
    let source = |key: &str| loaded.rows().into_iter().find(|row| row.key == key).unwrap().source;
    assert!(source("cluster.shard_count").starts_with(std::path::MAIN_SEPARATOR), "the file is named");
    assert_eq!(source("raft.heartbeat_ms"), "default");
}

#[test]
fn a_flag_wins_over_the_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"[cluster]\nshard_count = 8\n").unwrap();
    let loaded = LoadedConfig::load(Some(file.path()), &[("cluster.shard_count", 4.into())]).unwrap();
    assert_eq!(loaded.config.cluster.shard_count, 4);
    let source = |key: &str| loaded.rows().into_iter().find(|row| row.key == key).unwrap().source;
    assert_eq!((source("cluster.shard_count").as_str(), source("cluster.dedup_days").as_str()), ("flag", "default"));
}

#[test]
fn a_section_or_field_that_is_not_known_is_refused() {
    for toml in ["[nod]\n", "[delivery]\nretry_wait = 1\n", "[clock]\nscale = 2\n"] {
        let error = load(toml).unwrap_err();
        assert!(error.contains("unknown field"), "{toml}: {error}");
    }
}

#[test]
fn secrets_are_never_shown() {
    let loaded = load(
        "[delivery.providers.hook]\ntype = \"webhook\"\nurl = \"http://127.0.0.1:1/\"\nsecret = \"whsec_c2VjcmV0\"\n",
    )
    .unwrap();
    let shown = format!("{:?} {:?}", loaded.rows(), loaded.config);
    assert!(!shown.contains("c2VjcmV0"), "{shown}");
}

#[test]
fn the_documented_files_of_three_nodes_are_taken_as_they_are_and_with_the_way_in() {
    for number in 1..=3 {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cluster/config/three-nodes/node-");
        let text = std::fs::read_to_string(format!("{file}{number}.toml")).unwrap();
        let loaded = load(&text).unwrap();
        let named = format!("node-{number}.example.internal:7401");
        assert_eq!(loaded.config.node.advertise_peer, named, "what is written is what counts");

        let (id, token) = ("0".repeat(31) + "1", "a-token");
        let way_in = text.replace("# id = \"…\"", &format!("id = \"{id}\""));
        let way_in = way_in.replace("# join_token = \"…\"", &format!("join_token = \"{token}\""));
        let cluster = load(&way_in).unwrap().config.cluster;
        let joins = number != 1;
        assert_eq!(cluster.id == id && cluster.join_token.is_some(), joins, "node {number}: the first one founds");
    }
}
