//! The peer port over real connections: frames, snapshots, joining, and who may call.

mod admission;
mod joining;
mod raft;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use baton_consensus::type_config::Member;
use baton_model::ids::{ClusterId, NodeId};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::fixture::services;
use super::scripted::Scripted;
use super::scripted_cluster::{Echo, ScriptedRouting};
use crate::peer::{Caller, PeerChannels, PeerServer, PeerServices};
use crate::server::ServerError;
use crate::services::Services;

/// The cluster of all nodes here.
pub(super) const CLUSTER: ClusterId = ClusterId(0xba70);

/// The peer port of a node.
pub(super) struct PeerPort {
    pub(super) gateway: Arc<Scripted>,
    inbox: Arc<Echo>,
    pub(super) address: SocketAddr,
    shutdown: oneshot::Sender<()>,
    server: JoinHandle<Result<(), ServerError>>,
}

impl PeerPort {
    fn start() -> Self {
        Self::with(ScriptedRouting::alone())
    }

    pub(super) fn with(routing: ScriptedRouting) -> Self {
        Self::bound((Ipv4Addr::LOCALHOST, 0).into(), routing)
    }

    fn bound(address: SocketAddr, routing: ScriptedRouting) -> Self {
        let (gateway, inbox) = (Arc::new(Scripted::default()), Arc::new(Echo::default()));
        let api = Services { routing: Arc::new(routing), peers: channels(CLUSTER), ..services(&gateway) };
        let services = PeerServices { cluster: CLUSTER, inbox: inbox.clone(), api };
        let server = PeerServer::bind(address, services).unwrap();
        let address = server.local_addr();
        let (shutdown, ended) = oneshot::channel();
        let server = tokio::spawn(server.run(async move {
            let _ = ended.await;
        }));
        Self { gateway, inbox, address, shutdown, server }
    }

    /// The node as a member of a group.
    fn member(&self) -> Member {
        member(&self.address.to_string())
    }
}

fn member(address: &str) -> Member {
    Member { node: NodeId(2), address: address.to_owned(), zone: String::new() }
}

/// The connections of node 1 of a cluster.
pub(super) fn channels(cluster: ClusterId) -> PeerChannels {
    PeerChannels::new(Caller { cluster, node: NodeId(1) }, BTreeMap::new())
}
