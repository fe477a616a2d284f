//! Applying entries and installing snapshots, without openraft.

use std::path::Path;

use baton_model::ids::{DefinitionsVersion, Epoch, NodeId, Seq};
use baton_ports::record_store::{KeyRange, Order, RecordStore};
use baton_shard::entry::{Activate, Batch};
use baton_storage::engine::Engine;
use baton_storage::entry::encode;
use bytes::Bytes;
use jiff::Timestamp;

use super::*;
use crate::snapshot::chunk::Chunk;
use crate::type_config::Payload;

const GROUP: GroupId = GroupId(1);
const REPLICA: ReplicaId = ReplicaId(5);

fn open(store: &Arc<dyn RecordStore>) -> Replica {
    Replica::open(Arc::new(ReplicaStore::open(store.clone()).unwrap()), GROUP, REPLICA).unwrap()
}

fn store(folder: &Path) -> Arc<dyn RecordStore> {
    Engine::Fjall.open(folder, 8 << 20).unwrap()
}

fn entry(index: u64, payload: EntryPayload<Payload, u64, crate::type_config::Member>) -> LogEntry {
    LogEntry { log_id: LogId::new_term_index(1, index), payload }
}

fn blank(index: u64) -> LogEntry {
    entry(index, EntryPayload::Blank)
}

fn activate(index: u64) -> LogEntry {
    let activate = Entry::Activate(Activate { node: NodeId(1), at: Timestamp::UNIX_EPOCH });
    entry(index, EntryPayload::Normal(Payload(encode(&activate))))
}

fn put(index: u64, epoch: u64, seq: u64, key: &'static [u8], value: &'static [u8]) -> LogEntry {
    let batch = Entry::Batch(Batch {
        epoch: Epoch(epoch),
        seq: Seq(seq),
        definitions_version: DefinitionsVersion(0),
        at: Timestamp::UNIX_EPOCH,
        writes: vec![RowWrite { key: Bytes::from_static(key), value: Some(Bytes::from_static(value)) }],
    });
    entry(index, EntryPayload::Normal(Payload(encode(&batch))))
}

fn rows(replica: &Replica) -> String {
    let own = replica.view().unwrap().range(KeyRange::all().after(&[0, 255][..]), Order::Ascending);
    let row = |row: baton_ports::record_store::Row| {
        format!("{}={}", String::from_utf8_lossy(&row.key), String::from_utf8_lossy(&row.value))
    };
    own.map(|found| row(found.unwrap())).collect::<Vec<_>>().join(" ")
}

fn applied(replica: &Replica) -> Option<u64> {
    replica.applied_state().0.map(|log_id| log_id.index)
}

#[test]
fn entries_applied_together_are_one_batch() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let replica = open(&store);
    let entries = [blank(0), activate(1), put(2, 1, 1, b"a", b"1"), put(3, 1, 2, b"a", b"2"), put(4, 9, 3, b"b", b"x")];
    let outcomes = replica.apply(&entries).unwrap();
    let expected = [Applied::Internal, Applied::Activated(Epoch(1)), Applied::Taken, Applied::Taken, Applied::Refused];
    assert_eq!(outcomes, expected);
    assert_eq!(rows(&replica), "a=2");
    drop(replica);
    let replica = open(&store);
    assert_eq!(applied(&replica), Some(4), "a refused entry is applied, too");
    assert_eq!(replica.apply(&[put(5, 1, 3, b"b", b"1")]).unwrap(), [Applied::Taken], "the gate is a row");
}

#[test]
fn an_entry_that_cannot_be_applied_leaves_nothing_of_its_batch() {
    #[track_caller]
    fn check(bad: LogEntry, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let replica = open(&store(folder.path()));
        replica.apply(&[blank(0), activate(1)]).unwrap();
        let error = replica.apply(&[put(2, 1, 1, b"a", b"1"), bad]).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!((rows(&replica).as_str(), applied(&replica)), ("", Some(1)));
        assert_eq!(replica.apply(&[put(2, 1, 1, b"a", b"1")]).unwrap(), [Applied::Taken]);
    }
    let unknown = EntryPayload::Normal(Payload(Bytes::from_static(&[99])));
    check(entry(3, unknown), "the log entry at index 3 cannot be applied");
    check(put(3, 1, 2, b"\0\x01", b"x"), "the log entry at index 3 writes a row of consensus itself");
}

