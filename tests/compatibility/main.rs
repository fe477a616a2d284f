//! Bytes that are on disks: what was ever written in a released format is read, and a format never changes its bytes.
//!
//! A golden file holds one row per line: `key value`, in hexadecimal digits. Files are written once. A format that has to
//! change gets a new version and a file beside the old one, which is still read.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod everything;
mod golden;

use baton_customer::TimerKey;
use baton_model::text_id::CustomerId;
use baton_ports::record_store::{Keyspace, KeyspaceName, RecordStore};
use baton_shard::entry::{Batch, Entry, RowWrite};
use baton_storage::engine::fjall::FjallStore;
use baton_storage::{entry, records};
use jiff::Timestamp;

use everything::{everything, published_document};
use golden::golden;

/// The rows of everything a customer can have, and of a document.
fn rows() -> Vec<RowWrite> {
    let (customer, decision) = everything();
    let mut rows = records::decision_writes(&customer, &decision);
    rows.push(records::document_write(&published_document()));
    rows
}

fn text(row: &RowWrite) -> String {
    let value = row.value.as_ref().map_or_else(|| "-".to_owned(), |value| format!("{value:x}"));
    format!("{:x} {value}", row.key)
}

fn row(line: &str) -> RowWrite {
    let bytes = |hex: &str| -> bytes::Bytes {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    };
    let (key, value) = line.split_once(' ').unwrap();
    RowWrite { key: bytes(key), value: (value != "-").then(|| bytes(value)) }
}

/// The rows of a cluster, its nodes and its shards.
fn cluster_rows() -> Vec<RowWrite> {
    let mut rows = vec![records::cluster_write(&everything::cluster())];
    rows.extend(everything::nodes().iter().map(records::node_write));
    rows.extend(everything::shards().iter().map(records::shard_write));
    rows
}

/// A keyspace with the rows of a golden file.
fn stored(folder: &tempfile::TempDir, name: &str) -> std::sync::Arc<dyn Keyspace> {
    let store = FjallStore::open(folder.path(), 1 << 20).unwrap();
    let keyspace = store.open(&KeyspaceName::new("golden").unwrap()).unwrap();
    let rows: Vec<RowWrite> = golden(name, &[]).iter().map(|line| row(line)).collect();
    keyspace.write(&rows).unwrap();
    keyspace
}

#[test]
fn rows_are_written_as_ever() {
    for (name, rows) in [("records-1.txt", rows()), ("cluster-1.txt", cluster_rows())] {
        let written: Vec<String> = rows.iter().map(text).collect();
        let golden = golden(name, &written);
        for (at, (written, golden)) in written.iter().zip(&golden).enumerate() {
            assert_eq!(written, golden, "{name}: row {at}");
        }
        assert_eq!(written.len(), golden.len(), "{name}");
    }
}

#[test]
fn rows_of_version_1_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let keyspace = stored(&folder, "records-1.txt");
    let (customer, decision) = everything();
    let id = customer.id();

    let loaded = records::load_customer(keyspace.as_ref(), id).unwrap().unwrap();
    assert_eq!(format!("{:?}", loaded.sections()), format!("{:?}", customer.sections()));
    assert_eq!(loaded.history(), customer.history());

    let mut inputs = records::inputs(keyspace.as_ref(), id, u64::MAX, usize::MAX).unwrap();
    inputs.reverse();
    assert_eq!(inputs, decision.history);

    let mut found: Vec<_> = records::decision_records(keyspace.as_ref(), id).map(Result::unwrap).collect();
    found.reverse();
    assert_eq!(found, decision.records);

    let timers = records::timers_between(keyspace.as_ref(), Timestamp::MIN, Timestamp::MAX, usize::MAX).unwrap();
    let expected: Vec<(Timestamp, CustomerId, TimerKey)> = everything::armed(id);
    assert_eq!(timers, expected);

    let released = records::outbox(keyspace.as_ref(), usize::MAX).unwrap();
    assert_eq!(released, [(everything::RELEASED, id.clone())]);
    assert_eq!(records::documents(keyspace.as_ref()).unwrap(), [published_document()]);
}

#[test]
fn a_cluster_of_version_1_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let keyspace = stored(&folder, "cluster-1.txt");
    assert_eq!(records::cluster(keyspace.as_ref()).unwrap(), Some(everything::cluster()));
    assert_eq!(records::nodes(keyspace.as_ref()).unwrap(), everything::nodes());
    assert_eq!(records::shards(keyspace.as_ref()).unwrap(), everything::shards());
}

#[test]
fn log_entries_are_written_and_read_as_ever() {
    let batch = Entry::Batch(Batch {
        epoch: baton_model::ids::Epoch(300),
        seq: baton_model::ids::Seq(1),
        definitions_version: baton_model::ids::DefinitionsVersion(2),
        at: Timestamp::from_millisecond(-1).unwrap(),
        writes: rows(),
    });
    let bytes = entry::encode(&batch);
    let line = text(&RowWrite { key: bytes::Bytes::new(), value: Some(bytes) });
    let golden = golden("entry-1.txt", std::slice::from_ref(&line));
    assert_eq!(golden, [line]);
    let read = entry::decode(&row(&golden[0]).value.unwrap()).unwrap();
    assert_eq!(read, batch);
}
