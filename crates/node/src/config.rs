//! The configuration of a node: defaults < TOML file < `BATON__SECTION__KEY` < flags. Every value knows where it came from.
//!
//! What must be equal on every node is not here: it lives in the system group (`baton cluster settings`).

mod check;
mod delivery;
mod listeners;
mod source;

pub use delivery::{ChannelConfig, DeliveryConfig, ProviderConfig, ProviderKind, SmtpSecurity};
pub use listeners::NodeConfig;
pub use source::{ConfigError, ConfigRow, LoadedConfig};

use std::path::PathBuf;
use std::time::Duration;

use baton_actors::ActorsConfig;
use baton_channels::Secret;
use serde::{Deserialize, Serialize};

/// Everything that is set on one node.
#[derive(Debug, Clone, Deserialize, Serialize, Default)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Who the node is and where it listens.
    pub node: NodeConfig,
    /// The cluster it belongs to.
    pub cluster: ClusterConfig,
    /// Consensus.
    pub raft: RaftConfig,
    /// The disk.
    pub storage: StorageConfig,
    /// The actors and their bounds.
    pub actors: ActorsSection,
    /// Time.
    pub clock: ClockConfig,
    /// Providers and channels.
    pub delivery: DeliveryConfig,
    /// Logs.
    pub telemetry: TelemetryConfig,
}

/// The cluster, as set when it is born on this node.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterConfig {
    /// 32 hexadecimal digits; drawn at birth when empty. A fixed one makes send ids repeatable, as the demo does.
    pub id: String,
    /// What lets this node join a cluster, as `baton cluster init` showed it. Needs `id` and `seeds`. Secret.
    #[serde(serialize_with = "delivery::masked_if_there")]
    pub join_token: Option<Secret>,
    /// Peer addresses of nodes that are asked to take this one, as `host:port`. Not used once it is a node.
    pub seeds: Vec<String>,
    /// How many shards the cluster is born with; 1 to 4,096. Never changed afterwards.
    pub shard_count: u32,
    /// The zone of customers about whom nothing better is known: an IANA name.
    pub fallback_zone: String,
    /// An older event updates what is known and triggers nothing. Hours.
    pub trigger_max_age_hours: u32,
    /// How long a message id alone makes an event a repeat. Days.
    pub dedup_days: u32,
    /// How long events are kept. Days.
    pub history_days: u32,
    /// How long decision records are kept. Days.
    pub records_days: u32,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            id: String::new(),
            join_token: None,
            seeds: Vec::new(),
            shard_count: 32,
            fallback_zone: "UTC".to_owned(),
            trigger_max_age_hours: 24,
            dedup_days: 7,
            history_days: 400,
            records_days: 90,
        }
    }
}

/// Consensus.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct RaftConfig {
    /// Between two heartbeats of a leader. Milliseconds.
    pub heartbeat_ms: u64,
    /// A follower that hears nothing for this long at least stands for election. Milliseconds.
    pub election_min_ms: u64,
    /// And for this long at most. Milliseconds.
    pub election_max_ms: u64,
    /// What one snapshot on its way to a peer takes of the network. MiB a second.
    pub snapshot_mib_per_second: u64,
}

impl Default for RaftConfig {
    fn default() -> Self {
        Self { heartbeat_ms: 150, election_min_ms: 450, election_max_ms: 750, snapshot_mib_per_second: 64 }
    }
}

/// Which engine holds the customers' records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum RecordEngine {
    /// A log-structured merge tree.
    #[default]
    Fjall,
    /// A B+ tree; for small data.
    Sled,
}

/// The disk.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorageConfig {
    /// The folder of everything the node keeps.
    pub dir: PathBuf,
    /// Which engine holds the customers' records.
    pub customers: RecordEngine,
    /// Below this much free space the node refuses to write. MiB.
    pub free_min_mib: u64,
    /// A checkpoint at the latest after this time; or after 64 MiB of log. Seconds.
    pub checkpoint_seconds: u64,
}

impl Default for StorageConfig {
    fn default() -> Self {
        Self { dir: PathBuf::from("data"), customers: RecordEngine::Fjall, free_min_mib: 512, checkpoint_seconds: 30 }
    }
}

/// The actors.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActorsSection {
    /// Threads for actors; 0 is one per core.
    pub threads: usize,
    /// Commands that may wait for one customer.
    pub customer_queue_max: usize,
    /// Commands that may be under way in one shard.
    pub shard_queue_max: usize,
    /// Customers with an actor, per shard.
    pub active_customers_max: usize,
    /// Seconds without a command after which a customer is put away.
    pub idle_seconds: u64,
}

impl Default for ActorsSection {
    fn default() -> Self {
        let actors = ActorsConfig::default();
        Self {
            threads: 0,
            customer_queue_max: actors.customer_queue_max,
            shard_queue_max: actors.shard_queue_max,
            active_customers_max: actors.active_customers_max,
            idle_seconds: actors.idle_max.as_secs(),
        }
    }
}

impl Config {
    /// The bounds of the actors, as several sections set them.
    pub(crate) fn actors(&self) -> ActorsConfig {
        let (section, delivery, default) = (&self.actors, &self.delivery, ActorsConfig::default());
        ActorsConfig {
            customer_queue_max: section.customer_queue_max,
            shard_queue_max: section.shard_queue_max,
            active_customers_max: section.active_customers_max,
            idle_max: Duration::from_secs(section.idle_seconds),
            retry_wait: Duration::from_millis(delivery.retry_wait_ms),
            retry_wait_max: Duration::from_millis(delivery.retry_wait_max_ms),
            attempts_max: delivery.attempts_max,
            // Housekeeping reads timers ahead in machine time, however fast customer time runs.
            near_window: default.near_window.saturating_mul(self.clock.time_scale),
            ..default
        }
    }
}

/// Time.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClockConfig {
    /// Development only: customer time starts at this instant and moves only by `AdvanceClock`. RFC 3339.
    pub test_start: Option<jiff::Timestamp>,
    /// Development only: customer time runs so many times as fast as the clock, from the start of the node on; 1 to 1,000,000.
    /// Not kept: a node that starts again starts at the time of the day, and a shard that was ahead stands still until then.
    pub time_scale: u32,
    /// Tests only: a file with milliseconds that are added to the machine's wall clock, read again and again. A missing file
    /// adds nothing.
    pub test_offset_file: Option<PathBuf>,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self { test_start: None, time_scale: 1, test_offset_file: None }
    }
}

/// Logs.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryConfig {
    /// What is logged, such as `info` or `info,baton_actors=debug`.
    pub filter: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self { filter: "info,openraft=error,fjall=warn,lsm_tree=warn,sled=warn".to_owned(), json: false }
    }
}
