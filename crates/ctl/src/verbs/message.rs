//! `baton message`

mod list;
mod report;

use crate::{Answer, Connection, Failure};

/// Ask about messages.
#[derive(Debug, clap::Subcommand)]
pub enum MessageVerb {
    /// Messages that match, whatever became of them
    List(list::ListMessages),
    /// Report what became of a message that was accepted
    Report(report::ReportMessage),
}

impl MessageVerb {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        match self {
            Self::List(verb) => verb.run(connection).await,
            Self::Report(verb) => verb.run(connection).await,
        }
    }
}
