//! `baton cluster`

mod advance_clock;
mod check;
mod settings;
mod status;

use crate::{Answer, Connection, Failure};

/// Ask about the cluster.
#[derive(Debug, clap::Subcommand)]
pub enum ClusterVerb {
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
            Self::Status => status::run(connection).await,
            Self::Check => check::run(connection).await,
            Self::Settings => settings::run(connection).await,
            Self::AdvanceClock(verb) => verb.run(connection).await,
        }
    }
}
