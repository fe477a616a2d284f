//! `baton config`

use std::path::PathBuf;

use baton_ctl::{Answer, Exit, Failure, table};
use baton_node::config::{ConfigError, LoadedConfig};
use serde_json::json;

/// The configuration of a node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ConfigVerb {
    /// Say whether a node would start with this configuration
    Check(ConfigFile),
    /// The effective values, and where each came from
    Dump(ConfigFile),
}

/// Where the configuration is.
#[derive(Debug, clap::Args)]
pub(crate) struct ConfigFile {
    /// A TOML file; `BATON__SECTION__KEY` in the environment wins over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ConfigVerb {
    pub(crate) fn run(self) -> Result<Answer, Failure> {
        let (Self::Check(file) | Self::Dump(file)) = &self;
        let loaded = LoadedConfig::load(file.config.as_deref(), &[]).map_err(|error| refused(&error))?;
        if matches!(self, Self::Check(_)) {
            return Ok(Answer::new(json!({"valid": true}), "the configuration is valid"));
        }
        let rows = loaded.rows();
        let value = json!({"values": rows});
        let text = table(["KEY", "VALUE", "SOURCE"], rows.into_iter().map(|row| [row.key, row.value, row.source]));
        Ok(Answer::new(value, text))
    }
}

/// The configuration cannot be used.
pub(super) fn refused(error: &ConfigError) -> Failure {
    Failure::new(Exit::Refused, super::chain(error), "mend it; `baton config dump` shows all keys with their defaults")
}
