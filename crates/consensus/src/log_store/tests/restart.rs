//! What openraft was told is there after a restart and after a power loss.

use std::sync::Arc;

use baton_storage::log::RaftLog;
use baton_storage::log::config::LogConfig;
use baton_storage::log::power_loss::PowerLossDisk;
use futures::TryStreamExt;
use openraft::entry::RaftEntry as _;
use openraft::storage::{IOFlushed, RaftLogReader, RaftLogStorage};
use openraft::type_config::TypeConfigExt as _;

use super::super::LogStore;
use super::{entry, log_id};
use crate::type_config::{LogEntry, TypeConfig, Vote};

const SMALL: LogConfig = LogConfig { segment_bytes: 2048, cached_bytes_per_group: 0 };

fn open(disk: &PowerLossDisk) -> LogStore {
    LogStore::new(RaftLog::open(SMALL, Arc::new(disk.clone())).unwrap(), 3)
}

/// Appends and waits until it is durable; an error if it never will be.
async fn append(
    store: &mut LogStore,
    entries: impl IntoIterator<Item = LogEntry> + Send,
) -> Result<(), std::io::Error> {
    let (answer, answered) = TypeConfig::oneshot();
    let entries: Vec<LogEntry> = entries.into_iter().collect();
    store.append(entries, IOFlushed::signal(answer)).await?;
    answered.await.map_err(std::io::Error::other)?
}

/// The term of each entry, from index 0 on or where the log begins.
async fn terms(store: &mut LogStore) -> Vec<(u64, u64)> {
    let read = store.try_get_log_entries(..).await.unwrap();
    read.iter().map(|entry| (entry.index(), entry.log_id.committed_leader_id().term)).collect()
}

#[tokio::test]
async fn a_restarted_replica_finds_its_vote_its_log_and_its_purge_mark() {
    let disk = PowerLossDisk::default();
    let mut store = open(&disk);
    store.save_vote(&Vote::new(2, 7)).await.unwrap();
    append(&mut store, (0..10).map(|index| entry(1, index, "first"))).await.unwrap();
    store.save_committed(Some(log_id(1, 5))).await.unwrap();
    store.truncate_after(Some(log_id(1, 6))).await.unwrap();
    append(&mut store, (7..9).map(|index| entry(2, index, "second"))).await.unwrap();
    store.purge(log_id(1, 3)).await.unwrap();
    drop(store);

    let mut store = open(&disk.after_power_loss(1));
    assert_eq!(store.read_vote().await.unwrap(), Some(Vote::new(2, 7)));
    assert_eq!(store.read_committed().await.unwrap(), Some(log_id(1, 5)));
    let state = store.get_log_state().await.unwrap();
    assert_eq!((state.last_purged_log_id, state.last_log_id), (Some(log_id(1, 3)), Some(log_id(2, 8))));
    assert_eq!(terms(&mut store).await, [(4, 1), (5, 1), (6, 1), (7, 2), (8, 2)]);
}

#[tokio::test]
async fn a_replica_whose_log_was_replaced_by_a_snapshot_goes_on_behind_it() {
    let disk = PowerLossDisk::default();
    let mut store = open(&disk);
    append(&mut store, (0..4).map(|index| entry(1, index, "old"))).await.unwrap();
    store.purge(log_id(5, 100)).await.unwrap();
    drop(store);
    let mut store = open(&disk);
    let state = store.get_log_state().await.unwrap();
    assert_eq!((state.last_purged_log_id, state.last_log_id), (Some(log_id(5, 100)), Some(log_id(5, 100))));
    assert!(append(&mut store, [entry(5, 102, "a hole")]).await.is_err());
    append(&mut store, [entry(5, 101, "next")]).await.unwrap();
    assert_eq!(terms(&mut store).await, [(101, 5)]);
}

#[tokio::test]
async fn a_replaced_tail_is_whole_whenever_the_power_goes() {
    // The replica follows term 1, is told to drop what conflicts, and follows term 2.
    async fn play(store: &mut LogStore, done: &mut usize) -> Result<(), std::io::Error> {
        append(store, (0..6).map(|index| entry(1, index, "first"))).await?;
        *done = 1;
        store.save_vote(&Vote::new(2, 9)).await?;
        *done = 2;
        store.truncate_after(Some(log_id(1, 2))).await?;
        *done = 3;
        append(store, (3..5).map(|index| entry(2, index, "second"))).await?;
        *done = 4;
        Ok(())
    }
    // After each step: last term-1 index, last index, whether the vote is there.
    let states = [
        (None, None, false),
        (Some(5), Some(5), false),
        (Some(5), Some(5), true),
        (Some(2), Some(2), true),
        (Some(2), Some(4), true),
    ];
    let mut complete = false;
    for cut in 0.. {
        let disk = PowerLossDisk::default();
        disk.cut_power_after(cut);
        let mut done = 0;
        if let Ok(log) = RaftLog::open(SMALL, Arc::new(disk.clone())) {
            complete = play(&mut LogStore::new(log, 3), &mut done).await.is_ok();
        }
        for seed in 0..8 {
            let mut store = open(&disk.after_power_loss(seed));
            let terms = terms(&mut store).await;
            let last_of_first = terms.iter().filter(|(_, term)| *term == 1).map(|(index, _)| *index).next_back();
            let last = terms.last().map(|(index, _)| *index);
            let found = (last_of_first, last, store.read_vote().await.unwrap().is_some());
            let possible = &states[done..states.len().min(done + 2)];
            assert!(possible.contains(&found), "power cut after {cut}, seed {seed}: {found:?}, possible {possible:?}");
        }
        if complete {
            break;
        }
    }
    assert!(complete);
}

#[tokio::test]
async fn a_long_log_is_streamed_in_portions() {
    let disk = PowerLossDisk::default();
    let log = RaftLog::open(LogConfig { segment_bytes: 1 << 20, cached_bytes_per_group: 0 }, Arc::new(disk)).unwrap();
    let mut store = LogStore::new(log, 0);
    let large = "x".repeat(300_000);
    for index in 0..12 {
        append(&mut store, [entry(1, index, &large)]).await.unwrap();
    }
    let portion = store.limited_get_log_entries(2, 12).await.unwrap();
    assert_eq!(portion.iter().map(LogEntry::index).collect::<Vec<_>>(), [2, 3, 4], "what fits a megabyte");
    let all: Vec<LogEntry> = store.entries_stream(1..11).await.try_collect().await.unwrap();
    assert_eq!(all.iter().map(LogEntry::index).collect::<Vec<_>>(), (1..11).collect::<Vec<_>>());
}
