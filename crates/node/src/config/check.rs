//! What the types of the configuration alone do not say: which values are in range. What is refused here would stop the node
//! later, or have it do nothing as fast as it can.

use std::fmt::Display;
use std::ops::RangeInclusive;

use baton_model::ids::ClusterId;

use super::source::ConfigError;
use super::{ActorsSection, ClusterConfig, Config, DeliveryConfig, ProviderKind, RaftConfig, StorageConfig};

/// Ten years in days: more than any retention needs, less than what calendars overflow at.
const DAYS_MAX: u32 = 3_660;

/// A day in milliseconds: a longer wait between two attempts is a mistake in the unit.
const RETRY_WAIT_MAX_MS: u64 = 24 * 60 * 60 * 1_000;

/// Refuses what is out of range.
pub(super) fn check(config: &Config) -> Result<(), ConfigError> {
    cluster(&config.cluster)?;
    raft(&config.raft)?;
    storage(&config.storage)?;
    actors(&config.actors)?;
    delivery(&config.delivery)?;
    within("clock.time_scale", config.clock.time_scale, 1..=1_000_000)?;
    if config.clock.time_scale != 1 && config.clock.test_start.is_some() {
        let advice = "clock.test_start makes customer time stand still: write one of the two";
        return refuse("clock.time_scale", config.clock.time_scale, advice);
    }
    if let Some(file) = config.clock.test_offset_file.as_ref().filter(|_| config.clock.test_start.is_some()) {
        let advice = "clock.test_start makes customer time stand still, whatever the clock shows: write one of the two";
        return refuse("clock.test_offset_file", file.display(), advice);
    }
    if let Some((key, address)) = config.node.exposed() {
        let advice = "other machines reach this address in plain text: listen on 127.0.0.1, or allow it with node.insecure_plaintext";
        return refuse(key, address, advice);
    }
    Ok(())
}

fn cluster(cluster: &ClusterConfig) -> Result<(), ConfigError> {
    within("cluster.shard_count", cluster.shard_count, 1..=4_096)?;
    if baton_model::time::zone(&cluster.fallback_zone).is_none() {
        return refuse("cluster.fallback_zone", &cluster.fallback_zone, "write an IANA zone such as `Europe/Berlin`");
    }
    if !cluster.id.is_empty() && cluster.id.parse::<ClusterId>().is_err() {
        return refuse("cluster.id", &cluster.id, "write 32 hexadecimal digits, or nothing to draw one at birth");
    }
    within("cluster.trigger_max_age_hours", cluster.trigger_max_age_hours, 1..=24 * DAYS_MAX)?;
    within("cluster.history_days", cluster.history_days, 1..=DAYS_MAX)?;
    within("cluster.records_days", cluster.records_days, 1..=DAYS_MAX)?;
    // What makes an event a repeat stands on its history row.
    within("cluster.dedup_days", cluster.dedup_days, 1..=cluster.history_days)
}

fn raft(raft: &RaftConfig) -> Result<(), ConfigError> {
    within("raft.heartbeat_ms", raft.heartbeat_ms, 1..=10_000)?;
    within("raft.snapshot_mib_per_second", raft.snapshot_mib_per_second, 1..=100_000)?;
    within("raft.election_max_ms", raft.election_max_ms, 1..=120_000)?;
    if raft.election_min_ms < 3 * raft.heartbeat_ms || raft.election_max_ms <= raft.election_min_ms {
        let value = format!("{} / {} / {} ms", raft.heartbeat_ms, raft.election_min_ms, raft.election_max_ms);
        let advice = "write heartbeat_ms > 0, election_min_ms at least three times that, election_max_ms above it";
        return refuse("raft", value, advice);
    }
    Ok(())
}

fn storage(storage: &StorageConfig) -> Result<(), ConfigError> {
    if storage.dir.as_os_str().is_empty() {
        return refuse("storage.dir", "empty", "write the folder of everything the node keeps");
    }
    // At least what a log segment takes; at most a petabyte, so that bytes can be counted.
    within("storage.free_min_mib", storage.free_min_mib, 64..=1 << 30)?;
    within("storage.checkpoint_seconds", storage.checkpoint_seconds, 1..=3_600)
}

fn actors(actors: &ActorsSection) -> Result<(), ConfigError> {
    within("actors.threads", actors.threads, 0..=1_024)?;
    within("actors.customer_queue_max", actors.customer_queue_max, 1..=65_536)?;
    within("actors.shard_queue_max", actors.shard_queue_max, 1..=1 << 20)?;
    within("actors.active_customers_max", actors.active_customers_max, 1..=10_000_000)?;
    within("actors.idle_seconds", actors.idle_seconds, 1..=7 * 24 * 60 * 60)
}

fn delivery(delivery: &DeliveryConfig) -> Result<(), ConfigError> {
    within("delivery.retry_wait_ms", delivery.retry_wait_ms, 1..=RETRY_WAIT_MAX_MS)?;
    within("delivery.retry_wait_max_ms", delivery.retry_wait_max_ms, delivery.retry_wait_ms..=RETRY_WAIT_MAX_MS)?;
    within("delivery.attempts_max", delivery.attempts_max, 1..=1_000)?;
    for (name, provider) in &delivery.providers {
        let key = |field: &str| format!("delivery.providers.{name}.{field}");
        within(key("in_flight_max"), provider.in_flight_max, 1..=10_000)?;
        within(key("per_second"), provider.per_second, 0.001..=1_000_000.0)?;
        within(key("timeout_seconds"), provider.timeout_seconds, 1..=600)?;
        if let ProviderKind::Smtp { port, .. } = &provider.kind {
            within(key("port"), *port, 1..=u16::MAX)?;
        }
    }
    for (name, channel) in &delivery.channels {
        let key = || format!("delivery.channels.{name}.providers");
        if channel.providers.is_empty() {
            return refuse(key(), "[]", "name a provider of delivery.providers, or leave the channel out");
        }
        if let Some(unknown) = channel.providers.iter().find(|name| !delivery.providers.contains_key(*name)) {
            return refuse(key(), unknown, "name a provider of delivery.providers");
        }
    }
    Ok(())
}

fn within<T: PartialOrd + Display>(
    key: impl Into<String>,
    value: T,
    range: RangeInclusive<T>,
) -> Result<(), ConfigError> {
    if range.contains(&value) {
        return Ok(());
    }
    refuse(key, value, format!("write {} to {}", range.start(), range.end()))
}

fn refuse(key: impl Into<String>, value: impl Display, advice: impl Into<String>) -> Result<(), ConfigError> {
    Err(ConfigError::Range { key: key.into(), value: value.to_string(), advice: advice.into() })
}

#[cfg(test)]
mod tests;
