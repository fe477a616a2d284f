//! What a file says, and that it is read again.

use super::*;

#[test]
fn the_file_says_by_how_much_the_clock_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("offset");
    for (text, millis) in [("600000\n", 600_000), ("-1", -1), ("", 0), ("ten minutes", 0)] {
        std::fs::write(&file, text).unwrap();
        assert_eq!(TestOffset::new(file.clone()).now(), SignedDuration::from_millis(millis), "{text:?}");
    }
}

#[test]
fn a_file_that_appears_later_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let offset = TestOffset::new(folder.path().join("offset"));
    assert_eq!(offset.now(), SignedDuration::ZERO);
    std::fs::write(folder.path().join("offset"), "7").unwrap();
    std::thread::sleep(READ_EVERY);
    assert_eq!(offset.now(), SignedDuration::from_millis(7));
}
