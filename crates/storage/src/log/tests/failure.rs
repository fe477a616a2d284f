//! After a write or a sync that failed, the log stops: everyone is told, and the disk is not touched again.

use std::sync::{Arc, Mutex};

use bytes::Bytes;

use super::super::disk::{FolderDisk, LogDisk};
use super::super::error::AppendError;
use super::super::power_loss::PowerLossDisk;
use super::super::{Done, Row};
use super::{append, open};

#[tokio::test]
async fn a_failed_sync_stops_the_log() {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    append(&log, 1, 0, &["durable"]).await;
    let mut durable = log.durable(1);
    let mut failed = log.failed();
    durable.reached(0).await.unwrap();

    disk.fail_syncs();
    let (answer, answered) = tokio::sync::oneshot::channel();
    let done: Done = Box::new(move |result| answer.send(result).unwrap());
    log.append(1, 1, vec![Bytes::from_static(b"lost")], done).await.unwrap();

    assert!(answered.await.unwrap().unwrap_err().to_string().contains("the disk does not sync"));
    assert!(failed.wait_for(Option::is_some).await.is_ok());
    assert!(durable.reached(1).await.is_err());
    let operations = disk.operations();
    let done: Done = Box::new(|_| panic!("the append was refused, not begun"));
    assert!(matches!(log.append(1, 2, vec![Bytes::new()], done).await, Err(AppendError::Failed(_))));
    assert!(log.put_row(2, Row::Vote, Bytes::new()).await.is_err());
    assert!(log.truncate(1, 0).await.is_err());
    assert!(log.checkpoint().await.is_err());
    assert!(log.entries(1, 0..9, usize::MAX).await.is_err());
    assert!(log.durable(5).reached(0).await.is_err(), "also a group that is new");
    assert_eq!(disk.operations(), operations);
}

#[tokio::test]
async fn what_waits_behind_a_failure_fails_in_order() {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    disk.fail_syncs();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut begun = 0;
    for index in 0..100 {
        let seen = seen.clone();
        let done: Done = Box::new(move |result| seen.lock().unwrap().push((index, result.is_ok())));
        if log.append(3, index, vec![Bytes::from_static(b"entry")], done).await.is_err() {
            break;
        }
        begun += 1;
    }
    drop(log);
    let expected: Vec<(u64, bool)> = (0..begun).map(|index| (index, false)).collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn a_folder_is_used_by_one_process() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new/raft");
    let first = FolderDisk::open(&folder).unwrap();
    let second = FolderDisk::open(&folder).unwrap_err();
    assert!(second.to_string().contains("is in use by another process"), "{second}");
    assert_eq!(first.describe(), folder.display().to_string());
    drop(first);
    FolderDisk::open(&folder).unwrap();
}

#[tokio::test]
async fn a_callback_that_panics_stops_the_log() {
    let log = open(&PowerLossDisk::default());
    let mut durable = log.durable(1);
    log.append(1, 0, vec![Bytes::new()], Box::new(|_| panic!("in a callback"))).await.unwrap();
    assert!(log.failed().wait_for(Option::is_some).await.is_ok());
    assert!(durable.reached(1).await.is_err());
    assert!(log.put_row(1, Row::Vote, Bytes::new()).await.is_err());
}
