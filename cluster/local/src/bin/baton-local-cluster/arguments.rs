//! The command line.

use std::fs;
use std::path::PathBuf;

use baton_local_cluster::{Config, binary_beside};
use clap::{Parser, ValueEnum};

/// Real Baton nodes on this machine, to play with: they can be killed, paused and cut off from each other
#[derive(Debug, Parser)]
#[command(name = "baton-local-cluster", version, after_help = crate::command::HELP)]
pub(crate) struct Arguments {
    /// How many nodes
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// Keep everything in this folder; without it, a temporary one goes with the cluster
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// The program to run; the one beside this one if left out
    #[arg(long, value_name = "FILE")]
    baton: Option<PathBuf>,
    /// How many shards
    #[arg(long, default_value_t = 32)]
    shards: u32,
    /// 32 hexadecimal digits; drawn if left out
    #[arg(long, value_name = "ID")]
    cluster_id: Option<String>,
    /// A TOML file whose keys all nodes get on top, such as providers and channels
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// How answers are shown
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people
    Table,
    /// One JSON object a line
    Json,
}

impl Arguments {
    pub(crate) fn config(&self) -> Result<Config, Box<dyn std::error::Error>> {
        let binary = match &self.baton {
            Some(binary) => binary.canonicalize().map_err(|error| format!("{}: {error}", binary.display()))?,
            None => binary_beside()?,
        };
        let mut config = Config::new(binary, self.nodes);
        config.folder.clone_from(&self.keep);
        config.shard_count = self.shards;
        config.cluster_id.clone_from(&self.cluster_id);
        config.relays = self.nodes > 1;
        if let Some(path) = &self.settings {
            let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            config.every_node.settings = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
        }
        Ok(config)
    }
}
