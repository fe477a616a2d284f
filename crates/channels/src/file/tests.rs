//! The file sink against real files.

use super::*;
use crate::testing;

#[tokio::test]
async fn every_accepted_attempt_is_one_line_and_a_retry_is_another_line_of_the_same_send() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    let sink = FileSink::open("file", &path).unwrap();
    let attempts = (0..200).map(|i| sink.deliver(testing::note(i / 2, u32::try_from(1 + i % 2).unwrap())));
    for outcome in futures::future::join_all(attempts).await {
        assert_eq!(outcome, Outcome::Accepted { provider_message_id: None });
    }
    let found = read(&path).unwrap();
    assert_eq!((found.attempts.len(), found.send_ids().len(), found.torn), (200, 100, 0));
    assert_eq!(found.attempts[0].epoch.0, 7);
    assert_eq!(found.attempts[0].json["message"]["data"]["link"], "shop://cart");
    let attempts: Vec<u64> = found.attempts.iter().map(|attempt| attempt.attempt).take(4).collect();
    assert_eq!(attempts, [1, 2, 1, 2]);
}

#[tokio::test]
async fn a_torn_line_costs_no_other_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    let whole = line::write(&testing::note(1, 1));
    for torn_at in [1, whole.len() / 2, whole.len() - 2, whole.len() - 1] {
        std::fs::write(&path, [&whole, &whole[..torn_at]].concat()).unwrap();
        let sink = FileSink::open("file", &path).unwrap();
        assert!(matches!(sink.deliver(testing::note(2, 1)).await, Outcome::Accepted { .. }));
        let found = read(&path).unwrap();
        assert_eq!(found.send_ids().len(), 2, "torn at {torn_at}");
        // Only the newline was missing from the last one: the attempt is there.
        assert_eq!(found.torn, usize::from(torn_at < whole.len() - 1), "torn at {torn_at}");
    }
}

#[tokio::test]
async fn a_full_disk_is_never_an_acceptance() {
    let sink = FileSink::open("file", Path::new("/dev/full")).unwrap();
    let Outcome::Unknown { reason } = sink.deliver(testing::note(1, 1)).await else {
        panic!("a device cannot be cut back, so the outcome is unknown");
    };
    assert!(reason.starts_with("cannot write: "), "{reason}");
}

#[test]
fn a_folder_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let error = FileSink::open("file", folder.path()).unwrap_err().to_string();
    assert_eq!(error, format!("cannot append to `{}`", folder.path().display()));
}
