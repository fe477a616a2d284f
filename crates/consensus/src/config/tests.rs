//! Which settings are taken, and what openraft gets.

use super::*;

#[test]
fn settings_out_of_range_are_refused_by_name() {
    #[track_caller]
    fn check(change: impl FnOnce(&mut Config), expected: Option<&str>) {
        let mut config = Config::default();
        change(&mut config);
        assert_eq!(config.raft().err().map(|error| error.to_string()).as_deref(), expected);
    }
    check(|_| {}, None);
    check(|c| c.heartbeat_ms = 5, Some("raft.heartbeat_ms is 5: write a number from 10 to 10000"));
    check(|c| c.heartbeat_ms = 300, Some("raft.election_timeout_min_ms is 450: write a number from 900 to 60000"));
    check(
        |c| c.election_timeout_max_ms = 450,
        Some("raft.election_timeout_max_ms is 450: write a number from 451 to 120000"),
    );
    check(|c| c.apply_threads = 0, Some("raft.apply_threads is 0: write a number from 1 to 64"));
    check(|c| c.read_threads = 65, Some("raft.read_threads is 65: write a number from 1 to 64"));
    check(|c| c.checkpoint_interval_s = 0, Some("raft.checkpoint_interval_s is 0: write a number from 1 to 3600"));
}

/// The settings on which invariants rest.
#[test]
fn openraft_never_purges_or_restores_a_leader_by_itself() {
    let raft = Config::default().raft().unwrap();
    assert_eq!(raft.snapshot_policy, SnapshotPolicy::Never);
    assert_eq!(raft.max_in_snapshot_log_to_keep, u64::MAX);
    assert_eq!(raft.enable_leader_restore, Some(false));
    assert_eq!(raft.enable_pre_vote, Some(true));
}
