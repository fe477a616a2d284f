//! Cutting, checking, and what is refused.

use baton_ports::record_store::Row;
use bytes::Bytes;

use super::chunk::HEADER_BYTES;
use super::*;

/// Rows in memory.
struct Fixed(Vec<Row>);

impl Records for Fixed {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, RecordError> {
        Ok(self.0.iter().find(|row| row.key == key).map(|row| row.value.clone()))
    }

    fn range(&self, _range: KeyRange, _order: Order) -> Rows {
        Box::new(self.0.clone().into_iter().map(Ok))
    }
}

fn row(number: usize, value_bytes: usize) -> Row {
    Row { key: format!("key-{number:04}").into(), value: vec![b'v'; value_bytes].into() }
}

fn chunks_of(rows: Vec<Row>) -> Vec<Chunk> {
    SnapshotData::of(&Fixed(rows)).into_chunks().map(Result::unwrap).collect()
}

fn read(chunks: Vec<Chunk>) -> Result<Vec<Row>, SnapshotError> {
    let mut rows = Vec::new();
    for chunk in SnapshotData::from_chunks(chunks.into_iter().map(Ok)).chunks() {
        rows.extend(chunk?.into_iter().map(|row| Row { key: row.key, value: row.value.unwrap() }));
    }
    Ok(rows)
}

#[test]
fn rows_come_back_as_they_were() {
    #[track_caller]
    fn check(rows: &[Row], chunks: usize) {
        let cut = chunks_of(rows.to_vec());
        assert_eq!(cut.len(), chunks);
        assert_eq!(read(cut).unwrap(), rows);
    }
    let rows = |count, value_bytes| -> Vec<Row> { (0..count).map(|number| row(number, value_bytes)).collect() };
    check(&[], 1);
    check(&[row(0, 0)], 1);
    check(&rows(10, 10), 1);
    check(&rows(5, CHUNK_BYTES / 2), 5);
    check(&rows(300, 10_000), 3);
    check(&[row(0, 1), row(1, CHUNK_BYTES * 3), row(2, 1)], 3);
}

#[test]
fn an_incomplete_snapshot_is_refused() {
    #[track_caller]
    fn check(change: impl FnOnce(&mut Vec<Chunk>), expected: &str) {
        let mut chunks = chunks_of((0..5).map(|number| row(number, CHUNK_BYTES / 2)).collect());
        change(&mut chunks);
        assert_eq!(read(chunks).unwrap_err().to_string(), expected);
    }
    check(|chunks| drop(chunks.pop()), "a snapshot ends before chunk 4");
    check(Vec::clear, "a snapshot ends before chunk 0");
    check(|chunks| drop(chunks.remove(2)), "chunk 3 of a snapshot came where chunk 2 belongs");
    check(|chunks| chunks.swap(0, 1), "chunk 1 of a snapshot came where chunk 0 belongs");
}

#[test]
fn every_flipped_byte_of_a_chunk_is_found() {
    let chunk = chunks_of(vec![row(7, 3)]).remove(0);
    let [header, body] = chunk.encode();
    let whole = [header, body].concat();
    let decode = |bytes: &[u8]| {
        let header: &[u8; HEADER_BYTES] = bytes[..HEADER_BYTES].try_into().unwrap();
        Chunk::decode(header, Bytes::copy_from_slice(&bytes[HEADER_BYTES..]))
    };
    assert_eq!(decode(&whole).unwrap(), chunk);
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        assert!(decode(&damaged).is_err(), "byte {at}");
    }
}

/// These bytes are on disks: a change of this test is a new format version, never an edit.
#[test]
fn golden_bytes_of_version_1() {
    let chunk = Chunk::of(3, true, &[Row { key: Bytes::from_static(b"k"), value: Bytes::from_static(b"val") }]);
    let bytes = chunk.encode().concat();
    let body = [0, 0, 0, 1, 0, 0, 0, 3, b'k', b'v', b'a', b'l'];
    assert_eq!(bytes[..10], [1, 1, 0, 0, 0, 3, 0, 0, 0, 12]);
    assert_eq!(bytes[14..], body);
    let checked = [&bytes[..10], &body[..]].concat();
    assert_eq!(bytes[10..14], crc32fast::hash(&checked).to_be_bytes());
}
