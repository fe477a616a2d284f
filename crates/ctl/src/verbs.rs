//! What may be said, one file per verb.

mod apply;
mod cluster;
mod customer;
pub mod documents;
mod event;
mod get;
mod list;
mod message;
mod paging;
mod validate;

use crate::{Answer, Connection, Failure};

/// A verb over the public API.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Publish documents: all of them at once, or none if one has an error
    Apply(apply::Apply),
    /// Say what is wrong with documents, and publish nothing
    Validate(validate::Validate),
    /// Show one published document
    Get(get::Get),
    /// Show which documents are published
    List(list::List),
    /// Send events
    #[command(subcommand)]
    Event(event::EventVerb),
    /// Ask about one customer, and hold one
    #[command(subcommand)]
    Customer(customer::CustomerVerb),
    /// Ask about messages, and report what became of one
    #[command(subcommand)]
    Message(message::MessageVerb),
    /// Found a cluster, and ask about it
    #[command(subcommand)]
    Cluster(cluster::ClusterVerb),
}

impl Verb {
    /// Does it.
    pub async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        match self {
            Self::Apply(verb) => verb.run(connection).await,
            Self::Validate(verb) => verb.run(connection).await,
            Self::Get(verb) => verb.run(connection).await,
            Self::List(verb) => verb.run(connection).await,
            Self::Event(verb) => verb.run(connection).await,
            Self::Customer(verb) => verb.run(connection).await,
            Self::Message(verb) => verb.run(connection).await,
            Self::Cluster(verb) => verb.run(connection).await,
        }
    }
}
