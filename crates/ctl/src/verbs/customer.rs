//! `baton customer`

mod explain;
mod get;
mod pause;
mod resume;
mod staleness;
mod timeline;

use crate::{Answer, Connection, Failure};

/// Ask about one customer, and hold one.
#[derive(Debug, clap::Subcommand)]
pub enum CustomerVerb {
    /// What is known of a customer, where they stand and what happens next
    Get(get::GetCustomer),
    /// What happened to a customer and what was decided on it
    Timeline(timeline::Timeline),
    /// Why a message was sent or not, a segment entered, a journey refused
    Explain(explain::Explain),
    /// Hold a customer's messages and steps
    Pause(pause::Pause),
    /// Let a held customer go on
    Resume(resume::Resume),
}

impl CustomerVerb {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        match self {
            Self::Get(verb) => verb.run(connection).await,
            Self::Timeline(verb) => verb.run(connection).await,
            Self::Explain(verb) => verb.run(connection).await,
            Self::Pause(verb) => verb.run(connection).await,
            Self::Resume(verb) => verb.run(connection).await,
        }
    }
}
