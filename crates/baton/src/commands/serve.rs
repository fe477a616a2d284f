//! `baton serve`

use std::path::PathBuf;

use baton_ctl::{Exit, Failure};
use baton_node::config::LoadedConfig;
use baton_node::{Birth, Node};
use serde_json::{Value, json};

/// A node. Ends in order on Ctrl-C and SIGTERM.
#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// A TOML file; `BATON__SECTION__KEY` in the environment wins over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// On an empty disk, a new cluster of this one node is born. On any other, this changes nothing
    #[arg(long)]
    init: bool,
    /// Tests only: a file with milliseconds by which the wall clock is wrong, read again and again
    #[arg(long, value_name = "FILE")]
    test_clock_offset: Option<PathBuf>,
}

impl Serve {
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let offset = self.test_clock_offset.map(|file| ("clock.test_offset_file", json!(file)));
        let flags: Vec<(&str, Value)> = offset.into_iter().collect();
        let loaded = LoadedConfig::load(self.config.as_deref(), &flags);
        let loaded = loaded.map_err(|error| super::config::refused(&error))?;
        super::start_logs(&loaded.config.telemetry)?;
        let birth = if self.init { Birth::Alone } else { Birth::AsConfigured };
        let started = tokio::select! {
            started = Node::start(loaded.config, birth) => started,
            // It may wait for a cluster to be founded, or to be taken into one.
            asked = super::until_asked_to_stop() => return asked.map(|()| Exit::Done),
        };
        let node = started.map_err(|error| {
            Failure::new(
                Exit::Failed,
                super::chain(&error),
                "`baton serve --init` makes a new cluster on an empty disk",
            )
        })?;
        super::until_asked_to_stop().await?;
        node.stop().await;
        Ok(Exit::Done)
    }
}
