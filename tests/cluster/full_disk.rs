//! One node's disk is full: the others serve, it stays up and is not ready, and with space it is a node like others again.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use baton_local_cluster::binary_of_sources;
use tests::waiting::eventually;

use crate::arena::{Arena, FREE_MIN, SERVING_MAX};

/// More than any disk has.
const FREE_MIN_NEVER: &str = "free_min_mib = 1000000000";

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_one_node_alone() {
    let folder = tempfile::tempdir().unwrap();
    let binary = outliving_a_limit(folder.path());
    let mut arena = Arena::start_with(|config| config.binary = binary).await;
    arena.phase("failing write", a_write_fails).await;
    arena.phase("watermark", the_watermark_is_passed).await;
    arena.finish().await;
}

/// No file of the leader may grow any more.
async fn a_write_fails(arena: &mut Arena) {
    let (leader, _) = arena.everybody_agrees().await.busiest();
    let node = arena.cluster.node_mut(leader);
    let process = node.process_id().unwrap();
    let limited = Command::new("prlimit").args(["--pid", &process.to_string(), "--fsize=1:unlimited"]).status();
    assert!(limited.unwrap().success(), "prlimit says no");
    is_out(arena, leader).await;
    assert_eq!(arena.cluster.node_mut(leader).process_id(), Some(process), "it stays up");
    // The limit goes with the process.
    arena.cluster.node_mut(leader).restart().await.unwrap();
}

/// There is less space than the node wants to have left. Its settings say so, since the disk is everybody's.
async fn the_watermark_is_passed(arena: &mut Arena) {
    let (leader, _) = arena.everybody_agrees().await.busiest();
    let file = arena.cluster.folder().join(format!("node-{leader}.toml"));
    let settings = fs::read_to_string(&file).unwrap();
    assert!(settings.contains(FREE_MIN), "{settings}");
    fs::write(&file, settings.replace(FREE_MIN, FREE_MIN_NEVER)).unwrap();
    arena.cluster.node_mut(leader).restart().await.unwrap();
    is_out(arena, leader).await;
    fs::write(&file, settings).unwrap();
    arena.cluster.node_mut(leader).restart().await.unwrap();
}

/// The node is up and not ready, and the others serve.
async fn is_out(arena: &mut Arena, number: usize) {
    arena.every_shard_takes_writes(SERVING_MAX).await;
    eventually("it says that it is not ready", async || (!arena.cluster.node(number).is_ready().await).then_some(()))
        .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    arena.every_shard_takes_writes(SERVING_MAX).await;
    assert!(!arena.cluster.node(number).is_ready().await, "node {number} is ready with a full disk");
    assert!(arena.cluster.node_mut(number).is_running(), "node {number} stays up");
}

/// A file that may not grow is an error of the write, as a full disk is, only if the signal about it is ignored.
fn outliving_a_limit(folder: &Path) -> PathBuf {
    let baton = binary_of_sources(std::env::var_os("CARGO").as_deref()).unwrap();
    let script = folder.join("baton");
    fs::write(&script, format!("#!/bin/sh\ntrap '' XFSZ\nexec '{}' \"$@\"\n", baton.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    script
}
