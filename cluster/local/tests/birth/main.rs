//! How a cluster of three is born: in which order the launcher does what, and what it says when that fails.
//!
//! This program is its own stand-in for `baton`: started with the words of its command line, it does as much of a node as the
//! birth needs. So this test says what the launcher does, also where a real node would not fail.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "the output of a test and of the program it stands in for")]

mod stand_in;

use std::future::Future;
use std::time::Duration;

use baton_local_cluster::{Config, LocalCluster, NodeError, StartError};

use stand_in::{CLUSTER_ID, JOIN_TOKEN, MUTE, REFUSED};

/// Far longer than anything takes that is to happen.
const LONG: Duration = Duration::from_secs(30);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<&str>>().as_slice() {
        ["serve", "--config", path] => stand_in::serve(path),
        ["cluster", "init", options @ ..] => stand_in::init(options),
        _ => tests(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn tests() {
    run("three_nodes_are_born_through_their_relays", three_nodes_are_born_through_their_relays()).await;
    run("a_given_cluster_id_is_asked_for", a_given_cluster_id_is_asked_for()).await;
    run("a_refused_birth_is_told_with_its_reason", a_refused_birth_is_told_with_its_reason()).await;
    run("a_node_that_never_gets_ready_is_told_with_what_it_said", a_node_that_never_gets_ready_is_told()).await;
}

async fn run(name: &str, test: impl Future<Output = ()>) {
    test.await;
    println!("test {name} ... ok");
}

fn config() -> Config {
    let mut config = Config::new(std::env::current_exe().unwrap(), 3);
    config.start_max = LONG;
    config
}

async fn three_nodes_are_born_through_their_relays() {
    let mut cluster = LocalCluster::start(Config { relays: true, ..config() }).await.unwrap();
    assert_eq!((cluster.cluster_id(), cluster.join_token()), (Some(CLUSTER_ID), Some(JOIN_TOKEN)));
    for joined in [2, 3] {
        assert!(cluster.links().one_way_flow(joined, 1).passed > 0, "node {joined} did not join through its relay");
        assert!(cluster.links().one_way_flow(1, joined).passed > 0);
    }
    cluster.links().isolate(2).await;
    cluster.node_mut(2).restart().await.unwrap();
    let error = cluster.node_mut(2).wait_until_ready(Duration::from_millis(300)).await.unwrap_err();
    assert!(matches!(error, NodeError::Waited { number: 2, .. }), "{error}");
    cluster.links().heal().unwrap();
    cluster.wait_until_ready(LONG).await.unwrap();
    let folder = cluster.folder().to_path_buf();
    drop(cluster);
    assert!(!folder.exists());
}

async fn a_given_cluster_id_is_asked_for() {
    let id = "0123456789abcdef0123456789abcdef";
    let cluster = LocalCluster::start(Config { cluster_id: Some(id.to_owned()), ..config() }).await.unwrap();
    assert_eq!(cluster.cluster_id(), Some(id));
    assert_eq!(cluster.links().relays().count(), 0);
}

async fn a_refused_birth_is_told_with_its_reason() {
    let refused = LocalCluster::start(Config { cluster_id: Some(REFUSED.to_owned()), ..config() }).await;
    let Err(StartError::Birth { said, folder }) = refused else { panic!("it was born") };
    assert!(said.contains("the stand-in refuses"), "{said}");
    assert!(folder.join("node-1.log").is_file() && !folder.join("node-2.toml").exists());
    std::fs::remove_dir_all(folder).unwrap();
}

async fn a_node_that_never_gets_ready_is_told() {
    let mut config = Config { start_max: Duration::from_secs(2), ..config() };
    config.one_node.entry(3).or_default().settings = toml::from_str(&format!("{MUTE} = true")).unwrap();
    let error = LocalCluster::start(config).await.unwrap_err();
    let StartError::Node(NodeError::Waited { number: 3, said, log, .. }) = &error else { panic!("{error}") };
    assert!(said.contains("/readyz says 503"), "{error}");
    std::fs::remove_dir_all(log.parent().unwrap()).unwrap();
}
