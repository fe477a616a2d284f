//! What a record store must do: one suite that every engine passes.
//!
//! A case gets a [`Store`] in an empty folder. It can reopen it cleanly, or crash it: then the folder is copied as it is on
//! the disk while the store still runs, and the copy is opened, as after a kill.

#![expect(clippy::needless_pass_by_value, reason = "the cases are one table, and some of them reopen their store")]

use std::fs;
use std::path::Path;

use baton_ports::record_store::{KEY_BYTES_MAX, KeyRange, Keyspace, KeyspaceName, Order, Records, Row};
use baton_shard::entry::RowWrite;
use bytes::Bytes;
use tempfile::TempDir;

use super::*;

const CACHE_BYTES: u64 = 8 << 20;

type Case = (&'static str, fn(Store));

const CASES: &[Case] = &[
    ("a row is read back, replaced and deleted", a_row_lives),
    ("the last write of a key in a batch wins", the_last_write_wins),
    ("ranges are in byte order, both ways", ranges_are_ordered),
    ("every kind of bound", every_bound),
    ("a long range spans pages", long_ranges),
    ("keyspaces do not see each other", keyspaces_are_apart),
    ("a handle opened twice is one keyspace", handles_agree),
    ("a snapshot does not move", snapshots_stand_still),
    ("snapshots of different instants differ", snapshots_are_independent),
    ("a range does not see later writes", ranges_stand_still),
    ("a long snapshot range under writes", long_snapshot_range_under_writes),
    ("a reader never sees half a batch", batches_are_atomic_for_readers),
    ("a dropped keyspace is gone, also after a reopen", dropped_is_gone),
    ("a dropped keyspace can be made anew, empty", dropped_and_made_anew),
    ("rows survive a clean reopen after persist", rows_survive_a_reopen),
    ("rows survive a crash after persist", rows_survive_a_crash),
    ("a crash without persist keeps a prefix of whole batches", a_crash_keeps_a_prefix),
    ("large values", large_values),
    ("an empty batch and an empty value", empty_batches_and_values),
    ("keys of every length that is allowed, and no other", key_lengths),
];

#[test]
fn fjall_conforms() {
    run(Engine::Fjall);
}

#[test]
fn sled_conforms() {
    run(Engine::Sled);
}

fn run(engine: Engine) {
    for (name, case) in CASES {
        eprintln_case(engine, name);
        let folder = tempfile::tempdir().unwrap();
        let records = engine.open(folder.path(), CACHE_BYTES).unwrap();
        case(Store { engine, folder, records });
    }
}

/// Names the case, so that a failure below says which one it is.
fn eprintln_case(engine: Engine, name: &str) {
    eprintln!("{engine:?}: {name}");
}

struct Store {
    engine: Engine,
    folder: TempDir,
    records: Arc<dyn RecordStore>,
}

impl Store {
    fn keyspace(&self, name: &str) -> Arc<dyn Keyspace> {
        self.records.open(&KeyspaceName::new(name).unwrap()).unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.records.names().unwrap().iter().map(ToString::to_string).collect()
    }

    fn reopen(self) -> Self {
        let Self { engine, folder, records } = self;
        drop(records);
        let records = engine.open(folder.path(), CACHE_BYTES).unwrap();
        Self { engine, folder, records }
    }

    /// Opens a copy of what the disk holds now. The first store runs on until the copy is made.
    fn crash(self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        let records = self.engine.open(folder.path(), CACHE_BYTES).unwrap();
        Self { engine: self.engine, folder, records }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn put(key: &str, value: &str) -> RowWrite {
    RowWrite { key: Bytes::copy_from_slice(key.as_bytes()), value: Some(Bytes::copy_from_slice(value.as_bytes())) }
}

fn delete(key: &str) -> RowWrite {
    RowWrite { key: Bytes::copy_from_slice(key.as_bytes()), value: None }
}

fn numbered(number: usize) -> String {
    format!("{number:05}")
}

fn text(row: &Row) -> String {
    format!("{}={}", String::from_utf8_lossy(&row.key), String::from_utf8_lossy(&row.value))
}

/// The rows of a range, as `key=value` separated by blanks.
fn listed(records: &dyn Records, range: KeyRange, order: Order) -> String {
    let rows: Vec<String> = records.range(range, order).map(|row| text(&row.unwrap())).collect();
    rows.join(" ")
}

fn all(records: &dyn Records) -> String {
    listed(records, KeyRange::all(), Order::Ascending)
}

fn a_row_lives(store: Store) {
    let keyspace = store.keyspace("k");
    assert_eq!(keyspace.get(b"a").unwrap(), None);
    keyspace.write(&[put("a", "1")]).unwrap();
    assert_eq!(keyspace.get(b"a").unwrap().as_deref(), Some(&b"1"[..]));
    keyspace.write(&[put("a", "2")]).unwrap();
    assert_eq!(all(&*keyspace), "a=2");
    keyspace.write(&[delete("a"), delete("never was")]).unwrap();
    assert_eq!(keyspace.get(b"a").unwrap(), None);
    assert_eq!(all(&*keyspace), "");
}

fn the_last_write_wins(store: Store) {
    let keyspace = store.keyspace("k");
    keyspace.write(&[put("a", "1"), put("b", "1"), delete("a"), put("b", "2"), delete("c"), put("c", "3")]).unwrap();
    assert_eq!(all(&*keyspace), "b=2 c=3");
    drop(keyspace);
    store.records.persist().unwrap();
    let reopened = store.reopen();
    assert_eq!(all(&*reopened.keyspace("k")), "b=2 c=3");
}

fn ranges_are_ordered(store: Store) {
    let keyspace = store.keyspace("k");
    keyspace
        .write(&[put("b", "2"), put("\0", "0"), put("a\0", "1"), put("a", "x"), put("z", "9"), put("aa", "y")])
        .unwrap();
    assert_eq!(all(&*keyspace), "\0=0 a=x a\0=1 aa=y b=2 z=9");
    let down = listed(&*keyspace, KeyRange::all(), Order::Descending);
    assert_eq!(down, "z=9 b=2 aa=y a\0=1 a=x \0=0");
}

fn every_bound(store: Store) {
    let keyspace = store.keyspace("k");
    keyspace.write(&["a", "b", "ba", "bb", "c"].map(|key| put(key, ""))).unwrap();
    let view = keyspace.snapshot().unwrap();
    let check = |range: KeyRange, expected: &str| {
        for records in [&*keyspace as &dyn Records, &*view] {
            assert_eq!(listed(records, range.clone(), Order::Ascending), expected, "{range:?}");
            let mut down: Vec<&str> = expected.split_terminator(' ').collect();
            down.reverse();
            assert_eq!(listed(records, range.clone(), Order::Descending), down.join(" "), "{range:?} descending");
        }
    };
    check(KeyRange::all(), "a= b= ba= bb= c=");
    check(KeyRange::prefix("b"), "b= ba= bb=");
    check(KeyRange::prefix("b").after("b"), "ba= bb=");
    check(KeyRange::prefix("b").before("bb"), "b= ba=");
    check(KeyRange::between("b", "c"), "b= ba= bb=");
    check(KeyRange::between("aa", "ba"), "b=");
    check(KeyRange::between("c", "a"), "");
    check(KeyRange::between("b", "b"), "");
    check(KeyRange::all().after("c"), "");
    check(KeyRange::all().before("a"), "");
    check(KeyRange::prefix("x"), "");
}

fn long_ranges(store: Store) {
    let keyspace = store.keyspace("k");
    let rows: Vec<RowWrite> = (0..1000).map(|number| put(&numbered(number), "v")).collect();
    keyspace.write(&rows).unwrap();
    let keys = |order| -> Vec<Bytes> { keyspace.range(KeyRange::all(), order).map(|row| row.unwrap().key).collect() };
    let mut expected: Vec<Bytes> = rows.iter().map(|row| row.key.clone()).collect();
    assert_eq!(keys(Order::Ascending), expected);
    expected.reverse();
    assert_eq!(keys(Order::Descending), expected);
}

fn keyspaces_are_apart(store: Store) {
    let (one, two) = (store.keyspace("one"), store.keyspace("two"));
    one.write(&[put("a", "1")]).unwrap();
    two.write(&[put("a", "2"), put("b", "2")]).unwrap();
    one.write(&[delete("b")]).unwrap();
    assert_eq!((all(&*one), all(&*two)), ("a=1".to_owned(), "a=2 b=2".to_owned()));
    assert_eq!(store.names(), ["one", "two"]);
}

fn handles_agree(store: Store) {
    let first = store.keyspace("k");
    let snapshot = first.snapshot().unwrap();
    let second = store.keyspace("k");
    second.write(&[put("a", "1")]).unwrap();
    assert_eq!(all(&*first), "a=1");
    assert_eq!(all(&*snapshot), "", "a write through one handle moves no snapshot of another");
    assert_eq!(store.names(), ["k"]);
}

fn snapshots_stand_still(store: Store) {
    let keyspace = store.keyspace("k");
    keyspace.write(&[put("a", "1"), put("b", "1"), put("c", "1")]).unwrap();
    let snapshot = keyspace.snapshot().unwrap();
    keyspace.write(&[put("a", "2"), delete("b"), put("d", "2")]).unwrap();
    keyspace.write(&[put("a", "3"), put("b", "3"), delete("d")]).unwrap();
    assert_eq!(all(&*snapshot), "a=1 b=1 c=1");
    assert_eq!(listed(&*snapshot, KeyRange::all(), Order::Descending), "c=1 b=1 a=1");
    assert_eq!(snapshot.get(b"a").unwrap().as_deref(), Some(&b"1"[..]));
    assert_eq!(snapshot.get(b"d").unwrap(), None);
    assert_eq!(all(&*keyspace), "a=3 b=3 c=1");
}

fn snapshots_are_independent(store: Store) {
    let keyspace = store.keyspace("k");
    let empty = keyspace.snapshot().unwrap();
    keyspace.write(&[put("a", "1")]).unwrap();
    let one = keyspace.snapshot().unwrap();
    keyspace.write(&[put("a", "2")]).unwrap();
    let two = keyspace.snapshot().unwrap();
    keyspace.write(&[delete("a")]).unwrap();
    assert_eq!([all(&*empty), all(&*one), all(&*two), all(&*keyspace)], ["", "a=1", "a=2", ""]);
    drop(one);
    keyspace.write(&[put("a", "4")]).unwrap();
    assert_eq!([all(&*empty), all(&*two), all(&*keyspace)], ["", "a=2", "a=4"]);
}

fn ranges_stand_still(store: Store) {
    let keyspace = store.keyspace("k");
    keyspace.write(&[put("a", "1"), put("b", "1")]).unwrap();
    let range = keyspace.range(KeyRange::all(), Order::Ascending);
    keyspace.write(&[put("a", "2"), delete("b"), put("c", "2")]).unwrap();
    let seen: Vec<String> = range.map(|row| text(&row.unwrap())).collect();
    assert_eq!(seen, ["a=1", "b=1"]);
}

fn long_snapshot_range_under_writes(store: Store) {
    for order in [Order::Ascending, Order::Descending] {
        let keyspace = store.keyspace(if order == Order::Ascending { "up" } else { "down" });
        let rows: Vec<RowWrite> = (0..1000).map(|number| put(&numbered(number * 2), "old")).collect();
        keyspace.write(&rows).unwrap();
        let snapshot = keyspace.snapshot().unwrap();
        let mut seen = Vec::new();
        for row in snapshot.range(KeyRange::all(), order) {
            seen.push(row.unwrap());
            let next = (seen.len() * 7919) % 2000;
            keyspace.write(&[put(&numbered(next), "new"), delete(&numbered((next + 4) % 2000))]).unwrap();
        }
        assert_eq!(seen.len(), 1000);
        assert!(seen.iter().all(|row| row.value == "old"));
        let sorted = match order {
            Order::Ascending => seen.is_sorted_by(|a, b| a.key < b.key),
            Order::Descending => seen.is_sorted_by(|a, b| a.key > b.key),
        };
        assert!(sorted, "{order:?}");
    }
}

fn batches_are_atomic_for_readers(store: Store) {
    let keyspace = store.keyspace("k");
    let value = |number: usize| [put("a", &numbered(number)), put("z", &numbered(number))];
    keyspace.write(&value(0)).unwrap();
    std::thread::scope(|threads| {
        let writer = threads.spawn(|| (1..500).for_each(|number| keyspace.write(&value(number)).unwrap()));
        while !writer.is_finished() {
            let snapshot = keyspace.snapshot().unwrap();
            assert_eq!(snapshot.get(b"a").unwrap(), snapshot.get(b"z").unwrap());
            let rows: Vec<Row> = keyspace.range(KeyRange::all(), Order::Ascending).map(Result::unwrap).collect();
            assert_eq!(rows[0].value, rows[1].value);
        }
    });
}

fn dropped_is_gone(store: Store) {
    store.keyspace("kept").write(&[put("a", "1")]).unwrap();
    store.keyspace("dropped").write(&[put("a", "1")]).unwrap();
    store.records.persist().unwrap();
    store.records.drop_keyspace(&KeyspaceName::new("dropped").unwrap()).unwrap();
    store.records.drop_keyspace(&KeyspaceName::new("never").unwrap()).unwrap();
    assert_eq!(store.names(), ["kept"]);
    store.records.persist().unwrap();
    let crashed = store.crash();
    assert_eq!(crashed.names(), ["kept"]);
    let reopened = crashed.reopen();
    assert_eq!(reopened.names(), ["kept"]);
    assert_eq!(all(&*reopened.keyspace("kept")), "a=1");
}

fn dropped_and_made_anew(store: Store) {
    store.keyspace("k").write(&[put("a", "1")]).unwrap();
    store.records.drop_keyspace(&KeyspaceName::new("k").unwrap()).unwrap();
    let anew = store.keyspace("k");
    assert_eq!(all(&*anew), "");
    anew.write(&[put("b", "2")]).unwrap();
    drop(anew);
    store.records.persist().unwrap();
    assert_eq!(all(&*store.reopen().keyspace("k")), "b=2");
}

fn rows_survive_a_reopen(store: Store) {
    store.keyspace("k").write(&[put("a", "1"), put("b", "2")]).unwrap();
    store.records.persist().unwrap();
    let store = store.reopen();
    store.keyspace("k").write(&[delete("a")]).unwrap();
    store.records.persist().unwrap();
    assert_eq!(all(&*store.reopen().keyspace("k")), "b=2");
}

fn rows_survive_a_crash(store: Store) {
    let rows: Vec<RowWrite> = (0..500).map(|number| put(&numbered(number), "v")).collect();
    store.keyspace("one").write(&rows).unwrap();
    store.keyspace("two").write(&[put("a", "1")]).unwrap();
    store.records.persist().unwrap();
    let store = store.crash();
    assert_eq!(store.names(), ["one", "two"]);
    assert_eq!(store.keyspace("one").range(KeyRange::all(), Order::Ascending).count(), 500);
    assert_eq!(all(&*store.keyspace("two")), "a=1");
}

fn a_crash_keeps_a_prefix(store: Store) {
    let keyspace = store.keyspace("k");
    store.records.persist().unwrap();
    for number in 0..200 {
        keyspace.write(&[put(&format!("a{}", numbered(number)), "v"), put("count", &numbered(number))]).unwrap();
    }
    let keyspace = store.crash().keyspace("k");
    let kept = keyspace.range(KeyRange::prefix("a"), Order::Ascending).count();
    let counted = keyspace.get(b"count").unwrap();
    assert_eq!(counted.as_deref(), kept.checked_sub(1).map(numbered).as_ref().map(String::as_bytes));
}

fn large_values(store: Store) {
    let value = "x".repeat(3 << 20);
    store.keyspace("k").write(&[put("large", &value), put("small", "s")]).unwrap();
    store.records.persist().unwrap();
    let store = store.crash();
    assert_eq!(store.keyspace("k").get(b"large").unwrap().unwrap().len(), value.len());
    assert_eq!(store.keyspace("k").get(b"small").unwrap().as_deref(), Some(&b"s"[..]));
}

fn empty_batches_and_values(store: Store) {
    let keyspace = store.keyspace("k");
    keyspace.write(&[]).unwrap();
    keyspace.write(&[put("a", "")]).unwrap();
    assert_eq!(keyspace.get(b"a").unwrap().as_deref(), Some(&b""[..]));
    store.records.persist().unwrap();
    assert_eq!(store.crash().keyspace("k").get(b"a").unwrap().as_deref(), Some(&b""[..]));
}

fn key_lengths(store: Store) {
    let keyspace = store.keyspace("k");
    for length in [1, 300, KEY_BYTES_MAX] {
        let key = "x".repeat(length);
        keyspace.write(&[put(&key, "v")]).unwrap();
        assert_eq!(keyspace.get(key.as_bytes()).unwrap().as_deref(), Some(&b"v"[..]));
        keyspace.write(&[delete(&key)]).unwrap();
    }
    for length in [0, KEY_BYTES_MAX + 1] {
        let refused = keyspace.write(&[put("good", "v"), put(&"x".repeat(length), "v")]).unwrap_err();
        assert!(matches!(refused, RecordError::KeyLength { length: found } if found == length), "{refused}");
    }
    assert_eq!(all(&*keyspace), "", "a refused batch writes nothing");
}
