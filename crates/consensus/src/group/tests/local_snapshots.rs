//! A node without peers whose records are lost.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use baton_storage::log::RaftLog;
use baton_storage::log::power_loss::PowerLossDisk;
use tempfile::TempDir;

use super::memory_store::MemoryStore;
use super::node::{Led, Node, log_config, rows, start_keeping};
use crate::group::groups::CreateError;
use crate::snapshot::local::{KEPT, LocalSnapshots};
use crate::state_machine::generations::GroupId;

/// A node that keeps a snapshot at each checkpoint that comes after any change.
fn start(log: &PowerLossDisk, records: MemoryStore, snapshots: &Path) -> Node {
    let log = RaftLog::open(log_config(), Arc::new(log.clone())).unwrap();
    start_keeping(log, Arc::new(records), Some(LocalSnapshots::new(snapshots, 1)))
}

/// A log and the snapshots of a node that made four checkpoints and a last change.
async fn lived() -> (PowerLossDisk, TempDir) {
    let (log, snapshots) = (PowerLossDisk::default(), tempfile::tempdir().unwrap());
    let node = start(&log, MemoryStore::default(), snapshots.path());
    let mut led = Led::of(node.group(1).await).await;
    let long = "v".repeat(400);
    for number in 0..4 {
        led.put(&format!("key-{number}"), &long).await;
        led.put("pad", &"p".repeat(3000)).await;
        led.put("pad", "").await;
        node.groups.checkpoint().await.unwrap();
    }
    led.put("last", "1").await;
    let listed = LocalSnapshots::new(snapshots.path(), 1).list(GroupId(1)).unwrap();
    assert_eq!(listed.len(), KEPT);
    assert_eq!(led.group.status().purged, Some(listed[1].last_log_id.index), "the older one still has its log");
    node.shutdown().await;
    (log.after_kill(), snapshots)
}

/// The names of the rows that a node with no records left finds again.
async fn restored(log: &PowerLossDisk, snapshots: &Path) -> Result<Vec<String>, CreateError> {
    let node = start(log, MemoryStore::default(), snapshots);
    let group = node.try_group(1).await;
    let found = match group {
        Ok(group) => {
            let found = rows(&Led::of(group).await.group).await;
            Ok(found.split(' ').filter_map(|row| row.split_once('=')).map(|(key, _)| key.to_owned()).collect())
        }
        Err(refused) => Err(refused),
    };
    node.shutdown().await;
    found
}

fn damage(snapshots: &Path, which: usize) {
    let mut files: Vec<_> = fs::read_dir(snapshots.join("group-1")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.reverse();
    let mut bytes = fs::read(&files[which]).unwrap();
    bytes[40] ^= 1;
    fs::write(&files[which], bytes).unwrap();
}

#[tokio::test]
async fn lost_records_come_back_from_a_local_snapshot_and_the_log() {
    let everything = ["key-0", "key-1", "key-2", "key-3", "last", "pad"];
    let (log, snapshots) = lived().await;
    assert_eq!(restored(&log.after_kill(), snapshots.path()).await.unwrap(), everything);
    damage(snapshots.path(), 0);
    assert_eq!(restored(&log.after_kill(), snapshots.path()).await.unwrap(), everything, "from the older one");
}

#[tokio::test]
async fn without_a_good_snapshot_the_group_refuses_to_start() {
    let (log, snapshots) = lived().await;
    damage(snapshots.path(), 0);
    damage(snapshots.path(), 1);
    let refused = restored(&log, snapshots.path()).await.unwrap_err();
    assert!(matches!(refused, CreateError::RecordsBehindLog { applied: None, .. }), "{refused}");
}
