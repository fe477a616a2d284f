//! The settings of consensus, and how openraft is set so that its promises are the ones Baton needs.

use std::path::PathBuf;
use std::time::Duration;

use openraft::SnapshotPolicy;

use crate::snapshot::local::LocalSnapshots;

/// How groups keep together and how often they checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Milliseconds between two signs of life of a leader.
    pub heartbeat_ms: u64,
    /// Milliseconds without one after which a voter may stand for election, at least.
    pub election_timeout_min_ms: u64,
    /// The same, at most; also the lease of a leader. A voter draws its own time between the two.
    pub election_timeout_max_ms: u64,
    /// Milliseconds that sending one snapshot to a peer may take.
    pub install_snapshot_timeout_ms: u64,
    /// Seconds after which records are made durable and the log is purged, however little was written.
    pub checkpoint_interval_s: u64,
    /// Threads that apply entries to records, for all groups of the node.
    pub apply_threads: usize,
    /// Threads that read records, for all groups of the node. They are apart so that a long read stops no apply.
    pub read_threads: usize,
    /// Where snapshots are put while they come from a peer.
    pub incoming_snapshots: PathBuf,
    /// Bytes a second that one snapshot on its way to a peer takes of the network.
    pub snapshot_bytes_per_second: u64,
    /// Where and when a node without peers keeps snapshots of its own. They hold back the purging of the log.
    pub local_snapshots: Option<LocalSnapshots>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            heartbeat_ms: 150,
            election_timeout_min_ms: 450,
            election_timeout_max_ms: 750,
            install_snapshot_timeout_ms: 600_000,
            checkpoint_interval_s: baton_storage::log::config::CHECKPOINT_INTERVAL_SECONDS,
            apply_threads: 2,
            read_threads: 2,
            incoming_snapshots: PathBuf::from("incoming"),
            snapshot_bytes_per_second: 64 << 20,
            local_snapshots: None,
        }
    }
}

/// Fewer heartbeats than this within an election timeout, and one lost packet starts an election.
const HEARTBEATS_PER_ELECTION_MIN: u64 = 3;
/// More storage threads than this only wait for each other.
const THREADS_MAX: usize = 64;

impl Config {
    /// How long a leader may rely on its voters: nobody else is elected before.
    pub fn lease(&self) -> Duration {
        Duration::from_millis(self.election_timeout_max_ms)
    }

    /// The settings as openraft takes them.
    pub(crate) fn raft(&self) -> Result<openraft::Config, ConfigError> {
        self.check()?;
        openraft::Config {
            cluster_name: "baton".to_owned(),
            heartbeat_interval: self.heartbeat_ms,
            election_timeout_min: self.election_timeout_min_ms,
            election_timeout_max: self.election_timeout_max_ms,
            install_snapshot_timeout: self.install_snapshot_timeout_ms,
            // Snapshots are built, and logs purged, by our checkpoints only.
            snapshot_policy: SnapshotPolicy::Never,
            max_in_snapshot_log_to_keep: u64::MAX,
            // A restarted leader is elected again, in a new term, before it leads.
            enable_leader_restore: Some(false),
            enable_pre_vote: Some(true),
            ..openraft::Config::default()
        }
        .validate()
        .map_err(|source| ConfigError::Refused { reason: source.to_string() })
    }

    fn check(&self) -> Result<(), ConfigError> {
        let out_of_range = |field, value, least, most| ConfigError::OutOfRange { field, value, least, most };
        let range = |field, value: u64, least: u64, most: u64| {
            if (least..=most).contains(&value) { Ok(()) } else { Err(out_of_range(field, value, least, most)) }
        };
        let election_min = self.heartbeat_ms.saturating_mul(HEARTBEATS_PER_ELECTION_MIN);
        range("heartbeat_ms", self.heartbeat_ms, 10, 10_000)?;
        range("election_timeout_min_ms", self.election_timeout_min_ms, election_min, 60_000)?;
        range("election_timeout_max_ms", self.election_timeout_max_ms, self.election_timeout_min_ms + 1, 120_000)?;
        range("install_snapshot_timeout_ms", self.install_snapshot_timeout_ms, 1_000, 86_400_000)?;
        range("checkpoint_interval_s", self.checkpoint_interval_s, 1, 3_600)?;
        range("snapshot_bytes_per_second", self.snapshot_bytes_per_second, 64 << 10, 1 << 40)?;
        range("apply_threads", self.apply_threads as u64, 1, THREADS_MAX as u64)?;
        range("read_threads", self.read_threads as u64, 1, THREADS_MAX as u64)
    }
}

/// Why settings are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A setting is too small or too large.
    #[error("raft.{field} is {value}: write a number from {least} to {most}")]
    OutOfRange {
        /// Its name.
        field: &'static str,
        /// What was written.
        value: u64,
        /// The least that is taken, given the other settings.
        least: u64,
        /// The most that is taken.
        most: u64,
    },
    /// openraft has an objection of its own.
    #[error("the settings of raft do not fit together: {reason}")]
    Refused {
        /// Which.
        reason: String,
    },
}

#[cfg(test)]
mod tests;
