//! Golden bytes of each format version, round trips, and bytes that are no entry.

use super::*;

fn row(key: &'static [u8], value: Option<&'static [u8]>) -> RowWrite {
    RowWrite { key: Bytes::from_static(key), value: value.map(Bytes::from_static) }
}

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

fn activate() -> Entry {
    Entry::Activate(Activate { node: NodeId(300), at: at(1_700_000_000_123) })
}

fn batch() -> Entry {
    Entry::Batch(Batch {
        epoch: Epoch(7),
        seq: Seq(1),
        definitions_version: DefinitionsVersion(2),
        at: at(-1),
        writes: vec![row(b"k1", Some(b"v")), row(b"k2", None), row(b"", Some(b""))],
    })
}

/// These bytes are on disks: a change of this test is a new format version, never an edit.
#[test]
fn golden_bytes_of_version_1() {
    #[track_caller]
    fn check(entry: &Entry, golden: &[u8]) {
        assert_eq!(encode(entry).as_ref(), golden);
        assert_eq!(&decode(&Bytes::copy_from_slice(golden)).unwrap(), entry);
    }
    check(&activate(), &[1, 0, 0xac, 0x02, 0xf6, 0xa1, 0xab, 0xfe, 0xf9, 0x62]);
    check(&batch(), &[1, 1, 7, 1, 2, 1, 3, 2, b'k', b'1', 1, 1, b'v', 2, b'k', b'2', 0, 0, 1, 0]);
}

#[test]
fn decoded_rows_share_the_memory_of_the_entry() {
    let bytes = encode(&batch());
    let Entry::Batch(decoded) = decode(&bytes).unwrap() else { panic!("a batch was encoded") };
    let memory = bytes.as_ptr_range();
    assert!(memory.contains(&decoded.writes[0].key.as_ptr()));
}

#[test]
fn what_is_no_entry_is_refused() {
    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        let error = decode(&Bytes::copy_from_slice(bytes)).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    check(&[], "a log entry is empty");
    check(&[2, 0], "a log entry has format 2, this build reads format 1: run the newer version of Baton");
    check(&[1], "a log entry cannot be read");
    check(&[1, 9], "a log entry cannot be read");
    check(&[1, 0, 1, 0, 5, 5], "2 bytes follow a log entry");
    let mut far = vec![1, 0, 1];
    far.extend([0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
    check(&far, "a log entry has the instant 9223372036854775807 ms, which no calendar has");
}

#[test]
fn every_cut_of_an_entry_is_refused() {
    let bytes = encode(&batch());
    for length in 0..bytes.len() {
        assert!(decode(&bytes.slice(..length)).is_err(), "cut at {length}");
    }
}
