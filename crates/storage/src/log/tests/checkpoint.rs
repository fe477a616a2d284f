//! Segments go when nobody needs them, and what an idle group knows stays.

use bytes::Bytes;

use super::super::disk::LogDisk;
use super::super::disk_guard::{DiskGuard, DiskGuardConfig, DiskSpace};
use super::super::power_loss::PowerLossDisk;
use super::super::{Checkpointed, Purged, Row};
use super::{append, open, segment_names, texts};

fn purged(through: u64) -> Purged {
    Purged { through, mark: Bytes::from(format!("mark {through}")) }
}

#[tokio::test]
async fn a_group_pins_segments_until_it_is_purged() {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    log.put_row(3, Row::Vote, Bytes::from_static(b"idle")).await.unwrap();
    append(&log, 1, 0, &["pins"]).await;
    let text = "x".repeat(500);
    for index in 0..20 {
        append(&log, 2, index, &[&text]).await;
    }
    log.purge(2, purged(19)).await.unwrap();
    append(&log, 2, 20, &[&text]).await;
    assert_eq!(log.checkpoint().await.unwrap(), Checkpointed { segments_removed: 0, pinning_groups: vec![1] });

    log.purge(1, purged(0)).await.unwrap();
    let checkpointed = log.checkpoint().await.unwrap();
    assert!(checkpointed.segments_removed >= 3 && checkpointed.pinning_groups.is_empty(), "{checkpointed:?}");
    drop(log);

    let log = open(&disk);
    assert_eq!(log.row(3, Row::Vote), Some(Bytes::from_static(b"idle")), "its segment is gone, its vote is not");
    assert_eq!(log.span(1).purged, Some(purged(0)));
    assert_eq!(texts(&log, 2).await, [(20, text)]);
}

#[tokio::test]
async fn removed_segments_are_written_again() {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    let text = "x".repeat(700);
    for index in 0..60 {
        append(&log, 1, index, &[&text]).await;
        if index % 6 == 5 {
            log.purge(1, purged(index - 1)).await.unwrap();
            log.checkpoint().await.unwrap();
        }
    }
    let names = disk.names().unwrap();
    assert!(names.len() <= 6, "segments, spares and the note are few: {names:?}");
    assert!(names.iter().any(|name| name.starts_with("spare-")), "{names:?}");
    drop(log);
    let log = open(&disk);
    assert_eq!(texts(&log, 1).await, [(59, text)]);
    assert!(segment_names(&disk).len() <= 2);
}

#[tokio::test]
async fn a_segment_that_is_being_read_keeps_its_bytes() {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    let text = "y".repeat(700);
    for index in 0..9 {
        append(&log, 1, index, &[&text]).await;
    }
    let reader = log.clone();
    let read = tokio::spawn(async move { reader.entries(1, 0..9, usize::MAX).await });
    log.purge(1, purged(8)).await.unwrap();
    log.checkpoint().await.unwrap();
    for index in 9..30 {
        append(&log, 1, index, &[&text]).await;
    }
    // Whatever the reader found, it is what was written.
    for entry in read.await.unwrap().unwrap() {
        assert_eq!(entry.bytes, text);
    }
}

#[tokio::test]
async fn a_dropped_group_leaves_nothing() {
    let disk = PowerLossDisk::default();
    let log = open(&disk);
    append(&log, 1, 0, &["old"]).await;
    log.put_row(1, Row::Vote, Bytes::from_static(b"old")).await.unwrap();
    let mut durable = log.durable(1);
    log.drop_group(1).await.unwrap();
    assert!(durable.reached(5).await.is_err());
    append(&log, 1, 40, &["new"]).await;
    drop(log);
    let log = open(&disk);
    assert_eq!(texts(&log, 1).await, [(40, "new".to_owned())]);
    assert_eq!(log.row(1, Row::Vote), None);
}

#[test]
fn the_reserve_is_let_go_when_space_is_low_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let reserve = folder.path().join("reserve");
    let config = DiskGuardConfig { folder: folder.path().to_owned(), watermark_bytes: 1, reserve_bytes: 4096 };
    let check =
        |watermark_bytes| DiskGuard::new(DiskGuardConfig { watermark_bytes, ..config.clone() }).unwrap().check();
    assert!(matches!(check(1).unwrap(), DiskSpace::Enough { .. }));
    assert_eq!(reserve.metadata().unwrap().len(), 4096);
    assert!(matches!(check(u64::MAX).unwrap(), DiskSpace::Low { .. }));
    assert!(!reserve.exists());
    assert!(matches!(check(u64::MAX).unwrap(), DiskSpace::Low { .. }));
    assert!(matches!(check(1).unwrap(), DiskSpace::Enough { .. }));
    assert!(reserve.exists());
}