/// The chunks of a replica with these rows.
fn snapshot_of(entries: &[LogEntry]) -> (SnapshotMeta, Vec<Chunk>) {
    let folder = tempfile::tempdir().unwrap();
    let replica = open(&store(folder.path()));
    replica.apply(entries).unwrap();
    let (meta, data) = replica.snapshot().unwrap().unwrap();
    (meta, data.into_chunks().map(Result::unwrap).collect())
}

fn data(chunks: Vec<Chunk>) -> SnapshotData {
    SnapshotData::from_chunks(chunks.into_iter().map(Ok))
}

#[test]
fn a_snapshot_replaces_all_rows_and_is_durable() {
    let (meta, chunks) = snapshot_of(&[blank(0), activate(1), put(2, 1, 1, b"new", b"1"), blank(3)]);
    let folder = tempfile::tempdir().unwrap();
    let records = store(folder.path());
    let replica = open(&records);
    replica.apply(&[blank(0), activate(1), put(2, 1, 1, b"old", b"1")]).unwrap();
    let mut seen = replica.applied();
    replica.install(meta.last_log_id, data(chunks)).unwrap();
    assert_eq!((rows(&replica).as_str(), applied(&replica)), ("new=1", Some(3)));
    assert_eq!(*seen.borrow_and_update(), Some(3));
    assert_eq!(replica.durable_standing().unwrap(), meta);
    assert_eq!(names(&records), ["generations", "group-1.replica-5.generation-2"], "the old rows are gone");
    drop(replica);
    let replica = open(&records);
    assert_eq!((rows(&replica).as_str(), applied(&replica)), ("new=1", Some(3)));
    assert_eq!(replica.apply(&[put(4, 1, 2, b"a", b"1")]).unwrap(), [Applied::Taken], "the gate came with it");
}

#[test]
fn a_snapshot_that_is_not_whole_changes_nothing() {
    #[track_caller]
    fn check(change: impl FnOnce(&mut SnapshotMeta, &mut Vec<Chunk>), expected: &str) {
        let (mut meta, mut chunks) = snapshot_of(&[blank(0), activate(1), put(2, 1, 1, b"new", b"1"), blank(3)]);
        change(&mut meta, &mut chunks);
        let folder = tempfile::tempdir().unwrap();
        let records = store(folder.path());
        let replica = open(&records);
        replica.apply(&[blank(0), activate(1), put(2, 1, 1, b"old", b"1")]).unwrap();
        let error = replica.install(meta.last_log_id, data(chunks)).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!((rows(&replica).as_str(), applied(&replica)), ("old=1", Some(2)));
        assert_eq!(names(&records), ["generations", "group-1.replica-5.generation-1"]);
    }
    check(|_, chunks| chunks.clear(), "a snapshot ends before chunk 0");
    check(|_, chunks| chunks[0].last = false, "a snapshot ends before chunk 1");
    check(|meta, _| meta.last_log_id = Some(LogId::new_term_index(1, 4)), "a snapshot was announced at");
}

#[test]
fn what_a_crash_left_of_a_snapshot_is_deleted_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let records = store(folder.path());
    let replica = open(&records);
    replica.apply(&[blank(0)]).unwrap();
    let next = Generation { group: GROUP, replica: REPLICA, number: 2 };
    records.open(&next.keyspace()).unwrap().write(&blank_rows()).unwrap();
    drop(replica);
    let replica = open(&records);
    assert_eq!(names(&records), ["generations", "group-1.replica-5.generation-1"]);
    assert_eq!(applied(&replica), Some(0));
}

#[test]
fn a_replica_id_is_not_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let records = store(folder.path());
    drop(open(&records));
    let replicas = Arc::new(ReplicaStore::open(records).unwrap());
    let refused = Replica::open(replicas.clone(), GROUP, ReplicaId(6)).err().unwrap();
    assert_eq!(
        refused.to_string(),
        "the records of group 1 belong to replica 5, not to 6: a replica id is never used again"
    );
    replicas.remove(GROUP).unwrap();
    assert_eq!(applied(&Replica::open(replicas, GROUP, ReplicaId(6)).unwrap()), None);
}

fn blank_rows() -> Vec<RowWrite> {
    vec![RowWrite { key: Bytes::from_static(b"half"), value: Some(Bytes::from_static(b"x")) }]
}

fn names(store: &Arc<dyn RecordStore>) -> Vec<String> {
    store.names().unwrap().iter().map(ToString::to_string).collect()
}
