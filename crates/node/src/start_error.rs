//! Why a node does not start.

use std::io;
use std::path::PathBuf;

use crate::definitions::LoadDefinitionsError;
use crate::identity::IdentityError;
use crate::providers::ProviderError;

/// Why a node does not start. Nothing is served, and the disk is as it was.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The disk belongs to something else.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A folder cannot be used.
    #[error("the folder {} cannot be used", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What happened.
        #[source]
        source: io::Error,
    },
    /// The Raft log cannot be used.
    #[error(transparent)]
    Log(#[from] baton_storage::log::error::OpenLogError),
    /// The records cannot be opened.
    #[error(transparent)]
    Records(#[from] baton_ports::record_store::RecordError),
    /// The records' generations cannot be read.
    #[error(transparent)]
    Generations(#[from] baton_consensus::state_machine::generations::GenerationError),
    /// Consensus refuses its settings.
    #[error(transparent)]
    Groups(#[from] baton_consensus::group::groups::OpenError),
    /// A group does not start.
    #[error(transparent)]
    Group(#[from] baton_consensus::group::groups::CreateError),
    /// The documents cannot be used.
    #[error(transparent)]
    Definitions(#[from] LoadDefinitionsError),
    /// The actors' threads do not start.
    #[error(transparent)]
    Actors(#[from] baton_actors::StartArbitersError),
    /// A provider cannot be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The gRPC address cannot be used.
    #[error(transparent)]
    Rpc(#[from] baton_rpc::ServerError),
    /// The HTTP address cannot be used.
    #[error(transparent)]
    Http(#[from] baton_http::BindError),
    /// The fallback zone does not exist.
    #[error("cluster.fallback_zone: `{name}` is no zone: write an IANA name such as `Europe/Berlin`")]
    Zone {
        /// As configured.
        name: String,
    },
    /// Something ended before it should.
    #[error("a part of the start ended early: {reason}")]
    Ended {
        /// What.
        reason: String,
    },
    /// No free port can be taken.
    #[error("no free port can be taken on {address}")]
    Port {
        /// Where.
        address: std::net::SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The cluster does not take this node, as it is configured.
    #[error("this node cannot join: {reason}")]
    Join {
        /// Why, and what to write instead.
        reason: String,
    },
    /// What the disk says of the cluster cannot be read.
    #[error(transparent)]
    System(#[from] crate::system::SystemRowsError),
}
