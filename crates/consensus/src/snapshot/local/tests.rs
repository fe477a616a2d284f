//! Files: written, kept, damaged.

use crate::snapshot::chunk::{Chunk, HEADER_BYTES};
use baton_ports::record_store::Row;

use super::*;

const GROUP: GroupId = GroupId(3);

fn data(value: &'static str) -> SnapshotData {
    let row = |key: &'static str| Row { key: key.into(), value: value.into() };
    let chunks = [Chunk::of(0, false, &[row("a")]), Chunk::of(1, true, &[row("b")])];
    SnapshotData::from_chunks(chunks.into_iter().map(Ok))
}

fn rows_of(snapshot: &LocalSnapshot) -> Result<usize, SnapshotError> {
    let mut rows = 0;
    for chunk in snapshot.read()?.chunks() {
        rows += chunk?.len();
    }
    Ok(rows)
}

#[test]
fn the_two_newest_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let local = LocalSnapshots::new(folder.path().join("snapshots"), 10);
    assert_eq!(local.list(GROUP).unwrap(), []);
    for index in [9, 10, 100] {
        local.write(GROUP, LogId::new_term_index(2, index), data("value")).unwrap();
    }
    let listed: Vec<LogId> = local.list(GROUP).unwrap().iter().map(|found| found.last_log_id).collect();
    assert_eq!(listed, [LogId::new_term_index(2, 100), LogId::new_term_index(2, 10)]);
    assert_eq!(rows_of(&local.list(GROUP).unwrap()[0]).unwrap(), 2);
    assert_eq!(local.list(GroupId(4)).unwrap(), [], "another group has its own");
}

#[test]
fn a_snapshot_is_due_by_the_larger_of_minimum_and_last_size() {
    let folder = tempfile::tempdir().unwrap();
    let local = LocalSnapshots::new(folder.path(), 10);
    let check = |applied_bytes, due| assert_eq!(local.is_due(GROUP, applied_bytes).unwrap(), due, "{applied_bytes}");
    check(9, false);
    check(10, true);
    local.write(GROUP, LogId::new_term_index(1, 1), data("value")).unwrap();
    let size = local.list(GROUP).unwrap()[0].bytes;
    check(size - 1, false);
    check(size, true);
}

#[test]
fn damage_is_found() {
    #[track_caller]
    fn check(damage: impl FnOnce(&mut Vec<u8>)) {
        let folder = tempfile::tempdir().unwrap();
        let local = LocalSnapshots::new(folder.path(), 0);
        local.write(GROUP, LogId::new_term_index(1, 1), data("value")).unwrap();
        let snapshot = local.list(GROUP).unwrap().remove(0);
        let mut bytes = fs::read(&snapshot.path).unwrap();
        damage(&mut bytes);
        fs::write(&snapshot.path, bytes).unwrap();
        assert!(rows_of(&snapshot).is_err());
    }
    check(|bytes| bytes[HEADER_BYTES] ^= 1);
    check(|bytes| *bytes.last_mut().unwrap() ^= 1);
    check(|bytes| bytes.truncate(bytes.len() - 1));
    check(|bytes| bytes.truncate(bytes.len() / 2));
    check(Vec::clear);
}

#[test]
fn what_was_not_finished_is_no_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let local = LocalSnapshots::new(folder.path(), 0);
    local.write(GROUP, LogId::new_term_index(1, 1), data("value")).unwrap();
    let path = local.list(GROUP).unwrap()[0].path.clone();
    for other in ["00000000000000000002.1.partial", "2.snapshot", "x.1.snapshot", "2.1.snapshot.bak"] {
        fs::copy(&path, path.with_file_name(other)).unwrap();
    }
    assert_eq!(local.list(GROUP).unwrap().len(), 1);
    local.write(GROUP, LogId::new_term_index(1, 3), data("value")).unwrap();
    assert!(!path.with_file_name("00000000000000000002.1.partial").exists(), "the next one cleans up");
}
