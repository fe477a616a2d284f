//! `baton cluster`

mod advance_clock;
mod check;
mod init;
mod settings;
mod status;

use crate::{Answer, Connection, Failure};

/// Found a cluster, and ask about it.
#[derive(Debug, clap::Subcommand)]
pub enum ClusterVerb {
    /// Found a cluster; the join token of its other nodes is shown once
    Init(init::Init),
    /// Nodes, shards and where they stand
    Status,
    /// Walk all enrolments: does each have something that wakes it, and do rows and counters agree?
    Check,
    /// What is equal on every node
    Settings,
    /// Development only: step customer time, and let everything due until then happen
    AdvanceClock(advance_clock::AdvanceClock),
}

impl ClusterVerb {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        match self {
            Self::Init(verb) => verb.run(connection).await,
            Self::Status => status::run(connection).await,
            Self::Check => check::run(connection).await,
            Self::Settings => settings::run(connection).await,
            Self::AdvanceClock(verb) => verb.run(connection).await,
        }
    }
}
