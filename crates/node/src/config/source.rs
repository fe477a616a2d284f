//! Where the configuration comes from, what is wrong with it, and how it is shown.

use std::collections::BTreeSet;
use std::path::Path;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde_json::Value;

use super::Config;
use super::check::check;

/// A configuration with the origin of each value.
#[derive(Debug, Clone)]
pub struct LoadedConfig {
    /// The effective values.
    pub config: Config,
    figment: Figment,
    /// The keys that flags set.
    flags: BTreeSet<String>,
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
        key: String,
        /// As it was set.
        value: String,
        /// What to write instead.
        advice: String,
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
        let flags = flags.iter().map(|(key, _)| (*key).to_owned()).collect();
        Ok(Self { config, figment, flags })
    }

    /// The effective values, each with its source, in order of their keys.
    pub fn rows(&self) -> Vec<ConfigRow> {
        let mut rows = Vec::new();
        let values = serde_json::to_value(&self.config).unwrap_or_default();
        self.collect("", &values, &mut rows);
        rows
    }

    fn collect(&self, key: &str, value: &Value, rows: &mut Vec<ConfigRow>) {
        if let Value::Object(fields) = value {
            for (name, field) in fields {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                self.collect(&key, field, rows);
            }
            return;
        }
        rows.push(ConfigRow { key: key.to_owned(), value: value.to_string(), source: self.source(key) });
    }

    /// Where the value of `key` came from. Flags come last, so a key that one set has its value.
    fn source(&self, key: &str) -> String {
        if self.flags.contains(key) {
            return "flag".to_owned();
        }
        self.figment.find_metadata(key).map_or_else(|| "default".to_owned(), describe)
    }
}

fn describe(metadata: &figment::Metadata) -> String {
    match &metadata.source {
        Some(figment::Source::File(path)) => path.display().to_string(),
        _ if metadata.name.contains("environment") => "environment".to_owned(),
        Some(figment::Source::Code(_)) => "default".to_owned(),
        _ => metadata.name.to_string(),
    }
}

#[cfg(test)]
mod tests;
