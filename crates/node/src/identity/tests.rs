//! What each kind of disk is answered.

use super::*;

#[test]
fn a_disk_remembers_whose_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert_eq!(Identity::read(&data).unwrap(), None);
    let identity = Identity::new(ClusterId(7), NodeId(1), ReplicaId(1), 32, None);
    identity.write(&data).unwrap();
    assert_eq!(Identity::read(&data).unwrap(), Some(identity));
}

#[test]
fn a_foreign_or_damaged_disk_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("photos.zip"), "x").unwrap();
    assert!(matches!(Identity::read(folder.path()), Err(IdentityError::Foreign { .. })));
    for (text, said) in [
        ("{", "EOF"),
        (
            r#"{"format":2,"cluster":"00000000000000000000000000000007","node":1,"system_replica":1,"shard_count":1}"#,
            "its format is 2",
        ),
        (r#"{"format":1,"cluster":"x","node":1,"system_replica":1,"shard_count":1}"#, "not a cluster id"),
    ] {
        fs::write(folder.path().join(FILE), text).unwrap();
        let error = Identity::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}
