//! The documented configuration of three nodes is one cluster: its files fit together.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

fn path(number: usize) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../config/three-nodes/node-{number}.toml"))
}

fn files() -> BTreeMap<usize, Table> {
    let read = |number| (number, std::fs::read_to_string(path(number)).unwrap().parse().unwrap());
    (1..=3).map(read).collect()
}

/// The value of `section.key`.
fn value<'a>(file: &'a Table, key: &str) -> &'a Value {
    let (section, key) = key.split_once('.').unwrap();
    &file[section][key]
}

#[test]
fn each_node_seeks_the_two_others() {
    let files = files();
    let advertised = |file: &Table| value(file, "node.advertise_peer").as_str().unwrap().to_owned();
    for (number, file) in &files {
        let others = files.iter().filter(|(other, _)| *other != number);
        let others: BTreeSet<String> = others.map(|(_, file)| advertised(file)).collect();
        let seeds = value(file, "cluster.seeds").as_array().unwrap();
        let seeds: BTreeSet<String> = seeds.iter().map(|seed| seed.as_str().unwrap().to_owned()).collect();
        assert_eq!(seeds, others, "node {number}");
        assert_eq!(advertised(file), format!("node-{number}.example.internal:7401"));
    }
}

#[test]
fn only_the_zone_the_name_and_the_seeds_differ() {
    let mut files = files();
    let zones: BTreeSet<String> = files.values().map(|file| value(file, "node.zone").to_string()).collect();
    assert_eq!(zones.len(), 3);
    for file in files.values_mut() {
        for (section, key) in [("node", "zone"), ("node", "advertise_peer"), ("cluster", "seeds")] {
            file[section].as_table_mut().unwrap().remove(key).unwrap();
        }
    }
    assert!(files[&1] == files[&2] && files[&2] == files[&3], "{files:#?}");
}

#[test]
fn no_secret_is_in_the_files() {
    for (number, file) in files() {
        let cluster = file["cluster"].as_table().unwrap();
        assert!(!cluster.contains_key("id") && !cluster.contains_key("join_token"), "node {number}");
    }
}
