//! What tells a repeated join from another node survives a crash at any instant.

use super::*;

#[test]
fn a_nonce_is_kept_and_one_that_was_half_written_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let first = nonce(folder.path()).unwrap();
    assert!(is_nonce(&first));
    assert_eq!(nonce(folder.path()).unwrap(), first, "asking again is a repetition");
    for left_by_a_crash in [&b""[..], &first.as_bytes()[..7], &[0xff; 32]] {
        fs::write(folder.path().join(NONCE_FILE), left_by_a_crash).unwrap();
        let another = nonce(folder.path()).unwrap();
        assert!(is_nonce(&another) && another != first, "{another}");
    }
}

#[test]
fn nothing_else_is_a_nonce() {
    for other in ["", "0", &"g".repeat(32), &"0".repeat(33)] {
        assert!(!is_nonce(other), "{other}");
    }
}
