//! The bytes of format version 1. They never change; a new format gets a new version.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write as _};

use baton_model::ids::NodeId;
use openraft::{EntryPayload, Membership};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{entry, log_id};
use crate::codec::{decode, encode};
use crate::type_config::{LogEntry, LogId, Member, Vote};

#[test]
fn format_1_is_written_and_read() {
    check(&entry(3, 300, "batch"), "0103ac0201056261746368");
    check(&LogEntry { log_id: log_id(1, 0), payload: EntryPayload::Blank }, "01010000");
    check(
        &LogEntry { log_id: log_id(2, 9), payload: EntryPayload::Membership(membership()) },
        "0102090201010b020b01046e313a3701610c02046e323a370162",
    );
    check(&Vote::new(5, 77), "0105014d00");
    check(&Vote::new_committed(5, 77), "0105014d01");
    check(&Some(log_id(4, 1000)), "010104e807");
    check::<Option<LogId>>(&None, "0100");
}

#[test]
fn another_format_is_refused() {
    for (bytes, expected) in [(&[][..], "an empty record"), (&[9, 1, 2], "format 9: this program reads 1")] {
        let refused = decode::<Vote>(bytes).unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
    assert!(decode::<Vote>(&[1]).is_err(), "cut off");
}

fn membership() -> Membership<u64, Member> {
    let member = |node, zone: &str| Member { node: NodeId(node), address: format!("n{node}:7"), zone: zone.to_owned() };
    let members = BTreeMap::from([(11, member(1, "a")), (12, member(2, "b"))]);
    Membership::new(vec![BTreeSet::from([11])], members).unwrap()
}

fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, expected: &str) {
    let bytes = encode(value).unwrap();
    let mut hex = String::new();
    for byte in &bytes {
        write!(hex, "{byte:02x}").unwrap();
    }
    assert_eq!(hex, expected, "{value:?}");
    assert_eq!(decode::<T>(&bytes).unwrap(), *value);
}
