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
    assert!(source("cluster.shard_count").ends_with(std::path::MAIN_SEPARATOR).eq(&false));
    assert_ne!(source("cluster.shard_count"), source("raft.heartbeat_ms"));
}

#[test]
fn a_flag_wins_over_the_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"[cluster]\nshard_count = 8\n").unwrap();
    let loaded = LoadedConfig::load(Some(file.path()), &[("cluster.shard_count", 4.into())]).unwrap();
    assert_eq!(loaded.config.cluster.shard_count, 4);
}

#[test]
fn what_is_wrong_is_named_with_what_to_write() {
    let table = [
        ("[cluster]\nshard_count = 0\n", "cluster.shard_count is 0: write 1 to 4096"),
        ("[cluster]\nfallback_zone = \"Mars/Base\"\n", "write an IANA zone"),
        ("[cluster]\nid = \"x\"\n", "32 hexadecimal digits"),
        ("[raft]\nheartbeat_ms = 500\n", "election_min_ms at least three times that"),
        ("[node]\ngrpc = \"0.0.0.0:7400\"\n", "node.insecure_plaintext"),
        ("[nod]\n", "unknown field"),
        ("[delivery.channels.email]\nproviders = [\"relay\"]\n", "name a provider of delivery.providers"),
    ];
    for (toml, said) in table {
        let error = load(toml).unwrap_err();
        assert!(error.contains(said), "{toml}: {error}");
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
