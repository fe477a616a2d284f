//! Which files a persist syncs.

use super::*;

/// What one sync touches, by name.
fn synced(files: &mut SyncedFiles) -> Vec<String> {
    let mut names = Vec::new();
    let folder = files.folder.clone();
    files
        .sync_with(|path| {
            names.push(path.strip_prefix(&folder).unwrap().display().to_string());
            Ok(())
        })
        .unwrap();
    names.sort();
    names
}

#[test]
fn the_log_is_synced_each_time_and_a_large_value_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(BLOBS)).unwrap();
    let touch = |name: &str| fs::write(folder.path().join(name), b"x").unwrap();
    touch("db");
    touch("blobs/1");
    let mut files = SyncedFiles::of(folder.path());
    assert_eq!(synced(&mut files), ["", "blobs", "blobs/1", "db"]);
    assert_eq!(synced(&mut files), ["", "db"]);
    touch("blobs/2");
    assert_eq!(synced(&mut files), ["", "blobs", "blobs/2", "db"]);
    fs::remove_file(folder.path().join("blobs/1")).unwrap();
    assert_eq!(synced(&mut files), ["", "db"]);
    assert_eq!(files.blobs.len(), 1, "deleted values are forgotten");
}

#[test]
fn a_failed_sync_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("db"), b"x").unwrap();
    let mut files = SyncedFiles::of(folder.path());
    let error = files.sync_with(|_| Err(io::Error::from(io::ErrorKind::StorageFull))).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}
