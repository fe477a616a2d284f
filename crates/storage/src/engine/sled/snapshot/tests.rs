//! What snapshots cost when they are gone.

use super::*;

#[test]
fn readers_that_are_gone_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let database = sled::Config::new().path(folder.path()).open().unwrap();
    let versioned = Arc::new(Versioned::new(database.open_tree("k").unwrap()));
    let held = versioned.snapshot();
    for _ in 0..100 {
        drop(versioned.snapshot());
    }
    assert!(versioned.still().len() <= 2, "the one that is held, and the last one");
    let row = RowWrite { key: Bytes::from_static(b"a"), value: Some(Bytes::from_static(b"1")) };
    versioned.write(&[row]).unwrap();
    assert_eq!(versioned.still().len(), 1);
    assert_eq!(held.get(b"a").unwrap(), None);
}
