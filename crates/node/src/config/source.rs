//! Where the configuration comes from, what is wrong with it, and how it is shown.

use std::path::Path;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde_json::Value;

use super::Config;

/// A configuration with the origin of each value.
#[derive(Debug, Clone)]
pub struct LoadedConfig {
    /// The effective values.
    pub config: Config,
    figment: Figment,
}

/// One effective value.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ConfigRow {
    /// `section.key`.
    pub key: String,
    /// As JSON; secrets are masked.
    pub value: String,
    /// Where it came from.
    pub source: String,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is missing, unknown or of the wrong kind.
    #[error("{0}")]
    Value(#[source] Box<figment::Error>),
    /// A value is out of its range.
    #[error("{key} is {value}: {advice}")]
    Range {
        /// `section.key`.
        key: &'static str,
        /// As it was set.
        value: String,
        /// What to write instead.
        advice: &'static str,
    },
    /// The file does not exist.
    #[error("the configuration file {path} does not exist")]
    NoFile {
        /// As it was given.
        path: String,
    },
}

impl LoadedConfig {
    /// Reads defaults, then the file, then the environment, and checks the result. `flags` come last.
    pub fn load(file: Option<&Path>, flags: &[(&str, Value)]) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigError::NoFile { path: path.display().to_string() });
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        figment = figment.merge(Env::prefixed("BATON__").split("__"));
        for (key, value) in flags {
            figment = figment.merge(Serialized::default(key, value));
        }
        let config: Config = figment.extract().map_err(|error| ConfigError::Value(Box::new(error)))?;
        check(&config)?;
        Ok(Self { config, figment })
    }

    /// The effective values, each with its source, in order of their keys.
    pub fn rows(&self) -> Vec<ConfigRow> {
        let mut rows = Vec::new();
        let values = serde_json::to_value(&self.config).unwrap_or_default();
        collect(&self.figment, "", &values, &mut rows);
        rows
    }
}

fn collect(figment: &Figment, key: &str, value: &Value, rows: &mut Vec<ConfigRow>) {
    if let Value::Object(fields) = value {
        for (name, field) in fields {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            collect(figment, &key, field, rows);
        }
        return;
    }
    let source = figment.find_metadata(key).map_or_else(|| "default".to_owned(), describe);
    rows.push(ConfigRow { key: key.to_owned(), value: value.to_string(), source });
}

fn describe(metadata: &figment::Metadata) -> String {
    match &metadata.source {
        Some(figment::Source::File(path)) => path.display().to_string(),
        _ if metadata.name.contains("environment") => "environment".to_owned(),
        Some(figment::Source::Code(_)) => "default or flag".to_owned(),
        _ => metadata.name.to_string(),
    }
}

/// What the types alone do not say.
fn check(config: &Config) -> Result<(), ConfigError> {
    let range = |key, value: String, advice| Err(ConfigError::Range { key, value, advice });
    let cluster = &config.cluster;
    if !(1..=4_096).contains(&cluster.shard_count) {
        return range("cluster.shard_count", cluster.shard_count.to_string(), "write 1 to 4096");
    }
    if baton_model::time::zone(&cluster.fallback_zone).is_none() {
        return range(
            "cluster.fallback_zone",
            cluster.fallback_zone.clone(),
            "write an IANA zone such as `Europe/Berlin`",
        );
    }
    if !cluster.id.is_empty() && cluster.id.parse::<baton_model::ids::ClusterId>().is_err() {
        return range("cluster.id", cluster.id.clone(), "write 32 hexadecimal digits, or nothing to draw one at birth");
    }
    let raft = &config.raft;
    if raft.heartbeat_ms == 0
        || raft.election_min_ms < 3 * raft.heartbeat_ms
        || raft.election_max_ms <= raft.election_min_ms
    {
        let value = format!("{} / {} / {} ms", raft.heartbeat_ms, raft.election_min_ms, raft.election_max_ms);
        return range(
            "raft",
            value,
            "write heartbeat_ms > 0, election_min_ms at least three times that, election_max_ms above it",
        );
    }
    if let Some((key, address)) = config.node.exposed() {
        let advice = "other machines reach this address in plain text: listen on 127.0.0.1, or allow it with node.insecure_plaintext";
        return range(key, address.to_string(), advice);
    }
    let delivery = &config.delivery;
    for channel in delivery.channels.values() {
        if let Some(unknown) = channel.providers.iter().find(|name| !delivery.providers.contains_key(*name)) {
            return range("delivery.channels", unknown.clone(), "name a provider of delivery.providers");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
