//! Golden bytes of each row, and what is refused.

use std::sync::Arc;

use baton_ports::record_store::{KeyspaceName, RecordStore as _};
use baton_storage::engine::fjall::FjallStore;

use super::*;

fn standing() -> Standing {
    let member = Member { node: NodeId(7), address: "a:1".to_owned(), zone: "z".to_owned() };
    let membership = Membership::new(vec![BTreeSet::from([9])], BTreeMap::from([(9, member)])).unwrap();
    Standing {
        gate: Gate {
            epoch: Epoch(300),
            seq: Seq(2),
            definitions_version: DefinitionsVersion(1),
            at: Timestamp::from_millisecond(-1).unwrap(),
        },
        position: Some(LogId::new_term_index(3, 301)),
        membership: StoredMembership::new(Some(LogId::new_term_index(1, 0)), membership),
    }
}

fn keyspace() -> (tempfile::TempDir, Arc<dyn baton_ports::record_store::Keyspace>) {
    let folder = tempfile::tempdir().unwrap();
    let store = FjallStore::open(folder.path(), 1 << 20).unwrap();
    let keyspace = store.open(&KeyspaceName::new("k").unwrap()).unwrap();
    (folder, keyspace)
}

/// These bytes are on disks: a change of this test is a new format version, never an edit.
#[test]
fn golden_bytes_of_version_1() {
    let rows = standing().rows();
    let golden: [(&[u8], &[u8]); 3] = [
        (&[0, 1], &[1, 0xac, 0x02, 2, 1, 1]),
        (&[0, 3], &[1, 1, 1, 0, 1, 1, 9, 1, 9, 7, 3, b'a', b':', b'1', 1, b'z']),
        (&[0, 2], &[1, 3, 0xad, 0x02]),
    ];
    let written: Vec<(&[u8], &[u8])> = rows.iter().map(|row| (&row.key[..], row.value.as_deref().unwrap())).collect();
    assert_eq!(written, golden);
}

#[test]
fn a_standing_is_read_back() {
    let (_folder, keyspace) = keyspace();
    assert_eq!(Standing::read(&*keyspace).unwrap(), Standing::default());
    keyspace.write(&Standing::default().rows()).unwrap();
    assert_eq!(Standing::read(&*keyspace).unwrap(), Standing::default());
    keyspace.write(&standing().rows()).unwrap();
    assert_eq!(Standing::read(&*keyspace).unwrap(), standing());
}

#[test]
fn a_row_of_another_format_is_refused() {
    #[track_caller]
    fn check(key: &'static [u8], value: &'static [u8], expected: &str) {
        let (_folder, keyspace) = keyspace();
        let row = RowWrite { key: Bytes::from_static(key), value: Some(Bytes::from_static(value)) };
        keyspace.write(&[row]).unwrap();
        assert_eq!(Standing::read(&*keyspace).unwrap_err().to_string(), expected);
    }
    let newer = "the gate row has format 2, this build reads format 1: run the newer version of Baton";
    check(GATE, &[2, 0], newer);
    let damaged = |row| format!("the {row} row cannot be read: rebuild this replica from its peers or a snapshot");
    check(GATE, &[], &damaged("gate"));
    check(POSITION, &[1, 3], &damaged("position"));
    check(MEMBERSHIP, &[1, 9], &damaged("membership"));
}
