//! `baton event`

mod import;
mod send;

use crate::{Answer, Connection, Failure};

/// Send events.
#[derive(Debug, clap::Subcommand)]
pub enum EventVerb {
    /// Send one event and say what became of it
    Send(Box<send::SendEvent>),
    /// Send the events of a file: JSON lines, or CSV with a mapping
    Import(Box<import::ImportEvents>),
}

impl EventVerb {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        match self {
            Self::Send(verb) => verb.run(connection).await,
            Self::Import(verb) => verb.run(connection).await,
        }
    }
}
