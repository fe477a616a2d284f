//! The log's promises, on a disk that loses its power, is damaged, or fails.

mod checkpoint;
mod damage;
mod failure;
mod format;
mod model;
mod order;
mod power_loss;

use std::sync::Arc;

use bytes::Bytes;

use super::config::LogConfig;
use super::power_loss::PowerLossDisk;
use super::{Done, RaftLog};

/// Small segments and no cache: a few entries fill a segment, and every read comes from the disk.
const SMALL: LogConfig = LogConfig { segment_bytes: 2048, cached_bytes_per_group: 0 };

fn open(disk: &PowerLossDisk) -> RaftLog {
    RaftLog::open(SMALL, Arc::new(disk.clone())).unwrap()
}

/// Appends and waits until it is durable.
async fn append(log: &RaftLog, group: u32, first: u64, texts: &[&str]) {
    let (answer, answered) = tokio::sync::oneshot::channel();
    let entries = texts.iter().map(|text| Bytes::copy_from_slice(text.as_bytes())).collect();
    let done: Done = Box::new(move |result| answer.send(result).unwrap());
    log.append(group, first, entries, done).await.unwrap();
    answered.await.unwrap().unwrap();
}

/// All entries of a group as text.
async fn texts(log: &RaftLog, group: u32) -> Vec<(u64, String)> {
    let read = log.entries(group, 0..u64::MAX, usize::MAX).await.unwrap();
    read.into_iter().map(|entry| (entry.index, String::from_utf8(entry.bytes.to_vec()).unwrap())).collect()
}

/// The segment files of a disk, oldest first.
fn segment_names(disk: &PowerLossDisk) -> Vec<String> {
    use super::disk::LogDisk as _;

    let names = disk.names().unwrap();
    names.into_iter().filter(|name| super::segment::number(name).is_some()).collect()
}
