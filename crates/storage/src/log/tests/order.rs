//! Order, holes, visibility and group commit.

use std::future::{Future as _, poll_fn};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use bytes::Bytes;

use super::super::config::{LogConfig, QUEUE_KIB_MAX};
use super::super::error::{AppendError, IndexGap};
use super::super::power_loss::PowerLossDisk;
use super::super::{Done, Purged, RaftLog, Row};
use super::{append, open, texts};

#[tokio::test]
async fn a_hole_is_refused_and_nothing_is_written() {
    // (group, what it holds, refused first index, expected)
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    append(&log, 1, 5, &["a", "b"]).await;
    log.purge(2, Purged { through: 9, mark: Bytes::from_static(b"mark") }).await.unwrap();
    let operations = disk.operations();
    for (group, found, expected) in [(1, 8, 7), (1, 6, 7), (1, 0, 7), (2, 9, 10), (2, 11, 10), (2, 0, 10)] {
        let done: Done = Box::new(|_| panic!("a hole was queued"));
        let refused = log.append(group, found, vec![Bytes::from_static(b"x")], done).await;
        assert!(
            matches!(&refused, Err(AppendError::Gap(gap)) if *gap == IndexGap { group, expected, found }),
            "{refused:?}"
        );
    }
    assert_eq!(disk.operations(), operations);
    append(&log, 1, 7, &["c"]).await;
    append(&log, 2, 10, &["k"]).await;
    assert_eq!(texts(&log, 2).await, [(10, "k".to_owned())]);
}

#[tokio::test]
async fn entries_are_readable_before_they_are_durable_and_callbacks_keep_their_order() {
    let log = RaftLog::open(LogConfig { segment_bytes: 1 << 20, cached_bytes_per_group: 0 }, {
        Arc::new(PowerLossDisk::default())
    })
    .unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    for index in 0..500 {
        let group = u32::try_from(index % 3).unwrap();
        let seen = seen.clone();
        let done: Done = Box::new(move |result| {
            result.unwrap();
            seen.lock().unwrap().push(index);
        });
        log.append(group, index / 3, vec![Bytes::from(index.to_string())], done).await.unwrap();
        let read = log.entries(group, index / 3..u64::MAX, usize::MAX).await.unwrap();
        assert_eq!(read.last().unwrap().bytes, index.to_string());
    }
    log.put_row(9, Row::Vote, Bytes::new()).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), (0..500).collect::<Vec<_>>());
}

#[tokio::test]
async fn changes_that_are_queued_together_share_one_sync() {
    let disk = PowerLossDisk::default();
    let log = RaftLog::open(LogConfig::default(), Arc::new(disk.clone())).unwrap();
    let before = disk.operations();
    for index in 0..1000 {
        log.append(1, index, vec![Bytes::from_static(b"entry")], Box::new(|result| result.unwrap())).await.unwrap();
    }
    log.put_row(1, Row::Vote, Bytes::new()).await.unwrap();
    let writes_and_syncs = disk.operations() - before;
    assert!(writes_and_syncs < 1000, "{writes_and_syncs} operations for 1000 appends");
}

#[tokio::test]
async fn an_append_waits_when_the_queue_is_full() {
    let disk = PowerLossDisk::default();
    let log = RaftLog::open(LogConfig::default(), Arc::new(disk.clone())).unwrap();
    disk.pause_syncs();
    let done = || -> Done { Box::new(|result| result.unwrap()) };
    let quarter = Bytes::from(vec![0; QUEUE_KIB_MAX as usize * 1024 / 4]);
    for index in 0..4 {
        log.append(1, index, vec![quarter.clone()], done()).await.unwrap();
    }
    let mut fifth = Box::pin(log.append(2, 0, vec![Bytes::from_static(b"small")], done()));
    assert!(poll_fn(|context| Poll::Ready(fifth.as_mut().poll(context).is_pending())).await);
    assert_eq!(log.span(2).end, 0, "what waits is not visible");
    disk.resume_syncs();
    fifth.await.unwrap();
    assert_eq!(log.span(2).end, 1);
}

#[tokio::test]
async fn a_lazy_row_is_written_with_the_next_entries() {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    let operations = disk.operations();
    log.put_row_lazily(1, Row::Committed, Bytes::from_static(b"5"));
    assert_eq!(log.row(1, Row::Committed), Some(Bytes::from_static(b"5")));
    assert_eq!(disk.operations(), operations);
    append(&log, 1, 0, &["entry"]).await;
    assert_eq!(disk.operations(), operations + 2, "one write, one sync");
    drop(log);
    assert_eq!(open(&disk).row(1, Row::Committed), Some(Bytes::from_static(b"5")));
}

#[tokio::test]
async fn what_was_truncated_is_gone_at_once_and_after_a_restart() {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    append(&log, 1, 0, &["a", "b", "c", "d"]).await;
    log.truncate(1, 2).await.unwrap();
    let expected = [(0, "a".to_owned()), (1, "b".to_owned())];
    assert_eq!(texts(&log, 1).await, expected);
    assert_eq!(log.durable(1).end(), 2);
    drop(log);
    let log = open(&disk);
    assert_eq!(texts(&log, 1).await, expected);
    append(&log, 1, 2, &["C"]).await;
    log.truncate(1, 0).await.unwrap();
    append(&log, 1, 0, &["A"]).await;
    drop(log);
    assert_eq!(texts(&open(&disk), 1).await, [(0, "A".to_owned())]);
}

#[tokio::test]
async fn a_reader_may_ask_for_less() {
    let log = open(&PowerLossDisk::default());
    append(&log, 1, 0, &["0123456789"; 10]).await;
    for (range, bytes_max, expected) in
        [(0..10, 0, 0..1), (3..10, 100, 3..6), (8..99, usize::MAX, 8..10), (4..4, 9, 4..4)]
    {
        let read = log.entries(1, range.clone(), bytes_max).await.unwrap();
        let indexes: Vec<u64> = read.iter().map(|entry| entry.index).collect();
        assert_eq!(indexes, expected.collect::<Vec<_>>(), "{range:?} up to {bytes_max} bytes");
    }
    assert_eq!(log.entries(5, 0..9, 9).await.unwrap(), []);
}
